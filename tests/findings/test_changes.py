"""What would change a finding: explanations the other way, parameters a fifth away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.findings.card import Card, Check
from finvest.findings.changes import moved, otherwise, tried
from finvest.findings.detector import Detector
from finvest.findings.make import Make
from finvest.findings.parameters import param
from finvest.registry import Registry

if TYPE_CHECKING:
    from finvest.findings.finding import Finding
    from finvest.view import CaseView

DETECTORS = Registry().detectors()


def check(keeps: float, held: bool | None) -> Check:
    return Check(None if held is None else lambda _, rows: pl.Series([held] * len(rows), dtype=pl.Boolean), keeps)


class Payments(Detector):
    """Finds accounts that receive at least `least` payments; `most` at most; counts whole."""

    card = Card(
        id="TST-01",
        title="Payments",
        what="Payments.",
        strength="weak",
        roles={"who": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{who}",
        innocent=dict.fromkeys(("dues", "shop", "gift"), "It is so. Ask."),
        checks={"dues": check(0.5, True), "shop": check(0.0, False), "gift": check(0.25, None)},
        sources=("a test",),
    )
    least: int = param("fewest", default=10, low=9)
    share: float = param("a share", default=0.5, low=0, high=0.55)
    few: int = param("another number", default=2, low=1)
    strict: bool = param("a switch", default=False)

    def look(self, view: CaseView) -> pl.LazyFrame:
        rows = view.transactions.group_by(who="beneficiary").agg(evidence="n", count=pl.len())
        return rows.filter(pl.col("count") >= self.least).with_columns(score=pl.lit(min(1.0, 0.4 * self.few)))


def found(count: int = 10) -> tuple[Finding, CaseView]:
    make = Make()
    for i in range(count):
        make.transfer(f"payer {i}", "who", 100, i)
    view = make.view()
    return next(iter(Payments().detect(view))), view


def test_each_explanation_the_other_way() -> None:
    finding, _ = found()
    assert (finding.score, finding.found_score) == (0.4, 0.8)
    assert [(o.check, o.held, o.score, o.withdrawn) for o in otherwise(finding)] == [
        ("dues", False, 0.8, False),
        ("shop", True, 0.0, True),
        ("gift", True, 0.1, False),
    ]
    assert [str(o) for o in otherwise(finding)] == ["score 0.80", "withdrawn", "score 0.10"]


def test_parameters_are_tried_a_fifth_away_inside_their_bounds() -> None:
    parameters = Payments().get_params()
    assert list(tried(Payments(), parameters)) == [
        ("least", 10, 12),  # 8 is below the bound
        ("share", 0.5, 0.4),  # 0.6 is above
        ("few", 2, 1),  # a fifth of 2 rounds to nothing: one away
        ("few", 2, 3),
    ]


def test_what_becomes_of_a_finding() -> None:
    finding, view = found()
    told = {(m.parameter, m.then): str(m) for m in moved(finding, Payments(share=0.1), view) if m.parameter != "few"}
    assert told == {("least", 12): "goes", ("share", 0.4): "stays, score 0.40"}
    scores = {m.then: m.score for m in moved(finding, Payments(), view) if m.parameter == "few"}
    assert scores[1] == pytest.approx(0.2)


def test_the_detector_and_the_finding_stay_as_they_are() -> None:
    finding, view = found()
    detector = Payments()
    before = detector.get_params()
    moved(finding, detector, view)
    assert detector.get_params() == before


@pytest.mark.parametrize("id_", DETECTORS)
def test_every_detector_says_what_would_change_its_planted_example(id_: str) -> None:
    make = Make()
    DETECTORS[id_]().plant(make)
    view = make.view()
    finding = next(iter(DETECTORS[id_]().detect(view)))
    assert len(otherwise(finding)) == len(finding.card.innocent)
    for one in moved(finding, DETECTORS[id_](), view):
        assert one.outcome in {"stays", "goes", "withdrawn"}
        assert (one.score is None) == (one.outcome != "stays")
