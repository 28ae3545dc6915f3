"""What becomes of the money an account receives: pass-through (PT), and whom it goes on to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.features.holders import holders
from finvest.view import CaseView, feature

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOUR = 3_600_000_000


@feature
def pass_through(view: CaseView, hours: int) -> pl.DataFrame:
    """Return how much of what an account receives leaves again within some hours, by FIFO lots.

    Source: PT(a, τ) of the catalogue, section 1.

    Returns
    -------
    polars.DataFrame
        One row an account and currency with credits: ``account``, ``currency`` (number of the graph), ``code``
        (of the currency), ``credited``, ``passed`` (possibly, where times are known to a date), ``passed_certain``
        (minor units), ``credits``, ``passed_credits`` (those of which nine tenths passed).
    """
    from finvest.graph.lots import pass_through

    # The graph numbers them from 1.
    codes = view.frame("transactions", "currency")["currency"].unique().drop_nulls().sort()
    window = hours * _HOUR
    possible, certain = (pass_through(view.graph, window=window, order=order) for order in ("possible", "certain"))
    return pl.DataFrame(
        {
            "account": possible.account.astype(np.uint32),
            "currency": possible.currency,
            "code": codes.gather(possible.currency - 1),
            "credited": possible.credited,
            "passed": possible.passed,
            "passed_certain": certain.passed,
            "credits": possible.credits,
            "passed_credits": possible.passed_credits,
        }
    )


@feature
def pass_through_of_banks(view: CaseView, hours: int) -> pl.DataFrame:
    """Return `pass_through` of accounts at banks whose own books are on file: of others not all that left is known.

    Returns
    -------
    polars.DataFrame
        With ``passed_percent`` (of what was credited) and ``order_certain`` (what passed certainly passed).
    """
    books = view.frame("accounts").filter("books_on_file", pl.col("kind") == "bank").select(account="n")
    return (
        pass_through(view, hours)
        .join(books, on="account", how="semi", maintain_order="left")
        .with_columns(
            passed_percent=pl.col("passed") * 100 / pl.col("credited"),
            order_certain=pl.col("passed") == pl.col("passed_certain"),
        )
    )


def passed_on(view: CaseView, hours: int, accounts: Sequence[int]) -> pl.DataFrame:
    """Return the transactions whose lots `pass_through` counts as passed.

    Parameters
    ----------
    accounts : sequence of int
        Numbers of the accounts that are asked for.

    Returns
    -------
    polars.DataFrame
        One row an account and currency of which something passed: ``account``, ``currency`` (number of the graph),
        ``evidence`` (transaction numbers, in and out, sorted).
    """
    from finvest.graph.lots import fifo_lots

    graph = view.graph
    lots = fifo_lots(graph, order="possible", accounts=np.array(accounts, np.int32))
    soon = graph.earliest[lots.outgoing] - graph.latest[lots.incoming] <= hours * _HOUR
    passed = pl.DataFrame(
        {
            "account": np.tile(lots.account[soon], 2),
            "currency": np.tile(graph.currency[lots.outgoing[soon]], 2),
            "evidence": np.concatenate([lots.incoming[soon], lots.outgoing[soon]]),
        },
        schema_overrides={"account": pl.UInt32, "evidence": pl.UInt32},
    )
    return passed.group_by("account", "currency").agg(pl.col("evidence").unique().sort())


def onward(view: CaseView, accounts: pl.Series, evidence: pl.Series) -> pl.DataFrame:
    """Return what accounts paid on, and how much of it to accounts of the same holder.

    Parameters
    ----------
    accounts : polars.Series of UInt32, shape (n,)
    evidence : polars.Series of List(UInt32), shape (n,)
        Transactions to look at, for each account.

    Returns
    -------
    polars.DataFrame, shape (n,)
        ``all`` and ``own``, minor units; ``own`` is null where the account's holder is unknown, and where receivers
        with unknown holders decide whether it is half.
    """
    tx = view.frame("transactions", "n", "originator", "beneficiary", "amount")
    key = holders(view)["holder_key"]
    rows = pl.DataFrame({"account": accounts, "n": evidence}).with_row_index("row").explode("n", empty_as_null=False)
    rows = rows.join(tx, on="n", maintain_order="left").filter(pl.col("originator") == pl.col("account"))
    rows = rows.with_columns(holder=key.gather(rows["account"]), receiver=key.gather(rows["beneficiary"]))
    same = (pl.col("holder") == pl.col("receiver")).fill_null(value=False)
    total, own = pl.col("amount").sum(), pl.col("amount").filter(same).sum()
    unknown = pl.col("amount").filter(pl.col("receiver").is_null()).sum()
    decided = (own * 2 >= total) | ((own + unknown) * 2 < total)
    sums = rows.group_by("row").agg(all=total, own=pl.when(pl.col("holder").first().is_not_null() & decided).then(own))
    return (
        accounts.to_frame()
        .with_row_index("row")
        .join(sums, on="row", how="left", maintain_order="left")
        .select("all", "own")
    )
