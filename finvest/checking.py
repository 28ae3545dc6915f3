"""Whether the records of a case are complete, and whether anything stands twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.records import REASONS
from finvest.pairing.reconciliation import reconcile
from finvest.pairing.twice import counted_twice

if TYPE_CHECKING:
    from finvest.matching import Matched
    from finvest.store.store import Store
    from finvest.view import CaseView


MOST_ROWS = 12
"""Rows of each table that a notebook shows."""

_STATEMENT = (
    "account",
    "currency",
    "source",
    "start",
    "end",
    "opening",
    "movements",
    "closing",
    "difference",
    "proof",
    "gap_days",
)


@dataclass(frozen=True, slots=True)
class Checks:
    """What was checked.

    Attributes
    ----------
    sources : polars.DataFrame
        What became of each source's records.
    statements : polars.DataFrame
        Opening, movements, closing, difference, proof and gaps of each statement; see `finvest.pairing.reconcile`.
    pairs : polars.DataFrame
        How many movements two records show, by the rule that paired them, and how many records are duplicates.
    doubles : polars.DataFrame
        What may be counted twice, by account pair and currency; see `finvest.pairing.twice`.
    quarantine : polars.DataFrame
        Records that were not loaded: ``file``, ``line``, ``reason``, ``meaning``, ``column``.
    unconverted : polars.DataFrame
        Movements without an amount in the base currency: ``currency``, ``why``, ``count``, ``first``, ``last`` (days).
    """

    sources: pl.DataFrame
    statements: pl.DataFrame
    pairs: pl.DataFrame
    doubles: pl.DataFrame
    quarantine: pl.DataFrame
    unconverted: pl.DataFrame

    @property
    def failed(self) -> int:
        """Statements whose balances do not reconcile."""
        return len(self.statements.filter(pl.col("proof") == "failed"))

    @property
    def fine(self) -> bool:
        """Every record was loaded and no balance fails."""
        return not self.failed and self.quarantine.is_empty()

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        reconciled = len(self.statements.filter(pl.col("proof") == "reconciled"))
        others = int(self.unconverted["count"].sum())
        left = f"; {others:,} have no amount in the base currency" if others else ""
        return (
            f"{reconciled} of {len(self.statements)} statements reconcile, {self.failed} do not; "
            f"{len(self.quarantine)} records were not loaded; {self.doubles['count'].sum()} may be counted twice{left}."
        )

    def tables(self) -> dict[str, tuple[str, pl.DataFrame]]:
        """Return every table by name, with its title."""
        return {
            "sources": ("Sources", self.sources),
            "statements": ("Statements: opening + movements = closing", self.statements),
            "pairs": ("One movement, two records", self.pairs),
            "doubles": ("May be counted twice", self.doubles),
            "quarantine": ("Not loaded", self.quarantine),
            "unconverted": ("Not in the base currency", self.unconverted),
        }

    def __repr__(self) -> str:
        return f"<Checks: {self.sentence}>"

    def _repr_html_(self) -> str:
        from finvest.views.tables import TableView

        result = pl.DataFrame({"result": self.sentence.rstrip(".").split("; ")})
        parts = [TableView(result, "Checks")._repr_html_()]
        for title, frame in self.tables().values():
            if len(frame):
                parts.append(TableView(frame, title, most=MOST_ROWS)._repr_html_())
        return "".join(parts)


def check(store: Store, matched: Matched, view: CaseView) -> Checks:
    """Check the records of a case."""
    from finvest.lookup import files, sources

    names = files(store)
    quarantine = store.frame("quarantine")
    labels = dict(zip(view.frame("accounts")["account"], view.labels, strict=True))
    statements = reconcile(matched.transactions, store.frame("balances"), quarantine)
    doubles = (
        counted_twice(
            matched.transactions, matched.duplicates, matched.pairs, store.frame("accounts"), store.frame("identifiers")
        )
        .rename({"number": "count"})
        .drop("records")
    )
    return Checks(
        sources(store).drop("sha256", "loaded_at", strict=False),
        _named(statements, labels, names).select(_STATEMENT),
        _pairs(matched),
        _named(doubles, labels, names),
        _not_loaded(quarantine, names),
        matched.unconverted,
    )


def _named(rows: pl.DataFrame, labels: dict[str, str], names: dict[str, str]) -> pl.DataFrame:
    """Write accounts and sources as a reader knows them."""
    known = {"account": labels, "originator": labels, "beneficiary": labels, "source": names}
    return rows.with_columns(
        pl.col(c).replace_strict(n, default=pl.col(c), return_dtype=pl.String)
        for c, n in known.items()
        if c in rows.columns
    )


def _pairs(matched: Matched) -> pl.DataFrame:
    paired = matched.pairs.filter(pl.col("state") == "paired").group_by("how").agg(count=pl.len()).sort("how")
    duplicates = pl.DataFrame({"how": ["duplicate records"], "count": [len(matched.duplicates)]})
    return pl.concat([paired.cast({"count": pl.Int64}), duplicates.cast({"count": pl.Int64})])


def _not_loaded(quarantine: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    return quarantine.sort("source", "record").select(
        file=pl.col("source").replace_strict(names, default=None, return_dtype=pl.String),
        line="line",
        reason="reason",
        meaning=pl.col("reason").replace_strict(REASONS, default=pl.col("expected"), return_dtype=pl.String),
        column="column",
    )
