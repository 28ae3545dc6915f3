from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_blocks
from finvest.graph.blocks import Blocks, blocks
from finvest.model.errors import UsageError


def _dense(seed: int) -> tuple[MoneyGraph, int]:
    """Accounts 0 to 4 mostly pay 5 to 9: dates mixed with times, payments back and inside the groups."""
    rng = np.random.default_rng(seed)
    edges = int(rng.integers(6, 30))
    originator, beneficiary = rng.integers(0, 5, edges), rng.integers(5, 10, edges)
    stray = rng.random(edges) < 0.06
    beneficiary[stray] = rng.integers(0, 10, int(stray.sum()))
    time = rng.integers(0, 12, edges)
    dated = rng.random(edges) < rng.choice([0, 0.4, 1])
    earliest = np.where(dated, time // 4 * 4, time)
    latest = np.where(dated, earliest + 3, time)
    numbered = np.lexsort((latest, earliest))
    graph = MoneyGraph.from_arrays(
        accounts=10,
        originator=originator[numbered],
        beneficiary=beneficiary[numbered],
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=np.ones(edges, np.int64),
        currency=np.zeros(edges, np.int64),
    )
    return graph, int(rng.integers(0, 14))


def _plain(found: Blocks) -> dict[frozenset[tuple[int, int]], int]:
    plain = {}
    for i in range(len(found)):
        part = slice(int(found.offsets[i]), int(found.offsets[i + 1]))
        pairs = frozenset(zip(found.payer[part].tolist(), found.payee[part].tolist(), strict=True))
        assert len(pairs) == part.stop - part.start
        plain[pairs] = int(found.start[i])
    assert len(plain) == len(found)
    return plain


def test_equals_the_reference(questions: Any) -> None:
    total = 0
    cases = [*map(_dense, range(1_500)), *((q.graph, q.window) for q in questions(500))]
    for number, (graph, window) in enumerate(cases):
        percent, least = (50, 60, 100)[number % 3], 2 + number % 2
        skip = np.arange(graph.accounts) == (number % 20)
        found = blocks(graph, window=window, sources=least, targets=2, percent=percent, skip=skip)
        assert _plain(found) == reference_blocks.blocks(graph, window, least, 2, percent, {number % 20}), number
        total += len(found)
        for i in range(len(found)):
            members = found.members(i)
            pairs = set(zip(graph.originator[members].tolist(), graph.beneficiary[members].tolist(), strict=True))
            part = slice(found.offsets[i], found.offsets[i + 1])
            assert pairs == set(zip(found.payer[part].tolist(), found.payee[part].tolist(), strict=True))
            assert (graph.latest[members] >= found.start[i]).all()
            assert (graph.earliest[members] <= found.start[i] + window).all()
    assert total > 500


@pytest.mark.parametrize("limits", [{}, {"budget": 200}])
def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any, limits: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"window": 600, "sources": 2, "targets": 3, "percent": 60, **limits}
    one = blocks(town, **asked)
    assert len(one) > 5
    assert bool(len(one.cut_roots)) == bool(limits)
    for threads in (2, 4):
        many = blocks(town, threads=threads, **asked)
        for name in ("start", "offsets", "payer", "payee", "cut_roots"):
            assert np.array_equal(getattr(one, name), getattr(many, name))
    other = blocks(renamed.graph, **asked)
    name = renamed.name
    mapped = {frozenset((int(name[x]), int(name[y])) for x, y in pairs): at for pairs, at in _plain(one).items()}
    assert mapped == _plain(other)
    assert sorted(name[one.cut_roots].tolist()) == other.cut_roots.tolist()


def test_what_a_budget_leaves_is_true_and_accounts_that_are_not_named_are_complete() -> None:
    cut = 0
    for graph, window in map(_dense, range(500)):
        found = blocks(graph, window=window, sources=2, targets=2, budget=40)
        whole = blocks(graph, window=window, sources=2, targets=2)
        cut += bool(len(found.cut_roots))
        if not len(found.cut_roots):
            assert _plain(found) == _plain(whole)
        for i in range(len(found)):
            assert min(len(found.sources_of(i)), len(found.targets_of(i))) >= 2
    assert cut > 20


def test_nobody_pays_on_the_own_side() -> None:
    pairs = [(x, y) for x in range(3) for y in range(3, 6)]
    for extra, expected in (((0, 1), 0), ((3, 4), 0), ((3, 0), 1), ((0, 0), 1)):
        edges = [*pairs, extra]
        graph = MoneyGraph.from_arrays(
            accounts=6,
            originator=[x for x, _ in edges],
            beneficiary=[y for _, y in edges],
            earliest=[0] * 10,
            latest=[0] * 10,
            amount=[1] * 10,
            currency=[0] * 10,
        )
        found = blocks(graph, window=1)
        assert len(found) == expected
    assert (found.sources_of(0).tolist(), found.targets_of(0).tolist()) == ([0, 1, 2], [3, 4, 5])
    assert found.members(0).tolist() == list(range(9))
    assert repr(found) == "Blocks(1 blocks)"


def test_a_hub_with_20_000_edges_finishes(hub: MoneyGraph) -> None:
    found = blocks(hub, window=86_400, sources=3, targets=3, budget=20_000, threads=2)
    assert 0 in found.cut_roots.tolist()


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=2, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    assert len(blocks(empty, window=1)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": -1},
        {"sources": 1},
        {"targets": 1},
        {"percent": 0},
        {"percent": 101},
        {"budget": 0},
        {"threads": 0},
        {"skip": np.zeros(2, np.bool_)},
    ],
)
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        blocks(town, **{"window": 1, **wrong})
