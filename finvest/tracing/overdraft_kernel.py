"""Which earlier payments the credit that a deposit repays had made, oldest first, over millions of movements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import FIXED, NO_POT
from finvest.tracing.share_kernel import divide

if TYPE_CHECKING:
    from finvest.tracing.share_kernel import Int, Small, Table

NONE = -1


@kernel
def links(
    originator: Small,
    beneficiary: Small,
    amount: Int,
    received: Int,
    steps: Small,
    opening: Int,
    footing: Small,
    traced: Small,
) -> tuple[Small, Small, Int]:
    """Return what each movement that is asked for repaid: itself, what had overdrawn, and how much of that.

    What had overdrawn is a movement, or ``movements + pot`` for what lies before the records.
    """
    movements, pots = len(amount), len(opening)
    following, owed = np.full(movements + pots, NONE, np.int64), np.zeros(movements + pots, np.int64)
    head, tail = np.full(pots, NONE, np.int64), np.full(pots, NONE, np.int64)
    room = 2 * movements + pots
    repaid, paid, used = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64)
    balance = np.where(footing == FIXED, opening, 0)
    for pot in range(pots):
        if balance[pot] < 0:
            head[pot] = tail[pot] = movements + pot
            owed[movements + pot] = -balance[pot]
    n = 0
    for step in steps:
        m = step // 2
        pot = originator[m] if step % 2 == 0 else beneficiary[m]
        if pot == NO_POT or footing[pot] != FIXED:
            continue
        if step % 2 == 0:
            missing = amount[m] - min(max(balance[pot], 0), amount[m])
            balance[pot] -= amount[m]
            if missing > 0:
                owed[m] = missing
                if head[pot] == NONE:
                    head[pot] = m
                else:
                    following[tail[pot]] = m
                tail[pot] = m
            continue
        left = min(max(0, -balance[pot]), received[m])
        balance[pot] += received[m]
        while left > 0:
            node = head[pot]
            part = min(left, owed[node])
            left -= part
            owed[node] -= part
            if owed[node] == 0:
                head[pot] = following[node]
            if traced[m]:
                repaid[n], paid[n], used[n] = m, node, part
                n += 1
    return repaid[:n].copy(), paid[:n].copy(), used[:n].copy()


@kernel
def split(repaid: Small, used: Int, dissipated: Table) -> Table:
    """Divide what each movement repaid among its links, label by label, by largest remainder."""
    number, labels = len(repaid), dissipated.shape[1]
    parts = np.zeros((number, labels), np.int64)
    given, remainders = np.empty(number, np.int64), np.empty(number, np.int64)
    first = 0
    while first < number:
        end = first
        while end < number and repaid[end] == repaid[first]:
            end += 1
        for label in range(labels):
            divide(dissipated[repaid[first], label], used[first:end], end - first, given, remainders)
            parts[first:end, label] = given[: end - first]
        first = end
    return parts
