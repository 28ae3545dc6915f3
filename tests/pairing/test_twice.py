"""What no rule was sure of is said to be counted twice where it can be, and not where it cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.pairs import pairs
from finvest.pairing.twice import SCHEMA, counted_twice
from tests.pairing.small import ANNA, BELA, DAY, DORA, OUTSIDER, case_of, credit, debit
from tests.pairing.statements import Case, made, on
from tests.pairing.world import BARE, NAMES, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.pairing.world import Line


def doubts(case: Case) -> pl.DataFrame:
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    found = pairs(case.transactions, same, covered, case.accounts, case.identifiers)
    rows = counted_twice(case.transactions, same, found, case.accounts, case.identifiers)
    assert rows.schema == SCHEMA
    return rows


def said(*files: Sequence[Line], styles: dict[int, str] | None = None) -> list[tuple[str, int, int]]:
    rows = doubts(case_of(*files, styles=styles))
    return rows.select("kind", "number", pl.col("amount").cast(pl.Int64)).rows()


def test_two_equal_transfers_that_cannot_be_told_apart_are_two() -> None:
    """No rule pairs them; both statements have both."""
    row = doubts(
        case_of(
            [debit(ANNA, BELA, 10_000), debit(ANNA, BELA, 10_000)],
            [credit(BELA, ANNA, 10_000), credit(BELA, ANNA, 10_000, DAY + 1)],
        )
    ).row(0, named=True)
    assert (row["kind"], row["number"], row["amount"], len(row["records"])) == ("transfer", 2, 20_000, 4)
    assert (row["originator"], row["beneficiary"], row["currency"]) == (ANNA.id, BELA.id, "EUR")
    assert (row["first"], row["last"]) == (on(DAY), on(DAY + 1))


def test_a_pair_is_not_counted_twice() -> None:
    assert said([debit(ANNA, BELA, 10_000)], [credit(BELA, ANNA, 10_000)]) == []


def test_one_side_that_names_the_other_is_enough() -> None:
    for style in (NAMES, NUMBERS):
        assert said([debit(ANNA, BELA, 10_000)], [credit(BELA, None, 9_900)], styles={ANNA.number: style}) == [
            ("transfer", 1, 9_900)
        ]


def test_the_rarer_side_bounds_what_is_counted_twice() -> None:
    sent = [debit(ANNA, BELA, 10_000), debit(ANNA, BELA, 10_000, DAY + 1), debit(ANNA, BELA, 10_000, DAY + 2)]
    assert said(sent, [credit(BELA, None, 10_000, DAY + 3)]) == [("transfer", 1, 10_000)]


def test_a_debit_that_no_line_of_the_payee_fits_is_not_counted_twice() -> None:
    """It came back, or went to another of its accounts."""
    for other in (
        credit(BELA, None, 50_000),
        credit(BELA, None, 8_799),
        credit(BELA, None, 10_000, DAY + 11),
        credit(BELA, OUTSIDER, 10_000),
        debit(BELA, None, 10_000),
    ):
        assert said([debit(ANNA, BELA, 10_000)], [other]) == []


def test_nobody_named_nobody_doubted() -> None:
    assert said([debit(ANNA, None, 10_000)], [credit(BELA, None, 10_000)], styles={1: BARE, 2: BARE}) == []


def test_a_batch_and_the_payments_in_it() -> None:
    sent = [debit(ANNA, None, 90_000, items=3)]
    assert said(sent, [credit(BELA, ANNA, 10_000), credit(BELA, ANNA, 20_000)]) == [("batch", 2, 30_000)]


def test_a_conversion_whatever_the_amounts() -> None:
    assert said([debit(ANNA, DORA, 10_000)], [credit(DORA, None, 11_111)]) == [("conversion", 1, 10_000)]
    assert said([debit(ANNA, DORA, 10_000)], [credit(DORA, ANNA, 11_111)]) == [("conversion", 1, 10_000)]


def test_a_payment_file_beside_a_statement() -> None:
    case = case_of([debit(ANNA, BELA, 10_000), debit(ANNA, OUTSIDER, 5_000)])
    shown = case.transactions.with_columns(
        books=pl.lit("both"), transaction_id="f" + pl.col("transaction_id"), source=pl.lit("f")
    )
    together = replace(case, transactions=pl.concat([case.transactions, shown]))
    rows = doubts(together).sort("amount")
    assert rows["kind"].to_list() == ["payment_file"] * 2
    assert rows["number"].to_list() == [1, 1]
    assert rows["beneficiary"].to_list() == [OUTSIDER.id, BELA.id]
    assert doubts(replace(case, transactions=shown)).is_empty()


def test_equal_lines_of_one_account_in_two_files_that_prove_nothing() -> None:
    case = case_of([debit(ANNA, OUTSIDER, 100)], [debit(ANNA, OUTSIDER, 100)])
    row = doubts(replace(case, balances=case.balances.clear())).row(0, named=True)
    assert (row["kind"], row["number"], row["amount"]) == ("same_books", 1, 100)
    assert (row["originator"], row["beneficiary"]) == (ANNA.id, None)
    told_apart = case_of(
        [debit(ANNA, OUTSIDER, 100, bank_reference="000417")], [debit(ANNA, OUTSIDER, 100, bank_reference="000418")]
    )
    assert doubts(told_apart).is_empty()


def test_most_of_what_is_counted_twice_is_said() -> None:
    """Where a side names the other, what stands in both statements unpaired is reported within a tenth."""
    case = made(3)
    rows = doubts(case)
    lines = case.transactions.filter(pl.col("status") == "booked").join(case.truth, on="transaction_id")
    both = lines.filter(pl.col("books").n_unique().over("movement") == 2)
    named = (pl.col("originator_known_by") != "none") & (pl.col("beneficiary_known_by") != "none")
    nameable = both.filter(named.any().over("movement"))
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    found = pairs(case.transactions, same, covered, case.accounts, case.identifiers)
    unpaired = nameable["movement"].n_unique() - len(found)
    reported = rows.filter(pl.col("kind").is_in(["transfer", "conversion", "batch"]))["number"].sum()
    assert 0.85 * unpaired <= reported <= 1.2 * unpaired
