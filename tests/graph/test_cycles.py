from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference
from finvest.graph.arrays import read_only
from finvest.graph.cycle_lists import Rules, packed
from finvest.graph.cycle_reach import LAST_STAMP
from finvest.graph.cycle_search import Own, find_cycles, own_scratch
from finvest.graph.cycles import Cycles, cycles
from finvest.graph.order import order_certain, window_certain
from finvest.model.errors import UsageError

DAY = 86_400


def _ring(accounts: list[int]) -> tuple[int, ...]:
    """The cycle from its smallest account on."""
    turn = accounts.index(min(accounts))
    return tuple(accounts[turn:] + accounts[:turn])


def _plain(found: Cycles) -> dict[tuple[int, ...], tuple[int, ...]]:
    rows = range(len(found))
    plain = {_ring(found.accounts_of(i).tolist()): tuple(found.edges_of(i).tolist()) for i in rows}
    assert len(plain) == len(found)
    return plain


def _same(one: Cycles, other: Cycles) -> bool:
    fields = ("offsets", "edges", "order_certain", "window_certain", "cut_roots")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in fields)


@pytest.mark.parametrize("keep", [None, (50, 150)])
@pytest.mark.parametrize("certain", [False, True])
def test_equals_the_reference(questions: Any, keep: tuple[int, int] | None, certain: bool) -> None:
    total = 0
    for question in questions(2_000):
        graph, rng = question.graph, question.rng
        longest = int(rng.integers(2, 7))
        shortest = int(rng.integers(2, longest + 1))
        found = cycles(graph, window=question.window, shortest=shortest, longest=longest, keep=keep, certain=certain)
        expected = reference.cycles(graph, question.window, shortest, longest, keep=keep, certain=certain)
        assert _plain(found) == expected, question.seed
        total += len(found)
        for i in range(len(found)):
            edges = found.edges_of(i)
            early, late = graph.earliest[edges].tolist(), graph.latest[edges].tolist()
            assert found.order_certain[i] == order_certain(early, late)
            assert found.window_certain[i] == window_certain(early, late, question.window)
            assert found.accounts_of(i).tolist() == graph.originator[edges].tolist()
    assert total > 200


def test_dense_graphs_with_many_parallel_edges(questions: Any) -> None:
    for question in questions(300):
        rng = question.rng
        early = np.sort(rng.integers(0, 9, 14))
        late = early + np.where(rng.random(14) < 0.6, rng.integers(0, 6, 14), 0)
        numbered = np.lexsort((late, early))
        start = rng.integers(0, 3, 14)
        graph = MoneyGraph.from_arrays(
            accounts=3,
            originator=start,
            beneficiary=(start + rng.integers(1, 3, 14)) % 3,
            earliest=early[numbered],
            latest=late[numbered],
            amount=np.ones(14, np.int64),
            currency=np.zeros(14, np.int64),
        )
        for certain in (False, True):
            found = cycles(graph, window=question.window, shortest=2, certain=certain)
            assert _plain(found) == reference.cycles(graph, question.window, 2, 5, certain=certain), question.seed


def _graph(edges: list[tuple[int, int, int, int]], amounts: list[int] | None = None) -> MoneyGraph:
    columns = np.array(edges).T
    return MoneyGraph.from_arrays(
        accounts=int(columns[:2].max()) + 1,
        originator=columns[0],
        beneficiary=columns[1],
        earliest=columns[2],
        latest=columns[3],
        amount=amounts or [100] * len(edges),
        currency=[0] * len(edges),
    )


def test_a_cycle_that_does_not_begin_with_its_root() -> None:
    # The first edge is over at 6, the others happened at 5 and at 7: 5 is the root, but it is not the first.
    graph = _graph([(0, 1, 0, 6), (1, 2, 5, 5), (2, 0, 7, 7)])
    found = cycles(graph, window=2)
    assert (found.edges.tolist(), found.accounts.tolist(), found.offsets.tolist()) == ([0, 1, 2], [0, 1, 2], [0, 3])
    assert (found.order_certain.tolist(), found.window_certain.tolist()) == ([False], [False])
    assert len(cycles(graph, window=2, certain=True)) == 0
    assert len(cycles(graph, window=1)) == 0
    assert repr(found) == "Cycles(1 cycles of accounts)"


def test_value_is_kept_on_the_closing_hop_too() -> None:
    steps = [(0, 1, 0, 0), (1, 2, 1, 1), (2, 0, 2, 2)]
    assert len(cycles(_graph(steps, [100, 95, 91]), window=9, keep=(95, 100))) == 1
    assert len(cycles(_graph(steps, [100, 95, 90]), window=9, keep=(95, 100))) == 0
    assert len(cycles(_graph(steps, [100, 95, 96]), window=9, keep=(95, 100))) == 0


def test_accounts_left_out(town: MoneyGraph) -> None:
    every = _plain(cycles(town, window=300, longest=4))
    busiest = {ring[0] for ring in every}
    skip = np.isin(np.arange(town.accounts), list(busiest)[:3])
    rest = _plain(cycles(town, window=300, longest=4, skip=skip))
    assert rest == {ring: edges for ring, edges in every.items() if not skip[list(ring)].any()}
    assert 0 < len(rest) < len(every)


@pytest.mark.parametrize("limits", [{}, {"budget": 4}, {"budget": 40}, {"most": 1}, {"certain": True}])
@pytest.mark.parametrize("keep", [None, (60, 140)])
def test_threads_names_and_rows_change_nothing(
    town: MoneyGraph, renamed: Any, keep: tuple[int, int] | None, limits: dict[str, Any]
) -> None:
    one = cycles(town, window=400, keep=keep, **limits)
    if limits in ({}, {"budget": 40 if keep is None else 4}):
        assert len(one) > 0
        assert bool(len(one.cut_roots)) == ("budget" in limits)
    for threads in (2, 4):
        many = cycles(town, window=400, keep=keep, threads=threads, **limits)
        assert _same(one, many)
        assert many.accounts.tolist() == one.accounts.tolist()
    other = cycles(renamed.graph, window=400, keep=keep, **limits)
    assert _same(one, other)
    assert other.accounts.tolist() == renamed.name[one.accounts].tolist()


@pytest.mark.parametrize("keep", [None, (60, 140)])
@pytest.mark.parametrize("limits", [{"budget": 5}, {"most": 1}])
def test_roots_that_are_not_named_are_complete(
    questions: Any, keep: tuple[int, int] | None, limits: dict[str, Any]
) -> None:
    cut = 0
    for question in questions(600):
        graph, window = question.graph, question.window
        found = cycles(graph, window=window, shortest=2, keep=keep, **limits)
        named = set(found.cut_roots.tolist())
        cut += bool(named)
        plain = _plain(found)
        assert plain.keys() <= reference.cycles(graph, window, 2, 5, keep=keep).keys()
        for ring in reference.account_cycles(graph, 2, 5):
            for choice in reference.choices(graph, ring, window, keep=keep):
                root = choice.edges[0 if keep else choice.root].number
                assert root in named or ring in plain, question.seed
    assert cut > 20


@pytest.mark.parametrize("keep", [None, (80, 102)])
def test_a_hub_with_20_000_edges_finishes(hub: MoneyGraph, keep: tuple[int, int] | None) -> None:
    full = cycles(hub, window=DAY, keep=keep)
    few = cycles(hub, window=DAY, keep=keep, budget=400, threads=2)
    assert len(few.cut_roots) > 100
    assert {hub.originator[e] for e in few.cut_roots} | {hub.beneficiary[e] for e in few.cut_roots}
    whole, part = _plain(full), _plain(few)
    assert part.keys() <= whole.keys()
    if keep is None and not len(full.cut_roots):
        # A cycle that is missing can only have had roots that are named.
        named = set(few.cut_roots.tolist())
        for ring in whole.keys() - part.keys():
            edges = whole[ring]
            assert min(edges, key=lambda e: (hub.latest[e], e)) in named
    wide = cycles(hub, window=10 * DAY, longest=4, keep=keep, budget=2_000, threads=2)
    assert len(wide) > 0
    assert "cut" in repr(wide)


def test_the_budget_bounds_the_walk_too() -> None:
    # Three layers of eight accounts, each paying all of the next: 144 edges, 512 cycles through one root.
    layers = [[0], [1], *([2 + 8 * i + j for j in range(8)] for i in range(3)), [0]]
    edges = [(payer, payee, hour, hour) for hour in range(5) for payer in layers[hour] for payee in layers[hour + 1]]
    graph = _graph(edges)
    for keep in (None, (100, 100)):
        assert len(cycles(graph, window=9, keep=keep)) == 512
        some = cycles(graph, window=9, keep=keep, budget=450)
        assert (0 < len(some) < 512, some.cut_roots.tolist()) == (True, [0])
        few = cycles(graph, window=9, keep=keep, most=7)
        assert (len(few), few.cut_roots.tolist()) == (7, [0])
        assert len(cycles(graph, window=9, keep=keep, most=512).cut_roots) == 0


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=2, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    for keep in (None, (1, 1)):
        found = cycles(empty, window=1, keep=keep)
        assert (len(found), found.offsets.tolist(), found.lengths.tolist()) == (0, [0], [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": -1},
        {"shortest": 1},
        {"shortest": 6},
        {"longest": 17},
        {"keep": (90, 80)},
        {"keep": (0, 1_001)},
        {"budget": 0},
        {"most": 0},
        {"threads": 0},
        {"skip": np.zeros(2, np.bool_)},
        {"skip": np.zeros(300, np.int8)},
    ],
)
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        cycles(town, **{"window": 1, **wrong})


@pytest.mark.parametrize("certain", [False, True])
def test_labels_are_cleared_before_stamps_run_out(town: MoneyGraph, certain: bool) -> None:
    rules = Rules(400, 2, 5, int(certain), 100_000, 1_000)
    lists = packed(town, rules, read_only(np.zeros(town.accounts, np.bool_), np.bool_))

    def rows(own: Own) -> list[list[int]]:
        found = np.empty((10_000, rules.longest + 1), np.int32)
        done, used = find_cycles(0, town.edges, lists, rules, np.zeros(town.edges, np.bool_), own, found, 0)
        assert done == town.edges
        listed: list[list[int]] = found[:used].tolist()
        return listed

    worn = own_scratch(lists, rules.longest)
    worn.used[0] = LAST_STAMP
    for name in ("arrival_of", "closing_of"):
        worn.account[name] = LAST_STAMP
    assert rows(worn) == rows(own_scratch(lists, rules.longest)) != []
    assert 0 < worn.used[0] < LAST_STAMP
