"""The plain layout with a debit and a credit column: dates only, running balances, references cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.synth.statements.rows import FIRST_RECORD, delimited, money

if TYPE_CHECKING:
    from finvest.synth.books import Export, Line

HEADER = (
    "Date,Value date,Account,Account holder,Bank,Debit,Credit,Currency,Balance,Counterparty account,"
    "Counterparty name,Reference,Channel,Time zone"
)


def write(export: Export) -> tuple[bytes, list[int]]:
    """Write one export; every line is one record."""
    rows = [_row(line) for line in export.lines]
    return delimited(HEADER, rows), list(range(FIRST_RECORD, FIRST_RECORD + len(rows)))


def _row(line: Line) -> list[str]:
    amount = money(line.cents)
    return [
        f"{line.when:%Y-%m-%d}",
        f"{line.when:%Y-%m-%d}",
        line.own.iban,
        line.own.name,
        line.own.bank,
        "" if line.credit else amount,
        amount if line.credit else "",
        "EUR",
        money(line.balance),
        line.other.iban if line.number_shown else "",
        line.other.name,
        line.reference,
        line.movement.channel if line.movement else "other",
        "Europe/Berlin",
    ]
