"""MLT-03, rapid pass-through: what comes in leaves within a day. Look-alikes: a notary, a seller's sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import CARD, CASH, DAYS, INSTANT, business_day, on
from finvest.synth.scenarios.pattern import Pattern

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Ledger, Movement

INDICATOR = "MLT-03"
MOST_KEPT = 50_00
"""What a relay lets lie before it is taken out in cash: next to nothing of what passes."""
HELD = 3
"""Every third price that the notary takes waits for the land register."""


def play(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> list[Pattern]:
    """Play two relays, the notary and the seller."""
    sources, targets = economy.all("relay_source"), economy.all("relay_target")
    return [
        _relay(economy, ledger, rng, "relay", (sources[:2], targets[:3]), 28),
        _relay(economy, ledger, rng, "relay_app", (sources[2:], targets[3:]), 24),
        _notary(economy, cast, ledger, rng),
        _seller(economy, ledger, rng),
    ]


def _relay(
    economy: Economy, ledger: Ledger, rng: Random, label: str, ends: tuple[list[Account], list[Account]], events: int
) -> Pattern:
    relay, passed, kept = economy[label], [], 0
    for day in sorted(rng.sample(range(40, DAYS - 8), events)):
        cents, when = (
            rng.randrange(50, 120) * 20_00,
            on(day, rng.randrange(8, 13), rng.randrange(60), rng.randrange(60)),
        )
        passed.append(ledger.pay(rng.choice(ends[0]), relay, cents, when, rng.choice(("goods", "order", "")), INSTANT))
        out = cents * rng.randrange(985, 999) // 1000
        kept += cents - out
        if kept > MOST_KEPT:
            ledger.pay(relay, rng.choice(economy.machines), kept // 10_00 * 10_00, on(day, 21), "", CASH)
            kept %= 10_00
        # Now and then in two parts, to two of the usual receivers.
        parts = (out * 6 // 10, out - out * 6 // 10) if rng.randrange(4) == 0 else (out,)
        for part, payee in zip(parts, rng.sample(ends[1], len(parts)), strict=True):
            when += timedelta(minutes=rng.randrange(40, 200), seconds=rng.randrange(60))
            passed.append(ledger.pay(relay, payee, part, when, rng.choice(("goods", "transfer")), INSTANT))
    return Pattern(
        name=label.replace("_", " "),
        indicator=INDICATOR,
        kind="planted",
        story=f"{events} times money comes in and at least 98 % of it is sent on within a few hours; hardly any stays.",
        main=[(relay, "relay")],
        movements=passed,
    )


def _notary(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    notary, office, passed = economy["notary"], economy["notary_office"], []
    people = rng.sample(cast.acquaintances, 16)
    for deal, (buyer, seller) in enumerate(zip(people[::2], people[1::2], strict=True)):
        day, cents = 8 + 21 * deal, rng.randrange(90, 260) * 1000_00
        fee, file = cents * 15 // 1000, f"Deed {rng.randrange(100, 999)}/25"
        came = ledger.pay(buyer, notary, cents, on(day, 10, rng.randrange(60)), f"{file} purchase price", delay=0)
        days = rng.randrange(4, 10) if deal % HELD == HELD - 1 else 1
        left = on(business_day((came.arrived + timedelta(days=days)).date()), 9, rng.randrange(30))
        passed += [
            came,
            ledger.pay(notary, seller, cents - fee, left, f"{file} purchase price less costs", delay=0),
            ledger.pay(notary, office, fee, left + timedelta(minutes=10), f"{file} fee and taxes", delay=0),
        ]
    return Pattern(
        name="notary",
        indicator=INDICATOR,
        kind="look_alike",
        story="A notary takes the price of a house in escrow and pays it out, mostly on the next business day.",
        main=[(notary, "escrow")],
        movements=passed,
        innocent="The holder is in the list of companies as a notary's office (69.10); every deal has a deed number.",
    )


def _seller(economy: Economy, ledger: Ledger, rng: Random) -> Pattern:
    seller, savings, market = economy["seller"], economy["seller_savings"], economy["marketplace"]
    passed: list[Movement] = []
    spent = 0
    for day in range(2, DAYS - 3, 4):
        text = f"Payout {rng.randrange(10**6)}"
        came = ledger.pay(market, seller, rng.randrange(80_00, 420_00), on(day, 6), text, delay=0)
        # The sweep leaves what was there before; what was bought since then is missing from it.
        swept = on(came.arrived.date(), 20)
        passed += [came, ledger.pay(seller, savings, came.cents - spent, swept, "own account", delay=0)]
        spent = rng.randrange(120, 480)
        ledger.pay(seller, rng.choice(economy.all("shop")), spent, swept + timedelta(hours=14), "", CARD)
    return Pattern(
        name="seller",
        indicator=INDICATOR,
        kind="look_alike",
        story="A seller on a marketplace sweeps every payout to an own savings account on the same day.",
        main=[(seller, "seller")],
        movements=passed,
        innocent="The links say that the receiving account is the holder's own; all money comes from one marketplace.",
    )
