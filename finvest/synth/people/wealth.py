"""AST: wealth that no lawful means explain. Look-alikes: an heir, a house for the family, a winner of a lottery."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, on
from finvest.synth.people.cast import buy, live
from finvest.synth.people.world import PERSONS, Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Held, Person, Row, World

BEFORE, FIRST_DAY, LAST_DAY = date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30)
WEEKS = 8


def play(world: World, _cast: Cast, rng: Random) -> list[Told]:
    """Play the owner and the heir, two houses in relatives' names, the gambler and the winner."""
    owner, heir, gambler, winner = world.strangers(4)
    bought = _position(world, owner, house=180_000_00 + rng.randrange(40) * 1000_00, inherited=0)
    inherited = _position(world, heir, house=150_000_00, inherited=170_000_00)
    spent, won = _gambles(world, rng, gambler), _gambles(world, rng, winner)
    windfall = _income(world, winner, "windfall", 30_000_00, date(2024, 11, 18), date(2024, 11, 18))
    built, home = _house(world, rng, "suspect"), _house(world, rng, "unclassified")
    return [
        Told(
            name="unexplained house",
            indicator="AST-01",
            kind="planted",
            story="Somebody with a modest wage buys a house without a loan in half a year.",
            parties=[(owner, "owner")],
            rows=bought,
        ),
        Told(
            name="heir",
            indicator="AST-01",
            kind="look_alike",
            story="Somebody buys a house with an inheritance.",
            parties=[(heir, "owner")],
            rows=inherited,
            innocent="The inheritance is on the list of incomes and covers the price.",
        ),
        Told(
            name="house of a relative",
            indicator="AST-02",
            kind="planted",
            story="A suspect sends money to a relative with little income, who buys a house with it.",
            parties=[(built[0], "sender"), (built[1], "owner")],
            rows=built[2],
        ),
        Told(
            name="house for the family",
            indicator="AST-02",
            kind="look_alike",
            story="Somebody abroad sends savings home, and the family buys a house.",
            parties=[(home[0], "sender"), (home[1], "owner")],
            rows=home[2],
            innocent="Nothing on file ties the sender to an offence.",
        ),
        Told(
            name="gambler",
            indicator="AST-03",
            kind="planted",
            story="Cash goes into an account week after week and is lost at a betting shop.",
            accounts=[(spent[0], "account")],
            parties=[(gambler, "spender")],
            rows=spent[1],
        ),
        Told(
            name="winner",
            indicator="AST-03",
            kind="look_alike",
            story="Somebody won a lottery, pays the cash in and plays on.",
            accounts=[(won[0], "account")],
            parties=[(winner, "spender")],
            rows=[*won[1], windfall],
            innocent="The win is on the list of incomes.",
        ),
    ]


def _position(world: World, owner: Person, *, house: int, inherited: int) -> list[Row]:
    rows = [
        _asset(world, owner, "cash", "cash on hand", 1_200_00, {"Valued on": f"{day}"}) for day in (BEFORE, LAST_DAY)
    ]
    rows.append(_asset(world, owner, "property", "house", house, {"Acquired": "2025-03-14"}))
    rows.append(_income(world, owner, "wage", 12_600_00, FIRST_DAY, LAST_DAY))
    if inherited:
        rows.append(_income(world, owner, "inheritance", inherited, date(2025, 2, 3), date(2025, 2, 3)))
    spender = {"Outlay": f"L-{owner.number}", "Spender": owner.number, "Register": PERSONS, "Kind": "living"}
    days = {"Start": f"{FIRST_DAY}", "End": f"{LAST_DAY}", "Low": "6000.00", "Amount": "7500.00", "High": "9000.00"}
    firm = {"Currency": "EUR", "Mark": "estimate", "Known by": "statistics office: one person household"}
    rows.append(world.add("outlays", spender | days | firm))
    return rows


def _house(world: World, rng: Random, category: str) -> tuple[Person, Person, list[Row]]:
    """Send money to a relative for five months, who then buys a house with it."""
    sender = world.person(category=category)
    owner = world.person(unlike=(sender.surname,))
    sends, account = (world.account(person, date(2019, 5, 6), bank="other_1") for person in (sender, owner))
    notary = world.account(world.person(), date(2012, 3, 1), bank="camt", told=False)
    rows = [world.link("related_to", sender, owner, date(1990, 1, 1))]
    for month in range(4):
        at = on(date(FIRST.year, 1 + month, 9), 12, rng.randrange(60))
        rows.append(world.record(account, 9_000_00, at, other=sends, Reference="for the house"))
    at = on(date(FIRST.year, 5, 20), 10, rng.randrange(60))
    rows.append(world.record(account, -36_000_00, at, other=notary, Reference="purchase price"))
    paid = {"Acquired": f"{FIRST.year}-05-22", "Paid from": account.iban, "Paid from bank": account.bank}
    rows.append(_asset(world, owner, "property", "house", 36_000_00, paid))
    rows.append(_income(world, owner, "pension", 2_400_00, FIRST_DAY, LAST_DAY))
    return sender, owner, rows


def _gambles(world: World, rng: Random, gambler: Person) -> tuple[Held, list[Row]]:
    account = world.account(gambler, date(2018, 9, 3), bank="other_1")
    live(world, rng, account)
    rows = [_income(world, gambler, "wage", 9_900_00, FIRST_DAY, LAST_DAY)]
    for week in range(WEEKS):
        at = on(20 + 7 * week, 11, rng.randrange(60))
        where = {"Channel": "cash_branch", "City": gambler.town, "Country": "DE"}
        rows.append(world.record(account, 1_500_00, at, **where))
        rows.append(buy(world, account, 1_450_00, at + timedelta(hours=9), "Lucky Corner Bets", "7995", gambler.town))
    return account, rows


def _asset(world: World, owner: Person, kind: str, text: str, cents: int, days: dict[str, str]) -> Row:
    firm = {"Currency": "EUR", "Mark": "fact", "Known by": "register" if kind != "cash" else "counted and recorded"}
    whose = {"Asset": f"{kind} of {owner.number}", "Owner": owner.number, "Register": PERSONS, "Kind": kind}
    return world.add("assets", whose | {"Description": text, "Amount": _units(cents)} | days | firm)


def _income(world: World, receiver: Person, kind: str, cents: int, first: date, last: date) -> Row:
    whose = {"Receiver": receiver.number, "Register": PERSONS, "Kind": kind, "Start": f"{first}", "End": f"{last}"}
    firm = {"Currency": "EUR", "Lawful": "yes", "Declared": "yes", "Mark": "fact", "Known by": "tax office"}
    return world.add("incomes", whose | {"Amount": _units(cents)} | firm)


def _units(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
