"""CTL-04 and CTL-07: cards of several people at one machine, and who pays in for them. Look-alike: a works bus."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on
from finvest.synth.people.cast import PAYDAY, cash, wage
from finvest.synth.people.world import Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import World

CONVOY, BUS = "ATM-2204", "ATM-3318"
"""Cash machines at the edge of one town and beside another's bus station."""

FRIDAYS, FIRST_FRIDAY = 8, date(FIRST.year, 3, 7)
ON_THE_BUS, SHARED = 5, 3
"""Cards that the bus brings, and how many of them at most two days have in common."""


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Play the convoy, the works bus, and everybody who takes cash out there now and then."""
    payer = cast.pays[cast.farm.number]
    for month in MONTHS:
        for account in cast.convoy:
            wage(world, payer, account, 1081_00, month, 40)
        for account in cast.colleagues[2:]:
            wage(world, cast.pays[cast.bakery.number], account, 1794_00, month, 6)
        for account in (*cast.colleagues, *cast.senders):
            when = on(date(FIRST.year, month, rng.randrange(1, 25)), rng.randrange(9, 21), rng.randrange(60))
            cash(world, account, rng.randrange(3, 12) * 10_00, when, BUS, "Westbridge")
            # The machine is busy in that hour, so that chance can be told from a set that comes again.
            evening = on(date(FIRST.year, month, rng.randrange(1, 28)), 19, rng.randrange(60), rng.randrange(60))
            cash(world, account, rng.randrange(3, 12) * 10_00, evening, CONVOY, "Eastmill")
    rows = []
    for week in range(FRIDAYS):
        at = on(FIRST_FRIDAY + timedelta(days=7 * week), 19, rng.randrange(5, 40), rng.randrange(60))
        for account in rng.sample(cast.convoy, len(cast.convoy)):
            rows.append(cash(world, account, 150_00 + rng.randrange(4) * 10_00, at, CONVOY, "Eastmill"))
            at += timedelta(seconds=rng.randrange(80, 200))
    bus, rides = [], list[set[str]]()
    for month in MONTHS:
        riders = rng.sample(cast.colleagues[2:], ON_THE_BUS)
        while any(len(ride & {account.iban for account in riders}) > SHARED for ride in rides):
            riders = rng.sample(cast.colleagues[2:], ON_THE_BUS)
        rides.append({account.iban for account in riders})
        at = on(date(FIRST.year, month, PAYDAY), 17, rng.randrange(5, 30))
        for account in riders:
            bus.append(cash(world, account, rng.randrange(5, 15) * 10_00, at, BUS, "Westbridge"))
            at += timedelta(seconds=rng.randrange(60, 200))
    return [
        Told(
            name="convoy",
            indicator="CTL-04",
            kind="planted",
            story="On eight Fridays the cards of the same four workers are used one after another at one machine.",
            accounts=[(account, "card") for account in cast.convoy],
            rows=rows,
        ),
        Told(
            name="works bus",
            indicator="CTL-04",
            kind="look_alike",
            story="On payday the works bus stops at a machine, and those who sit in it take cash out.",
            accounts=[(account, "card") for account in cast.colleagues[2:]],
            rows=bus,
            innocent="Whoever happens to sit in the bus: the set of cards is another one each time.",
        ),
        _counter(world, cast, rng),
    ]


def _counter(world: World, cast: Cast, rng: Random) -> Told:
    """Let one person pay cash into the accounts of the four at the counter, all within a month."""
    how = {"Channel": "cash_branch", "City": "Eastmill", "Country": "DE", "Conductor": cast.handler.holder.name}
    rows = [
        world.record(account, rng.randrange(20, 60) * 10_00, on(124 + 3 * position + 2 * visit, 10, 15), **how)
        for position, account in enumerate(cast.convoy)
        for visit in range(3)
    ]
    return Told(
        name="counter",
        indicator="CTL-07",
        kind="planted",
        story="One person pays cash into the accounts of four workers at the counter, several times within a month.",
        accounts=[(account, "holder") for account in cast.convoy],
        rows=rows,
    )
