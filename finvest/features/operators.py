"""Who operates accounts: devices in their sessions, and people who pay cash in at the counter."""

from __future__ import annotations

import polars as pl

from finvest.features.at_once import most_at_once
from finvest.features.directors import companies
from finvest.features.families import families, persons, related, relations_on_file
from finvest.features.hubs import carer, within
from finvest.model.errors import NotAssessable
from finvest.model.identifiers import name_keys
from finvest.model.tables import INSTANT
from finvest.view import CaseView, feature

PUBLIC = "(?i)librar|caf[eé]|kiosk|public|branch"
"""Kinds of devices that anybody may use."""

_ACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "key": pl.String,
    "account": pl.UInt32,
    "day": pl.Date,
    "n": pl.UInt32,
    "earliest": INSTANT,
    "latest": INSTANT,
    "class": pl.String,
    "party": pl.String,
}


@feature
def acts(view: CaseView) -> pl.DataFrame:
    """Return sessions, and cash paid in at the counter.

    Returns
    -------
    polars.DataFrame
        ``kind`` (device, conductor), ``key`` (which; null where not recorded), ``account`` (number), ``day`` (null
        where not known), ``n`` (row of `devices`, or transaction), ``earliest``, ``latest``, ``class`` (of the device),
        ``party`` (id of who used it).

    Raises
    ------
    NotAssessable
        If the case has no devices and nobody who acted at a counter.
    """
    sources = []
    if view.lacks(["devices"]) is None:
        of = persons(view).select("account", "id")
        rows = view.frame("devices").rename({"account": "id", "kind": "class", "device": "key"})
        rows = rows.with_columns(earliest="seen_at", latest="seen_at")
        sources.append(rows.join(of, on="id").with_columns(kind=pl.lit("device"), day=pl.col("seen_at").dt.date()))
    if view.lacks(["transactions.conductor"]) is None:
        rows = view.frame(
            "transactions", "n", "originator", "beneficiary", "channel", "conductor", "day", "earliest", "latest"
        )
        cash = view.frame("accounts").filter(pl.col("kind") == "cash")["n"].implode()
        counter = (pl.col("channel") == "cash_branch") | pl.col("conductor").is_not_null()
        rows = rows.filter(pl.col("originator").is_in(cash), counter)
        sources.append(
            rows.rename({"beneficiary": "account", "conductor": "key"}).with_columns(kind=pl.lit("conductor"))
        )
    if not sources:
        raise NotAssessable("no devices, and nobody who acted at a counter, in this case")
    none = pl.DataFrame(schema=_ACTS)
    found = [pl.concat([none, rows], how="diagonal").select(none.columns) for rows in sources]
    return pl.concat(found).sort("kind", "key", "account", "day", "n")


def _known_as(view: CaseView, hubs: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Return who the operator may be: ``hub``, ``party`` (id, null where only a name is known), ``person``.

    A device's operator is known where all its sessions name one party; who acted at a counter may be written as a name
    or as the id of a party.
    """
    used = every.filter(pl.col("party").is_not_null()).group_by("hub").agg(pl.col("party").unique())
    used = used.filter(pl.col("party").list.len() == 1).explode("party")
    acted = hubs.filter(pl.col("kind") == "conductor").select("hub", party="key", person=name_keys(pl.col("key")))
    of = persons(view).select(party="holder", person="person").drop_nulls().unique()
    if view.lacks(["parties"]) is None:
        people = view.frame("parties").select("party", person=name_keys(pl.col("name"))).drop_nulls()
        of = pl.concat([of, people]).unique()
    by_party = pl.concat([used, acted.select("hub", "party")]).join(of, on="party", how="left")
    by_name = acted.select("hub", party=pl.lit(None, pl.String), person="person")
    rows = pl.concat([by_party.select("hub", "party", "person"), by_name]).filter(pl.col("person") != "")
    return rows.unique()


def _offices(view: CaseView, known: pl.DataFrame) -> pl.DataFrame:
    """Return ``hub`` and ``office``: the operator is on the company list, and of a branch that acts for others.

    An employer is no such branch: that it operates its workers' accounts is what is looked for.
    """
    if view.lacks(["companies"]) is not None:
        return pl.DataFrame(schema={"hub": known.schema["hub"], "office": pl.Boolean})
    listed = companies(view).select("company", "name_key", office=carer(pl.col("nace")))
    by_party = known.join(listed, left_on="party", right_on="company").select("hub", "office")
    by_name = known.join(listed, left_on="person", right_on="name_key").select("hub", "office")
    none = known.select("hub", office=pl.lit(value=False))
    return pl.concat([none, by_party, by_name]).group_by("hub").agg(pl.col("office").any(ignore_nulls=False))


def _accounts(view: CaseView, every: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return one row an account of a hub: ``family``, whether it is the operator's ``own``, or a ``relative``'s."""
    pairs = every.select("hub", "account").unique(maintain_order=True)
    pairs = pairs.with_columns(families(view, pairs).alias("family")).hstack(
        persons(view)[pairs["account"]].select("person", "holder")
    )
    by_name = pairs.join(known, on=["hub", "person"], how="semi").select("hub", "account")
    by_party = pairs.join(known, left_on=["hub", "holder"], right_on=["hub", "party"], how="semi")
    own = pl.concat([by_name, by_party.select("hub", "account")]).unique().with_columns(own=pl.lit(value=True))
    kin = known.join(related(view), left_on="person", right_on="one").select(
        "hub", person="other", kin=pl.lit(value=True)
    )
    pairs = pairs.join(own, on=["hub", "account"], how="left").join(kin.unique(), on=["hub", "person"], how="left")
    pairs = pairs.with_columns(pl.col("own", "kin").fill_null(value=False))
    near = (pl.col("own") | pl.col("kin")).any().over("hub", "family") & pl.col("family").is_not_null()
    return pairs.select("hub", "account", "family", "own", relative=near & ~pl.col("own"))


def _in_period(rows: pl.DataFrame, all_acts: pl.DataFrame, days: int, percent: int) -> pl.DataFrame:
    """Return what each operator did for others in its period; columns as in `operators`, and ``hub``."""
    spans = rows.filter("others").select(
        "hub", who="family", first="day", until=pl.col("day") + pl.duration(days=days - 1)
    )
    best = most_at_once(spans, ["hub"]).select("hub", until="last")
    rows = rows.join(best, on="hub").filter(within("day", days))
    mine = rows.group_by("hub", "kind", "account", "until").agg(mine=pl.len())
    acted = mine.join(all_acts.select("kind", "account", "day"), on=["kind", "account"])
    acted = acted.filter(within("day", days).fill_null(value=True))  # an act without a day may have been then
    counted = acted.group_by("hub", "account").agg(mine=pl.col("mine").first(), all=pl.len())
    rows = rows.join(counted, on=["hub", "account"]).sort("hub", "account", "day", "n")
    family = pl.col("family").filter("others").drop_nulls()
    led = pl.col("others") & (pl.col("mine").cast(pl.Int64) * 100 > pl.col("all").cast(pl.Int64) * percent)
    return rows.group_by("hub").agg(
        held=pl.col("account").filter("others").unique().sort(),
        holders=family.n_unique(),
        mainly=pl.col("family").filter(led).drop_nulls().n_unique(),
        acts=pl.col("others").sum(),
        start=pl.col("earliest").filter("others").min(),
        end=pl.col("latest").filter("others").max(),
        first_day=pl.col("day").filter("others").min(),
        last_day=pl.col("day").filter("others").max(),
        evidence=pl.col("n").filter("others", pl.col("kind") == "conductor"),
        evidence_devices=pl.col("n").filter("others", pl.col("kind") == "device"),
    )


@feature
def operators(view: CaseView, days: int, percent: int) -> pl.DataFrame:
    """Return who operates the accounts of several others, in the first period with the most of them.

    Of periods that have as many the one that ends last is taken: it shows most of what followed.

    Returns
    -------
    polars.DataFrame
        One row a device or person at the counter that acts on two or more accounts, one of them another's: ``kind``;
        ``held`` (accounts of others), ``own`` (accounts of the operator, as far as known), ``operator`` (party
        numbers); ``holders`` (families of others in `days` days), ``mainly`` (of these, with more than `percent`
        percent of an account's sessions or deposits), ``relatives`` (accounts of the operator's family, left out of
        these), ``acts`` (for others), ``start``, ``end``, ``first_day``, ``last_day``; ``unnamed`` and ``undated``
        (accounts of others whose holder is not known, whose acts have no day); ``public`` (anybody may use the device),
        ``office`` (the operator is a company that acts for others, see `finvest.features.hubs.CARERS`), ``family`` (it
        acts for relatives as much as for others), each null where the case's data cannot tell; ``evidence`` and
        ``evidence_devices``. Who acts only on days or for holders that are not known has no period and no evidence.
    """
    all_acts = acts(view)
    several = (
        all_acts.drop_nulls("key").group_by("kind", "key").agg(pl.col("account").n_unique(), pl.col("class").unique())
    )
    hubs = several.filter(pl.col("account") > 1).sort("kind", "key").with_row_index("hub")
    public = pl.col("class").list.drop_nulls().list.eval(pl.element().str.contains(PUBLIC))
    hubs = hubs.with_columns(public=pl.when(public.list.len() > 0).then(public.list.any())).drop("account", "class")
    every = all_acts.join(hubs, on=["kind", "key"]).sort("hub", "account", "day", "n")
    known = _known_as(view, hubs, every)
    pairs = _accounts(view, every, known)
    rows = every.join(pairs, on=["hub", "account"]).sort("hub", "account", "day", "n")
    others = ~pl.col("own") & ~pl.col("relative")
    loose = (
        rows.filter(others)
        .group_by("hub")
        .agg(
            all_held=pl.col("account").unique().sort(),
            unnamed=pl.col("account").filter(pl.col("family").is_null()).n_unique(),
            undated=pl.col("account").filter(pl.col("day").is_null()).n_unique(),
        )
    )
    found = _in_period(rows.with_columns(others=others), all_acts, days, percent)
    parties = pl.DataFrame(schema={"party": pl.String, "operator": pl.UInt32})
    if view.lacks(["parties"]) is None:
        parties = view.frame("parties").select("party", operator="n")
    named = known.join(parties, on="party").group_by("hub").agg(pl.col("operator").unique().sort())
    firm = known.group_by("hub").agg(known=pl.lit(value=True)).join(_offices(view, known), on="hub", how="left")
    result = hubs.join(loose, on="hub")
    near = pairs.group_by("hub").agg(
        own=pl.col("account").filter("own").sort(), relatives=pl.col("account").filter("relative").len()
    )
    for more in (near, found, named, firm):
        result = result.join(more, on="hub", how="left")
    told = pl.when("known").then(pl.lit(False if relations_on_file(view) else None, pl.Boolean))
    mostly = (pl.col("relatives") > 0) & (pl.col("relatives") >= pl.col("holders"))
    result = result.with_columns(
        pl.coalesce("held", "all_held"),
        pl.col("holders", "mainly", "relatives", "acts").fill_null(0).cast(pl.Int64),
        family=pl.when(mostly).then(True).otherwise(told),  # noqa: FBT003
    )
    result = result.sort("hub").drop("hub", "key", "all_held", "known")
    absent = {"evidence": "transactions.conductor", "evidence_devices": "devices"}
    return result.drop(column for column, need in absent.items() if view.lacks([need]) is not None)


def public_devices(view: CaseView, sessions: pl.Series) -> pl.Series:
    """Tell for lists of sessions whether anybody may use their device.

    Parameters
    ----------
    view : CaseView
    sessions : polars.Series of List(UInt32), shape (n,)
        Rows of `devices`.

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        False where there is no session; null where no class of the device is on file.
    """
    kinds = view.frame("devices")["kind"]
    asked = sessions.rename("n").to_frame().with_row_index("row")
    flat = asked.explode("n", empty_as_null=False)
    flat = flat.with_columns(public=kinds.gather(flat["n"]).str.contains(PUBLIC))
    said = flat.group_by("row").agg(pl.col("public").any(ignore_nulls=False))
    rows = asked.join(said, on="row", how="left", maintain_order="left")
    some = pl.col("n").list.len() > 0
    return rows.select(public=pl.when(some).then("public").otherwise(pl.lit(value=False)))["public"]
