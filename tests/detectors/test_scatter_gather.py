"""GRF-04 at the borders of its thresholds; what is ordinary lowers it; what was not searched is said."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found, with_accounts


def layer(middles: int = 4, *, gave: int = 95, later: float = 1, dated: bool = False, month: int = 0) -> Make:
    make = Make()
    for i in range(middles):
        make.transfer("payer", f"m{i}", 100_00, 30 * month + i / 8, dated=dated)
        make.transfer(f"m{i}", "owner", gave * 100, 30 * month + i / 8 + later, dated=dated)
    return make


@pytest.mark.parametrize(("middles", "expected"), [(2, 0), (3, 1), (9, 1)])
def test_enough_accounts_between_the_two(middles: int, expected: int) -> None:
    assert len(found("GRF-04", layer(middles))) == expected


def test_money_must_not_come_out_before_it_went_in() -> None:
    assert found("GRF-04", layer(later=-1)) == []
    (dated,) = found("GRF-04", layer(later=0, dated=True))
    (timed,) = found("GRF-04", layer(later=0.1))
    assert (dated.facts["certain"], timed.facts["certain"]) == (0, 4)
    assert dated.score < timed.score


@pytest.mark.parametrize(("gave", "keeping"), [(79, 0), (80, 4), (102, 4), (103, 0)])
def test_value_that_is_kept_is_a_fact_and_raises_the_score(gave: int, keeping: int) -> None:
    (finding,) = found("GRF-04", layer(gave=gave))
    (lost,) = found("GRF-04", layer(gave=10))
    assert finding.facts["keeping"] == keeping
    assert (finding.score > lost.score) == bool(keeping)


def test_two_currencies_are_never_compared() -> None:
    make = Make()
    for i in range(3):
        make.transfer("payer", f"m{i}", 100_00, 0)
        make.transfer(f"m{i}", "owner", 100_00, 1, currency="USD")
    (finding,) = found("GRF-04", make)
    assert finding.facts["keeping"] == 0
    assert finding.amounts == (("EUR", 300_00), ("USD", 300_00))


def test_many_other_payers_of_the_sink_lower_the_score() -> None:
    make = layer()
    before = found("GRF-04", make)[0]
    for i in range(30):
        make.transfer(f"customer {i}", "owner", 20_00, i / 20)
    after = found("GRF-04", make)[0]
    assert (before.facts["payers"], after.facts["payers"]) == (4, 34)
    assert after.score < before.score


def test_the_same_each_month_is_ordinary_only_where_value_is_not_kept() -> None:
    for gave, result in ((30, "present"), (95, "absent")):
        make = Make()
        for month in range(3):
            for i in range(4):
                make.transfer("payer", f"m{i}", 100_00, 30 * month)
                make.transfer(f"m{i}", "owner", gave * 100, 30 * month + 1)
        (finding,) = found("GRF-04", make)
        assert finding.facts["recurring"] == 4
        assert checks(finding)["wages spent in the same place"] == result


def test_nothing_passes_through_cash_or_the_unknown() -> None:
    special = pl.col("account") == Make.id("m0")
    view = with_accounts(layer(3), kind=pl.when(special).then(pl.lit("unknown")).otherwise("kind"))
    assert found("GRF-04", view) == []


def test_card_payments_are_no_path() -> None:
    make = Make()
    for i in range(4):
        make.transfer("employer", f"m{i}", 100_00, 0)
        make.transfer(f"m{i}", "shop", 95_00, 1, channel="card_pos")
    assert found("GRF-04", make) == []


def test_what_was_not_searched_is_named() -> None:
    report = Registry().detector("GRF-04")().set_params(budget=2).detect(layer().view())
    assert len(report) == 0
    assert report.unjudged() == ("payer: the search for who its payees pay was cut",)
