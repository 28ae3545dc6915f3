"""finvest's own columns in a file: which table it is, and what is missing or foreign."""

from __future__ import annotations

import csv
from pathlib import PurePath

from finvest.model.tables import TABLES

LOADABLE = tuple(t for t in TABLES if t not in {"pairs", "findings", "trails", "decisions", "quarantine"})
"""Tables that a file can bring; the others are what finvest and its users write."""

REQUIRED = {
    "transactions": ("originator", "beneficiary", "amount", "currency", "booked_at"),
    "accounts": ("account",),
    "parties": ("party",),
    "companies": ("party",),
    "links": ("kind", "from_kind", "from_id", "to_kind", "to_id"),
    "identifiers": ("subject", "scheme", "value"),
}
"""Columns without which a row of a table says nothing."""


def required(table: str) -> tuple[str, ...]:
    """Return the columns that a file of this table must have."""
    return REQUIRED.get(table, (TABLES[table].columns[0].name,))


def table_of(columns: list[str], name: str) -> str | None:
    """Return the table that a file with these columns is of; None where it is none.

    Parameters
    ----------
    columns : list of str
        Its columns.
    name : str
        Its name; the stem decides where it is a table's.
    """
    stem = PurePath(name).stem.lower()
    fitting = [t for t in LOADABLE if set(columns) <= set(TABLES[t].schema) and set(required(t)) <= set(columns)]
    if stem in LOADABLE:
        return stem if stem in fitting else None
    return fitting[0] if len(fitting) == 1 else None


def is_native(head: bytes, name: str) -> bool:
    """Tell whether a text file begins with a header of finvest's own columns."""
    lines = head.removeprefix(b"\xef\xbb\xbf").splitlines()
    try:
        header = next(csv.reader([lines[0].decode("ascii")])) if lines else []
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return False
    return len(header) > 1 and table_of(header, name) is not None
