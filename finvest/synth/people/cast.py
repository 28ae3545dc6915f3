"""Firms and people of the story, and how they live: wages, groceries, telephone, cash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from finvest.synth.people.world import Firm, Held, Person, Row, World

PAYDAY = 28

SHOPS = (("Larder Market", "5411"), ("Corner Pantry", "5411"), ("Talkwell", "4814"), ("Herb Pharmacy", "5912"))


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays which part.

    Attributes
    ----------
    farm, cleaning, bakery : Firm
        Employers; `pays` has the account from which each pays.
    swept, convoy : list of Held
        Accounts of farm workers whose wages are swept, and of those whose cards go to one machine.
    named : list of Person
        Farm workers whose wages are paid into somebody else's account.
    handler, keeper : Held
        Accounts of those to whom wages are swept, and into which wages of others are paid.
    senders, colleagues : list of Held
        Accounts of the staff of the cleaning company, and of the bakery.
    """

    farm: Firm
    cleaning: Firm
    bakery: Firm
    pays: dict[str, Held]
    swept: list[Held]
    convoy: list[Held]
    named: list[Person]
    handler: Held
    keeper: Held
    senders: list[Held]
    colleagues: list[Held]


def choose(world: World, rng: Random) -> Cast:
    """Invent the firms, deal out the parts, and let everybody live."""
    farm = world.firm("Brackenfield Produce", "01.13", date(2019, 3, 4), staff=16)
    cleaning = world.firm("Glasswing Cleaning", "81.21", date(2020, 9, 1), staff=7)
    bakery = world.firm("Oatmill Bakery", "10.71", date(2011, 5, 2), staff=14)
    pays = {f.number: world.account(f, f.incorporated, bank="other_2", told=False) for f in (farm, cleaning, bakery)}
    people = world.strangers(16)
    start = date(2024, 11, 4)
    swept = [
        world.account(p, start + timedelta(days=rng.randrange(25)), bank="other_3", branch="Northford 2")
        for p in people[:6]
    ]
    convoy = [world.account(p, date(2023, 6 + i, 5 + i), bank="other_1") for i, p in enumerate(people[6:10])]
    handler = world.account(people[14], date(2022, 2, 7), bank="other_2", told=False)
    keeper = world.account(people[15], date(2022, 4, 11), bank="other_1")
    senders = [
        world.account(p, date(2021 + i % 3, 1 + i, 12), bank="other_1") for i, p in enumerate(world.strangers(7))
    ]
    colleagues = [
        world.account(p, date(2015 + i % 8, 1 + i, 3 + 2 * i), bank="other_1")
        for i, p in enumerate(world.strangers(12))
    ]
    cast = Cast(
        farm, cleaning, bakery, pays, swept, convoy, people[10:14], handler, keeper, senders, colleagues
    )  # fmt: skip
    for account in (*convoy, keeper, *senders, *colleagues):
        live(world, rng, account)
    return cast


def live(world: World, rng: Random, account: Held) -> None:
    """Let somebody buy what one needs, month by month."""
    town = account.holder.town if account.holder.kind == "person" else ""  # type: ignore[union-attr]
    for month in MONTHS:
        for name, mcc in (SHOPS[0], SHOPS[rng.randrange(2)], SHOPS[2], SHOPS[3])[: 3 + month % 2]:
            when = on(date(FIRST.year, month, rng.randrange(1, 28)), rng.randrange(8, 20), rng.randrange(60))
            buy(world, account, rng.randrange(8_00, 64_00), when, name, mcc, town)


def buy(world: World, account: Held, cents: int, when: datetime, name: str, mcc: str, town: str) -> Row:
    """Pay a shop by card."""
    how = {"Channel": "card_pos", "Merchant": name, "Merchant category": mcc, "City": town, "Country": "DE"}
    return world.record(account, -cents, when, other=name, Terminal=f"POS-{name[:2].upper()}-{town[:2].upper()}", **how)


def cash(world: World, account: Held, cents: int, when: datetime, terminal: str, town: str) -> Row:
    """Take cash out at a machine."""
    return world.record(
        account, -cents, when, Channel="cash_atm", Terminal=terminal, City=town, Country="DE"
    )  # fmt: skip


def wage(world: World, payer: Held, account: Held, cents: int, month: int, minute: int, payee: str = "") -> Row:
    """Pay a month's wage into an account."""
    when = on(date(FIRST.year, month, PAYDAY), 9, minute)
    return world.record(
        account, cents, when, other=payer, payee=payee or account.holder.name,
        Reference=f"Wages {month:02d}/{FIRST.year}",
    )  # fmt: skip
