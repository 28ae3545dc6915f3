"""What headers mean, in the languages of many banks: the table is `headers.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from finvest.model.currencies import DECIMALS
from finvest.reading.profile import named
from finvest.reading.profile_rules import Take

_PREAMBLE = 40
"""Rows in which the header is looked for."""


@cache
def words_of_banks() -> dict[str, dict[str, list[str]]]:
    """Return the table: headers and words by what they mean."""
    return tomllib.loads((files("finvest.reading") / "headers.toml").read_text("utf-8"))


def key(text: str) -> str:
    """Return the letters and digits of a header, small and without accents."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l").replace("ß", "ss"))
    return "".join(c for c in plain if c.isalnum())


def header_row(rows: list[list[str]], words: dict[str, list[str]]) -> int | None:
    """Return the first row that names a date and an amount."""
    for number, row in enumerate(rows[:_PREAMBLE], 1):
        found = set(columns_of(named(row), words)[0])
        if "date" in found and ("amount" in found or {"debit", "credit"} <= found):
            return number
    return None


def columns_of(header: list[str], words: dict[str, list[str]]) -> tuple[dict[str, Take], list[str]]:
    """Return which of our columns the headers name, and a note for each that was passed over."""
    keys = {column: key(re.sub(r"\(?\b[A-Z]{3}\b\)?$", "", column.strip())) or key(column) for column in header}
    keys |= {
        column: "verwendungszweck" for column in header if re.fullmatch(r"(?i)vwz ?\d+|verwendungszweck ?\d+", column)
    }
    fitting: dict[str, list[str]] = {}
    for ours, known in words.items():
        for word in map(key, known):
            fitting.setdefault(ours, []).extend(c for c in header if keys[c] == word or key(c) == word)
    notes, out = [], {}
    for ours, found in ((o, list(dict.fromkeys(f))) for o, f in fitting.items() if f):
        if ours == "reference":
            found.sort(key=header.index)
            out[ours] = Take(tuple(found), how="join" if len(found) > 1 else "first")
            continue
        out[ours] = Take((found[0],))
        if len(found) > 1:
            notes.append(f"{ours} is taken from '{found[0]}'; {', '.join(found[1:])} is kept aside")
    if "amount" in out and {"debit", "credit"} <= set(out):
        del out["amount"]
    if not {"debit", "credit"} <= set(out):
        out.pop("debit", None)
        out.pop("credit", None)
    shows_both = {"originator_number", "beneficiary_number"} <= set(out) and "own_number" not in out
    dropped = ("own_", "other_") if shows_both else ("originator_", "beneficiary_")
    return {ours: take for ours, take in out.items() if not ours.startswith(dropped)}, notes


def currency_in(header: list[str], columns: dict[str, Take]) -> str | None:
    """Return the currency that the header of the amount names, like ``Amount (EUR)``."""
    for column in (c for ours in ("amount", "debit", "credit") if ours in columns for c in columns[ours].columns):
        found = re.search(r"\b([A-Z]{3})\b\)?$", column.strip())
        if found and found[1] in DECIMALS and column in header:
            return found[1]
    return None
