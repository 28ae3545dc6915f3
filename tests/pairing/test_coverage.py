"""For which days books are complete, and which statements add up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from finvest.model.tables import MINOR, table
from finvest.pairing.coverage import complete_days, coverage
from finvest.pairing.reconciliation import SCHEMA, reconcile
from tests.pairing.small import ANNA, DAY, OUTSIDER, case_of, credit, debit
from tests.pairing.statements import on
from tests.pairing.world import NAMES, TIMED

JAN, FEB = date(2025, 1, 1), date(2025, 2, 1)
NO_LINES = table("transactions").empty()
NO_QUARANTINE = table("quarantine").empty()


def statements(*rows: tuple[str, date, date, int, int], proof: str = "reconciled") -> pl.DataFrame:
    keys = ("source", "start", "end", "opening", "closing")
    made: list[dict[str, Any]] = [
        {**dict(zip(keys, row, strict=True)), "account": "a", "currency": "EUR", "proof": proof, "statement": f"n{i}"}
        for i, row in enumerate(rows)
    ]
    frame = pl.DataFrame(made, schema_overrides={"opening": MINOR, "closing": MINOR})
    return table("balances").complete(frame.with_columns(movements=pl.col("closing") - pl.col("opening")))


def quarantined(*rows: tuple[str, str | None, date | None]) -> pl.DataFrame:
    schema = {"source": pl.String, "account": pl.String, "day": pl.Date}
    return table("quarantine").complete(pl.DataFrame(rows, schema=schema, orient="row"))


def spans(covered: pl.DataFrame) -> list[tuple[str | None, date, date]]:
    return list(covered.filter(pl.col("proof") != "assumed").select("source", "start", "end").iter_rows())


def test_a_statement_that_adds_up_covers_its_days() -> None:
    assert spans(coverage(NO_LINES, statements(("s", JAN, date(2025, 1, 31), 5, 9)), NO_QUARANTINE)) == [
        ("s", JAN, date(2025, 1, 31))
    ]


@pytest.mark.parametrize("proof", ["failed", "assumed"])
def test_a_statement_without_proof_covers_nothing(proof: str) -> None:
    given = statements(("s", JAN, FEB, 5, 9), proof=proof)
    assert spans(coverage(NO_LINES, given, NO_QUARANTINE)) == []


def test_a_day_on_which_one_statement_follows_another_is_shown_by_both_together_only() -> None:
    """Each shows a part of the day: equal lines of the two are two payments, and none is missing."""
    middle = date(2025, 1, 31)
    given = statements(("s1", JAN, middle, 5, 9), ("s2", middle, date(2025, 2, 28), 9, 7))
    covered = coverage(NO_LINES, given, NO_QUARANTINE)
    assert spans(covered) == [
        ("s1", JAN, date(2025, 1, 30)),
        ("s2", FEB, date(2025, 2, 28)),
        (None, middle, middle),
    ]
    assert complete_days(covered).select("start", "end").rows() == [(JAN, date(2025, 2, 28))]


def test_statements_that_overlap_by_a_day_each_show_it() -> None:
    middle = date(2025, 1, 31)
    given = statements(("s1", JAN, middle, 5, 9), ("s2", middle, date(2025, 2, 28), 6, 7))
    assert spans(coverage(NO_LINES, given, NO_QUARANTINE)) == [("s1", JAN, middle), ("s2", middle, date(2025, 2, 28))]


def test_copies_of_a_quiet_days_statement_are_no_sequence() -> None:
    given = statements(("s1", JAN, JAN, 5, 5), ("s2", JAN, JAN, 5, 5))
    assert spans(coverage(NO_LINES, given, NO_QUARANTINE)) == [("s1", JAN, JAN), ("s2", JAN, JAN)]


def test_quarantine_takes_its_day_out_of_its_source_or_all_where_the_day_is_unknown() -> None:
    end = date(2025, 1, 31)
    given = statements(("s1", JAN, end, 5, 9), ("s2", JAN, end, 5, 9))
    tenth = date(2025, 1, 10)
    covered = coverage(NO_LINES, given, quarantined(("s1", "a", tenth), ("s1", "b", FEB)))
    assert spans(covered) == [("s1", JAN, date(2025, 1, 9)), ("s1", date(2025, 1, 11), end), ("s2", JAN, end)]
    assert complete_days(covered).select("start", "end").rows() == [(JAN, end)]
    assert spans(coverage(NO_LINES, given, quarantined(("s1", "a", None)))) == [("s2", JAN, end)]
    assert spans(coverage(NO_LINES, given, quarantined(("s1", None, None), ("s2", None, JAN)))) == [
        ("s2", date(2025, 1, 2), end)
    ]


@pytest.mark.parametrize("style", [NAMES, TIMED])
def test_running_balances_prove_the_days_between_the_first_and_the_last_line(style: str) -> None:
    lines = [debit(ANNA, OUTSIDER, 100 + k, DAY + k) for k in range(0, 10, 3)] + [credit(ANNA, OUTSIDER, 7, DAY + 3)]
    case = case_of(lines, styles={ANNA.number: style})
    covered = coverage(case.transactions, case.balances, case.quarantine)
    assert [row[1:] for row in spans(covered)] == [(on(DAY + 1), on(DAY + 8))]
    assert covered.filter(pl.col("proof") == "assumed").select("start", "end").rows() == [(on(DAY), on(DAY + 9))]
    shuffled = coverage(case.transactions.sort("amount"), case.balances, case.quarantine)
    assert shuffled.equals(covered)


def test_running_balances_that_miss_a_line_prove_nothing() -> None:
    lines = [debit(ANNA, OUTSIDER, 100 + k, DAY + k) for k in range(5)]
    case = case_of(lines, styles={ANNA.number: NAMES})
    gone = case.transactions.filter(pl.col("amount") != 102)
    assert spans(coverage(gone, case.balances, case.quarantine)) == []
    assert reconcile(gone, case.balances, case.quarantine)["proof"].to_list() == ["failed"]


def test_running_balances_out_of_order_prove_nothing() -> None:
    case = case_of([debit(ANNA, OUTSIDER, 100 + k, DAY + k) for k in range(5)], styles={ANNA.number: NAMES})
    moved = case.transactions.with_columns(
        booked_at=pl.when(pl.col("amount") == 102).then(pl.col("booked_at") - timedelta(days=9)).otherwise("booked_at")
    )
    assert spans(coverage(moved, case.balances, case.quarantine)) == []


def test_reconciliation_shows_differences_and_gaps() -> None:
    given = statements(
        ("s", JAN, date(2025, 1, 10), 100, 150),
        ("s", date(2025, 1, 11), date(2025, 1, 20), 150, 90),
        ("s", date(2025, 1, 25), date(2025, 1, 31), 70, 80),
    )
    wrong = given.with_columns(
        movements=pl.when(pl.col("statement") == "n1").then(pl.lit(-61).cast(MINOR)).otherwise("movements")
    )
    checked = reconcile(NO_LINES, wrong, quarantined(("s", "a", date(2025, 1, 26))))
    assert checked.schema == SCHEMA
    assert checked["difference"].to_list() == [0, -1, 0]
    assert checked["proof"].to_list() == ["reconciled", "failed", "reconciled"]
    assert checked["gap_days"].to_list() == [None, 0, 4]
    assert checked["gap_amount"].to_list() == [None, 0, -20]
    assert checked["quarantined"].to_list() == [0, 0, 1]


def test_books_without_a_statement_are_reconciled_by_their_running_balances() -> None:
    case = case_of([debit(ANNA, OUTSIDER, 100, DAY), credit(ANNA, OUTSIDER, 30, DAY + 1)], styles={ANNA.number: NAMES})
    row = reconcile(case.transactions, case.balances, case.quarantine).row(0, named=True)
    assert (row["opening"], row["movements"], row["closing"], row["difference"]) == (1_000_000, -70, 999_930, 0)
    assert (row["proof"], row["entries_on_file"], row["start"]) == ("reconciled", 2, on(DAY))
    case = case_of([debit(ANNA, OUTSIDER, 100, DAY)])
    row = reconcile(case.transactions, case.balances.clear(), case.quarantine).row(0, named=True)
    assert (row["opening"], row["difference"], row["proof"]) == (None, None, "assumed")
