"""CTL-01, CTL-07, CTL-03 and CTL-02: accounts of a crew with one telephone, one operator, and wages that others get."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on
from finvest.synth.people.cast import PAYDAY, buy, cash, live, wage
from finvest.synth.people.world import Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import World


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Play the crew whose wages are swept, the account that collects, and households that only look like them."""
    return [
        *_one_telephone(world, cast, rng),
        _sweeps(world, cast, rng),
        _collector(world, cast, rng),
        _own_savings(world, cast, rng),
        _spouses(world, cast, rng),
        _family_account(world, cast, rng),
    ]


def _one_telephone(world: World, cast: Cast, rng: Random) -> list[Told]:
    crew, phone, device = cast.swept, world.phone(), f"F-{rng.randrange(16**6):06x}"
    members = [(account, "member") for account in crew]
    contacts = [world.contact(account, "phone", phone, account.opened) for account in crew]
    sessions = []
    for account in crew:
        world.session(
            f"F-{rng.randrange(16**6):06x}", account, "phone", on(date(FIRST.year, 1, rng.randrange(2, 20)), 12)
        )
    # The operator looks into one account after the other, some days each, so that all are done within a month.
    for position, account in enumerate(crew):
        for day in range(60 + 4 * position, 68 + 4 * position, 3):
            when = on(day, 20, rng.randrange(60), rng.randrange(60))
            sessions.append(world.session(device, account, "phone", when))
    return [
        Told(
            name="one telephone",
            indicator="CTL-01",
            kind="planted",
            story="Six farm workers who are no family opened accounts within a month, all with one telephone number.",
            accounts=members,
            rows=contacts,
        ),
        Told(
            name="one device",
            indicator="CTL-01",
            kind="planted",
            story="The accounts of the same six are used from one device.",
            accounts=members,
            rows=sessions,
        ),
        Told(
            name="operator",
            indicator="CTL-07",
            kind="planted",
            story="One device makes nearly all sessions at the accounts of six farm workers.",
            accounts=members,
            rows=sessions,
        ),
    ]


def _sweeps(world: World, cast: Cast, rng: Random) -> Told:
    rows, payer = [], cast.pays[cast.farm.number]
    for month in MONTHS:
        for account in cast.swept:
            cents = 1081_00 - rng.randrange(9) * 100
            rows.append(wage(world, payer, account, cents, month, 2))
            when = on(date(FIRST.year, month, PAYDAY), 18, rng.randrange(60), rng.randrange(60))
            rows.append(
                world.record(account, -(cents * 89 // 100), when, other=cast.handler, Reference="room and debt")
            )
            later = on(when.date() + timedelta(days=rng.randrange(3, 9)), 12, rng.randrange(60))
            buy(world, account, rng.randrange(15_00, 60_00), later, "Larder Market", "5411", "Northford")
    return Told(
        name="sweeps",
        indicator="CTL-03",
        kind="planted",
        story="On every payday nearly nine tenths of six workers' wages leave for one account.",
        accounts=[(cast.handler, "recipient"), *((account, "origin") for account in cast.swept)],
        rows=rows,
    )


def _collector(world: World, cast: Cast, rng: Random) -> Told:
    payer, rows = cast.pays[cast.farm.number], []
    for month in MONTHS:
        for minute, worker in enumerate(cast.named):
            cents = 1081_00 - rng.randrange(9) * 100
            rows.append(wage(world, payer, cast.keeper, cents, month, 10 + minute, worker.name))
        for week in (3, 10, 17):
            cash(world, cast.keeper, 900_00, on(date(FIRST.year, month, week), 13, rng.randrange(60)), "ATM-1107", "")
    return Told(
        name="collector of wages",
        indicator="CTL-02",
        kind="planted",
        story="The wages of four farm workers, each named in the payment, come into the account of a fifth person.",
        accounts=[(cast.keeper, "collector")],
        rows=rows,
    )


def _own_savings(world: World, cast: Cast, rng: Random) -> Told:
    """Let somebody have wages on one account and live from another."""
    account, payer = cast.colleagues[0], cast.pays[cast.bakery.number]
    other, rows = world.account(account.holder, date(2019, 4, 1), bank="other_3"), []
    for month in MONTHS:
        rows.append(wage(world, payer, account, 1794_00, month, 4))
        when = on(date(FIRST.year, month, PAYDAY), 19, rng.randrange(60))
        rows.append(world.record(account, -1600_00, when, other=other, Reference="own account"))
    return Told(
        name="own account",
        indicator="CTL-03",
        kind="look_alike",
        story="On every payday a baker moves nine tenths of the wage to an own account at another bank.",
        accounts=[(account, "origin")],
        rows=rows,
        innocent="The list of openings says that both accounts have one holder.",
    )


def _spouses(world: World, cast: Cast, rng: Random) -> Told:
    """Let one of a couple pass the wage to the other, who keeps the household's money."""
    account, payer = cast.colleagues[1], cast.pays[cast.bakery.number]
    spouse = world.person(unlike=(account.holder.surname,))  # type: ignore[union-attr]
    other, rows = world.account(spouse, date(2018, 4, 1), bank="other_3"), []
    world.link("related_to", account.holder, spouse, date(2018, 3, 3))
    for month in MONTHS:
        rows.append(wage(world, payer, account, 1794_00, month, 5))
        when = on(date(FIRST.year, month, PAYDAY), 20, rng.randrange(60))
        rows.append(world.record(account, -1550_00, when, other=spouse.name, Reference="household",
                                 **{"Counterparty account": other.iban}))  # fmt: skip
    return Told(
        name="spouse account",
        indicator="CTL-03",
        kind="look_alike",
        story="On every payday a baker sends most of the wage to the spouse, who keeps the household's money.",
        accounts=[(account, "origin")],
        rows=rows,
        innocent="The relations name them as a couple, and the list of openings says whose account it is.",
    )


def _family_account(world: World, cast: Cast, rng: Random) -> Told:
    """Let the grown children of a house have their wages paid into the mother's account."""
    mother, *children = world.family(4)
    account, payer = world.account(mother, date(2009, 2, 2)), cast.pays[cast.bakery.number]
    for child in children:
        world.link("related_to", mother, child, None)
    rows = [
        wage(world, payer, account, 640_00 + rng.randrange(9) * 100, month, 30 + minute, child.name)
        for month in MONTHS
        for minute, child in enumerate(children)
    ]
    live(world, rng, account)
    return Told(
        name="family account",
        indicator="CTL-02",
        kind="look_alike",
        story="Three grown children have the wages of their weekend work paid into their mother's account.",
        accounts=[(account, "holder")],
        rows=rows,
        innocent="All have one surname, and the relations name them as relatives.",
    )
