"""What a pot began with: any balance that its books give fixes it by addition; where none does, it is not known."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.tracing.cases import Books, account, case, into, on, out

LINES = (into("x", 500, 5), out("shop", 200, 8), into("y", 50, 12))


def openings(*books: Books) -> list[tuple[int | None, bool]]:
    pots = case(*books).ledger().pots.filter(pl.col("account") == account("A").id).sort("start")
    return pots.select(pl.col("opening").cast(pl.Int64), "reconciles").rows()


def test_a_statement_says_it() -> None:
    assert openings(Books("A", LINES, opening=70)) == [(70, True)]


def test_nothing_says_it() -> None:
    assert openings(Books("A", LINES, opening=None)) == [(None, True)]


@pytest.mark.parametrize("newest_first", [False, True])
def test_running_balances_say_it(newest_first: bool) -> None:
    assert openings(Books("A", LINES, opening=None, running=70, newest_first=newest_first)) == [(70, True)]


def test_one_balance_on_a_day_of_one_entry_says_it() -> None:
    """The middle line alone shows a balance of 370: before it, 500 came and 200 went."""
    made = case(Books("A", LINES, opening=None, running=70))
    rows = made.tables["transactions"]
    amount = pl.col("amount").cast(pl.Int64)
    made.tables["transactions"] = rows.with_columns(balance_after=pl.when(amount == 200).then("balance_after"))
    assert made.ledger().pots["opening"].to_list() == [70]


def test_one_balance_on_a_day_of_several_entries_says_nothing() -> None:
    """It could stand before or after the other entry of the day."""
    made = case(Books("A", [into("x", 500, 5), out("shop", 200, 5)], opening=None, running=70))
    rows = made.tables["transactions"]
    made.tables["transactions"] = rows.with_columns(
        balance_after=pl.when(pl.col("amount").cast(pl.Int64) == 500).then("balance_after")
    )
    assert made.ledger().pots["opening"].to_list() == [None]


@pytest.mark.parametrize("said", ["opening", "closing"])
def test_a_later_statement_that_follows_without_a_gap_says_it(said: str) -> None:
    """The first file gives no balance; the next, from the day after its last entry on, gives one."""
    made = case(
        Books("A", LINES, opening=None),
        Books("A", [out("shop", 20, 15)], opening=420, first=13, last=20),
    )
    other = "closing" if said == "opening" else "opening"
    made.tables["balances"] = made.tables["balances"].with_columns(pl.lit(None).cast(pl.Decimal(38, 0)).alias(other))
    pots = made.ledger().pots
    assert pots.select("start", "end", pl.col("opening").cast(pl.Int64)).rows() == [(on(5), on(20), 70)]


def test_a_later_statement_behind_a_gap_says_nothing_of_what_was_before() -> None:
    assert openings(
        Books("A", LINES, opening=None), Books("A", [out("shop", 20, 25)], opening=420, first=20, last=28)
    ) == [(None, True), (420, True)]


def test_two_statements_that_agree_are_one_pot() -> None:
    assert openings(
        Books("A", LINES, opening=70, last=12), Books("A", [out("shop", 20, 15)], opening=420, first=13, last=20)
    ) == [(70, True)]


def test_statements_that_contradict_each_other_say_nothing() -> None:
    later = Books("A", [out("shop", 20, 15)], opening=421, first=13, last=20)
    assert openings(Books("A", LINES, opening=70, last=12), later) == [(None, False)]


def test_a_statement_that_does_not_add_up_says_nothing() -> None:
    assert openings(Books("A", LINES, opening=70, proof="failed")) == [(None, False)]
    assert openings(Books("A", LINES, opening=70, proof="failed", running=70)) == [(None, False)]


def test_running_balances_that_skip_an_entry_say_nothing() -> None:
    made = case(Books("A", LINES, opening=None, running=70))
    rows = made.tables["transactions"]
    broken = (
        pl.when(pl.col("amount").cast(pl.Int64) == 50).then(pl.lit(9, pl.Decimal(38, 0))).otherwise("balance_after")
    )
    made.tables["transactions"] = rows.with_columns(balance_after=broken)
    assert made.ledger().pots.select("opening", "reconciles").rows() == [(None, False)]


@pytest.mark.parametrize(("missing", "pots"), [(0, 1), (1, 2)])
def test_a_gap_begins_another_pot(missing: int, pots: int) -> None:
    """The next statement begins on the day after the last one's end, or a day later."""
    first = Books("A", LINES, opening=70, last=12)
    later = Books("A", [out("shop", 1, 18)], opening=420, first=13 + missing, last=20)
    rows = case(first, later).ledger().pots
    assert len(rows) == pots
    assert rows["last"].to_list() == [False] * (pots - 1) + [True]
    assert rows["end"].to_list()[-1] == on(20)


def test_what_proves_the_days_is_said() -> None:
    def proof(*books: Books) -> list[str]:
        return case(*books).ledger().pots["proof"].to_list()

    assert proof(Books("A", LINES)) == ["proven"]
    assert proof(Books("A", LINES, opening=None)) == ["assumed"]
    assert proof(Books("A", LINES, opening=None, running=70)) == ["in part assumed"]


def test_the_order_of_files_changes_nothing() -> None:
    books = [
        Books("A", LINES, opening=70, last=12),
        Books("A", [out("shop", 20, 25)], opening=420, first=20, last=28),
        Books("B", [into("x", 5, 3)], opening=None),
    ]
    made = case(*books)
    turned = replace(made, tables={name: rows.reverse() for name, rows in made.tables.items()})
    turned.coverage, turned.movements = made.coverage.reverse(), made.movements.reverse()
    assert turned.ledger().pots.equals(made.ledger().pots)
    assert turned.ledger().movements.equals(made.ledger().movements)
