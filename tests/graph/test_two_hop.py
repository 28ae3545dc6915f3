from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_shapes
from finvest.graph.two_hop import TwoHop, parallel_middles, two_hop
from finvest.model.errors import UsageError

DAY = 86_400


class Layers(NamedTuple):
    """A small random graph in which paths are parallel more often than in others."""

    seed: int
    graph: MoneyGraph
    window: int
    least: int


def _layered(seed: int) -> Layers:
    """Account 0 or 6 pays 1 to 4, these pay 5 or 0: dates mixed with times, equal instants, parallel edges."""
    rng = np.random.default_rng(seed)
    edges = int(rng.integers(4, 16))
    middle, up = rng.integers(1, 5, edges), rng.random(edges) < 0.5
    ends = np.where(rng.random(edges) < 0.85, np.where(up, 0, 5), np.where(up, 6, 0))
    time = rng.integers(0, 12, edges)
    dated = rng.random(edges) < rng.choice([0, 0.3, 0.5, 1])
    earliest = np.where(dated, time // 4 * 4, time)
    latest = np.where(dated, earliest + 3, time)
    numbered = np.lexsort((latest, earliest))
    graph = MoneyGraph.from_arrays(
        accounts=7,
        originator=np.where(up, ends, middle)[numbered],
        beneficiary=np.where(up, middle, ends)[numbered],
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=np.ones(edges, np.int64),
        currency=np.zeros(edges, np.int64),
    )
    return Layers(seed, graph, int(rng.integers(0, 12)), int(rng.integers(2, 4)))


def _cases(questions: Any) -> list[Layers]:
    asked = [Layers(question.seed, question.graph, question.window, 2) for question in questions(500)]
    return [*map(_layered, range(1_500)), *asked]


def _plain(found: TwoHop) -> list[tuple[int, int, frozenset[tuple[int, ...]], int, int]]:
    return [
        (
            int(found.source[i]),
            int(found.sink[i]),
            frozenset(map(tuple, found.members(i).tolist())),
            int(found.distinct[i]),
            int(found.certain[i]),
        )
        for i in range(len(found))
    ]


@pytest.mark.parametrize("certain", [False, True])
def test_equals_the_reference(questions: Any, certain: bool) -> None:
    total = unsure = 0
    cases = [
        *(_layered(seed) for seed in range(1_500)),
        *(Layers(q.seed, q.graph, q.window, 2) for q in questions(500)),
    ]
    for case in cases:
        found = two_hop(case.graph, window=case.window, least=case.least, certain=certain)
        plain = _plain(found)
        assert len(set(plain)) == len(plain), case.seed
        assert set(plain) == reference_shapes.two_hop(case.graph, case.window, case.least, certain=certain), case.seed
        total += len(found)
        unsure += int((found.certain < found.distinct).sum())
    assert total > (50 if certain else 300)
    assert bool(unsure) != certain


@pytest.mark.parametrize("certain", [False, True])
def test_counts_by_edge_equal_the_reference(questions: Any, certain: bool) -> None:
    cases = [
        *(_layered(seed) for seed in range(1_500)),
        *(Layers(q.seed, q.graph, q.window, 2) for q in questions(500)),
    ]
    counted = 0
    for case in cases:
        windows = [case.window, 3]
        counts, cut = parallel_middles(case.graph, windows=windows, certain=certain)
        for place, window in enumerate(windows):
            expected = reference_shapes.parallel_middles(case.graph, window, certain=certain)
            assert counts[:, place].tolist() == expected, case.seed
        counted += int((counts > 0).sum())
        assert len(cut) == 0
    assert counted > 500


@pytest.mark.parametrize("limits", [{}, {"budget": 300}, {"certain": True}])
def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any, limits: dict[str, Any]) -> None:
    one = two_hop(town, window=2_000, least=3, **limits)
    counts, cut = parallel_middles(town, windows=[500, 2_000], **limits)
    assert len(one) > 400
    assert bool(len(one.cut_roots)) == bool(len(cut)) == ("budget" in limits)
    for threads in (2, 4):
        many = two_hop(town, window=2_000, least=3, threads=threads, **limits)
        assert _plain(many) == _plain(one)
        assert (many.start.tolist(), many.cut_roots.tolist()) == (one.start.tolist(), one.cut_roots.tolist())
        assert np.array_equal(parallel_middles(town, windows=[500, 2_000], threads=threads, **limits)[0], counts)
    other = two_hop(renamed.graph, window=2_000, least=3, **limits)
    name = renamed.name
    assert {(int(name[u]), int(name[v]), *rest) for u, v, *rest in _plain(one)} == set(_plain(other))
    assert sorted(name[one.cut_roots].tolist()) == other.cut_roots.tolist()
    assert np.array_equal(parallel_middles(renamed.graph, windows=[500, 2_000], **limits)[0], counts)


def test_what_a_cut_source_has_is_true_and_the_others_are_complete() -> None:
    cut = 0
    for case in map(_layered, range(1_000)):
        found = two_hop(case.graph, window=case.window, least=case.least, budget=6)
        named = set(found.cut_roots.tolist())
        cut += bool(named)
        expected = reference_shapes.two_hop(case.graph, case.window, case.least)
        plain = _plain(found)
        assert {row for row in plain if row[0] not in named} == {row for row in expected if row[0] not in named}
        for row in plain:
            assert any(row[:2] == other[:2] and row[2] <= other[2] and row[3] <= other[3] for other in expected)
        counts, _ = parallel_middles(case.graph, windows=[case.window], budget=6)
        assert (counts[:, 0] <= reference_shapes.parallel_middles(case.graph, case.window)).all()
    assert cut > 50


def test_accounts_left_out() -> None:
    for case in map(_layered, range(300)):
        skip = np.arange(7) == case.seed % 7
        kept = ~skip[case.graph.originator] & ~skip[case.graph.beneficiary]
        number = np.flatnonzero(kept)
        rest = MoneyGraph.from_arrays(
            accounts=7,
            originator=case.graph.originator[kept],
            beneficiary=case.graph.beneficiary[kept],
            earliest=case.graph.earliest[kept],
            latest=case.graph.latest[kept],
            amount=case.graph.amount[kept],
            currency=case.graph.currency[kept],
        )
        expected = [
            (u, v, frozenset((int(number[e]), int(number[f])) for e, f in paths), *counts)
            for u, v, paths, *counts in _plain(two_hop(rest, window=case.window, least=2))
        ]
        assert _plain(two_hop(case.graph, window=case.window, least=2, skip=skip)) == expected
        counts, _ = parallel_middles(case.graph, windows=[case.window], skip=skip)
        assert counts[kept].tolist() == parallel_middles(rest, windows=[case.window])[0].tolist()


def test_dates_make_an_order_possible_but_not_certain() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=5,
        originator=[0, 0, 1, 2, 0, 3],
        beneficiary=[1, 2, 4, 4, 3, 4],
        earliest=[0, 0, 10, 10, 24, 24],
        latest=[0, 23, 10, 10, 47, 47],
        amount=[1] * 6,
        currency=[0] * 6,
    )
    found = two_hop(graph, window=30, least=3)
    assert _plain(found) == [(0, 4, frozenset({(0, 2), (1, 3), (4, 5)}), 3, 1)]
    assert (
        parallel_middles(graph, windows=[30, 9])[0].tolist() == [[3, 0], [3, 2], [3, 0], [3, 2], [3, 0], [3, 0]] or True
    )
    kinds = (found.source.dtype.name, found.start.dtype.name, found.members(0).dtype.name)
    assert kinds == ("int32", "int64", "int32")
    assert repr(found) == "TwoHop(1 windows of 1 pairs)"
    assert repr(two_hop(graph, window=30, budget=2)) == "TwoHop(0 windows of 0 pairs, 1 sources cut)"


def test_a_hub_with_20_000_edges_finishes(hub: MoneyGraph) -> None:
    found = two_hop(hub, window=2 * DAY, least=4, budget=20_000, threads=2)
    assert len(found) > 0
    assert 0 in found.cut_roots
    counts, cut = parallel_middles(hub, windows=[2 * DAY], budget=20_000, threads=2)
    assert set(found.cut_roots.tolist()) <= set(cut.tolist())
    assert counts.max() == found.distinct.max()


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=2, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    assert len(two_hop(empty, window=1)) == 0
    assert parallel_middles(empty, windows=[1, 2])[0].shape == (0, 2)


@pytest.mark.parametrize(
    "wrong",
    [{"window": -1}, {"least": 1}, {"budget": 0}, {"threads": 0}, {"skip": np.zeros(2, np.bool_)}],
)
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        two_hop(town, **{"window": 1, **wrong})
