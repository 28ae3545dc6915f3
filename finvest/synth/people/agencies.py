"""AGY-01 and AGY-03: labour below its lawful cost, many tiny companies. Look-alikes: a partial bill, a franchise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on
from finvest.synth.people.payroll import paid
from finvest.synth.people.world import COMPANIES, Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Firm, Person, Row, World

TINY, SHOPS = 12, 11
STAFF, SHOP_STAFF = 4, 3
MOVING = 6
"""Of the tiny companies, those whose staff moves on to the next."""

WORDS = ("Amber", "Basil", "Cedar", "Dahlia", "Elder", "Fennel", "Ginger", "Hazel", "Iris", "Ivy", "Laurel", "Maple")
TAX = "income tax 160.00"


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Play the labour supplier, the honest one, the cluster and the franchise."""
    return [*_prices(world, cast, rng), _cluster(world, rng), _franchise(world, rng)]


def _prices(world: World, cast: Cast, rng: Random) -> list[Told]:
    cheap = world.firm("Fieldhands Supply", "78.20", date(2022, 6, 1), staff=40)
    honest = world.firm("Crosswise Staffing", "78.20", date(2014, 6, 1), staff=60)
    below = [
        _bill(world, cheap, cast.farm, month, hours, hours * 13_20, f"harvest work {month:02d}/{FIRST.year}")
        for month in MONTHS
        for hours in (rng.randrange(700, 1100),)
    ]
    fair = []
    for month in MONTHS:
        hours = rng.randrange(120, 300)
        share = 2 if month == 4 else 1  # noqa: PLR2004 - in April only half was billed
        text = f"bakery helpers {month:02d}/{FIRST.year}{', first half' if share > 1 else ''}"
        fair.append(_bill(world, honest, cast.bakery, month, hours, hours * 24_50 // share, text))
    return [
        Told(
            name="cheap labour",
            indicator="AGY-01",
            kind="planted",
            story="A supplier bills 13.20 an hour, less than wage, contributions and holidays cost by law.",
            parties=[(cheap, "supplier"), (cast.farm, "customer")],
            rows=below,
        ),
        Told(
            name="partial bill",
            indicator="AGY-01",
            kind="look_alike",
            story="A supplier bills a fair price; once half of it, with all hours on the bill.",
            parties=[(honest, "supplier")],
            rows=fair,
            innocent="One bill of six, and it says that it is the first half.",
        ),
    ]


def _bill(world: World, supplier: Firm, customer: Firm, month: int, hours: int, cents: int, text: str) -> Row:
    first = date(FIRST.year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    values = {
        "Invoice": f"{supplier.number[-3:]}-{month:02d}", "Supplier": supplier.number, "Customer": customer.number,
        "Register": COMPANIES, "Issued": f"{last + timedelta(days=3)}", "Start": f"{first}", "End": f"{last}",
        "Hours": f"{hours}", "Amount": f"{cents // 100}.{cents % 100:02d}", "Currency": "EUR", "Description": text,
    }  # fmt: skip
    return world.add("invoices", values)


def _staff(world: World, firm: Firm, people: list[Person], months: range) -> list[Row]:
    return [paid(world, firm, who, month, "80", 1060_00, 900_00, TAX) for month in months for who in people]


def _cluster(world: World, rng: Random) -> Told:
    address, born = world.address(), date(2024, 3, 22)
    firms = [
        world.firm(
            f"{word} Payroll Services",
            "78.10",
            born + timedelta(days=rng.randrange(24)),
            address=address,
            dissolved=date(2025, 5, 2) + timedelta(days=rng.randrange(18)),
            staff=STAFF,
        )
        for word in WORDS
    ]
    crews = [[world.person() for _ in range(STAFF)] for _ in firms]
    rows = [world.extracts[firm.number] for firm in firms]
    promoter = world.account(
        world.firm("Harbourlight Umbrella", "70.22", date(2021, 3, 1)), date(2021, 4, 1), told=False
    )
    for position, (firm, crew) in enumerate(zip(firms, crews, strict=True)):
        # In March the staff of every second company is on the payroll of the next.
        stay = position >= 2 * MOVING or not position % 2
        paid_before = _staff(world, firm, crew, range(1, 3))
        paid_after = _staff(world, firm, crew if stay else crews[position - 1], range(3, 5))
        rows += (paid_before if stay else []) + ([] if stay else paid_after)
        account = world.account(firm, firm.incorporated + timedelta(days=80), bank="other_2")
        for month in range(1, 5):
            when = on(date(FIRST.year, month, 24), 11, 3 * position)
            world.record(account, 4600_00 + position * 10_00, when, other=promoter, Reference=f"staff {month:02d}")
            when = on(date(FIRST.year, month, 26), 11, 3 * position)
            world.record(account, -3600_00, when, other=f"{firm.name} staff", Reference=f"net pay {month:02d}")
    for position, firm in enumerate(firms):
        if position % 6 == 0:
            director = world.person()
        world.link("directs", director, firm, firm.incorporated, firm.dissolved)
    return Told(
        name="cluster",
        indicator="AGY-03",
        kind="planted",
        story="Twelve companies of one address, founded within a month and gone after fourteen, hand staff on.",
        parties=[(firm, "member") for firm in firms],
        rows=rows,
    )


def _franchise(world: World, rng: Random) -> Told:
    address, born = world.address(), date(2024, 2, 5)
    mother, daughter = world.family(2)
    world.link("related_to", mother, daughter, None)
    firms = [
        world.firm(f"Copperbean Coffee {word}", "56.10", born + timedelta(days=rng.randrange(26)), address=address,
                   staff=SHOP_STAFF)
        for word in WORDS[:SHOPS]
    ]  # fmt: skip
    rows = [world.extracts[firm.number] for firm in firms]
    for position, firm in enumerate(firms):
        rows += _staff(world, firm, [world.person() for _ in range(SHOP_STAFF)], range(1, 5))
        account = world.account(firm, firm.incorporated + timedelta(days=9), bank="other_2")
        for month in MONTHS:
            when = on(date(FIRST.year, month, rng.randrange(1, 28)), 14, rng.randrange(60))
            world.record(account, rng.randrange(90_00, 900_00), when, other=world.person().name, Reference="party")
        world.link("directs", mother if position % 2 else daughter, firm, firm.incorporated)
    return Told(
        name="franchise family",
        indicator="AGY-03",
        kind="look_alike",
        story="A mother and her daughter founded eleven coffee shops of one brand within a month, a company each.",
        parties=[(firm, "shop") for firm in firms],
        rows=rows,
        innocent="Every shop keeps its own staff, none is gone, and no one pays them all.",
    )
