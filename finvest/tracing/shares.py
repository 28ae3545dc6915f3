"""Dividing money so that the parts always add up: largest remainder, ties by number."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Number = int | Fraction
    Split = Callable[[Number, Sequence[Number]], list[Number]]

MILLION = 1_000_000
"""Units of tracing in one minor unit: thousands of small debits would otherwise round a share away."""


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number in proportion to weights.

    Each part is rounded down; what is left goes, one each, to the largest remainders, of equal ones to the first.

    Parameters
    ----------
    total : int
        What is divided; not negative.
    weights : sequence of int
        Not negative, with a sum above zero unless `total` is 0.

    Returns
    -------
    list of int
        Parts that add up to `total`; each differs from its exact share by less than one.
    """
    whole = sum(weights)
    if not total:
        return [0] * len(weights)
    parts, remainders = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    given = list(parts)
    first = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in first[: total - sum(parts)]:
        given[i] += 1
    return given


def exact(total: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
    """Divide a number in proportion to weights, without rounding; see `largest_remainder`."""
    whole = sum(weights)
    return [Fraction(total * weight, whole) if total else Fraction(0) for weight in weights]
