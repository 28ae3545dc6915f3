"""Peers of a company: same branch, size class and country."""

from __future__ import annotations

import polars as pl

from finvest.features.pay_rules import activity_keys
from finvest.view import CaseView, feature

LEAST = 30
"""Peers below which a comparison says nothing (catalogue, section 1)."""

SIZES = (10, 50, 250)
"""Staff from which a company is small, of middle size, large (Recommendation 2003/361/EC); below, it is micro."""

_BRANCH = 4

FEW = f"fewer than {LEAST} companies of the same branch, size and country"


@feature
def peer_groups(view: CaseView) -> pl.DataFrame:
    """Return the peer group of each company.

    Returns
    -------
    polars.DataFrame
        One row a company: ``party`` (id), ``branch`` (four digits of its NACE code), ``size`` (0 micro to 3 large, by
        the largest headcount on file), ``country``, ``peers`` (companies in the group, itself too). ``peers`` is null
        where branch, size or country is not on file.
    """
    rows = (
        view.frame("companies")
        .group_by("party")
        .agg(
            activity_keys(pl.col("activity")).drop_nulls().first().alias("branch"),
            pl.col("country").drop_nulls().first(),
            pl.col("declared_staff").max().alias("staff"),
        )
    )
    if view.lacks(["filings"]) is None:
        filed = view.frame("filings").group_by("party").agg(filed=pl.col("staff").max())
        rows = rows.join(filed, on="party", how="left").with_columns(staff=pl.max_horizontal("staff", "filed"))
    above = [(pl.col("staff") >= least).cast(pl.Int8) for least in SIZES]
    branch = pl.when(pl.col("branch").str.len_chars() >= _BRANCH).then(pl.col("branch").str.head(_BRANCH))
    group = ["branch", "size", "country"]
    rows = rows.drop_nulls("party").with_columns(branch=branch, size=sum(above, pl.lit(0, pl.Int8)))
    known = pl.all_horizontal(pl.col(group).is_not_null())
    return (
        rows.with_columns(peers=pl.when(known).then(pl.len().over(group).cast(pl.Int64)))
        .select("party", *group, "peers")
        .sort("party")
    )


def among_peers(view: CaseView, measured: pl.DataFrame, value: str) -> pl.DataFrame:
    """Compare a measure of companies with their peers'.

    Parameters
    ----------
    view : CaseView
    measured : polars.DataFrame
        ``party`` (id, once) and the column `value`, which is not null.
    value : str
        Column to compare; a whole number or a float that ranks.

    Returns
    -------
    polars.DataFrame
        `measured` with ``peers`` (that have the measure, itself too), ``below`` and ``above`` (peers with less and
        with more: at or above the 95th percentile is ``below * 100 >= peers * 95``), ``p5``, ``p25``, ``p95`` (values
        of peers at these percentiles, the nearest from below), all null where ``not_assessable`` says why: there are
        fewer than `LEAST`, or the group is not known.
    """
    group = ["branch", "size", "country"]
    rows = measured.join(peer_groups(view).drop("peers"), on="party", how="left", maintain_order="left")
    known = pl.all_horizontal(pl.col(group).is_not_null())
    size = pl.len().cast(pl.Int64)
    facts = {
        "below": pl.col(value).rank("min").cast(pl.Int64) - 1,
        "above": size - pl.col(value).rank("max").cast(pl.Int64),
        **{f"p{p}": pl.col(value).quantile(p / 100, "lower") for p in (5, 25, 95)},
    }
    rows = rows.with_columns(
        pl.when(known).then(size.over(group)).alias("peers"), *(f.over(group).alias(name) for name, f in facts.items())
    )
    enough = pl.col("peers") >= LEAST
    why = pl.when(~known).then(pl.lit("branch, size or country of the company is not on file"))
    return rows.with_columns(
        *(pl.when(enough).then(name).alias(name) for name in facts),
        not_assessable=why.when(~enough).then(pl.lit(FEW)),
    ).drop(group)
