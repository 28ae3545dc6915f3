"""Living costs, nights and new payers: what is not known is absent, never zero."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.features.living import living
from finvest.features.newness import newness
from finvest.features.night import at_night, night
from finvest.findings.make import Make
from finvest.model.errors import NotAssessable
from tests.features.conftest import changed, number, view

if TYPE_CHECKING:
    from finvest.view import CaseView


def lived(*payments: tuple[float, str | None]) -> tuple[int, int, int]:
    make = Make()
    for day, mcc in payments:
        make.transfer("holder", "shop", 10_00, day, channel="card_pos", mcc=mcc)
    case = make.view()
    row = living(case).filter(account=number(case, "holder")).row(0)
    return row[1:]


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        (((0, "5411"), (1, "4121")), (1, 1, 20_00)),
        (((0, "5411"), (1, "5411")), (1, 0, 20_00)),
        (((0, "4111"), (1, "4121")), (1, 0, 20_00)),  # two ways of one kind
        (((0, "5411"), (30, "5912")), (2, 0, 20_00)),
        (((0, "5411"), (0, "5912"), (90, "7995")), (4, 1, 20_00)),
        (((0, "7995"), (1, None)), (1, 0, 0)),
    ],
)
def test_months_with_two_kinds_of_costs(
    payments: tuple[tuple[float, str | None], ...], expected: tuple[int, int, int]
) -> None:
    assert lived(*payments) == expected


def test_without_codes_living_costs_are_not_assessable() -> None:
    with pytest.raises(NotAssessable, match="no mcc"):
        living(view(("a", "b", 1, 0)))


def test_an_account_whose_books_are_not_on_file_is_absent() -> None:
    make = Make()
    make.transfer("holder", "shop", 1, 0, mcc="5411", channel="card_pos")
    assert living(changed(make, books=pl.lit("beneficiary"))).is_empty()


@pytest.mark.parametrize(
    ("hour", "expected"), [(21.99, False), (22, True), (23.9, True), (24, True), (29.99, True), (30, False)]
)
def test_borders_of_the_night(hour: float, expected: bool) -> None:
    assert at_night(view(("a", "b", 1, (hour - 9) / 24))).to_list() == [expected]


def test_the_night_is_that_of_the_records_zone() -> None:
    late = view(("a", "b", 1, 11 / 24, {"zone": "Asia/Tokyo"}))  # 20:00 UTC is 05:00 there
    assert at_night(late).to_list() == [True]
    assert at_night(view(("a", "b", 1, 11 / 24))).to_list() == [False]


def test_a_date_is_no_time() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0, dated=True)
    with pytest.raises(NotAssessable):
        night(make.view())
    make.transfer("a", "c", 1, 0.6)
    make.transfer("c", "b", 1, 0.2)
    case = make.view()
    rows = {(row[0], row[1]): row[2:] for row in night(case).iter_rows()}
    assert rows[number(case, "a"), "out"] == (1, 1, 1)
    assert rows[number(case, "b"), "in"] == (1, 0, 1)
    assert (number(case, "a"), "in") not in rows


def by_hand(case: CaseView, days: int) -> dict[int, tuple[int, int]]:
    """Most payers never seen before in any window of some days, by account, and how many payers it has."""
    rows = case.frame("transactions", "originator", "beneficiary", "day").rows()
    best: dict[int, tuple[int, int]] = {}
    for account in {b for _, b, _ in rows}:
        since = min(day for a, b, day in rows if account in {a, b})
        for until in sorted({day for _, b, day in rows if b == account}):
            first = until - timedelta(days=days - 1)
            if first < since + timedelta(days=days):
                continue
            inside = {a for a, b, day in rows if b == account and first <= day <= until}
            before = {a for a, b, day in rows if b == account and day < first}
            new = len(inside - before)
            if account not in best or new > best[account][0]:
                best[account] = (new, len(inside))
    return best


@pytest.mark.parametrize("seed", range(10))
def test_new_payers_against_counting_by_hand(seed: int) -> None:
    chosen = random.Random(seed)
    make = Make()
    for _ in range(120):
        make.transfer(f"p{chosen.randrange(25)}", f"a{chosen.randrange(3)}", 1, chosen.randrange(80))
    case = make.view()
    found = {row["account"]: (row["new"], row["payers"]) for row in newness(case, 10).to_dicts()}
    assert found == by_hand(case, 10)
    assert all(len(row["evidence"]) >= row["new"] for row in newness(case, 10).to_dicts())


def test_at_first_everybody_is_new_and_nothing_is_said() -> None:
    assert newness(view(*[(f"p{i}", "a", 1, i) for i in range(10)]), 10).is_empty()
    late = view(("p", "a", 1, 0), *[(f"p{i}", "a", 1, 20) for i in range(3)], ("p", "a", 1, 20))
    (row,) = newness(late, 10).to_dicts()
    assert (row["payers"], row["new"], len(row["evidence"])) == (4, 3, 3)


def test_cash_is_no_payer() -> None:
    make = Make()
    make.transfer("p", "a", 1, 0)
    make.cash_in("a", 1, 30)
    assert newness(make.view(), 10).is_empty()
