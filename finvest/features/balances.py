"""What accounts held, by addition from the balances their books give, and how much of what came in stayed (RET)."""

from __future__ import annotations

import polars as pl

from finvest.view import CaseView, feature


@feature
def daily_flows(view: CaseView, accounts: tuple[int, ...] | None = None) -> pl.DataFrame:
    """Return what each account received and by how much its balance changed, day by day of its own books.

    Parameters
    ----------
    accounts : tuple of int, optional
        Numbers of the accounts that are asked for; all where left out. So in all of this file.

    Returns
    -------
    polars.DataFrame
        ``account``, ``currency`` (code), ``day``, ``credit`` (from others, transactions of the view), ``net`` (of all
        that its books show; minor units), ``counted`` (a transaction of the view is among them), sorted.
    """
    keys = ["account", "currency", "day"]
    received = pl.col("change").filter(pl.col("counted") & (pl.col("change") > 0)).sum()
    days = (
        view.bookings_of(accounts)
        .group_by(keys)
        .agg(credit=received, net=pl.col("change").filter("own").sum(), counted=pl.col("counted").any())
    )
    return days.sort(keys)


@feature
def retention(view: CaseView, accounts: tuple[int, ...] | None = None) -> pl.DataFrame:
    """Return how much of what an account receives stays in it: mean end-of-day balance over value credited.

    Source: RET(a, W) of the catalogue, section 1, over the account's time on file.

    Returns
    -------
    polars.DataFrame
        One row an account and currency whose balance is fixed by a statement: ``account``, ``currency`` (code),
        ``mean_balance`` (minor units, float: it only ranks), ``credited`` (minor units), ``retained`` (their ratio).
        Accounts whose balances nothing on file fixes are absent: not assessable, not zero.
    """
    keys = ["account", "currency"]
    daily = daily_flows(view, accounts)
    anchored = daily.join(openings(view, accounts), on=keys).sort(*keys, "day")
    balance = pl.col("opening") + pl.col("net").cum_sum().over(keys)
    counted = pl.col("day").filter("counted")
    held = pl.col("day").shift(-1).over(keys) - pl.col("day")
    return (
        anchored.with_columns(balance=balance)
        .filter(pl.col("day").is_between(counted.min().over(keys), counted.max().over(keys)))
        .with_columns(days=held.dt.total_days().fill_null(1))
        .group_by(keys, maintain_order=True)
        .agg(
            mean_balance=(pl.col("balance") * pl.col("days")).sum() / pl.col("days").sum(),
            credited=pl.col("credit").sum(),
        )
        .filter(pl.col("credited") > 0)
        .with_columns(retained=pl.col("mean_balance") / pl.col("credited"))
    )


@feature
def openings(view: CaseView, accounts: tuple[int, ...] | None = None) -> pl.DataFrame:
    """Return what accounts held before their first movement, by addition from any balance that their books give.

    Returns
    -------
    polars.DataFrame
        ``account``, ``currency`` (code), ``opening`` (minor units); accounts whose balance nothing fixes are absent.
    """
    keys = ["account", "currency"]
    net_so_far = daily_flows(view, accounts).with_columns(so_far=pl.col("net").cum_sum().over(keys))
    written = pl.concat([_stated(view), _running(view, accounts)]).sort("day")
    if accounts is not None:
        written = written.filter(pl.col("account").is_in(accounts))
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
        .filter(pl.col("opening").is_not_null(), pl.col("start").is_not_null(), pl.col("proof").ne_missing("failed"))
        .join(view.frame("accounts").select("account", number="n"), on="account")
        .select(
            account="number",
            currency="currency",
            day=pl.col("start").dt.offset_by("-1d"),
            balance=pl.col("opening").cast(pl.Int64, strict=False),
        )
        .drop_nulls("balance")
    )


def _running(view: CaseView, accounts: tuple[int, ...] | None) -> pl.DataFrame:
    """Return running balances on days with one movement: their order within the day is then beyond doubt."""
    alone = pl.len().over("account", "currency", "day") == 1
    rows = view.bookings_of(accounts).filter("own").filter(alone).filter(pl.col("balance").is_not_null())
    return rows.select("account", "currency", "day", "balance")
