"""Whether an amount in one currency is another in a second one, at the day's rate."""

from __future__ import annotations

import polars as pl

from finvest.model.currencies import DECIMALS
from finvest.pairing.lines import EXACT

_PLACES = 10**8
_LARGEST = 10**15
"""Amounts above are not compared, so that the products below stay exact."""

_OLDEST_DAYS = 7
"""A rate holds until the next one, for so many days: weekends and holidays."""


def near_rate(pairs: pl.DataFrame, rates: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Keep candidates whose amounts differ by at most three per cent from the rate of the debit's day.

    Parameters
    ----------
    pairs : polars.DataFrame
        Candidates in two currencies, whose decimals are known.
    rates : polars.DataFrame
        ``day`` (Date), ``currency`` (ISO code), ``rate`` (exact decimal text: units of the currency for one unit of a
        base that is the same in all rows; the base itself has rows with ``1``).
    currencies : polars.DataFrame
        ``currency`` (number) and ``code``.

    Notes
    -----
    Compared by multiplication of whole numbers; rates count to eight decimals.
    """
    known = currencies.with_columns(unit=pl.col("code").replace_strict(DECIMALS, default=None, return_dtype=pl.Int64))
    known = known.drop_nulls().with_columns(unit=pl.lit(10, EXACT).cast(pl.Int64).pow(pl.col("unit")).cast(EXACT))
    table = rates.join(known, left_on="currency", right_on="code").select(
        "unit",
        currency="currency_right",
        day=pl.col("day").cast(pl.Int32),
        rate=(pl.col("rate").cast(pl.Decimal(38, 8)) * _PLACES).cast(pl.Decimal(38, 0)).cast(EXACT),
    )
    rows = pairs.filter((pl.col("amount") < _LARGEST) & (pl.col("amount_c") < _LARGEST)).sort("day")
    for end in ("", "_c"):
        rows = rows.join_asof(
            table.rename({c: f"{c}{end}" for c in ("currency", "unit", "rate")}).sort("day"),
            on="day",
            by=f"currency{end}",
            strategy="backward",
            tolerance=_OLDEST_DAYS,
            check_sortedness=False,
        )
    sent = pl.col("amount").cast(EXACT) * pl.col("unit_c") * pl.col("rate_c")
    arrived = pl.col("amount_c").cast(EXACT) * pl.col("unit") * pl.col("rate")
    return rows.filter((arrived * 100).is_between(sent * 97, sent * 103)).select(pairs.columns)
