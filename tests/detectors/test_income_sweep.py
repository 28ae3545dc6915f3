"""CTL-03 at the borders of its thresholds, and what clears a sweep."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found, with_accounts


def swept(
    *workers: str,
    paydays: int = 3,
    out: int = 1_350_00,
    hours: float = 20,
    to: str = "keeper",
    make: Make | None = None,
    **columns: Any,
) -> Make:
    make = make or Make()
    for month in range(paydays):
        for colleague in ("dee", "eve"):  # whom nobody sweeps: a payer of one account is no employer
            make.transfer("employer", colleague, 1_500_00, 30 * month)
    for worker in workers or ("ana",):
        for month in range(paydays):
            make.transfer("employer", worker, 1_500_00, 30 * month)
            make.transfer(worker, to, out, 30 * month + hours / 24, **columns)
    return make


def roles(finding: Any) -> dict[str, str]:
    return {s.label: s.role for s in finding.subjects}


@pytest.mark.parametrize(("paydays", "expected"), [(2, 0), (3, 1), (6, 1)])
def test_paydays(paydays: int, expected: int) -> None:
    assert len(found("CTL-03", swept(paydays=paydays))) == expected


@pytest.mark.parametrize(("out", "expected"), [(1_199_99, 0), (1_200_00, 1), (3_000_00, 1), (3_000_01, 0)])
def test_share(out: int, expected: int) -> None:
    assert len(found("CTL-03", swept(out=out))) == expected


@pytest.mark.parametrize(("hours", "expected"), [(0, 1), (48, 1), (48.1, 0), (-1, 0)])
def test_time(hours: float, expected: int) -> None:
    assert len(found("CTL-03", swept(hours=hours))) == expected


def test_a_payday_that_stays_breaks_the_row() -> None:
    make = swept(paydays=2)
    make.transfer("employer", "ana", 1_500_00, 60)
    for month in (3, 4):
        make.transfer("employer", "ana", 1_500_00, 30 * month)
        make.transfer("ana", "keeper", 1_350_00, 30 * month + 1)
    assert found("CTL-03", make) == []


def test_parts_to_one_recipient_add_up_and_to_several_do_not() -> None:
    assert len(found("CTL-03", swept(make=swept(out=700_00), paydays=0))) == 0
    parts = swept(out=700_00)
    for month in range(3):
        parts.transfer("ana", "keeper", 600_00, 30 * month + 1)
    assert len(found("CTL-03", parts)) == 1
    several = swept(out=700_00)
    for month in range(3):
        several.transfer("ana", "other", 600_00, 30 * month + 1)
    assert found("CTL-03", several) == []


def test_one_origin_is_no_star_and_its_recipient_stays_undetermined() -> None:
    (finding,) = found("CTL-03", swept())
    assert roles(finding) == {"ana": "possible_victim", "keeper": "undetermined"}
    assert found("CTL-03", swept("ana", "bo"))[0].score < found("CTL-03", swept("ana", "bo", "cem"))[0].score
    assert len(found("CTL-03", swept("ana", "bo"))) == 2


def test_a_star_has_one_finding_and_grows_with_its_origins() -> None:
    (three,) = found("CTL-03", swept("ana", "bo", "cem"))
    assert roles(three) == dict.fromkeys(("ana", "bo", "cem"), "possible_victim") | {"keeper": "exploiter"}
    (five,) = found("CTL-03", swept("ana", "bo", "cem", "di", "eva"))
    assert five.score > three.score
    assert "{" not in three.sentence


def test_the_smallest_share_that_left_stands_beside_the_one_looked_for() -> None:
    make = swept("ana", "bo", out=1_350_00)
    for month in range(3):
        make.transfer("employer", "cem", 1_500_00, 30 * month)
        make.transfer("cem", "keeper", (1_350_00, 1_260_50, 1_500_00)[month], 30 * month + 0.8)
    (finding,) = found("CTL-03", make)
    assert finding.facts["smallest_percent"] == 84
    assert "84 % or more of each income" in finding.sentence
    assert "looked for: 80 %" in finding.sentence


def test_the_same_cash_machine_is_a_recipient_without_a_subject() -> None:
    (finding,) = found("CTL-03", swept(to="cash", channel="cash_atm", terminal="M7"))
    assert roles(finding) == {"ana": "possible_victim"}
    assert "in cash at machine M7" in finding.sentence
    assert len(found("CTL-03", swept("ana", "bo", "cem", to="cash", channel="cash_atm", terminal="M7"))) == 3


def test_cash_at_a_machine_that_nobody_wrote_is_not_the_same_each_time() -> None:
    assert found("CTL-03", swept(to="cash", channel="cash_atm")) == []


def test_wages_that_go_back_to_the_payer_are_another_indicator() -> None:
    assert found("CTL-03", swept(to="employer")) == []


def test_an_own_account_elsewhere_and_a_household_clear() -> None:
    make = swept("ana", "bo", "cem")
    make.holder("keeper", "Cem South")
    make.holder("cem", "SOUTH, Cem")
    make.holder("bo", "Bo South")
    results = found("CTL-03", make)
    assert len(results) == 3
    cleared = {roles_: checks(f) for f in results for roles_ in roles(f) if roles_.startswith(("bo", "cem"))}
    assert cleared["cem (SOUTH, Cem)"]["own account elsewhere"] == "present"
    assert cleared["bo (Bo South)"]["shared household"] == "present"
    assert [f.withdrawn for f in results] == [False, True, True]


def test_a_recipient_that_carries_living_costs_counts_less() -> None:
    make = swept()
    for month in range(3):
        make.transfer("keeper", "grocer", 80_00, 30 * month + 3, channel="card_pos", mcc="5411")
        make.transfer("keeper", "bus", 8_00, 30 * month + 3, channel="card_pos", mcc="4111")
    (finding,) = found("CTL-03", make)
    assert checks(finding)["living costs are paid from there"] == "present"
    assert 0 < finding.score < found("CTL-03", swept())[0].score
    other = swept()
    other.transfer("keeper", "casino", 80_00, 40, channel="card_pos", mcc="7995")
    assert checks(found("CTL-03", other)[0])["living costs are paid from there"] == "absent"
    star = swept("bo", "cem", make=make)
    (finding,) = found("CTL-03", star)
    assert checks(finding)["living costs are paid from there"] == "to ask"


def test_a_company_on_the_list_counts_less() -> None:
    make = swept()
    make.company("Housing Ltd", "keeper")
    (finding,) = found("CTL-03", make)
    assert checks(finding)["landlord, lender or shop"] == "present"
    assert not finding.withdrawn


def test_what_a_listed_company_receives_is_no_income() -> None:
    make = swept()
    make.company("Shop Ltd", "ana")
    assert found("CTL-03", make) == []


def test_dates_alone_count_less_than_times() -> None:
    make = Make()
    for month in range(3):
        for worker in ("ana", "dee", "eve"):
            make.transfer("employer", worker, 1_500_00, 30 * month, dated=True)
        make.transfer("ana", "keeper", 1_350_00, 30 * month, dated=True)
    (finding,) = found("CTL-03", make)
    assert finding.facts["order_certain"] is False
    assert finding.score < found("CTL-03", swept())[0].score


def test_one_payment_out_answers_for_one_payday_only() -> None:
    make = Make()
    for month in range(3):
        for worker in ("ana", "dee", "eve"):
            make.transfer("employer", worker, 1_500_00, 30 * month)
            make.transfer("second employer", worker, 1_500_00, 30 * month + 0.2)
        make.transfer("ana", "keeper", 1_350_00, 30 * month + 1)
    assert len(found("CTL-03", make)) == 1


def test_other_currencies_are_no_sweep() -> None:
    assert found("CTL-03", swept(currency="CHF")) == []


def test_without_the_origins_books_nothing_can_be_said() -> None:
    report = (
        Registry().detector("CTL-03")().detect(with_accounts(swept(), books="beneficiary", own_books=pl.lit(False)))
    )
    assert report.not_assessable
