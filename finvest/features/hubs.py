"""HUB: unrelated people whose accounts share a telephone, e-mail, device or address."""

from __future__ import annotations

import polars as pl

from finvest.features.at_once import most_at_once
from finvest.features.directors import companies
from finvest.features.families import families, persons, relations_on_file
from finvest.model.errors import NotAssessable
from finvest.model.identifiers import text_keys
from finvest.view import CaseView, feature

CARERS = ("55", "69", "743", "85", "87", "88", "94")
"""Beginnings of NACE codes of those whose contact others lawfully use: lodgings, accountants, interpreters, schools,
homes, social work, churches and clubs. Our own choice."""

_KINDS = {"phone": "phone", "mobile": "phone", "telephone": "phone", "email": "email", "e-mail": "email",
          "handle": "handle", "address": "address"}  # fmt: skip

_LEAST_SIGNS = 3
"""Different signs that a telephone or e-mail has; 0000 and n/a stand for none."""

_USES = pl.Schema(
    {
        "kind": pl.String,
        "key": pl.String,
        "account": pl.UInt32,
        "day": pl.Date,
        "end": pl.Date,
        "table": pl.String,
        "n": pl.UInt32,
        "listed": pl.Boolean,
        "carer": pl.Boolean,
    }
)


def within(day: str, days: int) -> pl.Expr:
    """Return whether the column `day` lies in the `days` days that end with the column ``until``."""
    return pl.col(day).is_between(pl.col("until") - pl.duration(days=days - 1), pl.col("until"))


def untold(few: pl.Expr, unrelated: pl.Expr, most: int) -> pl.Expr:
    """Return why a row cannot be judged, null where it can.

    Parameters
    ----------
    few : polars.Expr
        As far as is known there are too few; some of those of whom nothing is known may be among them.
    unrelated : polars.Expr
        How many families there are.
    most : int
        How many a single person can have to do with.
    """
    gap = pl.format("one {} is theirs; holders not known: {}, days not known: {}", "kind", "unnamed", "undated")
    many = pl.format("one {} is that of {} families: ask the bank what it stands for", "kind", unrelated)
    return pl.when(few).then(gap).when(unrelated > most).then(many)


def carer(nace: pl.Expr) -> pl.Expr:
    """Return whether a NACE code is one of `CARERS`."""
    return pl.any_horizontal(nace.str.starts_with(code) for code in CARERS)


def _firms(view: CaseView) -> pl.DataFrame:
    """Return companies on the company list and their accounts: ``subject`` (id), ``listed``, ``carer``."""
    empty = pl.DataFrame(schema={"subject": pl.String, "listed": pl.Boolean, "carer": pl.Boolean})
    if view.lacks(["companies"]) is not None:
        return empty
    listed = companies(view).with_columns(carer=carer(pl.col("nace")), listed=pl.lit(value=True))
    of = persons(view)
    found = [
        listed.select("listed", "carer", subject="company"),
        of.join(listed, left_on="holder", right_on="company").select("listed", "carer", subject="id"),
        of.join(listed, left_on="person", right_on="name_key").select("listed", "carer", subject="id"),
    ]
    # Of several companies of one name any may be the carer.
    one = pl.concat([f.select("subject", "listed", "carer") for f in found]).group_by("subject")
    return one.agg(listed=pl.lit(value=True), carer=pl.col("carer").any(ignore_nulls=False))


def _contacts(view: CaseView) -> pl.DataFrame:
    of = persons(view).select("account", "id", "holder", "opened")
    key = text_keys(pl.coalesce("key", "value"))
    rows = view.frame("contacts").select(
        "n",
        "subject",
        "start",
        "end",
        key=key,
        kind=pl.col("kind").str.to_lowercase().replace_strict(_KINDS, default=None, return_dtype=pl.String),
        table=pl.lit("contacts"),
    )
    rows = rows.filter(pl.col("key").str.split("").list.n_unique() >= _LEAST_SIGNS)
    held = pl.concat([of.with_columns(subject="id"), of.with_columns(subject="holder")]).drop_nulls("subject")
    # A company's own contact tells whose it is even where the company holds no account: its row stays.
    rows = rows.join(_firms(view), on="subject", how="left").join(held.drop("id", "holder"), on="subject", how="left")
    return rows.with_columns(day=pl.coalesce("start", "opened"))


def _addresses(view: CaseView) -> pl.DataFrame:
    of = persons(view).select("account", "holder", "opened").drop_nulls("holder")
    rows = view.frame("links").filter(pl.col("kind") == "lives_at").select("n", "from_id", "to_id", "start", "end")
    places = pl.DataFrame(schema={"address": pl.String, "key": pl.String})
    if view.lacks(["addresses"]) is None:
        text = text_keys(pl.coalesce("key", "text"))
        places = (
            view.frame("addresses").select("address", key=text).unique("address", keep="first", maintain_order=True)
        )
    rows = rows.join(places, left_on="to_id", right_on="address", how="left")
    rows = rows.join(of, left_on="from_id", right_on="holder").with_columns(key=pl.coalesce("key", "to_id"))
    return rows.with_columns(kind=pl.lit("address"), table=pl.lit("links"), day=pl.coalesce("start", "opened"))


def _devices(view: CaseView) -> pl.DataFrame:
    """Return devices at accounts. One with which an account's log begins may be older than the log."""
    of = persons(view).select("account", "id", "opened")
    rows = view.frame("devices").select("n", "party", id="account", key="device", seen=pl.col("seen_at").dt.date())
    rows = rows.join(of, on="id").join(_firms(view), left_on="party", right_on="subject", how="left")
    began = pl.col("seen").min().over("key", "account")
    later = began > pl.col("seen").min().over("account")
    day = pl.when(later).then(began).otherwise("opened")
    return rows.with_columns(kind=pl.lit("device"), table=pl.lit("devices"), end=pl.lit(None, pl.Date), day=day)


@feature
def uses(view: CaseView) -> pl.DataFrame:
    """Return which account is reached or operated through what.

    Returns
    -------
    polars.DataFrame
        ``kind`` (phone, email, handle, device, address), ``key``, ``account`` (number; null of a company without one),
        ``day`` (first day, as far as the case tells), ``end`` (last day, null where open), ``table`` and ``n`` (record
        that says so), ``listed`` (a company on the company list is known by it), ``carer`` (of these, see `CARERS`;
        null where the branch is not known).

    Raises
    ------
    NotAssessable
        If the case has no contacts and no devices.
    """
    if view.lacks(["contacts"]) is not None and view.lacks(["devices"]) is not None:
        raise NotAssessable("no contacts and no devices in this case")
    readers = {"contacts": _contacts, "links": _addresses, "devices": _devices}
    found = [read(view) for table, read in readers.items() if view.lacks([table]) is None]
    none = pl.DataFrame(schema=_USES)
    rows = pl.concat([none, *(pl.concat([none, rows], how="diagonal").select(none.columns) for rows in found)])
    rows = rows.filter(pl.col("kind").is_not_null(), pl.col("key") != "")
    return rows.with_columns(pl.col("listed").fill_null(value=False)).sort("kind", "key", "account", "table", "n")


def _members(view: CaseView, every: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return one row an account of a hub, with its family and whether it began in the busiest period.

    Who had let go of a number before others got it shares nothing with them.
    """
    found = (
        every.filter(pl.col("account").is_not_null())
        .group_by("hub", "account")
        .agg(pl.col("day").min(), end=pl.when(pl.col("end").null_count() == 0).then(pl.col("end").max()))
    )
    found = found.sort("hub", "account")
    found = found.with_columns(families(view, found).alias("family"))
    spans = found.select("hub", who="family", first="day", until=pl.col("day") + pl.duration(days=days - 1))
    found = found.join(most_at_once(spans, ["hub"]).rename({"day": "until"}), on="hub", how="left")
    since = pl.col("until") - pl.duration(days=days - 1)
    there = found.filter((pl.col("end") >= since).fill_null(value=True))
    return there.with_columns(burst=within("day", days), before=(pl.col("day") < since).fill_null(value=False))


def _at_one_address(members: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Return the address that most families of a hub have: ``hub``, ``one_address``, ``table``, ``n``."""
    places = every.filter(pl.col("kind") == "address").select("account", "key", "table", "n")
    rows = members.select("hub", "account", "family").join(places, on="account")
    counted = rows.group_by("hub", "key").agg("table", "n", one_address=pl.col("family").drop_nulls().n_unique())
    counted = counted.sort("hub", -pl.col("one_address").cast(pl.Int64), "key")
    return counted.unique("hub", keep="first", maintain_order=True).explode("table", "n").drop("key")


@feature
def contact_hubs(view: CaseView, days: int) -> pl.DataFrame:
    """Return what the accounts of several people share, and how many began to within one period.

    Returns
    -------
    polars.DataFrame
        One row an identifier that at least two accounts share, addresses left out: ``kind``; ``members`` (accounts),
        ``before`` (of these, which had it before that period); ``holders``, ``unrelated`` (families), ``burst``
        (families that began within `days` days), ``unnamed`` and ``undated`` (accounts whose holder, or whose first
        day, is not known), ``first_day``, ``last_day`` (of the burst); ``listed``, ``carer`` (see `uses`), ``family``
        (most are relatives or bear one surname), all null where the case's data cannot tell; ``one_address`` (families
        of these at one address); ``evidence_<table>``.
    """
    uses_ = uses(view)
    shared = uses_.filter(pl.col("kind") != "address").group_by("kind", "key")
    hubs = shared.agg(accounts=pl.col("account").drop_nulls().n_unique()).filter(pl.col("accounts") > 1)
    hubs = hubs.drop("accounts").sort("kind", "key").with_row_index("hub")
    every = uses_.join(hubs, on=["kind", "key"])
    lists = view.lacks(["companies"]) is None
    firms = every.group_by("hub").agg(
        listed=pl.col("listed").any() if lists else pl.lit(None, pl.Boolean),
        carer=pl.col("carer").filter("listed").any(ignore_nulls=False) if lists else pl.lit(None, pl.Boolean),
    )
    members = _members(view, every, days)
    address = _at_one_address(members, uses_)
    said = every.select("hub", "account", "table", "n").join(members, on=["hub", "account"], how="semi")
    said = pl.concat([said.select("hub", "table", "n"), address.select("hub", "table", "n")])
    tables = [t for t in ("contacts", "devices", "links") if view.lacks([t]) is None]
    evidence = said.group_by("hub").agg(
        pl.col("n").filter(pl.col("table") == t).unique().sort().alias(f"evidence_{t}") for t in tables
    )
    known = persons(view).select("account", "person")
    counted = (
        members.join(known, on="account", how="left")
        .group_by("hub")
        .agg(
            members=pl.col("account").filter(~pl.col("before")),
            before=pl.col("account").filter("before"),
            holders=pl.col("person").drop_nulls().n_unique(),
            unrelated=pl.col("family").drop_nulls().n_unique(),
            burst=pl.col("family").filter("burst").drop_nulls().n_unique(),
            unnamed=pl.col("family").null_count(),
            undated=pl.col("day").null_count(),
            first_day=pl.col("day").filter("burst").min(),
            last_day=pl.col("day").filter("burst").max(),
        )
    )
    places = address.select("hub", "one_address").unique()
    rows = hubs.join(counted, on="hub").join(firms, on="hub").join(evidence, on="hub")
    told = pl.lit(False if relations_on_file(view) else None, pl.Boolean)
    mostly = pl.col("unrelated") * 2 <= pl.col("holders")
    rows = rows.join(places, on="hub", how="left").with_columns(
        pl.col("unrelated").cast(pl.Int64),
        pl.col("one_address").fill_null(0).cast(pl.Int64),
        family=pl.when(mostly).then(True).otherwise(told),  # noqa: FBT003
    )
    return rows.sort("hub").drop("hub", "key")
