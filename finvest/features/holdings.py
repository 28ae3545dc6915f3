"""What relatives acquired, and whose money paid for it."""

from __future__ import annotations

import numpy as np
import polars as pl

from finvest.features.wealth import received
from finvest.view import CaseView, feature

KINDS = ("property", "vehicle")
"""Things that registers know, and that relatives are made to own."""

_LINKED = ("suspect", "convicted")
"""Categories of subjects whom something ties to an offence."""

_AROUND = 31
"""Days before and after an acquisition in which its price is paid."""


@feature
def bought_with_money_of_relatives(view: CaseView, months: int) -> pl.DataFrame:
    """Return what a party acquired with money that a relative had sent, by first in, first out.

    The payment is what the account that paid (`assets.paid_from`) sent to one receiver within a month of the
    acquisition, nearest to the price and within a tenth of it. Source: AST-02 of the catalogue.

    Returns
    -------
    polars.DataFrame
        One row an asset and relative: ``party`` (id of the owner), ``from`` (id of the relative), ``kind``,
        ``acquired``, ``since``, ``until`` (the months before it), ``currency``, ``price``, ``funded`` (of the payment,
        from the relative's accounts in that time; minor units), ``evidence`` (transactions), ``evidence_assets``.
    """
    accounts = view.frame("accounts")
    assets = view.frame("assets").filter(
        pl.col("kind").is_in(KINDS), pl.col("began").is_not_null(), pl.col("amount") > 0, pl.col("party").is_not_null()
    )
    bought = assets.unique(["party", "asset"], keep="first", maintain_order=True).select(
        "party",
        "kind",
        "currency",
        asset="n",
        acquired="began",
        price=pl.col("amount").cast(pl.Int64),
        account=pl.col("paid_from").replace_strict(
            accounts["account"], accounts["n"], default=None, return_dtype=pl.UInt32
        ),
        since=pl.col("began").dt.offset_by(f"-{months}mo"),
        until="began",
    )
    paid = _payments(view, bought.filter(pl.col("account").is_not_null()))
    lots = _lots(view, paid)
    held = accounts.select("n", "holder").filter(pl.col("holder").is_not_null())
    came = (
        lots.join(held.rename({"n": "payer", "holder": "from"}), on="payer")
        .join(_relatives(view), on=["party", "from"], how="semi")
        .filter(pl.col("sent").is_between("since", "until"))
    )
    keys = ["asset", "party", "from", "kind", "acquired", "since", "until", "currency", "price"]
    return (
        came.group_by(keys)
        .agg(
            funded=pl.col("part").sum().cast(pl.Int64),
            evidence=pl.concat([pl.col("incoming"), pl.col("outgoing")]).unique().sort(),
        )
        .sort("asset", "from")
        .with_columns(evidence_assets=pl.concat_list("asset"))
        .drop("asset")
    )


@feature
def bought_beside_income(view: CaseView, months: int) -> pl.DataFrame:
    """Return `bought_with_money_of_relatives` beside what the owner received in these months.

    Returns
    -------
    polars.DataFrame
        ``owner``, ``sender`` (numbers of parties), ``kind``, ``acquired``, ``since``, ``until``, ``currency``,
        ``price``, ``funded``, ``received`` (the owner's income, null where none is on file), ``funded_percent``,
        ``income_percent`` (of the price, rounded down), ``amounts`` (what was funded), ``evidence`` and those of
        tables; ``not_assessable`` where no income is on file.
    """
    bought = bought_with_money_of_relatives(view, months)
    number = view.frame("parties").select("party", "n")
    return (
        bought.hstack(received(view, bought))
        .join(number.rename({"n": "owner"}), on="party", maintain_order="left")
        .join(number.rename({"n": "sender", "party": "from"}), on="from", maintain_order="left")
        .with_columns(
            amounts=pl.concat_list(pl.struct("currency", amount="funded")),
            funded_percent=pl.col("funded") * 100 // pl.col("price"),
            income_percent=pl.col("received") * 100 // pl.col("price"),
            not_assessable=pl.when(pl.col("received").is_null()).then(pl.lit("no income of the owner is on file")),
        )
        .rename({"incomes": "evidence_incomes"})
        .drop("party", "from")
    )


def unlinked(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell of each sender whether nothing on file says that it is suspected or convicted of an offence.

    Parameters
    ----------
    rows : polars.DataFrame, shape (n, …)
        As `bought_beside_income`, the sender in a list.

    Returns
    -------
    polars.Series of Boolean, shape (n,)
    """
    category = view.frame("parties")["subject_category"].gather(rows["sender"].list.first())
    return ~category.is_in(_LINKED).fill_null(value=False)


def earned(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell of each sender whether its income on file was at least twice what it sent.

    Parameters
    ----------
    rows : polars.DataFrame, shape (n, …)
        As `bought_beside_income`, the sender in a list.

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        Null where no income of the sender is on file.
    """
    sender = view.frame("parties")["party"].gather(rows["sender"].list.first())
    return received(view, rows.with_columns(party=sender))["received"] >= rows["funded"] * 2


def _payments(view: CaseView, bought: pl.DataFrame) -> pl.DataFrame:
    """Return the payments of each price: one row a payment, the columns of `bought` beside it."""
    tx = view.frame("transactions", "n", "originator", "beneficiary", "amount", "currency", "day")
    tx = tx.filter(pl.col("originator").is_in(bought["account"].unique().implode()))
    near = bought.join(tx, left_on=["account", "currency"], right_on=["originator", "currency"])
    near = near.filter((pl.col("day") - pl.col("acquired")).dt.total_days().abs() <= _AROUND)
    sums = near.group_by("asset", "beneficiary").agg(sum=pl.col("amount").sum().cast(pl.Int64), payments="n")
    sums = sums.join(bought, on="asset")
    apart = (pl.col("sum") - pl.col("price")).abs()
    close = sums.filter(apart * 10 <= pl.col("price")).sort("asset", apart, "beneficiary")
    chosen = close.unique("asset", keep="first", maintain_order=True).drop("beneficiary", "sum")
    return chosen.explode("payments").rename({"payments": "outgoing"})


def _lots(view: CaseView, paid: pl.DataFrame) -> pl.DataFrame:
    """Return the incoming parts of each payment: ``incoming``, ``payer``, ``sent`` (day), ``part`` (minor units)."""
    from finvest.graph.lots import fifo_lots

    accounts = paid["account"].unique().sort().to_numpy().astype(np.int32)
    lots = fifo_lots(view.graph, order="possible", accounts=accounts)
    parts = pl.DataFrame(
        {"incoming": lots.incoming, "outgoing": lots.outgoing, "part": lots.amount},
        schema_overrides={"incoming": pl.UInt32, "outgoing": pl.UInt32},
    )
    tx = view.frame("transactions", "n", "originator", "day").rename(
        {"n": "incoming", "originator": "payer", "day": "sent"}
    )
    return paid.join(parts, on="outgoing").join(tx, on="incoming")


def _relatives(view: CaseView) -> pl.DataFrame:
    """Return pairs of relatives, each both ways: ``party``, ``from`` (ids)."""
    links = view.frame("links").filter(pl.col("kind") == "related_to")
    one = links.select(pl.col("from_id").alias("party"), pl.col("to_id").alias("from"))
    return pl.concat([one, one.select(party="from", **{"from": "party"})]).drop_nulls().unique()
