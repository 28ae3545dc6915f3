"""How many are there at one time, and what hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def most_at_once(spans: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return for each key the first day on which most are there.

    Parameters
    ----------
    spans : polars.DataFrame
        The columns `keys`, ``who``, and ``first`` and ``until``: days (both included) on which ``who`` is there. Who is
        there twice counts once; a row with an unknown day counts nothing.
    keys : sequence of str

    Returns
    -------
    polars.DataFrame
        One row a key that has a span, in order: `keys`, ``day``, ``last`` (last day on which as many are there without
        a break), ``most``.
    """
    by = [*keys, "who"]
    rows = spans.select(*by, pl.col("first", "until").cast(pl.Date).to_physical()).drop_nulls().unique()
    rows = rows.filter(pl.col("first") <= pl.col("until")).sort(*by, "first", "until")
    apart = pl.col("first") > pl.col("until").cum_max().shift().over(by)
    rows = rows.with_columns(stay=apart.fill_null(value=True).cum_sum())
    stays = rows.group_by(*keys, "stay").agg(pl.col("first").min(), pl.col("until").max())
    steps = pl.concat(
        [
            stays.select(*keys, day=pl.col("first"), step=pl.lit(1)),
            stays.select(*keys, day=pl.col("until") + 1, step=pl.lit(-1)),
        ]
    )
    steps = steps.group_by(*keys, "day").agg(pl.col("step").sum()).filter(pl.col("step") != 0).sort(*keys, "day")
    counted = steps.with_columns(most=pl.col("step").cum_sum().over(keys), last=pl.col("day").shift(-1).over(keys) - 1)
    best = counted.sort(*keys, -pl.col("most"), "day").unique(keys, keep="first", maintain_order=True)
    return best.select(*keys, pl.col("day", "last").cast(pl.Int32).cast(pl.Date), pl.col("most").cast(pl.Int64))


def parts(nodes: int, one: pl.Series, other: pl.Series) -> pl.Series:
    """Return for each of so many nodes the smallest node that it hangs together with.

    Parameters
    ----------
    nodes : int
        Nodes are 0 to ``nodes - 1``.
    one, other : polars.Series of int, shape (edges,)
        Ends of the edges.

    Returns
    -------
    polars.Series of Int64, shape (nodes,)
    """
    label = np.arange(nodes, dtype=np.int64)
    a, b = (end.cast(pl.Int64).to_numpy() for end in (one, other))
    while (label[a] != label[b]).any():
        low, tops = np.minimum(label[a], label[b]), (label[a], label[b])
        for end in (a, b, *tops):  # a whole part goes where its top goes
            np.minimum.at(label, end, low)
        label = label[label]
    while (label[label] != label).any():
        label = label[label]
    return pl.Series("part", label)
