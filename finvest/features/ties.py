"""Whether two holders may be one family: see `finvest.features.families` for who is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.families import families, persons, related, relations_on_file

if TYPE_CHECKING:
    from finvest.view import CaseView


def tied(view: CaseView, one: pl.Series, other: pl.Series) -> pl.Series:
    """Tell for pairs of accounts whether their holders seem to be one family. That they live together is no tie.

    Parameters
    ----------
    one, other : polars.Series of UInt32, shape (n,)

    Returns
    -------
    polars.Series of Boolean, shape (n,)
        True for an equal surname or a relation on file. False only where both holders are known and the case holds
        relations at all, so that one of theirs could have been among them; else null: unknown.
    """
    known = persons(view).select("person", "surname")
    pairs = pl.DataFrame({side: known["person"].gather(rows) for side, rows in (("one", one), ("other", other))})
    pairs = pairs.with_columns(alike=known["surname"].gather(one) == known["surname"].gather(other))
    links = related(view).with_columns(tie=pl.lit(value=True))
    pairs = pairs.join(links, on=["one", "other"], how="left", maintain_order="left")
    told = pl.col("one").is_not_null() & pl.col("other").is_not_null() & pl.lit(relations_on_file(view))
    same = pl.col("alike").fill_null(value=False) | pl.col("tie").fill_null(value=False)
    return pairs.select(tied=pl.when(same).then(True).when(told).then(False))["tied"]  # noqa: FBT003


def families_among(view: CaseView, members: pl.Series) -> pl.DataFrame:
    """Count the families in lists of accounts.

    Parameters
    ----------
    members : polars.Series of List(UInt32), shape (n,)

    Returns
    -------
    polars.DataFrame, shape (n,)
        ``families`` (a holder of whom nothing is known counts as one), ``told`` (relations are on file, and every
        holder is known, so that nobody can be a relative unseen).
    """
    asked = members.rename("account").to_frame().with_row_index("hub")
    flat = asked.explode("account", empty_as_null=False)
    flat = flat.with_columns(family=families(view, flat))
    counted = flat.group_by("hub").agg(
        families=(pl.col("family").drop_nulls().n_unique() + pl.col("family").null_count()).cast(pl.Int64),
        told=pl.col("family").is_not_null().all() & pl.lit(relations_on_file(view)),
    )
    return asked.select("hub").join(counted, on="hub", how="left", maintain_order="left").select("families", "told")
