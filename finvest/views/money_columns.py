"""Which columns of a frame are money: minor units, with the column that names their currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model.currencies import DECIMALS
from finvest.model.tables import MINOR, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_NAME = frozenset(c for t in TABLES.values() for c, dtype in t.schema.items() if dtype == MINOR) | {
    "originator_balance_after",
    "beneficiary_balance_after",
}
_OTHER_CURRENCY = {"received_amount": "received_currency"}
_UNNAMED = frozenset({"amount_base"})
"""Their currency is that of the case and stands in no column."""


def money_columns(frame: pl.DataFrame, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the columns that hold minor units, each with the column of its currency.

    Parameters
    ----------
    frame : polars.DataFrame
    given : mapping of str to str, optional
        Taken as it is; where left out, amounts are recognised by the model's names and types.
    """
    if given is not None:
        return dict(given)
    found = {}
    for column, dtype in frame.schema.items():
        whole = dtype.is_integer() or dtype == MINOR
        currency = _OTHER_CURRENCY.get(column, "currency")
        known = column in _BY_NAME - _UNNAMED or dtype == MINOR
        if whole and known and currency in frame.columns and frame.schema[currency] == pl.String:
            found[column] = currency
    return found


def decimal_text(column: str, currency: str) -> pl.Expr:
    """Write minor units as decimal text, exactly: ``-1234567`` of EUR is ``-12345.67``.

    Of a currency that does not say its decimals the minor units are written undivided.
    """
    decimals = pl.col(currency).replace_strict(DECIMALS, default=0, return_dtype=pl.Int64).fill_null(0)
    written = pl.col(column).cast(pl.String)
    digits = written.str.strip_chars_start("-").str.pad_start(decimals + 1, "0")
    whole = digits.str.head(digits.str.len_chars().cast(pl.Int64) - decimals)
    part = pl.when(decimals > 0).then(pl.lit(".") + digits.str.tail(decimals)).otherwise(pl.lit(""))
    return (pl.when(written.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit("")) + whole + part).alias(column)
