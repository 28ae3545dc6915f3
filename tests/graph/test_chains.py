from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_shapes
from finvest.graph.chains import Chains, chains
from finvest.graph.order import order_certain, window_certain
from finvest.model.errors import UsageError

DAY = 86_400


def _plain(found: Chains) -> set[tuple[int, ...]]:
    plain = [tuple(found.edges_of(i).tolist()) for i in range(len(found))]
    assert sorted(plain) == plain
    assert len(set(plain)) == len(plain)
    return set(plain)


@pytest.mark.parametrize("keep", [(1, 1_000), (60, 150)])
@pytest.mark.parametrize("certain", [False, True])
def test_equals_the_reference(questions: Any, keep: tuple[int, int], certain: bool) -> None:
    total = 0
    for question in questions(1_000):
        graph, window = question.graph, question.window
        longest = int(question.rng.integers(2, 6))
        hops = int(question.rng.integers(2, longest + 1))
        found = chains(graph, window=window, keep=keep, hops=hops, longest=longest, certain=certain)
        expected = reference_shapes.chains(graph, window, keep, hops, longest, certain=certain)
        assert _plain(found) == expected, question.seed
        assert len(found.cut_roots) == 0
        total += len(found)
        for i in range(len(found)):
            edges = found.edges_of(i)
            early, late = graph.earliest[edges].tolist(), graph.latest[edges].tolist()
            assert found.order_certain[i] == order_certain(early, late)
            assert found.window_certain[i] == window_certain(early, late, window)
    assert total > 150


@pytest.mark.parametrize("limits", [{}, {"budget": 12}, {"most": 1}, {"certain": True}])
def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any, limits: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"window": 900, "keep": (70, 110), "hops": 3, **limits}
    one = chains(town, **asked)
    assert len(one) > 20
    assert bool(len(one.cut_roots)) == bool({"budget", "most"} & limits.keys())
    others = [chains(town, threads=2, **asked), chains(town, threads=4, **asked), chains(renamed.graph, **asked)]
    for other in others:
        for name in ("offsets", "edges", "order_certain", "window_certain", "cut_roots"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("limits", [{"budget": 6}, {"most": 1}])
def test_roots_that_are_not_named_are_complete(questions: Any, limits: dict[str, Any]) -> None:
    cut = 0
    for question in questions(600):
        graph, window = question.graph, question.window
        found = chains(graph, window=window, keep=(1, 1_000), hops=2, longest=4, **limits)
        named = set(found.cut_roots.tolist())
        cut += bool(named)
        every = reference_shapes.chains(graph, window, (1, 1_000), 2, 4, every_choice=True)
        plain = _plain(found)
        assert plain <= every
        assert {c for c in plain if c[0] not in named} >= {
            c for c in reference_shapes.chains(graph, window, (1, 1_000), 2, 4) if c[0] not in named
        } - _walks_from_named(graph, every, named)
    assert cut > 20


def _walks_from_named(graph: MoneyGraph, every: set[tuple[int, ...]], named: set[int]) -> set[tuple[int, ...]]:
    """Choices whose walk a named root can have taken: another choice of the same accounts may stand for it."""

    def walk(chain: tuple[int, ...]) -> tuple[int, ...]:
        return (int(graph.originator[chain[0]]), *graph.beneficiary[list(chain)].tolist())

    theirs = {walk(chain) for chain in every if chain[0] in named}
    return {chain for chain in every if walk(chain) in theirs}


def _graph(edges: list[tuple[int, int, int, int]], amounts: list[int], currency: list[int] | None = None) -> MoneyGraph:
    columns = np.array(edges).T
    return MoneyGraph.from_arrays(
        accounts=int(columns[:2].max()) + 1,
        originator=columns[0],
        beneficiary=columns[1],
        earliest=columns[2],
        latest=columns[3],
        amount=amounts,
        currency=currency or [0] * len(edges),
    )


def test_a_chain_is_whole_and_stands_once() -> None:
    edges = [(i, i + 1, i, i) for i in range(6)]
    graph = _graph(edges, [1_000, 950, 900, 860, 820, 780])
    found = chains(graph, window=9, keep=(90, 100))
    assert _plain(found) == {(0, 1, 2, 3, 4, 5)}
    assert (found.lengths.tolist(), found.order_certain.tolist()) == ([6], [True])
    assert repr(found) == "Chains(1 walks of accounts)"
    assert len(chains(graph, window=9, keep=(96, 100))) == 0
    assert _plain(chains(graph, window=4, keep=(90, 100))) == {(0, 1, 2, 3, 4), (1, 2, 3, 4, 5)}
    assert _plain(chains(graph, window=9, keep=(90, 100), longest=5)) == {(0, 1, 2, 3, 4), (1, 2, 3, 4, 5)}
    skip = np.arange(7) == 3
    assert _plain(chains(graph, window=9, keep=(90, 100), hops=2, skip=skip)) == {(0, 1), (4, 5)}
    other = _graph(edges, [1_000, 950, 900, 860, 820, 780], [0, 0, 0, 1, 1, 1])
    assert _plain(chains(other, window=9, keep=(90, 100), hops=3)) == {(0, 1, 2), (3, 4, 5)}


@pytest.mark.parametrize("limits", [{}, {"budget": 400}])
def test_a_hub_with_20_000_edges_finishes(hub: MoneyGraph, limits: dict[str, Any]) -> None:
    found = chains(hub, window=2 * DAY, keep=(85, 100), hops=3, threads=2, **limits)
    assert len(found) > 0
    assert (found.lengths >= 3).all()


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=2, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    assert len(chains(empty, window=1, keep=(80, 100))) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": -1},
        {"hops": 1},
        {"longest": 33},
        {"longest": 4},
        {"keep": (90, 80)},
        {"keep": (0, 80)},
        {"keep": (1, 1_001)},
        {"budget": 0},
        {"most": 0},
        {"threads": 0},
        {"skip": np.zeros(2, np.bool_)},
    ],
)
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        chains(town, **{"window": 1, "keep": (80, 100), **wrong})
