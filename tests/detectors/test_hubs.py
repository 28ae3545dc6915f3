"""Compound shapes finish on a case with a hub, and name what was not searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry

if TYPE_CHECKING:
    from finvest.view import CaseView

SHAPES = ("GRF-03", "GRF-04", "GRF-06", "GRF-07", "GRF-08", "MLT-01")


@pytest.fixture(scope="module")
def busy() -> CaseView:
    make = Make()
    for i in range(10_000):
        make.transfer(f"s{i % 3000}", "hub", 1_000_00 + i % 7, i / 400)
        make.transfer("hub", f"s{i * 7 % 3000}", 999_00 + i % 5, i / 400 + 0.01)
        if i % 4 == 0:
            make.transfer(f"s{i % 3000}", f"s{i * 11 % 3000}", 500_00 + i % 9, i / 400)
    return make.view()


@pytest.mark.slow
@pytest.mark.parametrize("id_", SHAPES)
def test_a_hub_with_twenty_thousand_payments_finishes(id_: str, busy: CaseView) -> None:
    report = Registry().detector(id_)().detect(busy)
    assert report.not_assessable is None
    assert len(report) < 100


@pytest.mark.slow
@pytest.mark.parametrize("id_", ["GRF-04", "GRF-06", "GRF-07", "GRF-08"])
def test_a_small_budget_names_who_was_not_searched(id_: str, busy: CaseView) -> None:
    report = Registry().detector(id_)().set_params(budget=100).detect(busy)
    assert len(report.gaps)
    assert all("cut" in reason or "left out" in reason for reason in report.unjudged())
    assert id_ == "GRF-06" or any(reason.startswith("hub: ") for reason in report.unjudged())
