"""Where an account's card was: stays in cities, and the moves between them."""

from __future__ import annotations

import polars as pl

from finvest.model.identifiers import text_keys
from finvest.view import CaseView, feature

PRESENT = ("card_pos", "cash_atm")
"""Channels at which the card itself is there."""


@feature
def present(view: CaseView) -> pl.DataFrame:
    """Return payments and withdrawals at which an account's card was there, in order of time.

    Returns
    -------
    polars.DataFrame
        ``n``, ``account``, ``city`` (comparison key), ``day``, ``earliest``, ``mcc``; those without a city are left
        out. On one day payments of unknown time are in order of city, so that nothing moves to and fro by chance.
    """
    kind = view.frame("accounts")["kind"]
    rows = view.frame("transactions", "n", "originator", "channel", "city", "day", "earliest", "time_known", "mcc")
    rows = rows.filter(pl.col("channel").is_in(list(PRESENT)))
    rows = rows.filter(kind.gather(rows["originator"]) != "cash")
    written = rows["city"].drop_nulls().unique().to_frame()
    keys = written.select("city", key=text_keys(pl.col("city"))).filter(pl.col("key") != "")
    rows = rows.join(keys, on="city", maintain_order="left")
    untimed = pl.when(~pl.col("time_known")).then("key")
    rows = rows.sort("originator", "day", "earliest", untimed, "n", nulls_last=True)
    return rows.select("n", "day", "earliest", "mcc", account="originator", city="key")


@feature
def stays(view: CaseView) -> pl.DataFrame:
    """Return stays of an account's card in one city after the other.

    Returns
    -------
    polars.DataFrame
        In order of account and time: ``account``, ``stay`` (from 0), ``city`` (comparison key), ``first_day``,
        ``last_day``, ``nights`` (between them), ``evidence`` (transactions), ``mcc`` (list).
    """
    rows = present(view)
    new = (pl.col("city") != pl.col("city").shift().over("account")).fill_null(value=False)
    rows = rows.with_columns(stay=new.cum_sum().over("account"))
    days = pl.col("day")
    return rows.group_by("account", "stay", maintain_order=True).agg(
        pl.col("city").first(),
        first_day=days.min(),
        last_day=days.max(),
        nights=(days.max() - days.min()).dt.total_days(),
        evidence=pl.col("n").sort(),
        mcc=pl.col("mcc").drop_nulls().unique().sort(),
    )


@feature
def hops(view: CaseView, days: int) -> pl.DataFrame:
    """Return the period in which each account's card changed city most often: CITY and HOP of the catalogue.

    Parameters
    ----------
    days : int
        Length of the period.

    Returns
    -------
    polars.DataFrame
        One row an account that changed city: ``account``, ``hops`` (changes whose stays begin within the period, the
        first not counted), ``cities`` (distinct), ``first_day``, ``last_day``, ``stays`` (numbers), ``evidence``
        (a list of transactions for each stay). Of equal periods the earliest.
    """
    windows = (
        stays(view)
        .sort("account", "first_day", "stay")
        .rolling("first_day", period=f"{days}d", group_by="account")
        .agg(
            hops=pl.len().cast(pl.Int64) - 1,
            cities=pl.col("city").n_unique().cast(pl.Int64),
            begins=pl.col("first_day").min(),
            last_day=pl.col("last_day").max(),
            stays="stay",
            evidence="evidence",
        )
        .filter(pl.col("hops") > 0)
    )
    best = windows.sort("account", -pl.col("hops"), -pl.col("cities"), "first_day")
    return best.unique("account", keep="first", maintain_order=True).drop("first_day").rename({"begins": "first_day"})
