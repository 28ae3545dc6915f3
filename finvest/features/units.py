"""Whole units of currencies."""

from __future__ import annotations

import polars as pl

from finvest.model.currencies import DECIMALS


def minor_units(currency: pl.Expr) -> pl.Expr:
    """Return how many minor units one whole unit of a currency has, Int128; null of a code without decimals."""
    powers = {code: 10**d for code, d in DECIMALS.items()}
    return currency.replace_strict(powers, default=None, return_dtype=pl.Int64).cast(pl.Int128)
