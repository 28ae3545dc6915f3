"""On the synthetic case every detector of the story finds what was planted, and accuses no look-alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import polars as pl
import pytest

from finvest.evaluate.answers import ALL, Answers
from finvest.evaluate.evaluation import RANKING, evaluate
from finvest.model.tables import PROTECTED, TABLES
from finvest.pairing.movements import movements
from finvest.registry import Registry
from finvest.synth import sample
from finvest.synth.marking import Mark, mark
from finvest.view import CaseView
from tests.synth.test_loaders import read

IDS = (
    "ADV-04", "AGY-01", "AGY-03", "CTL-01", "CTL-02", "CTL-03", "CTL-04", "CTL-07", "LAB-02", "LAB-03", "LAB-07",
    "REG-02",
)  # fmt: skip
SEEDS = (7, 11)


@cache
def view_of(seed: int) -> CaseView:
    sampled = read(seed)
    tables = {name: frame for name, frame in sampled.tables.items() if len(frame)}
    return CaseView(movements(tables["transactions"], sampled.matched.duplicates, sampled.matched.pairs), tables)


def marked(seed: int, id_: str) -> Mark:
    detector = Registry().detectors().get(id_)
    if detector is None:
        pytest.skip(f"there is no {id_}")
    return mark(read(seed).key, detector().detect(view_of(seed))).by_indicator[id_]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id_", IDS)
def test_what_was_planted_is_found_and_no_look_alike_is_accused(id_: str, seed: int) -> None:
    marks = marked(seed, id_)
    assert (marks.missed, marks.accused) == ([], [])


def permuted(frame: pl.DataFrame, columns: list[str], seed: int) -> pl.DataFrame:
    """Give the persons of a case each other's values of some columns."""
    return frame.with_columns(frame[c].shuffle(seed + i).alias(c) for i, c in enumerate(columns))


@pytest.mark.parametrize("attribute", sorted(PROTECTED))
def test_a_view_is_the_same_whatever_a_protected_attribute_says(attribute: str) -> None:
    sampled = read(7)
    people = sampled.tables["parties"]
    assert people[attribute].drop_nulls().n_unique() > 1
    mixed = {"parties": permuted(people, [attribute], 1), **{n: f for n, f in sampled.tables.items() if n != "parties"}}
    assert not mixed["parties"].equals(people)
    moved = movements(sampled.tables["transactions"], sampled.matched.duplicates, sampled.matched.pairs)
    assert CaseView(moved, mixed).frame("parties").equals(CaseView(moved, sampled.tables).frame("parties"))


@pytest.mark.slow
def test_no_score_and_no_order_changes_with_protected_attributes() -> None:
    sampled = read(7)
    moved = movements(sampled.tables["transactions"], sampled.matched.duplicates, sampled.matched.pairs)
    mixed = {**sampled.tables, "parties": permuted(sampled.tables["parties"], sorted(PROTECTED), 2)}
    views = [CaseView(moved, {n: f for n, f in tables.items() if len(f)}) for tables in (sampled.tables, mixed)]
    for detector in Registry().detectors().values():
        one, other = (list(detector().detect(view)) for view in views)
        assert [(f.id, f.score, f.sentence) for f in one] == [(f.id, f.score, f.sentence) for f in other]


def test_parties_are_judged_where_the_answers_name_them() -> None:
    sampled = read(7)
    folder = Path(mkdtemp())
    sample.write(folder, 7)
    labels = TABLES["labels"].complete(pl.read_csv(folder / "labels.csv", schema_overrides={"pattern": pl.String}))
    rmtree(folder)
    answers = Answers(labels, view_of(7), sampled.tables["transactions"]["transaction_id"])
    question = answers.question("parties", ALL)
    # The farm, its supplier, twelve companies, a nominee, and four whose wealth is not explained.
    assert question.positives == 19
    detectors = [Registry().detectors()[id_]() for id_ in ("LAB-02", "REG-02", "AGY-03")]
    done = evaluate("sample", view_of(7), answers, detectors, resamples=5)
    for id_, hits in (("LAB-02", 1), ("REG-02", 14), ("AGY-03", 12)):
        best = done.one(id_, "parties", ALL)
        scores = done.scores[id_, "parties", ALL]
        assert len(scores) == hits
        assert best.positives == question.positives
    assert done.one(RANKING, "parties", ALL).ap > done.one("chance", "parties", ALL).ap
