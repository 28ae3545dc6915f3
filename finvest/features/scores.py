"""How a count becomes a score."""

from __future__ import annotations

import polars as pl


def grows(count: pl.Expr, scale: float) -> pl.Expr:
    """Return a score that rises from 0 towards 1 as a count grows; at `scale` it is 0.63.

    Counts are unsigned in Polars, so they are made floats before anything is subtracted.
    """
    return 1 - (count.cast(pl.Float64).clip(lower_bound=0) / -scale).exp()
