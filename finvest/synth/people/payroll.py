"""LAB-02 and LAB-03: low pay, and lodging that eats it. Look-alikes: an apprentice, a part-month, a court's order."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS
from finvest.synth.people.world import COUNTRY, Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Firm, Held, Person, Row, World

RULES = (
    ("hourly_minimum", "", "12.00", "EUR"),
    ("employer_contribution", "", "21", ""),
    ("holiday_accrual", "", "10", ""),
    ("deduction_cap", "", "25", ""),
    ("housing_cap", "", "25", ""),
    ("subsistence_month", "", "900.00", "EUR"),
)
"""Rules of pay, made up for training."""


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Write the rules, everybody's pay and hours."""
    for number, (kind, activity, value, currency) in enumerate(RULES, 1):
        world.add(
            "wage_rules",
            {"Rule": f"X-{number}", "Country": COUNTRY, "Kind": kind, "Activity": activity, "Value": value,
             "Start": f"{FIRST.year}-01-01", "End": f"{FIRST.year}-12-31", "Currency": currency, "Example": "yes"},
        )  # fmt: skip
    own: list[tuple[Person | Firm, Held]] = [(account.holder, account) for account in (*cast.swept, *cast.convoy)]
    crew = [*own, *((person, cast.keeper) for person in cast.named)]
    low = [
        paid(
            world, cast.farm, who, month, "173", 2076_00, 1081_00,
            "housing 720.00; transport 180.00; income tax 95.00", account,
        )
        for month in MONTHS
        for who, account in crew
    ]  # fmt: skip
    for month in MONTHS:
        for who, _ in crew:
            for first, last in ((1, 10), (11, 20), (21, 28)):
                worked(world, cast.farm, who, month, first, last, 74 + rng.randrange(9), "timesheet")
    for month in MONTHS:
        for account in cast.senders:
            paid(world, cast.cleaning, account.holder, month, "160", 2000_00, 1512_00,
                 "income tax 288.00; social security 200.00", account)  # fmt: skip
    workers = [person for person, _ in crew]
    return [
        Told(
            name="short pay",
            indicator="LAB-02",
            kind="planted",
            story="Time sheets of fourteen farm workers show far more hours than they are paid for, month after month.",
            parties=[(cast.farm, "employer"), *((who, "worker") for who in workers)],
            rows=low,
        ),
        Told(
            name="lodging",
            indicator="LAB-03",
            kind="planted",
            story="Lodging and transport take more than four tenths of the gross pay of fourteen farm workers.",
            parties=[(cast.farm, "employer"), *((who, "worker") for who in workers)],
            rows=low,
        ),
        *_bakery(world, cast),
    ]


def _bakery(world: World, cast: Cast) -> list[Told]:
    apprentice, newcomer, debtor, *others = cast.colleagues
    months, short, kept = list(MONTHS), [], []
    for month in months:
        short.append(paid(world, cast.bakery, apprentice.holder, month, "160", 1100_00, 980_00, "income tax 120.00",
                          apprentice))  # fmt: skip
        worked(world, cast.bakery, apprentice.holder, month, 1, 28, 160, "contract")
        worked(world, cast.bakery, apprentice.holder, month, 1, 28, 84, "timesheet")
        if month >= 3:  # noqa: PLR2004 - came in the middle of March
            begin, hours, gross = (17, "75", 975_00) if month == 3 else (1, "160", 2080_00)  # noqa: PLR2004
            short.append(paid(world, cast.bakery, newcomer.holder, month, hours, gross, gross * 8 // 10,
                              f"income tax {gross // 500}.00", newcomer, begin))  # fmt: skip
        kept.append(
            paid(world, cast.bakery, debtor.holder, month, "160", 2080_00, 864_00,
                 "income tax 416.00; garnishment 500.00; advance repayment 300.00", debtor)
        )  # fmt: skip
        for account in others:
            paid(world, cast.bakery, account.holder, month, "160", 2080_00, 1664_00, "income tax 416.00", account)
    return [
        Told(
            name="apprentice and part-month",
            indicator="LAB-02",
            kind="look_alike",
            story="An apprentice is at school half of the time; a baker came in the middle of a month.",
            parties=[(cast.bakery, "employer")],
            rows=short,
            innocent="Time sheets count the hours at work; by the hour both are paid more than the minimum.",
        ),
        Told(
            name="court order",
            indicator="LAB-03",
            kind="look_alike",
            story="A court's order and an advance take four tenths of a baker's gross pay.",
            parties=[(cast.bakery, "employer")],
            rows=kept,
            innocent="The payroll calls them garnishment and advance repayment; nothing else is kept back but taxes.",
        ),
    ]


def paid(
    world: World,
    employer: Firm,
    worker: Person | Firm,
    month: int,
    hours: str,
    gross: int,
    net: int,
    deductions: str,
    account: Held | None = None,
    begin: int = 1,
) -> Row:
    """Put a month's pay on the payroll, in cents."""
    first = date(FIRST.year, month, begin)
    last = first.replace(day=monthrange(first.year, month)[1])
    values = {
        **_both(employer, worker), "Start": f"{first}", "End": f"{last}", "Hours": hours, "Currency": "EUR",
        "Gross": f"{gross // 100}.{gross % 100:02d}", "Net": f"{net // 100}.{net % 100:02d}",
        "Deductions": deductions, "Paid to": account.iban if account else "",
    }  # fmt: skip
    return world.add("payroll", values)


def worked(
    world: World, employer: Firm, worker: Person | Firm, month: int, first: int, last: int, hours: int, kind: str
) -> Row:
    """Put hours of some days on the roster."""
    days = {"Start": f"{date(FIRST.year, month, first)}", "End": f"{date(FIRST.year, month, last)}"}
    return world.add("rosters", {**_both(employer, worker), **days, "Hours": f"{hours}", "Kind": kind})


def _both(employer: Firm, worker: Person | Firm) -> dict[str, str]:
    return {
        "Employer": employer.number,
        "Employer register": employer.register,
        "Worker": worker.number,
        "Worker register": worker.register,
    }
