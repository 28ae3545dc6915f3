"""CTL-02 at the borders of its thresholds, and what clears an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finvest.findings.make import Make
from finvest.model.identifiers import name_key, opaque
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("Ilja Brook", "Tomas Field", "Sona Marsh")


def collected(
    names: Sequence[str | None] = NAMES,
    *,
    times: int = 2,
    step: float = 30,
    holder: str | None = "Vera Stone",
    **columns: Any,
) -> Make:
    make = Make()
    if holder:
        make.holder("account", holder)
    else:
        make.holder("employer", "Farm")
    for time in range(times):
        for i, name in enumerate(names):
            day = step * time + 0.01 * i
            make.transfer("employer", "account", 1_400_00, day, **{"other_name": name, **columns})
    return make


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (NAMES, 1),
        (NAMES[:2], 0),
        ((*NAMES[:2], "Vera Stone"), 0),
        ((*NAMES[:2], "STONE, Vera Maria"), 0),
        ((*NAMES[:2], "Vera Stohne"), 0),
        ((*NAMES[:2], "Ilja Brok"), 0),
        ((*NAMES[:2], None), 0),
        ((*NAMES[:2], "***"), 0),
        ((*NAMES, "Vera Stone"), 1),
    ],
)
def test_names_other_than_the_holders(names: tuple[str | None, ...], expected: int) -> None:
    assert len(found("CTL-02", collected(names))) == expected


@pytest.mark.parametrize(
    ("times", "step", "expected"),
    [(1, 30, 0), (2, 30, 1), (2, 7, 1), (2, 14, 1), (2, 20, 0), (2, 0, 0), (2, 36, 0), (3, 35, 1)],
)
def test_paydays(times: int, step: float, expected: int) -> None:
    assert len(found("CTL-02", collected(times=times, step=step))) == expected


@pytest.mark.parametrize(("days", "expected"), [(31, 1), (30, 0)])
def test_period(days: int, expected: int) -> None:
    assert len(found("CTL-02", collected(), days=days)) == expected


def test_the_period_with_the_most_names_counts() -> None:
    make = collected(times=3)
    for time in range(2):
        make.transfer("other employer", "account", 900_00, 200 + 7 * time, other_name="Ivo Reed")
    (finding,) = found("CTL-02", make)
    assert finding.facts["names"] == 3
    assert len(finding.evidence["transactions"]) == 9


def test_names_stay_out_of_the_sentence_and_people_on_file_are_possible_victims() -> None:
    make = collected()
    make.row("parties", party=opaque("p", "x"), kind="person", name="BROOK Ilja", name_key=name_key("Ilja Brook"))
    (finding,) = found("CTL-02", make)
    assert {s.role for s in finding.subjects if s.kind == "party"} == {"possible_victim"}
    assert [s.role for s in finding.subjects if s.kind == "account"] == ["exploiter"]
    assert not any(word in finding.sentence for name in NAMES for word in name.split())
    assert finding.facts["initials"] == "B.I., F.T., M.S."


def test_cash_cards_and_returns_are_no_income() -> None:
    every: tuple[dict[str, Any], ...] = ({"channel": "card_pos"}, {"is_return": True})
    for columns in every:
        assert found("CTL-02", collected(**columns)) == []


def test_a_landlord_is_paid_under_the_own_name() -> None:
    make = Make()
    make.holder("account", "Vera Stone")
    for month in range(4):
        for tenant in range(5):
            make.transfer(f"tenant {tenant}", "account", 700_00, 30 * month, other_name="Vera Stone")
    assert found("CTL-02", make) == []


def test_a_family_needs_two_names_without_a_tie_to_be_found() -> None:
    (finding,) = found("CTL-02", collected(("Ilja Stone", "Tomas Stone", "Sona Marsh")))
    assert checks(finding)["family account"] == "present"
    assert finding.withdrawn
    (finding,) = found("CTL-02", collected(("Ilja Stone", "Tomas Field", "Sona Marsh")))
    assert checks(finding)["family account"] == "to ask"
    (all_free,) = found("CTL-02", collected())
    assert 0 < finding.score < all_free.score


def test_relations_on_file_tell_a_family_and_its_absence() -> None:
    make = collected()
    for name in ("Vera Stone", *NAMES):
        make.row("parties", party=opaque("p", name), kind="person", name=name)
    make.row("links", kind="holds", from_id=opaque("p", "Vera Stone"), to_id=make.id("account"))
    make.row("links", kind="related_to", from_id="x", to_id="y")
    (finding,) = found("CTL-02", make)
    assert checks(finding)["family account"] == "absent"
    for name in NAMES[:2]:
        make.row("links", kind="related_to", from_id=opaque("p", name), to_id=opaque("p", "Vera Stone"))
    (finding,) = found("CTL-02", make)
    assert checks(finding)["family account"] == "present"


def test_a_bureau_on_the_company_list_counts_less() -> None:
    make = collected(holder=None)
    make.company("Payroll Bureau", "account")
    (finding,) = found("CTL-02", make)
    assert checks(finding)["payroll card programme or bureau"] == "present"
    assert 0 < finding.score < found("CTL-02", collected())[0].score


def test_an_unknown_holder_is_not_assessable() -> None:
    report = Registry().detector("CTL-02")().detect(collected(holder=None).view())
    assert len(report) == 0
    assert report.unjudged() == ("account: the holder's name is not on file",)


def test_without_names_nothing_can_be_said() -> None:
    make = Make()
    make.transfer("employer", "account", 1, 0)
    report = Registry().detector("CTL-02")().detect(make.view())
    assert report.not_assessable == "the transactions have no beneficiary_name"


def test_benefits_of_others_count_as_income() -> None:
    make = collected(times=2, step=30)
    for name in NAMES:
        row = {"claimant": opaque("p", name), "payee_account": make.id("account"), "currency": "EUR"}
        make.row("benefits", **row, amount=1_400_00)
    assert len(found("CTL-02", make)) == 1
