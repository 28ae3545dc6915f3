"""N26's layout: dates only, numbers of the other side for transfers, no balances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.synth.movements import DEBIT
from finvest.synth.statements.rows import FIRST_RECORD, delimited, money

if TYPE_CHECKING:
    from finvest.synth.books import Export, Line

HEADER = (
    "Booking Date,Value Date,Partner Name,Partner Iban,Type,Payment Reference,Account Name,Amount (EUR),"
    "Original Amount,Original Currency,Exchange Rate"
)


def write(export: Export) -> tuple[bytes, list[int]]:
    """Write one export; every line is one record."""
    rows = [_row(line) for line in export.lines]
    return delimited(HEADER, rows), list(range(FIRST_RECORD, FIRST_RECORD + len(rows)))


def _row(line: Line) -> list[str]:
    day = f"{line.when:%Y-%m-%d}"
    foreign = line.movement.original if line.movement else None
    if not line.number_shown:
        kind = "Presentment"
    elif line.movement and line.movement.channel == DEBIT:
        kind = "Direct Debit"
    else:
        kind = "Credit Transfer" if line.credit else "Debit Transfer"
    signed = money(line.cents if line.credit else -line.cents)
    return [
        day,
        day,
        line.other.name,
        line.other.iban if line.number_shown else "",
        kind,
        line.reference,
        "Main Account",
        signed,
        *(("-" + money(foreign[1]), foreign[0], foreign[2]) if foreign else ("", "", "")),
    ]
