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


class _State(NamedTuple):
    """What changes from step to step, and room for one step's sums; the last label is own money."""

    sums: Table  # by pot and label
    balance: Int
    reached: Small  # hops from the claim, by pot
    own: Int  # on its way with each movement; claims are in `Found.left`
    moving: Int
    parts: Int
    remainders: Int


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
    pots = len(books.opening)
    state = _State(
        np.zeros((pots, labels + 1), np.int64),
        np.zeros(pots, np.int64),
        np.full(pots, -1, np.int32),
        np.zeros(len(books.amount), np.int64),
        np.empty(labels + 1, np.int64),
        np.empty(labels + 1, np.int64),
        np.empty(labels + 1, np.int64),
    )
    for pot in range(pots):
        if books.footing[pot] == FIXED:
            state.balance[pot] = books.opening[pot]
            state.sums[pot, labels] = max(0, books.opening[pot])
    for step in books.steps:
        movement = step // 2
        if step % 2 == 0:
            _depart(books, found, rule, movement, state)
        elif books.beneficiary[movement] != NO_POT:
            _arrive(books, found, rule, movement, state)
    found.held[:] = state.sums[:, :labels]


@kernel
def _depart(books: Books, found: Found, rule: int, movement: int, state: _State) -> None:
    pot, amount, labels = books.originator[movement], books.amount[movement], books.labels
    moving = state.moving
    hop = 0
    moving[:] = 0
    moving[labels] = amount
    if pot != NO_POT:
        if state.reached[pot] >= 0:
            hop = state.reached[pot] + 1
        if rule != POISON:
            _take(books, rule, pot, amount, state)
        else:
            for label in range(labels):
                if found.poisoned[pot, label]:
                    moving[label] = amount
        if books.hypothesis[pot]:
            _rest_on_hypothesis(books, rule, moving)
    for part in range(books.claimed[movement], books.claimed[movement + 1]):
        claim = books.claim[part]
        injected = min(moving[labels], books.wanted[part])
        moving[labels] -= injected
        moving[claim] = max(moving[claim], injected) if rule == POISON else moving[claim] + injected
        found.injected[claim] += injected
        hop = 0
    total = 0
    for label in range(labels):
        found.left[movement, label] = moving[label]
        total = max(total, moving[label]) if rule == POISON else total + moving[label]
    state.own[movement] = moving[labels]
    if total > 0:
        fate_of(books, found, movement, total, hop)


@kernel
def _rest_on_hypothesis(books: Books, rule: int, moving: Int) -> None:
    for claim in range(books.claims):
        resting = claim + books.claims
        moving[resting] = max(moving[resting], moving[claim]) if rule == POISON else moving[resting] + moving[claim]
        moving[claim] = 0


@kernel
def _take(books: Books, rule: int, pot: int, amount: int, state: _State) -> None:
    """Take an amount out of a pot into `moving`, whose own money starts as all of it."""
    sums, balance, moving, parts, labels = state.sums, state.balance, state.moving, state.parts, books.labels
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
            divide(held, sums[pot], labels + 1, parts, state.remainders)
            for label in range(labels):
                sums[pot, label] -= parts[label]
                moving[label] = parts[label]
                moving[labels] -= parts[label]
            sums[pot, labels] -= parts[labels]
            return
        traced = max(0, held - own) if rule == LIBR else min(claimed, held)
        sums[pot, labels] -= held - traced
    if traced > 0:
        divide(traced, sums[pot], labels, parts, state.remainders)
        for label in range(labels):
            sums[pot, label] -= parts[label]
            moving[label] = parts[label]
            moving[labels] -= parts[label]


@kernel
def _arrive(books: Books, found: Found, rule: int, movement: int, state: _State) -> None:
    pot, received, labels = books.beneficiary[movement], books.received[movement], books.labels
    reached, balance, moving, parts = state.reached, state.balance, state.moving, state.parts
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
        moving[labels] = state.own[movement]
        if received != books.amount[movement]:
            divide(received, moving, labels + 1, parts, state.remainders)
            moving[:] = parts
        found.arrived[movement] = moving[:labels]
    if rule == POISON:
        return
    debt = min(max(0, -balance[pot]), received) if books.footing[pot] == FIXED else 0
    balance[pot] += received
    if debt > 0:
        divide(debt, moving, labels + 1, parts, state.remainders)
        for label in range(labels):
            found.dissipated[movement, label] = parts[label]
        moving -= parts
    for label in range(labels + 1):
        state.sums[pot, label] += moving[label]
