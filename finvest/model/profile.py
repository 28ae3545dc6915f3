"""Profiles: what a layout of rows means, declared in TOML, so that a new bank needs a file and no code.

Interpretation is strict: a profile names every column of the source as mapped, kept or ignored. A column that it does
not know, or one that is gone, is an alarm and the profile does not match.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from finvest.model.errors import UsageError
from finvest.model.money import AmountFormat
from finvest.model.tables import PROVENANCE, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SIDES = ("number", "bank", "name")
LINE_COLUMNS = frozenset(
    {"date", "time", "zone", "value_date", "amount", "debit", "credit", "sign", "currency", "balance_after", "fee"}
    | {"received_amount", "received_currency", "own_part", "status", "channel", "reference", "mcc", "merchant"}
    | {"terminal", "city", "country", "conductor", "bank_reference", "end_to_end_id", "uetr"}
    | {f"{side}_{what}" for side in ("own", "other", "originator", "beneficiary") for what in SIDES}
)
"""What a bank record can say. `originator_…` and `beneficiary_…` are for files that show both sides."""

EXTRA_COLUMNS = {
    "companies": {"directors"},
    "parties": {"number", "register"},
    "links": {"from", "from_bank", "from_name", "to", "to_bank", "to_name", "register", "share"},
    "accounts": {"number"},
}
"""What rows of other tables can say beyond the table's own columns."""

WORDS = {
    "status": ("booked", "pending", "information", "reverted"),
    "sign": ("debit", "credit"),
    "channel": (
        "cash_atm", "cash_branch", "card_pos", "card_online", "transfer", "instant", "direct_debit", "wire",
        "remittance", "p2p", "crypto", "cheque", "prepaid", "other",
    ),
}  # fmt: skip
"""Columns whose words a profile translates, and into what."""

EITHER = "%?"
"""In a date format: day or month, nobody said which; the option ``day_first`` answers."""

WIDE = ("utf-16", "utf-16-le", "utf-16-be")

_DIRECTIVES = {f"%{c}" for c in "YymdBbHIMSpf?"}


class Signs(TypedDict):
    """How delimited text is written."""

    encoding: str
    delimiter: str
    quote: str


@dataclass(frozen=True, slots=True)
class Take:
    """Where one of our columns comes from.

    Attributes
    ----------
    columns : tuple of str
        Source columns; none for a constant.
    how : str
        ``first``: the first column that is not blank; ``join``: all of them, joined by a space; ``sides``: two columns,
        the first for a debit, the second for a credit; an empty name is no column.
    value : str or None
        The constant, or what stands in where the columns are blank.
    """

    columns: tuple[str, ...] = ()
    how: str = "first"
    value: str | None = None

    @property
    def constant(self) -> bool:
        """Whether no column says it."""
        return not self.columns

    def written(self) -> str | dict[str, str | list[str]]:
        """Return it as it stands in TOML."""
        if self.value is not None:
            return {"first": list(self.columns), "value": self.value} if self.columns else {"value": self.value}
        if self.how == "sides":
            return {side: c for side, c in zip(("debit", "credit"), self.columns, strict=True) if c}
        return self.columns[0] if len(self.columns) == 1 else {self.how: list(self.columns)}


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
        _check(self)

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
        from finvest.model.profile_toml import write

        return write(self)

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
        from finvest.model.profile_toml import read

        try:
            return read(tomllib.loads(text))
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


def _check(profile: Profile) -> None:
    """Refuse what can't be read with."""
    _among("table", profile.table, TABLES)
    _among("amounts.positive", profile.positive, ("credit", "debit"))
    _encoding(profile.encoding)
    if len(profile.delimiter) != 1 or not profile.delimiter.isascii() or profile.delimiter in '\r\n\0"':
        raise UsageError(f"file.delimiter must be one ASCII character, not {profile.delimiter!r}")
    if len(profile.quote) > 1 or not profile.quote.isascii() or profile.quote in ("\r", "\n", profile.delimiter):
        raise UsageError(f"file.quote must be one ASCII character or empty, not {profile.quote!r}")
    if profile.header_row < 0 or (profile.header_row == 0) != bool(profile.names):
        raise UsageError("file.header_row must be 1 or more, or 0 together with file.names")
    if profile.decimal:
        AmountFormat(profile.decimal, profile.thousands, profile.decimals)
    for known, texts in (("dates.formats", profile.dates), ("dates.times", profile.times)):
        for text in texts:
            _format(known, text)
    _columns(profile)
    for column, words in profile.words.items():
        if column in WORDS:
            for word, ours in words.items():
                _among(f"words.{column}.{json.dumps(word)}", ours, WORDS[column])
    known_columns = set(profile.headers)
    if lost := [c for c in (*profile.recognise, *profile.optional) if c not in known_columns]:
        raise UsageError(f"recognise and optional name columns that are not mapped, kept or ignored: {lost}")
    if both := set(profile.ignore) & {*profile.mapped, *profile.keep}:
        raise UsageError(f"ignore names columns that are mapped or kept: {sorted(both)}")


def _columns(profile: Profile) -> None:
    if profile.table != "transactions":
        own = {c.name for c in TABLES[profile.table]} - {c.name for c in PROVENANCE}
        for column in profile.columns:
            _among("columns", column, own | EXTRA_COLUMNS.get(profile.table, set()))
        if profile.keep:
            raise UsageError(f"keep: the table {profile.table} keeps no column aside; map it or ignore it")
        return
    for column in profile.columns:
        _among("columns", column, LINE_COLUMNS)
    there = set(profile.columns)
    if "date" not in there:
        raise UsageError("columns must say where date comes from")
    rules = [{"amount"} <= there, {"debit", "credit"} <= there]
    if sum(rules) != 1 or ("sign" in there and "amount" not in there):
        raise UsageError("columns must map either amount (signed, or with sign), or both debit and credit")
    if "sign" in there and not profile.columns["sign"].constant and not profile.words.get("sign"):
        raise UsageError("words.sign must say which words of the sign column are debit and which credit")
    if "status" in there and not profile.columns["status"].constant and not profile.words.get("status"):
        raise UsageError("words.status must translate the words of the status column")
    sides = {c.split("_")[0] for c in there if c.endswith(tuple(f"_{s}" for s in SIDES))}
    if sides & {"originator", "beneficiary"} and sides & {"own", "other"}:
        raise UsageError("columns name own and other, or originator and beneficiary, not both")
    if profile.both and ("debit" in there or "sign" in there):
        raise UsageError("rows that show originator and beneficiary have one unsigned amount")


def _among(key: str, value: str, valid: Iterable[str]) -> None:
    if value not in valid:
        raise UsageError(f"{key}: {value!r} is none of {', '.join(sorted(valid))}")


def _encoding(name: str) -> None:
    ascii_only = bytes(range(128))
    try:
        good = name.lower().replace("_", "-") in WIDE or ascii_only.decode(name) == ascii_only.decode("ascii")
    except (LookupError, UnicodeError):
        good = False
    if not good:
        raise UsageError(
            f"file.encoding: finvest reads no {name!r}; there are utf-8, utf-16, utf-16-le, utf-16-be, cp1252, latin-1 "
            "and every other of Python's that holds ASCII as it is"
        )


def _format(key: str, text: str) -> None:
    """Refuse a format with letters that finvest does not read, or with one open field."""
    found = re.findall("%.?", text)
    if wrong := [d for d in found if d not in _DIRECTIVES]:
        raise UsageError(f"{key}: {wrong[0]!r} in {text!r} is none of {', '.join(sorted(_DIRECTIVES))}")
    if ("%H" in found or "%I" in found) != ("%M" in found):
        raise UsageError(f"{key}: {text!r} must have hour and minute, or neither")
    if found.count(EITHER) not in {0, 2}:
        raise UsageError(f"{key}: {text!r} must have {EITHER} twice, for day and month, or not at all")
