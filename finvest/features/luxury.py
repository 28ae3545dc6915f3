"""Luxury and gambling: what parties spend on it, and the cash that went into their accounts meanwhile."""

from __future__ import annotations

import polars as pl

from finvest.features.cash import cash_events
from finvest.features.wealth import received
from finvest.view import CaseView, feature

LUXURY = ("4411", "4457", "5094", "5551", "5681", "5932", "5944", "5971")
"""Merchant categories: cruises, boats, jewels, furs, antiques, art (ISO 18245, general knowledge)."""
GAMBLING = ("7800", "7801", "7802", "7995")
"""Merchant categories: lotteries, casinos, bets, races (ISO 18245, general knowledge)."""


@feature
def luxury_spending(view: CaseView, days: int) -> pl.DataFrame:
    """Return for each party and currency the period in which it spent most on luxury and gambling.

    Returns
    -------
    polars.DataFrame
        ``party`` (id), ``currency``, ``since``, ``until`` (days), ``spent``, ``gambled`` (part of it; minor units),
        ``evidence`` (transactions), ``accounts`` (numbers of its accounts that paid), ``cash_in`` (paid into any of
        its accounts in the period, minor units), ``cash`` (these transactions).
    """
    held = view.frame("accounts").select("n", party="holder").filter(pl.col("party").is_not_null())
    columns = ("n", "originator", "amount", "currency", "day", "mcc")
    tx = view.frame("transactions", *columns).filter(pl.col("mcc").is_in([*LUXURY, *GAMBLING]))
    paid = tx.join(held, left_on="originator", right_on="n", maintain_order="left")
    keys = ["party", "currency"]
    windows = (
        paid.sort(*keys, "day", "n")
        .rolling("day", period=f"{days}d", group_by=keys)
        .agg(
            spent=pl.col("amount").sum(),
            gambled=pl.col("amount").filter(pl.col("mcc").is_in(GAMBLING)).sum(),
            evidence=pl.col("n"),
            accounts=pl.col("originator").unique().sort(),
        )
    )
    most = windows.sort(*keys, -pl.col("spent").cast(pl.Int64), "day").unique(keys, keep="first", maintain_order=True)
    most = most.with_columns(since=pl.col("day").dt.offset_by(f"-{days - 1}d")).rename({"day": "until"})
    cash = cash_events(view).filter(pl.col("direction") == "in").join(held, left_on="account", right_on="n")
    met = most.select(*keys, "since", "until").join(cash.select(*keys, "day", "n", "amount"), on=keys)
    inside = met.filter(pl.col("day").is_between("since", "until"))
    came = inside.group_by(keys).agg(cash_in=pl.col("amount").sum().cast(pl.Int64), cash=pl.col("n").sort())
    joined = most.join(came, on=keys, how="left", maintain_order="left")
    return joined.with_columns(pl.col("cash_in").fill_null(0), pl.col("cash").fill_null([]))


@feature
def luxury_beside_income(view: CaseView, days: int) -> pl.DataFrame:
    """Return `luxury_spending` beside the declared income of its period.

    Returns
    -------
    polars.DataFrame
        ``spender`` (number of the party), ``account`` (numbers), ``currency``, ``since``, ``until``, ``spent``,
        ``gambled``, ``cash_in``, ``received`` (declared income), ``percent`` (spent, of that income), ``cash_percent``
        (cash paid in, of what was spent; both rounded down), ``amounts``, ``evidence`` (spending and cash),
        ``evidence_incomes``; ``not_assessable`` where no declared income is on file.
    """
    spent = luxury_spending(view, days)
    rows = spent.hstack(received(view, spent, declared=True))
    unknown = pl.col("received").is_null()
    return (
        rows.join(view.frame("parties").select("party", spender="n"), on="party", maintain_order="left")
        .with_columns(
            percent=pl.col("spent") * 100 // pl.col("received").clip(lower_bound=1),
            cash_percent=pl.col("cash_in") * 100 // pl.col("spent"),
            not_assessable=pl.when(unknown).then(pl.lit("no declared income is on file")),
            evidence=pl.concat_list("evidence", "cash"),
            amounts=pl.concat_list(pl.struct("currency", amount="spent")),
        )
        .rename({"accounts": "account", "incomes": "evidence_incomes"})
        .drop("party", "cash")
    )


def windfall(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether gifts, inheritance or winnings of the two years before cover half of what was spent.

    Parameters
    ----------
    rows : polars.DataFrame, shape (n, …)
        As `luxury_beside_income`, the spender in a list.

    Returns
    -------
    polars.Series of Boolean, shape (n,)
    """
    asked = rows.select(
        "currency",
        party=view.frame("parties")["party"].gather(rows["spender"].list.first()),
        since=pl.col("since").dt.offset_by("-2y"),
        until="until",
    )
    return received(view, asked, windfalls=True)["received"].fill_null(0) * 2 >= rows["spent"]
