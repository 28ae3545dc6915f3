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
def credits_from_others(view: CaseView) -> pl.DataFrame:
    """Return payments that may be income, in the order of transactions.

    Returns
    -------
    polars.DataFrame
        ``n``, ``account``, ``payer`` (numbers), ``amount``, ``currency`` (as they arrived), ``day``, ``earliest``,
        ``latest``, ``who`` (name as written, see `finvest.features.payees.payees`; empty where there is none).
    """
    key = holders(view)["holder_key"]
    names = ("received_amount", "received_currency", "day", "earliest", "latest", "channel", "is_return")
    tx = view.frame("transactions", "n", "originator", "beneficiary", "beneficiary_name", *names)
    kinds = view.frame("accounts")["kind"]
    own = (key.gather(tx["originator"]) == key.gather(tx["beneficiary"])).fill_null(value=False)
    bank = kinds.gather(tx["beneficiary"]).is_in(["bank", "wallet"]) & (kinds.gather(tx["originator"]) != "cash")
    tx = tx.filter(
        ~own & bank,
        pl.col("originator") != pl.col("beneficiary"),
        ~pl.col("channel").is_in(list(NO_INCOME)).fill_null(value=False),
        ~pl.col("is_return").fill_null(value=False),
    )
    tx = tx.rename({"beneficiary": "account", "originator": "payer"}).with_columns(
        key=name_keys(pl.col("beneficiary_name"))
    )
    who = payees(view).select("account", "key", "who")
    return tx.join(who, on=["account", "key"], how="left", maintain_order="left").select(
        "n",
        "account",
        "payer",
        "day",
        "earliest",
        "latest",
        pl.col("who").fill_null(""),
        amount="received_amount",
        currency="received_currency",
    )


@feature
def income(view: CaseView) -> pl.DataFrame:
    """Return the credits that are income.

    Returns
    -------
    polars.DataFrame
        The columns of `credits_from_others`, and ``kind`` (wage, benefit, series), ``cycle`` (days; null where there is
        no cycle), ``in_a_row`` (paydays of the longest run of paydays one cycle apart), ``series`` (number of that
        run), in the order of transactions. A wage or benefit outside any cycle has 1 payday in a row.
    """
    rows = credits_from_others(view)
    keys = ["account", "payer", "who", "currency"]
    days = _runs(rows.select(*keys, "day").unique().sort(*keys, "day"), keys)
    rows = rows.join(days, on=[*keys, "day"], how="left", maintain_order="left")
    rows = rows.join(_wages(view), on=["account", "payer"], how="left", maintain_order="left")
    benefits = _benefits(view)
    rows = rows.join(benefits, on=["account", "amount", "currency"], how="left", maintain_order="left")
    kind = (
        pl.when(pl.col("wage").is_not_null())
        .then(pl.lit("wage"))
        .when(pl.col("benefit").is_not_null())
        .then(pl.lit("benefit"))
        .when(pl.col("in_a_row") > 1)
        .then(pl.lit("series"))
    )
    return rows.with_columns(kind=kind).filter(pl.col("kind").is_not_null()).drop("wage", "benefit")


def _runs(days: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the paydays of one payer with the longest run that each belongs to: days one and the same cycle apart."""
    apart = (pl.col("day") - pl.col("day").shift(1).over(keys)).dt.total_days()
    cycle = pl.coalesce(pl.when(apart.is_between(low, high)).then(days) for days, low, high in CYCLES)
    gaps = days.with_columns(cycle=cycle).with_columns(series=pl.struct(*keys, "cycle").rle_id())
    gaps = gaps.with_columns(gaps=pl.when(pl.col("cycle").is_not_null()).then(pl.len().over("series")).fill_null(0))
    run = pl.struct("gaps", "cycle", "series")
    # A day may end one run and begin another: it belongs to the longer, of equal ones to the earlier.
    after = run.shift(-1).over(keys)
    longer = (after.struct.field("gaps") > pl.col("gaps")).fill_null(value=False)
    gaps = gaps.with_columns(run=pl.when(longer).then(after).otherwise(run)).drop("gaps", "cycle", "series")
    return gaps.unnest("run").select(*keys, "day", "cycle", "series", in_a_row=pl.col("gaps").cast(pl.Int64) + 1)


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
