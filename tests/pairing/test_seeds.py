"""Statements that were made up to mislead: no false pair, no two payments taken for one, enough recognised."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs
from tests.pairing.statements import Case, made

SEEDS = range(50)
WRITTEN = ["reference", "bank_reference", "end_to_end_id", "originator", "beneficiary", "value_date"]


@dataclass
class Result:
    """What became of one case: its booked lines with truth and class, and its pairs."""

    lines: pl.DataFrame
    pairs: pl.DataFrame
    movements: pl.DataFrame


def run(case: Case) -> Result:
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    found = pairs(case.transactions, same, covered, case.accounts, case.identifiers, rates=case.rates)
    lines = case.transactions.filter(pl.col("status") == "booked").join(case.truth, on="transaction_id")
    lines = lines.drop("duplicate_of").join(same, on="transaction_id", how="left")
    lines = lines.with_columns(line=pl.coalesce("duplicate_of", "transaction_id"))
    return Result(lines, found, movements(case.transactions, same, found))


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [run(made(seed)) for seed in SEEDS]


def is_true(result: Result) -> pl.DataFrame:
    """Tell for each pair whether any record of the debit's class and of the credit's class are of one movement.

    Of two payments that a poor export writes alike, either record may stand in a class: their other books decide.
    """
    of = result.lines.group_by("line").agg(pl.col("movement"))
    debits = of.rename({"line": "originator_transaction", "movement": "sent"})
    credits_ = of.rename({"line": "beneficiary_transaction", "movement": "arrived"})
    rows = (
        result.pairs.drop("movement")
        .join(debits, on="originator_transaction")
        .join(credits_, on="beneficiary_transaction")
    )
    return rows.with_columns(true=pl.col("sent").list.set_intersection("arrived").list.len() > 0)


@pytest.mark.slow
def test_no_pair_is_false_and_enough_are_found(results: list[Result]) -> None:
    judged = pl.concat([is_true(result).select("how", "true") for result in results])
    assert judged.filter(~pl.col("true")).is_empty()
    both_on_file = [
        result.lines.group_by("movement").agg(sides=pl.col("books").n_unique()).filter(pl.col("sides") == 2).height
        for result in results
    ]
    assert len(judged) >= 0.25 * sum(both_on_file)
    assert set(judged["how"]) == {"uetr", "servicer", "end_to_end", "reference_other_amount", "unique"}


@pytest.mark.slow
def test_no_record_is_in_two_pairs(results: list[Result]) -> None:
    for result in results:
        assert result.pairs["originator_transaction"].is_unique().all()
        assert result.pairs["beneficiary_transaction"].is_unique().all()
        assert result.pairs["pair_id"].is_unique().all()


@pytest.mark.slow
def test_duplicates_join_no_two_payments(results: list[Result]) -> None:
    """As many lines as there were payments or more; and a class is one payment, unless a source wrote two alike."""
    for result in results:
        sources = pl.col("source").n_unique() == pl.len()
        assert result.lines.group_by("line").agg(one_each=sources)["one_each"].all()
        like = ["books", "amount", "currency", "day"]
        own = pl.when(pl.col("books") == "originator").then("originator").otherwise("beneficiary")
        day = pl.col("booked_at").dt.convert_time_zone("Europe/Berlin").dt.date()
        counts = result.lines.group_by(own.alias("own"), *like[:-1], day.alias("day")).agg(
            lines=pl.col("line").n_unique(), events=pl.col("event").n_unique()
        )
        assert counts.filter(pl.col("lines") < pl.col("events")).is_empty()
        mixed = result.lines.filter(pl.col("event").n_unique().over("line") > 1)
        alike = result.lines.group_by("source", "amount", "books", *WRITTEN, day.alias("day")).agg(n=pl.len())
        wrote = mixed.with_columns(day=day).join(
            alike, on=["source", "amount", "books", *WRITTEN, "day"], nulls_equal=True
        )
        assert wrote.group_by("line").agg(some_alike=(pl.col("n") > 1).any())["some_alike"].all()


@pytest.mark.slow
def test_most_overlaps_are_recognised(results: list[Result]) -> None:
    repeated = sum(len(r.lines) - r.lines["event"].n_unique() for r in results)
    found = sum(r.lines["duplicate_of"].is_not_null().sum() for r in results)
    assert found >= 0.97 * repeated


@pytest.mark.slow
def test_every_booked_line_is_in_one_movement(results: list[Result]) -> None:
    for result in results:
        behind = result.movements["records"].explode(empty_as_null=False)
        assert behind.is_unique().all()
        assert set(behind) == set(result.lines["transaction_id"])
        assert len(result.movements) == result.lines["line"].n_unique() - len(result.pairs)
