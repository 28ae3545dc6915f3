"""Living costs (LIV): whether somebody eats, lives, travels, telephones and sees a doctor from an account."""

from __future__ import annotations

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.view import CaseView, feature

LIVING = {
    "groceries": ("5411",),
    "rent and utilities": ("6513", "4900"),
    "telephone": ("4812", "4814"),
    "local transport": ("4111", "4121", "4131"),
    "medical": ("5912", "8011"),
}
"""Merchant category codes (ISO 18245) by kind of living cost; the catalogue's list (section 1), to be edited there."""

KINDS = 2
"""Kinds of living costs from which on a month counts as lived from the account (catalogue, LIV)."""


@feature
def living(view: CaseView) -> pl.DataFrame:
    """Return in how many months each account carries living costs.

    Source: LIV(a, W) of the catalogue, section 1, over the account's time on file.

    Returns
    -------
    polars.DataFrame
        One row an account whose own books are on file: ``account``, ``months`` (calendar months from its first to its
        last transaction, both included), ``lived`` (those with payments of at least two kinds in `LIVING`), ``costs``
        (minor units, of one currency: the one with most payments), sorted. LIV is ``lived`` over ``months``.

    Raises
    ------
    NotAssessable
        If no transaction has a merchant category code. An account without one may pay rent by transfer: a share of
        zero says that no such code was seen, not that nobody lives from it.
    """
    if (why := view.lacks(["transactions.mcc"])) is not None:
        raise NotAssessable(why)
    tx = view.frame("transactions", "originator", "beneficiary", "day", "mcc", "amount", "currency")
    month = pl.col("day").dt.year().cast(pl.Int64) * 12 + pl.col("day").dt.month()
    tx = tx.with_columns(month=month)
    sides = [tx.select("month", account=side) for side in ("originator", "beneficiary")]
    books = view.frame("accounts").filter("books_on_file", pl.col("kind").is_in(["bank", "wallet"])).select(account="n")
    seen = pl.concat(sides).join(books, on="account", how="semi").group_by("account")
    spans = seen.agg(months=pl.col("month").max() - pl.col("month").min() + 1)
    kinds = {code: kind for kind, codes in LIVING.items() for code in codes}
    costs = tx.with_columns(kind=pl.col("mcc").replace_strict(kinds, default=None, return_dtype=pl.String))
    costs = costs.filter(pl.col("kind").is_not_null()).rename({"originator": "account"})
    months = costs.group_by("account", "month").agg(pl.col("kind").n_unique()).filter(pl.col("kind") >= KINDS)
    lived = months.group_by("account").agg(lived=pl.len().cast(pl.Int64))
    sums = costs.group_by("account", "currency").agg(costs=pl.col("amount").sum(), payments=pl.len().cast(pl.Int64))
    sums = sums.sort("account", -pl.col("payments"), "currency").unique("account", keep="first")
    rows = spans.join(lived, on="account", how="left").join(sums.select("account", "costs"), on="account", how="left")
    return rows.with_columns(pl.col("lived", "costs").fill_null(0)).sort("account")


def lived_from(view: CaseView, accounts: pl.Series) -> pl.Series:
    """Tell whether accounts carry living costs in at least half of their months on file.

    Parameters
    ----------
    accounts : polars.Series of UInt32, shape (n,)

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        Null where the account's books are not on file, or no transaction of the case has a merchant category code.
    """
    if view.lacks(["transactions.mcc"]) is not None:
        return pl.repeat(None, len(accounts), dtype=pl.Boolean, eager=True)
    asked = accounts.rename("account").to_frame().join(living(view), on="account", how="left", maintain_order="left")
    return asked.select(pl.col("lived") * 2 >= pl.col("months")).to_series()
