"""What stayed of what came in, month by month, beside counting day by day."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from finvest.features.retention import monthly_retention
from finvest.findings.make import START, Make
from tests.features.conftest import number


def case(*payments: tuple[int, float], opening: int = 0) -> Make:
    make = Make()
    make.opening("holder", opening)
    for amount, day in payments:
        ends = ("payer", "holder") if amount > 0 else ("holder", "payee")
        make.transfer(*ends, abs(amount), day)
    return make


def months(make: Make) -> dict[date, tuple[float, int, int]]:
    view = make.view()
    rows = monthly_retention(view).filter(account=number(view, "holder"))
    return {row["month"]: (row["mean_balance"], row["credited"], row["days"]) for row in rows.to_dicts()}


def test_an_account_whose_balance_nothing_fixes_is_absent() -> None:
    make = Make()
    make.transfer("payer", "holder", 1, 0)
    assert monthly_retention(make.view()).is_empty()


def test_a_balance_stands_over_the_end_of_a_month() -> None:
    found = months(case((100, 0), (100, 40)))  # 6 January and 15 February
    assert found == {date(2025, 1, 1): (100, 100, 26), date(2025, 2, 1): ((14 * 100 + 200) / 15, 100, 15)}


def test_a_month_without_a_credit_has_no_row() -> None:
    assert list(months(case((100, 0), (-50, 40)))) == [date(2025, 1, 1)]


@pytest.mark.parametrize("seed", range(8))
def test_against_counting_day_by_day(seed: int) -> None:
    chosen = random.Random(seed)
    payments = [(chosen.choice([-3, 1, 5, 8]), chosen.randrange(120)) for _ in range(15)]
    changes: dict[date, int] = defaultdict(int)
    credited: dict[date, int] = defaultdict(int)
    for amount, day in payments:
        at = (START + timedelta(days=day)).date()
        changes[at] += amount
        credited[at.replace(day=1)] += max(amount, 0)
    held: dict[date, list[int]] = defaultdict(list)
    balance, day_ = 50, min(changes)
    last = max(changes)
    while day_ <= last:
        balance += changes.get(day_, 0)
        held[day_.replace(day=1)].append(balance)
        day_ += timedelta(days=1)
    expected: dict[date, tuple[Any, int, int]] = {
        month: (pytest.approx(sum(days) / len(days)), credited[month], len(days))
        for month, days in held.items()
        if credited[month]
    }
    assert months(case(*payments, opening=50)) == expected
