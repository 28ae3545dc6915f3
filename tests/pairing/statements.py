"""Statements of fourteen accounts in five styles, with the truth about each line: what pairing is tried on.

A *movement* is money that moved once; an *event* is one line of one account's books, however many files show it.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import identifiers as known
from finvest.model import instants
from finvest.model.records import Source
from finvest.model.statements import batches
from finvest.model.tables import MINOR, table

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_DAY = date(2025, 1, 1)
ZONE = "Europe/Berlin"
RATES = {"EUR": "1", "USD": "1.08", "GBP": "0.85"}

FULL, NUMBERS, NAMES, BARE, TIMED = "full", "numbers", "names", "bare", "timed"
"""What a bank writes: everything; sometimes only a local number; a name; nothing; IBANs with a time, newest first."""

POOR = "poor"
"""An export that keeps fifteen signs of the text and no reference, and proves nothing."""

STYLES = [FULL, FULL, FULL, FULL, NUMBERS, NUMBERS, NUMBERS, NAMES, NAMES, NAMES, BARE, BARE, TIMED, TIMED]
FIRST_NAMES = "Anna Bela Carl Dora Emil Fritz Gerda Hans Ines Jan Klara Lars Mila Nico Olga".split()
LAST_NAMES = "Müller Nowak Rossi García Schmidt Ionescu Popov Jansen Weiß Kovács Dubois Silva".split()
WORDS = "rent invoice salary loan gift order consulting ticket hotel deposit march lease transfer cleaning".split()
ROUND_SUMS = [50, 100, 150, 200, 250, 300, 400, 500, 600, 750, 800, 900, 1000, 1200, 1500, 2000, 2500, 3000, 9500]


@dataclass(frozen=True)
class Account:
    """An account; ``style`` is None for one whose statement nobody has. ``first`` to ``last`` are days on file."""

    number: int
    bank: int
    local: str
    name: str
    currency: str = "EUR"
    style: str | None = None
    first: int = 0
    last: int = 0

    @property
    def iban(self) -> str:
        body = f"{self.bank:08d}{int(self.local):010d}"
        check = 98 - int(f"{body}131400") % 97
        return f"DE{check:02d}{body}"

    @property
    def id(self) -> str:
        return known.account_id(known.IBAN, "", self.iban)


@dataclass(frozen=True)
class Line:
    """One line of one account's books as its bank knows it; styles decide what of it is written."""

    event: int
    movement: int
    account: Account
    other: Account | None
    credit: bool
    amount: int
    day: int
    value_day: int
    text: str
    end_to_end: str | None
    uetr: str | None
    bank_reference: str | None
    is_return: bool = False
    items: int | None = None
    status: str = "booked"


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


@dataclass
class World:
    """Accounts, outsiders and what they pay each other."""

    chance: random.Random
    days: int
    accounts: list[Account] = field(default_factory=list)
    outsiders: list[Account] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    movements: int = 0
    counters: dict[int, int] = field(default_factory=dict)

    @classmethod
    def made(cls, seed: int, days: int) -> World:
        world = cls(random.Random(seed), days)
        chance = world.chance
        names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        chance.shuffle(names)
        part_of_it = {2: (0, days // 2), 5: (days // 3, days), 9: (0, 2 * days // 3), 12: (days // 2, days)}
        for i, style in enumerate(STYLES):
            first, last = part_of_it.get(i, (0, days))
            local = f"{chance.randrange(10**9):09d}"
            world.accounts.append(Account(i, 10 + i % 5, local, names[i], "EUR", style, first, last - 1))
        accounts = world.accounts
        accounts[1] = replace(accounts[1], name=accounts[0].name)  # one holder, two accounts
        accounts[8] = replace(accounts[8], name=accounts[7].name)
        accounts[4] = replace(accounts[4], local=accounts[6].local)  # one number at two banks
        accounts[3] = replace(accounts[3], currency="USD")
        accounts[11] = replace(accounts[11], currency="GBP")
        for i in range(120):
            local = f"{chance.randrange(10**9):09d}"
            world.outsiders.append(Account(100 + i, 20 + chance.randrange(4), local, names[20 + i]))
        outsiders = world.outsiders
        outsiders[0] = replace(outsiders[0], name=accounts[9].name)  # namesakes
        outsiders[1] = replace(outsiders[1], name=accounts[2].name)
        outsiders[2] = replace(outsiders[2], local=accounts[5].local)
        world.counters = {bank: chance.randrange(500) for bank in range(30)}  # banks count from alike
        return world

    def amount(self) -> int:
        if self.chance.random() < 0.5:
            return self.chance.choice(ROUND_SUMS) * 100
        return int(self.chance.lognormvariate(10.5, 1.2)) + 100

    def reference(self) -> str:
        kind = self.chance.random()
        if kind < 0.35:
            return self.chance.choice(["NOTPROVIDED", "NOT PROVIDED", "NONREF", "", "0"])
        if kind < 0.5:
            return f"INV-{self.chance.randrange(1, 60):04d}"
        return f"E2E{self.chance.randrange(10**10):010d}"

    def pay(
        self,
        payer: Account,
        payee: Account,
        amount: int,
        day: int,
        *,
        reference: str | None = None,
        text: str | None = None,
        fee: int = 0,
        charge: int = 0,
        is_return: bool = False,
        shown: str = "both",
        delay: int | None = None,
    ) -> tuple[int, int, str, str]:
        """Move money once. ``fee`` is missing on arrival, ``charge`` is added to the debit, in the payer's books.

        ``shown``: "both" sides book it, or only "debit" or "credit".
        """
        chance = self.chance
        self.movements += 1
        reference = self.reference() if reference is None else reference
        text = text or f"{' '.join(chance.sample(WORDS, 2))} {chance.randrange(10000)}"
        uetr = str(uuid.UUID(int=chance.getrandbits(128), version=4)) if chance.random() < 0.25 else None
        same_bank = payer.bank == payee.bank
        servicer = f"{self.counters[payer.bank] * 1000 + chance.randrange(1000):09d}" if same_bank else None
        out = business_day(day)
        later = chance.choices([0, 1, 2, 3], [45, 35, 15, 5])[0] if delay is None else delay
        arrival = business_day(out + later)
        sent = convert(amount, payer.currency)
        arrived = convert(amount, payee.currency)
        if payee.currency not in {payer.currency, "EUR"}:
            arrived = round(arrived * (1 + chance.uniform(-0.01, 0.01)))
        for account, other, credit, booked, on in (
            (payer, payee, False, sent + charge, out),
            (payee, payer, True, arrived - fee, arrival),
        ):
            if shown == "both" or (shown == "credit") == credit:
                self.book(
                    account, other, booked, on, text, reference, uetr, servicer, credit=credit, is_return=is_return
                )
        return out, arrival, reference, text

    def book(
        self,
        account: Account,
        other: Account | None,
        amount: int,
        day: int,
        text: str,
        reference: str | None,
        uetr: str | None,
        servicer: str | None,
        *,
        credit: bool,
        is_return: bool = False,
        items: int | None = None,
    ) -> None:
        if account.style is None or not account.first <= day <= account.last:
            return
        self.counters[account.bank] += 1
        self.lines.append(
            Line(
                event=len(self.lines),
                movement=self.movements,
                account=account,
                other=other,
                credit=credit,
                amount=amount,
                day=day,
                value_day=day if self.chance.random() < 0.85 else day - 1,
                text=text,
                end_to_end=reference,
                uetr=uetr,
                bank_reference=servicer or f"{self.counters[account.bank]:06d}",
                is_return=is_return,
                items=items,
            )
        )


def business_day(day: int) -> int:
    while (FIRST_DAY + timedelta(day)).weekday() > 4:
        day += 1
    return day


def convert(amount: int, currency: str) -> int:
    return amount if currency == "EUR" else round(amount * float(RATES[currency]))


# What people and banks do, and what has misled a rule. Each takes the world, payer, payee, an amount and a day.


def plainly(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    w.pay(a, b, amount, day)


def standing_order(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """One reference each month, week or day."""
    reference = w.chance.choice(["SO-1", "DAUERAUFTRAG", "RENT2025", f"E2E{w.chance.randrange(10**10):010d}"])
    step = w.chance.choice([30, 30, 7, 1])
    for k in range(w.chance.randrange(3, 7)):
        w.pay(a, b, amount, day + k * step, reference=reference, text="standing order rent")


def split(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Equal payments on one day."""
    for _ in range(w.chance.randrange(2, 4)):
        w.pay(a, b, amount, day)


def with_decoys(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Outsiders pay and are paid the same sum in those days."""
    outsider = w.chance.choice(w.outsiders)
    w.pay(a, b, amount, day)
    w.pay(outsider, b, amount, day + w.chance.randrange(-1, 3))
    if w.chance.random() < 0.5:
        w.pay(a, outsider, amount, day + w.chance.randrange(-1, 2))


def with_fee(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    if w.chance.random() < 0.7:
        w.pay(a, b, amount, day, fee=w.chance.choice([100, 250, 500, max(1, amount // 100)]))
    else:
        w.pay(a, b, amount, day, charge=w.chance.choice([100, 500]))


def fees_in_a_row(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """101 arrives as 100, and 100 as 99."""
    w.pay(a, b, amount + 100, day, fee=100)
    w.pay(a, b, amount, day + w.chance.randrange(2), fee=100)


def fee_and_outsider(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """What arrives lacks a fee, and an outsider pays the full sum."""
    w.pay(a, b, amount, day, fee=150)
    w.pay(w.chance.choice(w.outsiders), b, amount, day + w.chance.randrange(2))


def failed(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """The bank gives the money back; perhaps the payment is tried again, from here or elsewhere."""
    out, _, reference, text = w.pay(a, b, amount, day, shown="debit")
    back = out + w.chance.randrange(1, 4)
    w.pay(b, a, amount, back, reference=reference, text=f"RETURN {text}", is_return=True, shown="credit")
    then = w.chance.random()
    if then < 0.4:
        w.pay(a, b, amount, out + w.chance.randrange(1, 5), reference=reference, text=text)
    elif then < 0.6 and a.number in {0, 1, 7, 8}:
        twin = w.accounts[{0: 1, 1: 0, 7: 8, 8: 7}[a.number]]
        if twin.number != b.number:
            w.pay(twin, b, amount, out + 1, reference=reference, text=text)
    elif then < 0.8:
        w.pay(w.chance.choice(w.outsiders), b, amount, out + 1)


def returned(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Arrived, then sent back: two movements."""
    _, arrival, reference, text = w.pay(a, b, amount, day)
    back = arrival + w.chance.randrange(3)
    w.pay(b, a, amount, back, reference=reference, text=f"RETURN {text}", is_return=True)


def same_reference(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Two payments that only share amount, day and a reference that anybody could write."""
    reference = f"INV-{w.chance.randrange(1, 60):04d}"
    w.pay(a, w.chance.choice(w.outsiders), amount, day, reference=reference, delay=0)
    w.pay(w.chance.choice(w.outsiders), b, amount, day, reference=reference, delay=0)


def salaries(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    """One debit for many credits; sometimes one of the payees is not on file."""
    payees = [p for p in w.accounts if p.number != a.number and p.currency == "EUR"]
    if a.currency != "EUR":
        return
    reference, total = f"SALARY{day}", 0
    equal = w.chance.random() < 0.5
    for payee in w.chance.sample(payees, 4):
        each = amount if equal else w.amount()
        w.pay(a, payee, each, day, reference=reference, text="salary", shown="credit")
        total += each
    if w.chance.random() < 0.5:
        total += w.amount()
    w.movements += 1
    items = 4 if w.chance.random() < 0.5 else None
    w.book(a, None, total, business_day(day), "SAMMLER salary", reference, None, None, credit=False, items=items)


def daily(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    """One reference every day, around the days on which statements begin and end."""
    start = w.chance.choice([w.days // 2, w.days // 3, 2 * w.days // 3]) - 2
    for k in range(4):
        w.pay(a, b, amount, start + k, reference="DAILY77", text="daily till")


def own_accounts(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    one, two = w.chance.choice([(0, 1), (1, 0), (7, 8)])
    w.pay(w.accounts[one], w.accounts[two], amount, day)


def twice(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    w.pay(a, b, amount, day)
    w.pay(a, b, amount, day + 2)


def outside(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    outsider = replace(w.chance.choice(w.outsiders), currency=a.currency)
    if w.chance.random() < 0.5:
        w.pay(a, outsider, amount, day)
    else:
        w.pay(outsider, a, amount, day)


HABITS: list[tuple[int, Callable[[World, Account, Account, int, int], None]]] = [
    (500, plainly),
    (15, standing_order),
    (30, split),
    (80, with_decoys),
    (70, with_fee),
    (15, fees_in_a_row),
    (15, fee_and_outsider),
    (50, failed),
    (30, returned),
    (30, same_reference),
    (15, salaries),
    (10, daily),
    (70, own_accounts),
    (25, twice),
    (900, outside),
]


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
