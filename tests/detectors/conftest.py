"""Running one detector over a small case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.make import Make
from finvest.model.tables import TABLES
from finvest.pairing.movements import movements
from finvest.registry import Registry
from finvest.view import CaseView

if TYPE_CHECKING:
    from finvest.findings.finding import Finding

_NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})


def found(id_: str, case: Make | CaseView, **parameters: Any) -> list[Finding]:
    """What a detector finds, withdrawn findings included."""
    view = case.view() if isinstance(case, Make) else case
    return list(Registry().detector(id_)().set_params(**parameters).detect(view))


def checks(finding: Finding) -> dict[str, str]:
    """Results of a finding's counter-checks by name."""
    return {c.name: c.result for c in finding.checks}


def with_accounts(make: Make, books: str = "both", **columns: pl.Expr) -> CaseView:
    """The view of a case with other columns in its accounts, and transactions from these books."""
    tables = make.tables()
    tables["accounts"] = tables["accounts"].with_columns(**columns)
    moved = movements(tables["transactions"].with_columns(books=pl.lit(books)), _NO_DUPLICATES, TABLES["pairs"].empty())
    return CaseView(moved, tables)
