from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference_bursts
from finvest.graph.arrays import read_only
from finvest.graph.bursts import WHOLE, Bursts, Rules, bursts
from finvest.model.errors import UsageError


def _plain(found: Bursts) -> list[tuple[int, int, float, list[int]]]:
    return [
        (
            int(found.account[i]),
            int(found.centre[i]),
            float(found.surprise[i]),
            found.edges[found.offsets[i] : found.offsets[i + 1]].tolist(),
        )
        for i in range(len(found))
    ]


def _search(graph: MoneyGraph, rules: Rules, seed: int, threads: int = 1) -> tuple[Bursts, Any, Any]:
    rng = np.random.default_rng(seed)
    weight = WHOLE // rng.integers(1, 4, graph.edges) ** 2
    member = rng.random(graph.edges) < 0.7
    found = bursts(
        graph,
        weight=weight,
        member=member,
        windows=tuple(rules.windows.tolist()),
        through=rules.through,
        reach=rules.reach,
        rate=rules.rate,
        shortest=rules.shortest,
        least=rules.least,
        threads=threads,
    )
    return found, weight, member


def test_equals_the_reference(questions: Any) -> None:
    met = 0
    for question in questions(2_000):
        windows = np.unique(question.rng.integers(1, 20, 2))
        rules = Rules(read_only(windows, np.int64), 8, int(question.rng.integers(1, 9)), 0.05, 30, 0.4)
        found, weight, member = _search(question.graph, rules, question.seed)
        plain = reference_bursts.bursts(question.graph, weight, member, rules)
        got = _plain(found)
        assert [(a, c, e) for a, c, _, e in got] == [(a, c, e) for a, c, _, e in plain], question.seed
        assert [s for *_, s, _ in got] == pytest.approx([s for *_, s, _ in plain])
        met += len(got)
    assert met > 2_000


def test_threads_change_nothing(town: MoneyGraph) -> None:
    rules = Rules(read_only(np.array([50, 200]), np.int64), 400, 100, 0.001, 1_000, 1.0)
    one = _plain(_search(town, rules, 1)[0])
    assert len(one) > 100
    for threads in (2, 4):
        assert _plain(_search(town, rules, 1, threads)[0]) == one


def test_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any) -> None:
    options: dict[str, Any] = {"windows": (50, 200), "through": 400, "reach": 100, "rate": 0.001, "shortest": 1_000}
    full = np.full(town.edges, WHOLE), np.ones(town.edges, np.bool_)
    one = _plain(bursts(town, weight=full[0], member=full[1], least=1.0, **options))
    other = _plain(bursts(renamed.graph, weight=full[0], member=full[1], least=1.0, **options))
    assert {(int(renamed.name[a]), round(s, 6), len(e)) for a, _, s, e in one} == {
        (a, round(s, 6), len(e)) for a, _, s, e in other
    }


def test_a_hub_with_20_000_edges_is_done_whole(hub: MoneyGraph) -> None:
    day = 86_400
    found = bursts(
        hub,
        weight=np.full(hub.edges, WHOLE),
        member=np.ones(hub.edges, np.bool_),
        windows=(day, 3 * day),
        through=20 * day,
        reach=3 * day,
        rate=1 / day,
        shortest=30 * day,
        least=0.1,
    )
    members = [set(e) for a, _, _, e in _plain(found) if a == 0]
    assert sum(len(m) for m in members) == len(set().union(*members)) if members else True


def test_no_edges() -> None:
    empty = MoneyGraph.from_arrays(
        accounts=3, originator=[], beneficiary=[], earliest=[], latest=[], amount=[], currency=[]
    )
    none = np.empty(0, np.int64)
    found = bursts(
        empty,
        weight=none,
        member=none.astype(np.bool_),
        windows=(1,),
        through=1,
        reach=1,
        rate=1.0,
        shortest=1,
        least=1.0,
    )
    assert not len(found)
    assert repr(found) == "Bursts(0 of 0 accounts)"


@pytest.mark.parametrize(
    "wrong",
    [{"windows": ()}, {"rate": 0.0}, {"least": 0.0}, {"threads": 0}, {"weight": np.array([-1])}, {"reach": -1}],
)
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "weight": np.full(town.edges, WHOLE),
        "member": np.ones(town.edges, np.bool_),
        "windows": (1,),
        "through": 1,
        "reach": 1,
        "rate": 1.0,
        "shortest": 1,
        "least": 1.0,
    }
    with pytest.raises(UsageError):
        bursts(town, **{**right, **wrong})
