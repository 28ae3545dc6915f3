"""LAB-02 at the borders of its thresholds, and where it cannot judge."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found


def paid(gross: int | None = 1_000_00, months: int = 3, *, make: Make | None = None, **columns: Any) -> Make:
    """Pay for 160 hours a month, where the minimum is 12.50: 2,000.00."""
    make = make or Make()
    make.transfer("Farm", "worker", 1, 0)
    make.wage_rule("hourly_minimum", "12.50")
    for month in range(1, months + 1):
        make.wage("Farm", "Worker", month, gross, **{"hours": "160", **columns})
    return make


def reasons(make: Make) -> tuple[str, ...]:
    report = Registry().detector("LAB-02")().detect(make.view())
    assert len(report) == 0
    return report.unjudged()


def test_the_shortfall_is_exact_and_written_out() -> None:
    (finding,) = found("LAB-02", paid(999_99))
    assert finding.facts["shortfall"] == 3 * (2_000_00 - 999_99)
    assert finding.amounts == (("EUR", 3_000_03),)
    assert "3,000.03 EUR are missing to the minimum" in finding.sentence
    assert "hourly minimum 12.50 EUR [an example, no real figure]" in finding.sentence
    assert finding.facts["lowest_percent"] == 49
    assert {s.column: s.role for s in finding.subjects} == {"employer": "exploiter", "workers": "possible_victim"}
    assert finding.days == (date(2025, 1, 1), date(2025, 3, 28))
    assert {table: len(records) for table, records in finding.evidence.items()} == {"employments": 3, "wage_rules": 1}


@pytest.mark.parametrize(("gross", "expected"), [(1_800_00, 0), (1_799_99, 1)])
def test_share_of_the_minimum(gross: int, expected: int) -> None:
    assert len(found("LAB-02", paid(gross))) == expected


@pytest.mark.parametrize(("months", "expected"), [(1, 0), (2, 1)])
def test_months(months: int, expected: int) -> None:
    assert len(found("LAB-02", paid(months=months))) == expected


def test_a_period_of_many_months_counts_as_many() -> None:
    quarter: dict[str, Any] = {"start": date(2025, 1, 1), "end": date(2025, 3, 31), "hours": "480"}
    (finding,) = found("LAB-02", paid(months=1, **quarter))
    assert finding.facts["months"] == 3
    assert finding.facts["shortfall"] == 5_000_00


def test_a_part_month_is_compared_by_the_hour() -> None:
    assert found("LAB-02", paid(500_00, hours="40", end=date(2025, 3, 31))) == []


@pytest.mark.parametrize(
    ("deductions", "net", "expected"),
    [
        ('{"tax": "700.00", "social_security": "300.00"}', 1_000_00, 0),
        ('{"Garnishment": "1000"}', 1_000_00, 0),
        ('{"housing": "700.00", "tools": "300.00"}', 1_000_00, 1),
        ('{"housing": "150.00"}', 1_850_00, 0),
        ("{}", 1_000_00, 0),  # what gross, net and deductions leave open counts for the employer
    ],
)
def test_lawful_deductions_count_as_pay(deductions: str, net: int, expected: int) -> None:
    results = found("LAB-02", paid(2_000_00, net=net, deductions=deductions))
    assert len(results) == expected
    for finding in results:
        assert checks(finding)["lawful deductions"] == "present"
        assert not finding.withdrawn


def test_without_a_list_of_deductions_the_gross_pay_is_the_most_that_was_paid() -> None:
    assert len(found("LAB-02", paid(1_000_00, deductions=None))) == 1
    assert found("LAB-02", paid(2_000_00, net=1_000_00, deductions=None)) == []


def test_hours_of_the_time_sheet_come_before_those_of_the_pay() -> None:
    make = paid(1_000_00, hours="80")
    assert found("LAB-02", make) == []
    party = make.tables()["employments"].row(0, named=True)
    for month in (1, 2):
        of = {"employer": party["employer"], "worker": party["worker"], "start": date(2025, month, 3)}
        make.row("shifts", **of, hours="90", kind="contract", end=date(2025, month, 20))
        make.row("shifts", **of, hours="100.5", kind="timesheet")
        make.row("shifts", **of, hours="60.25", kind="timesheet", end=date(2025, month, 28))
    (finding,) = found("LAB-02", make)
    assert finding.facts["hours_from"] == "timesheet"
    assert finding.facts["shortfall"] == 2 * (2_009_37 - 1_000_00)  # 160.75 hours; 0.5 cents are not claimed
    assert len(finding.evidence["shifts"]) == 4
    assert checks(finding)["unpaid leave"] == "absent"


def test_unpaid_leave_is_to_be_asked_where_hours_were_not_measured() -> None:
    assert checks(found("LAB-02", paid())[0])["unpaid leave"] == "to ask"


def test_more_than_sixteen_hours_a_day_are_a_slip() -> None:
    (finding,) = found("LAB-02", paid(hours="448"))
    assert checks(finding)["error in the hours"] == "absent"
    (finding,) = found("LAB-02", paid(hours="449"))
    assert checks(finding)["error in the hours"] == "present"
    assert finding.withdrawn


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"hours": None}, "no hours are on file"),
        ({"hours": "many"}, "no hours are on file"),
        ({"hours": "0"}, "no hours are on file"),
        ({"gross": None, "net": None}, "the pay is not known"),
        ({"gross": None, "net": 900_00, "deductions": None}, "deductions and gross pay are not known"),
        ({"currency": "CHF"}, "the hourly minimum on file is in another currency than the pay"),
        ({"currency": None}, "the pay is in several currencies or in an unknown one"),
        ({"end": None}, "the period of the pay is not known"),
        ({"start": None}, "the period of the pay is not known"),
        ({"end": date(2024, 1, 1)}, "the period of the pay is not known"),
        ({"start": date(2024, 12, 1)}, "no hourly minimum of XX for 2024 is on file"),
        (
            {"posted": True},
            "a posted worker: the rules of the country of work apply, and which it was is not on file",
        ),
    ],
)
def test_what_is_missing_is_said(columns: dict[str, Any], reason: str) -> None:
    said = reasons(paid(**columns))
    assert set(said) == {f"Farm, Worker: {reason}"}


def test_one_month_paid_in_two_currencies_is_not_judged() -> None:
    make = paid(months=2)
    for month in (1, 2):
        make.wage("Farm", "Worker", month, 900_00, currency="CHF")
    assert reasons(make) == ("Farm, Worker: the pay is in several currencies or in an unknown one",)


def test_workers_of_one_employer_are_one_finding_and_each_needs_the_months() -> None:
    make = paid(months=2)
    make.wage("Farm", "Second Worker", 1, 500_00, hours="160")
    for month in (1, 2):
        make.wage("Farm", "Third Worker", month, 500_00, hours="160")
    (finding,) = found("LAB-02", make)
    assert len(finding.subjects) == 3
    assert finding.facts["months"] == 4


def test_the_same_record_twice_counts_once() -> None:
    make = paid(months=2, employment="e")
    assert found("LAB-02", make) == []
    assert len(found("LAB-02", make, months=1)) == 1
