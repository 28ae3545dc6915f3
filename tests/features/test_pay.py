"""Hours and deductions of pay periods, beside plain Python."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from finvest.features.pay import HOURS, pay_months
from finvest.findings.make import Make

FIRST = date(2025, 1, 1)


def test_deductions_by_what_they_are_for() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    listed = {"Tax": "10.5", "Health insurance": "1", "advance": "2", "rent": "3.01", "fines": "4"}
    make.wage("Farm", "Worker", 1, 100_00, net=79_49, deductions=json.dumps(listed))
    (row,) = pay_months(make.view()).to_dicts()
    sums = {"owed": 11_50, "agreed": 2_00, "housing": 3_01, "taken": 7_01, "paid": 92_99, "most": 100_00}
    assert {name: row[name] for name in sums} == sums


@pytest.mark.parametrize("text", ["", "[]", "null", '{"a": }', '{"a": "1" "b": "2"}', '{"a": "1"} {"b": "2"}', "x"])
def test_deductions_that_cannot_be_read_are_not_known(text: str) -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage("Farm", "Worker", 1, 100_00, net=50_00, deductions=text)
    (row,) = pay_months(make.view()).to_dicts()
    assert row["taken"] is None
    assert row["paid"] == 100_00


def test_sums_beyond_belief_are_not_known() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage("Farm", "Worker", 1, 10**20)
    make.wage("Farm", "Worker", 2, -5)
    assert pay_months(make.view())["paid"].to_list() == [None, None]


def test_employers_and_workers_who_are_no_parties_keep_their_rows_apart() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage("Farm", "Worker", 1, 100_00)
    make.wage("Farm", "Worker", 1, 100_00, worker="nobody")
    make.wage("Farm", "Worker", 1, 100_00, worker=None)
    make.wage("Farm", "Worker", 1, 100_00, worker=None)
    rows = pay_months(make.view())
    assert len(rows) == 4
    assert rows["worker"].null_count() == 3
    make.wage("Farm", "Worker", 1, 100_00, employer=None)
    assert pay_months(make.view())["why"].to_list()[-1] == "the employer's country is not known"


def plain_hours(shifts: list[dict[str, Any]], months: list[tuple[date, date]]) -> list[tuple[int, str] | None]:
    """Hours (millionths) of the best kind for each period of one worker."""
    found: list[tuple[int, str] | None] = []
    for first, last in months:
        of: dict[str, int] = {}
        for shift in shifts:
            end = shift["end"] or shift["start"]
            latest = max((begin for begin, _ in months if begin <= shift["start"]), default=None)
            if latest == first and shift["start"] <= last and end <= last + timedelta(days=1):
                of[shift["kind"]] = of.get(shift["kind"], 0) + round(float(shift["hours"]) * 10**6)
        best = next((kind for kind in HOURS if of.get(kind)), None)
        found.append(None if best is None else (of[best], best))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_hours_as_plain_python_counts_them(seed: int) -> None:
    chance = random.Random(seed)
    make = Make()
    make.transfer("a", "b", 1, 0)
    expected = []
    for worker in ("Ada", "Bo"):
        months = [(date(2025, m, 1), date(2025, m, 28)) for m in (1, 2, 4)]
        for month, _ in months:
            make.wage("Farm", worker, month.month, 1)
        party = make.tables()["employments"].row(-1, named=True)["worker"]
        employer = make.tables()["employments"].row(-1, named=True)["employer"]
        shifts = []
        for _ in range(30):
            start = FIRST + timedelta(days=chance.randrange(130))
            end = chance.choice([None, start, start + timedelta(days=chance.randrange(10))])
            kind = chance.choice([*HOURS[chance.randrange(4) :], "guess"])
            shift = {"start": start, "end": end, "hours": chance.choice(["8", "7.25", "0"]), "kind": kind}
            shifts.append(shift)
            make.row("shifts", employer=employer, worker=party, **shift)
        expected += plain_hours(shifts, months)
    rows = pay_months(make.view(seed)).sort("worker", "first_day")
    names = make.view().frame("parties").sort("n")["name"].to_list()
    if names.index("Bo") < names.index("Ada"):
        expected = expected[3:] + expected[:3]
    pairs = rows.select("hours", "hours_from").iter_rows()
    assert [None if hours is None else (hours, kind) for hours, kind in pairs] == expected


def test_the_same_shift_twice_counts_once() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage("Farm", "Worker", 1, 1)
    job = make.tables()["employments"].row(0, named=True)
    for _ in range(2):
        of = {"employer": job["employer"], "worker": job["worker"], "start": FIRST}
        make.row("shifts", shift="s1", hours="8", kind="timesheet", **of)
    assert pay_months(make.view())["hours"].to_list() == [8_000_000]
