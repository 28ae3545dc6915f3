"""Random graphs on which kernels and their references are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from finvest.graph import MoneyGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = 4
"""Instants of a day, in the small graphs: an edge known to a date covers as many."""


class Question(NamedTuple):
    """A random graph and a random window."""

    seed: int
    graph: MoneyGraph
    window: int
    rng: np.random.Generator


def _build(rng: np.random.Generator, accounts: int, edges: int) -> MoneyGraph:
    """Dates mixed with times, equal instants, parallel edges, self-loops, hubs, several currencies."""
    originator, beneficiary = rng.integers(0, accounts, edges), rng.integers(0, accounts, edges)
    if rng.random() < 0.4:  # account 0 as a hub
        part = rng.random(edges)
        originator[part < 0.3] = 0
        beneficiary[(part > 0.3) & (part < 0.6)] = 0
    time = rng.integers(0, 3 * DAY, edges)
    dated = rng.random(edges) < rng.choice([0, 0.3, 0.5, 0.7, 1])
    other_zone = (rng.random(edges) < 0.3) & (rng.random() < 0.5)
    earliest = np.where(dated, time // DAY * DAY + other_zone, time)
    latest = np.where(dated, earliest + DAY - 1, time)
    numbered = np.lexsort((latest, earliest))
    return MoneyGraph.from_arrays(
        accounts=accounts,
        originator=originator,
        beneficiary=beneficiary,
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=rng.integers(0 if rng.random() < 0.1 else 1, 20, edges),
        currency=rng.integers(0, 2, edges) * (rng.random() < 0.3),
    )


@pytest.fixture(scope="session")
def questions() -> Callable[[int], Iterator[Question]]:
    """Give so many small random graphs, the same ones every time."""

    def generate(count: int) -> Iterator[Question]:
        for seed in range(count):
            rng = np.random.default_rng(seed)
            graph = _build(rng, int(rng.integers(2, 7)), int(rng.integers(0, 18)))
            yield Question(seed, graph, int(rng.integers(0, 10)), rng)

    return generate


@pytest.fixture(scope="session")
def town() -> MoneyGraph:
    """Give a graph with enough edges for several chunks: 300 accounts, 6,000 edges, half of them dated."""
    rng = np.random.default_rng(1)
    accounts, edges = 300, 6_000
    time = rng.integers(0, 20 * DAY * 100, edges)
    dated = rng.random(edges) < 0.5
    earliest = np.where(dated, time // (DAY * 100) * DAY * 100, time)
    latest = np.where(dated, earliest + DAY * 100 - 1, time)
    numbered = np.lexsort((latest, earliest))
    busy = (rng.random((2, edges)) ** 2 * accounts).astype(np.int64)
    return MoneyGraph.from_arrays(
        accounts=accounts,
        originator=busy[0],
        beneficiary=busy[1],
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=rng.integers(1, 1_000, edges),
        currency=rng.integers(0, 2, edges),
    )


class Renamed(NamedTuple):
    """A graph whose accounts bear other numbers and whose rows were shuffled, then numbered again."""

    graph: MoneyGraph
    name: np.ndarray[tuple[int], np.dtype[np.int64]]


@pytest.fixture(scope="session")
def renamed(town: MoneyGraph) -> Renamed:
    """Give the town with other account numbers, from shuffled rows."""
    rng = np.random.default_rng(2)
    name, rows = rng.permutation(town.accounts), rng.permutation(town.edges)
    transaction_id = np.arange(town.edges)
    numbered = rows[np.lexsort((transaction_id[rows], town.latest[rows], town.earliest[rows]))]
    graph = MoneyGraph.from_arrays(
        accounts=town.accounts,
        originator=name[town.originator[numbered]],
        beneficiary=name[town.beneficiary[numbered]],
        earliest=town.earliest[numbered],
        latest=town.latest[numbered],
        amount=town.amount[numbered],
        currency=town.currency[numbered],
    )
    return Renamed(graph, name)


@pytest.fixture(scope="session")
def hub() -> MoneyGraph:
    """Give one account with 20,000 edges in and 20,000 out among 2,000 others, half of them dated, 30 days."""
    rng = np.random.default_rng(3)
    accounts, edges, day = 2_000, 50_000, 86_400
    originator, beneficiary = rng.integers(1, accounts, edges), rng.integers(1, accounts, edges)
    originator[:20_000] = 0
    beneficiary[20_000:40_000] = 0
    time = rng.integers(0, 30 * day, edges)
    dated = rng.random(edges) < 0.5
    earliest = np.where(dated, time // day * day, time)
    latest = np.where(dated, earliest + day - 1, time)
    numbered = np.lexsort((latest, earliest))
    return MoneyGraph.from_arrays(
        accounts=accounts,
        originator=originator[numbered],
        beneficiary=beneficiary[numbered],
        earliest=earliest[numbered],
        latest=latest[numbered],
        amount=rng.integers(1, 10_000, edges),
        currency=np.zeros(edges, np.int64),
    )
