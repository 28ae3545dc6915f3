"""What a replay reads: pots of money, movements between them, and the order in which they leave and arrive.

A *pot* is the money of one account in one currency over days for which its books are on file without a gap. Where the
books have a gap, the account's next pot begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finvest.tracing.shares import MILLION

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIXED, ELASTIC, BOTTOMLESS = range(3)
"""Footings of a pot: its opening balance is known; it is not, and nothing of it is taken to be there (what the records
cannot pay was there before them); it is not, and any amount of own money is taken to lie in front."""

NO_POT = -1

LARGEST = 2**62
"""Sums of a kernel stay below it, in millionths of a minor unit."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ledger:
    """Movements of money between pots.

    Attributes
    ----------
    originator, beneficiary : int32 of shape (movements,)
        Pots that the records show money leave and enter; `NO_POT` where no books of that side are on file.
    amount, received : int64 of shape (movements,)
        What leaves and what arrives, minor units of either pot's currency; more than zero.
    passes : bool of shape (movements,)
        Traced value goes on with it. Where it does not, the trail ends there, and what arrives is own money.
    steps : int32 of shape (2 × movements,)
        The order of the replay: ``2 m`` is the departure of movement ``m``, ``2 m + 1`` its arrival.
    opening : int64 of shape (pots,)
        Balance before the first movement, minor units; 0 where it is not known.
    footing : int8 of shape (pots,)
        `FIXED`, `ELASTIC` or `BOTTOMLESS`.
    hypothesis : bool of shape (pots,)
        Not an account, but what a person takes two records to be: what leaves it rests on that.
    """

    originator: NDArray[np.int32]
    beneficiary: NDArray[np.int32]
    amount: NDArray[np.int64]
    received: NDArray[np.int64]
    passes: NDArray[np.bool_]
    steps: NDArray[np.int32]
    opening: NDArray[np.int64]
    footing: NDArray[np.int8]
    hypothesis: NDArray[np.bool_]

    @property
    def movements(self) -> int:
        """How many movements there are."""
        return len(self.amount)

    @property
    def pots(self) -> int:
        """How many pots there are."""
        return len(self.opening)

    def __repr__(self) -> str:
        return f"Ledger({self.movements:,} movements, {self.pots:,} pots)"

    @property
    def fits(self) -> bool:
        """Tell whether every sum of a replay fits what the kernels compute with."""
        parts = (self.amount, self.received, np.abs(self.opening))
        return sum(int(part.sum(dtype=object)) for part in parts) * MILLION < LARGEST


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Claims:
    """What is claimed: parts of movements, for each claim.

    Attributes
    ----------
    number : int
        How many claims there are; they are numbered from 0.
    movement, claim : int32 of shape (parts,)
        Sorted by movement, then claim.
    amount : int64 of shape (parts,)
        Minor units of what leaves with the movement; more than zero.
    """

    number: int
    movement: NDArray[np.int32]
    claim: NDArray[np.int32]
    amount: NDArray[np.int64]

    @classmethod
    def of(cls, parts: list[dict[int, int]]) -> Claims:
        """Make claims of one dictionary each: movement to amount."""
        rows = sorted((movement, c, amount) for c, part in enumerate(parts) for movement, amount in part.items())
        columns = np.array(rows, np.int64).reshape(-1, 3)
        return cls(len(parts), columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2].copy())


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a replay follows; what a limit cuts stays visible, with the movement that it cut.

    Attributes
    ----------
    depth : int
        Most hops from the claim's first arrival.
    least : int
        Traced value of a movement, minor units, below which it is not followed.
    """

    depth: int = 2**31 - 2
    least: int = 0
