"""The plain layout with one signed amount: dates only, running balances, the bank's own account number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.synth.statements.rows import FIRST_RECORD, delimited, money

if TYPE_CHECKING:
    from finvest.synth.books import Export, Line

HEADER = (
    "Date,Account,Account holder,Bank,Amount,Currency,Balance,Counterparty account,Counterparty name,Reference,"
    "Channel,Time zone"
)


def write(export: Export) -> tuple[bytes, list[int]]:
    """Write one export; every line is one record."""
    rows = [_row(line) for line in export.lines]
    return delimited(HEADER, rows), list(range(FIRST_RECORD, FIRST_RECORD + len(rows)))


def _row(line: Line) -> list[str]:
    return [
        f"{line.when:%Y-%m-%d}",
        line.own.number,
        line.own.name,
        line.own.bank,
        money(line.cents if line.credit else -line.cents),
        "EUR",
        money(line.balance),
        line.other.iban if line.number_shown else "",
        line.other.name.upper(),
        line.reference,
        line.movement.channel if line.movement else "other",
        "Europe/Vienna",
    ]
