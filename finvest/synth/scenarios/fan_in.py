"""GRF-01, fan-in: many new payers, one account, a few days. Look-alikes: a club's dues, a landlord's rents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from finvest.synth.movements import CASH, FIRST, MONTHS, on
from finvest.synth.scenarios.pattern import Pattern

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Economy
    from finvest.synth.movements import Ledger

INDICATOR = "GRF-01"
NEWEST = 4
"""Members and tenants who come during the half-year: even a long history has new payers."""


def play(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> list[Pattern]:
    """Play the collector, the club and the housing company."""
    return [
        _collector(economy, cast, ledger, rng),
        _club(economy, cast, ledger, rng),
        _rents(economy, cast, ledger, rng),
    ]


def _collector(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    collector, first = economy["collector"], rng.randrange(100, 130)
    paid = [
        ledger.pay(
            payer,
            collector,
            200_00 + rng.choice((-20_00, -10_00, 0, 0, 0, 10_00)),
            on(first + rng.randrange(5), rng.randrange(9, 20), rng.randrange(60)),
            rng.choice(("as agreed", "as agreed", "for the week", "")),
            delay=rng.randrange(2),
        )
        for payer in cast.newcomers
    ]
    for day in (9, 11, 14, 17):
        ledger.pay(collector, rng.choice(economy.machines), 500_00, on(first + day, 19, 30), "", CASH)
    return Pattern(
        name="collector",
        indicator=INDICATOR,
        kind="planted",
        story=f"{len(paid)} people who had never paid this account send it alike amounts within about a week; later "
        "most of it is taken out in cash.",
        main=[(collector, "collector")],
        movements=paid,
    )


def _club(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    club, dues = economy["club"], []
    for position, member in enumerate(cast.members):
        joined = position - len(cast.members) + NEWEST + 2 if position >= len(cast.members) - NEWEST else 1
        # A member keeps the habit of a day and a wording.
        day, text = rng.randrange(1, 7), rng.choice(("Club dues", "dues", f"Member {1000 + position}"))
        dues += [
            ledger.pay(member, club, 20_00, on(date(FIRST.year, month, day), 7), text, end_to_end="NOTPROVIDED")
            for month in MONTHS
            if month >= joined
        ]
    return Pattern(
        name="club",
        indicator=INDICATOR,
        kind="look_alike",
        story="The members of a sports club pay the same dues in the first days of every month.",
        main=[(club, "club")],
        movements=dues,
        innocent="The same people pay the same sum every month; the club is in the list of companies.",
    )


def _rents(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> Pattern:
    housing, rents = economy["housing"], []
    for position, tenant in enumerate(cast.tenants):
        moved_in = 4 if position == len(cast.tenants) - 1 else 1
        rent, day = rng.randrange(56, 82) * 10_00, rng.randrange(1, 4)
        rents += [
            ledger.pay(
                tenant,
                housing,
                rent,
                on(date(FIRST.year, month, day), 7),
                f"Rent {month:02d}/{FIRST.year} flat {position + 1}",
                end_to_end=rng.choice(("", f"RENT{FIRST.year}{month:02d}{position + 1:03d}")),
            )
            for month in MONTHS
            if month >= moved_in
        ]
    return Pattern(
        name="rents",
        indicator=INDICATOR,
        kind="look_alike",
        story="The tenants of a housing company pay their rents in the first days of every month.",
        main=[(housing, "landlord")],
        movements=rents,
        innocent="The same tenants pay the same rent every month; the company is in the list with its activity.",
    )
