"""Whole units of currencies."""

from __future__ import annotations

import polars as pl

from finvest.features.units import minor_units


def test_minor_units_of_a_whole_one() -> None:
    codes = pl.DataFrame({"code": ["EUR", "JPY", "KWD", "CLF", "XXX", "BTC", None]})
    assert codes.select(minor_units(pl.col("code"))).to_series().to_list() == [100, 1, 1_000, 10_000, None, None, None]
