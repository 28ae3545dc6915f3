"""LAB-07: staff who send money at one moment to the same receivers. Look-alike: payday, each to the own relatives."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on
from finvest.synth.people.cast import PAYDAY, wage
from finvest.synth.people.world import Told

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Held, Row, World

OUTLET = "Sendwell Money"
TOGETHER, PAYDAY_SENDERS = 6, 8


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Play six cleaners who send to two receivers, and eight bakers who send to eight."""
    payer = cast.pays[cast.cleaning.number]
    for month in MONTHS:
        for account in cast.senders:
            wage(world, payer, account, 1512_00, month, 15)
    receivers = [world.account(world.person(), date(2020, 1, 7), bank="camt", told=False) for _ in range(2)]
    relatives = [
        world.account(world.person(), date(2020, 1, 7), bank="camt", told=False) for _ in range(PAYDAY_SENDERS)
    ]
    cleaners, bakers = cast.senders[:TOGETHER], cast.colleagues[4:]
    rows, homeward = [], []
    for month in MONTHS:
        at = on(date(FIRST.year, month, PAYDAY) + timedelta(days=1), 18, rng.randrange(5, 20))
        for position, account in enumerate(cleaners):
            cents = 620_00 + rng.randrange(5) * 10_00
            rows.append(_send(world, account, cents, at, "SW-104", receivers[position % 2]))
            at += timedelta(minutes=rng.randrange(2, 9))
        at = on(date(FIRST.year, month, PAYDAY) + timedelta(days=1), 17, rng.randrange(5, 20))
        for account, relative in zip(bakers, relatives, strict=True):
            homeward.append(_send(world, account, rng.randrange(8, 60) * 10_00, at, "SW-207", relative))
            at += timedelta(minutes=rng.randrange(2, 9))
    return [
        Told(
            name="senders in step",
            indicator="LAB-07",
            kind="planted",
            story="On the evening after payday six of seven cleaners send alike sums at one outlet to two receivers.",
            accounts=[(account, "sender") for account in cleaners],
            rows=rows,
        ),
        Told(
            name="payday",
            indicator="LAB-07",
            kind="look_alike",
            story="On the evening after payday eight bakers send money to their relatives at the nearest outlet.",
            accounts=[(account, "sender") for account in bakers],
            rows=homeward,
            innocent="Every one of them sends to another receiver, and sums differ.",
        ),
    ]


def _send(world: World, account: Held, cents: int, at: datetime, terminal: str, to: Held) -> Row:
    how = {"Channel": "remittance", "Merchant": OUTLET, "Merchant category": "4829", "City": "Midvale", "Country": "DE"}
    return world.record(account, -cents, at, other=to, payee=to.holder.name, Terminal=terminal, **how)
