from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_shapes
from finvest.graph.gather_scatter import GatherScatter, gather_scatter
from finvest.model.errors import UsageError


def _plain(found: GatherScatter) -> list[tuple[Any, ...]]:
    rows = np.column_stack((found.account, found.split, found.senders, found.receivers)).tolist()
    members = [tuple(frozenset(side.tolist()) for side in found.members(i)) for i in range(len(found))]
    return [(*row, *both, sure) for row, both, sure in zip(rows, members, found.certain.tolist(), strict=True)]


def test_equals_the_reference(questions: Any) -> None:
    total = certain = 0
    for question in questions(2_000):
        least = 1 + question.seed % 2
        found = gather_scatter(question.graph, window=question.window, least=least)
        plain = _plain(found)
        assert len(set(found.account.tolist())) == len(found)
        assert set(plain) == reference_shapes.gather_scatter(question.graph, question.window, least), question.seed
        total += len(found)
        certain += int((found.certain > 0).sum())
    assert 100 < certain < total


def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any) -> None:
    one = gather_scatter(town, window=500)
    assert len(one) > 50
    for threads in (2, 4):
        assert _plain(gather_scatter(town, window=500, threads=threads)) == _plain(one)
    other = set(_plain(gather_scatter(renamed.graph, window=500)))
    assert {(int(renamed.name[account]), *rest) for account, *rest in _plain(one)} == other


def test_who_is_on_both_sides_counts_on_neither() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=6,
        originator=[0, 1, 2, 3, 3, 3, 3],
        beneficiary=[3, 3, 3, 3, 4, 5, 0],
        earliest=[0, 1, 2, 3, 4, 5, 6],
        latest=[0, 1, 2, 3, 4, 5, 6],
        amount=[1] * 7,
        currency=[0] * 7,
    )
    found = gather_scatter(graph, window=4, least=2)
    assert _plain(found) == [(3, 1, 2, 2, frozenset({0, 1}), frozenset({4, 5}), 2)]
    assert len(gather_scatter(graph, window=4, least=3)) == 0
    assert repr(found) == "GatherScatter(1 accounts)"
    kinds = (found.account.dtype.name, found.split.dtype.name, found.members(0)[0].dtype.name)
    assert kinds == ("int32", "int64", "int32")


def test_a_hub_with_20_000_edges_finishes(hub: MoneyGraph) -> None:
    found = gather_scatter(hub, window=86_400, least=30)
    assert 0 in found.account.tolist()


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=2, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    assert len(gather_scatter(empty, window=1)) == 0


@pytest.mark.parametrize("wrong", [{"window": -1}, {"least": 0}, {"threads": 0}])
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        gather_scatter(town, **{"window": 1, **wrong})
