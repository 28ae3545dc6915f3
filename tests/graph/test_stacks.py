from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_blocks
from finvest.graph.blocks import blocks
from finvest.graph.stacks import stacks
from finvest.model.errors import UsageError


def _layers(seed: int) -> tuple[MoneyGraph, int]:
    """Accounts 0 to 2 pay 3 to 5, these 6 to 8, mostly in order of time; some stray payments."""
    rng = np.random.default_rng(seed)
    edges = int(rng.integers(12, 36))
    second = rng.random(edges) < 0.5
    originator = rng.integers(0, 3, edges) + 3 * second
    beneficiary = rng.integers(3, 6, edges) + 3 * second
    stray = rng.random(edges) < 0.03
    beneficiary[stray] = rng.integers(0, 9, int(stray.sum()))
    time = rng.integers(0, 8, edges) + 4 * second
    dated = rng.random(edges) < rng.choice([0, 0.5, 1])
    earliest = np.where(dated, time // 4 * 4, time)
    latest = np.where(dated, earliest + 3, time)
    numbered = np.lexsort((latest, earliest))
    graph = MoneyGraph.from_arrays(
        accounts=9,
        originator=originator[numbered],
        beneficiary=beneficiary[numbered],
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=np.ones(edges, np.int64),
        currency=np.zeros(edges, np.int64),
    )
    return graph, int(rng.integers(4, 14))


def test_equals_the_reference(questions: Any) -> None:
    total = 0
    cases = [*map(_layers, range(1_500)), *((q.graph, q.window) for q in questions(500))]
    for number, (graph, window) in enumerate(cases):
        percent, targets = (50, 60)[number % 2], 1 + number % 3
        first = blocks(graph, window=window, sources=2, targets=2, percent=percent)
        found = stacks(graph, first, window=window, targets=targets, percent=percent)
        plain = {int(found.block[i]): frozenset(found.members(i).tolist()) for i in range(len(found))}
        for row in range(len(first)):
            part = slice(int(first.offsets[row]), int(first.offsets[row + 1]))
            pairs = frozenset(zip(first.payer[part].tolist(), first.payee[part].tolist(), strict=True))
            expected = reference_blocks.second_layer(graph, pairs, int(first.start[row]), window, targets, percent)
            assert plain.get(row, frozenset()) == expected, number
        total += len(found)
    assert total > 300


def test_accounts_left_out() -> None:
    graph, window = _layers(1)
    every = np.ones(graph.accounts, np.bool_)
    first = blocks(graph, window=window, sources=2, targets=2)
    assert len(stacks(graph, first, window=window, targets=1, skip=every)) == 0
    assert repr(stacks(graph, first, window=window, targets=99)) == "Stacks(0 blocks with a second layer)"


@pytest.mark.parametrize("wrong", [{"targets": 0}, {"percent": 0}, {"percent": 101}])
def test_wrong_use(wrong: dict[str, Any]) -> None:
    graph, window = _layers(1)
    with pytest.raises(UsageError):
        stacks(graph, blocks(graph, window=window), window=window, **wrong)
