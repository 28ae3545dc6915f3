"""GRF-06 at the borders of its thresholds; one chain is one finding; trade that goes on is no chain."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found, with_accounts


def chain(hops: int = 5, *, keep: int = 90, step: float = 0.5, **columns: object) -> Make:
    make, amount = Make(), 10_000_00
    for i in range(hops):
        make.transfer(f"a{i}", f"a{i + 1}", amount, i * step, **columns)  # type: ignore[arg-type]
        amount = amount * keep // 100
    return make


@pytest.mark.parametrize(("hops", "expected"), [(4, 0), (5, 1), (8, 1)])
def test_enough_payments(hops: int, expected: int) -> None:
    assert len(found("GRF-06", chain(hops))) == expected


@pytest.mark.parametrize(("keep", "expected"), [(79, 0), (80, 1), (102, 1), (103, 0)])
def test_each_payment_carries_most_of_the_one_before(keep: int, expected: int) -> None:
    assert len(found("GRF-06", chain(keep=keep))) == expected


@pytest.mark.parametrize(("step", "expected"), [(1.25, 1), (1.26, 0), (-0.5, 0)])
def test_order_and_window(step: float, expected: int) -> None:
    assert len(found("GRF-06", chain(step=step))) == expected


def test_facts_and_evidence() -> None:
    (finding,) = found("GRF-06", chain(6))
    assert len(finding.movements) == 6
    assert len(finding.subjects) == 7
    assert {name: finding.facts[name] for name in ("hops", "new", "passing")} == {"hops": 6, "new": 6, "passing": 5}
    assert finding.facts["kept_percent"] == pytest.approx(59.05, abs=0.01)
    assert finding.facts["order"] == "certain"


def test_dates_alone_leave_the_order_open() -> None:
    (finding,) = found("GRF-06", chain(dated=True))
    assert finding.facts["order"] == "possible, not certain"
    assert finding.score < found("GRF-06", chain())[0].score


def test_parallel_payments_make_one_chain() -> None:
    make = chain()
    for i in range(5):
        make.transfer("a0", "a1", 10_000_00, 0.01 * i)
    assert len(found("GRF-06", make)) == 1


@pytest.mark.parametrize(("employers", "expected"), [(1, 1), (2, 1), (3, 0)])
def test_accounts_with_other_income_lower_the_score(employers: int, expected: int) -> None:
    make = chain()
    for i in range(1, employers + 1):
        make.transfer(f"employer {i}", f"a{i}", 50_000_00, 0.5)
    findings = found("GRF-06", make)
    assert len(findings) == expected
    for finding in findings:
        assert finding.facts["passing"] == 4 - employers
        assert finding.score < found("GRF-06", chain())[0].score


def test_trade_that_goes_on_is_no_chain() -> None:
    make = chain()
    for month in range(1, 4):
        for i in range(5):
            make.transfer(f"a{i}", f"a{i + 1}", 10_000_00, 30 * month + i / 2)
    assert found("GRF-06", make) == []


def test_two_currencies_make_no_chain() -> None:
    make = chain(3)
    make.transfer("a3", "a4", 7_000_00, 1.5, currency="USD")
    make.transfer("a4", "a5", 6_500_00, 2, currency="USD")
    assert found("GRF-06", make) == []


def test_nothing_passes_through_cash() -> None:
    special = pl.col("account") == Make.id("a2")
    view = with_accounts(chain(), kind=pl.when(special).then(pl.lit("cash")).otherwise("kind"))
    assert found("GRF-06", view) == []


def test_companies_only_may_be_a_supply_chain() -> None:
    make = chain()
    for i in range(6):
        make.company(f"Firm {i}", f"a{i}")
    (finding,) = found("GRF-06", make)
    assert checks(finding)["supply chain"] == "present"
    assert 0 < finding.score < found("GRF-06", chain())[0].score


def test_what_was_not_searched_is_named() -> None:
    report = Registry().detector("GRF-06")().set_params(budget=2).detect(chain().view())
    assert len(report) == 0
    assert "a0: the search from 1 of its payments was cut" in report.unjudged()
