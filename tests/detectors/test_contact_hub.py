"""CTL-01 at the borders of its thresholds, its innocent twins, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found, with_accounts

NAMES = ("Ada Adler", "Ben Brandt", "Cem Can", "Dora Dahl", "Emil Egger", "Fay Fuchs")
PHONE = "+431234567"


def hub(
    names: tuple[str | None, ...] = NAMES[:4],
    days: tuple[float | None, ...] = (0, 7, 14, 21, 28, 35),
    kind: str = "phone",
    value: str = PHONE,
    **columns: Any,
) -> Make:
    make = Make()
    for i, (name, day) in enumerate(zip(names, days, strict=False)):
        make.transfer("works", f"account {i}", 900_00, i)
        if name is not None:
            make.holder(f"account {i}", name)
        make.contact(f"account {i}", kind, value, day, **columns)
    return make


def unjudged(make: Make) -> tuple[str, ...]:
    return Registry().detector("CTL-01")().detect(make.view()).unjudged()


@pytest.mark.parametrize(("holders", "expected"), [(2, 0), (3, 0), (4, 1), (6, 1)])
def test_unrelated_holders(holders: int, expected: int) -> None:
    assert len(found("CTL-01", hub(NAMES[:holders]))) == expected


def test_two_people_with_one_telephone_are_neither_found_nor_reported() -> None:
    assert found("CTL-01", hub(NAMES[:2])) == []
    assert unjudged(hub(NAMES[:2])) == ()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((0, 0, 89, 800), 1),
        ((0, 0, 90, 800), 0),
        ((0, 100, 200, 300), 0),
        ((-4000, 0, 1, 2), 1),
    ],
)
def test_three_began_within_ninety_days(days: tuple[float, ...], expected: int) -> None:
    assert len(found("CTL-01", hub(days=days))) == expected


def test_who_had_it_long_before_is_told_apart_from_the_others() -> None:
    (finding,) = found("CTL-01", hub(days=(-4000, 0, 1, 2)))
    roles = {s.label.partition(" (")[0]: (s.column, s.role) for s in finding.subjects}
    assert roles["account 0"] == ("before", "undetermined")
    assert list(roles.values()).count(("members", "possible_victim")) == 3
    assert "had it before: 1 (" in finding.sentence


def test_facts_period_and_evidence() -> None:
    (finding,) = found("CTL-01", hub(NAMES[:5]))
    wanted = {"kind": "phone", "holders": 5, "unrelated": 5, "burst": 5, "one_address": 0, "earlier": 0}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert finding.days == (date(2025, 1, 6), date(2025, 2, 3))
    assert {table: len(ids) for table, ids in finding.evidence.items()} == {"contacts": 5}
    assert PHONE not in finding.sentence
    assert {s.role for s in finding.subjects} == {"possible_victim"}


def test_an_email_weighs_less_and_an_address_never_passes_alone() -> None:
    (phone,), (email,) = found("CTL-01", hub()), found("CTL-01", hub(kind="email", value="adler@example.org"))
    assert phone.score == pytest.approx(1 - pow(2.718281828, -1 / 3))
    assert email.score == pytest.approx(0.9 * phone.score)
    assert found("CTL-01", hub(NAMES, kind="address", value="High Street 5")) == []
    assert unjudged(hub(NAMES, kind="address", value="High Street 5")) == ()


def test_a_common_address_adds_to_a_common_telephone() -> None:
    plain, make = found("CTL-01", hub())[0], hub()
    for i in range(4):
        make.contact(f"account {i}", "address", "High Street 5", 0)
    (finding,) = found("CTL-01", make)
    assert finding.facts["one_address"] == 4
    assert finding.score > plain.score
    assert len(finding.evidence["contacts"]) == 8


def test_numbers_that_stand_for_none_are_no_hub() -> None:
    for value in ("0000000", "n/a", "", "--"):
        assert found("CTL-01", hub(value=value)) == []
        assert unjudged(hub(value=value)) == ()


def test_how_a_number_is_written_does_not_matter() -> None:
    make = hub(NAMES[:3])
    make.holder("account 3", NAMES[3])
    make.transfer("works", "account 3", 1, 0)
    make.contact("account 3", "Mobile", "+43 1 234-567", 21)
    assert len(found("CTL-01", make)) == 1


# ---- innocent twins


def test_a_family_is_one() -> None:
    assert found("CTL-01", hub(("Ada Adler", "Ben Adler", "ADLER, Cem", "Dora Adler"))) == []


def test_relatives_on_file_are_one_family_and_without_relations_it_is_to_ask() -> None:
    assert checks(found("CTL-01", hub())[0])["family or shared flat"] == "to ask"
    make = hub(NAMES[:5])
    ids = [make.person(name) for name in NAMES]
    make.row("links", kind="related_to", from_id=ids[0], to_id=ids[1])
    (finding,) = found("CTL-01", make)
    assert finding.facts["unrelated"] == 4
    assert checks(finding)["family or shared flat"] == "absent"
    make.row("links", kind="related_to", from_id=ids[2], to_id=ids[1])
    assert found("CTL-01", make) == []


def test_mostly_one_family_is_said_and_counts_less() -> None:
    names = (*NAMES[:4], *(f"{c} Adler" for c in ("Gus", "Hal", "Ida", "Jon")))
    (finding,) = found("CTL-01", hub(names, tuple(range(8))))
    assert finding.facts["holders"] == 8
    assert finding.facts["unrelated"] == 4
    assert checks(finding)["family or shared flat"] == "present"
    assert not finding.withdrawn


def test_one_person_with_four_accounts_is_one() -> None:
    assert found("CTL-01", hub(("Ada Adler", "ADLER ADA", "Ada Adler", "Adler, Ada"))) == []


def test_one_party_is_one_person_however_its_name_is_written() -> None:
    make = hub(("Ada Adler", "A. Adlerova", "Ben Brandt", "Cem Can"))
    same = pl.col("holder_name").str.starts_with("A")
    view = with_accounts(make, holder=pl.when(same).then(pl.lit("p1")))
    assert found("CTL-01", view) == []


@pytest.mark.parametrize(
    ("activity", "withdrawn", "institution"),
    [("55.90", True, "present"), ("41.20", False, "absent"), (None, False, "to ask")],
)
def test_a_company_of_the_list(activity: str | None, withdrawn: bool, institution: str) -> None:
    plain, make = found("CTL-01", hub())[0], hub()
    make.company("Somebody Ltd", activity=activity)
    assert checks(found("CTL-01", make)[0])["a company's desk"] == "absent"
    make.contact("Somebody Ltd", "phone", PHONE, None)
    (finding,) = found("CTL-01", make)
    assert checks(finding)["institution"] == institution
    assert checks(finding)["a company's desk"] == "present"
    assert finding.withdrawn == withdrawn
    assert finding.score <= plain.score / 2
    assert checks(plain)["a company's desk"] == "to ask"


def test_an_account_of_a_listed_company_with_the_number() -> None:
    make = hub()
    make.transfer("works", "desk", 1, 0)
    make.company("Payroll Ltd", "desk", activity="69.20")
    make.contact("desk", "phone", PHONE, -900)
    (finding,) = found("CTL-01", make)
    assert finding.withdrawn


def test_who_let_go_of_a_number_before_does_not_share_it() -> None:
    make = hub(NAMES[:3])
    make.holder("old", NAMES[3])
    make.transfer("works", "old", 1, 0)
    make.contact("old", "phone", PHONE, -900, end=date(2024, 1, 1))
    assert found("CTL-01", make) == []


# ---- missing


def test_without_holders_or_days_a_hub_is_not_assessable() -> None:
    assert unjudged(hub((*NAMES[:3], None)))[0].endswith("holders not known: 1, days not known: 0")
    assert unjudged(hub(days=(0, 1, None, None)))[0].endswith(
        "one phone is theirs; holders not known: 0, days not known: 2"
    )
    assert unjudged(hub(days=(0, None, 400, 800))) == ()


def test_too_many_holders_are_told_and_not_accused() -> None:
    assert found("CTL-01", hub(NAMES[:5]), most=4) == []
    report = Registry().detector("CTL-01")().set_params(most=4).detect(hub(NAMES[:5]).view())
    assert report.unjudged()[0].endswith("one phone is that of 5 families: ask the bank what it stands for")
    assert len(found("CTL-01", hub(NAMES[:5]), most=5)) == 1


def test_an_opening_day_stands_for_an_unknown_first_day() -> None:
    make = hub(days=(None,) * 4)
    view = with_accounts(make, opened=pl.lit(date(2025, 3, 1)))
    assert len(found("CTL-01", view)) == 1


def test_without_contacts_and_devices_the_case_is_not_assessable() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.holder("a", "Ada Adler")
    assert "no contacts" in str(Registry().detector("CTL-01")().detect(make.view()).not_assessable)


def test_contacts_of_parties_reach_the_accounts_they_hold() -> None:
    make = hub(NAMES[:3])
    make.transfer("works", "account 3", 1, 0)
    party = make.person(NAMES[3])
    make.row("links", kind="holds", from_id=party, to_id=make.id("account 3"))
    make.row("contacts", kind="phone", value=PHONE, subject=party, start=date(2025, 1, 7))
    (finding,) = found("CTL-01", make)
    assert len(finding.accounts) == 4


# ---- devices


def devices(first: int) -> Make:
    make = Make()
    for i, name in enumerate(NAMES[:4]):
        make.transfer("works", f"account {i}", 900_00, i)
        make.holder(f"account {i}", name)
        make.session(f"own {i}", f"account {i}", first)
        make.session("telephone", f"account {i}", 10 + i)
        make.session("telephone", f"account {i}", None)
    return make


def test_a_device_that_came_later_is_a_hub_and_one_as_old_as_the_log_says_nothing() -> None:
    (finding,) = found("CTL-01", devices(0))
    assert finding.facts["kind"] == "device"
    assert finding.days == (date(2025, 1, 16), date(2025, 1, 19))
    assert found("CTL-01", devices(50)) == []
    assert len(unjudged(devices(50))) == 1


def test_address_by_relation() -> None:
    make = hub()
    for name in NAMES[:4]:
        party = make.person(name)
        make.row("links", kind="holds", from_id=party, to_id=make.id(f"account {NAMES.index(name)}"))
        make.row("links", kind="lives_at", from_id=party, to_id="address 1")
    make.row("addresses", address="address 1", text="High Street 5")
    (finding,) = found("CTL-01", make)
    assert finding.facts["one_address"] == 4
    assert len(finding.evidence["links"]) == 4


@pytest.mark.parametrize(("kind", "result"), [("library", "present"), ("mobile", "absent"), (None, "to ask")])
def test_a_device_that_anybody_may_use(kind: str | None, result: str) -> None:
    make = Make()
    for i, name in enumerate(("Ada Adler", "Ben Brandt", "Cem Can", "Dana Dorn")):
        make.transfer("works", f"account {i}", 900_00, i)
        make.holder(f"account {i}", name)
        make.session(f"own {i}", f"account {i}", i)
        make.session("shared", f"account {i}", i + 1, kind=kind)
    finding = next(f for f in found("CTL-01", make) if f.facts["kind"] == "device")
    assert checks(finding)["public device"] == result
    assert finding.withdrawn == (result == "present")
