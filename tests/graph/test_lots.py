from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from finvest.graph import MoneyGraph, reference
from finvest.graph.lots import Lots, Order, PassThrough, fifo_lots, pass_through
from finvest.model.errors import UsageError

ORDERS: list[Order] = ["possible", "certain"]


def _plain(lots: Lots) -> dict[tuple[int, int], int]:
    rows = zip(lots.incoming.tolist(), lots.outgoing.tolist(), lots.amount.tolist(), strict=True)
    return {(incoming, outgoing): amount for incoming, outgoing, amount in rows}


def _table(passed: PassThrough) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    numbers = (passed.credited, passed.passed, passed.credits, passed.passed_credits)
    return {
        (int(passed.account[i]), int(passed.currency[i])): (
            int(numbers[0][i]),
            int(numbers[1][i]),
            int(numbers[2][i]),
            int(numbers[3][i]),
        )
        for i in range(len(passed))
    }


@pytest.mark.parametrize("order", ORDERS)
def test_lots_equal_the_reference(questions: Any, order: Order) -> None:
    for question in questions(2_000):
        lots = fifo_lots(question.graph, order=order)
        expected, unmatched, unspent = reference.fifo_lots(question.graph, order)
        assert _plain(lots) == expected, question.seed
        assert len(lots) == len(expected)
        assert lots.account.tolist() == question.graph.beneficiary[lots.incoming].tolist()
        assert {e: int(lots.unmatched[e]) for e in unmatched} == unmatched
        assert {e: int(lots.unspent[e]) for e in unspent} == unspent


@pytest.mark.parametrize("order", ORDERS)
def test_pass_through_equals_the_reference(questions: Any, order: Order) -> None:
    for question in questions(2_000):
        share = int(question.rng.integers(0, 120))
        found = pass_through(question.graph, window=question.window, order=order, share=share)
        expected = reference.pass_through(question.graph, question.window, order, share)
        assert _table(found) == expected, question.seed


@pytest.mark.parametrize("order", ORDERS)
def test_nothing_is_lost_and_nothing_made(town: MoneyGraph, order: Order) -> None:
    lots = fifo_lots(town, order=order)
    spent, paid = np.zeros(town.edges, np.int64), np.zeros(town.edges, np.int64)
    np.add.at(spent, lots.incoming, lots.amount)
    np.add.at(paid, lots.outgoing, lots.amount)
    own = np.where(town.originator == town.beneficiary, 0, town.amount)
    assert (spent + lots.unspent).tolist() == own.tolist()
    assert (paid + lots.unmatched).tolist() == own.tolist()
    assert int(lots.amount.min()) > 0
    assert (town.currency[lots.incoming] == town.currency[lots.outgoing]).all()
    assert (town.beneficiary[lots.incoming] == town.originator[lots.outgoing]).all()
    if order == "certain":
        assert (town.latest[lots.incoming] < town.earliest[lots.outgoing]).all()
    else:
        assert (town.earliest[lots.incoming] <= town.latest[lots.outgoing]).all()


@pytest.mark.parametrize("order", ORDERS)
def test_threads_names_and_rows_change_nothing(town: MoneyGraph, renamed: Any, order: Order) -> None:
    one = fifo_lots(town, order=order)
    same = [fifo_lots(town, order=order, threads=threads) for threads in (2, 4)]
    other = fifo_lots(renamed.graph, order=order)
    for many in (*same, other):
        for name in ("incoming", "outgoing", "amount", "unmatched", "unspent"):
            assert np.array_equal(getattr(one, name), getattr(many, name))
    assert other.account.tolist() == renamed.name[one.account].tolist()
    before = _table(pass_through(town, window=300, order=order))
    after = _table(pass_through(renamed.graph, window=300, order=order, threads=2))
    assert {(int(renamed.name[account]), currency): row for (account, currency), row in before.items()} == after


def test_oldest_money_leaves_first() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=3,
        originator=[1, 0, 0, 0, 0],
        beneficiary=[2, 1, 1, 1, 1],
        earliest=[0, 1, 2, 5, 5],
        latest=[0, 1, 2, 5, 5],
        amount=[10, 60, 40, 30, 5],
        currency=[0, 0, 0, 0, 1],
    )
    early = fifo_lots(graph, order="possible")
    assert (len(early), early.unmatched[0]) == (0, 10)  # paid before anything had come in
    later = MoneyGraph.from_arrays(
        accounts=3,
        originator=[0, 0, 0, 1],
        beneficiary=[1, 1, 1, 2],
        earliest=[1, 2, 5, 5],
        latest=[1, 2, 5, 5],
        amount=[60, 40, 30, 120],
        currency=[0, 0, 0, 0],
    )
    assert _plain(fifo_lots(later, order="possible")) == {(0, 3): 60, (1, 3): 40, (2, 3): 20}
    sure = fifo_lots(later, order="certain")  # at one instant the debit may have come first
    assert (_plain(sure), sure.unmatched[3]) == ({(0, 3): 60, (1, 3): 40}, 20)
    soon = pass_through(later, window=3, order="possible", share=70)
    assert _table(soon)[1, 0] == (130, 60, 3, 1)
    assert (repr(sure), repr(soon)) == ("Lots(2 lots of 1 accounts)", "PassThrough(2 accounts and currencies)")


@pytest.mark.parametrize("wrong", [{"order": "sure"}, {"window": -1}, {"share": 1_001}, {"threads": 0}])
def test_wrong_use(town: MoneyGraph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        pass_through(town, **{"window": 1, "order": "possible", **wrong})
