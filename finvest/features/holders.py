"""Who holds an account, as far as the case says: the name written in its books, and companies of one group."""

from __future__ import annotations

import polars as pl

from finvest.model.identifiers import name_keys
from finvest.model.subjects import DECISION
from finvest.view import CaseView, feature

GROUP_LINKS = ("owns", "controls", "holds")
"""Relations that make companies one group. A common director does not: a nominee directs many."""

_RECORDED = pl.col("loader").ne_missing(DECISION)
"""Whoever controls a victim's account, as a person decided, is no group with the victim: it clears nobody."""


@feature
def holders(view: CaseView) -> pl.DataFrame:
    """Return the holder of each account.

    Returns
    -------
    polars.DataFrame, shape (accounts,)
        In account order: ``holder_key`` (comparison key of the holder's name, null where unknown), ``company`` (a
        company on the company list has this name; null where there is no list or no name), ``group`` (number shared
        by holders whom links of ownership or direction connect; null where unknown).

    Notes
    -----
    An equal name key is a likeness, not an identity: what rests on it says so.
    """
    accounts = view.frame("accounts").select("n", "holder", holder_key=name_keys(pl.col("holder_name")))
    accounts = accounts.with_columns(holder_key=pl.when(pl.col("holder_key") != "").then("holder_key"))
    listed = view.frame("companies") if view.lacks(["companies"]) is None else None
    known = None if listed is None else listed.select(name_keys(pl.col("name"))).to_series().drop_nulls()
    company = pl.lit(None, pl.Boolean) if known is None else pl.col("holder_key").is_in(known.implode())
    groups = _groups(view)
    return (
        accounts.with_columns(company=company)
        .join(groups, on="holder_key", how="left", maintain_order="left")
        .select("holder_key", "company", "group")
    )


def _groups(view: CaseView) -> pl.DataFrame:
    """Return the group number of each holder's name key that a link mentions."""
    empty = pl.DataFrame(schema={"holder_key": pl.String, "group": pl.Int64})
    if view.lacks(["links", "parties"]) is not None:
        return empty
    import networkx as nx

    links = view.frame("links").filter(pl.col("kind").is_in(list(GROUP_LINKS)), _RECORDED)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(links.select("from_id", "to_id").drop_nulls().sort("from_id", "to_id").iter_rows())
    number = {party: i for i, members in enumerate(nx.connected_components(graph)) for party in members}
    parties = view.frame("parties").filter(pl.col("party").is_in(list(number)))
    if parties.is_empty():
        return empty
    return (
        parties.select(
            holder_key=name_keys(pl.col("name")), group=pl.col("party").replace_strict(number, return_dtype=pl.Int64)
        )
        .drop_nulls()
        .sort("holder_key", "group")
        .unique("holder_key", keep="first", maintain_order=True)
    )


def ownership_on_file(view: CaseView) -> bool:
    """Tell whether the case holds any link of ownership, direction or control."""
    if view.lacks(["links"]) is not None:
        return False
    links = view.frame("links").filter(_RECORDED)
    return bool(links["kind"].is_in([k for k in GROUP_LINKS if k != "holds"]).any())


def one_holder(view: CaseView, members: pl.Series) -> pl.Series:
    """Tell for each list of accounts whether one holder, or one group of holders, has them all.

    Parameters
    ----------
    members : polars.Series of List(UInt32), shape (n,)

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        Null where a holder is unknown, or where holders differ and no register of ownership on file could tell
        that they are one group.
    """
    asked = members.rename("account").to_frame().with_row_index("row")
    flat = asked.explode("account", empty_as_null=False).drop_nulls()
    flat = flat.hstack(holders(view)[flat["account"]])
    together = (pl.col("holder_key").n_unique() == 1) | (
        (pl.col("group").n_unique() == 1) & pl.col("group").is_not_null().all()
    )
    known = pl.col("holder_key").is_not_null().all()
    result = flat.group_by("row").agg(
        one=pl.when(known & together).then(True).when(known & ownership_on_file(view)).then(False)  # noqa: FBT003
    )
    return asked.join(result, on="row", how="left", maintain_order="left")["one"]
