"""Groups in step (SYNC): how many members of a group do the same thing within hours, period after period."""

from __future__ import annotations

import polars as pl

from finvest.features.holders import holders
from finvest.model.identifiers import name_keys
from finvest.view import CaseView, feature

MONEY_TRANSFER = "4829"
"""Merchant category of money transfer (ISO 18245)."""

PERIOD = 6
"""Days between two occasions that count as two pay periods, at least: weekly pay moves by a day."""

AFTER = 31
"""Days after the last day of an employment on file in which somebody counts as staff: pay comes afterwards."""

SERVICE = 50
"""Senders from which on an account that receives remittances is the service's, not a beneficiary's."""

EVEN = 0.2
"""Coefficient of variation below which amounts count as even (catalogue, LAB-07)."""

FEW = 2
"""Beneficiaries that count as few (catalogue, LAB-07)."""


@feature
def staff(view: CaseView) -> pl.DataFrame:
    """Return the accounts of each employer's workers, as far as they are known.

    A worker's account is one that the worker holds, that bears the worker's name, or that the employer pays.

    Returns
    -------
    polars.DataFrame
        ``employer``, ``worker`` (ids of parties), ``account`` (number), ``start``, ``until`` (days on which the worker
        is staff, null where open), sorted.

    Raises
    ------
    NotAssessable
        If the case has no employments.
    """
    jobs = view.frame("employments").filter(pl.col("employer").is_not_null(), pl.col("worker").is_not_null())
    open_ended = pl.col("end").is_null().any()
    spans = jobs.group_by("employer", "worker").agg(
        start=pl.when(~pl.col("start").is_null().any()).then(pl.col("start").min()),
        until=pl.when(~open_ended).then(pl.col("end").max().dt.offset_by(f"{AFTER}d")),
        paid=pl.col("payee_account").drop_nulls().unique(),
    )
    accounts = view.frame("accounts").select("n", "account", "holder", holder_key=holders(view)["holder_key"])
    paid = spans.select("worker", account="paid").explode("account", empty_as_null=False).drop_nulls()
    known = [
        paid.join(accounts.select("account", number="n"), on="account").select("worker", "number"),
        accounts.select(worker="holder", number="n"),
    ]
    if view.lacks(["parties.name"]) is None:
        named = view.frame("parties").select(worker="party", holder_key=name_keys(pl.col("name"))).drop_nulls()
        known.append(named.join(accounts, on="holder_key").select("worker", number="n"))
    all_known = pl.concat(known).drop_nulls().unique()
    rows = spans.drop("paid").join(all_known, on="worker").rename({"number": "account"})
    return rows.select("employer", "worker", "account", "start", "until").sort("employer", "worker", "account")


@feature
def remittances(view: CaseView) -> pl.DataFrame:
    """Return money that accounts send through a transfer service or to another country.

    To another country goes what one IBAN sends to an IBAN of another country.

    Returns
    -------
    polars.DataFrame
        ``n``, ``account``, ``outlet`` (machine or merchant, null where unknown), ``payee`` (key of the name as written,
        else the beneficiary's account; null where that is the service's own), ``beneficiary`` (number, null likewise),
        ``earliest``, ``day``, ``amount``, ``currency``, in the order of transactions; only those with a known time.
    """
    columns = ("channel", "mcc", "terminal", "merchant", "beneficiary_name", "earliest", "day", "amount", "currency")
    tx = view.frame("transactions", "n", "originator", "beneficiary", "time_known", *columns)
    country = _countries(view)
    abroad = country.gather(tx["originator"]) != country.gather(tx["beneficiary"])
    service = (pl.col("mcc") == MONEY_TRANSFER).fill_null(value=False)
    sent = service | (pl.col("channel") == "remittance").fill_null(value=False) | abroad.fill_null(value=False)
    tx = tx.filter(sent, "time_known")
    name = name_keys(pl.col("beneficiary_name"))
    name = pl.when(name != "").then(name)
    # What a service's account receives goes on to somebody who is known by name only, if at all.
    listed = holders(view)["company"].gather(tx["beneficiary"]).fill_null(value=False)
    many = pl.col("originator").n_unique().over("beneficiary") >= SERVICE
    card = service & (pl.col("channel") != "remittance").fill_null(value=True)
    beneficiary = pl.when(~(card | listed | many)).then("beneficiary")
    return tx.select(
        "n",
        "earliest",
        "day",
        "amount",
        "currency",
        account="originator",
        outlet=pl.coalesce("terminal", "merchant"),
        payee=pl.coalesce(name, pl.format("account {}", beneficiary)),
        beneficiary=beneficiary,
    )


def _countries(view: CaseView) -> pl.Series:
    """Return the country in each account's IBAN, null where it has none."""
    accounts = view.frame("accounts").select("account")
    if view.lacks(["identifiers.key"]) is not None:
        return pl.repeat(None, len(accounts), dtype=pl.String, eager=True)
    ibans = view.frame("identifiers").filter(pl.col("scheme") == "iban", pl.col("subject_kind") == "account")
    ibans = ibans.group_by(account="subject").agg(country=pl.col("key").str.head(2).min())
    return accounts.join(ibans, on="account", how="left", maintain_order="left")["country"]


def in_step(actions: pl.DataFrame, hours: int, least: int) -> pl.DataFrame:
    """Return when members of a group do the same thing within some hours.

    Source: SYNC(S, τ) of the catalogue, section 1.

    Parameters
    ----------
    actions : polars.DataFrame
        ``group``, ``action`` (what is the same), ``member``, ``n``, ``earliest``, ``day``.
    hours : int
        τ: length of the window, both ends included.
    least : int
        Members in it.

    Returns
    -------
    polars.DataFrame
        The best window of each group, action and day: ``group``, ``action``, ``day`` (of its last action), ``members``,
        ``evidence``, and ``period`` (number of the pay period, from 0; a new one starts `PERIOD` days or more after the
        last day before it), sorted.
    """
    keys = ["group", "action"]
    rows = actions.drop_nulls(keys).sort(*keys, "earliest", "n")
    windows = rows.rolling("earliest", period=f"{hours}h", closed="both", group_by=keys).agg(
        members=pl.col("member").n_unique().cast(pl.Int64), evidence="n", day=pl.col("day").last()
    )
    best = windows.filter(pl.col("members") >= least).sort(*keys, "day", -pl.col("members"), "earliest")
    best = best.unique([*keys, "day"], keep="first", maintain_order=True)
    later = (pl.col("day") - pl.col("day").shift(1).over(keys)).dt.total_days() >= PERIOD
    return best.with_columns(period=later.fill_null(value=False).cum_sum().over(keys).cast(pl.Int64)).select(
        *keys, "day", "members", "evidence", "period"
    )


@feature
def synchronised_remittances(view: CaseView, hours: int, workers: int, percent: int, periods: int) -> pl.DataFrame:
    """Return employers much of whose staff sends money at the same time to few beneficiaries or from one outlet.

    Parameters
    ----------
    hours : int
        Time within which they send.
    workers : int
        Workers who do, at least.
    percent : int
        Their share of the staff whose accounts are known, at least.
    periods : int
        Pay periods in which they do, at least.

    Returns
    -------
    polars.DataFrame
        One row an employer: ``employer`` (number of the party, null where no record of it is on file), ``what`` (one
        outlet, few beneficiaries), ``periods``, ``workers`` (the fewest of any period), ``known`` (staff with a known
        account), ``senders``, ``recipients`` (lists of accounts; recipients only where beneficiaries are few),
        ``beneficiaries`` (by name or account; null where some are unknown), ``even`` (mean over all days of the
        coefficient of variation of the amounts), ``evidence``, ``evidence_employments``.
    """
    members = staff(view)
    sent = remittances(view).join(members, on="account")
    there = (pl.col("day") >= pl.col("start")).fill_null(value=True) & (pl.col("day") <= pl.col("until")).fill_null(
        value=True
    )
    sent = sent.filter(there).rename({"employer": "group", "worker": "member"})
    popular = (
        sent.drop_nulls("payee").group_by("group", "payee").agg(members=pl.col("member").n_unique().cast(pl.Int64))
    )
    popular = popular.sort("group", -pl.col("members"), "payee").group_by("group", maintain_order=True).head(FEW)
    few = sent.join(popular, on=["group", "payee"], how="semi").with_columns(action=pl.lit("few beneficiaries"))
    outlet = sent.with_columns(action=pl.format("outlet {}", "outlet"))
    found = in_step(pl.concat([few, outlet]), hours, workers)
    counted = members.select("employer", "worker", "start", "until").unique().rename({"employer": "group"})
    sizes = found.select("group", "day").unique().join(counted, on="group").filter(there)
    sizes = sizes.group_by("group", "day").agg(known=pl.col("worker").n_unique().cast(pl.Int64))
    found = found.join(sizes, on=["group", "day"]).filter(pl.col("members") * 100 >= pl.col("known") * percent)
    keys = ["group", "action"]
    best = found.group_by(keys).agg(
        periods=pl.col("period").n_unique().cast(pl.Int64),
        workers=pl.col("members").min(),
        known=pl.col("known").max(),
        evidence=pl.col("evidence").explode(empty_as_null=False).unique().sort(),
    )
    best = best.filter(pl.col("periods") >= periods).sort("group", -pl.col("periods"), -pl.col("workers"), "action")
    return _described(view, best.unique("group", keep="first", maintain_order=True), sent)


def _described(view: CaseView, best: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """Say who sends to whom, and how even the amounts are."""
    flat = best.select("group", n="evidence").explode("n", empty_as_null=False)
    flat = flat.join(sent.unique(["group", "n"]).drop("action", strict=False), on=["group", "n"])
    # In one order: the last bit of a mean depends on it.
    ordered = flat.sort("group", "day", "currency", "n").group_by("group", "day", "currency", maintain_order=True)
    amounts = ordered.agg(cv=pl.col("amount").std(ddof=0) / pl.col("amount").mean())
    few = pl.col("payee").is_not_null().all() & (pl.col("payee").n_unique() <= FEW)
    people = flat.group_by("group").agg(
        senders=pl.col("account").unique().sort(),
        recipients=pl.when(few).then(pl.col("beneficiary").drop_nulls().unique().sort().implode()),
        beneficiaries=pl.when(pl.col("payee").is_not_null().all()).then(pl.col("payee").n_unique().cast(pl.Int64)),
    )
    evenness = amounts.group_by("group", maintain_order=True).agg(even=pl.col("cv").mean())
    jobs = view.frame("employments").group_by(group="employer").agg(evidence_employments="n")
    rows = best.join(people, on="group").join(evenness, on="group")
    known = view.frame("parties", "n", "party") if view.lacks(["parties"]) is None else None
    numbers = {} if known is None else dict(known.select("party", "n").iter_rows())
    rows = (
        rows.join(jobs, on="group")
        .sort("group")
        .rename({"group": "employer"})
        .with_columns(pl.col("employer").replace_strict(numbers, default=None, return_dtype=pl.UInt32))
    )
    what = pl.when(pl.col("action") == "few beneficiaries").then("action").otherwise(pl.lit("one outlet"))
    return rows.with_columns(what=what).drop("action")
