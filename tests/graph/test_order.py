from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finvest.graph.order import fits, judge, order_certain, possible, window_certain

Intervals = list[tuple[int, int]]
INTERVALS = st.lists(
    st.tuples(st.integers(-5, 8), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=5
)


def _rules(intervals: Intervals, window: int) -> tuple[bool, bool, bool, bool]:
    early, late = [a for a, _ in intervals], [b for _, b in intervals]
    return (
        possible(early, late),
        fits(early, late, window),
        order_certain(early, late),
        window_certain(early, late, window),
    )


def _tried(intervals: Intervals, window: int) -> tuple[bool, bool, bool, bool, bool]:
    """The same from every choice of instants, and whether one choice is in order and in the window."""
    instants = list(product(*(range(a, b + 1) for a, b in intervals)))
    rising = [all(x <= y for x, y in pairwise(t)) for t in instants]
    strict = [all(x < y for x, y in pairwise(t)) for t in instants]
    narrow = [not t or max(t) - min(t) <= window for t in instants]
    both = any(x and y for x, y in zip(rising, narrow, strict=True))
    return any(rising), any(narrow), all(strict), all(narrow), both


def test_the_rules_are_what_all_choices_of_instants_say() -> None:
    rng = np.random.default_rng(0)
    for _ in range(3_000):
        early = rng.integers(0, 9, rng.integers(0, 5))
        intervals = [(int(a), int(a + rng.integers(0, 5))) for a in early]
        window = int(rng.integers(0, 8))
        *rules, both = _tried(intervals, window)
        assert _rules(intervals, window) == tuple(rules)
        assert (rules[0] and rules[1]) == both


def test_neighbours_are_not_enough() -> None:
    # 9 o'clock, then some time that day, then 8 o'clock: each step is possible, the whole is not.
    assert possible([9, 0], [9, 23])
    assert possible([0, 8], [23, 8])
    assert not possible([9, 0, 8], [9, 23, 8])


@given(st.lists(INTERVALS, max_size=8), st.integers(0, 8))
def test_many_at_once(sequences: list[Intervals], window: int) -> None:
    offsets = np.concatenate(([0], np.cumsum([len(s) for s in sequences]))).astype(np.int64)
    early = [a for s in sequences for a, _ in s]
    late = [b for s in sequences for _, b in s]
    many = judge(early, late, offsets, window)
    assert list(zip(*(rule.tolist() for rule in many), strict=True)) == [_rules(s, window) for s in sequences]


@given(INTERVALS, st.integers(0, 8), st.integers(0, 3), st.integers(0, 3))
def test_less_precision_never_makes_anything_impossible_or_certain(
    intervals: Intervals, window: int, before: int, after: int
) -> None:
    exact = _rules(intervals, window)
    wider = _rules([(a - before, b + after) for a, b in intervals], window)
    assert wider[0] >= exact[0]
    assert wider[1] >= exact[1]
    assert wider[2] <= exact[2]
    assert wider[3] <= exact[3]
