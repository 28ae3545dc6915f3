"""Payers never seen before (NEW), and how many payers there are (NP)."""

from __future__ import annotations

import polars as pl

from finvest.view import CaseView, feature


@feature
def newness(view: CaseView, days: int) -> pl.DataFrame:
    """Return for each account its period with the most payers never seen before.

    Source: NP(a, W) and NEW(a, W) of the catalogue, section 1. In the first ``days`` of an account's time on file every
    payer is new, so no period that begins in them is looked at; an account without a later payment is absent: not
    assessable, not zero. Cash, and payers whom nothing identifies, are no payers.

    Parameters
    ----------
    days : int
        Length of the period W.

    Returns
    -------
    polars.DataFrame
        One row an account: ``account``, ``until`` (last day of the period), ``payers`` (NP), ``new`` (those never seen
        before it; NEW is ``new`` over ``payers``), ``evidence`` (their payments in the period), sorted.
    """
    kind = view.frame("accounts")["kind"]
    tx = view.frame("transactions", "n", "originator", "beneficiary", "day")
    known = ~kind.gather(tx["originator"]).is_in(["cash", "unknown"])
    both = [tx.select("day", account=side) for side in ("originator", "beneficiary")]
    since = pl.concat(both).group_by("account").agg(since=pl.col("day").min())
    paid = tx.filter(known, pl.col("originator") != pl.col("beneficiary"))
    paid = paid.select("n", "day", payer="originator", account="beneficiary").join(since, on="account")
    pairs = ["account", "payer"]
    paid = paid.sort("account", "day", "n").with_columns(
        first=pl.col("day").min().over(pairs), debut=pl.struct(pairs).is_first_distinct()
    )
    daily = paid.group_by("account", "day", maintain_order=True).agg(
        new=pl.col("debut").sum().cast(pl.Int64), since=pl.col("since").first()
    )
    # Whoever was never seen before the window has the first payment in it, and nobody else has.
    new = daily.rolling("day", period=f"{days}d", group_by=["account", "since"]).agg(pl.col("new").sum())
    late = pl.col("day") >= pl.col("since") + pl.duration(days=2 * days - 1)
    best = new.filter(late).sort("account", -pl.col("new"), "day").unique("account", keep="first", maintain_order=True)
    chosen = (
        best.select("account", "new", until="day")
        .join(paid, on="account", how="left")
        .filter(pl.col("day") <= pl.col("until"), pl.col("day") > pl.col("until") - pl.duration(days=days))
    )
    fresh = pl.col("first") > pl.col("until") - pl.duration(days=days)
    counted = chosen.group_by("account", "until", "new").agg(
        payers=pl.col("payer").n_unique().cast(pl.Int64), evidence=pl.col("n").filter(fresh).sort()
    )
    return counted.select("account", "until", "payers", "new", "evidence").sort("account")
