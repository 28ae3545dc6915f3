"""Who may be one family: an equal surname, or a relation that a record says. A shared address clears nobody."""

from __future__ import annotations

import polars as pl

from finvest.features.holders import holders
from finvest.model.identifiers import text_keys
from finvest.model.subjects import DECISION
from finvest.view import CaseView, feature

RELATIONS = ("related_to",)
"""Kinds of links between relatives. That two live at one address is no tie: controlled people often live together."""


def surname(name: pl.Expr) -> pl.Expr:
    """Return the comparison key of a surname: the last word before a comma, or the last word; null if it has none."""
    written = pl.when(name.str.contains(",", literal=True)).then(name.str.split(",").list.first()).otherwise(name)
    key = text_keys(written.str.strip_chars().str.split(" ").list.last())
    return pl.when(key.str.len_chars() > 1).then(key)


@feature
def relations(view: CaseView) -> pl.DataFrame:
    """Return relations between parties, each in both directions.

    Returns
    -------
    polars.DataFrame
        ``one``, ``other`` (ids of parties), ``tie`` (true), sorted; empty where no record says any.
    """
    empty = pl.DataFrame(schema={"one": pl.String, "other": pl.String, "tie": pl.Boolean})
    if view.lacks(["links"]) is not None:
        return empty
    links = view.frame("links").filter(pl.col("kind").is_in(list(RELATIONS)), pl.col("loader").ne_missing(DECISION))
    ends = links.select(one="from_id", other="to_id").drop_nulls()
    both = pl.concat([ends, ends.select(one="other", other="one")]).unique().sort("one", "other")
    return both.with_columns(tie=pl.lit(value=True))


@feature
def people(view: CaseView) -> pl.DataFrame:
    """Return by account number: ``party`` (id of its holder) and ``surname``, null where unknown or a company's."""
    accounts = view.frame("accounts").select(party="holder", surname=surname(pl.col("holder_name")))
    accounts = accounts.with_columns(company=holders(view)["company"])
    return accounts.select("party", surname=pl.when(pl.col("company").ne_missing(other=True)).then("surname"))


def tied(view: CaseView, one: pl.Series, other: pl.Series) -> pl.Series:
    """Tell for pairs of accounts whether their holders seem to be one family.

    Parameters
    ----------
    one, other : polars.Series of UInt32, shape (n,)

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        True for an equal surname or a relation on file. False only where both holders are parties and the case holds
        relations at all, so that one of theirs could have been among them; else null: unknown.
    """
    known = people(view)
    pairs = pl.DataFrame({side: known["party"].gather(rows) for side, rows in (("one", one), ("other", other))})
    pairs = pairs.with_columns(alike=known["surname"].gather(one) == known["surname"].gather(other))
    pairs = pairs.join(relations(view), on=["one", "other"], how="left", maintain_order="left")
    told = pl.col("one").is_not_null() & pl.col("other").is_not_null() & pl.lit(not relations(view).is_empty())
    same = pl.col("alike").fill_null(value=False) | pl.col("tie").fill_null(value=False)
    return pairs.select(tied=pl.when(same).then(True).when(told).then(False))["tied"]  # noqa: FBT003


def tied_to_another(view: CaseView, members: pl.Series) -> pl.DataFrame:
    """Count for lists of accounts how many holders seem to be unrelated to all others of the list.

    Parameters
    ----------
    members : polars.Series of List(UInt32), shape (n,)

    Returns
    -------
    polars.DataFrame, shape (n,)
        ``apart`` (those without a tie, and one for those with), ``told`` (all pairs could be told).
    """
    asked = members.rename("one").to_frame().with_row_index("row")
    flat = asked.explode("one", empty_as_null=False)
    pairs = flat.join(flat.rename({"one": "other"}), on="row").filter(pl.col("one") != pl.col("other"))
    pairs = pairs.with_columns(tie=tied(view, pairs["one"], pairs["other"]))
    each = pairs.group_by("row", "one").agg(tie=pl.col("tie").any(), told=pl.col("tie").is_not_null().all())
    apart = (~pl.col("tie")).sum() + pl.col("tie").any().cast(pl.UInt32)
    counted = each.group_by("row").agg(apart=apart.cast(pl.Int64), told=pl.col("told").all())
    return asked.select("row").join(counted, on="row", how="left", maintain_order="left").select("apart", "told")
