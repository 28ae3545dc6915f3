"""Measures: against plain Python, and against figures of an independent scorer."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.evaluate.metrics import Curve, Draws, called_within, interval

# What data/labelled/evaluate.py prints on the same numbers; see _case.
GOLDEN = [
    (
        0.5785714285714285,
        0.6857142857142857,
        0.6,
        0.13333333333333333,
        0.6666666666666666,
        0.6666666666666666,
        0.3523,
        0.7571,
    ),
    (0.6066798941798941, 0.86328125, 0.6442307692307693, 0.125, 0.6666666666666666, 0.45714285714285713, 0.427, 0.7555),
    (
        0.23816677280923143,
        0.6247084888059702,
        0.14285714285714285,
        0.09375,
        0.24427480916030533,
        0.19808306709265175,
        0.1185,
        0.3696,
    ),
    (
        0.038767909572201206,
        0.5503448275862068,
        0.029411764705882353,
        0.008823529411764706,
        0.08333333333333333,
        0.06451612903225806,
        0.02,
        0.0638,
    ),
    (0.16914448804274498, 0.613651282051282, 0.14, 0.14, 0.24561403508771928, 0.04878048780487805, 0.0993, 0.2347),
    (0.116, 0.5, 0.11599999999999999, 0.009999999999999998, 0.2078853046594982, 0.2078853046594982, 0.1034, 0.1274),
]


def _case(seed: int) -> tuple[np.ndarray, np.ndarray, list[list[str]], np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    n = [12, 40, 300, 300, 2000, 500][seed]
    y = (random.random(n) < [0.3, 0.2, 0.1, 0.05, 0.02, 0.1][seed]).astype(int)
    y[0] = 1
    steps, lift = [3, 5, 20, 4, 1000, 0][seed], [1, 2, 6, 1, 300, 0][seed]
    s = np.round(random.random(n) * steps + y * random.random(n) * lift) / 7
    patterns = [[str(x) for x in random.choice(9, random.integers(1, 3), replace=False)] if v else [] for v in y]
    val = random.random(n) < 0.1
    val_score = np.round(random.random(n) * 4) / 7
    return y == 1, s, [p for p in patterns if p], val, val_score


@pytest.mark.parametrize("seed", range(6))
def test_equal_to_an_independent_scorer(seed: int) -> None:
    y, s, patterns, val, val_score = _case(seed)
    curve, positives = Curve.of(y, s), int(y.sum())
    ap, roc, at_positives, at_hundredth, best, with_val, low, high = GOLDEN[seed]
    assert curve.average_precision() == pytest.approx(ap, abs=1e-12)
    assert curve.roc_auc() == pytest.approx(roc, abs=1e-12)
    assert curve.hits_within(positives) / positives == pytest.approx(at_positives, abs=1e-12)
    assert curve.hits_within(max(1, round(0.01 * len(y)))) / positives == pytest.approx(at_hundredth, abs=1e-12)
    assert curve.best_threshold()[0] == pytest.approx(best, abs=1e-12)
    assert curve.f1_at(Curve.of(val, val_score).best_threshold()[1]) == pytest.approx(with_val, abs=1e-12)
    draws = Draws.of(patterns, 200, np.random.default_rng(0))
    between = interval(draws.average_precisions(y, s))
    assert between is not None
    assert between == pytest.approx((low, high), abs=6e-5)  # it rounds to four digits


SMALL = st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=6).filter(
    lambda r: any(t for t, _ in r)
)


@given(SMALL, st.integers(0, 8))
def test_ties_are_means_over_every_order(rows: list[tuple[bool, int]], budget: int) -> None:
    truth, score = np.array([t for t, _ in rows]), np.array([float(s) for _, s in rows])
    orders = [o for o in permutations(range(len(rows))) if all(score[a] >= score[b] for a, b in pairwise(o))]
    first = [sum(bool(truth[i]) for i in order[:budget]) for order in orders]
    assert Curve.of(truth, score).hits_within(budget) == pytest.approx(np.mean(first))
    share = [np.mean([i in order[:budget] for order in orders]) for i in range(len(rows))]
    assert called_within(score, budget) == pytest.approx(share)


@given(SMALL)
def test_average_precision_has_one_step_for_each_distinct_score(rows: list[tuple[bool, int]]) -> None:
    positives = sum(t for t, _ in rows)
    expected, before = 0.0, 0.0
    for threshold in sorted({s for _, s in rows}, reverse=True):
        called = [t for t, s in rows if s >= threshold]
        expected += (sum(called) - before) / positives * sum(called) / len(called)
        before = sum(called)
    truth, score = np.array([t for t, _ in rows]), np.array([float(s) for _, s in rows])
    curve = Curve.of(truth, score)
    assert curve.average_precision() == pytest.approx(expected)
    pairs = [(a, b) for t, a in rows if t for u, b in rows if not u]
    if pairs:
        assert curve.roc_auc() == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))
    for edge in (-1.0, 0.0, 1.5, 3.0, 4.0):
        above = [t for t, s in rows if s >= edge]
        assert curve.at(edge) == (sum(above), len(above))


def test_a_constant_score_earns_the_base_rate() -> None:
    truth = np.arange(40) % 8 == 0
    assert Curve.of(truth, np.zeros(40)).average_precision() == pytest.approx(5 / 40)


@given(SMALL, st.integers(0, 5))
def test_resamples_equal_a_plain_weighted_count(rows: list[tuple[bool, int]], seed: int) -> None:
    truth, score = np.array([t for t, _ in rows]), np.array([float(s) for _, s in rows])
    patterns = [[str(i % 2)] for i in range(int(truth.sum()))]
    draws = Draws.of(patterns, 5, np.random.default_rng(seed))
    got = draws.average_precisions(truth, score)
    for weights, value in zip(draws.weight, got, strict=True):
        of = np.ones(len(rows))
        of[truth] = weights
        total = of[truth].sum()
        expected, before = 0.0, 0.0
        for threshold in sorted(set(score), reverse=True):
            above = score >= threshold
            hits = of[above & truth].sum()
            if hits:
                expected += (hits - before) / total * hits / of[above].sum()
            before = hits
        assert value == pytest.approx(expected, nan_ok=True) if total else np.isnan(value)


def test_no_patterns_no_interval() -> None:
    assert interval(Draws.of([]).average_precisions(np.zeros(3, bool), np.zeros(3))) is None
