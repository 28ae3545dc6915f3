"""Which decisions stand: each is kept for good, a later one may take it back, and that one may be taken back too."""

from __future__ import annotations

import json
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import DataError
from finvest.model.tables import INSTANT, TEXT, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REVOKE = "revoke"
"""Outcome of a decision that only takes an earlier one back."""


def as_table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return decisions, as the manifest of a case keeps them, as rows of the table `decisions`."""
    decided = table("decisions")
    listed = [{c.name: row.get(c.name) for c in decided} for row in rows]
    frame = pl.DataFrame(listed, schema={c.name: TEXT if c.dtype == INSTANT else c.dtype for c in decided})
    return frame.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us"))


def revoked(decisions: pl.DataFrame) -> dict[str, str]:
    """Return what is taken back, by whichever latest decision that stands itself.

    Parameters
    ----------
    decisions : polars.DataFrame
        Rows of the table `decisions`, in any order.

    Returns
    -------
    dict of str to str
        Id of a decision that does not stand, to the id of the one that took it back.

    Raises
    ------
    DataError
        If decisions take each other back in a circle, which no case of finvest's making does.
    """
    by: dict[str, list[str]] = defaultdict(list)
    rows = decisions.filter(pl.col("revokes").is_not_null()).sort("at", "decision", nulls_last=False)
    for decision, target in rows.select("decision", "revokes").iter_rows():
        by[target].append(decision)
    gone: dict[str, str] = {}
    try:
        for decision in TopologicalSorter(by).static_order():  # who takes back comes before what is taken back
            if stand := [later for later in by.get(decision, ()) if later not in gone]:
                gone[decision] = stand[-1]
    except CycleError as error:
        raise DataError("decisions of this case take each other back in a circle: its manifest was changed") from error
    return gone


def standing(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions that nobody took back, the latest first, whatever the order of rows.

    Parameters
    ----------
    decisions : polars.DataFrame
        Rows of the table `decisions`; columns that are missing are null.
    """
    rows = table("decisions").complete(decisions).sort("at", "decision", descending=True, nulls_last=True)
    return rows.filter(~pl.col("decision").is_in(list(revoked(rows))))


def details(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision says beside its outcome."""
    return dict(json.loads(decision["details"] or "{}"))
