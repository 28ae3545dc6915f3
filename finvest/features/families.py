"""Who counts as one person, and who as one family, when people share something."""

from __future__ import annotations

import polars as pl

from finvest.features.at_once import parts
from finvest.features.holders import holders
from finvest.model.identifiers import name_keys
from finvest.view import CaseView, feature

RELATED = ("related_to", "cares_for", "guardian_of")
"""Kinds of links that make two people relatives, or one the lawful carer of the other."""


def surname(name: pl.Expr) -> pl.Expr:
    """Return the comparison key of a surname: what stands before a comma, else the last word; null without one."""
    name = name.str.strip_chars()
    last = pl.when(name.str.contains(",")).then(name.str.extract(r"^([^,]+)")).otherwise(name.str.extract(r"(\S+)$"))
    return pl.when(name_keys(last) != "").then(name_keys(last))


@feature
def persons(view: CaseView) -> pl.DataFrame:
    """Return who holds each account, for counting people.

    Returns
    -------
    polars.DataFrame, shape (accounts,)
        In account order: ``account``, ``id``, ``holder`` (party id), ``opened``, ``person`` (text that is equal for
        accounts of one party and of one name; null where neither is known), ``surname`` (comparison key; null of a
        company on the company list), ``company`` (null where no list tells).

    Notes
    -----
    Two people of one name count as one: that lowers a count, and never raises it.
    """
    known = view.frame("accounts").select("holder", "holder_name", "opened", account="n", id="account")
    known = known.hstack(holders(view).select("holder_key", "company"))
    person = pl.when(pl.col("holder").is_not_null()).then(pl.col("holder_key").min().over("holder"))
    return known.select(
        "account",
        "id",
        "holder",
        "opened",
        "company",
        person=pl.coalesce(person, "holder_key", "holder"),
        surname=pl.when(pl.col("company").ne_missing(True)).then(surname(pl.col("holder_name"))),  # noqa: FBT003
    )


def relations_on_file(view: CaseView) -> bool:
    """Tell whether the case holds any link between relatives, or with a carer."""
    return view.lacks(["links"]) is None and bool(view.frame("links")["kind"].is_in(list(RELATED)).any())


@feature
def related(view: CaseView) -> pl.DataFrame:
    """Return pairs of people whom a link makes relatives, each both ways: ``one``, ``other`` (see `persons`)."""
    if not relations_on_file(view):
        return pl.DataFrame(schema={"one": pl.String, "other": pl.String})
    links = view.frame("links").filter(pl.col("kind").is_in(list(RELATED))).select("from_id", "to_id")
    known = [persons(view).select(party="holder", person="person")]
    if view.lacks(["parties"]) is None:  # a likeness of names is enough: it only lowers a count
        known.append(view.frame("parties").select("party", person=name_keys(pl.col("name"))))
    of = pl.concat(known).filter(pl.col("person") != "").drop_nulls().unique()
    pairs = links.join(of.rename({"person": "one"}), left_on="from_id", right_on="party")
    pairs = pairs.join(of.rename({"person": "other"}), left_on="to_id", right_on="party").select("one", "other")
    return pl.concat([pairs, pairs.select(one="other", other="one")]).unique()


def families(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Give numbers to the families among those who share something.

    People are one family where their surnames are equal, where a link makes them relatives, or where others join them.

    Parameters
    ----------
    view : CaseView
    rows : polars.DataFrame, shape (n, …)
        ``hub`` (what is shared) and ``account``.

    Returns
    -------
    polars.Series of Int64, shape (n,)
        Equal for one family of one hub; null where the holder is not known.
    """
    of = persons(view)[rows["account"]].select("person", "surname").with_columns(rows["hub"])
    people = of.select("hub", "person").drop_nulls().unique(maintain_order=True).with_row_index("node")
    of = of.join(people, on=["hub", "person"], how="left", maintain_order="left")
    named = of.drop_nulls(["node", "surname"])
    first = named.select("node", other=pl.col("node").min().over("hub", "surname"))
    kin = people.join(related(view), left_on="person", right_on="one")
    kin = kin.join(people.rename({"node": "kin"}), left_on=["hub", "other"], right_on=["hub", "person"])
    edges = pl.concat([first, kin.select("node", other="kin")])
    return parts(len(people), edges["node"], edges["other"]).gather(of["node"])
