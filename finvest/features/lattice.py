"""The lattice of prices: sums that are multiples of ten, as prices of services often are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from finvest.model.currencies import DECIMALS
from finvest.view import CaseView, feature


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Prices that are looked at, in whole units of any currency.

    Attributes
    ----------
    low, high : int
        Smallest and largest, both included.
    step : int
        A price on the lattice is a multiple of it.
    """

    low: int
    high: int
    step: int = 10


def in_band(band: Band) -> pl.Expr:
    """Tell whether ``amount`` of ``currency`` lies in the band; null where the currency's decimals are not known."""
    return pl.col("amount").is_between(band.low * _unit(), band.high * _unit())


def on_lattice(band: Band) -> pl.Expr:
    """Tell whether ``amount`` of ``currency`` lies in the band and is a multiple of its step; null as `in_band`."""
    return in_band(band) & (pl.col("amount") % (band.step * _unit()) == 0)


def _unit() -> pl.Expr:
    powers = {code: 10**decimals for code, decimals in DECIMALS.items()}
    return pl.col("currency").replace_strict(powers, default=None, return_dtype=pl.Int64)


@feature
def lattice(view: CaseView, band: Band) -> pl.DataFrame:
    """Return the share of each account's credits that lie on the lattice of prices: LAT of the catalogue.

    Parameters
    ----------
    band : Band

    Returns
    -------
    polars.DataFrame
        One row an account and currency of known decimals, of all its time: ``account``, ``currency``, ``credits``
        (of any amount), ``banded`` (in the band), ``on_lattice`` (of those the multiples of its step), ``evidence``
        (these). The share is ``on_lattice`` of ``credits``; compare by multiplication. For a window use `on_lattice`
        on its rows.
    """
    rows = view.frame("transactions", "n", "beneficiary", "originator", "amount", "currency")
    rows = rows.filter(pl.col("originator") != pl.col("beneficiary"), pl.col("currency").is_in([*DECIMALS]))
    rows = rows.with_columns(banded=in_band(band), on=on_lattice(band))
    return (
        rows.group_by("currency", account="beneficiary")
        .agg(
            credits=pl.len().cast(pl.Int64),
            banded=pl.col("banded").sum().cast(pl.Int64),
            on_lattice=pl.col("on").sum().cast(pl.Int64),
            evidence=pl.col("n").filter("on").sort(),
        )
        .select("account", "currency", "credits", "banded", "on_lattice", "evidence")
        .sort("account", "currency")
    )
