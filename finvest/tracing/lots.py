"""Lots of money as linked lists: cutting a payment off either end of a pot moves no lot but the one that is divided.

Neighbours of one label are joined, so that a list is never longer than its changes of label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.wide import share

if TYPE_CHECKING:
    # Elements of these are plain numbers here, whatever NumPy's stubs say: Numba compiles them so.
    Int: TypeAlias = Any
    Small: TypeAlias = Any

NONE = -1


class Lots(NamedTuple):
    """All lots there are: label, amount, neighbours; ``free`` holds the unused ones and, last, how many they are.

    ``head`` and ``tail`` by list: first the pots', then one of each movement on its way.
    """

    label: Small
    amount: Int
    older: Small
    newer: Small
    head: Small
    tail: Small
    free: Small


@kernel
def no_lots(room: int, lists: int) -> Lots:
    """Return empty lists, with room for so many lots in all."""
    free = np.arange(room + 1).astype(np.int32)
    free[-1] = room
    return Lots(
        np.zeros(room, np.int32),
        np.zeros(room, np.int64),
        np.full(room, NONE, np.int32),
        np.full(room, NONE, np.int32),
        np.full(lists, NONE, np.int32),
        np.full(lists, NONE, np.int32),
        free,
    )


@kernel
def append(lots: Lots, of: int, label: int, amount: int) -> None:
    """Add the newest lot of a list."""
    if amount == 0:
        return
    last = lots.tail[of]
    if last != NONE and lots.label[last] == label:
        lots.amount[last] += amount
        return
    lots.free[-1] -= 1
    lot = lots.free[lots.free[-1]]
    lots.label[lot], lots.amount[lot] = label, amount
    lots.older[lot], lots.newer[lot] = last, NONE
    if last == NONE:
        lots.head[of] = lot
    else:
        lots.newer[last] = lot
    lots.tail[of] = lot


@kernel
def prepend(lots: Lots, of: int, label: int, amount: int) -> None:
    """Add the oldest lot of a list."""
    if amount == 0:
        return
    first = lots.head[of]
    if first != NONE and lots.label[first] == label:
        lots.amount[first] += amount
        return
    lots.free[-1] -= 1
    lot = lots.free[lots.free[-1]]
    lots.label[lot], lots.amount[lot] = label, amount
    lots.older[lot], lots.newer[lot] = NONE, first
    if first == NONE:
        lots.tail[of] = lot
    else:
        lots.older[first] = lot
    lots.head[of] = lot


@kernel
def release(lots: Lots, lot: int) -> None:
    """Let a lot be used anew."""
    lots.free[lots.free[-1]] = lot
    lots.free[-1] += 1


@kernel
def clear(lots: Lots, of: int) -> None:
    """Empty a list."""
    lot = lots.head[of]
    while lot != NONE:
        following = lots.newer[lot]
        release(lots, lot)
        lot = following
    lots.head[of] = lots.tail[of] = NONE


@kernel
def move_all(lots: Lots, source: int, target: int) -> None:
    """Put all lots of one list after those of another."""
    first = lots.head[source]
    if first == NONE:
        return
    last = lots.tail[target]
    if last != NONE and lots.label[last] == lots.label[first]:
        lots.amount[last] += lots.amount[first]
        following = lots.newer[first]
        release(lots, first)
        first = following
        if first != NONE:
            lots.older[first] = NONE
    if first != NONE:
        lots.older[first] = last
        if last == NONE:
            lots.head[target] = first
        else:
            lots.newer[last] = first
        lots.tail[target] = lots.tail[source]
    lots.head[source] = lots.tail[source] = NONE


@kernel
def cut(lots: Lots, pot: int, way: int, amount: int, newest: int) -> int:
    """Move an amount from one end of a pot into an empty list, oldest first; return what the pot did not have.

    ``newest`` is 1 for the newest end, 0 for the oldest.
    """
    left = amount
    lot = lots.tail[pot] if newest else lots.head[pot]
    last = NONE  # the last lot that goes as a whole
    while lot != NONE and lots.amount[lot] <= left:
        left -= lots.amount[lot]
        last = lot
        lot = lots.older[lot] if newest else lots.newer[lot]
    if last != NONE:
        if newest:
            lots.head[way], lots.tail[way] = last, lots.tail[pot]
            lots.older[last], lots.tail[pot] = NONE, lot
            if lot == NONE:
                lots.head[pot] = NONE
            else:
                lots.newer[lot] = NONE
        else:
            lots.head[way], lots.tail[way] = lots.head[pot], last
            lots.newer[last], lots.head[pot] = NONE, lot
            if lot == NONE:
                lots.tail[pot] = NONE
            else:
                lots.older[lot] = NONE
    if left > 0 and lot != NONE:
        lots.amount[lot] -= left
        if newest:
            prepend(lots, way, lots.label[lot], left)
        else:
            append(lots, way, lots.label[lot], left)
        left = 0
    return left


@kernel
def divide_lots(lots: Lots, of: int, total: int) -> Int:
    """Divide by largest remainder among the lots of a list; ties by label, then by age."""
    n, whole = 0, 0
    lot = lots.head[of]
    while lot != NONE:
        n += 1
        whole += lots.amount[lot]
        lot = lots.newer[lot]
    parts, remainders, labels = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    left, i = total, 0
    lot = lots.head[of]
    while lot != NONE:
        parts[i], remainders[i] = share(total, lots.amount[lot], whole)
        labels[i] = lots.label[lot]
        left -= parts[i]
        i += 1
        lot = lots.newer[lot]
    if left > 0:
        by_label = np.argsort(labels, kind="mergesort")
        first = by_label[np.argsort(-remainders[by_label], kind="mergesort")]
        for i in range(left):
            parts[first[i]] += 1
    return parts


@kernel
def rebuild(lots: Lots, of: int, spare: int, parts: Int, less: int) -> None:
    """Give every lot of a list its part, or, where ``less`` is 1, what is left of it without."""
    lot, i = lots.head[of], 0
    while lot != NONE:
        following = lots.newer[lot]
        label = lots.label[lot]
        amount = lots.amount[lot] - parts[i] if less else parts[i]
        release(lots, lot)
        append(lots, spare, label, amount)
        lot = following
        i += 1
    lots.head[of] = lots.tail[of] = NONE
    move_all(lots, spare, of)
