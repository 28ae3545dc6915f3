from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph
from finvest.graph.index import Index, lower


def _entries(index: Index, account: int) -> list[int]:
    edges: list[int] = index.edge[index.ptr[account] : index.ptr[account + 1]].tolist()
    return edges


def test_entries_stand_by_account_latest_earliest_and_number(questions: Any) -> None:
    for question in questions(200):
        graph: MoneyGraph = question.graph
        for index, own in ((graph.outgoing, graph.originator), (graph.incoming, graph.beneficiary)):
            for v in range(graph.accounts):
                edges = [e for e in range(graph.edges) if own[e] == v]
                assert _entries(index, v) == sorted(edges, key=lambda e: (graph.latest[e], graph.earliest[e], e))
                part = index.by_earliest[index.ptr[v] : index.ptr[v + 1]]
                assert index.edge[part].tolist() == edges
        certain = graph.outgoing_certain
        assert certain.earliest.tolist() == graph.latest[certain.edge].tolist()
        for v in range(graph.accounts):
            assert _entries(certain, v) == [e for e in range(graph.edges) if graph.originator[e] == v]


def test_what_overlaps_a_time_is_two_searches(questions: Any) -> None:
    for question in questions(200):
        index: Index = question.graph.incoming
        begin, end = 3, 3 + question.window
        for v in range(question.graph.accounts):
            low, high = int(index.ptr[v]), int(index.ptr[v + 1])
            start = lower(index.latest, low, high, begin)
            stop = lower(index.first, low, high, end + 1)
            inside = [j for j in range(start, stop) if index.earliest[j] <= end]
            every = [j for j in range(low, high) if index.latest[j] >= begin and index.earliest[j] <= end]
            assert inside == every


def test_it_is_built_once_and_cannot_be_changed(town: MoneyGraph) -> None:
    assert town.outgoing is town.outgoing
    for array in town.outgoing:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("edges", [3_000, 300_000])
def test_a_large_index_is_in_the_order_that_a_plain_sort_gives(edges: int) -> None:
    random = np.random.default_rng(edges)
    own = np.minimum(random.zipf(1.3, edges), 20_000).astype(np.int32) - 1
    day = np.sort(random.integers(0, 40, edges))
    dated = random.random(edges) < 0.2
    earliest = np.where(dated, day * 100, day * 100 + random.integers(0, 100, edges))
    latest = np.where(dated, earliest + 99, earliest)
    rank = np.lexsort((latest, earliest))
    graph = MoneyGraph.from_arrays(
        accounts=20_000, originator=own, beneficiary=own[::-1], earliest=earliest[rank], latest=latest[rank],
        amount=np.ones(edges, np.int64), currency=np.zeros(edges, np.int64),
    )  # fmt: skip
    for index, side in ((graph.outgoing, graph.originator), (graph.incoming_certain, graph.beneficiary)):
        exchanged = index is graph.incoming_certain
        first, last = (graph.latest, graph.earliest) if exchanged else (graph.earliest, graph.latest)
        order = np.lexsort((first, last, side))
        assert (index.edge == order).all()
        assert (index.ptr[1:] == np.cumsum(np.bincount(side, minlength=20_000))).all()
        assert (index.earliest == first[order]).all()
        assert (index.latest == last[order]).all()
        assert (index.edge[index.by_earliest] == np.lexsort((last, first, side))).all()
        ends = np.concatenate((index.first[1:], [2**62]))
        ends[index.ptr[1:][np.diff(index.ptr) > 0] - 1] = 2**62
        assert (index.first == np.minimum(index.earliest, ends)).all()
