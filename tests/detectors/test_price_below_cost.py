"""AGY-01 at the borders of its thresholds, and where it cannot judge."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found


def billed(amount: int = 1_200_00, *, bills: int = 2, leave: str = "", **columns: Any) -> Make:
    """Bill a hundred hours, which cost 12.00 with 20 and 10 percent on top: 1,560.00."""
    make = Make()
    make.transfer("Packhouse", "Supplier", 1, 0)
    for kind, value in (("hourly_minimum", "12.00"), ("employer_contribution", "20"), ("holiday_accrual", "10")):
        if kind != leave:
            make.wage_rule(kind, value)
    for month in range(1, bills + 1):
        make.invoice("Supplier", "Packhouse", month, amount, **{"hours": "100", **columns})
    return make


@pytest.mark.parametrize(("amount", "expected"), [(1_560_00, 0), (1_559_99, 1)])
def test_cost(amount: int, expected: int) -> None:
    assert len(found("AGY-01", billed(amount))) == expected


@pytest.mark.parametrize(("bills", "expected"), [(1, 0), (2, 1)])
def test_bills(bills: int, expected: int) -> None:
    assert len(found("AGY-01", billed(bills=bills))) == expected


def test_facts_and_sentence() -> None:
    make = billed()
    make.invoice("Supplier", "Second Packhouse", 3, 1_700_00, hours="100")
    (finding,) = found("AGY-01", make)
    wanted = {"invoices": 2, "all_invoices": 3, "shortfall": 2 * 360_00, "lowest_percent": 76, "other": 0}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert "720.00 EUR below it in all" in finding.sentence
    assert finding.amounts == (("EUR", 720_00),)
    assert [(s.column, s.role, s.label) for s in finding.subjects] == [
        ("supplier", "facilitator", "Supplier"),
        ("customers", "undetermined", "Packhouse"),
    ]
    assert len(finding.evidence["wage_rules"]) == 3


def test_odd_hours_are_rounded_for_the_supplier() -> None:
    (finding,) = found("AGY-01", billed(1_00, hours="0.333333"))
    assert finding.facts["shortfall"] == 2 * (5_19 - 1_00)  # 5.1999948


def test_bills_without_hours_may_make_up_for_it() -> None:
    make = billed()
    make.invoice("Supplier", "Packhouse", 3, 719_99)
    (finding,) = found("AGY-01", make)
    assert checks(finding)["partial invoice"] == "absent"
    make.invoice("Supplier", "Packhouse", 4, 1)
    make.invoice("Supplier", "Somebody Else", 4, 500_00)
    (other,) = found("AGY-01", make)
    assert checks(other)["partial invoice"] == "present"
    assert other.facts["other"] == 720_00
    assert other.score < finding.score
    assert not other.withdrawn


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"hours": "a day"}, "the hours on the bill cannot be read"),
        ({"hours": "0"}, "the hours on the bill cannot be read"),
        ({"currency": "XXX"}, "the amount or the currency of the bill is not known"),
        ({"currency": "CHF"}, "the hourly minimum on file is in another currency than the bill"),
        ({"start": None, "issued": None}, "the day of the work or the supplier's country is not known"),
        ({"leave": "hourly_minimum"}, "minimum, contributions or holiday of XX for 2025 are not on file"),
        ({"leave": "employer_contribution"}, "minimum, contributions or holiday of XX for 2025 are not on file"),
        ({"leave": "holiday_accrual"}, "minimum, contributions or holiday of XX for 2025 are not on file"),
    ],
)
def test_what_is_missing_is_said(columns: dict[str, Any], reason: str) -> None:
    report = Registry().detector("AGY-01")().detect(billed(**columns).view())
    assert len(report) == 0
    assert [said.partition(": ")[2] for said in report.unjudged()] == [reason]


def test_one_bill_loaded_twice_counts_once() -> None:
    assert found("AGY-01", billed(invoice="2025-1")) == []
