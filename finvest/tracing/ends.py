"""Where a trail ends, and why: typed, never crossed silently."""

from __future__ import annotations

import polars as pl

ENDS = {
    "cash": "taken out in cash",
    "exchange": "went to an exchange or wallet",
    "fx": "was converted into another currency, without both legs in one holder's books",
    "unpaired": "went to an account on file, in whose books no record could be matched for certain",
    "gap": "went to an account on file on a day of which its books are missing",
    "no_records": "went to an account of which no books are on file",
}
"""Kinds of break nodes, as a reader is told."""

_CASH = ("cash_atm", "cash_branch")
_QUASI_CASH = "6051"  # ISO 18245: quasi cash that is no bank's, among it crypto assets


def typed(
    movements: pl.DataFrame, pots: pl.DataFrame, accounts: pl.DataFrame, open_pairs: pl.DataFrame
) -> pl.DataFrame:
    """Tell why a trail that comes to a movement would end there.

    Parameters
    ----------
    movements : polars.DataFrame
        Of a `CaseLedger`; only those that are asked for.
    pots : polars.DataFrame
    accounts : polars.DataFrame
        Rows of the table `accounts`.
    open_pairs : polars.DataFrame
        ``debit``, ``credit``: transaction ids that may be one movement, see `finvest.pairing.twice.open_pairs`.

    Returns
    -------
    polars.DataFrame
        ``n``, ``end`` (a key of `ENDS`), ``candidates`` (ids of credits that it may be).
    """
    kinds = accounts.filter(pl.col("kind").is_in(["cash", "wallet"])).select(beneficiary="account", kind="kind")
    kinds = kinds.unique("beneficiary", keep="first", maintain_order=True)
    on_file = pots["account"].drop_nulls().unique().implode()
    records = movements.select("n", "records").explode("records", empty_as_null=False)
    candidates = records.join(open_pairs, left_on="records", right_on="debit").group_by("n")
    found = candidates.agg(candidates=pl.col("credit").unique().sort())
    rows = movements.join(kinds, on="beneficiary", how="left").join(found, on="n", how="left")
    known = pl.col("beneficiary").is_in(on_file)
    covered = _covered(movements, pots)
    cash = (pl.col("kind") == "cash") | pl.col("channel").is_in(_CASH)
    exchange = (pl.col("kind") == "wallet") | (pl.col("channel") == "crypto") | (pl.col("mcc") == _QUASI_CASH)
    end = (
        pl.when(cash.fill_null(value=False))
        .then(pl.lit("cash"))
        .when(exchange.fill_null(value=False))
        .then(pl.lit("exchange"))
        .when(pl.col("in_pot").is_not_null() & ~pl.col("passes"))
        .then(pl.lit("fx"))
        .when(pl.col("candidates").is_not_null())
        .then(pl.lit("unpaired"))
        .when(known & pl.col("n").is_in(covered.implode()))
        .then(pl.lit("unpaired"))
        .when(known)
        .then(pl.lit("gap"))
        .otherwise(pl.lit("no_records"))
    )
    empty = pl.lit([], pl.List(pl.String))
    return rows.select("n", end=end, candidates=pl.col("candidates").fill_null(empty)).sort("n")


def _covered(movements: pl.DataFrame, pots: pl.DataFrame) -> pl.Series:
    """Return the movements of whose day the payee's books are on file."""
    days = movements.select("n", account="beneficiary", day="out_day")
    met = days.join(pots.select("account", "start", "end").drop_nulls(), on="account")
    return met.filter(pl.col("day").is_between("start", "end"))["n"].unique()
