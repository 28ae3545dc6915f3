"""The order of a replay: each pot in the order of its own books, and no money arrives before it has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import NO_POT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Small = NDArray[np.int32]
    Flags = NDArray[np.bool_]

_NOTHING = -1


def steps(begins: NDArray[np.int64], books: Small, originator: Small, beneficiary: Small) -> tuple[Small, Flags]:
    """Return departures and arrivals in an order in which every pot's books run as they are written.

    Parameters
    ----------
    begins : int64 of shape (pots + 1,)
        Where each pot's part of `books` begins.
    books : int32
        Departures (``2 m``) and arrivals (``2 m + 1``) of movements, in the order of each pot's books.
    originator, beneficiary : int32 of shape (movements,)
        Pots, or `NO_POT`.

    Returns
    -------
    steps : int32 of shape (2 × movements,)
    possible_only : bool of shape (movements,)
        Movements of rings in which each account's books have the money come in before it goes out: no order agrees with
        all of them. One arrival of such a ring, that of the lowest number, is taken later than its books have it.
    """
    order = np.empty(2 * len(originator), np.int32)
    ring = np.zeros(len(originator), np.bool_)
    _steps(begins, books, originator, beneficiary, order, ring)
    return order, ring


@kernel
def _steps(
    begins: NDArray[np.int64], books: Small, originator: Small, beneficiary: Small, order: Small, ring: Flags
) -> None:
    pots, movements = len(begins) - 1, len(originator)
    head = begins[:-1].copy()
    departed, deferred = np.zeros(movements, np.bool_), np.zeros(movements, np.bool_)
    waits = np.full(pots, _NOTHING, np.int32)  # the movement whose departure a pot waits for
    todo = np.empty(pots + 1, np.int32)
    todo[:pots] = np.arange(pots - 1, -1, -1)
    left, done = pots, 0
    for m in range(movements):  # both sides unknown: in no pot's books
        if originator[m] == NO_POT and beneficiary[m] == NO_POT:
            order[done], order[done + 1] = 2 * m, 2 * m + 1
            done += 2
    while True:
        while left > 0:
            left -= 1
            pot = todo[left]
            while head[pot] < begins[pot + 1]:
                step = books[head[pot]]
                m = step // 2
                if step % 2 == 0:
                    order[done] = step
                    done += 1
                    departed[m] = True
                    if beneficiary[m] == NO_POT or deferred[m]:
                        order[done] = step + 1
                        done += 1
                    elif waits[beneficiary[m]] == m:
                        waits[beneficiary[m]] = _NOTHING
                        todo[left] = beneficiary[m]
                        left += 1
                elif not deferred[m]:
                    if originator[m] == NO_POT:
                        order[done] = step - 1
                        done += 1
                    elif not departed[m]:
                        waits[pot] = m
                        break
                    order[done] = step
                    done += 1
                head[pot] += 1
        if done == len(order):
            return
        left = _defer(waits, originator, deferred, ring, todo)


@kernel
def _defer(waits: Small, originator: Small, deferred: Flags, ring: Flags, todo: Small) -> int:
    """Let one arrival of every ring of waiting pots wait no longer; return how many pots can go on."""
    seen = np.zeros(len(waits), np.int32)
    left, walk = 0, 0
    for start in range(len(waits)):
        if waits[start] == _NOTHING or seen[start] > 0:
            continue
        walk += 1
        pot = start
        while seen[pot] == 0:
            seen[pot] = walk
            pot = originator[waits[pot]]
        if seen[pot] != walk:
            continue
        first, least, holder = pot, waits[pot], pot
        while True:
            ring[waits[pot]] = True
            if waits[pot] < least:
                least, holder = waits[pot], pot
            pot = originator[waits[pot]]
            if pot == first:
                break
        deferred[least] = True
        waits[holder] = _NOTHING
        todo[left] = holder
        left += 1
    return left
