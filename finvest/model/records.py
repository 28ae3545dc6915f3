"""The loaders' contract: what a loader is given, what it yields, and how its records are counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl


BATCH_ROWS = 100_000
"""Rows after which a loader yields what it has."""

REASONS = {
    "AMOUNT_FORMAT": "the amount is not a number in the declared signs",
    "AMOUNT_SCALE": "the amount has more decimals than its currency",
    "AMOUNT_RANGE": "the amount is larger than any that finvest sums exactly",
    "AMOUNT_MISSING": "there is no amount",
    "BOUNDS": "the amount is below zero, or the last lies before the first: of an amount's bounds, or of its days",
    "CURRENCY_UNKNOWN": "the currency is not in ISO 4217 and no decimals are declared",
    "DATE_FORMAT": "the date does not have the declared form",
    "DATE_MISSING": "there is no booking date",
    "SIGN_UNKNOWN": "nothing says whether it is a debit or a credit",
    "ACCOUNT_MISSING": "nothing says whose books these are",
    "ENCODING": "the bytes are not text in the declared encoding",
    "FIELDS_MISSING": "the row has fewer fields than the header",
    "FIELDS_SURPLUS": "the row has more fields than the header, and its table keeps nothing aside",
    "ID_MISSING": "nothing says whom or what the row is about",
    "QUOTE_OPEN": "a quotation mark is never closed",
    "STATUS_UNKNOWN": "the status is not one the profile knows",
    "XML_BROKEN": "the XML ends or breaks here",
    "DETAILS_DISAGREE": "the details of a batch entry do not add up to the entry",
    "TYPE": "the value has not the column's type",
}
"""Reason codes of the quarantine, and what each means."""


@dataclass(frozen=True, slots=True)
class Source:
    """One original file.

    Attributes
    ----------
    path : pathlib.Path
        Where its bytes are.
    name : str
        Name under which it was handed over.
    sha256 : str
        SHA-256 of its bytes, 64 hexadecimal digits.
    size : int
        Bytes.
    """

    path: Path
    name: str
    sha256: str
    size: int

    @classmethod
    def of(cls, path: Path) -> Source:
        """Hash a file and return it as a source."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path, path.name, digest, path.stat().st_size)

    def transaction_id(self, record: int) -> str:
        """Return the id of the transaction that is record number `record` of this source."""
        return f"{self.sha256[:12]}-{record:08d}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table.

    Attributes
    ----------
    table : str
        Name of a table of `finvest.model.tables`, `quarantine` included.
    frame : polars.DataFrame
        Any of its columns, `source`, `record` and `line` among them.
    """

    table: str
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records a loader met and what became of each.

    Every record is exactly one of loaded, quarantined, header, or blank.
    """

    loaded: int = 0
    quarantined: int = 0
    headers: int = 0
    blanks: int = 0

    @property
    def records(self) -> int:
        """All records."""
        return self.loaded + self.quarantined + self.headers + self.blanks

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.loaded + other.loaded,
            self.quarantined + other.quarantined,
            self.headers + other.headers,
            self.blanks + other.blanks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderCard:
    """What a loader says about itself.

    Attributes
    ----------
    name : str
        Name by which it is asked for.
    title : str
        What it reads, in a line.
    suffixes : tuple of str
        Usual ends of file names.
    tried : tuple of str
        Versions or layouts that were tried on files made by others.
    untried : tuple of str
        Versions or layouts for which no outside file was at hand.
    proof : str
        How completeness is proved by the format itself: balances, declared period, or nothing.
    notes : tuple of str
        What a user should know.
    decimals : mapping of str to int
        Decimals of the currencies that ISO 4217 does not list, as this loader writes them.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    tried: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    proof: str = "none"
    notes: tuple[str, ...] = field(default=())
    decimals: Mapping[str, int] = field(default_factory=dict)
