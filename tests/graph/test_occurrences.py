from __future__ import annotations

from typing import Any

import pytest

from finvest.graph import MoneyGraph, reference
from finvest.graph.cycles import cycles
from finvest.graph.occurrences import occurrences
from finvest.model.errors import UsageError


def test_equals_the_reference_and_begins_with_the_representative(questions: Any) -> None:
    several = 0
    for question in questions(2_000):
        graph, window = question.graph, question.window
        found = cycles(graph, window=window, shortest=2)
        for i in range(len(found)):
            accounts = found.accounts_of(i).tolist()
            listed = occurrences(graph, accounts, window=window)
            valid = reference.once_each(reference.choices(graph, tuple(accounts), window))
            expected = [tuple(edge.number for edge in choice.edges) for choice in valid]
            assert sorted(map(tuple, listed.edges.tolist())) == sorted(expected), question.seed
            assert listed.edges[0].tolist() == found.edges_of(i).tolist(), question.seed
            assert listed.complete
            several += len(listed) > 1
    assert several > 100


def test_it_says_if_it_stopped() -> None:
    graph = MoneyGraph.from_arrays(
        accounts=2,
        originator=[0] * 50 + [1] * 50,
        beneficiary=[1] * 50 + [0] * 50,
        earliest=[0] * 100,
        latest=[9] * 100,
        amount=[1] * 100,
        currency=[0] * 100,
    )
    some = occurrences(graph, [1, 0], window=0, most=7)
    assert (len(some), some.complete, repr(some)) == (7, False, "Occurrences(7 and more)")
    every = occurrences(graph, [0, 1], window=0, most=2_500)
    assert (len(every), every.complete, repr(every)) == (2_500, True, "Occurrences(2,500)")
    assert some.edges.tolist() == every.edges[:7].tolist()


def test_accounts_that_are_no_cycle_have_none(town: MoneyGraph) -> None:
    quiet = occurrences(town, [0, 299], window=0)
    assert (quiet.edges.shape, quiet.complete) == ((0, 2), True)


@pytest.mark.parametrize("accounts", [[0], [0, 0], [0, 300], [-1, 0]])
def test_wrong_use(town: MoneyGraph, accounts: list[int]) -> None:
    with pytest.raises(UsageError):
        occurrences(town, accounts, window=1)
