"""Who directs which companies, and which companies have one address."""

from __future__ import annotations

import polars as pl

from finvest.features.at_once import most_at_once, parts
from finvest.model.identifiers import NAME, name_keys, text_keys
from finvest.view import CaseView, feature

OPEN = pl.date(9999, 12, 31)
"""Stands for the day of the extract: a post without a last day still runs."""

_OWNS = ("owns", "controls")

BY_NUMBER, BY_NAME = "one number in a register", "an equal name and year of birth"
"""What it rests on that posts are one person's."""

OFFICES = ("6910", "6920", "8211")
"""NACE codes of those at whose address others lawfully have their seat: lawyers, accountants, office services."""

_PROVIDER = "(?i)director|fiduciar|trust|formation|company.service|business.cent|domiciliation"
"""Kinds of licences of those who lawfully lend a director or an address."""


def nace(activity: pl.Expr) -> pl.Expr:
    """Return the digits of a NACE code: ``I55.90`` is ``5590``."""
    return activity.str.replace_all("[^0-9]", "")


@feature
def companies(view: CaseView) -> pl.DataFrame:
    """Return what the company list says of each company.

    Returns
    -------
    polars.DataFrame
        One row a company: ``company`` (party id), ``name_key``, ``nace`` (digits), ``division`` (first two),
        ``address`` (comparison key), ``incorporated``, ``dissolved``, ``said`` (numbers of its rows); null where the
        list is silent.
    """
    rows = view.frame("companies").filter(pl.col("party").is_not_null())
    code, address = nace(pl.col("activity")), text_keys(pl.col("address"))
    rows = rows.with_columns(
        name_key=name_keys(pl.col("name")),
        nace=pl.when(code.str.len_chars() > 1).then(code),
        address=pl.when(address != "").then(address),
    )
    said = ("name_key", "nace", "address", "incorporated", "dissolved")
    one = rows.sort("n").group_by("party").agg(*(pl.col(c).drop_nulls().first() for c in said), said="n")
    return one.with_columns(division=pl.col("nace").str.head(2)).rename({"party": "company"}).sort("company")


@feature
def posts(view: CaseView) -> pl.DataFrame:
    """Return who directs which company, and when.

    Two directors are one only where they are one party that a register knows by a number, or where name key and year
    of birth are equal and no register gives them two numbers. All others stay apart.

    Returns
    -------
    polars.DataFrame
        One row a link: ``n``, ``party`` (id), ``company`` (id), ``person`` (equal for one person), ``rests``
        (`BY_NUMBER`, `BY_NAME`; null where a name alone says so), ``first``, ``until`` (days on which the post surely
        is held).
    """
    links = view.frame("links").filter(pl.col("kind") == "directs")
    links = links.select("n", "start", "end", party="from_id", company="to_id").drop_nulls(["party", "company"])
    links = links.join(companies(view).select("company", "dissolved"), on="company", how="left")
    until = pl.coalesce(pl.min_horizontal("end", "dissolved"), OPEN)
    rows = links.join(_people(view, links["party"].unique()), on="party", how="left")
    rows = rows.with_columns(until=until, first=pl.coalesce("start", until))
    return rows.drop("start", "end", "dissolved").sort("n")


def _people(view: CaseView, directors: pl.Series) -> pl.DataFrame:
    """Return ``party``, ``person`` and ``rests`` of directors."""
    people = directors.to_frame().join(view.frame("parties"), on="party", how="left")
    name = name_keys(pl.col("name"))
    alike = pl.when(name != "").then(pl.concat_str(name, pl.col("birth_year"), separator=" "))
    people = people.select("party", alike=alike)
    numbers = pl.DataFrame(schema={"party": pl.String, "register": pl.String, "key": pl.String})
    if view.lacks(["identifiers"]) is None:
        known = view.frame("identifiers").filter(pl.col("scheme") != NAME, pl.col("subject_kind") == "party")
        register = pl.concat_str("scheme", pl.col("issuer").fill_null(""), separator=" ")
        numbers = known.select(party="subject", register=register, key=pl.coalesce("key", "value")).drop_nulls()
    two = numbers.join(people, on="party").group_by("alike", "register").agg(pl.col("key").n_unique())
    apart = two.filter(pl.col("key") > 1)["alike"].implode()
    joined = pl.col("alike").is_not_null() & ~pl.col("alike").is_in(apart)
    people = people.with_columns(
        person=pl.when(joined).then(pl.format("n {}", "alike")).otherwise(pl.format("p {}", "party")),
        numbered=pl.col("party").is_in(numbers["party"].implode()),
    )
    one = pl.col("party").n_unique().over("person") == 1
    rests = pl.when(one & pl.col("numbered")).then(pl.lit(BY_NUMBER)).when(joined).then(pl.lit(BY_NAME))
    return people.select("party", "person", rests=rests)


def _numbers(view: CaseView, parties: pl.Expr) -> pl.Expr:
    """Return the numbers of parties in this view, sorted; who is not in the table `parties` has none."""
    known = view.frame("parties").select("party", "n")
    return parties.replace_strict(known["party"], known["n"], default=None).drop_nulls().unique().sort()


def _at(rows: pl.DataFrame, key: str, who: str) -> pl.DataFrame:
    """Return the rows that are there on the first day on which most of `who` are, for each `key`."""
    best = most_at_once(rows.select(key, "first", "until", who=who), [key])
    rows = rows.join(best, on=key).filter(pl.col("day").is_between("first", "until"))
    return rows.with_columns(day=pl.when(pl.col("day") != OPEN).then("day"))


def _one_group(view: CaseView) -> pl.Expr:
    """Return whether the companies of a group of rows own each other."""
    on_file = view.frame("links")["kind"].is_in(list(_OWNS)).any()
    one = (pl.col("group").drop_nulls().n_unique() == 1) & (pl.col("group").null_count() == 0)
    return pl.when(pl.lit(bool(on_file))).then(one)


def _owned(view: CaseView) -> pl.DataFrame:
    """Return ``company`` and ``group``: companies that owning and controlling companies connect."""
    known = companies(view).select("company").with_row_index("node")
    links = view.frame("links").filter(pl.col("kind").is_in(list(_OWNS)))
    of = {end: known.rename({"company": end, "node": f"{end}_node"}) for end in ("from_id", "to_id")}
    edges = links.join(of["from_id"], on="from_id").join(of["to_id"], on="to_id")
    return known.select("company", group=parts(len(known), edges["from_id_node"], edges["to_id_node"]))


@feature
def busy_directors(view: CaseView, sectors: int) -> pl.DataFrame:
    """Return for each person whose companies may be of so many branches the day with the most posts.

    Parameters
    ----------
    sectors : int
        NACE divisions among the companies, at least, as far as they are known.

    Returns
    -------
    polars.DataFrame
        One row a person: ``directors``, ``companies`` (party numbers), ``posts`` (companies directed at one time),
        ``sectors`` (NACE divisions among them), ``unknown_sectors`` (companies without one), ``one_group`` (they own
        each other; null where no ownership is on file), ``rests`` (see `posts`), ``first_day``, ``last_day`` (that day;
        null where posts have no days), ``offices`` (null, see `busy_addresses`), ``how`` (what they have in common, in
        words), ``not_assessable`` (only a name says that the posts are one person's, or too few branches are known),
        ``evidence_links``, ``evidence_companies``.
    """
    name_only = pl.when(pl.col("rests").is_null()).then(pl.lit("that the posts are one person's, only a name says"))
    unknown = pl.format("the branches of {} of the companies are not known", "unknown_sectors")
    branches = pl.when(pl.col("sectors") < sectors).then(unknown)
    rows = _at(posts(view), "person", "company")
    rows = rows.join(companies(view), on="company", how="left").join(_owned(view), on="company", how="left")
    return (
        rows.group_by("person")
        .agg(
            directors=_numbers(view, pl.col("party")),
            companies=_numbers(view, pl.col("company")),
            posts=pl.col("company").n_unique(),
            sectors=pl.col("division").drop_nulls().n_unique(),
            unknown_sectors=pl.col("company").filter(pl.col("division").is_null()).n_unique(),
            one_group=_one_group(view),
            rests=pl.col("rests").first(),
            first_day=pl.col("day").first(),
            last_day=pl.col("day").first(),
            offices=pl.lit(None, pl.Boolean),
            how=pl.lit("have one director"),
            evidence_links="n",
            evidence_companies=pl.col("said").explode().unique().sort(),
        )
        .filter(pl.col("sectors") + pl.col("unknown_sectors") >= sectors)
        .with_columns(not_assessable=pl.coalesce(name_only, branches))
        .sort("person")
        .drop("person")
    )


@feature
def busy_addresses(view: CaseView) -> pl.DataFrame:
    """Return for each registered address the day with the most companies.

    Returns
    -------
    polars.DataFrame
        One row an address of companies that have a director in common, with the columns of `busy_directors` except
        ``not_assessable``: ``directors`` are those of at least two of these companies, at any time, ``shared`` is how
        many persons they are; ``posts`` counts the companies; ``offices`` tells whether one of these is a lawyer,
        accountant or office service (`OFFICES`; null where no branch is known).
    """
    seats = companies(view).filter(pl.col("address").is_not_null()).with_columns(until=pl.coalesce("dissolved", OPEN))
    seats = seats.with_columns(first=pl.coalesce("incorporated", "until"))
    here = _at(seats, "address", "company").filter(pl.len().over("address") > 1).join(_owned(view), on="company")
    held = here.select("address", "company").join(posts(view), on="company").filter(pl.col("rests").is_not_null())
    held = held.filter(pl.col("company").n_unique().over("address", "person") > 1)
    shared = held.group_by("address").agg(
        directors=_numbers(view, pl.col("party")),
        shared=pl.col("person").n_unique(),
        rests=pl.col("rests").unique().sort().str.join(" or "),
        evidence_links="n",
    )
    counted = here.group_by("address").agg(
        companies=_numbers(view, pl.col("company")),
        posts=pl.col("company").n_unique(),
        sectors=pl.col("division").drop_nulls().n_unique(),
        unknown_sectors=pl.col("company").filter(pl.col("division").is_null()).n_unique(),
        one_group=_one_group(view),
        offices=pl.col("nace").is_in(list(OFFICES)).any(ignore_nulls=False),
        how=pl.lit("have one address and shared directors"),
        first_day=pl.col("day").first(),
        last_day=pl.col("day").first(),
        evidence_companies=pl.col("said").explode().unique().sort(),
    )
    return counted.join(shared, on="address").sort("address").drop("address")


def provided(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether one of the directors or companies has a licence to lend directors or addresses.

    Parameters
    ----------
    view : CaseView
    rows : polars.DataFrame, shape (n, …)
        ``directors`` and ``companies``, lists of party numbers.

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        Null where no such licence is on file: a register of other licences says nothing about who has none of these.
    """
    none = pl.Series([None] * len(rows), dtype=pl.Boolean)
    if view.lacks(["licences", "parties"]) is not None:
        return none
    licensed = view.frame("licences").filter(pl.col("kind").str.contains(_PROVIDER))
    if licensed.is_empty():
        return none
    numbers = licensed.select(n=_numbers(view, pl.col("party")))
    flat = rows.select(n=pl.concat_list("directors", "companies")).with_row_index("row").explode("n")
    held = flat.join(numbers, on="n", how="semi")["row"].implode()
    return rows.with_row_index("row").select(pl.col("row").is_in(held)).to_series()
