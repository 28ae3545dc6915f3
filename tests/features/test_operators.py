"""Who operates accounts, beside a slow reference."""

from __future__ import annotations

import random
from collections import defaultdict

import polars as pl
import pytest

from finvest.features.operators import operators
from finvest.findings.make import START, Make
from tests.features.conftest import number

Session = tuple[str, int, int | None]

DAYS, PERCENT, ACCOUNTS = 10, 50, 7


def slow(sessions: list[Session]) -> list[tuple[int, int, int]]:
    """Holders, of these with most of their sessions, and sessions, by device and day by day."""
    found = []
    for device in sorted({d for d, *_ in sessions}):
        mine = [(a, day) for d, a, day in sessions if d == device]
        if len({a for a, _ in mine}) < 2:
            continue
        best: tuple[int, int] = (0, 0)
        for last in range(50):
            there = {a for a, day in mine if day is not None and last - DAYS < day <= last}
            if len(there) > best[0] or (len(there) == best[0] and last == best[1] + 1):
                best = (len(there), last)
        of = {a: 0 for a, day in mine if day is not None and best[1] - DAYS < day <= best[1]}
        every: dict[int, int] = defaultdict(int)
        for d, a, day in sessions:
            if a in of and (day is None or best[1] - DAYS < day <= best[1]):
                every[a] += 1
                of[a] += d == device and day is not None
        led = sum(of[a] * 100 > every[a] * PERCENT for a in of)
        found.append((best[0], led, sum(of.values())))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_as_counted_day_by_day(seed: int) -> None:
    rng = random.Random(seed)
    sessions: list[Session] = [
        (rng.choice("de"), rng.randrange(ACCOUNTS), None if rng.random() < 0.1 else rng.randrange(30))
        for _ in range(rng.randrange(2, 30))
    ]
    make = Make()
    for i in range(ACCOUNTS):
        make.transfer("works", f"a{i}", 1, i)
        make.holder(f"a{i}", f"Person Number{chr(65 + i)}")
    for device, account, day in sessions:
        make.session(device, f"a{account}", day)
    found = operators(make.view(), DAYS, PERCENT)
    assert found.select("holders", "mainly", "acts").rows() == slow(sessions)


def test_evidence_is_what_was_done_for_others_in_the_period() -> None:
    make = Make()
    for i, name in enumerate(("Ada Adler", "Ben Brandt", "Cem Can")):
        make.transfer("works", f"a{i}", 1, i)
        make.holder(f"a{i}", name)
        make.session("d", f"a{i}", i)
    make.session("d", "a0", 25)
    of = make.view()
    (row,) = operators(of, 10, 50).iter_rows(named=True)
    seen = of.frame("devices")[row["evidence_devices"]]
    assert seen["seen_at"].max() < START.replace(day=20)
    assert row["held"] == sorted(number(of, f"a{i}") for i in range(3))
    assert row["acts"] == 3
    assert row["start"] == START


def test_columns_of_evidence_are_those_of_the_tables_there_are() -> None:
    make = Make()
    for i in range(2):
        make.cash_in(f"a{i}", 1_00, i, conductor="ID 1")
    assert "evidence_devices" not in operators(make.view(), 10, 50).columns
    make.session("d", "a0", 0)
    assert {"evidence", "evidence_devices"} <= set(operators(make.view(), 10, 50).columns)
    assert operators(make.view(), 10, 50)["public"].dtype == pl.Boolean
