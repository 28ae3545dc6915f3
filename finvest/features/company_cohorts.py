"""Companies founded together at one address: who works for them, who pays them, who directs them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from finvest.features.holders import holders
from finvest.model.identifiers import name_keys, text_keys
from finvest.model.tables import TABLES
from finvest.view import CaseView, feature

AGENT = "formed_by"
"""Kind of the link from a company to the agent who formed it."""

HALF_YEAR = 183
"""Days within which a worker appears at two companies (catalogue, AGY-03)."""

POSTS = 5
"""Posts inside a cohort, and none elsewhere, that make a director one by name only (catalogue, AGY-03)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What makes a cohort.

    Attributes
    ----------
    companies : int
        Companies, at least.
    days : int
        Days within which all were incorporated.
    life_days : int
        Days that each lived, at most, as far as is known.
    workers : int
        Workers of each, at most.
    """

    companies: int
    days: int
    life_days: int
    workers: int


def _young(view: CaseView, of: Cohort) -> pl.DataFrame:
    """Return companies that did not live long, by address and by agent: ``place``, ``party``, ``n``, days."""
    listed = view.frame("companies").unique("party", keep="first", maintain_order=True).drop_nulls("party")
    last = pl.max_horizontal(pl.col("incorporated").max(), pl.col("dissolved").max())
    lived = pl.coalesce("dissolved", last) - pl.col("incorporated")
    key = text_keys(pl.col("address"))
    rows = listed.filter(lived.dt.total_days() <= of.life_days)
    columns = ("party", "n", "incorporated", "dissolved")
    at = rows.filter(key != "").select(*columns, place=pl.lit("address ") + key)
    if view.lacks(["links"]) is not None:
        return at
    agents = view.frame("links").filter(pl.col("kind") == AGENT)
    by = rows.join(agents.select(party="from_id", agent="to_id").unique(), on="party")
    return pl.concat([at, by.select(*columns, place=pl.lit("agent ") + pl.col("agent"))])


@feature
def cohorts(view: CaseView, of: Cohort) -> pl.DataFrame:
    """Return cohorts of short-lived companies with few workers, incorporated together at one address or by one agent.

    Returns
    -------
    polars.DataFrame
        One row a cohort: ``members`` (numbers of parties), ``evidence_companies``, ``size``, ``struck_off``
        (dissolved, after a short life), ``first_day``, ``last_day`` (of incorporation), ``nominees`` (directors with
        `POSTS` posts in it and none elsewhere); null where the case does not say: ``staff`` (workers), ``moved``
        (numbers of workers who appear at two members within `HALF_YEAR` days), ``evidence_employments``,
        ``payer`` (account that pays most members; cash and the members' own do not count), ``paid`` (members it pays),
        ``evidence`` (its payments). ``not_assessable``: no member is a party on file.
    """
    few = _jobs(view).group_by("party").agg(pl.col("worker").n_unique()).filter(pl.col("worker") > of.workers)
    numbers = view.frame("parties", "party", "n").rename({"n": "number"})
    rows = _young(view, of).join(few, on="party", how="anti").join(numbers, on="party", how="left")
    rows = rows.sort("place", "incorporated", "party").with_row_index("at")
    # A span is a run of rows: members are written out of those alone that are kept.
    spans = (
        rows.rolling("incorporated", period=f"{of.days + 1}d", group_by="place")
        .agg(first=pl.col("at").min(), last=pl.col("at").max(), size=pl.len().cast(pl.Int64))
        .filter(pl.col("size") >= of.companies)
        .unique(["place", "incorporated"], keep="first", maintain_order=True)
        .sort(-pl.col("size"), "incorporated", "place")
    )
    company = rows["n"].to_numpy()
    used = np.zeros(len(view.frame("companies")), dtype=np.bool_)
    kept = []
    for place, (first, last) in enumerate(spans.select("first", "last").iter_rows()):  # the largest first
        members = company[first : last + 1]
        if not used[members].any():  # a company is in one cohort
            kept.append(place)
            used[members] = True
    inside = spans[kept].select(at=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.UInt32)).with_row_index("cohort")
    listed = inside.explode("at", empty_as_null=False).join(rows, on="at", maintain_order="left")
    found = listed.group_by("cohort", maintain_order=True).agg(
        members="number",
        evidence_companies="n",
        size=pl.len().cast(pl.Int64),
        struck_off=pl.col("dissolved").count().cast(pl.Int64),
        first_day=pl.col("incorporated").min(),
        last_day=pl.col("incorporated").max(),
    )
    inside = listed.select("cohort", "party")
    for facts in (_moved(view, inside), _payer(view, inside), _nominees(view, inside)):
        found = found.join(facts, on="cohort", how="left", maintain_order="left")
    nobody = pl.col("members").list.drop_nulls().list.len() == 0
    why = pl.when(nobody).then(pl.lit("the companies are in no list of parties"))
    return found.drop("cohort").with_columns(not_assessable=why)


def signs(found: pl.DataFrame, moved_percent: int) -> pl.DataFrame:
    """Return `cohorts` with what tells a promoter's companies from others, each null where the case does not say.

    Parameters
    ----------
    found : polars.DataFrame
        As `cohorts`.
    moved_percent : int
        Workers who appear at two members, percent of all, from which on workers move.

    Returns
    -------
    polars.DataFrame
        With ``moves`` (workers who moved), ``workers_move``, ``one_payer`` (an account pays half of the members),
        ``struck`` (half are dissolved), ``directed`` (there are directors by name only). Who pays a few members, and
        who moves now and then, is no part of a cohort: ``payer``, ``moved`` and their evidence are null there.
    """
    size, moves = pl.col("size"), pl.col("moved").list.len().cast(pl.Int64)
    found = found.with_columns(
        moves=moves,
        workers_move=moves * 100 >= pl.col("staff") * moved_percent,
        one_payer=pl.col("paid") * 2 >= size,
        struck=pl.col("struck_off") * 2 >= size,
        directed=pl.col("nominees") > 0,
    )
    return found.with_columns(
        pl.when("one_payer").then(pl.col("payer", "evidence")),
        pl.when("workers_move").then(pl.col("moved", "evidence_employments")),
    )


def _jobs(view: CaseView) -> pl.DataFrame:
    """Return who worked at which company when: ``party``, ``worker``, ``start``, ``end``, ``job`` (row)."""
    columns = {"party": "employer", "worker": "worker", "start": "start", "job": "n"}
    if view.lacks(["employments"]) is not None:
        none = {"party": pl.String, "worker": pl.String, "start": pl.Date, "end": pl.Date, "job": pl.UInt32}
        return pl.DataFrame(schema=none)
    jobs = view.frame("employments").select(**columns, end=pl.coalesce("end", "start"))
    return jobs.drop_nulls(["party", "worker"])


def _moved(view: CaseView, inside: pl.DataFrame) -> pl.DataFrame:
    """Return workers of each cohort, and those who went from one member to another within half a year."""
    jobs = inside.join(_jobs(view), on="party").join(
        view.frame("parties").select(worker="party", who="n"), on="worker", how="left"
    )
    jobs = jobs.sort("cohort", "worker", "start", "end", "party", "job")
    before = pl.col("party", "end").shift().over("cohort", "worker").name.prefix("before_")
    gap = (pl.col("start") - pl.col("before_end")).dt.total_days()
    changed = (pl.col("party") != pl.col("before_party")) & (gap <= HALF_YEAR)
    jobs = jobs.with_columns(before).with_columns(moved=changed.fill_null(value=False).any().over("cohort", "worker"))
    return jobs.group_by("cohort").agg(
        staff=pl.col("worker").n_unique().cast(pl.Int64),
        moved=pl.col("who").filter("moved").unique().sort(),
        evidence_employments=pl.col("job").filter("moved").sort(),
    )


def _payer(view: CaseView, inside: pl.DataFrame) -> pl.DataFrame:
    """Return the account that pays most members of each cohort; null of one whose accounts receive nothing."""
    names = view.frame("companies").select("party", key=name_keys(pl.col("name"))).filter(pl.col("key") != "")
    names = names.join(inside, on="party").unique(["key", "cohort"], keep="first", maintain_order=True)
    accounts = (
        view.frame("accounts").select("n", party="holder", kind="kind").hstack(holders(view).select("holder_key"))
    )
    by_id = inside.join(accounts, on="party").select("cohort", "party", "n")
    by_name = names.join(accounts, left_on="key", right_on="holder_key").select("cohort", "party", "n")
    held = pl.concat([by_id, by_name]).unique(["cohort", "n"], keep="first", maintain_order=True)
    money = view.frame("transactions", "n", "originator", "beneficiary").rename({"n": "evidence"})
    cash = view.frame("accounts").filter(pl.col("kind") == "cash")
    came = money.join(held, left_on="beneficiary", right_on="n").join(
        cash, left_on="originator", right_on="n", how="anti"
    )
    came = came.join(held, left_on=["cohort", "originator"], right_on=["cohort", "n"], how="anti")
    payers = came.group_by("cohort", payer="originator").agg(
        pl.col("evidence").sort(), paid=pl.col("party").n_unique().cast(pl.Int64)
    )
    return payers.sort("cohort", -pl.col("paid"), "payer").unique("cohort", keep="first", maintain_order=True)


def _nominees(view: CaseView, inside: pl.DataFrame) -> pl.DataFrame:
    """Return how many directors of each cohort have `POSTS` posts in it and none elsewhere."""
    links = view.frame("links") if view.lacks(["links"]) is None else TABLES["links"].empty()
    posts = links.filter(pl.col("kind") == "directs").select(director="from_id", party="to_id").unique()
    if posts.is_empty():
        return pl.DataFrame(schema={"cohort": pl.UInt32, "nominees": pl.Int64})
    posts = posts.with_columns(all=pl.len().over("director"))
    of = posts.join(inside, on="party").group_by("cohort", "director").agg(inside=pl.len(), all=pl.col("all").first())
    only = of.filter(pl.col("inside") >= POSTS, pl.col("inside") == pl.col("all"))
    counted = only.group_by("cohort").agg(nominees=pl.len().cast(pl.Int64))
    every = inside.select("cohort").unique()
    return every.join(counted, on="cohort", how="left").with_columns(pl.col("nominees").fill_null(0))
