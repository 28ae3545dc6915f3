"""Replay under the rules for which only sums by claim count: pro rata, lowest balance, claimed money first, poison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from finvest.graph.compiled import kernel
from finvest.tracing.ledger import BOTTOMLESS, FIXED, NO_POT
from finvest.tracing.reference import ENDED, FOLLOWED, TOO_DEEP, TOO_SMALL
from finvest.tracing.rules import LIBR, POISON, PRO_RATA
from finvest.tracing.wide import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # Elements of these are plain numbers here, whatever NumPy's stubs say: Numba compiles them so.
    Int: TypeAlias = Any
    Small: TypeAlias = Any
    Table: TypeAlias = Any


class Books(NamedTuple):
    """A ledger as the kernels read it; amounts in millionths of a minor unit."""

    originator: Small
    beneficiary: Small
    amount: Int
    received: Int
    passes: NDArray[np.bool_]
    steps: Small
    opening: Int
    footing: NDArray[np.int8]
    hypothesis: NDArray[np.bool_]
    claimed: Int  # (movements + 1,): where the parts of each movement begin
    claim: Small
    wanted: Int
    claims: int
    labels: int
    depth: int
    least: int


class Found(NamedTuple):
    """What a replay writes; see `finvest.tracing.replay.Replayed`."""

    left: Table
    arrived: Table
    dissipated: Table
    held: Table
    poisoned: NDArray[np.bool_]
    hop: Small
    fate: NDArray[np.int8]
    injected: Int


@kernel
def divide(total: int, weights: Int, n: int, parts: Int, remainders: Int) -> None:
    """Divide by largest remainder among the first `n` weights; of equal remainders the first gets it."""
    whole = 0
    for i in range(n):
        whole += weights[i]
        parts[i] = 0
    if total == 0:
        return
    left = total
    for i in range(n):
        remainders[i] = 0
        if weights[i] > 0:
            parts[i], remainders[i] = share(total, weights[i], whole)
            left -= parts[i]
    for _ in range(left):
        most = 0
        for i in range(1, n):
            if remainders[i] > remainders[most]:
                most = i
        parts[most] += 1
        remainders[most] = -1


@kernel
def fate_of(books: Books, found: Found, movement: int, total: int, hop: int) -> None:
    """Note how far traced value is from its claim, and whether it goes on."""
    found.hop[movement] = hop
    if books.beneficiary[movement] == NO_POT or not books.passes[movement]:
        found.fate[movement] = ENDED
    elif hop > books.depth:
        found.fate[movement] = TOO_DEEP
    elif total < books.least:
        found.fate[movement] = TOO_SMALL
    else:
        found.fate[movement] = FOLLOWED


@kernel
def replay_shares(books: Books, found: Found, rule: int) -> None:
    """Replay under a rule that looks at sums by claim. `found` starts with zeros, hops with -1."""
    labels = books.labels
    sums = np.zeros((len(books.opening), labels + 1), np.int64)
    balance = np.zeros(len(books.opening), np.int64)
    reached = np.full(len(books.opening), -1, np.int32)
    out = np.zeros((len(books.amount), 1), np.int64)  # own money on its way; claims are in `left`
    parts, remainders = np.empty(labels + 1, np.int64), np.empty(labels + 1, np.int64)
    moving = np.empty(labels + 1, np.int64)
    for pot in range(len(books.opening)):
        if books.footing[pot] == FIXED:
            balance[pot] = books.opening[pot]
            sums[pot, labels] = max(0, books.opening[pot])
    for step in books.steps:
        movement = step // 2
        if step % 2 == 0:
            _depart(books, found, rule, movement, sums, balance, reached, out, parts, remainders, moving)
        elif books.beneficiary[movement] != NO_POT:
            _arrive(books, found, rule, movement, sums, balance, reached, out, parts, remainders, moving)
    found.held[:] = sums[:, :labels]


@kernel
def _depart(
    books: Books,
    found: Found,
    rule: int,
    movement: int,
    sums: Table,
    balance: Int,
    reached: Small,
    out: Table,
    parts: Int,
    remainders: Int,
    moving: Int,
) -> None:
    pot, amount, labels = books.originator[movement], books.amount[movement], books.labels
    hop = 0
    moving[:] = 0
    moving[labels] = amount
    if pot != NO_POT:
        if reached[pot] >= 0:
            hop = reached[pot] + 1
        if rule != POISON:
            _take(books, rule, pot, amount, sums, balance, parts, remainders, moving)
        else:
            for label in range(labels):
                if found.poisoned[pot, label]:
                    moving[label] = amount
        if books.hypothesis[pot]:
            _rest_on_hypothesis(books, rule, moving)
    for part in range(books.claimed[movement], books.claimed[movement + 1]):
        claim = books.claim[part]
        injected = min(moving[labels], books.wanted[part])
        if rule == POISON:
            moving[labels] -= injected
            moving[claim] = max(moving[claim], injected)
        else:
            moving[labels] -= injected
            moving[claim] += injected
        found.injected[claim] += injected
        hop = 0
    total = 0
    for label in range(labels):
        found.left[movement, label] = moving[label]
        total = max(total, moving[label]) if rule == POISON else total + moving[label]
    out[movement, 0] = moving[labels]
    if total > 0:
        fate_of(books, found, movement, total, hop)


@kernel
def _rest_on_hypothesis(books: Books, rule: int, moving: Int) -> None:
    for claim in range(books.claims):
        resting = claim + books.claims
        moving[resting] = max(moving[resting], moving[claim]) if rule == POISON else moving[resting] + moving[claim]
        moving[claim] = 0


@kernel
def _take(
    books: Books,
    rule: int,
    pot: int,
    amount: int,
    sums: Table,
    balance: Int,
    parts: Int,
    remainders: Int,
    moving: Int,
) -> None:
    """Take an amount out of a pot into `moving`, whose own money starts as all of it."""
    labels = books.labels
    claimed = 0
    for label in range(labels):
        claimed += sums[pot, label]
    if books.footing[pot] == BOTTOMLESS:
        traced = 0 if rule in (PRO_RATA, LIBR) else min(claimed, amount)
    else:
        held = min(max(balance[pot], 0), amount)
        balance[pot] -= amount if books.footing[pot] == FIXED else held
        own = sums[pot, labels]
        if rule == PRO_RATA:
            if claimed == 0:
                sums[pot, labels] -= held
                return
            divide(held, sums[pot], labels + 1, parts, remainders)
            for label in range(labels):
                sums[pot, label] -= parts[label]
                moving[label] = parts[label]
                moving[labels] -= parts[label]
            sums[pot, labels] -= parts[labels]
            return
        traced = max(0, held - own) if rule == LIBR else min(claimed, held)
        sums[pot, labels] -= held - traced
    if traced > 0:
        divide(traced, sums[pot], labels, parts, remainders)
        for label in range(labels):
            sums[pot, label] -= parts[label]
            moving[label] = parts[label]
            moving[labels] -= parts[label]


@kernel
def _arrive(
    books: Books,
    found: Found,
    rule: int,
    movement: int,
    sums: Table,
    balance: Int,
    reached: Small,
    out: Table,
    parts: Int,
    remainders: Int,
    moving: Int,
) -> None:
    pot, received, labels = books.beneficiary[movement], books.received[movement], books.labels
    followed = found.fate[movement] == FOLLOWED
    moving[:] = 0
    moving[labels] = received
    if followed:
        reached[pot] = found.hop[movement] if reached[pot] < 0 else min(reached[pot], found.hop[movement])
        if rule == POISON:
            for label in range(labels):
                if found.left[movement, label] > 0:
                    found.arrived[movement, label] = received
                    found.poisoned[pot, label] = True
            return
        moving[:labels] = found.left[movement]
        moving[labels] = out[movement, 0]
        if received != books.amount[movement]:
            divide(received, moving, labels + 1, parts, remainders)
            moving[:] = parts
        found.arrived[movement] = moving[:labels]
    if rule == POISON:
        return
    debt = min(max(0, -balance[pot]), received) if books.footing[pot] == FIXED else 0
    balance[pot] += received
    if debt > 0:
        divide(debt, moving, labels + 1, parts, remainders)
        for label in range(labels):
            found.dissipated[movement, label] = parts[label]
        moving -= parts
    for label in range(labels + 1):
        sums[pot, label] += moving[label]
