"""LAB-03 at the borders of its thresholds, and where it cannot judge."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found


def kept(
    deductions: str | None,
    *,
    months: int = 2,
    rule: str | None = "deduction_cap",
    gross: int | None = 1_000_00,
    **columns: Any,
) -> Make:
    """Keep something back of 1,000.00, where the cap is 25 %."""
    make = Make()
    make.transfer("Farm", "worker", 1, 0)
    if rule is not None:
        make.wage_rule(rule, "25")
    for month in range(1, months + 1):
        make.wage("Farm", "Worker", month, gross, **{"net": 600_00, "deductions": deductions, **columns})
    return make


@pytest.mark.parametrize(
    ("deductions", "excess"),
    [
        ('{"housing": "250.00"}', None),
        ('{"housing": "250.01"}', 2),
        ('{"housing": "200.00", "fine": "100"}', 100_00),
        ('{"tax": "400.00", "Social security": "100.00"}', None),
        ("{}", None),
    ],
)
def test_cap(deductions: str, excess: int | None) -> None:
    results = found("LAB-03", kept(deductions))
    assert [f.amounts for f in results] == ([] if excess is None else [(("EUR", excess),)])


def test_facts_and_sentence() -> None:
    (finding,) = found("LAB-03", kept('{"housing": "300.00", "tools": "250.50"}'))
    assert finding.facts["excess"] == 2 * 300_50
    assert finding.facts["highest_percent"] == 55
    assert finding.facts["severe"] == 2
    assert "601.00 EUR too much" in finding.sentence
    assert "deduction cap 25 percent [an example, no real figure]" in finding.sentence
    assert {s.column: s.role for s in finding.subjects} == {"employer": "exploiter", "workers": "possible_victim"}


def test_severe_scores_more_and_subsistence_makes_it_severe() -> None:
    (mild,) = found("LAB-03", kept('{"housing": "500.00"}'))
    (severe,) = found("LAB-03", kept('{"housing": "500.01"}'))
    assert mild.facts["severe"] == 0
    assert severe.score > mild.score
    make = kept('{"housing": "500.00"}', net=500_00)
    make.wage_rule("subsistence_month", "500.01")
    (needy,) = found("LAB-03", make)
    assert needy.facts["severe"] == 2
    assert len(needy.evidence["wage_rules"]) == 2


def test_a_cap_on_housing_looks_at_housing_alone() -> None:
    assert found("LAB-03", kept('{"housing": "250", "fees": "300"}', rule="housing_cap")) == []
    (finding,) = found("LAB-03", kept('{"Rent": "251", "fees": "300"}', rule="housing_cap"))
    assert finding.facts["excess"] == 2_00


@pytest.mark.parametrize("kind", ["garnishment", "advance", "salary_sacrifice", "Court order"])
def test_what_a_court_orders_or_was_agreed_withdraws_it(kind: str) -> None:
    (finding,) = found("LAB-03", kept(f'{{"{kind}": "300.00"}}'))
    assert checks(finding)["court order, advance or agreed saving"] == "present"
    assert finding.withdrawn
    (other,) = found("LAB-03", kept(f'{{"{kind}": "300.00", "housing": "300.00"}}'))
    assert checks(other)["court order, advance or agreed saving"] == "absent"


@pytest.mark.parametrize(
    ("deductions", "columns", "reason"),
    [
        ('{"housing": "900"}', {"rule": None}, "no cap on deductions of XX for 2025 is on file"),
        ('{"housing": "900"}', {"gross": 0, "net": 0}, "the gross pay is not known"),
        ('{"housing": "nine"}', {}, "deductions are not on file or cannot be read"),
        ('{"housing": "9.001"}', {}, "deductions are not on file or cannot be read"),
        ('[["housing", 900]]', {}, "deductions are not on file or cannot be read"),
        ("{", {}, "deductions are not on file or cannot be read"),
        ('{"housing": "-900"}', {}, "deductions are not on file or cannot be read"),
        ('{"housing": "9' + "9" * 20 + '"}', {}, "deductions are not on file or cannot be read"),
    ],
)
def test_what_is_missing_is_said(deductions: str, columns: dict[str, Any], reason: str) -> None:
    make = kept(deductions, **columns)
    make.wage_rule("holiday_accrual", "8")
    report = Registry().detector("LAB-03")().detect(make.view())
    assert len(report) == 0
    assert report.unjudged() == (f"Farm, Worker: {reason}",)


def test_without_gross_pay_it_is_net_pay_and_deductions() -> None:
    (finding,) = found("LAB-03", kept('{"housing": "400"}', gross=None))
    assert finding.facts["excess"] == 2 * 150_00


def test_months() -> None:
    assert found("LAB-03", kept('{"food": "300"}'), months=3) == []
    assert len(found("LAB-03", kept('{"food": "300"}'), months=2)) == 1
