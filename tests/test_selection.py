"""Which movements are looked at: days as the books show them, both borders included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.findings.make import START, Make
from finvest.model.errors import UsageError
from finvest.model.tables import TABLES
from finvest.pairing.movements import movements
from finvest.selection import Selection
from finvest.view import CaseView

NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
MARCH_1 = datetime(2025, 3, 1, tzinfo=UTC)


def moved(make: Make) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    tables = make.tables()
    return movements(tables["transactions"], NO_DUPLICATES, TABLES["pairs"].empty()), tables


def chosen(selection: Selection, make: Make, **accounts: pl.Expr) -> list[int]:
    rows, tables = moved(make)
    marked = selection.apply(rows, tables["accounts"].with_columns(**accounts))
    assert len(marked) == len(rows)
    return marked.filter("selected")["amount"].cast(pl.Int64).sort().to_list()


def at(local_midnight: datetime, zone: str, *, dated: bool) -> Make:
    make = Make()
    make.transfer("x", "y", 1, (local_midnight - START).total_seconds() / 86_400, zone=zone)
    if dated:
        make._lines[0]["precision"] = "date"
    return make


ZONES = [("Europe/Berlin", -1), ("America/New_York", 5), ("UTC", 0), ("+0900", -9), ("Pacific/Auckland", -13)]


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "timed"])
@pytest.mark.parametrize(("zone", "hours"), ZONES)
def test_a_record_of_the_first_of_march_is_of_that_day_in_its_own_zone(zone: str, hours: int, dated: bool) -> None:
    make = at(MARCH_1 + timedelta(hours=hours), zone, dated=dated)
    first, before, after = date(2025, 3, 1), date(2025, 2, 28), date(2025, 3, 2)
    assert chosen(Selection(since=first, until=first), make) == [1]
    assert chosen(Selection(until=before), make) == []
    assert chosen(Selection(since=after), make) == []
    assert chosen(Selection(since=first), make) == chosen(Selection(until=first), make) == [1]


def test_the_last_instant_of_a_day_is_of_that_day() -> None:
    make = at(MARCH_1 + timedelta(hours=23, minutes=59, seconds=59.999999), "UTC", dated=False)
    assert chosen(Selection(until=date(2025, 3, 1)), make) == [1]
    assert chosen(Selection(since=date(2025, 3, 2)), make) == []


def test_a_movement_that_possibly_happened_then_counts() -> None:
    make = at(MARCH_1, "UTC", dated=False)
    rows, tables = moved(make)
    rows = rows.with_columns(latest=pl.col("earliest").dt.offset_by("3d"))
    for since, until, counts in ((28, None, True), (4, None, True), (5, None, False)):
        month = 2 if since == 28 else 3
        marked = Selection(since=date(2025, month, since), until=until).apply(rows, tables["accounts"])
        assert marked["selected"].to_list() == [counts]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        Selection(since=date(2025, 3, 2), until=date(2025, 3, 1))


def case() -> Make:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.transfer("b", "c", 2, 1, currency="USD")
    make.transfer("c", "d", 3, 2)
    make.transfer("d", "d", 4, 3)
    return make


@pytest.mark.parametrize(
    ("selection", "amounts"),
    [
        (Selection(), [1, 2, 3, 4]),
        (Selection(currency="usd"), [2]),
        (Selection(currency="CHF"), []),
        (Selection(accounts=frozenset({Make.id("b")})), [1, 2]),
        (Selection(accounts=frozenset({Make.id("b"), Make.id("d")})), [1, 2, 3, 4]),
        (Selection(accounts=frozenset({"unknown"})), []),
        (Selection(accounts=frozenset({Make.id("c")}), currency="EUR"), [3]),
    ],
)
def test_currency_and_accounts(selection: Selection, amounts: list[int]) -> None:
    assert chosen(selection, case()) == amounts
    assert selection.everything == (selection == Selection())


def own(names: dict[str, str | None], *, on_file: bool = True) -> list[int]:
    make = case()
    for account, name in names.items():
        if name is not None:
            make.holder(account, name)
    return chosen(Selection(own_transfers=False), make, own_books=pl.lit(on_file))


def test_transfers_between_accounts_of_one_holder_can_be_left_out() -> None:
    assert own({"a": "Ada Müller", "b": "MUELLER ADA", "c": "Bob", "d": "Dan"}) == [2, 3]
    assert own({"a": "Ada", "b": "Bob", "c": "bob", "d": "Dan"}) == [1, 3]
    assert own({}, on_file=True) == [1, 2, 3, 4]


def test_names_without_letters_are_nobodys_and_others_books_prove_nothing() -> None:
    assert own({"a": "-", "b": "***", "c": "..", "d": ""}) == [1, 2, 3, 4]
    assert own({"a": "Ada", "b": "Ada"}, on_file=False) == [1, 2, 3, 4]


def test_what_is_not_selected_is_no_transaction_of_a_view_and_stays_in_its_bookings() -> None:
    rows, tables = moved(case())
    view = CaseView(Selection(currency="USD").apply(rows, tables["accounts"]), tables)
    assert view.frame("transactions")["amount"].to_list() == [2]
    assert len(view.bookings) == 8
    assert len(view.left_out) == 3
    assert "selected" not in view.frame("transactions").columns
    again = view.without("transactions", [0])
    assert again.frame("transactions").is_empty()
    assert len(again.bookings) == 6


days = st.integers(0, 5)


@settings(max_examples=20)
@given(st.lists(st.tuples(days, st.booleans()), min_size=1, max_size=8), days, days)
def test_a_period_agrees_with_plain_comparison(records: list[tuple[int, bool]], a: int, b: int) -> None:
    make = Make()
    for i, (day, dated) in enumerate(records):
        make.transfer("x", "y", i, day, dated=dated)
    first, last = (START.date() + timedelta(days=d) for d in sorted((a, b)))
    wanted = [i for i, (day, _) in enumerate(records) if i and first <= START.date() + timedelta(days=day) <= last]
    assert chosen(Selection(since=first, until=last), make) == wanted


def test_no_movements_can_be_selected_from() -> None:
    rows, tables = moved(case())
    everything: dict[str, Any] = {"since": date(2025, 1, 1), "until": date(2025, 1, 2), "own_transfers": False}
    assert Selection(**everything).apply(rows.clear(), tables["accounts"]).is_empty()
    assert Selection(**everything).apply(rows, None)["selected"].sum() == 0
