"""What a profile may say: our columns, the words they hold, and the checks that refuse all else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finvest.model.errors import UsageError
from finvest.model.money import AmountFormat
from finvest.model.tables import PROVENANCE, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finvest.reading.profile import Profile

SIDES = ("number", "bank", "name")
LINE_COLUMNS = frozenset(
    {"date", "time", "zone", "value_date", "amount", "debit", "credit", "sign", "currency", "balance_after", "fee"}
    | {"received_amount", "received_currency", "own_part", "status", "channel", "reference", "mcc", "merchant"}
    | {"terminal", "city", "country", "conductor", "bank_reference", "end_to_end_id", "uetr", "payee_name"}
    | {f"{side}_{what}" for side in ("own", "other", "originator", "beneficiary") for what in SIDES}
)
"""What a bank record can say. `originator_…` and `beneficiary_…` are for files that show both sides."""

EXTRA_COLUMNS = {
    "companies": {"directors"},
    "parties": {"number", "register"},
    "links": {"from", "from_bank", "from_name", "to", "to_bank", "to_name", "register", "to_register", "share"},
    "accounts": {"number", "register", "company_register", "holder_kind"},
    "contacts": {"subject_kind", "register", "company_register", "bank"},
    "devices": {"register", "company_register", "party_kind", "bank", "zone"},
    "adverts": {"zone"},
    "employments": {"register", "company_register", "employer_kind", "bank"},
    "shifts": {"register", "company_register", "employer_kind"},
    "invoices": {"register", "company_register", "supplier_kind", "customer_kind"},
    "assets": {"register", "bank"},
    **{key: {"register"} for key in ("liabilities", "incomes", "outlays")},
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


def check(profile: Profile) -> None:
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
    if lost := [c for c in (*profile.recognise, *profile.optional, *profile.single) if c not in known_columns]:
        raise UsageError(f"recognise, optional and single name columns that are not mapped, kept or ignored: {lost}")
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
