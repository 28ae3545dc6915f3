"""Replaying a ledger under a rule: by kernel, or by the reference where the sums are too large for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finvest.tracing import reference
from finvest.tracing.ledger import LARGEST, Limits
from finvest.tracing.rules import rule_named
from finvest.tracing.shares import MILLION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finvest.tracing.ledger import Claims, Ledger
    from finvest.tracing.share_kernel import Books


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Replayed:
    """What a replay found, in millionths of a minor unit.

    Labels: claim ``c`` is ``c``; where the ledger crosses hypotheses, what rests on one is ``claims + c``.

    Attributes
    ----------
    rule : str
    left, arrived, dissipated : int64 of shape (movements, labels)
        Traced value that left with a movement, that arrived with it (less by fees, or in another currency), and the
        part of it that repaid an overdraft. Python integers (dtype object) where the reference did the work.
    held : int64 of shape (pots, labels)
        Traced value that a pot holds at the end; zero under poison, which marks accounts and no amounts.
    poisoned : bool of shape (pots, labels)
    hop : int32 of shape (movements,)
        Steps from the claim, which is 0; -1 where nothing traced moved.
    fate : int8 of shape (movements,)
        See `finvest.tracing.reference`: `NOWHERE`, `FOLLOWED`, `ENDED`, `TOO_DEEP`, `TOO_SMALL`.
    injected : int64 of shape (claims,)
        What was claimed and was there to claim.
    by_reference : bool
        The sums do not fit the kernels: plain Python did the work, exactly and slowly.
    credit : tuple of (int, int, int, int)
        By the reference only: movement that repaid an overdraft, movement that had overdrawn, label, amount. Else
        `finvest.tracing.overdrafts.attributed` works it out.
    """

    rule: str
    left: NDArray[Any]
    arrived: NDArray[Any]
    dissipated: NDArray[Any]
    held: NDArray[Any]
    poisoned: NDArray[np.bool_]
    hop: NDArray[np.int32]
    fate: NDArray[np.int8]
    injected: NDArray[Any]
    by_reference: bool
    credit: tuple[tuple[int, int, int, int], ...] = ()

    def __repr__(self) -> str:
        return f"Replayed({self.rule}, {int((self.hop >= 0).sum()):,} movements reached)"


def replay(ledger: Ledger, claims: Claims, rule: str | None, limits: Limits | None = None) -> Replayed:
    """Replay a ledger under a rule.

    Parameters
    ----------
    ledger : Ledger
    claims : Claims
    rule : str
        Name of a rule; there is no default, because the result depends on it.
    limits : Limits, optional

    Returns
    -------
    Replayed
        The same to the last digit whether a kernel or the reference did it.

    Raises
    ------
    UsageError
        If no rule is named, or none of that name is known.
    """
    named = rule_named(rule)
    limits = limits or Limits()
    # A threshold above every sum cuts everything, and is the same as one at the largest sum.
    if not ledger.fits or limits.least * MILLION >= LARGEST:
        return _by_reference(ledger, claims, named.name, limits)
    from finvest.tracing.share_kernel import Found, replay_shares

    books = books_of(ledger, claims, limits)
    shape = (ledger.movements, books.labels)
    found = Found(
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros((ledger.pots, books.labels), np.int64),
        np.zeros((ledger.pots, books.labels), np.bool_),
        np.full(ledger.movements, -1, np.int32),
        np.zeros(ledger.movements, np.int8),
        np.zeros(claims.number, np.int64),
    )
    if named.by_lots:
        from finvest.tracing.lot_kernel import replay_lots

        replay_lots(books, found, named.number)
    else:
        replay_shares(books, found, named.number)
    return Replayed(named.name, *found, by_reference=False)


def books_of(ledger: Ledger, claims: Claims, limits: Limits) -> Books:
    """Return a ledger and claims as the kernels read them."""
    from finvest.tracing.share_kernel import Books

    return Books(
        np.ascontiguousarray(ledger.originator),
        np.ascontiguousarray(ledger.beneficiary),
        ledger.amount * MILLION,
        ledger.received * MILLION,
        np.ascontiguousarray(ledger.passes),
        np.ascontiguousarray(ledger.steps),
        ledger.opening * MILLION,
        np.ascontiguousarray(ledger.footing),
        np.ascontiguousarray(ledger.hypothesis),
        np.searchsorted(claims.movement, np.arange(ledger.movements + 1)),
        np.ascontiguousarray(claims.claim),
        claims.amount * MILLION,
        claims.number,
        reference.labels_of(claims, ledger),
        limits.depth,
        limits.least * MILLION,
    )


def _by_reference(ledger: Ledger, claims: Claims, rule: str, limits: Limits) -> Replayed:
    plain = reference.replay(ledger, claims, rule, limits)
    labels = reference.labels_of(claims, ledger)

    def table(rows: list[Any], dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - a numpy type
        return np.array(rows, dtype).reshape(len(rows), labels)

    return Replayed(
        rule,
        table(plain.left, object),
        table(plain.arrived, object),
        table(plain.dissipated, object),
        table(plain.held, object),
        table(plain.poisoned, np.bool_),
        np.array(plain.hop, np.int32),
        np.array(plain.fate, np.int8),
        np.array(plain.injected, object),
        by_reference=True,
        credit=tuple((m, overdrew, label, int(part)) for m, overdrew, label, part in plain.credit),
    )
