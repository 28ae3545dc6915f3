"""From movements to the lines of each account's books: what its bank saw, when, and with which balance after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from finvest.synth.movements import CARD, CASH, FIRST, LAST, ONLINE, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Movement

BARE = (CARD, ONLINE, CASH)
"""Channels on which statements never show the other side's number."""

NAME_ONLY = 30
"""Percent of relations in which a bank shows a name and no number."""

PIPES = ("relay", "seller")
"""Accounts in which nearly nothing lies."""

SHORT = 27
"""Letters that survive where a bank cuts a reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an account's books.

    Attributes
    ----------
    own : Account
    credit : bool
        The money came in.
    cents : int
        What the own account gained or lost.
    when : datetime
        When it was booked, by the wall clock.
    other : Account
        The other side.
    number_shown : bool
        The line shows the other side's number.
    reference : str
        As this bank prints it.
    balance : int
        Balance after the line, in cents.
    status : str
        booked, pending, reverted or information.
    movement : Movement or None
        None where no money moved.
    """

    own: Account
    credit: bool
    cents: int
    when: datetime
    other: Account
    number_shown: bool
    reference: str
    balance: int = 0
    status: str = "booked"
    movement: Movement | None = None

    @property
    def signed(self) -> int:
        """Cents, negative where the money left; only booked lines change a balance."""
        if self.status != "booked":
            return 0
        return self.cents if self.credit else -self.cents


@dataclass(frozen=True, slots=True)
class Export:
    """One file that a bank sends: the lines of some days of one account.

    Attributes
    ----------
    account : Account
    name : str
        Name of the file, without its end.
    first, last : date
        Days that it shows.
    opening : int
        Balance before the first line, in cents.
    lines : list of Line
        In the order of booking, with balances.
    """

    account: Account
    name: str
    first: date
    last: date
    opening: int
    lines: list[Line]

    @property
    def closing(self) -> int:
        """Balance after the last line."""
        return self.opening + sum(line.signed for line in self.lines)


def books(
    economy: Economy,
    movements: Iterable[Movement],
    extras: Iterable[Line],
    whole: set[int],
    seed: int,
    known: Mapping[str, tuple[datetime, int]],
) -> dict[str, Export]:
    """Return the books of every account on file, by its label.

    Parameters
    ----------
    extras : iterable of Line
        Lines without a movement: pending, reverted, of zero.
    whole : set of int
        Movements whose lines show the numbers whatever the bank's habit: without them their pattern is in no file.
    seed : int
        Settles the habits: which bank shows only a name for whom.
    known : mapping of str to (datetime, int)
        By label, what lay in an account at a moment, in cents, where a story needs it to the cent.
    """
    lines: dict[str, list[Line]] = {account.label: [] for account in economy.on_file}
    for movement in movements:
        for own, credit in ((movement.payer, False), (movement.payee, True)):
            when = movement.arrived if credit else movement.sent
            if own.on_file and FIRST <= when.date() <= LAST:
                lines[own.label].append(_line(movement, own, when, seed, credit=credit, whole=movement.number in whole))
    for extra in extras:
        lines[extra.own.label].append(extra)
    return {
        label: _balanced(
            economy[label],
            sorted(rows, key=lambda r: (r.when, r.movement.number if r.movement else 0)),
            seed,
            known.get(label),
        )
        for label, rows in lines.items()
    }


def _line(movement: Movement, own: Account, when: datetime, seed: int, *, credit: bool, whole: bool) -> Line:
    other = movement.payer if credit else movement.payee
    habit = Random(f"{seed}/{own.label}/{other.label}")  # a relation keeps its habit
    shown = bool(other.iban) and movement.channel not in BARE
    hidden = own.layout in {"plain_signed", "plain_debit_credit"} and habit.randrange(100) < NAME_ONLY
    reference = movement.reference
    if own.layout == "plain_signed":
        reference = reference.upper()[:SHORT]
    elif own.layout == "plain_debit_credit" and movement.channel == TRANSFER:
        reference = f"{reference} {movement.end_to_end}".strip()[: SHORT + 8]
    return Line(
        own=own,
        credit=credit,
        cents=movement.arriving if credit else movement.cents,
        when=when,
        other=other,
        number_shown=shown and own.layout != "revolut" and (whole or not hidden),
        reference=reference,
        movement=movement,
    )


def _balanced(account: Account, lines: list[Line], seed: int, known: tuple[datetime, int] | None) -> Export:
    """Add running balances; the opening balance is what is known, or such that nobody's account falls below zero."""
    lowest = running = 0
    for line in lines:
        running += line.signed
        lowest = min(lowest, running)
    spare = 40_00 if account.label.startswith(PIPES) else 250_00
    opening = Random(f"{seed}/opening/{account.label}").randrange(spare // 2, spare) - lowest
    if known:
        opening = known[1] - sum(line.signed for line in lines if line.when < known[0])
    balance, rows = opening, []
    for line in lines:
        balance += line.signed
        rows.append(replace(line, balance=balance))
    # Named as its bank would: by number, never by what the holder does.
    return Export(account, f"{account.layout}_{account.iban[-6:]}", FIRST, LAST, opening, rows)


def part(export: Export, name: str, first: date, last: date) -> Export:
    """Return the part of an account's books that lies in some days, as a file of its own."""
    before = [line for line in export.lines if line.when.date() < first]
    inside = [line for line in export.lines if first <= line.when.date() <= last]
    return Export(export.account, name, first, last, export.opening + sum(line.signed for line in before), inside)


def months(export: Export) -> list[Export]:
    """Return the books month by month: the statements that a bank sends in one file."""
    parts, first = [], export.first
    while first <= export.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(export.last, following - timedelta(days=1))
        parts.append(part(export, f"{export.name}-{first:%Y-%m}", first, last))
        first = following
    return parts
