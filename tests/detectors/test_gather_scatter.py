"""GRF-03 at the borders of its thresholds; what the account is used to; sums by currency."""

from __future__ import annotations

import pytest

from finvest.findings.make import Make
from tests.detectors.conftest import checks, found


def hub(
    payers: int = 5, payees: int = 5, *, gave: int = 95, later: float = 3, day: float = 0, make: Make | None = None
) -> Make:
    make = make or Make()
    for i in range(payers):
        make.transfer(f"in {i}", "hub", 100_00, day + i / 8)
    for i in range(payees):
        make.transfer("hub", f"out {i}", gave * 100, day + later + i / 8)
    return make


@pytest.mark.parametrize(("payers", "payees", "expected"), [(4, 4, 1), (3, 4, 0), (4, 3, 0), (9, 4, 1)])
def test_enough_accounts_on_either_side(payers: int, payees: int, expected: int) -> None:
    assert len(found("GRF-03", hub(payers, payees))) == expected


def test_paying_first_is_another_shape() -> None:
    assert found("GRF-03", hub(later=-3)) == []
    assert found("GRF-03", hub(later=12)) == []


def test_who_pays_and_is_paid_counts_on_neither_side() -> None:
    make = Make()
    for i in range(6):
        make.transfer(f"friend {i}", "hub", 100_00, i / 8)
        make.transfer("hub", f"friend {i}", 100_00, 3 + i / 8)
    assert found("GRF-03", make) == []


@pytest.mark.parametrize(("gave", "kept"), [(79, False), (80, True), (102, True), (103, False)])
def test_value_that_is_kept_is_a_fact_and_raises_the_score(gave: int, kept: bool) -> None:
    (finding,) = found("GRF-03", hub(gave=gave))
    (lost,) = found("GRF-03", hub(gave=10))
    assert (finding.facts["kept"], finding.facts["forwarded_percent"]) == (kept, float(gave))
    assert (finding.score > lost.score) == kept


def test_two_currencies_are_never_compared() -> None:
    make = Make()
    for i in range(5):
        make.transfer(f"in {i}", "hub", 100_00, i / 8)
        make.transfer("hub", f"out {i}", 100_00, 3 + i / 8, currency="USD")
    (finding,) = found("GRF-03", make)
    assert (finding.facts["kept"], finding.facts["forwarded_percent"]) == (False, None)
    assert "not known %" in finding.sentence


def test_what_an_account_does_all_the_time_is_not_unusual() -> None:
    make = Make()
    for week in range(12):
        for i in range(5):
            make.transfer(f"customer {week} {i}", "hub", 100_00, 7 * week + i / 8)
            make.transfer("hub", f"supplier {week} {i}", 95_00, 7 * week + 3 + i / 8)
    assert found("GRF-03", make) == []


def test_the_same_accounts_again_are_regular() -> None:
    make = hub(day=90, make=hub())
    (finding,) = found("GRF-03", make)
    assert checks(finding)["takings and wages"] == "present"
    assert finding.withdrawn


def test_dates_alone_leave_the_order_open() -> None:
    make = Make()
    for i in range(5):
        make.transfer(f"in {i}", "hub", 100_00, 0, dated=True)
        make.transfer("hub", f"out {i}", 95_00, 0, dated=True)
    (finding,) = found("GRF-03", make)
    assert finding.facts["certain"] == 0
    assert finding.score < found("GRF-03", hub())[0].score
