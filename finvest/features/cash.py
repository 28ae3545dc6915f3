"""Cash that goes into accounts and comes out of them: how much, where, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import polars as pl

from finvest.view import CaseView, feature

CASH = ("cash_atm", "cash_branch")

FOLLOWED_WITHIN = 48
"""Hours within which cash that went in comes out elsewhere (MLT-02 of the catalogue)."""

_AT_ONCE = 5_000
"""Sums of cash that are looked at together; only memory depends on it."""


@feature
def cash_events(view: CaseView) -> pl.DataFrame:
    """Return cash paid into and taken out of accounts.

    Returns
    -------
    polars.DataFrame
        In order of time: ``n``, ``account`` (number), ``direction`` (in, out), ``amount``, ``currency``, ``day``,
        ``earliest``, ``latest``, ``city``.
    """
    kind = view.frame("accounts")["kind"]
    columns = ("amount", "currency", "day", "earliest", "latest", "city")
    rows = view.frame("transactions", "n", "originator", "beneficiary", "channel", *columns)
    rows = rows.filter(pl.col("channel").is_in(list(CASH)))
    behind = {side: kind.gather(rows[side]) == "cash" for side in ("originator", "beneficiary")}
    rows = rows.with_columns(comes=behind["originator"], goes=behind["beneficiary"])
    direction = pl.when("comes").then(pl.lit("in")).otherwise(pl.lit("out"))
    account = pl.when("comes").then("beneficiary").otherwise("originator")
    one_side = rows.filter(pl.col("comes") != pl.col("goes"))
    return one_side.select("n", *columns, account=account, direction=direction).sort("n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is just under a line.

    Attributes
    ----------
    lines : tuple of (str, int)
        Line by currency, minor units; 0 where there is none.
    from_percent : int
        Smallest amount that counts as just under the line, percent of it.
    days : int
        Length of the period.
    """

    lines: tuple[tuple[str, int], ...]
    from_percent: int
    days: int


@feature
def under_line(view: CaseView, line: Line) -> pl.DataFrame:
    """Return for each account its period with the most cash just under the line.

    Returns
    -------
    polars.DataFrame
        One row an account, direction and currency with cash just under the line: ``account``, ``direction``,
        ``currency``, ``line`` (minor units), ``evidence``, ``events``, ``together`` (minor units), ``cities``,
        ``most_a_day``; over the account's whole time ``below`` (just under the line), ``above`` (as far above it),
        ``all`` (cash of that direction and currency), and ``chance``: the probability that so many or more of the two
        fall below if either side is as likely (binomial test, one-sided).
    """
    lines = pl.DataFrame(list(line.lines), schema={"currency": pl.String, "line": pl.Int64}, orient="row")
    keys = ["account", "direction", "currency"]
    hundredfold = pl.col("amount") * 100
    low = hundredfold >= pl.col("line") * line.from_percent
    high = hundredfold <= pl.col("line") * (200 - line.from_percent)
    events = (
        cash_events(view)
        .join(lines.filter(pl.col("line") > 0), on="currency", maintain_order="left")
        .with_columns(
            below=low & (pl.col("amount") < pl.col("line")), above=high & (pl.col("amount") >= pl.col("line"))
        )
        .sort(*keys, "day", "n")
    )
    totals = events.group_by(keys).agg(pl.col("below", "above").sum().cast(pl.Int64), all=pl.len())
    windows = (
        events.filter("below")
        .rolling("day", period=f"{line.days}d", group_by=[*keys, "line"])
        .agg(
            evidence="n",
            events=pl.len(),
            together=pl.col("amount").sum(),
            cities=pl.col("city").drop_nulls().n_unique(),
            most_a_day=pl.col("day").unique_counts().max(),
        )
    )
    best = windows.sort(*keys, -pl.col("events").cast(pl.Int64), -pl.col("together"), "day").unique(
        keys, keep="first", maintain_order=True
    )
    rows = best.drop("day").join(totals, on=keys, how="left", maintain_order="left")
    chance = [at_least(below, below + above) for below, above in rows.select("below", "above").iter_rows()]
    return rows.with_columns(chance=pl.Series(chance, dtype=pl.Float64))


@feature
def without_line(view: CaseView, line: Line) -> pl.DataFrame:
    """Return the cash of accounts in currencies that have no line.

    Returns
    -------
    polars.DataFrame
        One row an account and currency, sorted: ``account``, ``currency``, ``evidence``, ``why``.
    """
    lines = [currency for currency, minor in line.lines if minor]
    other = cash_events(view).filter(~pl.col("currency").is_in(lines)).sort("account", "currency", "n")
    rows = other.group_by("account", "currency", maintain_order=True).agg(evidence="n")
    return rows.with_columns(why=pl.format("no line is set for cash in {}", "currency"))


def at_least(hits: int, trials: int) -> float:
    """Return the probability of so many heads or more in so many throws of a coin: exact, then rounded once."""
    ways: int = sum(comb(trials, k) for k in range(hits, trials + 1))
    return ways / int(2**trials)


@feature
def home_city(view: CaseView) -> pl.DataFrame:
    """Return ``account`` and ``home``: the city in which it pays by card most often; of several the first by name."""
    tx = view.frame("transactions", "originator", "channel", "city")
    tx = tx.filter(pl.col("channel") == "card_pos", pl.col("city").is_not_null())
    counted = tx.group_by(account="originator", home="city").agg(times=pl.len().cast(pl.Int64))
    return counted.sort("account", -pl.col("times"), "home").unique("account", keep="first").drop("times")


def _followed(cash: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
    """Return cash that money out elsewhere follows: ``followed``, and whether the account was ``there`` by card."""
    near = cash.join(out.filter(pl.col("account").is_in(cash["account"].unique().implode())), on="account")
    elsewhere = pl.col("where").is_null() | (pl.col("where") != pl.col("city"))
    soon = (pl.col("late") >= pl.col("earliest")) & (
        pl.col("early") <= pl.col("latest").dt.offset_by(f"{FOLLOWED_WITHIN}h")
    )
    followed = near.filter(elsewhere & soon).group_by("n").agg(pl.col("followed").sort())
    apart = (pl.col("early") - pl.col("earliest")).abs() <= pl.duration(days=2)
    same = near.filter((pl.col("channel") == "card_pos") & (pl.col("where") == pl.col("city")) & apart)
    return cash.join(followed, on="n", maintain_order="left").with_columns(there=pl.col("n").is_in(same["n"].implode()))


@feature
def funnels(view: CaseView, days: int) -> pl.DataFrame:
    """Return accounts into which cash goes in several cities and comes out elsewhere soon after.

    Cash in counts if it was paid in outside the account's `home_city`, and is followed within 48 hours by money out
    in another city or by transfer.

    Returns
    -------
    polars.DataFrame
        One row an account, its period with the most cities: ``account``, ``cities``, ``rounds`` (cash in that counts),
        ``evidence`` (these, and what followed), ``home`` (null where unknown), ``travelled`` (cities in which the
        account paid by card within two days of the cash), ``code`` (most of the cash's currency).
    """
    tx = view.frame("transactions", "n", "originator", "channel", "city", "earliest", "latest")
    cash = cash_events(view).filter(pl.col("direction") == "in", pl.col("city").is_not_null())
    cash = cash.join(home_city(view), on="account", how="left", maintain_order="left")
    cash = cash.filter(pl.col("home").is_null() | (pl.col("home") != pl.col("city"))).sort("account", "day", "n")
    out = tx.select("channel", account="originator", followed="n", where="city", early="earliest", late="latest")
    # A few accounts at a time: the payments of a busy one stand beside each sum of its cash.
    part = cash.with_row_index("row").select(part=pl.col("row").first().over("account") // _AT_ONCE)
    parts = cash.hstack(part).partition_by("part", maintain_order=True, include_key=False)
    counted = pl.concat([_followed(some, out) for some in parts or [cash]])
    windows = counted.rolling("day", period=f"{days}d", group_by=["account", "home"]).agg(
        cities=pl.col("city").n_unique(),
        rounds=pl.len(),
        travelled=pl.col("city").filter("there").n_unique(),
        code=pl.col("currency").mode().sort().first(),
        evidence=pl.concat([pl.col("n"), pl.col("followed").explode(empty_as_null=False)]).unique().sort(),
    )
    windows = windows.with_columns(pl.col("code").cast(pl.String))  # of no window it has no type
    most = [-pl.col(c).cast(pl.Int64) for c in ("cities", "rounds")]
    return windows.sort("account", *most, "day").unique("account", keep="first", maintain_order=True).drop("day")
