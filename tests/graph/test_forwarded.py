from __future__ import annotations

from typing import Any

import pytest

from finvest.graph import MoneyGraph, reference
from finvest.graph.forwarded import Forwarded, forwarded
from finvest.model.errors import UsageError


def _plain(found: Forwarded) -> dict[int, tuple[int, int, int, frozenset[int]]]:
    return {
        int(found.incoming[i]): (
            int(found.start[i]),
            int(found.possible[i]),
            int(found.certain[i]),
            frozenset(found.members(i).tolist()),
        )
        for i in range(len(found))
    }


def test_equals_the_reference(questions: Any) -> None:
    for question in questions(2_000):
        share = int(question.rng.integers(0, 150))
        found = forwarded(question.graph, window=question.window, share=share)
        assert _plain(found) == reference.forwarded(question.graph, question.window, share), question.seed
        assert found.incoming.tolist() == sorted(set(found.incoming.tolist()))


def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any) -> None:
    one = forwarded(town, window=300, share=80)
    assert len(one) > 300
    for threads in (2, 4):
        assert _plain(forwarded(town, window=300, share=80, threads=threads)) == _plain(one)
    assert _plain(forwarded(renamed.graph, window=300, share=80)) == _plain(one)


def test_one_payment_leaves_in_parts() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=3,
        originator=[0, 1, 1, 1],
        beneficiary=[1, 2, 2, 2],
        earliest=[0, 0, 5, 6],
        latest=[0, 23, 5, 6],
        amount=[100, 30, 60, 101],
        currency=[0, 0, 0, 0],
    )
    found = forwarded(graph, window=5, share=90)
    assert _plain(found) == {0: (0, 90, 60, frozenset({1, 2}))}
    assert repr(found) == "Forwarded(1 incoming edges)"
    assert len(forwarded(graph, window=5, share=91)) == 0


def test_a_hub_is_done_whole(hub: MoneyGraph) -> None:
    found = forwarded(hub, window=86_400, share=80, threads=2)
    i = int(found.possible.argmax())
    assert int(hub.amount[found.members(i)].sum()) == found.possible[i] >= found.certain[i]


@pytest.mark.parametrize("wrong", [{"window": -1}, {"share": -1}, {"share": 1_001}, {"threads": 0}])
def test_wrong_use(town: MoneyGraph, wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        forwarded(town, **{"window": 1, "share": 1, **wrong})
