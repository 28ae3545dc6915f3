"""LAB-07 at the borders of its thresholds, and paydays that only look like it."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.model.identifiers import opaque
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

FARM = opaque("p", "name", "HARVEST WORKS")


def staffed(workers: int, make: Make | None = None, **columns: Any) -> Make:
    make = make or Make()
    make.company("Harvest Works")
    for i in range(workers):
        make.row("parties", party=f"w{i}", kind="person", name=f"Worker {'ABCDEFGHIJKL'[i]}")
        make.row("employments", employer=FARM, worker=f"w{i}", **columns)
        make.row("links", kind="holds", from_id=f"w{i}", to_id=make.id(f"acc {i}"))
    return make


def sending(
    *,
    workers: int = 6,
    send: int = 6,
    times: int = 3,
    step: float = 30,
    minutes: float = 10,
    to: str | None = "agent",
    dated: bool = False,
    columns: dict[str, Any] | None = None,
    employment: dict[str, Any] | None = None,
) -> Make:
    make = staffed(workers, **(employment or {}))
    for i in range(workers):
        make.transfer(f"acc {i}", "grocer", 1_00, 0.5 + i, channel="card_pos", dated=dated)
    for time in range(times):
        for i in range(send):
            day = step * time + i * minutes / 1440
            with_ = {"channel": "remittance", "terminal": "outlet", **(columns or {})}
            make.transfer(f"acc {i}", to or f"home {i}", 400_00, day, dated=dated, **with_)
    return make


@pytest.mark.parametrize(("send", "workers", "expected"), [(4, 4, 0), (5, 5, 1), (5, 10, 1), (5, 11, 0)])
def test_workers_and_their_share(send: int, workers: int, expected: int) -> None:
    assert len(found("LAB-07", sending(send=send, workers=workers))) == expected


@pytest.mark.parametrize(("times", "step", "expected"), [(2, 30, 0), (3, 30, 1), (3, 6, 1), (3, 5, 0)])
def test_pay_periods(times: int, step: float, expected: int) -> None:
    assert len(found("LAB-07", sending(times=times, step=step))) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(24, 1), (24.1, 1), (30.1, 0)])
def test_window(minutes: float, expected: int) -> None:
    assert len(found("LAB-07", sending(minutes=minutes))) == expected


def test_roles_and_facts() -> None:
    (finding,) = found("LAB-07", sending())
    assert sorted(s.role for s in finding.subjects) == [*["exploiter"], *["possible_victim"] * 6, "undetermined"]
    assert finding.facts["what"] == "few beneficiaries"
    assert finding.facts["beneficiaries"] == 1
    assert set(finding.evidence) == {"transactions", "employments"}


def test_relatives_of_each_are_no_one_beneficiary() -> None:
    (finding,) = found("LAB-07", sending(to=None))
    assert checks(finding)["payday, nearest outlet, works bus"] == "present"
    assert finding.withdrawn
    assert not [s for s in finding.subjects if s.role == "exploiter"]


def test_an_outlet_without_beneficiaries_is_found_and_asked_about() -> None:
    columns = {"channel": "card_pos", "mcc": "4829", "terminal": None, "merchant": "Sendit, Station Street"}
    (finding,) = found("LAB-07", sending(columns=columns))
    assert checks(finding)["payday, nearest outlet, works bus"] == "to ask"
    assert finding.facts["beneficiaries"] is None
    assert "Beneficiaries: not known" in finding.sentence
    assert not [s for s in finding.subjects if s.role == "exploiter"]
    assert finding.score < found("LAB-07", sending())[0].score


def test_one_name_at_many_outlets_is_one_beneficiary() -> None:
    make = staffed(6)
    for time in range(3):
        for i in range(6):
            with_: dict[str, Any] = {"channel": "remittance", "terminal": f"outlet {i}", "other_name": "Boss, Ivo"}
            make.transfer(f"acc {i}", f"number {i}", 400_00, 30 * time + i / 1440, **with_)
    (finding,) = found("LAB-07", make)
    assert finding.facts["beneficiaries"] == 1


def test_uneven_amounts_score_less() -> None:
    make = staffed(6)
    for time in range(3):
        for i in range(6):
            sum_ = (100 + 100 * i) * 100
            make.transfer(f"acc {i}", "agent", sum_, 30 * time + i / 1440, channel="remittance", terminal="outlet")
    (finding,) = found("LAB-07", make)
    assert finding.facts["even"] > 0.2
    assert finding.score < found("LAB-07", sending())[0].score


def test_transfers_at_home_and_to_shops_are_no_remittances() -> None:
    assert found("LAB-07", sending(columns={"channel": "transfer"})) == []


def test_who_no_longer_works_there_is_no_staff() -> None:
    from datetime import date

    assert len(found("LAB-07", sending(employment={"end": date(2025, 2, 20)}))) == 1
    assert found("LAB-07", sending(employment={"end": date(2024, 2, 20)})) == []
    assert found("LAB-07", sending(employment={"start": date(2025, 2, 20)})) == []


def test_an_employer_that_no_register_knows_is_no_subject() -> None:
    make = sending()
    tables = make.tables()
    assert not tables["parties"].is_empty()
    bare = Make()
    for i in range(6):
        bare.row("employments", employer="unknown", worker=f"w{i}", payee_account=bare.id(f"acc {i}"))
    for time in range(3):
        for i in range(6):
            bare.transfer(f"acc {i}", "agent", 400_00, 30 * time + i / 1440, channel="remittance", terminal="outlet")
    (finding,) = found("LAB-07", bare)
    assert {s.kind for s in finding.subjects} == {"account"}


def test_not_assessable() -> None:
    detector = Registry().detector("LAB-07")()
    assert "time_known" in (detector.detect(sending(dated=True).view()).not_assessable or "")
    make = Make()
    make.transfer("a", "b", 1, 0)
    assert detector.detect(make.view()).not_assessable == "no employments in this case"
