"""Payments at night (NIGHT): from ten in the evening to six in the morning, where they were made."""

from __future__ import annotations

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.view import CaseView, feature

FROM, UNTIL = 22, 6
"""Local hours of the night, the first included (catalogue, NIGHT; published, S3)."""


@feature
def at_night(view: CaseView) -> pl.Series:
    """Return for each transaction whether it was made at night, by the clock of the zone it was written in.

    Returns
    -------
    polars.Series of Boolean, shape (transactions,)
        Null where only the date is known: a booking at midnight is no payment at night.
    """
    tx = view.frame("transactions", "clock", "time_known")
    hour = pl.col("clock").dt.hour()
    return tx.select(night=pl.when("time_known").then((hour >= FROM) | (hour < UNTIL)))["night"]


@feature
def night(view: CaseView) -> pl.DataFrame:
    """Return how many payments reach and leave each account at night.

    Returns
    -------
    polars.DataFrame
        One row an account and direction with a payment at a known time: ``account``, ``direction`` (in, out), ``timed``
        (payments at known times), ``night`` (those at night), ``untimed`` (known to a date only), sorted.

    Raises
    ------
    NotAssessable
        If no transaction has a time.
    """
    if (why := view.lacks(["transactions.time_known"])) is not None:
        raise NotAssessable(why)
    tx = view.frame("transactions", "originator", "beneficiary").with_columns(night=at_night(view))
    sides = [
        tx.select("night", account=side, direction=pl.lit(direction))
        for side, direction in (("beneficiary", "in"), ("originator", "out"))
    ]
    counted = (
        pl.concat(sides)
        .group_by("account", "direction")
        .agg(
            timed=pl.col("night").count().cast(pl.Int64),
            night=pl.col("night").sum().cast(pl.Int64),
            untimed=pl.col("night").null_count().cast(pl.Int64),
        )
    )
    return counted.filter(pl.col("timed") > 0).sort("account", "direction")
