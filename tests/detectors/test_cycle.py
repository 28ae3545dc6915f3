"""GRF-05 at the borders of its thresholds; nothing goes round through cash; what was not searched is said."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from finvest.scoring import score
from tests.detectors.conftest import checks, found, with_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence


def ring(n: int, days: Sequence[float] | None = None, amounts: Sequence[int] | None = None, **columns: object) -> Make:
    make = Make()
    days, amounts = days or range(n), amounts or [9_000_00] * n
    for i in range(n):
        make.transfer(f"a{i}", f"a{(i + 1) % n}", amounts[i], days[i], **columns)  # type: ignore[arg-type]
    return make


@pytest.mark.parametrize(("n", "expected"), [(2, 0), (3, 1), (5, 1), (6, 1), (7, 0)])
def test_lengths(n: int, expected: int) -> None:
    assert len(found("GRF-05", ring(n))) == expected


def test_the_longest_ring_must_keep_the_value() -> None:
    kept, lost = [1000, 800, 640, 512, 410, 328], [1000, 799, 640, 512, 410, 328]
    assert len(found("GRF-05", ring(6, amounts=kept))) == 1
    assert len(found("GRF-05", ring(6, amounts=lost))) == 0
    assert len(found("GRF-05", ring(5, amounts=lost[:5]))) == 1
    assert len(found("GRF-05", ring(6, amounts=[1000, 1020, 1000, 1000, 1000, 1000]))) == 1
    assert len(found("GRF-05", ring(6, amounts=[1000, 1021, 1000, 1000, 1000, 1000]))) == 0


@pytest.mark.parametrize(("last", "expected"), [(10, 1), (10 + 1e-6, 0)])
def test_the_last_instant_of_the_window_is_in_it(last: float, expected: int) -> None:
    assert len(found("GRF-05", ring(3, days=[0, 1, last]))) == expected


def test_money_must_have_arrived_before_it_leaves() -> None:
    assert len(found("GRF-05", ring(4, days=[3, 1, 2, 0]))) == 0
    (finding,) = found("GRF-05", ring(3, days=[1, 2, 0]))
    assert [finding.movements, finding.facts["order"]] == [(0, 1, 2), "certain"]


def test_dates_without_times_make_an_order_possible_and_less_suspicious() -> None:
    (certain,), (possible,) = found("GRF-05", ring(3)), found("GRF-05", ring(3, days=[0, 0, 0], dated=True))
    assert possible.facts["order"] == "possible, not certain"
    assert "possible, not certain" in possible.sentence
    assert possible.score < certain.score
    (apart,) = found("GRF-05", ring(3, dated=True))
    assert apart.facts["order"] == "certain"


@pytest.mark.parametrize("kind", ["cash", "unknown"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_nothing_goes_round_through_cash_or_the_unknown(kind: str, place: int) -> None:
    special = pl.col("account") == Make.id(f"a{place}")
    view = with_accounts(ring(3), kind=pl.when(special).then(pl.lit(kind)).otherwise("kind"))
    assert found("GRF-05", view) == []


def test_payments_to_oneself_are_no_part_of_a_ring() -> None:
    make = ring(3)
    make.transfer("a0", "a0", 9_000_00, 0.5)
    (finding,) = found("GRF-05", make)
    assert len(finding.movements) == len(finding.subjects) == 3


def test_a_ring_in_two_currencies_says_that_the_share_is_not_known() -> None:
    make = Make()
    for i, currency in enumerate(("EUR", "USD", "EUR")):
        make.transfer(f"a{i}", f"a{(i + 1) % 3}", 9_000_00, i, currency=currency)
    (finding,) = found("GRF-05", make)
    assert finding.facts["kept_percent"] is None
    assert "The smallest is not known %" in finding.sentence
    assert finding.amounts == (("EUR", 18_000_00), ("USD", 9_000_00))
    assert checks(finding)["friends settling up"] == "absent"


@pytest.mark.parametrize(
    ("currency", "largest", "result"),
    [
        ("JPY", 500, "present"),
        ("JPY", 501, "absent"),
        ("KWD", 500_000, "present"),
        ("KWD", 500_001, "absent"),
        ("XXX", 500, "to ask"),
    ],
)
def test_small_is_said_in_whole_units_of_the_currency(currency: str, largest: int, result: str) -> None:
    (finding,) = found("GRF-05", ring(3, amounts=[largest, largest // 5, largest // 4], currency=currency))
    assert checks(finding)["friends settling up"] == result


@pytest.mark.parametrize(
    ("amounts", "result"),
    [
        ([500_00, 100_00, 249_99], "present"),
        ([500_00, 250_00, 300_00], "absent"),
        ([500_01, 100_00, 100_00], "absent"),
    ],
)
def test_friends_pay_back_small_unequal_sums(amounts: list[int], result: str) -> None:
    (finding,) = found("GRF-05", ring(3, amounts=amounts))
    assert checks(finding)["friends settling up"] == result
    assert finding.withdrawn == (result == "present")


def test_one_holder_of_all_accounts_withdraws_and_an_unknown_one_is_to_ask() -> None:
    make = ring(3)
    make.holder("a0", "Ada Example")
    make.holder("a1", "EXAMPLE, ADA")
    assert checks(found("GRF-05", make)[0])["treasury pool"] == "to ask"
    make.holder("a2", "ada example")
    (finding,) = found("GRF-05", make)
    assert checks(finding)["treasury pool"] == "present"
    assert finding.withdrawn


def test_parallel_payments_make_one_ring() -> None:
    make = ring(3)
    for i in range(20):
        make.transfer("a0", "a1", 9_000_00 + i, 0.1)
    assert len(found("GRF-05", make)) == 1


def test_a_busy_hub_finishes_and_what_was_not_searched_is_named() -> None:
    make, chance = Make(), random.Random(1)
    for _ in range(1_000):
        for sides in pairwise(("hub", f"s{chance.randrange(40)}", f"t{chance.randrange(40)}", "hub")):
            make.transfer(*sides, 1_000_00 + chance.randrange(9), 5 * chance.random())
    findings = score(make.view(), [Registry().detector("GRF-05")().set_params(budget=200)])
    assert len(findings)
    assert "GRF-05" not in findings.not_assessable
    assert any(s.startswith("hub: the search from ") and s.endswith("was cut") for s in findings.unjudged["GRF-05"])
    assert all(f.facts["searches_cut"] == len(findings.unjudged["GRF-05"]) for f in findings)


@pytest.mark.slow
@pytest.mark.parametrize("id_", ["GRF-01", "GRF-02", "GRF-05", "MLT-03"])
def test_a_hub_with_twenty_thousand_payments_finishes(id_: str) -> None:
    make = Make()
    for i in range(10_000):
        make.transfer(f"s{i % 3000}", "hub", 1_000_00 + i % 7, i / 400)
        make.transfer("hub", f"s{i * 7 % 3000}", 999_00 + i % 5, i / 400 + 0.01)
    assert len(found(id_, make)) == (id_ == "MLT-03")
