"""How much of what came in stayed, month by month (RET)."""

from __future__ import annotations

import polars as pl

from finvest.features.balances import daily_flows, openings
from finvest.view import CaseView, feature


@feature
def monthly_retention(view: CaseView, accounts: tuple[int, ...] | None = None) -> pl.DataFrame:
    """Return how much of what an account received in a month stayed in it: mean end-of-day balance over value credited.

    Source: RET(a, W) of the catalogue, section 1, W a calendar month; `finvest.features.balances.retention` is the same
    over an account's whole time on file.

    Parameters
    ----------
    accounts : tuple of int, optional
        Numbers of the accounts that are asked for; all where left out.

    Returns
    -------
    polars.DataFrame
        One row an account, currency and month in which something was credited: ``account``, ``currency`` (code),
        ``month`` (its first day), ``mean_balance`` (minor units, float: it only ranks), ``credited`` (minor units),
        ``retained`` (their ratio), ``days`` (of the month on file), sorted. The first month counts from the first
        booking, the last one to the last. Accounts whose balances nothing on file fixes are absent: not assessable.
    """
    keys = ["account", "currency"]
    daily = daily_flows(view, accounts).join(openings(view, accounts), on=keys).sort(*keys, "day")
    # A balance stands until the next booking: each month begins with a row of its own, so that none reaches into two.
    spans = daily.group_by(keys).agg(first=pl.col("day").min(), last=pl.col("day").max())
    starts = pl.date_ranges(pl.col("first").dt.month_start(), pl.col("last"), interval="1mo")
    begins = spans.with_columns(day=starts).explode("day", empty_as_null=False).filter(pl.col("day") > pl.col("first"))
    zero = pl.lit(0, pl.Int64)
    begins = begins.select(*keys, "day", credit=zero, net=zero).join(daily, on=[*keys, "day"], how="anti")
    rows = pl.concat([daily.select(*keys, "day", "credit", "net"), begins])
    rows = rows.join(openings(view, accounts), on=keys).sort(*keys, "day")
    until = pl.coalesce(pl.col("day").shift(-1).over(keys), pl.col("day").dt.offset_by("1d"))
    rows = rows.with_columns(
        balance=pl.col("opening") + pl.col("net").cum_sum().over(keys),
        days=(until - pl.col("day")).dt.total_days(),
        month=pl.col("day").dt.month_start(),
    )
    months = rows.group_by(*keys, "month").agg(
        mean_balance=(pl.col("balance") * pl.col("days")).sum() / pl.col("days").sum(),
        credited=pl.col("credit").sum(),
        days=pl.col("days").sum(),
    )
    months = months.filter(pl.col("credited") > 0).with_columns(retained=pl.col("mean_balance") / pl.col("credited"))
    return months.select(*keys, "month", "mean_balance", "credited", "retained", "days").sort(*keys, "month")
