"""Revolut's layout: times to the second, running balances, and only names on the other side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import CARD, CASH, DEBIT, ONLINE, offset_hours
from finvest.synth.statements.rows import FIRST_RECORD, delimited, money

if TYPE_CHECKING:
    from datetime import datetime

    from finvest.synth.books import Export, Line

HEADER = "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance"
STATES = {"booked": "COMPLETED", "pending": "PENDING", "reverted": "REVERTED", "information": "COMPLETED"}


def write(export: Export) -> tuple[bytes, list[int]]:
    """Write one export; every line is one record."""
    rows = [_row(line) for line in export.lines]
    return delimited(HEADER, rows), list(range(FIRST_RECORD, FIRST_RECORD + len(rows)))


def _row(line: Line) -> list[str]:
    channel = line.movement.channel if line.movement else CARD
    if channel == CASH:
        kind, text = "ATM", f"Cash at {line.other.name}"
    elif channel in {CARD, ONLINE}:
        kind, text = "CARD_PAYMENT", line.other.name
    elif channel == DEBIT:
        kind, text = "TRANSFER", f"Direct debit {line.other.name}"
    else:
        kind = "TOPUP" if line.credit else "TRANSFER"
        text = f"Payment from {line.other.name}" if line.credit else f"To {line.other.name}"
        if line.credit and line.movement and line.movement.silent:
            text = "Top-up by bank transfer"
    signed = line.cents if line.credit else -line.cents
    settled = line.status in {"booked", "information"}
    when = _utc(line.when)
    return [
        kind,
        "Current",
        _utc(line.when - timedelta(seconds=2)),
        when if settled else "",
        text,
        money(signed),
        "0.00",
        "EUR",
        STATES[line.status],
        money(line.balance) if settled else "",
    ]


def _utc(moment: datetime) -> str:
    """Write a moment in UTC, as these exports are whatever the customer's clock shows."""
    return f"{moment - timedelta(hours=offset_hours(moment)):%Y-%m-%d %H:%M:%S}"
