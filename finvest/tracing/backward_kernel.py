"""Where money came from: lots with every source as a label of its own, and weights passed back for pro rata.

Labels of sources: a movement whose money came from outside the books on file is its own number; what a pot began with,
or what lay in it before its records, is ``movements + pot``; what a bank lent for a movement is ``movements + pots +
movement``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT
from finvest.tracing.lots import NONE, append, clear, cut, divide_lots, move_all, no_lots, prepend, rebuild, release
from finvest.tracing.rules import FIFO, LIFO
from finvest.tracing.wide import share

if TYPE_CHECKING:
    from typing import Any

    from finvest.tracing.lots import Lots
    from finvest.tracing.share_kernel import Books, Int, Small

WHOLE = 2**60
"""Weights of a target add up to it."""


@kernel
def ancestors(books: Books, last: int, movement: int, pot: int) -> tuple[Int, Any]:
    """Return until which step each pot matters (`NONE` for never), and which movements come into one that does.

    The target is what leaves with a movement, in step `last`, or, where `pot` is one, what it holds after that step.
    """
    until = np.full(len(books.opening), NONE, np.int64)
    wanted = np.zeros(len(books.amount), np.bool_)
    if pot != NO_POT:
        until[pot] = last
    else:
        wanted[movement] = True
    for place in range(last, -1, -1):
        m = books.steps[place] // 2
        if books.steps[place] % 2 == 0:
            payer = books.originator[m]
            if wanted[m] and payer != NO_POT and until[payer] == NONE:
                until[payer] = place
        else:
            payee = books.beneficiary[m]
            if payee != NO_POT and until[payee] >= place and books.passes[m]:
                wanted[m] = True
    return until, wanted


@kernel
def _before_records(books: Books, m: int) -> int:
    """Return the label of what a pot did not hold of a payment.

    What a hypothesis does not account for came from outside, as without it.
    """
    pots, movements, pot = len(books.opening), len(books.amount), books.originator[m]
    if books.hypothesis[pot]:
        return m
    return movements + pots + m if books.footing[pot] == FIXED else movements + pot


# ---- by the identity of lots


@kernel
def sources_of_lots(books: Books, rule: int, last: int, movement: int, pot: int) -> tuple[Small, Int]:
    """Return labels and amounts of the target's lots, oldest first. Labels from ``labels`` on rest on a hypothesis."""
    pots, movements = len(books.opening), len(books.amount)
    labels, spare = 2 * movements + pots, pots + movements
    until, wanted = ancestors(books, last, movement, pot)
    lots = no_lots(2 * pots + 3 * movements + 2, spare + 1)
    balance = np.zeros(pots, np.int64)
    for p in range(pots):
        if books.footing[p] == FIXED:
            balance[p] = books.opening[p]
            append(lots, p, movements + p, max(0, books.opening[p]))
    for place in range(last + 1):
        m = books.steps[place] // 2
        if books.steps[place] % 2 == 0:
            payer = books.originator[m]
            if payer == NO_POT:
                if wanted[m]:
                    append(lots, pots + m, m, books.amount[m])
            elif until[payer] >= place:
                _take(books, lots, rule, m, balance, labels)
                if not wanted[m]:
                    clear(lots, pots + m)
        else:
            payee = books.beneficiary[m]
            if payee != NO_POT and until[payee] >= place:
                _arrive(books, lots, m, spare, balance)
    of = pots + movement if pot == NO_POT else pot
    n, lot = 0, lots.head[of]
    while lot != NONE:
        n += 1
        lot = lots.newer[lot]
    label, amount = np.empty(n, np.int32), np.empty(n, np.int64)
    lot = lots.head[of]
    for i in range(n):
        label[i], amount[i] = lots.label[lot], lots.amount[lot]
        lot = lots.newer[lot]
    return label, amount


@kernel
def _take(books: Books, lots: Lots, rule: int, m: int, balance: Int, labels: int) -> None:
    pot, amount, way = books.originator[m], books.amount[m], len(books.opening) + m
    if books.footing[pot] == BOTTOMLESS:
        missing = amount if rule == FIFO else cut(lots, pot, way, amount, 1)
    else:
        held = min(max(balance[pot], 0), amount)
        balance[pot] -= held if books.footing[pot] == ELASTIC else amount
        cut(lots, pot, way, held, int(rule == LIFO))
        missing = amount - held
    if books.hypothesis[pot]:
        spare = len(books.opening) + len(books.amount)
        lot = lots.head[way]
        while lot != NONE:
            following, label, amount_ = lots.newer[lot], lots.label[lot], lots.amount[lot]
            release(lots, lot)
            append(lots, spare, label + labels if label < labels else label, amount_)
            lot = following
        lots.head[way] = lots.tail[way] = NONE
        move_all(lots, spare, way)
    if books.footing[pot] == BOTTOMLESS:
        prepend(lots, way, _before_records(books, m), missing)
    else:
        append(lots, way, _before_records(books, m), missing)


@kernel
def _arrive(books: Books, lots: Lots, m: int, spare: int, balance: Int) -> None:
    pot, received, way = books.beneficiary[m], books.received[m], len(books.opening) + m
    if not books.passes[m]:
        clear(lots, way)
        append(lots, way, m, received)
    elif received != books.amount[m]:
        rebuild(lots, way, spare, divide_lots(lots, way, received), 0)
    debt = min(max(0, -balance[pot]), received) if books.footing[pot] == FIXED else 0
    balance[pot] += received
    if debt > 0:
        rebuild(lots, way, spare, divide_lots(lots, way, debt), 1)
    move_all(lots, way, pot)


# ---- by weights


@kernel
def sources_of_shares(books: Books, last: int, movement: int, pot: int) -> tuple[Any, int]:
    """Return the weight of each source in the target under pro rata, and how many divisions it took.

    Returns
    -------
    weight : int64 of shape (labels, 2)
        They add up to `WHOLE`; in the second column what rests on a hypothesis.
    divisions : int
        Each moves less than one of `WHOLE` to another source: an upper bound of the error of any sum of weights.
    """
    pots, movements = len(books.opening), len(books.amount)
    held, before, stayed = _balances(books, last)
    weight = np.zeros((2 * movements + pots, 2), np.int64)
    inside, moving = np.zeros((pots, 2), np.int64), np.zeros((movements, 2), np.int64)
    divisions = 0
    if pot == NO_POT:
        moving[movement, 0] = WHOLE
    else:
        inside[pot, 0] = WHOLE
    for place in range(last, -1, -1):
        m = books.steps[place] // 2
        if books.steps[place] % 2 == 0:
            payer = books.originator[m]
            for column in range(2):
                if moving[m, column] == 0:
                    continue
                if payer == NO_POT:
                    weight[m, column] += moving[m, column]
                    continue
                part = moving[m, column]
                if held[m] < books.amount[m]:
                    part, _ = share(part, held[m], books.amount[m])
                    divisions += 1
                inside[payer, 1 if books.hypothesis[payer] else column] += part
                weight[_before_records(books, m), column] += moving[m, column] - part
        else:
            payee = books.beneficiary[m]
            if payee == NO_POT:
                continue
            for column in range(2):
                part = inside[payee, column]
                if part == 0 or stayed[m] == 0:
                    continue
                if before[m] > 0:
                    part, _ = share(part, stayed[m], before[m] + stayed[m])
                    divisions += 1
                inside[payee, column] -= part
                if books.passes[m]:
                    moving[m, column] += part
                else:
                    weight[m, column] += part
    weight[movements : movements + pots] += inside
    return weight, divisions


@kernel
def _balances(books: Books, last: int) -> tuple[Int, Int, Int]:
    """Return, by movement, what the payer held of it, what lay in the payee's pot before, and what stayed there."""
    movements = len(books.amount)
    held, before, stayed = np.zeros(movements, np.int64), np.zeros(movements, np.int64), np.zeros(movements, np.int64)
    balance = np.where(books.footing == FIXED, books.opening, 0)
    for place in range(last + 1):
        m = books.steps[place] // 2
        pot = books.originator[m] if books.steps[place] % 2 == 0 else books.beneficiary[m]
        if pot == NO_POT:
            continue
        if books.steps[place] % 2 == 0:
            if books.footing[pot] != BOTTOMLESS:
                held[m] = min(max(balance[pot], 0), books.amount[m])
                balance[pot] -= books.amount[m] if books.footing[pot] == FIXED else held[m]
        else:
            before[m] = max(0, balance[pot])
            debt = min(max(0, -balance[pot]), books.received[m]) if books.footing[pot] == FIXED else 0
            stayed[m] = books.received[m] - debt
            balance[pot] += books.received[m]
    return held, before, stayed
