"""GRF-05, cycle: money goes round. Look-alikes: a cash pool, friends settling up, one holder's own accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import DAYS, FIRST, INSTANT, MONTHS, business_day, on
from finvest.synth.scenarios.pattern import Pattern

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Ledger, Movement

INDICATOR = "GRF-05"


def play(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> list[Pattern]:
    """Play three rings, the cash pool, the friends and the saver."""
    return [
        _timed_ring(economy, ledger, rng),
        _dated_ring(economy, ledger, rng, "ring_four", "abcd", rng.randrange(14, 22), 9200_00),
        _dated_ring(economy, ledger, rng, "ring_five", "abcde", rng.randrange(9, 13), 6400_00),
        _pool(economy, ledger, rng),
        _friends(cast, ledger, rng),
        _saver(economy, ledger, rng),
    ]


def _timed_ring(economy: Economy, ledger: Ledger, rng: Random) -> Pattern:
    """Three accounts, instant payments: banks write the times of day."""
    ring = [economy[f"ring_three_{letter}"] for letter in "abc"]
    when, cents, passed = on(rng.randrange(70, 110), 10, rng.randrange(60), rng.randrange(60)), 4800_00, []
    for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
        passed.append(ledger.pay(payer, payee, cents, when, "consulting", INSTANT))
        when += timedelta(hours=rng.randrange(3, 9), minutes=rng.randrange(60))
        cents = cents * rng.randrange(955, 985) // 1000
    return _ring(ring, passed, "within a day or two, with known times")


def _dated_ring(
    economy: Economy, ledger: Ledger, rng: Random, name: str, letters: str, week: int, cents: int
) -> Pattern:
    """Several accounts, one payment a day from a Monday on: banks write only dates."""
    ring, passed = [economy[f"{name}_{letter}"] for letter in letters], []
    day = business_day(FIRST + timedelta(days=7 * week + 6 - (FIRST.weekday() + 6) % 7))
    for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
        text = rng.choice(("loan", "consulting", "repayment", "goods"))
        passed.append(ledger.pay(payer, payee, cents, on(day, 9, rng.randrange(60)), text, delay=0))
        day = business_day(day + timedelta(days=1))
        cents = cents * rng.randrange(960, 990) // 1000
    return _ring(ring, passed, "on successive days, known by date only")


def _ring(ring: list[Account], passed: list[Movement], how: str) -> Pattern:
    kept = passed[-1].cents * 100 // passed[0].cents
    return Pattern(
        name=f"ring of {len(ring)}",
        indicator=INDICATOR,
        kind="planted",
        story=f"Money goes round through {len(ring)} accounts {how}; {kept} % of it comes back.",
        main=[(account, "member") for account in ring],
        movements=passed,
    )


def _pool(economy: Economy, ledger: Ledger, rng: Random) -> Pattern:
    parent, one, two = (economy[label] for label in ("holding", "subsidiary_one", "subsidiary_two"))
    swept: list[Movement] = []
    for friday in range((4 - FIRST.weekday()) % 7, DAYS - 6, 7):
        cents = rng.randrange(8000_00, 15000_00)
        swept.append(
            ledger.pay(
                one, parent, cents, on(friday, 16, 5), "Cash pool sweep", delay=0, end_to_end=f"POOL{friday:04d}A"
            )
        )
        cents = cents * rng.randrange(70, 98) // 100
        swept.append(ledger.pay(parent, two, cents, on(friday + 3, 9, 5), "Cash pool funding", delay=0))
        cents = cents * rng.randrange(70, 99) // 100
        text = f"Goods within the group {rng.randrange(1000, 9999)}"
        swept.append(ledger.pay(two, one, cents, on(friday + 5, 11, 5), text, delay=0))
    return Pattern(
        name="cash pool",
        indicator=INDICATOR,
        kind="look_alike",
        story="A group sweeps its cash to the parent every Friday, funds its other subsidiary from it, and that "
        "one pays the first for goods.",
        main=[(parent, "parent"), (one, "subsidiary"), (two, "subsidiary")],
        movements=swept,
        innocent="The parent owns both subsidiaries (links), and it happens every week.",
    )


def _friends(cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    settled: list[Movement] = []
    for first in (rng.randrange(20, 30), rng.randrange(80, 90), rng.randrange(140, 150)):
        for position, payer in enumerate(cast.friends):
            payee = cast.friends[(position + 1) % len(cast.friends)]
            cents = rng.randrange(8_00, 14_00) + (len(cast.friends) - position) * 9_00
            when = on(first + 2 * position, 20, rng.randrange(60))
            settled.append(ledger.pay(payer, payee, cents, when, rng.choice(("trip", "tickets", "dinner")), delay=0))
    return Pattern(
        name="friends",
        indicator=INDICATOR,
        kind="look_alike",
        story="Four friends settle up after a trip, three times in half a year.",
        main=[(friend, "friend") for friend in cast.friends],
        movements=settled,
        innocent="The sums are small, and little of what was sent first comes back.",
    )


def _saver(economy: Economy, ledger: Ledger, rng: Random) -> Pattern:
    own = [economy[label] for label in ("saver", "saver_savings", "saver_second")]
    moved: list[Movement] = []
    for month in MONTHS:
        day, cents = date(FIRST.year, month, 12), rng.randrange(4, 7) * 100_00
        for payer, payee in zip(own, own[1:] + own[:1], strict=True):
            moved.append(ledger.pay(payer, payee, cents, on(business_day(day), 18), "own account", delay=0))
            day = business_day(day) + timedelta(days=2)
    return Pattern(
        name="own accounts",
        indicator=INDICATOR,
        kind="look_alike",
        story="One person moves money round between three accounts of their own every month.",
        main=[(account, "own account") for account in own],
        movements=moved,
        innocent="The links say that one person holds all three accounts.",
    )
