"""References: which of them can identify a payment, and when two texts agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model.identifiers import text_keys

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST = 6
"""Letters and digits that a reference needs to identify a payment."""

PLACEHOLDERS = (
    "NOTPROVIDED",
    "NONREF",
    "NONE",
    "NOREF",
    "NOREFERENCE",
    "NULL",
    "NA",
    "UNKNOWN",
    "NOTAVAILABLE",
    "NICHTANGEGEBEN",
    "KREF",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
)
"""What programs write where they have no reference: equal on payments that have nothing to do with each other."""

_ONE_SIGN = f"^(?:{'|'.join(f'{sign}+' for sign in '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')})$"
_TEXT_PREFIX = 11
_NAME_PREFIX = 12


def cleaned(reference: pl.Expr) -> pl.Expr:
    """Return letters and digits of a reference in capitals; null where it is empty, a placeholder, or one sign only."""
    key = reference.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    return pl.when((key != "") & ~key.is_in(PLACEHOLDERS) & ~key.str.contains(_ONE_SIGN)).then(key)


def usable(reference: pl.Expr) -> pl.Expr:
    """Return `cleaned` where it can identify a payment: at least six letters and digits, a digit among them."""
    key = cleaned(reference)
    return pl.when((key.str.len_chars() >= SHORTEST) & key.str.contains("[0-9]")).then(key)


def text_start(text: pl.Expr) -> pl.Expr:
    """Return the start of a text that every export keeps, as comparison key; null where there is less."""
    key = text_keys(text).str.head(_TEXT_PREFIX)
    return pl.when(key != "").then(key)


def name_start(name: pl.Expr) -> pl.Expr:
    """Return the start of a name as comparison key: banks cut and transliterate names."""
    key = text_keys(name).str.head(_NAME_PREFIX)
    return pl.when(key != "").then(key)


def of_distinct(texts: pl.Series, key: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return the key of each text, worked out once for each distinct one: names come again and again."""
    distinct = texts.rename("text").to_frame().unique().with_columns(key=key(pl.col("text")))
    found = texts.rename("text").to_frame().join(distinct, on="text", how="left", maintain_order="left")
    return found["key"].rename(texts.name)
