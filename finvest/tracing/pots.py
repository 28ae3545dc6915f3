"""Pots: what an account held over days for which its books are on file without a gap, and with how much it began."""

from __future__ import annotations

import polars as pl

from finvest.model.tables import DAY, TEXT, table
from finvest.pairing.coverage import books_in_order, complete_days
from finvest.pairing.lines import own_lines

SCHEMA = pl.Schema(
    {
        "pot": pl.Int32(),
        "account": TEXT,
        "currency": TEXT,
        "start": DAY,
        "end": DAY,
        "proof": TEXT,
        "opening": pl.Int128(),
        "reconciles": pl.Boolean(),
        "last": pl.Boolean(),
    }
)
"""Columns of `pots`."""

_KEYS = ["account", "currency"]
_BOOKS = [*_KEYS, "source"]
_ONE_DAY = pl.duration(days=1)


def stretches(coverage: pl.DataFrame) -> pl.DataFrame:
    """Return the days on file of each account, neighbours joined.

    Parameters
    ----------
    coverage : polars.DataFrame
        What `finvest.pairing.coverage.coverage` returns. Days that are only assumed count, and are said to be so.

    Returns
    -------
    polars.DataFrame
        ``pot`` (number), ``account``, ``currency``, ``start``, ``end``, ``proof`` (``proven``, ``in part assumed``,
        ``assumed``), ``last`` (no later days of the account are on file); sorted by account, currency, start.
    """
    rows = coverage.sort(*_KEYS, "start", "end")
    reached = pl.col("end").cum_max().shift(1).over(_KEYS)
    rows = rows.with_columns(run=(pl.col("start") > reached + _ONE_DAY).fill_null(value=True).cum_sum())
    joined = rows.group_by(*_KEYS, "run").agg(pl.col("start").min(), pl.col("end").max()).sort(*_KEYS, "start")
    proven = complete_days(coverage).rename({"start": "since", "end": "until"})
    both = joined.drop("run").with_row_index("pot").join(proven, on=_KEYS, how="left")
    first = pl.when(pl.col("since") > pl.col("start")).then("since").otherwise("start")
    final = pl.when(pl.col("until") < pl.col("end")).then("until").otherwise("end")
    shared = pl.when(pl.col("since").is_not_null()).then(final - first + _ONE_DAY).otherwise(pl.duration())
    days = pl.when(shared > pl.duration()).then(shared).otherwise(pl.duration()).sum()
    whole = pl.col("end").first() - pl.col("start").first() + _ONE_DAY
    return (
        both.group_by("pot", *_KEYS, "start", "end")
        .agg(
            proof=pl.when(days == whole)
            .then(pl.lit("proven"))
            .when(days > pl.duration())
            .then(pl.lit("in part assumed"))
            .otherwise(pl.lit("assumed"))
        )
        .sort("pot")
        .with_columns(pl.col("pot").cast(pl.Int32), last=pl.col("start") == pl.col("start").max().over(_KEYS))
    )


def with_openings(
    days: pl.DataFrame, booked: pl.DataFrame, transactions: pl.DataFrame | pl.LazyFrame, balances: pl.DataFrame
) -> pl.DataFrame:
    """Add what each pot began with, by addition from any balance that its books give.

    Parameters
    ----------
    days : polars.DataFrame
        What `stretches` returns.
    booked : polars.DataFrame
        Every booking of a pot: ``pot``, ``day``, ``change`` (signed minor units), ``source``.
    transactions, balances : polars.DataFrame
        Rows of the tables of these names.

    Returns
    -------
    polars.DataFrame
        Columns as in `SCHEMA`. ``opening`` is null where no balance fixes it. ``reconciles`` is false where balances
        contradict each other or the entries: the opening is then not known either.
    """
    said = pl.concat([_stated(days, booked, balances), _running(days, booked, transactions)])
    contradicted = _contradicted(days, balances)
    found = said.group_by("pot").agg(
        pl.col("opening").drop_nulls().unique().sort(), broken=pl.col("broken").any(ignore_nulls=True)
    )
    one = pl.col("opening").list.len() <= 1
    rows = days.join(found, on="pot", how="left").with_columns(
        reconciles=(one & ~pl.col("broken")).fill_null(value=True) & ~pl.col("pot").is_in(contradicted.implode())
    )
    opening = pl.when("reconciles").then(pl.col("opening").list.first())
    return rows.with_columns(opening=opening).select(SCHEMA.names()).cast(SCHEMA).sort("pot")


def _stated(days: pl.DataFrame, booked: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """Return what the opening and closing balances of statements imply."""
    rows = table("balances").complete(balances).filter(pl.col("proof").ne_missing("failed"))
    opened = rows.select(*_KEYS, day=pl.col("start"), balance=pl.col("opening"))
    closed = rows.select(*_KEYS, day=pl.col("end") + _ONE_DAY, balance=pl.col("closing"))
    said = pl.concat([opened, closed]).drop_nulls().cast({"balance": pl.Int128}).unique()
    # A balance stands at the start of a day; days that touch the pot's belong to it.
    met = days.join(said, on=_KEYS).filter(pl.col("day").is_between("start", pl.col("end") + _ONE_DAY))
    return _implied(met, booked)


def _implied(met: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    """Take off everything that was booked before the day at whose start a balance stood."""
    daily = booked.group_by("pot", on="day").agg(net=pl.col("change").sum())
    before = met.join(daily, on="pot", how="left").with_columns(
        net=pl.when(pl.col("on") < pl.col("day")).then("net").otherwise(pl.lit(0, pl.Int128))
    )
    sums = before.group_by("pot", "day", "balance").agg(net=pl.col("net").sum())
    return sums.select("pot", opening=pl.col("balance") - pl.col("net"), broken=pl.lit(value=False))


def _running(days: pl.DataFrame, booked: pl.DataFrame, transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return what running balances imply, where the order of the lines on their day is beyond doubt."""
    lines = own_lines(transactions)
    books = books_in_order(lines).select(*_BOOKS, "runs", day="first", balance=pl.col("before").cast(pl.Int128))
    in_order = days.join(books.filter("runs"), on=_KEYS).filter(pl.col("day").is_between("start", "end"))
    of_day = booked.group_by("pot", "day").agg(
        bookings=pl.len(), sources=pl.col("source").n_unique(), of=pl.col("source").first()
    )
    # Before the first line of a source, where no other source shows anything on that day.
    starts = in_order.join(of_day, on=["pot", "day"]).filter(
        (pl.col("sources") == 1) & (pl.col("of") == pl.col("source"))
    )
    # A balance on a day of one booking stands at the start of the next day.
    alone = lines.join(books.filter(pl.col("runs").is_null()), on=_BOOKS, how="semi").drop_nulls("balance_after")
    single = days.join(alone.select(*_KEYS, "day", balance="balance_after"), on=_KEYS)
    single = single.join(of_day.filter(pl.col("bookings") == 1), on=["pot", "day"])
    said = pl.concat(
        [
            starts.select("pot", "day", "balance"),
            single.select("pot", pl.col("day") + _ONE_DAY, "balance"),
        ]
    )
    contradicted = days.join(books.filter(~pl.col("runs")), on=_KEYS).filter(pl.col("day").is_between("start", "end"))
    broken = contradicted.select("pot", opening=pl.lit(None, pl.Int128), broken=pl.lit(value=True))
    return pl.concat([_implied(said, booked), broken])


def _contradicted(days: pl.DataFrame, balances: pl.DataFrame) -> pl.Series:
    """Return the pots of which a statement does not add up."""
    failed = table("balances").complete(balances).filter(pl.col("proof") == "failed")
    met = days.join(failed.select(*_KEYS, since="start", until="end"), on=_KEYS)
    touching = (pl.col("since").is_null() | (pl.col("since") <= pl.col("end"))) & (
        pl.col("until").is_null() | (pl.col("until") >= pl.col("start"))
    )
    return met.filter(touching)["pot"].unique()
