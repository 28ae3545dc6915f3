"""Lines of an indirect method from a file that a person wrote, and the method worked out from them."""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from finvest.indirect.exploitation import Worker, client_receipts, exploitation_benefit
from finvest.indirect.line import Line
from finvest.indirect.methods import (
    bank_deposits,
    net_worth_from,
    percentage_mark_up,
    source_and_application,
    unit_and_volume,
)
from finvest.model.currencies import DECIMALS
from finvest.model.errors import AmountError, DataError, FinvestError, UsageError
from finvest.model.money import parse_one

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.indirect.proof import Proof

HEADS = ("Part", "Item", "Low", "Amount", "High", "Mark", "Record", "Reason", "Worker")
"""Columns of the file; Low, High, Record, Reason and Worker may be left out or blank."""

PARTS: dict[str, tuple[Callable[..., Proof], tuple[str, ...]]] = {
    "net_worth": (
        net_worth_from,
        (
            "opening_cash", "opening_assets", "opening_debts", "closing_assets", "closing_debts", "outlays", "receipts",
            "income",
        ),
    ),
    "source_and_application": (source_and_application, ("applications", "sources", "opening_cash")),
    "bank_deposits": (
        bank_deposits,
        ("deposits", "own_transfers", "redeposits", "not_income", "cash_spent", "known"),
    ),
    "unit_and_volume": (unit_and_volume, ("volume", "price", "declared")),
    "percentage_mark_up": (percentage_mark_up, ("cost", "mark_up", "declared")),
    "exploitation_benefit": (exploitation_benefit, ("due", "hours", "rate", "paid", "deductions", "fees")),
    "client_receipts": (client_receipts, ("receipts", "retained")),
}  # fmt: skip
"""By method: how it is worked out, and its parts as a file calls them."""

_ONE = {"price", "mark_up", "hours", "rate"}
_NUMBERS = {"volume", "mark_up", "hours"}
"""Parts that are no money."""


def from_file(method: str, path: Path, currency: str) -> Proof:
    """Work out an indirect method from a file of lines.

    Parameters
    ----------
    method : str
        Key of `PARTS`.
    path : pathlib.Path
        CSV with the columns `HEADS`, UTF-8; amounts like 1234.56, counts and percentages as decimals.
    currency : str
        ISO 4217 code of every amount.

    Raises
    ------
    UsageError
        If the method or the currency is unknown.
    DataError
        If a line of the file cannot be used; says which and why.
    NotAssessable
        If the method lacks a part that it needs.
    """
    if method not in PARTS:
        raise UsageError(f"no indirect method {method!r}; there are {', '.join(PARTS)}")
    if currency not in DECIMALS:
        raise UsageError(f"amounts need one currency of ISO 4217, not {currency!r}")
    work, names = PARTS[method]
    rows = [(number, row, *_line(path, number, row, names, currency)) for number, row in _rows(path)]
    if method != "exploitation_benefit":
        given: dict[str, list[Line]] = {}
        for _, _, part, line in rows:
            given.setdefault(part, []).append(line)
        return work(currency, **_gathered(path, given, names))
    workers: dict[str, dict[str, list[Line]]] = {}
    for _, row, part, line in rows:
        workers.setdefault((row.get("Worker") or "").strip() or "1", {}).setdefault(part, []).append(line)
    return work(currency, [Worker(label=label, **_gathered(path, given, names)) for label, given in workers.items()])


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        heads = set(reader.fieldnames or ())
        if missing := {"Part", "Item", "Amount", "Mark"} - heads:
            raise DataError(f"{path.name}: no column {', '.join(sorted(missing))}; the columns are {', '.join(HEADS)}")
        if surplus := heads - set(HEADS):
            raise DataError(f"{path.name}: {len(surplus)} unknown columns; the columns are {', '.join(HEADS)}")
        try:
            return [(reader.line_num, row) for row in reader]
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{path.name}: not readable as CSV in UTF-8 ({type(error).__name__})") from None


def _line(path: Path, number: int, row: dict[str, str], names: tuple[str, ...], currency: str) -> tuple[str, Line]:
    part = (row["Part"] or "").strip()
    if part not in names:
        raise DataError(f"{path.name}:{number}: Part must be one of {', '.join(names)}")
    try:
        central = _value(row["Amount"], part, currency)
        low, high = (_value(row.get(name) or row["Amount"], part, currency) for name in ("Low", "High"))
        record = (row.get("Record") or "").strip() or f"{path.name}:{number}"
        line = Line(
            item=(row["Item"] or "").strip() or part, low=low, central=central, high=high,
            mark=(row["Mark"] or "").strip(), record=record, reason=(row.get("Reason") or "").strip(),
        )  # fmt: skip
    except AmountError:
        raise DataError(f"{path.name}:{number}: Low, Amount and High are exact decimals, like 1234.56") from None
    except FinvestError as error:
        raise DataError(f"{path.name}:{number}: {error}") from None
    return part, line


def _value(text: str | None, part: str, currency: str) -> int | Fraction:
    given = (text or "").strip()
    if part not in _NUMBERS:
        return parse_one(given, currency)
    if not given.replace(".", "", 1).isdecimal():
        raise AmountError("no exact decimal")
    return Fraction(given)


def _gathered(path: Path, given: dict[str, list[Line]], names: tuple[str, ...]) -> dict[str, Any]:
    """Return lines by part; of a part that is one line, that line."""
    for part in _ONE & given.keys():
        if len(given[part]) > 1:
            raise DataError(f"{path.name}: {part} is one line; there are {len(given[part])}")
    return {
        part: (given[part][0] if part in given else None) if part in _ONE else given.get(part, []) for part in names
    }
