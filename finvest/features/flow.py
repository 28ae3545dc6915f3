"""What becomes of the money an account receives: pass-through (PT) and retention (RET)."""

from __future__ import annotations

import numpy as np
import polars as pl

from finvest.features.holders import holders
from finvest.view import CaseView, feature


@feature
def pass_through(view: CaseView, hours: int) -> pl.DataFrame:
    """Return how much of what an account receives leaves again within some hours, by FIFO lots.

    Source: PT(a, τ) of the catalogue, section 1.

    Returns
    -------
    polars.DataFrame
        One row an account and currency with credits: ``account``, ``currency`` (number of the graph), ``credited``,
        ``passed`` (possibly, where times are known to a date), ``passed_certain`` (minor units), ``credits``,
        ``passed_credits`` (those of which nine tenths passed), ``evidence`` (transaction numbers of the lots that passed, in and out).
    """
    from finvest.graph.lots import fifo_lots, pass_through

    window, graph = hours * 3_600_000_000, view.graph
    possible, certain = (pass_through(graph, window=window, order=order) for order in ("possible", "certain"))
    lots = fifo_lots(graph, order="possible")
    soon = graph.earliest[lots.outgoing] - graph.latest[lots.incoming] <= window
    passed = pl.DataFrame(
        {
            "account": np.tile(lots.account[soon], 2),
            "currency": np.tile(graph.currency[lots.outgoing[soon]], 2),
            "evidence": np.concatenate([lots.incoming[soon], lots.outgoing[soon]]),
        }
    )
    members = passed.group_by("account", "currency").agg(pl.col("evidence").unique().sort())
    return (
        pl.DataFrame(
            {
                "account": possible.account,
                "currency": possible.currency,
                "credited": possible.credited,
                "passed": possible.passed,
                "passed_certain": certain.passed,
                "credits": possible.credits,
                "passed_credits": possible.passed_credits,
            }
        )
        .join(members, on=["account", "currency"], how="left", maintain_order="left")
        .with_columns(pl.col("account").cast(pl.UInt32), pl.col("evidence").cast(pl.List(pl.UInt32)))
    )


@feature
def retention(view: CaseView) -> pl.DataFrame:
    """Return how much of what an account receives stays in it: mean end-of-day balance over value credited.

    Source: RET(a, W) of the catalogue, section 1, over the account's time on file.

    Returns
    -------
    polars.DataFrame
        One row an account and currency whose balance is fixed by a statement: ``account``, ``currency`` (code),
        ``mean_balance`` (minor units, float: it only ranks), ``credited`` (minor units), ``retained`` (their ratio).
        Accounts whose balances nothing on file fixes are absent: not assessable, not zero.
    """
    tx = view.frame("transactions").select(
        "originator", "beneficiary", "amount", "currency", day=pl.col("earliest").dt.date()
    )
    moves = pl.concat(
        [
            tx.select("currency", "day", account="beneficiary", credit="amount", net="amount"),
            tx.select("currency", "day", account="originator", credit=pl.lit(0, pl.Int64), net=-pl.col("amount")),
        ]
    )
    keys = ["account", "currency"]
    daily = moves.group_by(*keys, "day").agg(pl.col("credit", "net").sum()).sort(*keys, "day")
    anchored = daily.join(_openings(view, daily), on=keys).sort(*keys, "day")
    balance = pl.col("opening") + pl.col("net").cum_sum().over(keys)
    held = pl.col("day").shift(-1).over(keys) - pl.col("day")
    return (
        anchored.with_columns(balance=balance, days=held.dt.total_days().fill_null(1))
        .group_by(keys, maintain_order=True)
        .agg(
            mean_balance=(pl.col("balance") * pl.col("days")).sum() / pl.col("days").sum(),
            credited=pl.col("credit").sum(),
        )
        .filter(pl.col("credited") > 0)
        .with_columns(retained=pl.col("mean_balance") / pl.col("credited"))
    )


def _openings(view: CaseView, daily: pl.DataFrame) -> pl.DataFrame:
    """Return what each account held before its first movement, by addition from any balance that its books give."""
    keys = ["account", "currency"]
    net_so_far = daily.with_columns(so_far=pl.col("net").cum_sum().over(keys))
    written = pl.concat([_stated(view), _running(view)])
    before = written.join_asof(
        net_so_far.select(*keys, "day", "so_far"), on="day", by=keys, strategy="backward", check_sortedness=False
    )
    return (
        before.sort(*keys, "day", "balance")
        .group_by(keys, maintain_order=True)
        .agg(opening=(pl.col("balance") - pl.col("so_far").fill_null(0)).first())
    )


def _stated(view: CaseView) -> pl.DataFrame:
    """Return the balance that statements give for the end of the day before they begin."""
    schema = {"account": pl.UInt32, "currency": pl.String, "day": pl.Date, "balance": pl.Int64}
    if view.lacks(["balances.opening", "balances.start"]) is not None:
        return pl.DataFrame(schema=schema)
    return (
        view.frame("balances")
        .filter(pl.col("opening").is_not_null(), pl.col("start").is_not_null(), pl.col("proof") != "failed")
        .join(view.frame("accounts").select("account", number="n"), on="account")
        .select(
            account="number",
            currency="currency",
            day=pl.col("start").dt.offset_by("-1d"),
            balance=pl.col("opening").cast(pl.Int64),
        )
        .sort("day")
    )


def _running(view: CaseView) -> pl.DataFrame:
    """Return running balances on days with one movement: their order within the day is then beyond doubt."""
    tx = view.frame("transactions")
    sides = [
        tx.select("currency", account=side, day=pl.col("earliest").dt.date(), balance=f"{side}_balance_after")
        for side in ("originator", "beneficiary")
    ]
    alone = pl.len().over("account", "currency", "day") == 1
    rows = pl.concat(sides).filter(alone).filter(pl.col("balance").is_not_null())
    return rows.select("account", "currency", "day", pl.col("balance").cast(pl.Int64)).sort("day")


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
        ``all`` and ``own``, minor units; ``own`` is null where the account's holder is unknown.
    """
    tx = view.frame("transactions").select("originator", "beneficiary", "amount", n="n")
    key = holders(view)["holder_key"]
    rows = pl.DataFrame({"account": accounts, "n": evidence}).with_row_index("row").explode("n", empty_as_null=False)
    rows = rows.join(tx, on="n", maintain_order="left").filter(pl.col("originator") == pl.col("account"))
    rows = rows.with_columns(holder=key.gather(rows["account"]), receiver=key.gather(rows["beneficiary"]))
    same = (pl.col("holder") == pl.col("receiver")).fill_null(value=False)
    sums = rows.group_by("row").agg(
        all=pl.col("amount").sum(),
        own=pl.when(pl.col("holder").first().is_not_null()).then(pl.col("amount").filter(same).sum()),
    )
    return (
        accounts.to_frame()
        .with_row_index("row")
        .join(sums, on="row", how="left", maintain_order="left")
        .select("all", "own")
    )
