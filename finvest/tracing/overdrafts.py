"""Overdrafts by backwards tracing: which payments had overdrawn an account that claimed money then repaid.

What comes in repays the oldest credit first. Claimed money in it is attributed, when that is asked for, to the payments
that the credit had made, in proportion; that they were paid for by it is a legal question, which a court may answer
either way. What overdrew an account before the first record on file is not known, and stays dissipated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np

from finvest.model.errors import UsageError
from finvest.tracing.reference import BEFORE
from finvest.tracing.shares import MILLION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finvest.tracing.ledger import Ledger
    from finvest.tracing.replay import Replayed

Overdraft = Literal["dissipation", "backwards"]

MEANS: dict[str, str] = {
    "dissipation": "Claimed money that repays an overdraft is gone: nothing is left of it that could be pointed at.",
    "backwards": "Backwards tracing was asked for: claimed money that repays an overdraft stands in what the overdraft "
    "had paid for, the oldest payment first. A court may or may not allow it. Those payments are not followed further.",
}
"""How claimed money that repays an overdraft can be taken, as a reader is told."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attributed:
    """Claimed money that repaid an overdraft, by the payment that had overdrawn.

    Attributes
    ----------
    repaid, paid : int32 of shape (links,)
        Movements: the one that repaid, and the earlier one that the credit had paid; in order of the replay.
    parts : int64 of shape (links, labels)
        Millionths of a minor unit; Python integers (dtype object) where the reference did the work.
    """

    repaid: NDArray[np.int32]
    paid: NDArray[np.int32]
    parts: NDArray[Any]

    def __repr__(self) -> str:
        return f"Attributed({len(self.paid):,} links)"


def overdraft_named(name: str) -> Overdraft:
    """Return how overdrafts are taken.

    Raises
    ------
    UsageError
        If there is no such way.
    """
    for way in get_args(Overdraft):
        if name == way:
            return cast("Overdraft", way)
    raise UsageError("overdrafts are taken as dissipation, or as backwards tracing: say dissipation or backwards")


def none_of(found: Replayed) -> Attributed:
    """Return what is attributed where backwards tracing is not asked for."""
    empty = np.empty(0, np.int32)
    return Attributed(empty, empty, np.empty((0, found.dissipated.shape[1]), found.dissipated.dtype))


def attributed(ledger: Ledger, found: Replayed) -> Attributed:
    """Say what claimed money that repaid overdrafts had paid for.

    Parameters
    ----------
    ledger : Ledger
    found : Replayed
        What its replay found under any rule; poison has no amounts, and nothing is attributed.
    """
    if found.by_reference:
        return _of_credit(found)
    from finvest.tracing.overdraft_kernel import links, split

    repaid, paid, used = links(
        np.ascontiguousarray(ledger.originator),
        np.ascontiguousarray(ledger.beneficiary),
        ledger.amount * MILLION,
        ledger.received * MILLION,
        np.ascontiguousarray(ledger.steps),
        ledger.opening * MILLION,
        np.ascontiguousarray(ledger.footing),
        found.dissipated.any(axis=1),
    )
    parts = split(repaid, used, found.dissipated)
    known = paid < ledger.movements
    return Attributed(repaid[known], paid[known], parts[known])


def _of_credit(found: Replayed) -> Attributed:
    rows: dict[tuple[int, int], list[int]] = {}
    for repaid, paid, label, part in found.credit:
        if paid != BEFORE:
            rows.setdefault((repaid, paid), [0] * found.dissipated.shape[1])[label] += part
    if not rows:
        return none_of(found)
    keys = np.array(list(rows), np.int32)
    return Attributed(keys[:, 0], keys[:, 1], np.array(list(rows.values()), object))
