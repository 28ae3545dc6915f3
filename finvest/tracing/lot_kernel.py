"""Replay under the rules that look at the order in which money came in: first in first out, last in first out.

Lots are linked lists: cutting a payment off either end of a pot moves no lot but the one that is divided. Neighbours of
one label are joined, so that a list is never longer than its changes of label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT
from finvest.tracing.reference import FOLLOWED
from finvest.tracing.rules import FIFO, LIFO
from finvest.tracing.share_kernel import fate_of
from finvest.tracing.wide import share

if TYPE_CHECKING:
    from finvest.tracing.share_kernel import Books, Found, Int, Small

_NONE = -1


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
def _append(lots: Lots, of: int, label: int, amount: int) -> None:
    """Add the newest lot of a list."""
    if amount == 0:
        return
    last = lots.tail[of]
    if last != _NONE and lots.label[last] == label:
        lots.amount[last] += amount
        return
    lots.free[-1] -= 1
    lot = lots.free[lots.free[-1]]
    lots.label[lot], lots.amount[lot] = label, amount
    lots.older[lot], lots.newer[lot] = last, _NONE
    if last == _NONE:
        lots.head[of] = lot
    else:
        lots.newer[last] = lot
    lots.tail[of] = lot


@kernel
def _prepend(lots: Lots, of: int, label: int, amount: int) -> None:
    """Add the oldest lot of a list."""
    if amount == 0:
        return
    first = lots.head[of]
    if first != _NONE and lots.label[first] == label:
        lots.amount[first] += amount
        return
    lots.free[-1] -= 1
    lot = lots.free[lots.free[-1]]
    lots.label[lot], lots.amount[lot] = label, amount
    lots.older[lot], lots.newer[lot] = _NONE, first
    if first == _NONE:
        lots.tail[of] = lot
    else:
        lots.older[first] = lot
    lots.head[of] = lot


@kernel
def _release(lots: Lots, lot: int) -> None:
    lots.free[lots.free[-1]] = lot
    lots.free[-1] += 1


@kernel
def _move_all(lots: Lots, source: int, target: int) -> None:
    """Put all lots of one list after those of another."""
    first = lots.head[source]
    if first == _NONE:
        return
    last = lots.tail[target]
    if last != _NONE and lots.label[last] == lots.label[first]:
        lots.amount[last] += lots.amount[first]
        following = lots.newer[first]
        _release(lots, first)
        first = following
        if first != _NONE:
            lots.older[first] = _NONE
    if first != _NONE:
        lots.older[first] = last
        if last == _NONE:
            lots.head[target] = first
        else:
            lots.newer[last] = first
        lots.tail[target] = lots.tail[source]
    lots.head[source] = lots.tail[source] = _NONE


@kernel
def _cut(lots: Lots, pot: int, way: int, amount: int, newest: int) -> int:
    """Move an amount from one end of a pot into an empty list, oldest first; return what the pot did not have.

    ``newest`` is 1 for the newest end, 0 for the oldest.
    """
    left = amount
    lot = lots.tail[pot] if newest else lots.head[pot]
    last = _NONE  # the last lot that goes as a whole
    while lot != _NONE and lots.amount[lot] <= left:
        left -= lots.amount[lot]
        last = lot
        lot = lots.older[lot] if newest else lots.newer[lot]
    if last != _NONE:
        if newest:
            lots.head[way], lots.tail[way] = last, lots.tail[pot]
            lots.older[last], lots.tail[pot] = _NONE, lot
            if lot == _NONE:
                lots.head[pot] = _NONE
            else:
                lots.newer[lot] = _NONE
        else:
            lots.head[way], lots.tail[way] = lots.head[pot], last
            lots.newer[last], lots.head[pot] = _NONE, lot
            if lot == _NONE:
                lots.tail[pot] = _NONE
            else:
                lots.older[lot] = _NONE
    if left > 0 and lot != _NONE:
        lots.amount[lot] -= left
        if newest:
            _prepend(lots, way, lots.label[lot], left)
        else:
            _append(lots, way, lots.label[lot], left)
        left = 0
    return left


@kernel
def _claim(lots: Lots, way: int, spare: int, own: int, claim: int, wanted: int) -> int:
    """Claim own money of a list, oldest first; return how much there was. ``spare`` is an empty list."""
    left = wanted
    lot = lots.head[way]
    while lot != _NONE:
        following = lots.newer[lot]
        label, amount = lots.label[lot], lots.amount[lot]
        taken = min(amount, left) if label == own else 0
        left -= taken
        _release(lots, lot)
        _append(lots, spare, claim, taken)
        _append(lots, spare, label, amount - taken)
        lot = following
    lots.head[way] = lots.tail[way] = _NONE
    _move_all(lots, spare, way)
    return wanted - left


@kernel
def _divide(lots: Lots, of: int, total: int) -> Int:
    """Divide by largest remainder among the lots of a list; ties by label, then by age."""
    n, whole = 0, 0
    lot = lots.head[of]
    while lot != _NONE:
        n += 1
        whole += lots.amount[lot]
        lot = lots.newer[lot]
    parts, remainders, labels = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    left, i = total, 0
    lot = lots.head[of]
    while lot != _NONE:
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
def _rebuild(lots: Lots, of: int, spare: int, parts: Int, less: int) -> None:
    """Give every lot of a list its part, or, where ``less`` is 1, what is left of it without."""
    lot, i = lots.head[of], 0
    while lot != _NONE:
        following = lots.newer[lot]
        label = lots.label[lot]
        amount = lots.amount[lot] - parts[i] if less else parts[i]
        _release(lots, lot)
        _append(lots, spare, label, amount)
        lot = following
        i += 1
    lots.head[of] = lots.tail[of] = _NONE
    _move_all(lots, spare, of)


@kernel
def replay_lots(books: Books, found: Found, rule: int) -> None:
    """Replay under first in first out, or last in first out. `found` starts with zeros, hops with -1."""
    pots, movements = len(books.opening), len(books.amount)
    room = pots + 2 * movements + 2 * len(books.claim) + 2
    spare = pots + movements
    free = np.arange(room + 1).astype(np.int32)
    free[-1] = room
    lots = Lots(
        np.zeros(room, np.int32),
        np.zeros(room, np.int64),
        np.full(room, _NONE, np.int32),
        np.full(room, _NONE, np.int32),
        np.full(spare + 1, _NONE, np.int32),
        np.full(spare + 1, _NONE, np.int32),
        free,
    )
    balance = np.zeros(pots, np.int64)
    reached = np.full(pots, -1, np.int32)
    for pot in range(pots):
        if books.footing[pot] == FIXED:
            balance[pot] = books.opening[pot]
            _append(lots, pot, books.labels, max(0, books.opening[pot]))
    for step in books.steps:
        movement = step // 2
        if step % 2 == 0:
            _depart(books, found, lots, rule, movement, spare, balance, reached)
        else:
            _arrive(books, found, lots, movement, spare, balance, reached)
    for pot in range(pots):
        lot = lots.head[pot]
        while lot != _NONE:
            if lots.label[lot] < books.labels:
                found.held[pot, lots.label[lot]] += lots.amount[lot]
            lot = lots.newer[lot]


@kernel
def _depart(
    books: Books, found: Found, lots: Lots, rule: int, movement: int, spare: int, balance: Int, reached: Small
) -> None:
    pot, amount, own = books.originator[movement], books.amount[movement], books.labels
    way = len(books.opening) + movement
    hop = 0
    if pot == NO_POT:
        _append(lots, way, own, amount)
    else:
        if reached[pot] >= 0:
            hop = reached[pot] + 1
        _take(books, lots, rule, pot, way, amount, balance)
        if books.hypothesis[pot]:
            _rest_on_hypothesis(books, lots, way, spare)
    for part in range(books.claimed[movement], books.claimed[movement + 1]):
        claim = books.claim[part]
        found.injected[claim] += _claim(lots, way, spare, own, claim, books.wanted[part])
        hop = 0
    total = 0
    lot = lots.head[way]
    while lot != _NONE:
        if lots.label[lot] < own:
            found.left[movement, lots.label[lot]] += lots.amount[lot]
            total += lots.amount[lot]
        lot = lots.newer[lot]
    if total > 0:
        fate_of(books, found, movement, total, hop)


@kernel
def _take(books: Books, lots: Lots, rule: int, pot: int, way: int, amount: int, balance: Int) -> None:
    own = books.labels
    if books.footing[pot] == BOTTOMLESS:
        if rule == FIFO:
            _append(lots, way, own, amount)
        else:
            missing = _cut(lots, pot, way, amount, 1)
            _prepend(lots, way, own, missing)
        return
    held = min(max(balance[pot], 0), amount)
    balance[pot] -= held if books.footing[pot] == ELASTIC else amount
    _cut(lots, pot, way, held, int(rule == LIFO))
    _append(lots, way, own, amount - held)


@kernel
def _rest_on_hypothesis(books: Books, lots: Lots, way: int, spare: int) -> None:
    lot = lots.head[way]
    while lot != _NONE:
        following = lots.newer[lot]
        label, amount = lots.label[lot], lots.amount[lot]
        _release(lots, lot)
        _append(lots, spare, label + books.claims if label < books.claims else label, amount)
        lot = following
    lots.head[way] = lots.tail[way] = _NONE
    _move_all(lots, spare, way)


@kernel
def _arrive(books: Books, found: Found, lots: Lots, movement: int, spare: int, balance: Int, reached: Small) -> None:
    pot, received, own = books.beneficiary[movement], books.received[movement], books.labels
    way = len(books.opening) + movement
    if pot == NO_POT or found.fate[movement] != FOLLOWED:
        lot = lots.head[way]
        while lot != _NONE:
            following = lots.newer[lot]
            _release(lots, lot)
            lot = following
        lots.head[way] = lots.tail[way] = _NONE
        if pot == NO_POT:
            return
        _append(lots, way, own, received)
    else:
        reached[pot] = found.hop[movement] if reached[pot] < 0 else min(reached[pot], found.hop[movement])
        if received != books.amount[movement]:
            _rebuild(lots, way, spare, _divide(lots, way, received), 0)
        lot = lots.head[way]
        while lot != _NONE:
            if lots.label[lot] < own:
                found.arrived[movement, lots.label[lot]] += lots.amount[lot]
            lot = lots.newer[lot]
    debt = min(max(0, -balance[pot]), received) if books.footing[pot] == FIXED else 0
    balance[pot] += received
    if debt > 0:
        gone = _divide(lots, way, debt)
        lot, i = lots.head[way], 0
        while lot != _NONE:
            if lots.label[lot] < own:
                found.dissipated[movement, lots.label[lot]] += gone[i]
            i += 1
            lot = lots.newer[lot]
        _rebuild(lots, way, spare, gone, 1)
    _move_all(lots, way, pot)
