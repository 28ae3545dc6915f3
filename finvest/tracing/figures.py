"""From a replay to figures in minor units that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finvest.tracing.ledger import NO_POT
from finvest.tracing.overdrafts import none_of
from finvest.tracing.reference import ENDED, FOLLOWED
from finvest.tracing.shares import MILLION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finvest.tracing.ledger import Ledger
    from finvest.tracing.overdrafts import Attributed
    from finvest.tracing.replay import Replayed

    Amounts = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Figures:
    """Traced value in minor units, by label (`finvest.tracing.replay.Replayed`).

    Attributes
    ----------
    left : int64 of shape (movements, labels)
        What left with each movement; with own money it adds up to the movement's amount.
    arrived : int64 of shape (movements, labels)
        What arrived with it, minor units of the payee's currency.
    held : int64 of shape (pots, labels)
        What lies there at the end.
    ended, cut, dissipated, fees : int64 of shape (movements, labels)
        What a trail lost sight of with a movement, what a limit cut, what repaid an overdraft, what a fee took.
        With `held` and `attributed`, in one currency, they add up to what was claimed.
    attributed : int64 of shape (links, labels)
        What repaid an overdraft and, by backwards tracing, stands in what that had paid for; none of it is in
        `dissipated`.
    """

    left: Amounts
    arrived: Amounts
    held: Amounts
    ended: Amounts
    cut: Amounts
    dissipated: Amounts
    fees: Amounts
    attributed: Amounts


def figures(
    ledger: Ledger,
    found: Replayed,
    currency: NDArray[np.int32],
    paid_in: NDArray[np.int32],
    credited: Attributed | None = None,
) -> Figures:
    """Round a replay to minor units.

    Parameters
    ----------
    ledger : Ledger
    found : Replayed
    currency, paid_in : int32
        Number of the currency of each pot, and of what leaves with each movement.
    credited : Attributed, optional
        What repaid overdrafts by what these had paid for, where backwards tracing is asked for.
    """
    left = _movements(ledger, found)
    # Where nothing lies between, what arrives is what left, to the unit.
    arrived = np.where((found.arrived == found.left).all(axis=1)[:, None], left, _whole(found.arrived))
    gone = np.isin(found.fate, (FOLLOWED,)) & (ledger.beneficiary != NO_POT)
    same = np.zeros(ledger.movements, np.bool_)
    same[gone] = currency[ledger.beneficiary[gone]] == paid_in[gone]
    ended = np.where((found.fate == ENDED)[:, None], found.left, 0)
    cut = np.where((found.fate > ENDED)[:, None], found.left, 0)
    fees = np.where(same[:, None], np.maximum(found.left - found.arrived, 0), 0)
    if found.rule == "poison":  # exposure is no amount of the claim: nothing adds up to it, whole movements count
        nothing = np.zeros_like(left)
        places = [_whole(found.held), _whole(ended), _whole(cut), nothing, nothing, nothing[:0]]
    else:
        credited = credited or none_of(found)
        gone_for_good = found.dissipated.copy()
        np.subtract.at(gone_for_good, credited.repaid, credited.parts)
        arrives_in = _arrives_in(ledger, currency)
        groups = [currency, paid_in, paid_in, arrives_in, paid_in, arrives_in[credited.repaid]]
        places = _places([found.held, ended, cut, gone_for_good, fees, credited.parts], groups)
    return Figures(left, arrived, *places)


def _arrives_in(ledger: Ledger, currency: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where(ledger.beneficiary == NO_POT, NO_POT, currency[ledger.beneficiary]).astype(np.int32)


def _whole(millionths: Amounts) -> Amounts:
    """Round to the nearest minor unit."""
    return ((millionths + MILLION // 2) // MILLION).astype(np.int64)


def _movements(ledger: Ledger, found: Replayed) -> Amounts:
    """Round what left with each movement so that, with own money, it adds up to the amount."""
    rounded = (found.left // MILLION).astype(np.int64)
    rows = np.flatnonzero((found.left % MILLION != 0).any(axis=1))
    if found.rule == "poison" or not len(rows):
        return rounded
    own = (ledger.amount[rows] * MILLION - found.left[rows].sum(axis=1))[:, None]
    remainders = np.concatenate([found.left[rows], own], axis=1) % MILLION
    spare = (remainders.sum(axis=1) // MILLION)[:, None]
    place = np.argsort(np.argsort(-remainders.astype(np.int64), axis=1, kind="stable"), axis=1, kind="stable")
    rounded[rows] += (place < spare)[:, :-1]
    return rounded


def _places(parts: list[Amounts], groups: list[NDArray[np.int32]]) -> list[Amounts]:
    """Round where value lies so that, in each currency, a claim's places add up to the whole."""
    every, group = np.concatenate(parts), np.concatenate(groups)
    rounded = (every // MILLION).astype(np.int64)
    remainders = (every % MILLION).astype(np.int64)
    for label in range(every.shape[1]):
        odd = np.flatnonzero(remainders[:, label])
        for of in np.unique(group[odd]):
            rows = odd[group[odd] == of]
            spare = (int(remainders[rows, label].sum()) + MILLION // 2) // MILLION
            first = rows[np.argsort(-remainders[rows, label], kind="stable")]
            rounded[first[:spare], label] += 1
    return list(np.split(rounded, np.cumsum([len(part) for part in parts])[:-1]))
