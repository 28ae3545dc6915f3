"""Candidates: which debit can meet which credit, by equal keys and days in reach."""

from __future__ import annotations

import polars as pl

from finvest.pairing.naming import contradicted

EARLIEST, LATEST = -2, 6
"""Days from the debit's booking to the credit's."""

FLAT = 1000
"""Minor units that a fee may be, beside a share of the amount: 10.00 of most currencies."""

NARROW = [
    "n", "account", "other", "kin", "other_kin", "day", "money", "amount", "currency", "is_return", "reference", "uetr",
]  # fmt: skip
"""What a candidate keeps of each record."""


def within(
    debits: pl.DataFrame, credits_: pl.DataFrame, on: dict[str, str], first: int = EARLIEST, last: int = LATEST
) -> pl.DataFrame:
    """Return each debit with each credit that has equal keys and a day in reach, and nothing that contradicts it.

    Parameters
    ----------
    debits, credits_ : polars.DataFrame
        Sides; rows whose key is null meet nobody.
    on : dict of str to str
        Column of the debit: column of the credit.
    first, last : int
        Days from debit to credit, both included.

    Returns
    -------
    polars.DataFrame
        `NARROW` of the debit, and of the credit with ``_c``.
    """
    # Days are put into buckets as wide as the reach: a debit meets the two that it can reach into.
    width = last - first + 1
    start = (pl.col("day") + first) // width
    left = debits.select(*dict.fromkeys([*NARROW, *on]), bucket=start)
    left = pl.concat([left, left.with_columns(pl.col("bucket") + 1)])
    right = credits_.select(
        *(pl.col(c).alias(f"{c}_c") for c in dict.fromkeys([*NARROW, *on.values()])), bucket=pl.col("day") // width
    )
    met = left.join(
        right, left_on=[*on, "bucket"], right_on=[*(f"{c}_c" for c in on.values()), "bucket"], coalesce=False
    )
    near = (pl.col("day_c") - pl.col("day")).is_between(first, last)
    met = met.filter(near & (pl.col("account") != pl.col("account_c")) & ~contradicted())
    return met.select(*NARROW, *(f"{c}_c" for c in NARROW))


def only_one() -> pl.Expr:
    """Tell whether a candidate is the only one of its debit and the only one of its credit."""
    return (pl.len().over("n") == 1) & (pl.len().over("n_c") == 1)
