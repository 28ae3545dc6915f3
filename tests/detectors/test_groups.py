"""GRF-07 and GRF-08 at the borders of their thresholds; what recurs is withdrawn; what was left out."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found, with_accounts


def layer(make: Make, payers: str, payees: str, size: tuple[int, int], day: float = 0, amount: int = 100_00) -> Make:
    for i in range(size[0]):
        for j in range(size[1]):
            make.transfer(f"{payers} {i}", f"{payees} {j}", amount, day + i / 8)
    return make


def stack(*, later: float = 2, amount: int = 95_00, size: int = 3) -> Make:
    return layer(layer(Make(), "a", "b", (size, size)), "b", "c", (size, size), later, amount)


@pytest.mark.parametrize(("size", "expected"), [((3, 3), 1), ((2, 5), 0), ((5, 2), 0), ((4, 6), 1)])
def test_sizes_of_groups(size: tuple[int, int], expected: int) -> None:
    assert len(found("GRF-07", layer(Make(), "a", "b", size))) == expected


def test_a_block_lies_around_whom_one_account_pays() -> None:
    for gaps, expected in ((1, 1), (2, 0)):  # each pays three of four, or two
        make = Make()
        for i in range(4):
            for j in range(4):
                if (j - i) % 4 >= gaps:
                    make.transfer(f"a {i}", f"b {j}", 100_00, i / 8)
        assert len(found("GRF-07", make)) == expected


def test_nobody_pays_on_the_own_side() -> None:
    make = layer(Make(), "a", "b", (3, 3))
    make.transfer("a 0", "a 1", 5_00, 1)
    assert found("GRF-07", make) == []


def test_period() -> None:
    make = Make()
    for i in range(3):
        for j in range(3):
            make.transfer(f"a {i}", f"b {j}", 100_00, 6 * i)
    assert found("GRF-07", make) == []
    assert len(found("GRF-07", make, days=12)) == 1


def test_facts_and_what_lowers_the_score() -> None:
    make = layer(Make(), "a", "b", (3, 4))
    (finding,) = found("GRF-07", make)
    wanted = {"pairs": 12, "possible": 12, "payers_count": 3, "payees_count": 4, "recurring": 0, "payers": 3}
    assert {name: finding.facts[name] for name in wanted} == wanted
    for i in range(9):
        make.transfer(f"customer {i}", "b 0", 20_00, i / 8)
    (other,) = found("GRF-07", make)
    assert other.facts["payers"] == 12
    assert other.score < finding.score


def test_what_recurs_is_withdrawn() -> None:
    make = layer(layer(Make(), "a", "b", (3, 3)), "a", "b", (3, 3), day=60)
    for finding in found("GRF-07", make):
        assert checks(finding)["regular payments"] == "present"
        assert finding.withdrawn


def test_the_busy_and_the_unknown_are_left_out() -> None:
    make = layer(Make(), "a", "b", (3, 3))
    assert found("GRF-07", make, busiest=3) != []
    make.transfer("somebody", "b 0", 1_00, 40)
    report = Registry().detector("GRF-07")().set_params(busiest=3).detect(make.view())
    assert len(report) == 0
    assert report.unjudged() == ("b 0: left out: it deals with more than 3 others on one side",)
    special = pl.col("account") == Make.id("a 0")
    view = with_accounts(layer(Make(), "a", "b", (3, 3)), kind=pl.when(special).then(pl.lit("cash")).otherwise("kind"))
    assert found("GRF-07", view) == []


@pytest.mark.parametrize("id_", ["GRF-07", "GRF-08"])
def test_what_was_not_searched_is_named(id_: str) -> None:
    report = Registry().detector(id_)().set_params(budget=2).detect(stack().view())
    assert len(report) == 0
    assert "a 0: the search from it was cut" in report.unjudged()


@pytest.mark.parametrize(("later", "expected"), [(2, 1), (9, 1), (11, 0), (-2, 0)])
def test_a_second_layer_follows_within_the_period(later: float, expected: int) -> None:
    assert len(found("GRF-08", stack(later=later))) == expected


@pytest.mark.parametrize(("amount", "passed_on"), [(79_00, "no"), (80_00, "yes"), (102_00, "yes"), (103_00, "no")])
def test_value_that_is_kept_is_a_fact_and_raises_the_score(amount: int, passed_on: str) -> None:
    (finding,) = found("GRF-08", stack(amount=amount))
    (lost,) = found("GRF-08", stack(amount=1_00))
    assert finding.facts["passed_on"] == passed_on
    assert (finding.score > lost.score) == (passed_on == "yes")


def test_layers_and_order() -> None:
    (finding,) = found("GRF-08", stack())
    assert {s.column: s.label[0] for s in finding.subjects} == {"sources": "a", "middles": "b", "targets": "c"}
    assert (finding.facts["pairs"], len(finding.movements), finding.facts["order"]) == (18, 18, "certain")
    (close,) = found("GRF-08", stack(later=0))
    assert close.facts["order"] == "possible, not certain"


def test_one_holder_of_the_middle_withdraws() -> None:
    make = stack()
    for i in range(3):
        make.holder(f"b {i}", "Ada Example")
    (finding,) = found("GRF-08", make)
    assert checks(finding)["one holder or group in the middle"] == "present"
    assert finding.withdrawn


def test_two_layers_of_two_are_no_stack() -> None:
    assert found("GRF-08", stack(size=2)) == []
