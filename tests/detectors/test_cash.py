"""MLT-01 and MLT-02 at the borders of their thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finvest.features.cash import at_least
from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

if TYPE_CHECKING:
    from collections.abc import Sequence


def paid_in(amounts: Sequence[int], *, step: float = 2, make: Make | None = None, **columns: Any) -> Make:
    make = make or Make()
    for i, amount in enumerate(amounts):
        make.cash_in("holder", amount * 100, i * step, **columns)
    return make


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([9_000] * 2, 0),
        ([9_000] * 3, 1),
        ([7_000] * 3, 1),
        ([6_999] * 3, 0),
        ([9_999] * 3, 1),
        ([10_000] * 3, 0),
        ([9_000] * 3 + [10_000], 0),
        ([9_000] * 5 + [10_000], 1),
        ([9_000] * 3 + [13_001], 1),
    ],
)
def test_sums_just_under_the_line_outnumber_those_above(amounts: list[int], expected: int) -> None:
    assert len(found("MLT-01", paid_in(amounts))) == expected


@pytest.mark.parametrize(("step", "expected"), [(4.5, 1), (5, 0)])
def test_period(step: float, expected: int) -> None:
    assert len(found("MLT-01", paid_in([9_000] * 3, step=step))) == expected


def test_in_and_out_are_counted_apart_and_neither_is_mixed_with_cards() -> None:
    make = paid_in([9_000] * 2)
    for i in range(2):
        make.transfer("holder", "shop", 9_000_00, i, channel="card_pos")
        make.transfer("holder", "machine", 9_000_00, i, channel="cash_atm")
    assert found("MLT-01", make) == []
    make.transfer("holder", "machine", 9_000_00, 3, channel="cash_atm")
    (finding,) = found("MLT-01", make)
    assert "Cash out of holder" in finding.sentence


def test_each_currency_has_its_line_and_one_without_is_not_assessable() -> None:
    (finding,) = found("MLT-01", paid_in([14_000] * 3, currency="CHF"))
    assert finding.amounts == (("CHF", 42_000_00),)
    report = Registry().detector("MLT-01")().detect(paid_in([9_000] * 3, currency="SEK").view())
    assert len(report) == 0
    assert report.unjudged() == ("holder: no line is set for cash in SEK",)
    assert found("MLT-01", paid_in([9_000] * 3), line_eur=0) == []
    assert len(found("MLT-01", paid_in([2_900] * 3), line_eur=3_000)) == 1


def test_facts() -> None:
    make = paid_in([9_000, 9_100, 9_200, 500], step=0.2, city="Graz")
    (finding,) = found("MLT-01", make)
    wanted = {"events": 3, "below": 3, "above": 0, "all": 4, "cities": 1, "most_a_day": 3, "line_units": 10_000}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert finding.facts["chance"] == pytest.approx(0.125)


def test_the_binomial_tail() -> None:
    assert [at_least(0, 0), at_least(3, 3), at_least(1, 2), at_least(0, 5)] == [1, 0.125, 0.75, 1]
    assert 0 <= at_least(2_000, 2_500) < 1e-100


def test_takings_of_all_sizes_are_a_shops() -> None:
    make = paid_in([9_000, 8_000, 9_500, 3_000, 4_000, 2_000])
    assert checks(found("MLT-01", make)[0])["takings of a shop"] != "present"
    make.company("Corner Shop", "holder")
    (finding,) = found("MLT-01", make)
    assert checks(finding)["takings of a shop"] == "present"
    assert finding.withdrawn


def funnel(cities: int = 3, *, out: int = 880, hours: float = 24, where: str | None = "Elsewhere") -> Make:
    make = Make()
    make.transfer("holder", "grocer", 3_00, 0, channel="card_pos", city="Home")
    for i in range(cities):
        make.cash_in("holder", 900_00, 4 * i + 1, city=f"C{i}")
        make.transfer("holder", "m", out * 100, 4 * i + 1 + hours / 24, channel="cash_atm", city=where)
    return make


@pytest.mark.parametrize(("cities", "expected"), [(2, 0), (3, 1), (5, 1)])
def test_cities(cities: int, expected: int) -> None:
    assert len(found("MLT-02", funnel(cities))) == expected


def test_money_of_another_currency_says_nothing_of_the_cash() -> None:
    make = funnel()
    make.transfer("abroad", "holder", 900_000, 70, currency="JPY")
    assert len(found("MLT-02", make)) == 1
    kept = funnel(out=700)
    for i in range(3):
        kept.transfer("abroad", "holder", 9_000, 20 + i, currency="JPY")
        kept.transfer("holder", "elsewhere", 9_000, 20.5 + i, currency="JPY")
    assert found("MLT-02", kept) == []


@pytest.mark.parametrize(("out", "expected"), [(700, 0), (860, 1)])
def test_most_must_leave(out: int, expected: int) -> None:
    assert len(found("MLT-02", funnel(out=out))) == expected


@pytest.mark.parametrize(("hours", "expected"), [(48, 1), (49, 0), (-2, 0)])
def test_it_leaves_within_two_days(hours: float, expected: int) -> None:
    assert len(found("MLT-02", funnel(hours=hours))) == expected


def test_cash_at_home_and_out_in_the_same_city_do_not_count() -> None:
    same = Make()
    same.transfer("holder", "grocer", 3_00, 0, channel="card_pos", city="Home")
    for i in range(3):
        same.cash_in("holder", 900_00, 4 * i + 1, city=f"C{i}")
        same.transfer("holder", "m", 880_00, 4 * i + 2, channel="cash_atm", city=f"C{i}")
    assert found("MLT-02", same) == []
    make = funnel(3)
    for i in range(3):
        make.transfer("holder", "baker", 2_00, 20 + i, channel="card_pos", city="C0")
    assert found("MLT-02", make) == []


def test_what_is_not_known_of_home_is_said() -> None:
    make = funnel(3)
    (finding,) = found("MLT-02", make)
    assert finding.facts["home"] == "Home"
    bare = Make()
    for i in range(3):
        bare.cash_in("holder", 900_00, 4 * i + 1, city=f"C{i}")
        bare.transfer("holder", "friend", 880_00, 4 * i + 2)
    (other,) = found("MLT-02", bare)
    assert "(not known)" in other.sentence
    assert other.score < finding.score
