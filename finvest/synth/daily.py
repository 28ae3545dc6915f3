"""Ordinary life: salaries, rent, supplies, card payments, cash, subscriptions, small transfers among private people."""

from __future__ import annotations

from datetime import date
from itertools import cycle
from typing import TYPE_CHECKING

from finvest.synth.cast import EMPLOYED, NEWCOMERS, RESIDENTS, TENANTS
from finvest.synth.movements import CARD, CASH, DAYS, DEBIT, FIRST, MONTHS, ONLINE, on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Ledger

FEE, LATE, TWICE = range(3)
TROUBLES = 16
"""Of 16 transfers with both sides on file, one loses a fee, one comes a week late, and one is made twice."""

OFTEN, RARELY = (32, 38, 20, 10), (85, 15, 0, 0)
"""Weights of days with none, one, two and three card payments."""

QUIET = "disburser"
"""Hardly uses its card: daily shopping would hide its pay-outs among the receivers of card payments."""

MEALS = ("lunch", "cinema", "shared ticket", "dinner", "groceries", "gift", "fuel", "thanks")


def end_to_end(rng: Random) -> str:
    """Return a payer's reference as people and programs set them: often none, often one that others use too."""
    kind = rng.randrange(10)
    if kind < 4:  # noqa: PLR2004 - four in ten
        return ("", "NOTPROVIDED")[kind % 2]
    return f"INV-{rng.randrange(1, 60):04d}" if kind == 4 else f"E2E{rng.randrange(10**10):010d}"  # noqa: PLR2004


def live(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> None:
    """Let everybody on file live through the months."""
    troubles = cycle(range(TROUBLES))
    for label in RESIDENTS:
        person = economy[label]
        work_and_home(economy, ledger, rng, person)
        spend(economy, ledger, rng, person, RARELY if person.label == QUIET else OFTEN)
        _meet(economy, cast, ledger, rng, person, troubles)
    _birthday(economy, cast, ledger, rng)
    for label in ("relay", "relay_app"):
        for month in MONTHS:
            shop = rng.choice(economy.all("shop"))
            ledger.pay(economy[label], shop, rng.randrange(300, 1200), on(_day(rng, month), 17), "", CARD)


def _day(rng: Random, month: int) -> date:
    return date(FIRST.year, month, rng.randrange(1, 29))


def work_and_home(economy: Economy, ledger: Ledger, rng: Random, person: Account) -> None:
    """Salary, rent, supplies and subscriptions of a person."""
    employer, landlord = rng.choice(economy.all("employer")), rng.choice(economy.all("landlord"))
    salary, rent = rng.randrange(2100_00, 3300_00), rng.randrange(520, 890) * 100
    supplies = rng.sample(economy.all("utility"), 3)
    prices = [rng.randrange(1890, 8900) for _ in supplies]
    media = rng.sample(economy.all("media"), 2)
    for month in MONTHS:
        if person.label not in EMPLOYED:
            ledger.pay(employer, person, salary, on(date(FIRST.year, month, 26), 9), f"Salary {month:02d}/{FIRST.year}")
        if person.label not in TENANTS:
            ledger.pay(person, landlord, rent, on(date(FIRST.year, month, 2), 7), f"Rent {month:02d}/{FIRST.year}")
        for supplier, price in zip(supplies, prices, strict=True):
            when = on(date(FIRST.year, month, 5 + price % 20), 6)
            ledger.pay(person, supplier, price, when, f"Contract {price * 7919 % 100000:05d}", DEBIT, delay=0)
        for service in media:
            ledger.pay(person, service, 999, on(date(FIRST.year, month, 11), 4), "Subscription", ONLINE)


def spend(economy: Economy, ledger: Ledger, rng: Random, person: Account, often: tuple[int, ...]) -> None:
    """Card payments and cash of a person; `often` weighs days with none, one, two and three card payments."""
    usual = rng.sample(economy.all("shop"), 7)
    machines = rng.sample(economy.machines, 2)
    for day in range(DAYS):
        for _ in range(rng.choices((0, 1, 2, 3), often)[0]):
            cents = rng.choice((rng.randrange(250, 1500), rng.randrange(900, 4200), rng.randrange(1800, 9500)))
            when = on(day, rng.randrange(8, 21), rng.randrange(60), rng.randrange(60))
            ledger.pay(person, rng.choice(usual), cents, when, "", rng.choices((CARD, ONLINE), (85, 15))[0])
    for month in MONTHS:
        for _ in range(rng.randrange(1, 4)):
            when = on(_day(rng, month), rng.randrange(9, 20), rng.randrange(60), rng.randrange(60))
            ledger.pay(person, rng.choice(machines), rng.randrange(2, 16) * 10_00, when, "", CASH)


def _meet(economy: Economy, cast: Cast, ledger: Ledger, rng: Random, person: Account, troubles: Iterator[int]) -> None:
    """Small transfers with a few acquaintances, some of them on file too."""
    known = rng.sample(cast.acquaintances, 3)
    # A ring's members share no small change, so that what goes round is only what the story says.
    strangers = {label for label in RESIDENTS if label.rpartition("_")[0] == person.label.rpartition("_")[0]}
    if person.label == "collector":
        strangers |= set(NEWCOMERS)
    others = [economy[label] for label in RESIDENTS if label not in strangers | {"collector", "disburser"}]
    known += rng.sample(others, 3)
    for month in MONTHS:
        for _ in range(rng.randrange(2, 6)):
            friend = rng.choice(known)
            payer, payee = (person, friend) if rng.randrange(10) < 7 else (friend, person)  # noqa: PLR2004
            when = on(_day(rng, month), rng.randrange(9, 20), rng.randrange(60), rng.randrange(60))
            cents = rng.choice((rng.randrange(5, 60) * 100, rng.randrange(480, 9000), 20_00, 50_00))
            text, reference = rng.choice(MEALS), end_to_end(rng)
            trouble = next(troubles) if payer.on_file and payee.on_file else None
            fee, delay = (rng.choice((100, 250)) if trouble == FEE else 0), (6 if trouble == LATE else None)
            for _ in range(2 if trouble == TWICE else 1):
                ledger.pay(payer, payee, cents + fee, when, text, end_to_end=reference, fee=fee, delay=delay)


def _birthday(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> None:
    """Two lawful collections for a present: a false alarm that nobody planned."""
    for label in ("friend_three", "ring_five_c"):
        first = rng.randrange(20, 150)
        for giver in rng.sample(cast.acquaintances, 5):
            cents = rng.choice((10_00, 15_00, 20_00))
            ledger.pay(giver, economy[label], cents, on(first + rng.randrange(4), 12, 5), "present", delay=0)
