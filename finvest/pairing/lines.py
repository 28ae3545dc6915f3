"""The lines of an account's own books, as plain as the rules of this package need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model import instants
from finvest.model.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

EXACT = pl.Int128()
"""Amounts inside this package: minor units as integers; the door's bound of 10^27 leaves room for sums and ratios."""

_NEEDED = [
    "transaction_id", "source", "record", "books", "status", "booked_at", "precision", "zone", "originator",
    "beneficiary", "amount", "currency", "received_amount", "received_currency", "balance_after",
]  # fmt: skip


def own_lines(transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the booked lines of accounts whose books were read, seen from that account.

    Parameters
    ----------
    transactions : polars.DataFrame or polars.LazyFrame
        Rows of the table `transactions`. A payment file that shows both sides is nobody's books and is left out.

    Returns
    -------
    polars.DataFrame
        In the order given: ``transaction_id``, ``source``, ``record``, ``account`` (whose books), ``other``, ``credit``
        (Boolean), ``amount`` (Int128, minor units of ``currency``, as that account was booked), ``currency``, ``day``
        (the local booking day), ``balance_after`` (Int128, minor units).
    """
    rows = (
        needed(transactions, _NEEDED)
        .filter(
            (pl.col("status") == "booked")
            & (pl.col("amount") != 0)
            & pl.col("books").is_in(["originator", "beneficiary"])
            & pl.col("booked_at").is_not_null()
        )
        .collect()
    )
    credit = pl.col("books") == "beneficiary"
    arrived = pl.coalesce("received_amount", "amount")
    arrived_in = pl.coalesce("received_currency", "currency")
    return rows.select(
        "transaction_id",
        "source",
        "record",
        account=pl.when(credit).then("beneficiary").otherwise("originator"),
        other=pl.when(credit).then("originator").otherwise("beneficiary"),
        credit=credit,
        amount=pl.when(credit).then(arrived).otherwise("amount").cast(EXACT),
        currency=pl.when(credit).then(arrived_in).otherwise("currency"),
        day=instants.local_days(rows),
        balance_after=pl.col("balance_after").cast(EXACT),
    )


def needed(transactions: pl.DataFrame | pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Return these columns of `transactions`; what the rows lack is null."""
    rows = transactions.lazy()
    given = rows.collect_schema()
    return table("transactions").complete(rows.select(c for c in columns if c in given)).select(columns)


def signed() -> pl.Expr:
    """Return the amount of a line with the sign it has for its account."""
    return pl.when("credit").then("amount").otherwise(pl.lit(0, EXACT) - pl.col("amount"))
