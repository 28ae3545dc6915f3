"""Statements of fourteen accounts in five styles, with the truth about each line: what pairing is tried on."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from finvest.model import instants
from finvest.model.records import Source
from finvest.model.statements import batches
from finvest.model.tables import MINOR, table
from tests.pairing.habits import HABITS
from tests.pairing.world import (
    BARE,
    FIRST_DAY,
    FULL,
    NAMES,
    NUMBERS,
    POOR,
    RATES,
    STYLES,
    TIMED,
    ZONE,
    Account,
    Line,
    World,
)


@dataclass
class Case:
    """Frames of the model's tables, and ``truth``: ``transaction_id``, ``event``, ``movement``."""

    transactions: pl.DataFrame
    accounts: pl.DataFrame
    identifiers: pl.DataFrame
    balances: pl.DataFrame
    quarantine: pl.DataFrame
    truth: pl.DataFrame
    rates: pl.DataFrame

    def shuffled(self, chance: random.Random) -> Case:
        """Return the same case with the rows of each table in another order."""

        def mix(frame: pl.DataFrame) -> pl.DataFrame:
            return frame[chance.sample(range(len(frame)), len(frame))] if len(frame) else frame

        return Case(*(mix(getattr(self, name)) for name in Case.__dataclass_fields__))


def made(seed: int, *, days: int = 120, payments: int = 1500) -> Case:
    """Return a case, the same for the same seed."""
    world = World.made(seed, days)
    chance = world.chance
    customers = [tuple(chance.sample(range(len(STYLES)), 2)) for _ in range(40)]
    habits = chance.choices([h for _, h in HABITS], [weight for weight, _ in HABITS], k=payments)
    for habit in habits:
        one, two = chance.choice(customers) if chance.random() < 0.7 else chance.sample(range(len(STYLES)), 2)
        habit(world, world.accounts[one], world.accounts[two], world.amount(), chance.randrange(days))
    return written(world, seed)


def written(world: World, seed: int) -> Case:
    """Write the lines as files: one for each account, a second that overlaps for four of them."""
    days, chance = world.days, world.chance
    files: list[tuple[str, str, Account, list[Line], int, int]] = []
    for account in world.accounts:
        lines = [line for line in world.lines if line.account.number == account.number]
        assert account.style is not None
        files.append((f"{account.number}a", account.style, account, lines, account.first, account.last))
    for number, style in ((0, FULL), (4, NUMBERS), (7, NAMES), (13, POOR)):
        account = world.accounts[number]
        middle = days // 2
        lines = [line for line in files[number][3] if line.day >= middle]
        files.append((f"{number}b", style, account, lines, middle, account.last))
    quarantine, parts = [], []
    for name, style, account, all_lines, first, last in files:
        lost = [n for n in all_lines if account.number in {2, 5, 10} and chance.random() < 0.01]
        lines = [n for n in all_lines if n not in lost]
        if style == FULL:  # the bank had shown some lines before they were booked
            lines += [replace(n, status="pending", day=n.day - 1, bank_reference=None) for n in lines[::50]]
        digest = hashlib.sha256(f"{seed}{name}".encode()).hexdigest()
        source = Source(Path(name), name, digest, 0)
        parts.append(file_of(source, style, account, lines, first, last, chance))
        quarantine += [{"source": digest, "account": account.id, "day": on(n.day)} for n in lost]
    return joined(parts, pl.DataFrame(quarantine, schema={"source": pl.String, "account": pl.String, "day": pl.Date}))


def on(day: int) -> date:
    return FIRST_DAY + timedelta(day)


def file_of(
    source: Source, style: str, account: Account, lines: list[Line], first: int, last: int, chance: random.Random
) -> dict[str, pl.DataFrame]:
    """Write one statement in a style, with what proves it complete."""
    order = random.Random(source.sha256)
    lines = sorted(lines, key=lambda n: (n.day, order.random()), reverse=style == TIMED)
    opening = 1_000_000
    balances = running(lines, opening, newest_first=style == TIMED)
    rows = [
        {
            "record": i,
            "credit": n.credit,
            "amount": n.amount,
            "currency": account.currency,
            "own_number": account.iban,
            "own_bank": f"BANK{account.bank}",
            "own_name": account.name,
            "status": n.status,
            "value_date": on(n.day if style == POOR else n.value_day),
            "booked": datetime.combine(on(n.day), time(23 * order.randrange(2), 30) if style == TIMED else time(0)),
            "precision": "minute" if style == TIMED else "date",
            "zone": ZONE,
            "balance_after": balances[i] if style in {NAMES, TIMED} else None,
            **as_written(style, n, chance),
            "_event": n.event,
            "_movement": n.movement,
        }
        for i, n in enumerate(lines)
    ]
    frame = pl.DataFrame(rows, schema_overrides=WRITTEN, infer_schema_length=None)
    frame = frame.with_columns(booked_at=instants.to_utc(frame["booked"], ZONE)).drop("booked")
    ids = [source.transaction_id(i) for i in range(len(lines))]
    tables = {b.table: b.frame for b in batches(frame.drop("_event", "_movement"), source, "test")}
    tables["truth"] = frame.select(transaction_id=pl.Series(ids, dtype=pl.String), event="_event", movement="_movement")
    total = sum(n.amount if n.credit else -n.amount for n in lines if n.status == "booked")
    if style in {FULL, BARE, NUMBERS}:
        statement = {
            "account": account.id,
            "currency": account.currency,
            "source": source.sha256,
            "start": on(first),
            "end": on(last),
            "opening": opening,
            "movements": total,
            "closing": opening + total,
            "entries": len(lines),
            "proof": "declared" if style == NUMBERS else "reconciled",
        }
        money = dict.fromkeys(("opening", "movements", "closing"), MINOR)
        tables["balances"] = pl.DataFrame([statement], schema_overrides=money)
    return tables


TEXTS = "other_number other_bank other_name reference end_to_end_id uetr bank_reference status channel".split()
WRITTEN: dict[str, pl.DataType] = {
    **{c: pl.String() for c in TEXTS},
    "amount": MINOR,
    "balance_after": MINOR,
    "is_return": pl.Boolean(),
    "batch_items": pl.Int64(),
    "booked": pl.Datetime("us"),
}


def running(lines: list[Line], opening: int, *, newest_first: bool) -> list[int]:
    """Return the balance after each line."""
    balance, after = opening, [0] * len(lines)
    order = range(len(lines) - 1, -1, -1) if newest_first else range(len(lines))
    for i in order:
        if lines[i].status == "booked":
            balance += lines[i].amount if lines[i].credit else -lines[i].amount
        after[i] = balance
    return after


def as_written(style: str, n: Line, chance: random.Random) -> dict[str, str | bool | int | None]:
    """Return what a style writes of the other side and of references."""
    other = n.other
    nothing = dict.fromkeys(TEXTS[:-2]) | {"is_return": False, "batch_items": None}
    if style == FULL:
        return nothing | {
            "other_number": other and other.iban,
            "other_name": other and other.name,
            "reference": n.text,
            "end_to_end_id": n.end_to_end,
            "uetr": n.uetr,
            "bank_reference": n.bank_reference,
            "is_return": n.is_return,
            "batch_items": n.items,
        }
    if style == NUMBERS:
        number = other and (other.iban if chance.random() < 0.5 else other.local)
        text = f"{n.text} {n.end_to_end or ''}"[:27]
        return nothing | {
            "other_number": number,
            "other_name": other and other.name,
            "reference": text,
            "bank_reference": n.bank_reference,
        }
    if style == NAMES:
        name = other and other.name.upper().replace("Ü", "UE")[: chance.choice([12, 35])]
        return nothing | {"other_name": name, "reference": f"SEPA {n.text} {n.end_to_end or ''}".upper()[:40]}
    if style == BARE:
        return nothing | {"reference": n.text.upper()[:18]}
    text = f"UEBERWEISUNG {n.text.upper()}"
    return nothing | {
        "other_number": other and other.iban,
        "other_name": other and other.name,
        "reference": text[:15] if style == POOR else text,
        "end_to_end_id": None if style == POOR else n.end_to_end,
        "is_return": n.is_return and style == TIMED,
    }


def joined(parts: list[dict[str, pl.DataFrame]], quarantine: pl.DataFrame) -> Case:
    """Put the files of a case together."""
    tables = {
        name: pl.concat([table(name).empty(), *(table(name).complete(part[name]) for part in parts if name in part)])
        for name in ("transactions", "accounts", "identifiers", "balances")
    }
    days = [on(day) for day in range(-5, 400, 5)]
    rates = pl.DataFrame([{"day": d, "currency": c, "rate": r} for d in days for c, r in RATES.items()])
    return Case(
        **tables,
        quarantine=table("quarantine").complete(quarantine),
        truth=pl.concat([part["truth"] for part in parts]),
        rates=rates,
    )
