"""For which days an account's books are complete, and how that is known.

Two things prove it: a statement whose opening balance and entries give its closing balance (or whose period the bank
declares), and running balances that differ by exactly the entry between them.
"""

from __future__ import annotations

import polars as pl

from finvest.model.tables import DAY, TEXT, table
from finvest.pairing.lines import own_lines, signed

PROVEN = ("reconciled", "declared")
"""Proofs by which books are complete; ``assumed`` days only lie between the first and the last entry."""

SCHEMA = pl.Schema({"account": TEXT, "currency": TEXT, "source": TEXT, "start": DAY, "end": DAY, "proof": TEXT})
"""Columns of `coverage`."""

_SHARED = ["account", "currency"]
_BOOKS = ["account", "currency", "source"]
_ONE_DAY = pl.duration(days=1)


def coverage(
    transactions: pl.DataFrame | pl.LazyFrame, balances: pl.DataFrame, quarantine: pl.DataFrame
) -> pl.DataFrame:
    """Return the days for which each source shows all of an account's books.

    Parameters
    ----------
    transactions, balances, quarantine : polars.DataFrame
        Rows of the tables of these names, the transactions lazily or not; any may be empty.

    Returns
    -------
    polars.DataFrame
        Sorted by all columns: ``account``, ``currency``, ``source``, ``start``, ``end`` (local booking days, both
        included), ``proof``: ``reconciled``, ``declared``, or ``assumed`` (first to last entry of a source: shown, and
        proof of nothing). ``source`` is null for a day on which one statement ends and the next begins in the middle:
        only together do they show it.

    Notes
    -----
    * A statement whose balances do not add up (``failed``) covers nothing; without dates it covers nothing either.
    * Running balances prove the days strictly between the first and the last entry of a source: on the first day, lines
      before the first one printed would not show, on the last day, lines after the last one.
    * A quarantined record takes its day out of its source's cover, or, where its day is unknown, all of it.
    """
    lines = own_lines(transactions)
    parts = [_from_statements(balances), _from_running_balances(lines), _assumed(lines)]
    return _without_quarantined(pl.concat(parts), quarantine).unique().sort(SCHEMA.names(), nulls_last=True)


def complete_days(covered: pl.DataFrame) -> pl.DataFrame:
    """Join the proven days of all sources into periods without a gap.

    Parameters
    ----------
    covered : polars.DataFrame
        What `coverage` returns.

    Returns
    -------
    polars.DataFrame
        ``account``, ``currency``, ``start``, ``end``, sorted; the periods of an account neither overlap nor touch.
    """
    keys = ["account", "currency"]
    rows = covered.filter(pl.col("proof").is_in(PROVEN)).sort(*keys, "start", "end")
    reached = pl.col("end").cum_max().shift(1).over(keys)
    rows = rows.with_columns(begins=(pl.col("start") > reached + _ONE_DAY).fill_null(value=True))
    rows = rows.with_columns(run=pl.col("begins").cum_sum())
    periods = rows.group_by(*keys, "run").agg(pl.col("start").min(), pl.col("end").max())
    return periods.drop("run").sort(*keys, "start")


def _from_statements(balances: pl.DataFrame) -> pl.DataFrame:
    """Return the periods of statements; a day on which one follows another belongs to both of them together."""
    keys = [*_BOOKS, "start", "end", "opening", "closing"]
    rows = table("balances").complete(balances)
    rows = rows.filter(pl.col("proof").is_in(PROVEN) & (pl.col("start") <= pl.col("end")))
    rows = rows.group_by(keys).agg(pl.col("proof").max()).sort(keys).with_row_index("row")
    # The one ends with the balance that the other begins with, on one day: that day is split between them. Copies of
    # one statement are no sequence, even where opening and closing are equal.
    earlier = rows.select(*_SHARED, "proof", "start", "end", "row", day="end", carried="closing")
    later = rows.select(*_SHARED, "proof", "start", "end", "row", day="start", carried="opening")
    split = earlier.join(later, on=[*_SHARED, "day", "carried"], suffix="_next")
    split = split.filter((pl.col("start") != pl.col("start_next")) | (pl.col("end") != pl.col("end_next")))
    shown_together = split.filter((pl.col("start") < pl.col("day")) & (pl.col("day") < pl.col("end_next"))).select(
        *_SHARED,
        source=pl.lit(None, pl.String),
        start="day",
        end="day",
        proof=pl.min_horizontal("proof", "proof_next"),  # "declared" is the weaker and sorts first
    )
    alone = rows.with_columns(
        start=pl.when(pl.col("row").is_in(split["row_next"].implode()))
        .then(pl.col("start") + _ONE_DAY)
        .otherwise("start"),
        end=pl.when(pl.col("row").is_in(split["row"].implode())).then(pl.col("end") - _ONE_DAY).otherwise("end"),
    ).filter(pl.col("start") <= pl.col("end"))
    return pl.concat([part.select(SCHEMA.names()) for part in (alone, shown_together)])


def books_in_order(lines: pl.DataFrame) -> pl.DataFrame:
    """Tell for each source and account whether its running balances differ by exactly the entries between them.

    Parameters
    ----------
    lines : polars.DataFrame
        What `finvest.pairing.lines.own_lines` returns.

    Returns
    -------
    polars.DataFrame
        ``account``, ``currency``, ``source``; ``runs`` (null where no two lines have a balance: nothing to tell);
        ``before`` (the balance before the first line, minor units, where it runs); ``sum`` (of all lines, signed);
        ``first``, ``last`` (days of all lines), ``since``, ``until`` (days of the lines with a balance).

    Notes
    -----
    Lines are taken in file order or its reverse, and their days must follow that order: in any other, a line could be
    missing on a day that another one's place does not show.
    """
    rows = lines.sort(*_BOOKS, "record").with_columns(so_far=signed().cum_sum().over(_BOOKS))
    day, balance = pl.col("day"), pl.col("balance_after")
    shown = balance.is_not_null()
    # Oldest line first: balance − all lines so far is what was there before; newest first: − all lines from here on.
    before = balance - pl.col("so_far")
    before_newest_first = balance + pl.col("so_far") - signed()
    books = rows.group_by(_BOOKS).agg(
        shown=shown.sum(),
        up=(before.drop_nulls().n_unique() == 1) & (day.diff() >= pl.duration()).all(),
        down=(before_newest_first.drop_nulls().n_unique() == 1) & (day.diff() <= pl.duration()).all(),
        oldest=before.drop_nulls().first(),
        newest=before_newest_first.drop_nulls().first(),
        sum=signed().sum(),
        first=day.min(),
        last=day.max(),
        since=day.filter(shown).min(),
        until=day.filter(shown).max(),
    )
    started = pl.when("up").then("oldest").when("down").then(pl.col("newest") - pl.col("sum"))
    return books.select(
        *_BOOKS,
        *("sum", "first", "last", "since", "until"),
        runs=pl.when(pl.col("shown") > 1).then(pl.col("up") | pl.col("down")),
        before=pl.when(pl.col("shown") > 1).then(started),
    )


def _from_running_balances(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the days strictly inside a source whose running balances agree with every entry between them."""
    books = books_in_order(lines).filter("runs")
    inside = books.with_columns(
        start=pl.col("since") + _ONE_DAY, end=pl.col("until") - _ONE_DAY, proof=pl.lit("reconciled")
    )
    return inside.filter(pl.col("start") <= pl.col("end")).select(SCHEMA.names())


def _assumed(lines: pl.DataFrame) -> pl.DataFrame:
    spans = lines.group_by(_BOOKS).agg(start=pl.col("day").min(), end=pl.col("day").max())
    return spans.with_columns(proof=pl.lit("assumed")).select(SCHEMA.names())


def _without_quarantined(covered: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """Cut out the days on which a source has a record that was not loaded."""
    bad = table("quarantine").complete(quarantine).select("source", "account", "day").unique()
    if bad.is_empty():
        return covered
    accounts = covered.select("source", "account").drop_nulls().unique()
    anyone = bad.filter(pl.col("account").is_null()).drop("account").join(accounts, on="source")
    bad = pl.concat([bad.filter(pl.col("account").is_not_null()), anyone.select("source", "account", "day")]).unique()
    rows = covered.with_row_index("row")
    # A day that two statements share is broken by a record missing from either of them.
    own = rows.filter(pl.col("source").is_not_null()).join(bad, on=["source", "account"])
    shared = rows.filter(pl.col("source").is_null()).join(bad.drop("source"), on="account")
    hit = pl.concat([own.select("row", "start", "end", "day"), shared.select("row", "start", "end", "day")])
    lost = hit.filter(pl.col("day").is_null()).select("row").unique()
    days = hit.filter(pl.col("day").is_between("start", "end")).select("row", "day").unique()
    cuts = days.group_by("row").agg(pl.col("day").sort())
    whole = rows.join(lost, on="row", how="anti")
    kept = whole.join(cuts, on="row", how="anti").select(SCHEMA.names())
    pieces = whole.join(cuts, on="row").with_columns(
        start=pl.concat_list(pl.concat_list("start"), pl.col("day").list.eval(pl.element() + _ONE_DAY)),
        end=pl.concat_list(pl.col("day").list.eval(pl.element() - _ONE_DAY), pl.concat_list("end")),
    )
    pieces = pieces.explode("start", "end", empty_as_null=False).filter(pl.col("start") <= pl.col("end"))
    return pl.concat([kept, pieces.select(SCHEMA.names())])
