"""What becomes of the money an account receives: pass-through (PT) and retention (RET)."""

from __future__ import annotations

import polars as pl

from finvest.view import CaseView, feature

DAY = pl.duration(days=1)


@feature
def pass_through(view: CaseView, hours: int) -> pl.DataFrame:
    """Return how much of what an account receives leaves again within some hours, by FIFO lots.

    Source: PT(a, τ) of the catalogue, section 1.

    Returns
    -------
    polars.DataFrame
        One row an account and currency with credits: ``account``, ``currency`` (number of the graph), ``credited``,
        ``passed`` (possibly, where times are known to a date), ``passed_certain`` (minor units), ``credits``,
        ``evidence`` (transaction numbers of the lots that passed, in and out).
    """
    from finvest.graph import fifo_lots, pass_through

    window = hours * 3_600_000_000
    graph = view.graph
    possible, certain = (pass_through(graph, window=window, order=order) for order in ("possible", "certain"))
    lots = fifo_lots(graph, order="possible")
    raise NotImplementedError(possible, certain, lots)


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
    tx = view.frame("transactions").select("originator", "beneficiary", "amount", "currency", day=pl.col("earliest").dt.date())
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
    """Return what each account held before its first movement, by addition from a statement's opening balance."""
    if view.lacks(["balances"]) is not None:
        return pl.DataFrame(schema={"account": pl.UInt32, "currency": pl.String, "opening": pl.Int64})
    keys = ["account", "currency"]
    numbers = view.frame("accounts").select("account", number="n")
    fixed = (
        view.frame("balances")
        .filter(pl.col("opening").is_not_null(), pl.col("start").is_not_null(), pl.col("proof") != "failed")
        .join(numbers, on="account")
        .sort("number", "currency", "start", "source", "record")
        .group_by(account="number", currency="currency", maintain_order=True)
        .agg(pl.col("opening").first().cast(pl.Int64), pl.col("start").first())
    )
    before = (
        daily.join(fixed.select(*keys, "start"), on=keys)
        .filter(pl.col("day") < pl.col("start"))
        .group_by(keys)
        .agg(earlier=pl.col("net").sum())
    )
    return fixed.join(before, on=keys, how="left").select(
        *keys, opening=pl.col("opening") - pl.col("earlier").fill_null(0)
    )
