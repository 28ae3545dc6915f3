"""CTL-04 at the borders of its thresholds, and who else goes to the machine together."""

from __future__ import annotations

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

MINUTE = 1 / 1440


def convoy(
    *, cards: int = 3, times: int = 3, step: float = 7, gap: float = 2, others: int = 60, dated: bool = False
) -> Make:
    make = Make()
    for time in range(times):
        for i in range(cards):
            day = step * time + i * gap * MINUTE
            make.transfer(f"card {i}", "cash", 200_00, day, channel="cash_atm", terminal="M", dated=dated)
    for i in range(others):
        day = i + 40 * MINUTE
        make.transfer(f"other {i}", "cash", 50_00, day, channel="cash_atm", terminal="M", dated=dated)
    return make


@pytest.mark.parametrize(("cards", "expected"), [(2, 0), (3, 1), (6, 1)])
def test_cards(cards: int, expected: int) -> None:
    assert len(found("CTL-04", convoy(cards=cards))) == expected


@pytest.mark.parametrize(("times", "expected"), [(2, 0), (3, 1), (5, 1)])
def test_dates(times: int, expected: int) -> None:
    assert len(found("CTL-04", convoy(times=times))) == expected


@pytest.mark.parametrize(("gap", "expected"), [(5, 1), (5.1, 0)])
def test_gap(gap: float, expected: int) -> None:
    assert len(found("CTL-04", convoy(gap=gap))) == expected


@pytest.mark.parametrize(("total", "expected"), [(8, 1), (7, 0)])
def test_total(total: int, expected: int) -> None:
    assert len(found("CTL-04", convoy(gap=4), total=total)) == expected


@pytest.mark.parametrize(("step", "expected"), [(29, 1), (30, 0)])
def test_period(step: float, expected: int) -> None:
    assert len(found("CTL-04", convoy(step=step))) == expected


def test_facts_and_roles() -> None:
    (finding,) = found("CTL-04", convoy())
    assert {s.role for s in finding.subjects} == {"possible_victim"}
    assert len(finding.subjects) == 3
    assert len(finding.evidence["transactions"]) == 9
    assert finding.facts["dates"] == 3
    assert finding.amounts == (("EUR", 9 * 200_00),)


def test_with_nobody_else_at_the_machine_chance_cannot_be_told() -> None:
    report = Registry().detector("CTL-04")().detect(convoy(others=0).view())
    assert len(report) == 0
    assert "too few other cards" in report.unjudged()[0]


def test_a_works_bus_on_which_everybody_comes_again_is_not_found() -> None:
    make = Make()
    for week in range(6):
        for i in range(12):
            card = f"worker {(7 * week + i) % 14}"
            make.transfer(card, "cash", 50_00, 7 * week + i * MINUTE, channel="cash_atm", terminal="M")
    report = Registry().detector("CTL-04")().detect(make.view())
    assert len(report) == 0


def test_a_crowd_that_never_comes_again_is_not_found() -> None:
    make = Make()
    for week in range(6):
        for i in range(8):
            card = f"visitor {8 * week + i}"
            make.transfer(card, "cash", 50_00, 7 * week + i * MINUTE, channel="cash_atm", terminal="M")
    report = Registry().detector("CTL-04")().detect(make.view())
    assert len(report) == len(report.gaps) == 0


def test_the_same_set_at_several_machines_is_one_set() -> None:
    make = convoy(times=0)
    for time, machine in enumerate(("M", "N", "M", "O")):
        for i in range(3):
            make.transfer(f"card {i}", "cash", 200_00, 7 * time + i * MINUTE, channel="cash_atm", terminal=machine)
    (finding,) = found("CTL-04", make)
    assert finding.facts["dates"] == 4
    assert finding.facts["machines"] == 3


def test_a_family_is_told_by_surnames() -> None:
    make = convoy()
    for i, name in enumerate(("Ada North", "Ben North", "Cy North")):
        make.holder(f"card {i}", name)
    (finding,) = found("CTL-04", make)
    assert checks(finding)["family"] == "present"
    assert finding.withdrawn
    make = convoy(cards=4)
    for i, name in enumerate(("Ada North", "Ben North", "Cy South", "Di West")):
        make.holder(f"card {i}", name)
    assert checks(found("CTL-04", make)[0])["family"] == "to ask"


def test_cards_of_one_holder_are_one() -> None:
    make = convoy()
    for i in range(2):
        make.holder(f"card {i}", "Ada North")
    assert found("CTL-04", make) == []


def test_dates_alone_and_machines_that_nobody_wrote_are_not_assessable() -> None:
    detector = Registry().detector("CTL-04")()
    assert "time_known" in (detector.detect(convoy(dated=True).view()).not_assessable or "")
    make = convoy(dated=True)
    make.transfer("a", "b", 1, 0)
    assert "time to the minute" in (detector.detect(make.view()).not_assessable or "")
    bare = Make()
    bare.transfer("a", "cash", 1, 0, channel="cash_atm")
    assert detector.detect(bare.view()).not_assessable == "the transactions have no terminal"
