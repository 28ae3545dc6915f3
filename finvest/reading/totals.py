"""A statement's totals: what was booked on it, and whether opening and closing prove that nothing is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.instants import local_days
from finvest.model.records import Batch, Source
from finvest.model.statements import books
from finvest.model.tables import PROVENANCE, TEXT, WHOLE, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_BALANCES = table("balances").schema
_OWN = ("own_number", "own_bank", "own_name", "own_currency")


@dataclass(frozen=True, slots=True)
class Balance:
    """A booked balance as a statement shows it.

    Attributes
    ----------
    opening : bool
        At the beginning of the statement; else at its end.
    currency : str
    minor : int or None
        Signed minor units; None where the amount is not exact.
    day : datetime.date or None
    """

    opening: bool
    currency: str
    minor: int | None
    day: date | None


@dataclass
class Totals:
    """What is known of one statement while its lines are read, a batch at a time.

    Attributes
    ----------
    record, line : int
        Where the statement begins.
    name : str or None
        The bank's id of the statement.
    own : dict
        ``own_number``, ``own_bank``, ``own_name``, ``own_currency``.
    start, end : datetime.date or None
        Period that the bank declares.
    balances : list of Balance
    covers : bool
        It is about a period of the account, as a notification of single entries is not.
    complete : bool
        The bank says that the declared period is complete, as a statement does and a report of the running day not.
    whole : bool
        The statement was read to its end.
    number : int
        Its ordinal in the source.
    """

    record: int
    line: int
    name: str | None
    own: dict[str, str | None]
    start: date | None = None
    end: date | None = None
    balances: list[Balance] = field(default_factory=list)
    covers: bool = True
    complete: bool = True
    whole: bool = True
    number: int = 0
    movements: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    days: list[date] = field(default_factory=list)

    def only_day(self) -> date | None:
        """Return the day that the statement covers, where it is declared or balanced to be a single one."""
        if self.start or self.end:
            return self.start if self.start == self.end else None
        opened, closed = ({b.day for b in self.balances if b.opening is first} for first in (True, False))
        return opened.pop() if len(opened) == 1 and opened == closed else None

    def rows(self) -> list[dict[str, object]]:
        """Return one row of `balances` for each currency of which anything is known; none without an account."""
        if not self.covers or not self.own.get("own_number"):
            return []
        known = dict.fromkeys([*(b.currency for b in self.balances), *self.entries])
        account = [self.own["own_currency"]] if self.own.get("own_currency") else []
        if not known and not (self.start or self.end):
            return []
        return [self._row(currency) for currency in (list(known) or account) if currency]

    def _row(self, currency: str) -> dict[str, object]:
        known = [b for b in self.balances if b.currency == currency]
        opening = min((b for b in known if b.opening), key=_by_day, default=None)
        closing = max((b for b in known if not b.opening), key=_by_day, default=None)
        if not self.whole:
            proof = "failed"
        elif opening and closing:
            reached = None if opening.minor is None else opening.minor + self.movements[currency]
            proof = "reconciled" if reached is not None and reached == closing.minor else "failed"
        else:
            proof = "declared" if self.complete and self.start and self.end else "assumed"
        first, last = (b.day if b else None for b in (opening, closing))
        return {
            "record": self.record,
            "line": self.line,
            "statement": self.name,
            "currency": currency,
            "start": self.start or first or min(self.days, default=None),
            "end": self.end or last or max(self.days, default=None),
            "opening": opening.minor if opening else None,
            "closing": closing.minor if closing else None,
            "movements": self.movements[currency],
            "entries": self.entries[currency],
            "proof": proof,
            **self.own,
        }


def count(loaded: pl.DataFrame, totals: Mapping[int, Totals]) -> None:
    """Add a batch of loaded lines to their statements' totals.

    Parameters
    ----------
    loaded : polars.DataFrame
        ``statement`` (key in `totals`), ``entry`` (number of the booked entry that a line belongs to), ``status``,
        ``currency``, ``signed`` (minor units, minus for debits), ``booked_at``, ``zone``.
    totals : mapping of int to Totals
    """
    booked = loaded.filter(pl.col("status") == "booked")
    sums = (
        booked.with_columns(day=local_days(booked))
        .group_by("statement", "currency", maintain_order=True)
        .agg(pl.col("signed").sum(), pl.col("entry").n_unique(), first=pl.col("day").min(), last=pl.col("day").max())
    )
    for number, currency, signed, entries, first, last in sums.iter_rows():
        statement = totals[number]
        statement.movements[currency] += int(signed)
        statement.entries[currency] += entries
        statement.days += [first, last]


def batches(totals: Sequence[Totals], source: Source, loader: str) -> list[Batch]:
    """Return ``balances`` of complete statements, and the accounts of those on which nothing was booked.

    Parameters
    ----------
    totals : sequence of Totals
    source : Source
    loader : str
        Name of the loader.
    """
    own = {"record": WHOLE, "line": WHOLE, **dict.fromkeys(_OWN, TEXT)}
    empty = [{"record": t.record, "line": t.line, **t.own} for t in totals if not t.entries]
    found = books(pl.DataFrame(empty, schema=own), source, loader)[1]
    provenance = {c.name for c in PROVENANCE}
    schema = own | {c: t for c, t in _BALANCES.items() if c not in {"account", *provenance}}
    frame = pl.DataFrame([row for t in totals for row in t.rows()], schema=schema)
    if frame.is_empty():
        return found
    account, _ = books(frame, source, loader)
    frame = frame.with_columns(account=account, source=pl.lit(source.sha256), loader=pl.lit(loader))
    return [*found, Batch("balances", frame.select(c for c in _BALANCES if c in frame.columns))]


def _by_day(balance: Balance) -> str:
    return balance.day.isoformat() if balance.day else ""
