from __future__ import annotations

import random

import numpy as np
import pytest

from finvest.tracing.ledger import NO_POT
from finvest.tracing.steps import steps


def scheduled(books: list[list[int]], ends: list[tuple[int, int]]) -> tuple[list[int], list[bool]]:
    begins = np.cumsum([0, *map(len, books)])
    flat = np.array([step for book in books for step in book], np.int32)
    pots = np.array(ends, np.int32).reshape(-1, 2)
    order, ring = steps(begins, flat, pots[:, 0].copy(), pots[:, 1].copy())
    return order.tolist(), ring.tolist()


def test_each_pot_runs_as_its_books_do() -> None:
    """B's books list a payment out before the one that comes from A; C gets B's money."""
    ends = [(NO_POT, 0), (0, 1), (1, 2)]
    order, ring = scheduled([[1, 2], [4, 3], [5]], ends)
    assert order.index(4) < order.index(3)
    assert order.index(2) < order.index(3)
    assert not any(ring)


def test_a_ring_within_a_day_is_possible_only() -> None:
    """Every account says that the money came in first."""
    ends = [(0, 1), (1, 2), (2, 0), (NO_POT, 3)]
    order, ring = scheduled([[5, 0], [1, 2], [3, 4], [7]], ends)
    assert ring == [True, True, True, False]
    assert order.index(0) < order.index(1)  # the arrival of the lowest number waits for its departure
    assert sorted(order) == list(range(8))


@pytest.mark.parametrize("seed", range(300))
def test_every_order_is_kept_where_one_exists(seed: int) -> None:
    rng = random.Random(seed)
    pots, movements = rng.randint(1, 6), rng.randint(0, 25)
    ends = [(rng.randint(NO_POT, pots - 1), rng.randint(NO_POT, pots - 1)) for _ in range(movements)]
    books: list[list[int]] = [[] for _ in range(pots)]
    whole = [step for m in range(movements) for step in (2 * m, 2 * m + 1)]
    if seed % 2:
        rng.shuffle(whole)
    for step in whole:
        pot = ends[step // 2][step % 2]
        if pot != NO_POT:
            books[pot].append(step)
    order, ring = scheduled(books, ends)
    place = {step: i for i, step in enumerate(order)}
    assert sorted(order) == list(range(2 * movements))
    assert all(place[2 * m] < place[2 * m + 1] for m in range(movements))
    if not seed % 2:
        assert not any(ring)
    late = {2 * m + 1 for m in range(movements) if ring[m]}
    for book in books:
        kept = [step for step in book if step not in late]
        assert kept == sorted(kept, key=place.__getitem__)
