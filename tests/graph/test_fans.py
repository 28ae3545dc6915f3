from __future__ import annotations

from typing import Any, Literal

import pytest

from finvest.graph import MoneyGraph, reference
from finvest.graph.fans import Fans, fans
from finvest.model.errors import UsageError


def _plain(found: Fans) -> list[tuple[int, frozenset[int], int, int]]:
    return [
        (int(found.account[i]), frozenset(found.members(i).tolist()), int(found.distinct[i]), int(found.certain[i]))
        for i in range(len(found))
    ]


@pytest.mark.parametrize("side", ["in", "out"])
def test_equals_the_reference(questions: Any, side: Literal["in", "out"]) -> None:
    for question in questions(2_000):
        least = int(question.rng.integers(1, 4))
        found = _plain(fans(question.graph, side=side, window=question.window, least=least))
        assert len(set(found)) == len(found), question.seed
        assert set(found) == reference.fans(question.graph, side, question.window, least), question.seed


def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any) -> None:
    one = fans(town, side="in", window=500, least=4)
    assert len(one) > 300
    for threads in (2, 4):
        many = fans(town, side="in", window=500, least=4, threads=threads)
        assert (many.account.tolist(), many.start.tolist()) == (one.account.tolist(), one.start.tolist())
        assert _plain(many) == _plain(one)
    other = _plain(fans(renamed.graph, side="in", window=500, least=4))
    assert {(int(renamed.name[account]), *rest) for account, *rest in _plain(one)} == set(other)


def test_a_date_possibly_fits_an_hour_but_not_certainly() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=4,
        originator=[0, 1, 2, 3],
        beneficiary=[3, 3, 3, 3],  # the last one pays itself
        earliest=[0, 9, 10, 10],
        latest=[23, 9, 10, 10],
        amount=[1, 1, 1, 1],
        currency=[0, 0, 0, 0],
    )
    found = fans(graph, side="in", window=1, least=3)
    assert _plain(found) == [(3, frozenset({0, 1, 2}), 3, 2)]
    assert (found.account.dtype.name, found.start.dtype.name, found.members(0).dtype.name) == (
        "int32",
        "int64",
        "int32",
    )
    assert repr(found) == "Fans(1 windows of 1 accounts)"


def test_a_hub_is_done_whole(hub: MoneyGraph) -> None:
    found = fans(hub, side="in", window=10 * 86_400, least=1_500)
    assert set(found.account.tolist()) == {0}
    i = int(found.distinct.argmax())
    assert len(set(hub.originator[found.members(i)].tolist())) == found.distinct[i] > 1_500


@pytest.mark.parametrize("wrong", [{"side": "both"}, {"window": -1}, {"window": 2**62}, {"least": 0}, {"threads": 0}])
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        fans(town, **{"side": "in", "window": 1, "least": 1, **wrong})
