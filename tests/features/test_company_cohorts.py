"""Cohorts of companies, beside plain Python."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from finvest.features.company_cohorts import Cohort, cohorts
from finvest.findings.make import Make

FIRST = date(2025, 1, 1)


def plain(days: dict[str, list[int]], least: int, span: int) -> list[int]:
    """Sizes of cohorts by address: the largest window first, no company in two."""
    sizes = []
    for founded in days.values():
        left = sorted(founded)
        windows = sorted(((len([d for d in left if end - span <= d <= end]), -end) for end in set(left)), reverse=True)
        used: set[int] = set()
        for size, end in windows:
            members = {d for d in left if -end - span <= d <= -end}
            if size >= least and not members & used:
                used |= members
                sizes.append(size)
    return sorted(sizes)


@pytest.mark.parametrize("seed", range(20))
def test_cohorts_as_plain_python_finds_them(seed: int) -> None:
    chance = random.Random(seed)
    make = Make()
    make.transfer("a", "b", 1, 0)
    days: dict[str, list[int]] = {}
    for i in range(60):
        address, day = chance.choice(["1 A Street", "2 B Street"]), chance.randrange(200)
        days.setdefault(address, []).append(day)
        make.company(f"Unit {i}", incorporated=FIRST + timedelta(days=day), address=address)
    found = cohorts(make.view(seed), Cohort(companies=5, days=20, life_days=500, workers=20))
    assert sorted(found["size"]) == plain(days, 5, 20)
    assert found.select((found["last_day"] - found["first_day"]).dt.total_days().max()).item() <= 20
