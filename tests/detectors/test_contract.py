"""Holds every detector to the contract. A new file in detectors/ is covered without a line here."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path
from statistics import median
from string import Formatter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.findings.ranking import CEILINGS
from finvest.model.errors import UsageError
from finvest.model.tables import PROTECTED, TABLES
from finvest.pairing.movements import movements
from finvest.registry import Registry
from finvest.view import CaseView

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding

DETECTORS = Registry().detectors()

each = pytest.mark.parametrize("id_", DETECTORS)


def planted(id_: str, what: str = "plant") -> Make:
    make = Make()
    getattr(DETECTORS[id_](), what)(make)
    return make


def top_score(detector: Detector, view: CaseView, subjects: set[str]) -> float:
    return max((f.score for f in detector.detect(view) if {s.id for s in f.subjects} == subjects), default=0.0)


def without_evidence(view: CaseView, finding: Finding) -> CaseView:
    for name, records in finding.evidence.items():
        if name == "transactions":
            view = view.without(name, finding.movements)
        else:
            every = range(len(view.frame(name)))
            view = view.without(name, [n for n in every if set(view.records(name, [n])) & set(records)])
    return view


@each
def test_finds_its_planted_example_and_says_why(id_: str) -> None:
    finding = next(iter(DETECTORS[id_]().detect(planted(id_).view())))
    assert finding.indicator == id_
    assert 0 < finding.score <= 1
    assert finding.subjects
    assert all(finding.evidence.values())
    assert finding.sentence
    assert "{" not in finding.sentence
    assert finding.basis == "assessment"
    assert {c.result for c in finding.checks} <= {"absent", "to ask", "present"}


@each
def test_does_not_accuse_its_look_alike(id_: str) -> None:
    for finding in DETECTORS[id_]().detect(planted(id_, "look_alike").view()):
        assert finding.withdrawn
        assert "present" in {c.result for c in finding.checks}


@each
def test_order_of_records_changes_nothing(id_: str) -> None:
    results = [
        [(f.id, f.score, f.sentence, f.facts) for f in DETECTORS[id_]().detect(planted(id_).view(seed))]
        for seed in (None, 1, 2, 3)
    ]
    assert results[0]
    assert all(found == results[0] for found in results)


@each
def test_without_its_evidence_a_finding_goes_or_sinks(id_: str) -> None:
    view, detector = planted(id_).view(), DETECTORS[id_]()
    finding = next(iter(detector.detect(view)))
    assert top_score(detector, without_evidence(view, finding), {s.id for s in finding.subjects}) < finding.score


@each
def test_is_not_assessable_without_what_it_needs(id_: str) -> None:
    for need in DETECTORS[id_].card.needs:
        tables = planted(id_).tables()
        name, _, column = need.partition(".")
        moved = movements(
            tables["transactions"],
            pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String}),
            TABLES["pairs"].empty(),
        )
        if name == "transactions":
            moved = (
                moved.clear() if not column else moved.with_columns(pl.lit(None, moved.schema[column]).alias(column))
            )
        elif need == "accounts.books_on_file":
            moved = moved.with_columns(books=pl.lit("beneficiary"))
        else:
            tables[name] = tables[name].clear()
        report = DETECTORS[id_]().detect(CaseView(moved, tables))
        assert report.not_assessable
        assert not len(report)


@each
def test_thresholds_moved_by_a_fifth_still_find_the_planted_example(
    id_: str, record_property: Callable[[str, object], None]
) -> None:
    view, detector = planted(id_).view(), DETECTORS[id_]
    for name, value in detector().get_params().items():
        for factor in (0.8, 1.2):
            moved = type(value)(round(value * factor)) if isinstance(value, int) else value * factor
            try:
                report = detector().set_params(**{name: moved}).detect(view)
            except UsageError:
                continue  # out of bounds
            record_property(f"{id_} {name} {value} -> {moved}", len(report))
            assert report.not_assessable is None


@each
def test_parameters_are_checked_and_can_be_tuned(id_: str) -> None:
    from sklearn.base import clone

    detector = DETECTORS[id_]().set_params()
    assert clone(detector).get_params() == detector.get_params()
    with pytest.raises(UsageError, match="has no parameter"):
        detector.set_params(nonsense=1)
    bounded = [f for f in fields(detector) if f.metadata["low"] is not None]  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="must be"):
        detector.set_params(**{bounded[0].name: bounded[0].metadata["low"] - 1}).detect(planted(id_).view())


@each
def test_card_is_complete(id_: str) -> None:
    card = DETECTORS[id_].card
    assert re.fullmatch(r"[A-Z]{3}-[0-9]{2}", card.id)
    assert card.strength in CEILINGS
    assert card.sources
    assert card.innocent
    assert all(c.explanation.endswith(".") and c.ask for c in card.counter_checks)
    for need in card.needs:
        name, _, column = need.partition(".")
        known = {*TABLES[name].schema, "books_on_file", "time_known"}
        assert not column or column in known
    fields = {name for _, name, _, _ in Formatter().parse(card.sentence) if name}
    assert set(card.roles) & fields, "a sentence names whom it is about"


@each
def test_file_names_no_protected_column_and_no_private_door(id_: str) -> None:
    path = Path(inspect.getsourcefile(DETECTORS[id_]) or "")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant):
            assert node.value not in PROTECTED
        if isinstance(node, ast.Attribute):
            assert node.attr not in PROTECTED
            assert not node.attr.startswith("_")
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


def test_half_of_the_files_are_a_screen_long() -> None:
    paths = [Path(inspect.getsourcefile(detector) or "") for detector in DETECTORS.values()]
    assert median(len(path.read_text(encoding="utf-8").splitlines()) for path in paths) <= 60


@each
@pytest.mark.parametrize("example", DETECTORS)
@pytest.mark.parametrize("what", ["plant", "look_alike"])
def test_looks_at_any_other_detectors_example_without_a_fault(id_: str, example: str, what: str) -> None:
    for finding in DETECTORS[id_]().detect(planted(example, what).view()):
        assert 0 <= finding.score <= 1
        assert finding.withdrawn == any(
            c.result == "present" and card.keeps == 0
            for c, card in zip(finding.checks, finding.card.counter_checks, strict=True)
        )


@each
def test_looks_at_a_single_payment_and_at_dates_alone_without_a_fault(id_: str) -> None:
    make = Make()
    make.transfer("x", "y", 1, 0, dated=True)
    report = DETECTORS[id_]().detect(make.view())
    assert not len(report)
    assert list(report) == []


@each
def test_ids_do_not_depend_on_holders_or_on_other_records(id_: str) -> None:
    make = planted(id_)
    before = {f.id for f in DETECTORS[id_]().detect(make.view())}
    make.transfer("somebody", "somebody else", 1, 0.123)
    make.holder("somebody", "A Name")
    after = {f.id for f in DETECTORS[id_]().detect(make.view())}
    assert before == after
