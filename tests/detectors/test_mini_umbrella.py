"""AGY-03 at the borders of its thresholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.model.identifiers import name_key, opaque
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

FIRST = date(2025, 1, 1)


def party(name: str) -> str:
    return opaque("p", "name", name_key(name))


def founded(
    count: int = 10, *, step: float = 3, life: int | None = 400, make: Make | None = None, **columns: Any
) -> Make:
    make = make or Make()
    make.transfer("x", "y", 1, 0)
    for i in range(count):
        day = FIRST + timedelta(days=int(i * step))
        ended = None if life is None else day + timedelta(days=life)
        given = {"incorporated": day, "dissolved": ended, "address": "1 High Street, Northford", **columns}
        make.company(f"Unit {i}", f"unit {i}", **given)
    return make


def test_a_register_alone_is_enough_and_the_rest_is_to_be_asked() -> None:
    (finding,) = found("AGY-03", founded())
    assert set(checks(finding).values()) == {"to ask"}
    assert finding.facts["size"] == 10
    assert finding.facts["struck_off"] == 10
    assert "Workers on file: not known" in finding.sentence
    assert not {"struck", "directed"} & finding.facts.keys()  # struck_off and nominees say it in numbers
    assert finding.days == (FIRST, FIRST + timedelta(days=27))


@pytest.mark.parametrize(("count", "expected"), [(9, 0), (10, 1), (25, 1)])
def test_companies(count: int, expected: int) -> None:
    assert len(found("AGY-03", founded(count, step=1))) == expected


@pytest.mark.parametrize(("step", "expected"), [(30 / 9, 1), (3.5, 0)])
def test_days(step: float, expected: int) -> None:
    assert len(found("AGY-03", founded(step=step))) == expected


@pytest.mark.parametrize(("life", "expected"), [(548, 1), (549, 0), (None, 1)])
def test_life(life: int | None, expected: int) -> None:
    assert len(found("AGY-03", founded(life=life))) == expected


def test_companies_that_still_live_after_eighteen_months_are_none_of_them() -> None:
    make = founded(life=None)
    make.company("Latest", incorporated=date(2026, 9, 1))
    assert found("AGY-03", make) == []


def test_the_address_is_compared_by_its_letters() -> None:
    make = founded(5)
    for i in range(5):
        make.company(f"More {i}", incorporated=FIRST, address="1, HIGH STREET  (Northford)")
    assert len(found("AGY-03", make)) == 1
    assert found("AGY-03", founded(address=None)) == []


def test_an_agent_stands_for_an_address() -> None:
    make = Make()
    for i in range(10):
        make.company(f"Unit {i}", incorporated=FIRST, address=f"{i} High Street")
        make.row("links", kind="formed_by", from_id=party(f"Unit {i}"), to_id="agent")
    make.transfer("x", "y", 1, 0)
    assert len(found("AGY-03", make)) == 1


def test_two_cohorts_at_one_address_are_two_findings() -> None:
    make = founded(step=1)
    for i in range(12):
        make.company(f"Later {i}", incorporated=date(2025, 6, 1) + timedelta(days=i), address="1 High Street Northford")
    assert sorted(f.facts["size"] for f in found("AGY-03", make)) == [10, 12]


def test_a_company_with_many_workers_is_none_of_them() -> None:
    make = founded()
    for i in range(20):
        make.wage("Unit 0", f"Hand {i}", 1, 1)
    assert len(found("AGY-03", make)) == 1
    make.wage("Unit 0", "One More", 1, 1)
    assert found("AGY-03", make) == []


@pytest.mark.parametrize(("moving", "expected"), [(1, False), (2, True)])
def test_workers_move(moving: int, expected: bool) -> None:
    make = founded()
    for i in range(10):
        make.wage(f"Unit {i}", f"Hand {i}", 1, 1)
        if i < moving:
            make.wage(f"Unit {i + 1}", f"Hand {i}", 7, 1)
        make.transfer(f"guest {i}", f"unit {i}", 1_00, i)
    (finding,) = found("AGY-03", make)
    assert finding.facts["workers_move"] is expected
    assert finding.withdrawn is not expected
    assert sum(s.role == "possible_victim" for s in finding.subjects) == (moving if expected else 0)
    assert {s.column for s in finding.subjects} <= {"members", "moved"}


def test_after_more_than_half_a_year_it_is_no_move() -> None:
    make = founded()
    for month, unit in ((1, "Unit 0"), (9, "Unit 1")):
        make.wage(unit, "Hand", month, 1)
    (finding,) = found("AGY-03", make)
    assert finding.facts["moves"] == 0
    assert set(checks(finding).values()) == {"to ask"}  # who pays is not on file


@pytest.mark.parametrize(("paid", "expected"), [(4, False), (5, True)])
def test_one_account_pays_half_of_them(paid: int, expected: bool) -> None:
    make = founded()
    for i in range(paid):
        make.transfer("promoter", f"unit {i}", 100_00, i)
    (finding,) = found("AGY-03", make)
    assert finding.facts["one_payer"] is expected
    assert finding.facts["paid"] == paid
    assert ("payer" in {s.column for s in finding.subjects}) is expected
    assert len(finding.movements) == (paid if expected else 0)


def test_cash_and_money_between_members_are_no_promoters() -> None:
    make = founded()
    for i in range(1, 10):
        make.transfer("unit 0", f"unit {i}", 100_00, i)
        make.cash_in(f"unit {i}", 100_00, i)
    (finding,) = found("AGY-03", make)
    assert finding.facts["paid"] is None


def test_directors_by_name_only_raise_the_score() -> None:
    plain = found("AGY-03", founded())[0]
    assert plain.facts["nominees"] is None
    make = founded()
    make.row("links", kind="directs", from_id="busy", to_id="elsewhere")
    assert found("AGY-03", make)[0].facts["nominees"] == 0
    for i in range(5):
        make.row("links", kind="directs", from_id="d", to_id=party(f"Unit {i}"))
        make.row("links", kind="directs", from_id="busy", to_id=party(f"Unit {i}"))
    (finding,) = found("AGY-03", make)
    assert finding.facts["nominees"] == 1
    assert finding.score > plain.score


def test_companies_that_are_no_parties_are_not_judged() -> None:
    make = Make()
    make.transfer("x", "y", 1, 0)
    make.row("parties", party="somebody")
    for i in range(10):
        make.row("companies", party=f"c{i}", incorporated=FIRST, address="1 High Street")
    report = Registry().detector("AGY-03")().detect(make.view())
    assert len(report) == 0
    assert [said.partition(": ")[2] for said in report.unjudged()] == ["the companies are in no list of parties"]
