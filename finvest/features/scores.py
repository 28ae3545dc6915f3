"""How a count becomes a score."""

from __future__ import annotations

import polars as pl

HALF = 40
"""Surprise, nats, that scores one half."""


def surprise(count: pl.Expr, usual: pl.Expr) -> pl.Expr:
    """Return by how much a count surprises where so many are usual: k ln(k/m) − (k − m), nats; 0 where k ≤ m.

    It is the logarithm of the likelihood ratio of two Poisson rates.
    """
    k, m = count.cast(pl.Float64), usual
    return pl.when(k > m).then(k * (k / m).log() - (k - m)).otherwise(0.0)


def surprising(nats: pl.Expr) -> pl.Expr:
    """Return a score that rises from 0 towards 1 as the surprise grows; at `HALF` nats it is one half."""
    return nats / (nats + HALF)


def grows(count: pl.Expr, scale: float) -> pl.Expr:
    """Return a score that rises from 0 towards 1 as a count grows; at `scale` it is 0.63.

    Many counts are unsigned in Polars, where 2 - 3 is four thousand million: cast one to Int64 before more is
    subtracted from it than it can hold.
    """
    return 1 - (count.cast(pl.Float64).clip(lower_bound=0) / -scale).exp()
