"""What measurements say, in words, by one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.evaluate.metrics import interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

WORKS, NO_BETTER, TOO_FEW = "works", "no better than degree", "too few patterns to say"

FEWEST = 10
"""Patterns below which nothing is said."""

NARROW = 0.1
"""An advantage is ruled out where 95 % of resamples leave less than this much of it."""


def verdict(
    ap: float,
    samples: NDArray[np.float64],
    rivals: Sequence[tuple[str, float, NDArray[np.float64]]],
    patterns: int,
) -> tuple[str, str]:
    """Judge a ranking beside what needs no pattern: chance, and degree (in, out, both).

    The rule, over the same resamples of whole patterns for all: the strongest rival is the one with the highest average
    precision. Fewer than `FEWEST` patterns: too few patterns to say. The ranking works where its average precision is
    above the rival's in 97.5 % of resamples. It is no better than degree where its advantage is below `NARROW` in
    97.5 % of them. Anything else: too few patterns to say.

    Parameters
    ----------
    ap : float
        Of the ranking.
    samples : ndarray of float64, shape (resamples,)
        Its average precision on each resample.
    rivals : sequence of (str, float, ndarray of float64)
        Name, average precision and resamples of each.
    patterns : int
        To be found.

    Returns
    -------
    verdict : str
    why : str
        The figures behind it.
    """
    name, rival_ap, rival = max(rivals, key=lambda r: r[1])
    against = f"{name} ({rival_ap:.3f})"
    between = interval(samples - rival) if len(samples) == len(rival) else None
    if patterns < FEWEST or between is None:
        return TOO_FEW, f"{patterns} patterns; against {against} {ap - rival_ap:+.3f}"
    low, high = between
    why = f"{low:+.3f} to {high:+.3f} against {against}"
    if low > 0:
        return WORKS, why
    return (NO_BETTER if high < NARROW else TOO_FEW), why
