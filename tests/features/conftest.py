"""Small cases in whole days and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.make import Make
from finvest.model.tables import TABLES
from finvest.pairing.movements import movements
from finvest.view import CaseView

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})


def view(*payments: Sequence[Any], **columns: Any) -> CaseView:
    """Payments of (originator, beneficiary, amount, day) and maybe (…, columns)."""
    make = Make()
    for originator, beneficiary, amount, day, *more in payments:
        make.transfer(originator, beneficiary, amount, day, **{**columns, **(more[0] if more else {})})
    return make.view()


def number(of: CaseView, account: str) -> int:
    """The number of an account in a view."""
    return int(of.frame("accounts").filter(pl.col("account") == Make.id(account))["n"].item())


def changed(make: Make, **columns: pl.Expr) -> CaseView:
    """The view of a case whose movements have other columns."""
    tables = make.tables()
    moved = movements(tables["transactions"], _NO_DUPLICATES, TABLES["pairs"].empty())
    return CaseView(moved.with_columns(**columns), tables)
