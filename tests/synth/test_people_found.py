"""On the synthetic case every detector of the story finds what was planted, and accuses no look-alike."""

from __future__ import annotations

from functools import cache

import pytest

from finvest.pairing.movements import movements
from finvest.registry import Registry
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
