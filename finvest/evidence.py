"""The records behind a finding that are no movements: employments, adverts, links …, as a reader sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.views.masking import Masks

if TYPE_CHECKING:
    from finvest.findings.finding import Finding
    from finvest.view import CaseView

_PROVENANCE = ("n", "source", "record", "line", "loader", "evaluation", "handling", "name_key")


def other_records(finding: Finding, view: CaseView, names: dict[str, str]) -> dict[str, pl.DataFrame]:
    """Return the records that a finding rests on besides movements.

    Parameters
    ----------
    finding : Finding
    view : CaseView
        What it was found in.
    names : dict of str to str
        Name of each source by its SHA-256.

    Returns
    -------
    dict of str to polars.DataFrame
        By table: its columns that say something, accounts and parties by what a reader knows them by, possible victims
        masked, and ``file`` (``file:line``).
    """
    masks = Masks(view.hidden)
    return {
        table: _shown(_rows(table, ids, view), view, names, masks)
        for table, ids in finding.evidence.items()
        if table != "transactions"
    }


def _rows(table: str, ids: tuple[str, ...], view: CaseView) -> pl.DataFrame:
    frame = view.frame(table)
    known = frame.select(pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record"))).to_series()
    return frame.filter(known.is_in(list(ids)))


def _shown(rows: pl.DataFrame, view: CaseView, names: dict[str, str], masks: Masks) -> pl.DataFrame:
    told = {sha: masks(name) for sha, name in names.items()}
    place = pl.format(
        "{}:{}",
        pl.col("source").replace_strict(told, default="?", return_dtype=pl.String),
        pl.coalesce(*(c for c in ("line", "record") if c in rows.columns)),
    )
    rows = masks.records(rows).with_columns(file=place)
    rows = rows.select(c for c in rows.columns if c not in _PROVENANCE and rows[c].null_count() < len(rows))
    mentioned = {
        value
        for c, dtype in rows.schema.items()
        if dtype == pl.String
        for value in rows[c].drop_nulls().unique()
        if len(value) == 17  # noqa: PLR2004 - a letter and 16 digits
    }
    labels: dict[str, str] = {}
    for kind, table in (("account", "accounts"), ("party", "parties")):
        if view.lacks([table]) is None:
            of = view.frame(table).filter(pl.col(kind).is_in(sorted(mentioned)))
            labels |= {id_: view.label(kind, n) for id_, n in of.select(kind, "n").iter_rows()}
    rows = rows.with_columns(pl.col(c).replace(labels) for c, t in rows.schema.items() if t == pl.String and labels)
    return rows.with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S UTC"))
