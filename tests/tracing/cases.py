"""Small cases for tracing: statements of a few accounts, by letters, through coverage, duplicates and pairs."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model import instants
from finvest.model.records import Source
from finvest.model.statements import batches
from finvest.model.tables import MINOR, table
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs
from finvest.pairing.twice import open_pairs
from finvest.tracing.case_ledger import case_ledger
from finvest.tracing.claims import Claim
from finvest.tracing.ends import typed
from finvest.tracing.ledger import Limits
from finvest.tracing.people import Names, people
from finvest.tracing.rules import rule_named
from finvest.tracing.trail import Sources, Trail
from tests.pairing.world import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.hypotheses import Hypothesis

FIRST_DAY = date(2025, 3, 3)
ZONE = "Europe/Berlin"


def on(day: int) -> date:
    return FIRST_DAY + timedelta(day)


def account(name: str) -> Account:
    """Return the account of a letter or word; the same for the same."""
    number = int(hashlib.sha256(name.encode()).hexdigest()[:7], 16)
    return Account(number, 10, f"{number:09d}", f"Holder {name}")


@dataclass(frozen=True)
class Line:
    """A line of a statement. Lines of one ``same`` carry one reference and are paired by it."""

    day: int
    change: int
    other: str | None
    same: str = ""
    at: str = ""
    channel: str | None = None


def out(other: str | None, amount: int, day: int, same: str = "", **more: Any) -> Line:
    return Line(day, -amount, other, same, **more)


def into(other: str | None, amount: int, day: int, same: str = "", **more: Any) -> Line:
    return Line(day, amount, other, same, **more)


@dataclass(frozen=True)
class Books:
    """A statement: with balances where ``opening`` is given, with running balances from ``running``."""

    owner: str
    lines: Sequence[Line]
    opening: int | None = 0
    first: int = 0
    last: int = 30
    running: int | None = None
    newest_first: bool = False
    currency: str = "EUR"
    holder: str = ""
    proof: str = "reconciled"

    @property
    def in_file(self) -> list[Line]:
        return list(self.lines)[::-1] if self.newest_first else list(self.lines)


@dataclass
class Case:
    """Frames of a case, and the ids of its records by account and place in its statements' lines."""

    tables: dict[str, pl.DataFrame]
    coverage: pl.DataFrame
    movements: pl.DataFrame
    doubtful: pl.DataFrame
    records: dict[str, list[str]]
    controlled: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def ledger(self, *hypotheses: Hypothesis, until: int | None = None) -> CaseLedger:
        end = None if until is None else on(until)
        return case_ledger(self.movements, self.tables, self.coverage, hypotheses, end)

    def sources(self, ledger: CaseLedger) -> Sources:
        return Sources(
            people=partial(people, self.tables, names=Names(self.names, {}), controlled=self.controlled),
            ends=partial(typed, pots=ledger.pots, accounts=self.tables["accounts"], open_pairs=self.doubtful),
            where=lambda ids: ids.list.eval(pl.lit("file:") + pl.element().str.tail(2)),
            doubtful=frozenset(self.doubtful["debit"]) | frozenset(self.doubtful["credit"]),
        )

    def claim(self, owner: str, place: int, amount: int | None = None, name: str = "X") -> Claim:
        return Claim(name, ((self.records[owner][place], amount),))

    def follow(
        self,
        *claims: Claim,
        rule: str = "fifo",
        hypotheses: Iterable[Hypothesis] = (),
        until: int | None = None,
        limits: Limits | None = None,
    ) -> Trail:
        ledger = self.ledger(*hypotheses, until=until)
        return Trail(rule_named(rule), claims, ledger, limits or Limits(), self.sources(ledger))


def case(*books: Books, more: dict[str, pl.DataFrame] | None = None, controlled: Sequence[str] = ()) -> Case:
    """Return a case of statements; ``more`` are rows of further tables."""
    parts: dict[str, list[pl.DataFrame]] = {}
    records: dict[str, list[str]] = {}
    for number, file in enumerate(books):
        source = Source(Path(f"{number}"), f"{number}", hashlib.sha256(f"{number}".encode()).hexdigest(), 0)
        for name, frame in _file(file, source).items():
            parts.setdefault(name, []).append(table(name).complete(frame))
        ids = [source.transaction_id(i) for i in range(len(file.lines))]
        records.setdefault(file.owner, []).extend(ids[::-1] if file.newest_first else ids)
    for name, rows in (more or {}).items():
        parts.setdefault(name, []).append(table(name).complete(rows))
    names = ("transactions", "accounts", "identifiers", "balances", "links", "parties", "quarantine")
    tables = {name: pl.concat([table(name).empty(), *parts.get(name, [])]) for name in names}
    covered = coverage(tables["transactions"], tables["balances"], tables["quarantine"])
    same = duplicates(tables["transactions"], covered)
    paired = pairs(tables["transactions"], same, covered, tables["accounts"], tables["identifiers"])
    doubtful = open_pairs(tables["transactions"], same, paired, tables["accounts"], tables["identifiers"])
    moved = movements(tables["transactions"], same, paired)
    labels = {account(file.owner).id: file.owner for file in books}
    return Case(tables, covered, moved, doubtful, records, tuple(account(c).id for c in controlled), labels)


_TEXTS = ("other_number", "other_name", "uetr", "channel")
_SCHEMA: dict[str, Any] = dict.fromkeys(_TEXTS, pl.String) | {"amount": MINOR, "balance_after": MINOR}


def _file(file: Books, source: Source) -> dict[str, pl.DataFrame]:
    own = account(file.owner)
    after, balance = {}, file.running
    for line in file.lines:
        balance = None if balance is None else balance + line.change
        after[id(line)] = balance
    rows = [
        {
            "record": i,
            "line": i + 1,
            "credit": line.change > 0,
            "amount": abs(line.change),
            "currency": file.currency,
            "own_number": own.iban,
            "own_name": file.holder or own.name,
            "booked": datetime.combine(on(line.day), time.fromisoformat(line.at) if line.at else time(0)),
            "precision": "minute" if line.at else "date",
            "zone": ZONE,
            "balance_after": after[id(line)],
            "other_number": account(line.other).iban if line.other else None,
            "other_name": account(line.other).name if line.other else None,
            "uetr": str(uuid.UUID(hashlib.sha256(line.same.encode()).hexdigest()[:32], version=4))
            if line.same
            else None,
            "channel": line.channel,
        }
        for i, line in enumerate(file.in_file)
    ]
    frame = pl.DataFrame(rows, schema_overrides=_SCHEMA, infer_schema_length=None)
    frame = frame.with_columns(booked_at=instants.to_utc(frame["booked"], ZONE)).drop("booked")
    tables = {b.table: b.frame for b in batches(frame, source, "test")}
    if file.opening is not None:
        total = sum(line.change for line in file.lines)
        statement = {
            "account": own.id,
            "currency": file.currency,
            "source": source.sha256,
            "start": on(file.first),
            "end": on(file.last),
            "opening": file.opening,
            "movements": total,
            "closing": file.opening + total,
            "entries": len(file.lines),
            "proof": file.proof,
        }
        money = dict.fromkeys(("opening", "movements", "closing"), MINOR)
        tables["balances"] = pl.DataFrame([statement], schema_overrides=money)
    return tables
