"""What `look` returned: whether each column of the contract is of its type, and each number is somebody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import polars as pl

from finvest.findings.card import Role
from finvest.model.errors import ContractError, NotAssessable
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.findings.card import Card
    from finvest.view import CaseView

TABLE = {"account": "accounts", "party": "parties"}
"""What a role numbers, to the table whose rows are counted."""


def collected(card: Card, returned: object) -> pl.DataFrame:
    """Return what `look` returned as a frame.

    Raises
    ------
    ContractError
        If it is no frame, or cannot be worked out.
    """
    if not isinstance(returned, pl.DataFrame | pl.LazyFrame):
        raise ContractError(f"{card.id}: look() must return a frame; it returned {type(returned).__name__}")
    try:
        return returned.lazy().collect()
    except pl.exceptions.PolarsError as error:
        how = "look(view).collect() in Python says more"
        raise ContractError(
            f"{card.id}: the frame of look() cannot be worked out ({type(error).__name__}); {how}"
        ) from error


def check_columns(card: Card, view: CaseView, rows: pl.DataFrame, evidence: Sequence[str]) -> None:
    """Check types and numbers of what `look` returned; a frame without rows has none.

    Raises
    ------
    ContractError
        If a column is of another type, or has a number that no row bears.
    """
    fault = _fault(card, view, rows, evidence) if len(rows) else None
    if fault is not None:
        raise ContractError(f"{card.id}: look() returned what it must not: {fault}")


def _fault(card: Card, view: CaseView, rows: pl.DataFrame, evidence: Sequence[str]) -> str | None:
    numbered = {column: TABLE[kind] for column, (kind, _) in card.roles.items()}
    for column in evidence:
        numbered[column] = table = column.partition("_")[2] or "transactions"
        if table not in TABLES:
            return f"{column} is of no table {table!r}; evidence_<table> lists rows, a fact has another name"
    for column, table in numbered.items():
        numbers = rows[column]
        while isinstance(numbers.dtype, pl.List):
            numbers = numbers.explode(empty_as_null=False)
        if not (numbers.dtype.is_integer() or numbers.dtype == pl.Null):
            return f"{column} must be numbers of {table}, or lists of them; it is {rows[column].dtype}"
        there = _count(view, table)
        for number in (numbers.min(), numbers.max()):
            if isinstance(number, int) and not 0 <= number < there:
                return f"{column} has the number {number}, and of {table} there are {there}, counted from 0"
    for column, dtype in rows.schema.items():
        if dtype != pl.Null and (wanted := _wanted(card, column, dtype)):
            return f"{column} must be {wanted}; it is {dtype}"
    for column in card.roles:
        refined = f"{column}_role"
        if refined in rows.columns and not rows[refined].drop_nulls().is_in(get_args(Role)).all():
            return f"{refined} must be {_ROLES}"
    return None


_ROLES = ", ".join(get_args(Role)[:-1]) + f" or {get_args(Role)[-1]}, or null"


def _wanted(card: Card, column: str, dtype: pl.DataType) -> str | None:
    """Say what a column must be, where it is not."""
    if column == "score" and not dtype.is_numeric():
        return "a number in [0, 1]"
    if column == "not_assessable" and dtype != pl.String:
        return "the reason as a text, or null"
    if column in {"start", "end"} and not (isinstance(dtype, pl.Datetime) and dtype.time_zone == "UTC"):
        return "an instant in UTC"
    if column in {"first_day", "last_day"} and dtype != pl.Date:
        return "a date"
    if column == "amounts" and not _is_sums(dtype):
        return "lists of structs of currency and amount"
    if column in {f"{role}_role" for role in card.roles} and dtype != pl.String:
        return _ROLES
    return None


def _is_sums(dtype: pl.DataType) -> bool:
    if not isinstance(dtype, pl.List):
        return False
    if not isinstance(dtype.inner, pl.Struct):
        return dtype.inner == pl.Null
    types = {f.name: f.dtype for f in dtype.inner.fields}
    return types.keys() == {"currency", "amount"} and types["amount"].is_integer()


def _count(view: CaseView, table: str) -> int:
    if table == "transactions":
        return int(view.transactions.select(pl.len()).collect().item())
    try:
        return len(view.frame(table, "n"))
    except NotAssessable:
        return 0
