"""One transfer is one edge, whatever shows it, and takes from each record what that record knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import polars as pl
import pytest

from finvest.model.tables import table
from finvest.pairing.duplicates import SCHEMA as DUPLICATES
from finvest.pairing.movements import SCHEMA, movements
from tests.pairing.small import ANNA, BELA, DAY, OUTSIDER, case_of, credit, debit, moved
from tests.pairing.world import FULL, NUMBERS, POOR, TIMED, Line

REFERENCE = "E2E0012345678"


def end_of(case_movements: pl.DataFrame, account: str, opening: int) -> int:
    """Return an account's balance after all movements."""
    came = case_movements.filter(pl.col("beneficiary") == account)["received_amount"].cast(pl.Int64)
    went = case_movements.filter(pl.col("originator") == account)["amount"].cast(pl.Int64)
    return opening + sum(came) - sum(went)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_money_that_passes_through_is_counted_once(order: tuple[int, ...]) -> None:
    """50,000 of its own, 84,000 in, 84,000 out, all three statements on file: 50,000 remain."""
    through = replace(BELA, style=FULL)
    last = replace(ANNA, number=3, local="345678912", bank=13, name="Carl Rossi")
    books: list[list[Line]] = [
        [debit(ANNA, through, 84_000_00, end_to_end=REFERENCE)],
        [
            credit(through, ANNA, 84_000_00, DAY + 1, end_to_end=REFERENCE),
            debit(through, last, 84_000_00, DAY + 2, end_to_end="E2E0087654321"),
        ],
        [credit(last, through, 84_000_00, DAY + 2, end_to_end="E2E0087654321")],
    ]
    edges = moved(case_of(*(books[i] for i in order)))
    assert len(edges) == 2
    assert end_of(edges, through.id, 50_000_00) == 50_000_00
    assert end_of(edges, ANNA.id, 100_000_00) == 16_000_00
    assert end_of(edges, last.id, 0) == 84_000_00


def test_an_overlapping_poorer_export_adds_no_edge() -> None:
    """The second file of the same account cuts texts, leaves out references and proves nothing."""
    lines = [debit(ANNA, OUTSIDER, 10_000 + k, DAY + k, text="order march 4711 and more") for k in range(5)]
    twins = [debit(ANNA, OUTSIDER, 5_000, DAY + 2, text=f"order march {k}") for k in range(2)]
    poor = [replace(n, account=replace(ANNA, style=POOR)) for n in [*lines, *twins]]
    edges = moved(case_of([*lines, *twins], poor))
    assert len(edges) == 7
    assert edges["records"].list.len().to_list() == [2] * 7


def test_a_pair_takes_from_each_record_what_it_knows() -> None:
    sent = debit(ANNA, BELA, 10_000, end_to_end=REFERENCE, text="rent march", uetr=None)
    got = credit(BELA, ANNA, 9_900, DAY + 1, end_to_end=REFERENCE, text="rent march for the flat")
    row = moved(case_of([sent], [got])).row(0, named=True)
    assert (row["amount"], row["received_amount"], row["fee"]) == (10_000, 9_900, 100)
    assert (row["originator"], row["beneficiary"]) == (ANNA.id, BELA.id)
    assert (row["originator_name"], row["beneficiary_name"]) == ("Anna Müller", "Bela Nowak")
    assert row["reference"] == "rent march for the flat"
    assert (row["origin"], row["books"], row["how"]) == ("corroborated", "both", "reference_other_amount")
    assert len(row["records"]) == 2
    assert row["records"][0] == row["movement"] == row["transaction_id"]


def test_bookings_that_meet_give_the_finer_time_and_those_that_do_not_their_hull() -> None:
    edges = [debit(ANNA, OUTSIDER, 1, 1), debit(ANNA, OUTSIDER, 1, 80)]
    sent = debit(ANNA, BELA, 10_000, end_to_end=REFERENCE)
    same_day = credit(BELA, ANNA, 10_000, end_to_end=REFERENCE)
    meets = moved(case_of([sent, *edges], [same_day], styles={ANNA.number: TIMED}))
    row = meets.filter(pl.col("pair_id").is_not_null()).row(0, named=True)
    assert (row["precision"], row["time_known"]) == ("minute", True)
    assert row["latest"] - row["earliest"] < row["booked_in_latest"] - row["booked_in"]
    next_day = credit(BELA, ANNA, 10_000, DAY + 1, end_to_end=REFERENCE)
    apart = moved(case_of([sent, *edges], [next_day], styles={ANNA.number: TIMED}))
    row = apart.filter(pl.col("pair_id").is_not_null()).row(0, named=True)
    assert (row["precision"], row["time_known"]) == ("date", False)
    assert (row["earliest"], row["latest"]) == (row["booked_out"], row["booked_in_latest"])
    assert row["booked_out_latest"] < row["booked_in"]


def test_without_duplicates_and_pairs_every_booked_record_is_a_movement() -> None:
    case = case_of([debit(ANNA, BELA, 10_000)], [credit(BELA, ANNA, 10_000), credit(BELA, None, 1, status="pending")])
    edges = movements(case.transactions, DUPLICATES.to_frame(), table("pairs").empty())
    assert edges.schema == SCHEMA
    assert len(edges) == 2
    assert edges["in_shapes"].all()
    assert edges["received_amount"].null_count() == 0


def test_an_empty_case_has_no_movements() -> None:
    empty = movements(table("transactions").empty(), DUPLICATES.to_frame(), table("pairs").empty())
    assert empty.schema == SCHEMA
    assert empty.is_empty()


def test_a_reversal_and_what_it_reverses_stay_out_of_shapes() -> None:
    case = case_of([debit(ANNA, OUTSIDER, 10_000), credit(ANNA, OUTSIDER, 10_000, DAY + 1), debit(ANNA, BELA, 5)])
    ids = case.transactions["transaction_id"].to_list()
    reverses = pl.when(pl.col("transaction_id") == ids[1]).then(pl.lit(ids[0]))
    edges = movements(
        case.transactions.with_columns(reversal_of=reverses), DUPLICATES.to_frame(), table("pairs").empty()
    ).sort("movement")
    flags = dict(zip(edges["movement"], edges["in_shapes"], strict=True))
    assert sum(flags.values()) == 1
    assert not flags[ids[0]]
    assert not flags[ids[1]]


def test_the_strictest_handling_code_and_the_best_known_side_are_kept() -> None:
    lines = [debit(ANNA, BELA, 10_000, bank_reference="000417")]
    case = case_of(lines, [replace(lines[0], other=replace(BELA, style=NUMBERS))])
    number_only = pl.col("transaction_id") == case.transactions["transaction_id"].min()
    marked = case.transactions.with_columns(
        handling=pl.when(number_only).then(pl.lit("H1")).otherwise(pl.lit("H3")),
        beneficiary=pl.when(number_only).then(pl.lit("private")).otherwise("beneficiary"),
        beneficiary_known_by=pl.when(number_only).then(pl.lit("number")).otherwise("beneficiary_known_by"),
    )
    same = DUPLICATES.to_frame().vstack(
        pl.DataFrame([sorted(marked["transaction_id"], reverse=True)], schema=DUPLICATES, orient="row")
    )
    row = movements(marked, same, table("pairs").empty()).row(0, named=True)
    assert (row["handling"], row["beneficiary"], row["beneficiary_known_by"]) == ("H3", BELA.id, "account")


def test_what_a_payment_file_shows_of_both_sides_is_one_movement() -> None:
    row = {
        "transaction_id": "f-1",
        "books": "both",
        "status": "booked",
        "booked_at": datetime(2025, 1, 1, tzinfo=UTC),
        "precision": "second",
        "originator": "a1",
        "beneficiary": "a2",
        "amount": 100,
        "currency": "EUR",
    }
    amount = table("transactions").schema["amount"]
    instant = table("transactions").schema["booked_at"]
    given = pl.DataFrame([row], schema_overrides={"amount": amount, "booked_at": instant})
    edge = movements(given, DUPLICATES.to_frame(), table("pairs").empty()).row(0, named=True)
    assert (edge["books"], edge["origin"], edge["booked_out"]) == ("both", None, edge["booked_in"])
