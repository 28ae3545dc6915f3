"""GRF-02, fan-out: one account pays many first-time receivers in a few days. Look-alike: a payroll."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, MONTHS, on
from finvest.synth.scenarios.pattern import Pattern

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Economy
    from finvest.synth.movements import Ledger

INDICATOR = "GRF-02"
FIRST_BATCH = 4
"""Month from which the workshop orders its wages as one batch."""


def play(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> list[Pattern]:
    """Play the disburser and the payroll."""
    return [_disburser(economy, cast, ledger, rng), _payroll(economy, cast, ledger, rng)]


def _disburser(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    disburser, first = economy["disburser"], rng.randrange(95, 135)
    source = economy.all("relay_source")[0]
    for day in (-8, -6):
        ledger.pay(source, disburser, 1400_00 + rng.randrange(90) * 100, on(first + day, 10), "as agreed", delay=1)
    paid = [
        ledger.pay(
            disburser,
            receiver,
            150_00 + rng.randrange(-3, 8) * 5_00,
            on(first + rng.randrange(4), rng.randrange(9, 20), rng.randrange(60)),
            rng.choice(("for the week", "your share", "")),
            delay=rng.randrange(2),
        )
        for receiver in cast.receivers
    ]
    return Pattern(
        name="disburser",
        indicator=INDICATOR,
        kind="planted",
        story=f"Within a few days an account pays {len(paid)} people whom it had never paid before.",
        main=[(disburser, "disburser")],
        movements=paid,
    )


def _payroll(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    workshop, wages = economy["workshop"], {member.label: rng.randrange(1900_00, 2900_00) for member in cast.staff}
    paid = [
        ledger.pay(
            workshop,
            member,
            wages[member.label],
            on(date(FIRST.year, month, 27), 8),
            f"Wages {month:02d}/{FIRST.year}",
            end_to_end=f"WAGES{FIRST.year}{month:02d}",
            delay=rng.randrange(2),
            batch=month if month >= FIRST_BATCH else 0,
        )
        for month in MONTHS
        for member in cast.staff
    ]
    return Pattern(
        name="payroll",
        indicator=INDICATOR,
        kind="look_alike",
        story="A metal workshop pays its staff on one day of every month, from April as one batch.",
        main=[(workshop, "employer")],
        movements=paid,
        innocent="The same receivers get the same wages every month; the employer is in the list of companies.",
    )
