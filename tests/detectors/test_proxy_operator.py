"""CTL-07 at the borders of its thresholds, its innocent twins, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

NAMES = ("Ada Adler", "Ben Brandt", "Cem Can", "Dora Dahl", "Emil Egger")


def accounts(names: tuple[str | None, ...] = NAMES[:3]) -> Make:
    make = Make()
    for i, name in enumerate(names):
        make.transfer("works", f"account {i}", 900_00, i)
        if name is not None:
            make.holder(f"account {i}", name)
    return make


def operated(names: tuple[str | None, ...] = NAMES[:3], step: float = 1, own: int = 0, **columns: Any) -> Make:
    """One telephone with two sessions an account; each holder has so many of another device."""
    make = accounts(names)
    for i in range(len(names)):
        for k in range(2):
            make.session("telephone", f"account {i}", i * step + k * 0.1, **columns)
        for k in range(own):
            make.session(f"own {i}", f"account {i}", i * step + k * 0.1)
    return make


def unjudged(make: Make) -> tuple[str, ...]:
    return Registry().detector("CTL-07")().detect(make.view()).unjudged()


@pytest.mark.parametrize(("holders", "expected"), [(1, 0), (2, 0), (3, 1), (5, 1)])
def test_unrelated_holders(holders: int, expected: int) -> None:
    assert len(found("CTL-07", operated(NAMES[:holders]))) == expected


@pytest.mark.parametrize(("step", "expected"), [(14.5, 1), (15, 0)])
def test_period(step: float, expected: int) -> None:
    assert len(found("CTL-07", operated(step=step))) == expected


@pytest.mark.parametrize(("own", "expected"), [(0, 1), (1, 1), (2, 0), (3, 0)])
def test_more_than_half_of_the_sessions(own: int, expected: int) -> None:
    assert len(found("CTL-07", operated(own=own))) == expected


def test_for_two_of_the_holders_most_is_enough() -> None:
    make = operated(own=2)
    make.session("telephone", "account 0", 0.5)
    assert found("CTL-07", make) == []
    make.session("telephone", "account 1", 1.5)
    (finding,) = found("CTL-07", make)
    assert finding.facts["holders"] == 3
    assert finding.facts["mainly"] == 2
    make.session("own 1", "account 1", None)
    assert found("CTL-07", make) == []  # it may have been in the period


def test_facts_roles_and_evidence() -> None:
    (finding,) = found("CTL-07", operated(own=1))
    wanted = {"kind": "device", "holders": 3, "mainly": 3, "acts": 6, "relatives": 0}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert finding.days == (date(2025, 1, 6), date(2025, 1, 8))
    assert {table: len(ids) for table, ids in finding.evidence.items()} == {"devices": 6}
    assert {(s.column, s.role) for s in finding.subjects} == {("held", "possible_victim")}
    assert "Operator: not known." in finding.sentence
    assert set(checks(finding).values()) == {"to ask"}


def deposits(conductor: str | None, others: int = 0) -> Make:
    make = accounts()
    for i in range(3):
        make.cash_in(f"account {i}", 500_00, i, conductor=conductor)
        for _ in range(others):
            make.cash_in(f"account {i}", 400_00, i)
    return make


def test_cash_at_the_counter() -> None:
    (finding,) = found("CTL-07", deposits("ID 123"))
    assert finding.facts["kind"] == "conductor"
    assert len(finding.movements) == 3
    assert finding.amounts == (("EUR", 1_500_00),)
    assert found("CTL-07", deposits("ID 123", others=1)) == []


def test_sessions_and_counter_are_counted_apart() -> None:
    make = deposits("ID 123")
    for i in range(3):
        make.session("telephone", f"account {i}", i)
    assert sorted(f.facts["kind"] for f in found("CTL-07", make)) == ["conductor", "device"]


def test_an_unknown_conductor_is_nobody() -> None:
    make = deposits(None)
    make.cash_in("account 0", 1_00, 9, conductor="ID 9")
    assert found("CTL-07", make) == []


# ---- who operates


def test_the_operator_is_whom_all_sessions_name() -> None:
    make = operated()
    party = make.person("Gus Gold")
    for i in range(3):
        make.session("computer", f"account {i}", i, party=party)
        make.session("computer", f"account {i}", i + 0.2, party=party)
        make.session("computer", f"account {i}", i + 0.3, party=party)
    findings = {len(f.evidence["devices"]): f for f in found("CTL-07", make)}
    assert {(s.column, s.role) for s in findings[9].subjects if s.kind == "party"} == {("operator", "facilitator")}
    assert "Operator: Gus Gold." in findings[9].sentence


def test_sessions_of_two_parties_name_nobody() -> None:
    make = operated(party="p1")
    make.session("telephone", "account 0", 1, party="p2")
    make.row("parties", party="p1", name="Gus Gold")
    make.row("parties", party="p2", name="Hal Hahn")
    (finding,) = found("CTL-07", make)
    assert {s.kind for s in finding.subjects} == {"account"}


def test_own_accounts_are_no_others() -> None:
    make = operated(NAMES[:3])
    party = make.person("Gus Gold")
    make.holder("mine", "GOLD, Gus")
    make.transfer("works", "mine", 1, 0)
    for account in ("mine", "account 0", "account 1"):
        make.session("computer", account, 1, party=party)
    assert [f.facts["holders"] for f in found("CTL-07", make, mainly_least=1)] == [3]
    make.session("computer", "account 2", 1, party=party)
    both = found("CTL-07", make, share_percent=20)
    own = [s for f in both for s in f.subjects if s.column == "own"]
    assert [s.role for s in own] == ["facilitator"]


def test_a_conductor_who_is_written_as_a_name() -> None:
    make = deposits("Ada Adler")
    assert found("CTL-07", make) == []  # two others are left
    make.transfer("works", "account 3", 1, 0)
    make.holder("account 3", "Dora Dahl")
    make.cash_in("account 3", 1_00, 2, conductor="ADLER, Ada")
    assert found("CTL-07", make) == []  # written in another way it is another
    make.cash_in("account 3", 1_00, 2, conductor="Ada Adler")
    (finding,) = found("CTL-07", make, share_percent=40)
    assert {s.column for s in finding.subjects} == {"held", "own"}


# ---- innocent twins


@pytest.mark.parametrize(
    ("kind", "result"),
    [("library computer", "present"), ("Internet Café", "present"), ("mobile", "absent"), (None, "to ask")],
)
def test_public_devices(kind: str | None, result: str) -> None:
    (finding,) = found("CTL-07", operated(kind=kind))
    assert checks(finding)["public device"] == result
    assert finding.withdrawn == (result == "present")


@pytest.mark.parametrize(("branch", "result"), [("M69.20", "present"), ("41.20", "absent"), (None, "to ask")])
def test_an_accountant_on_the_company_list_clears_and_an_employer_does_not(branch: str | None, result: str) -> None:
    make = operated()
    make.company("Somebody Ltd", activity=branch)
    (plain,) = found("CTL-07", make)
    other = operated(party=make.tables()["companies"]["party"][0])
    other.company("Somebody Ltd", activity=branch)
    (finding,) = found("CTL-07", other)
    assert checks(finding)["accountant or payroll office"] == result
    assert finding.score == pytest.approx(0 if result == "present" else plain.score)
    assert checks(plain)["accountant or payroll office"] == "to ask"


def test_an_accountant_at_the_counter_who_is_written_as_a_name() -> None:
    make = deposits("Payroll Ltd")
    make.company("Payroll Ltd", activity="69.20")
    (finding,) = found("CTL-07", make)
    assert checks(finding)["accountant or payroll office"] == "present"


def family(related: int) -> Make:
    make = accounts(NAMES)
    ids = [make.person(name) for name in ("Gus Gold", *NAMES)]
    for i in range(5):
        make.session("telephone", f"account {i}", i, party=ids[0])
    make.row("links", kind="related_to", from_id="x", to_id="y")
    for i in range(related):
        make.row("links", kind="cares_for", from_id=ids[0], to_id=ids[1 + i])
    return make


def test_relatives_and_people_in_care_are_left_out() -> None:
    (finding,) = found("CTL-07", family(0))
    assert checks(finding)["carer or family telephone"] == "absent"
    (finding,) = found("CTL-07", family(2))
    assert (finding.facts["holders"], finding.facts["relatives"]) == (3, 2)
    assert found("CTL-07", family(3)) == []
    (finding,) = found("CTL-07", family(3), holders=2)
    assert checks(finding)["carer or family telephone"] == "present"


def test_one_family_is_one_holder() -> None:
    assert found("CTL-07", operated(("Ada Adler", "Ben Adler", "Cem Can"))) == []


# ---- missing


def test_unknown_holders_and_days_are_not_assessable() -> None:
    assert unjudged(operated((*NAMES[:2], None)))[0].endswith("holders not known: 1, days not known: 0")
    make = accounts()
    for i in range(3):
        make.session("telephone", f"account {i}", None)
    assert found("CTL-07", make) == []
    assert unjudged(make)[0].endswith("holders not known: 0, days not known: 3")
    assert unjudged(operated(NAMES[:2])) == ()


def test_too_many_holders_are_told_and_not_accused() -> None:
    report = Registry().detector("CTL-07")().set_params(most=3).detect(operated(NAMES[:4]).view())
    assert not len(report)
    assert report.unjudged()[0].endswith("one device is that of 4 families: ask the bank what it stands for")
    assert len(found("CTL-07", operated(NAMES[:4]), most=4)) == 1


def test_without_devices_and_conductors_the_case_is_not_assessable() -> None:
    report = Registry().detector("CTL-07")().detect(accounts().view())
    assert report.not_assessable == "no devices, and nobody who acted at a counter, in this case"
