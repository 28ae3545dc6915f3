"""A money trail to follow: somebody was wronged, and what was paid goes through mules to where it lies or is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import CASH, FIRST, INSTANT, TRANSFER, business_day, on
from finvest.synth.scenarios.trail_life import live

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Ledger, Movement

CLAIMED, BEFORE, PASSED = 84000_00, 30000_00, 60000_00
"""What is claimed, what lay in the first mule's account before it came, and what left the next day."""

BY_RULE = {"fifo": 30000_00, "libr": 30000_00, "pro_rata": 44210_53, "lifo": 60000_00, "taint_first": 60000_00}
"""What of the claim is in that payment: own money first, or in proportion (60,000 × 84/114), or claimed money first."""

STORY = (
    "Somebody pays 84,000.00 to what looks like an investment firm. It is a mule's account, in which 30,000.00 lay; "
    "the next day 60,000.00 leave for another mule, who may be a victim herself. Most of it goes on to the person who "
    "controls her, in part into francs, in part through that person's company and a straw man to a car dealer; the "
    "rest is taken out in cash, goes to an exchange and abroad, or lies where it came to."
)

CRYPTO = "crypto"
RATE = (94, 100)
"""The bank's rate from euros to francs."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One movement of the trail.

    Attributes
    ----------
    number : int
        0 is the payment that is claimed.
    movement : Movement
    end : str
        Why the trail can't be followed over it by the records alone; "" where it goes on.
    rivals : list of Movement
        For ``unpaired``: others that look like it in the payee's books.
    """

    number: int
    movement: Movement
    end: str
    rivals: list[Movement]


@dataclass(frozen=True, slots=True)
class Trail:
    """What the scenario tells the answer key.

    Attributes
    ----------
    hops : list of Hop
        In the order of events; the first is the payment that is claimed.
    members : list of (Account, str)
        Accounts on file, and their part.
    victim, controller : Account
        A possible victim's account, and that of the person who controls it.
    resting : list of Account
        Where something of it still lies at the end of the records.
    known : dict of str to (datetime, int)
        See `finvest.synth.books.books`.
    """

    hops: list[Hop]
    members: list[tuple[Account, str]]
    victim: Account
    controller: Account
    resting: list[Account]
    known: dict[str, tuple[datetime, int]]


PARTS = {
    "defrauded": "claimant",
    "first_mule": "first mule",
    "busy_mule": "mule, a possible victim",
    "controller": "controller",
    "controller_francs": "controller's account in francs",
    "importer": "company that the controller directs",
    "straw_man": "straw man",
    "car_dealer": "dealer",
    "side_mule": "side mule",
    "app_mule": "mule whose bank is an app",
}


def play(economy: Economy, ledger: Ledger, rng: Random) -> Trail:
    """Play the trail, from the first Monday of February or March on."""
    who = {label: economy[label] for label in PARTS}
    start = date(FIRST.year, rng.choice((2, 3)), 3)
    live(economy, ledger, rng, start)
    hops: list[Hop] = []

    def day(later: int, hour: int = 10) -> datetime:
        return on(business_day(start + timedelta(days=later)), hour, rng.randrange(60), rng.randrange(60))

    def pay(
        hop: int,
        payer: str,
        payee: str,
        cents: int,
        when: datetime,
        text: str,
        *,
        channel: str = TRANSFER,
        delay: int = 0,
        end: str = "",
        silent: bool = False,
        converted: tuple[str, int, str] | None = None,
    ) -> Movement:
        moved = ledger.pay(
            economy[payer], economy[payee], cents, when, text, channel, delay=delay, silent=silent, converted=converted
        )
        hops.append(Hop(hop, moved, end, []))
        return moved

    def withdraw(hop: int, payer: str, cents: int, when: datetime) -> None:
        hops.append(
            Hop(hop, ledger.pay(economy[payer], rng.choice(economy.machines), cents, when, "", CASH), "cash", [])
        )

    claimed = pay(0, "defrauded", "first_mule", CLAIMED, day(0), f"Investment account {rng.randrange(1000, 9999)}")
    pay(1, "first_mule", "busy_mule", PASSED, day(1), "as agreed", delay=1)
    for later in (2, 3, 4):
        withdraw(1, "first_mule", rng.choice((800_00, 1000_00)), day(later, 19))
    shared = 44000_00 + rng.randrange(5) * 500_00
    pay(2, "busy_mule", "controller", shared, day(3), "for you")
    rest = 58000_00 - shared
    pay(2, "busy_mule", "app_mule", rest, day(4), "loan", delay=1, silent=True, end="unpaired")
    hops[-1].rivals.append(ledger.pay(economy["lender"], who["app_mule"], rest, day(8), "loan", delay=0, silent=True))
    swapped = shared // 5 // 100_00 * 100_00
    francs = ("CHF", swapped * RATE[0] // RATE[1], f"0.{RATE[0]}")
    pay(3, "controller", "controller_francs", swapped, day(7), "own account", channel=INSTANT, converted=francs)
    pay(1, "first_mule", "side_mule", 15000_00, day(8), "savings plan", delay=1)
    pay(2, "side_mule", "out_of_reach", 14000_00 + rng.randrange(6) * 100_00, day(10), "transfer", end="no_records")
    lent = shared * 3 // 4 // 100_00 * 100_00
    pay(3, "controller", "importer", lent, day(9), "Shareholder loan")
    withdraw(3, "app_mule", 500_00, day(11, 20))
    pay(4, "importer", "coin_exchange", 3000_00, day(14), "Deposit", channel=CRYPTO, end="exchange")
    fee = lent - 3500_00 - rng.randrange(5) * 100_00
    pay(4, "importer", "straw_man", fee, day(15), "Consulting fee")
    pay(
        5,
        "straw_man",
        "car_dealer",
        fee - rng.randrange(4, 9) * 100_00,
        day(17),
        f"Invoice {rng.randrange(1000, 9999)} used car",
    )
    pay(4, "controller_francs", "jeweller", 3000_00, day(21), "Invoice watch", end="no_records")
    return Trail(
        hops=hops,
        members=[(who[label], part) for label, part in PARTS.items()],
        victim=who["busy_mule"],
        controller=who["controller"],
        resting=[who[label] for label in ("first_mule", "controller_francs", "importer", "car_dealer")],
        known={"first_mule": (claimed.arrived, BEFORE)},
    )
