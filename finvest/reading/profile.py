"""Profiles: what a layout of rows means, declared in TOML, so that a new bank needs a file and no code.

Interpretation is strict: a profile names every column of the source as mapped, kept or ignored. A column that it does
not know, or one that is gone, is an alarm and the profile does not match.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from finvest.model.errors import UsageError
from finvest.model.money import AmountFormat
from finvest.reading import profile_toml
from finvest.reading.profile_rules import EITHER, Take, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Signs(TypedDict):
    """How delimited text is written."""

    encoding: str
    delimiter: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a layout of rows means.

    Attributes
    ----------
    name, title : str
        Name by which it is asked for, and a line about it.
    table : str
        Table that a row belongs to: ``transactions``, ``companies``, ``parties``, ``links`` …
    recognise : tuple of str
        Headers that must be there for the profile to be tried; every mapped one where left out.
    encoding, delimiter, quote : str
        How the text is written; ``quote`` is empty where quotation marks mean nothing.
    header_row : int
        Record that holds the headers, from 1; what stands before it is skipped. 0: no header, see `names`.
    names : tuple of str
        Headers of a file that has none.
    columns : mapping of str to Take
        Our column, and where it comes from.
    single : tuple of str
        Source columns that hold one value in the whole file; a second one refuses it.
    keep, ignore : tuple of str
        Source columns kept aside as `surplus`, and those left out on purpose.
    optional : tuple of str
        Source columns that may be missing.
    decimal, thousands : str
        Signs in amounts; `decimal` is empty where nobody said which it is.
    decimals : int or None
        Digits after the decimal sign where the currency does not say, and for amounts that arrive as floats.
    positive : str
        What an amount without a minus is: ``credit`` to the own account, or ``debit``.
    signed_debits : bool
        The debit column bears a minus.
    dates, times : tuple of str
        Formats, tried in order, in strftime's letters (names of months in English); ``%?`` is an open day or
        month.
    zone : str or None
        Time zone of the books; None where nobody said.
    words : mapping of str to mapping of str to str
        Words of ``status``, ``sign``, ``channel`` in the source, and ours. Capitals do not matter.
    main : tuple of str
        Values of ``own_part`` that mean the account itself; any other is an account of its own below it.
    """

    name: str
    title: str = ""
    table: str = "transactions"
    recognise: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    names: tuple[str, ...] = ()
    columns: Mapping[str, Take] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    decimals: int | None = None
    positive: str = "credit"
    signed_debits: bool = False
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    times: tuple[str, ...] = ()
    zone: str | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    main: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check(self)

    @property
    def both(self) -> bool:
        """Whether rows show both sides and are nobody's books."""
        return any(c.startswith("originator_") for c in self.columns)

    @property
    def mapped(self) -> tuple[str, ...]:
        """Source columns that a column of ours comes from, each once, in order."""
        return tuple(dict.fromkeys(c for take in self.columns.values() for c in take.columns if c))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every source column that the profile knows."""
        return tuple(dict.fromkeys((*self.mapped, *self.keep, *self.ignore)))

    @property
    def amount_format(self) -> AmountFormat:
        """How amounts are written."""
        return AmountFormat(self.decimal, self.thousands, self.decimals)

    @property
    def signs(self) -> Signs:
        """How text is written, for `frames` and `fields`."""
        return {"encoding": self.encoding, "delimiter": self.delimiter, "quote": self.quote}

    def missing(self, header: Iterable[str]) -> list[str]:
        """Return the columns that the profile needs and `header` lacks."""
        there = set(header)
        return [c for c in self.headers if c not in there and c not in self.optional]

    def unknown(self, header: Iterable[str]) -> list[str]:
        """Return the columns of `header` that the profile does not know; a column without a header is no alarm."""
        known = set(self.headers)
        return [c for c in header if c not in known and not is_unnamed(c)]

    def matches(self, header: Iterable[str]) -> bool:
        """Tell whether rows under this header can be read with the profile."""
        header = list(header)
        there = set(header)
        return all(c in there for c in self.recognise) and not self.missing(header) and not self.unknown(header)

    def open(self, header: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return the options without which rows can't be read: ``day_first``, ``decimal``, ``account``, ``currency``.

        Parameters
        ----------
        header : iterable of str, optional
            Headers of the file: optional columns that it lacks say nothing.
        """
        there = None if header is None else set(header)

        def said(name: str) -> bool:
            how = self.columns.get(name)
            return how is not None and (how.value is not None or there is None or any(c in there for c in how.columns))

        asked = ["day_first"] if any(EITHER in text for text in self.dates) else []
        if self.table == "transactions":
            asked += ["decimal"] if not self.decimal else []
            asked += ["account"] if not said("own_number") and not self.both else []
            asked += ["currency"] if not said("currency") and self.decimals is None else []
        return tuple(asked)

    def to_toml(self) -> str:
        """Write the profile; `from_toml` reads it back to an equal one."""
        return profile_toml.write(self)

    def digest(self) -> str:
        """Return the SHA-256 of what the profile says: two equal profiles load a file alike."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()

    @classmethod
    def from_toml(cls, text: str, where: str = "profile") -> Profile:
        """Read a profile.

        Parameters
        ----------
        text : str
            TOML.
        where : str
            Name of the file, for messages.

        Raises
        ------
        UsageError
            If it is no TOML or a key or value is wrong; the message names file, key and valid values.
        """
        try:
            return cls(**profile_toml.read(tomllib.loads(text)))
        except (tomllib.TOMLDecodeError, UsageError) as error:
            raise UsageError(f"{where}: {error}") from None

    @classmethod
    def load(cls, path: Path) -> Profile:
        """Read a profile from a file, see `from_toml`."""
        try:
            return cls.from_toml(path.read_text("utf-8"), path.name)
        except UnicodeDecodeError:
            raise UsageError(f"{path.name}: a profile is UTF-8 text") from None


def unnamed(position: int) -> str:
    """Return the name of a column without a header; positions from 1."""
    return f"(column {position})"


def is_unnamed(header: str) -> bool:
    """Tell whether `header` stands for a column without one."""
    return header.startswith("(column ")


def named(header: Iterable[str]) -> list[str]:
    """Make headers distinct: no spaces around them, a second ``Account`` is ``Account (2)``, a blank ``(column 7)``."""
    seen: dict[str, int] = {}
    out = []
    for position, text in enumerate(header, 1):
        name = text.strip() or unnamed(position)
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out
