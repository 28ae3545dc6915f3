"""Whether each statement adds up, and what lies between the statements of an account."""

from __future__ import annotations

import polars as pl

from finvest.model.tables import DAY, MINOR, TEXT, WHOLE, table
from finvest.pairing.coverage import books_in_order
from finvest.pairing.lines import own_lines, signed

SCHEMA = pl.Schema(
    {
        "account": TEXT,
        "currency": TEXT,
        "source": TEXT,
        "statement": TEXT,
        "start": DAY,
        "end": DAY,
        "opening": MINOR,
        "movements": MINOR,
        "closing": MINOR,
        "difference": MINOR,
        "proof": TEXT,
        "entries": WHOLE,
        "entries_on_file": WHOLE,
        "movements_on_file": MINOR,
        "quarantined": WHOLE,
        "gap_days": WHOLE,
        "gap_amount": MINOR,
    }
)
"""Columns of `reconcile`."""

_BOOKS = ["account", "currency", "source"]
_ONE_DAY = pl.duration(days=1)


def reconcile(
    transactions: pl.DataFrame | pl.LazyFrame, balances: pl.DataFrame, quarantine: pl.DataFrame
) -> pl.DataFrame:
    """Check opening + movements = closing, statement by statement.

    Parameters
    ----------
    transactions, balances, quarantine : polars.DataFrame
        Rows of the tables of these names; any may be empty.

    Returns
    -------
    polars.DataFrame
        One row a statement, and one for the books of an account in a source that has none there; sorted by account,
        currency, start. Amounts in minor units, signed from the account's view:

        * ``opening``, ``movements``, ``closing``: as stated; where nothing is stated, from the running balances;
        * ``difference``: opening + movements − closing, null where one of them is unknown;
        * ``proof``: ``reconciled``, ``declared`` or ``assumed`` as the statement has it; ``failed`` where there is a
          difference, or where running balances do not follow the entries;
        * ``entries``: as stated; ``entries_on_file``, ``movements_on_file``: the source's booked lines from ``start``
          to ``end``, counted again;
        * ``quarantined``: records of the source that were not loaded and are, or may be, of these books and days;
        * ``gap_days``: days before ``start`` that no earlier statement shows, null for an account's first;
        * ``gap_amount``: opening less the closing balance of the last statement that ended before: what moved in the
          gap, or, without a gap, what the statements disagree about.
    """
    lines = own_lines(transactions)
    stated = table("balances").complete(balances).unique([*_BOOKS, "statement", "start", "end", "opening", "closing"])
    rows = pl.concat([_stated(stated), _unstated(lines, stated)])
    rows = _with_counts(rows.with_row_index("row"), lines, quarantine)
    difference = pl.col("opening") + pl.col("movements") - pl.col("closing")
    rows = rows.with_columns(difference=difference).with_columns(
        proof=pl.when(pl.col("difference") != 0).then(pl.lit("failed")).otherwise("proof")
    )
    return (
        _with_gaps(rows)
        .select(SCHEMA.names())
        .cast(SCHEMA)
        .sort("account", "currency", "start", "end", "source", "statement")
    )


def _stated(balances: pl.DataFrame) -> pl.DataFrame:
    kept = [*_BOOKS, "statement", "start", "end", "opening", "movements", "closing", "proof", "entries"]
    return balances.select(kept)


def _unstated(lines: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Return the books of sources without a statement: what their running balances say, if there are any."""
    rows = books_in_order(lines.join(stated, on=_BOOKS, how="anti", nulls_equal=True))
    proof = pl.when(pl.col("runs")).then(pl.lit("reconciled")).when(pl.col("runs").is_null()).then(pl.lit("assumed"))
    return rows.select(
        *_BOOKS,
        statement=pl.lit(None, pl.String),
        start="first",
        end="last",
        opening=pl.when("runs").then("before").cast(MINOR),
        movements=pl.col("sum").cast(MINOR),
        closing=pl.when("runs").then(pl.col("before") + pl.col("sum")).cast(MINOR),
        proof=proof.otherwise(pl.lit("failed")),
        entries=pl.lit(None, pl.Int64),
    )


def _with_counts(rows: pl.DataFrame, lines: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """Add what is on file of each statement's days, and what is in quarantine."""
    asked = rows.select("row", *_BOOKS, "start", "end")
    within = pl.col("day").is_between("start", "end")
    on_file = (
        asked.join(lines, on=_BOOKS, nulls_equal=True)
        .filter(within)
        .group_by("row")
        .agg(entries_on_file=pl.len().cast(pl.Int64), movements_on_file=signed().sum().cast(MINOR))
    )
    bad = table("quarantine").complete(quarantine).select("source", "day", whose="account")
    maybe = (within | pl.col("day").is_null()) & ((pl.col("whose") == pl.col("account")) | pl.col("whose").is_null())
    lost = asked.join(bad, on="source").filter(maybe).group_by("row").agg(quarantined=pl.len().cast(pl.Int64))
    rows = rows.join(on_file, on="row", how="left").join(lost, on="row", how="left")
    rows = rows.with_columns(pl.col("entries_on_file", "quarantined").fill_null(0))
    rows = rows.with_columns(movements_on_file=pl.col("movements_on_file").fill_null(pl.lit(0).cast(MINOR)))
    return rows.with_columns(movements=pl.coalesce("movements", "movements_on_file"))


def _with_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare each statement with those of the same account before it."""
    keys = ["account", "currency"]
    rows = rows.sort(*keys, "start", "end", "source", "statement", nulls_last=True)
    shown_until = pl.col("end").cum_max().shift(1).over(keys)
    days = (pl.col("start") - shown_until).dt.total_days() - 1
    rows = rows.with_columns(gap_days=days.clip(lower_bound=0))
    # One that ends on the day on which the next begins comes before it; a statement of one day is not before itself.
    asked = rows.filter(pl.col("start").is_not_null() & pl.col("end").is_not_null()).with_columns(
        by=pl.when(pl.col("start") < pl.col("end")).then("start").otherwise(pl.col("start") - _ONE_DAY)
    )
    ended = asked.filter(pl.col("closing").is_not_null()).select(*keys, "end", carried="closing")
    before = asked.sort("by").join_asof(
        ended.sort("end", "carried"), left_on="by", right_on="end", by=keys, strategy="backward", check_sortedness=False
    )
    carried = before.select("row", gap_amount=pl.col("opening") - pl.col("carried"))
    return rows.join(carried, on="row", how="left")
