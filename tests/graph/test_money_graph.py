from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph
from finvest.model.errors import DataError

FINE: dict[str, Any] = {
    "accounts": 3,
    "originator": [0, 1, 2],
    "beneficiary": [1, 2, 0],
    "earliest": [10, 20, 20],
    "latest": [10, 25, 30],
    "amount": [5, 0, 7],
    "currency": [978, 978, 840],
}


def test_arrays_are_copied_and_cannot_be_changed() -> None:
    amount = np.array([5, 0, 7])
    graph = MoneyGraph.from_arrays(**{**FINE, "amount": amount})
    amount[0] = 99
    assert graph.amount.tolist() == [5, 0, 7]
    assert (graph.edges, graph.originator.dtype.name, graph.earliest.dtype.name) == (3, "int32", "int64")
    with pytest.raises(ValueError, match="read-only"):
        graph.amount[0] = 1
    with pytest.raises(AttributeError):
        graph.accounts = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": [5, 0]}, "one length"),
        ({"amount": [5.0, 0.0, 7.0]}, "amount must hold integers"),
        ({"amount": [True, False, True]}, "amount must hold integers"),
        ({"amount": [[5], [0], [7]]}, "one dimension"),
        ({"amount": [5, -1, 7]}, "amount must lie between"),
        ({"amount": np.array([5, 2**63, 7], np.uint64)}, "amount must lie between"),
        ({"amount": [2**53, 2**53, 0]}, "does not fit 64 bits"),
        ({"originator": [0, 1, 3]}, "originator must lie between 0 and 2"),
        ({"beneficiary": [-1, 2, 0]}, "beneficiary must lie between 0 and 2"),
        ({"currency": [978, 978, -1]}, "currency must lie between"),
        ({"earliest": [10, 26, 26]}, "earliest instant of an edge must not be after"),
        ({"latest": [10, 25, 2**61 + 1]}, "latest must lie between"),
        ({"earliest": [21, 20, 20], "latest": [30, 30, 30]}, "numbered in order"),
        ({"latest": [10, 30, 25]}, "numbered in order"),
        ({"accounts": -1}, "at most"),
    ],
)
def test_what_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        MoneyGraph.from_arrays(**{**FINE, **change})


def test_the_sum_is_checked_in_exact_numbers() -> None:
    most = (2**63 - 1) // 1_000
    graph = MoneyGraph.from_arrays(**{**FINE, "amount": [most - 1, 1, 0]})
    assert int(graph.amount.sum()) * 1_000 < 2**63
    with pytest.raises(DataError, match="does not fit"):
        MoneyGraph.from_arrays(**{**FINE, "amount": [most, 1, 0]})
    with pytest.raises(DataError, match="does not fit"):  # a plain 64-bit sum would wrap to a small one
        MoneyGraph.from_arrays(**{**FINE, "amount": [2**62, 2**62, 2**62]})


def test_no_edges_and_no_accounts() -> None:
    nothing: dict[str, Any] = {name: [] for name in FINE}
    empty = MoneyGraph.from_arrays(**{**nothing, "accounts": 0})
    assert (empty.edges, empty.outgoing.ptr.tolist(), len(empty.incoming.edge)) == (0, [0], 0)
    assert repr(empty) == "MoneyGraph(0 accounts, 0 edges)"


def test_subgraph_has_the_same_names() -> None:
    graph = MoneyGraph.from_arrays(**FINE)
    small = graph.subgraph([2, 1, 2])
    assert sorted(small.edges(keys=True)) == [(1, 2, 1), (2, 0, 2)]
    assert small.edges[2, 0, 2] == {"earliest": 20, "latest": 30, "amount": 7, "currency": 840}
    assert len(graph.subgraph([])) == 0
    with pytest.raises(DataError, match="edges must lie between 0 and 2"):
        graph.subgraph([3])
