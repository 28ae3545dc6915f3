from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph import MoneyGraph


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
