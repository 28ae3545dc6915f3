"""One row a line of an account's books, however many sources show it: duplicates merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model import instants
from finvest.model.tables import INSTANT, table

if TYPE_CHECKING:
    from collections.abc import Sequence

PRECISIONS = ["microsecond", "millisecond", "second", "minute", "hour", "date"]
"""From the finest to the coarsest."""

KNOWN_BY = ["account", "number", "name", "none"]
"""From the surest way to identify a side to none at all."""

_LONGEST = ("reference", "originator_name", "beneficiary_name", "merchant")
_MERGED = ("originator", "beneficiary", "originator_known_by", "beneficiary_known_by", "precision", "handling")


def events(transactions: pl.DataFrame, duplicates: pl.DataFrame, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Merge the records that show the same line of the same books.

    Parameters
    ----------
    transactions : polars.DataFrame
        Rows of the table `transactions`; only booked ones with an amount are used.
    duplicates : polars.DataFrame
        ``transaction_id``, ``duplicate_of``, as `finvest.pairing.duplicates.duplicates` makes them.
    columns : sequence of str, optional
        Columns of `transactions` to carry on, those that decide how records merge among them; all where left out.

    Returns
    -------
    polars.DataFrame
        One row an event, sorted by ``transaction_id`` (the smallest of the class): the columns of `transactions`, and
        ``earliest``, ``latest`` (Datetime UTC: the intersection of the class's intervals, or their hull where they do
        not meet) and ``records`` (List(String): every id of the class, sorted).

    Notes
    -----
    Of texts that banks cut the longest is kept; a side is the one that is known best (account, number, name, none);
    flags hold if one record has them; the handling code is the strictest; anything else is the first that is known.
    """
    rows = table("transactions").complete(transactions)
    rows = rows.select(c for c in columns or rows.columns if c != "duplicate_of")
    rows = rows.filter((pl.col("status") == "booked") & (pl.col("amount") != 0))
    rows = rows.with_columns(pl.col("precision").fill_null("date"))  # the widest interval where nothing is said
    rows = rows.with_columns(earliest=pl.col("booked_at"), latest=instants.latest(rows).cast(INSTANT))
    rows = rows.join(
        duplicates.select("transaction_id", "duplicate_of"), on="transaction_id", how="left", maintain_order="left"
    )
    rows = rows.with_columns(event=pl.coalesce("duplicate_of", "transaction_id"))
    shared = rows.filter(pl.col("duplicate_of").is_not_null()).select("event").unique()
    alone = rows.join(shared, on="event", how="anti").with_columns(records=pl.concat_list("transaction_id"))
    merged = _merge(rows.join(shared, on="event", how="semi"))
    return pl.concat([alone.drop("event"), merged.select(alone.drop("event").columns)]).sort("transaction_id")


def representatives(ids: pl.Series, duplicates: pl.DataFrame) -> pl.Series:
    """Return, for each transaction id, the smallest id of its class of duplicates."""
    known = duplicates.select("transaction_id", "duplicate_of")
    found = ids.rename("transaction_id").to_frame().join(known, on="transaction_id", how="left", maintain_order="left")
    return found.select(pl.coalesce("duplicate_of", "transaction_id").alias(ids.name))[ids.name]


def _merge(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row a class."""
    rows = rows.sort("transaction_id").with_columns(
        _originator_rank=_rank("originator_known_by", KNOWN_BY),
        _beneficiary_rank=_rank("beneficiary_known_by", KNOWN_BY),
        _precision_rank=_rank("precision", PRECISIONS),
    )
    special = {*_LONGEST, *_MERGED, "is_return", "batch_items", "earliest", "latest", "transaction_id", "event"}
    first = [c for c in rows.columns if c not in special and not c.startswith("_")]
    merged = rows.group_by("event").agg(
        pl.col(first).drop_nulls().first(),
        *(
            pl.col(c)
            .drop_nulls()
            .sort_by(pl.col(c).drop_nulls().str.len_chars(), maintain_order=True, descending=True)
            .first()
            for c in _LONGEST
            if c in rows.columns
        ),
        *(
            pl.col(column).sort_by(f"_{side}_rank", maintain_order=True).first()
            for side in ("originator", "beneficiary")
            for column in (side, f"{side}_known_by")
        ),
        pl.col("precision").sort_by("_precision_rank", maintain_order=True).first(),
        pl.col("handling").max(),
        is_return=pl.col("is_return").any(),
        batch_items=pl.col("batch_items").max(),
        starts=pl.col("earliest").max(),
        ends=pl.col("latest").min(),
        hull_starts=pl.col("earliest").min(),
        hull_ends=pl.col("latest").max(),
        records=pl.col("transaction_id"),
    )
    meet = pl.col("starts") <= pl.col("ends")
    return merged.with_columns(
        transaction_id="event",
        duplicate_of=pl.lit(None, pl.String),
        earliest=pl.when(meet).then("starts").otherwise("hull_starts"),
        latest=pl.when(meet).then("ends").otherwise("hull_ends"),
    )


def _rank(column: str, order: list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(order, range(len(order)), default=len(order), return_dtype=pl.Int8)
