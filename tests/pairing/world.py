"""Accounts, the lines of their books, and a world in which they pay each other.

A *movement* is money that moved once; an *event* is one line of one account's books, however many files show it.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from finvest.model import identifiers as known

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
