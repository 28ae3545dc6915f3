"""Delimited text, as the writers of statements and registers share it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_RECORD = 2
"""The header is record 1."""


def money(cents: int) -> str:
    """Write cents with a point: ``-12.05``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def delimited(header: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows under a header, the same bytes on every system."""
    text = io.StringIO(newline="")
    text.write(header + "\n")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
