"""GRF-01 and GRF-02 at the borders of their thresholds, and the innocent explanations they check."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.findings.make import Make
from tests.detectors.conftest import checks, found

WINDOW = 10

both_ways = pytest.mark.parametrize("id_", ["GRF-01", "GRF-02"])


def pay(make: Make, id_: str, other: str, day: float, amount: int = 300_00, **columns: Any) -> None:
    sides = (other, "hub") if id_ == "GRF-01" else ("hub", other)
    make.transfer(*sides, amount, day, **columns)


def fan(id_: str, others: int, last_day: float = 1.0, **columns: Any) -> Make:
    make = Make()
    for i in range(others):
        pay(make, id_, f"other {i}", last_day * i / (others - 1), **columns)
    return make


@both_ways
@pytest.mark.parametrize(("others", "expected"), [(4, 0), (5, 1), (6, 1)])
def test_the_asked_number_of_others_is_enough_and_one_less_is_not(id_: str, others: int, expected: int) -> None:
    assert len(found(id_, fan(id_, others))) == expected


@both_ways
@pytest.mark.parametrize(("last_day", "expected"), [(WINDOW, 1), (WINDOW + 1e-6, 0)])
def test_the_last_instant_of_the_period_is_in_it(id_: str, last_day: float, expected: int) -> None:
    assert len(found(id_, fan(id_, 5, last_day))) == expected


@both_ways
def test_dates_without_times_possibly_fit_the_period(id_: str) -> None:
    make = fan(id_, 4, 1, dated=True)
    pay(make, id_, "late", WINDOW, dated=True)
    (finding,) = found(id_, make)
    assert (len(finding.movements), finding.facts["certain"]) == (5, 4)
    make = fan(id_, 4, 1, dated=True)
    pay(make, id_, "too late", WINDOW + 2, dated=True)
    assert found(id_, make) == []


@both_ways
def test_one_who_pays_often_and_the_account_itself_are_no_crowd(id_: str) -> None:
    make = fan(id_, 4)
    for i in range(9):
        pay(make, id_, "other 0", i / 10)
        pay(make, id_, "hub", i / 10)
    assert found(id_, make) == []


@both_ways
def test_sums_are_told_for_each_currency(id_: str) -> None:
    make = fan(id_, 5)
    pay(make, id_, "other 0", 0.5, 700, currency="JPY")
    (finding,) = found(id_, make)
    assert finding.amounts == (("EUR", 5 * 300_00), ("JPY", 700))
    assert "1,500.00 EUR and 700 JPY in all" in finding.sentence


@both_ways
def test_those_who_deal_with_it_in_other_periods_too_are_regular(id_: str) -> None:
    make = fan(id_, 8)
    for i in range(4):
        pay(make, id_, f"other {i}", 300)
    (finding,) = found(id_, make)
    first = finding.checks[0]
    assert (finding.withdrawn, first.result, finding.score) == (True, "present", 0.0)
    make = fan(id_, 8)
    for i in range(3):
        pay(make, id_, f"other {i}", 300)
    (finding,) = found(id_, make)
    assert (finding.withdrawn, finding.checks[0].result) == (False, "absent")


@both_ways
def test_a_company_on_the_list_lowers_the_score_and_one_that_only_sounds_alike_does_not(id_: str) -> None:
    make = fan(id_, 8)
    plain = found(id_, make)[0]
    assert list(checks(plain).values()) == ["absent", "to ask", "to ask"]
    make.company("Bakery North", "elsewhere")
    make.holder("hub", "Bakery South")
    alike = found(id_, make)[0]
    assert list(checks(alike).values()) == ["absent", "absent", "to ask"]
    assert alike.score == plain.score
    make.company("Bakery South", "hub")
    listed = found(id_, make)[0]
    assert list(checks(listed).values()) == ["absent", "present", "to ask"]
    assert listed.score == pytest.approx(plain.score / 2)
    assert not listed.withdrawn


@both_ways
def test_what_is_usual_for_the_account_is_no_suspicion(id_: str) -> None:
    make = Make()
    for period in range(6):
        for i in range(8):
            pay(make, id_, f"{period} {i}", 20 * period + i / 10)
    assert found(id_, make) == []
    assert len(found(id_, make, times_usual=1)) == 1


@both_ways
def test_more_others_are_a_higher_score(id_: str) -> None:
    scores = [found(id_, fan(id_, n))[0].score for n in (5, 8, 12, 40)]
    assert scores == sorted(set(scores))
    assert all(0 < s < 1 for s in scores)
