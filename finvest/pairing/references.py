"""References: which of them can identify a payment, and when two texts agree."""

from __future__ import annotations

import polars as pl

from finvest.model.identifiers import text_keys

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

_TEXT_PREFIX = 11
_NAME_PREFIX = 12


def cleaned(reference: pl.Expr) -> pl.Expr:
    """Return letters and digits of a reference in capitals; null where it is empty, a placeholder, or one sign only."""
    key = reference.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    one_sign = key.str.strip_chars(key.str.head(1)) == ""
    return pl.when((key != "") & ~key.is_in(PLACEHOLDERS) & ~one_sign).then(key)


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
