"""Wealth and means of parties: what is not explained by lawful means, and declared income in a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from finvest.indirect import Proof, documented_days, net_worth
from finvest.indirect.positions import USED
from finvest.model.currencies import DECIMALS
from finvest.model.errors import NotAssessable
from finvest.model.tables import DAY, TEXT
from finvest.model.wealth_tables import NO_INCOME
from finvest.view import CaseView, feature

_UNEXPLAINED = pl.Schema(
    {
        "party": pl.UInt32(),
        "first_day": DAY,
        "last_day": DAY,
        "currency": TEXT,
        "low": pl.Int64(),
        "central": pl.Int64(),
        "high": pl.Int64(),
        "lawful": pl.Int64(),
        "unit": pl.Int64(),
        "percent": pl.Int64(),
        "least_percent": pl.Int64(),
        "not_assessable": TEXT,
    }
)


@feature
def unexplained(view: CaseView) -> pl.DataFrame:
    """Return what each party's lawful means on file leave unexplained, by the net worth method.

    The period begins the day after the first day for which its cash on hand is on record, and ends with the last one.
    Source: S27 of the catalogue, see `finvest.indirect.positions.net_worth`.

    Returns
    -------
    polars.DataFrame
        One row a party with two such days: ``party`` (number), ``first_day``, ``last_day``, ``currency``, ``low``,
        ``central``, ``high`` (unexplained; the least has every line in the party's favour), ``lawful`` (known lawful
        income and other receipts, central; all minor units), ``unit`` (minor units of one), ``percent`` and
        ``least_percent`` (``central`` and ``low`` over ``lawful``, rounded down), ``not_assessable`` (why nothing can
        be said), and for each table on file its row numbers, like ``evidence_assets``.
    """
    tables = {name: view.frame(name) for name in USED if not view.lacks([name])}
    numbers = view.frame("parties").select("party", "n")
    days = documented_days(tables).join(numbers, on="party", maintain_order="left")
    rows = [{"party": n, **_proven(tables, party, first, last)} for party, first, last, n in days.iter_rows()]
    found = pl.DataFrame(rows, schema=_UNEXPLAINED)
    return found.hstack([_rows_of(table, days["party"]).rename(f"evidence_{name}") for name, table in tables.items()])


def _rows_of(table: pl.DataFrame, parties: pl.Series) -> pl.Series:
    """Return the row numbers of each party in a table."""
    lists: dict[str, list[int]] = dict(table.group_by("party").agg(pl.col("n").sort()).iter_rows())
    return pl.Series([lists.get(party, []) for party in parties], dtype=pl.List(pl.UInt32))


def _proven(tables: dict[str, pl.DataFrame], party: str, first: date, last: date) -> dict[str, Any]:
    row: dict[str, Any] = {"first_day": first + timedelta(days=1), "last_day": last}
    try:
        proof = net_worth(tables, party, row["first_day"], last)
    except NotAssessable as why:
        return {**row, "not_assessable": str(why)}
    means = _central(proof, "lawful income") + _central(proof, "receipt that is no income")
    found = {"currency": proof.currency, "low": proof.low, "central": proof.central, "high": proof.high}
    found |= {"unit": 10 ** DECIMALS[proof.currency], "lawful": means}
    percent = {"percent": proof.central * 100 // max(means, 1), "least_percent": proof.low * 100 // max(means, 1)}
    return {**row, **found, **percent}


def _central(proof: Proof, name: str) -> int:
    return int(sum(part.line.central for part in proof.parts if part.name == name))


def received(view: CaseView, asked: pl.DataFrame, *, windfalls: bool = False, declared: bool = False) -> pl.DataFrame:
    """Return what parties received in periods, by the table of incomes.

    Parameters
    ----------
    asked : polars.DataFrame, shape (n, any)
        ``party`` (id), ``since``, ``until`` (first and last day), ``currency``.
    windfalls : bool
        Gifts, inheritance and the like in place of income.
    declared : bool
        Only what was declared to the tax office.

    Returns
    -------
    polars.DataFrame, shape (n, 2)
        ``received`` (minor units; an income that lies partly in the period counts in full, in the party's favour; null
        where nothing is on file for the party in that currency) and ``incomes`` (row numbers).
    """
    rows = asked.select("party", "since", "until", "currency").with_row_index("row")
    known = view.frame("incomes").with_columns(
        first=pl.coalesce("start", "end"), last=pl.coalesce("end", "start"), other=pl.col("kind").is_in(NO_INCOME)
    )
    if declared:
        known = known.filter(pl.col("declared").fill_null(value=False))
    met = rows.join(
        known.select("n", "party", "currency", "first", "last", "other", "amount"), on=["party", "currency"]
    )
    inside = pl.col("last").is_null() | ((pl.col("first") <= pl.col("until")) & (pl.col("last") >= pl.col("since")))
    counted = pl.when(inside & (pl.col("other") == windfalls)).then("amount").otherwise(0)
    sums = met.group_by("row").agg(
        received=counted.sum().cast(pl.Int64),
        incomes=pl.col("n").filter(inside & (pl.col("other") == windfalls)).sort(),
    )
    joined = rows.select("row").join(sums, on="row", how="left", maintain_order="left")
    return joined.select("received", pl.col("incomes").fill_null([]))
