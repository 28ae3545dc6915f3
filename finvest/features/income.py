"""Which credits are income, in which cycle, and which of it leaves at once.

A credit counts as income if one of these holds, in this order:

1. *wage*: the table `employments` names the account as the one that is paid, and the payer's account is held by the
   employer (the same party, or a holder with the name of that party).
2. *benefit*: the table `benefits` names the account, and the credit has the benefit's amount and currency.
3. *series*: one payer pays the account, under one name as written, again and again in one cycle: weekly (6 to 8 days
   apart), fortnightly (12 to 16) or monthly (26 to 35).

Cash, cards, returned payments and transfers between accounts of one holder are no income. A series may be rent or a
relative's allowance as well as a wage: what rests on a series alone says so.
"""

from __future__ import annotations

import polars as pl

from finvest.features.cash import CASH
from finvest.features.holders import holders
from finvest.features.payees import payees
from finvest.model.identifiers import name_keys
from finvest.view import CaseView, feature

CYCLES = ((7, 6, 8), (14, 12, 16), (30, 26, 35))
"""Cycle, and the days apart that count as it: a payday moves for weekends and holidays."""

NO_INCOME = (*CASH, "card_pos", "card_online", "direct_debit")
"""Channels by which no income comes: what they credit is cash, a refund, or a debit that was reversed."""


@feature
def income(view: CaseView) -> pl.DataFrame:
    """Return the credits that are income.

    Returns
    -------
    polars.DataFrame
        In the order of transactions: ``n``, ``account``, ``payer`` (numbers), ``amount``, ``currency`` (as they
        arrived), ``day``, ``earliest``, ``latest``, ``who`` (name as written, see `finvest.features.payees.payees`;
        empty where there is none), ``kind`` (wage, benefit, series), ``cycle`` (days; null where there is no cycle),
        ``in_a_row`` (paydays of the longest run of paydays one cycle apart). A wage or benefit outside any cycle has 1
        payday in a row.
    """
    rows = _credits(view)
    rows = rows.join(_wages(view), on=["account", "payer"], how="left", maintain_order="left")
    rows = rows.join(_benefits(view), on=["account", "amount", "currency"], how="left", maintain_order="left")
    recorded = pl.col("wage").is_not_null() | pl.col("benefit").is_not_null()
    # Most payers pay an account once: they are no series, and their names need not be looked at.
    rows = rows.filter(recorded | (pl.len().over("account", "payer") > 1))
    rows = rows.join(_keys(rows["name"]), on="name", how="left", maintain_order="left")
    who = payees(view).select("account", "key", "who")
    rows = rows.join(who, on=["account", "key"], how="left", maintain_order="left").drop("name", "key")
    rows = rows.with_columns(pl.col("who").fill_null(""))
    keys = ["account", "payer", "who", "currency"]
    days = _runs(rows.select(*keys, "day").unique().sort(*keys, "day"), keys)
    rows = rows.join(days, on=[*keys, "day"], how="left", maintain_order="left")
    kind = (
        pl.when(pl.col("wage").is_not_null())
        .then(pl.lit("wage"))
        .when(pl.col("benefit").is_not_null())
        .then(pl.lit("benefit"))
        .when(pl.col("in_a_row") > 1)
        .then(pl.lit("series"))
    )
    return rows.with_columns(kind=kind).filter(pl.col("kind").is_not_null()).drop("wage", "benefit")


def _credits(view: CaseView) -> pl.DataFrame:
    """Return payments from others that may be income, in the order of transactions."""
    tx = view.frame("transactions", "n", "originator", "beneficiary", "channel", "is_return")
    accounts = view.frame("accounts").select("kind", key=holders(view)["holder_key"])
    payer, account = (accounts[tx[side]] for side in ("originator", "beneficiary"))
    own = (payer["key"] == account["key"]).fill_null(value=False)
    tx = tx.filter(
        ~own & account["kind"].is_in(["bank", "wallet"]) & (payer["kind"] != "cash"),
        pl.col("originator") != pl.col("beneficiary"),
        ~pl.col("channel").is_in(list(NO_INCOME)).fill_null(value=False),
        ~pl.col("is_return").fill_null(value=False),
    )
    columns = ("received_amount", "received_currency", "day", "earliest", "latest", "beneficiary_name")
    return tx.select("n", account="beneficiary", payer="originator").hstack(
        view.frame("transactions", *columns)[tx["n"]].rename(
            {"received_amount": "amount", "received_currency": "currency", "beneficiary_name": "name"}
        )
    )


def _keys(names: pl.Series) -> pl.DataFrame:
    """Return ``name`` and ``key`` of each name: names are few, and their keys take long."""
    return names.unique().drop_nulls().to_frame("name").with_columns(key=name_keys(pl.col("name")))


def _runs(days: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the paydays of one payer with the longest run that each belongs to: days one and the same cycle apart."""
    days = days.with_columns(payments=pl.struct(keys).rle_id())
    apart = (pl.col("day") - pl.col("day").shift(1)).dt.total_days()
    apart = pl.when(pl.col("payments") == pl.col("payments").shift(1)).then(apart)
    cycle = pl.coalesce(pl.when(apart.is_between(low, high)).then(days) for days, low, high in CYCLES)
    days = days.with_columns(cycle=cycle).with_columns(run=pl.struct("payments", "cycle").rle_id())
    days = days.with_columns(gaps=pl.when(pl.col("cycle").is_not_null()).then(pl.len().over("run")).fill_null(0))
    # A day may end one run and begin another: it belongs to the longer, of equal ones to the earlier.
    later = (pl.col("gaps").shift(-1) > pl.col("gaps")) & (pl.col("payments").shift(-1) == pl.col("payments"))
    of = {c: pl.when(later).then(pl.col(c).shift(-1)).otherwise(c) for c in ("cycle", "gaps")}
    return days.select(*keys, "day", **of).select(*keys, "day", "cycle", in_a_row=pl.col("gaps").cast(pl.Int64) + 1)


def _wages(view: CaseView) -> pl.DataFrame:
    """Return ``account`` and ``payer`` of each employment on file whose two accounts are known."""
    empty = pl.DataFrame(schema={"account": pl.UInt32, "payer": pl.UInt32, "wage": pl.Boolean})
    if view.lacks(["employments.payee_account", "employments.employer"]) is not None:
        return empty
    accounts = view.frame("accounts").with_columns(holder_key=holders(view)["holder_key"])
    jobs = view.frame("employments").select(payee="payee_account", employer="employer").drop_nulls().unique()
    jobs = jobs.join(accounts.select(payee="account", account="n"), on="payee")
    payers = accounts.select(employer="holder", payer="n")
    if view.lacks(["parties.name"]) is None:
        named = view.frame("parties").select(employer="party", holder_key=name_keys(pl.col("name"))).drop_nulls()
        payers = pl.concat(
            [payers, named.join(accounts.select("holder_key", payer="n"), on="holder_key").select(payers.columns)]
        )
    pairs = jobs.join(payers.drop_nulls().unique(), on="employer").select("account", "payer").unique()
    return pairs.with_columns(wage=pl.lit(value=True))


def _benefits(view: CaseView) -> pl.DataFrame:
    """Return ``account``, ``amount`` and ``currency`` of each benefit on file."""
    known = {"account": pl.UInt32, "amount": pl.Int64, "currency": pl.String, "benefit": pl.Boolean}
    if view.lacks(["benefits.payee_account", "benefits.amount"]) is not None:
        return pl.DataFrame(schema=known)
    paid = view.frame("benefits").join(
        view.frame("accounts").select(payee_account="account", account="n"), on="payee_account"
    )
    paid = paid.select("account", pl.col("amount").cast(pl.Int64, strict=False), "currency").drop_nulls().unique()
    return paid.with_columns(benefit=pl.lit(value=True))
