"""Replay under the rules that look at the order in which money came in: first in first out, last in first out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT
from finvest.tracing.lots import NONE, append, clear, cut, divide_lots, move_all, no_lots, prepend, rebuild, release
from finvest.tracing.reference import FOLLOWED
from finvest.tracing.rules import FIFO, LIFO
from finvest.tracing.share_kernel import fate_of

if TYPE_CHECKING:
    from finvest.tracing.lots import Lots
    from finvest.tracing.share_kernel import Books, Found, Int, Small


@kernel
def _claim(lots: Lots, way: int, spare: int, own: int, claim: int, wanted: int) -> int:
    """Claim own money of a list, oldest first; return how much there was. ``spare`` is an empty list."""
    left = wanted
    lot = lots.head[way]
    while lot != NONE:
        following = lots.newer[lot]
        label, amount = lots.label[lot], lots.amount[lot]
        taken = min(amount, left) if label == own else 0
        left -= taken
        release(lots, lot)
        append(lots, spare, claim, taken)
        append(lots, spare, label, amount - taken)
        lot = following
    lots.head[way] = lots.tail[way] = NONE
    move_all(lots, spare, way)
    return wanted - left


@kernel
def replay_lots(books: Books, found: Found, rule: int) -> None:
    """Replay under first in first out, or last in first out. `found` starts with zeros, hops with -1."""
    pots, movements = len(books.opening), len(books.amount)
    room = pots + 2 * movements + 2 * len(books.claim) + 2
    spare = pots + movements
    lots = no_lots(room, spare + 1)
    balance = np.zeros(pots, np.int64)
    reached = np.full(pots, -1, np.int32)
    for pot in range(pots):
        if books.footing[pot] == FIXED:
            balance[pot] = books.opening[pot]
            append(lots, pot, books.labels, max(0, books.opening[pot]))
    for step in books.steps:
        movement = step // 2
        if step % 2 == 0:
            _depart(books, found, lots, rule, movement, spare, balance, reached)
        else:
            _arrive(books, found, lots, movement, spare, balance, reached)
    for pot in range(pots):
        lot = lots.head[pot]
        while lot != NONE:
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
        append(lots, way, own, amount)
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
    while lot != NONE:
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
            append(lots, way, own, amount)
        else:
            missing = cut(lots, pot, way, amount, 1)
            prepend(lots, way, own, missing)
        return
    held = min(max(balance[pot], 0), amount)
    balance[pot] -= held if books.footing[pot] == ELASTIC else amount
    cut(lots, pot, way, held, int(rule == LIFO))
    append(lots, way, own, amount - held)


@kernel
def _rest_on_hypothesis(books: Books, lots: Lots, way: int, spare: int) -> None:
    lot = lots.head[way]
    while lot != NONE:
        following = lots.newer[lot]
        label, amount = lots.label[lot], lots.amount[lot]
        release(lots, lot)
        append(lots, spare, label + books.claims if label < books.claims else label, amount)
        lot = following
    lots.head[way] = lots.tail[way] = NONE
    move_all(lots, spare, way)


@kernel
def _arrive(books: Books, found: Found, lots: Lots, movement: int, spare: int, balance: Int, reached: Small) -> None:
    pot, received, own = books.beneficiary[movement], books.received[movement], books.labels
    way = len(books.opening) + movement
    if pot == NO_POT or found.fate[movement] != FOLLOWED:
        clear(lots, way)
        if pot == NO_POT:
            return
        append(lots, way, own, received)
    else:
        reached[pot] = found.hop[movement] if reached[pot] < 0 else min(reached[pot], found.hop[movement])
        if received != books.amount[movement]:
            rebuild(lots, way, spare, divide_lots(lots, way, received), 0)
        lot = lots.head[way]
        while lot != NONE:
            if lots.label[lot] < own:
                found.arrived[movement, lots.label[lot]] += lots.amount[lot]
            lot = lots.newer[lot]
    debt = min(max(0, -balance[pot]), received) if books.footing[pot] == FIXED else 0
    balance[pot] += received
    if debt > 0:
        gone = divide_lots(lots, way, debt)
        lot, i = lots.head[way], 0
        while lot != NONE:
            if lots.label[lot] < own:
                found.dissipated[movement, lots.label[lot]] += gone[i]
            i += 1
            lot = lots.newer[lot]
        rebuild(lots, way, spare, gone, 1)
    move_all(lots, way, pot)
