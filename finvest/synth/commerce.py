"""What companies and clubs on file do all day: customers, suppliers, taxes, energy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from finvest.synth.daily import end_to_end
from finvest.synth.movements import CARD, DAYS, DEBIT, FIRST, MONTHS, on

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Ledger


def trade(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> None:
    """Let the companies on file do business for half a year."""
    traders = economy.all("trader")
    _invoices(ledger, rng, economy["workshop"], traders[:6], incoming=80, low=1800_00, high=7400_00)
    _invoices(ledger, rng, economy["workshop"], traders[6:9], incoming=0, outgoing=40, low=300_00, high=2600_00)
    _invoices(ledger, rng, economy["subsidiary_one"], traders[9:13], incoming=90, low=2400_00, high=9000_00)
    _invoices(ledger, rng, economy["subsidiary_one"], traders[12:16], incoming=0, outgoing=55, low=900_00, high=5200_00)
    _invoices(ledger, rng, economy["housing"], traders[4:8], incoming=0, outgoing=26, low=120_00, high=1900_00)
    for label, share in (("workshop", 3100_00), ("subsidiary_one", 4200_00), ("holding", 2600_00), ("housing", 900_00)):
        _fixed_costs(economy, ledger, rng, economy[label], share)
    _club(economy, cast, ledger, rng)


def _invoices(
    ledger: Ledger,
    rng: Random,
    firm: Account,
    partners: list[Account],
    *,
    incoming: int,
    outgoing: int = 0,
    low: int,
    high: int,
) -> None:
    """Pay invoices; some arrive short of a bank's fee."""
    for position in range(incoming + outgoing):
        partner = rng.choice(partners)
        payer, payee = (partner, firm) if position < incoming else (firm, partner)
        number = rng.randrange(1000, 9999)
        when = on(rng.randrange(DAYS), rng.randrange(8, 17), rng.randrange(60), rng.randrange(60))
        fee = rng.choices((0, 250, 750), (90, 6, 4))[0]
        ledger.pay(
            payer,
            payee,
            rng.randrange(low, high),
            when,
            f"Invoice {FIRST.year}-{number} customer {rng.randrange(10000, 99999)}",
            end_to_end=end_to_end(rng),
            fee=fee,
        )


def _fixed_costs(economy: Economy, ledger: Ledger, rng: Random, firm: Account, tax: int) -> None:
    authority = rng.choice(economy.all("treasury"))
    supplies = rng.sample(economy.all("utility"), 2)
    for month in MONTHS:
        day = date(FIRST.year, month, 10)
        ledger.pay(firm, authority, tax + rng.randrange(400_00), on(day, 8), f"Tax {month:02d}/{FIRST.year}", delay=0)
        for supplier in supplies:
            ledger.pay(firm, supplier, rng.randrange(140_00, 620_00), on(day, 6), "Contract", DEBIT, delay=0)


def _club(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> None:
    club, hall = economy["club"], economy.all("landlord")[0]
    coaches = cast.acquaintances[:2]
    for month in MONTHS:
        ledger.pay(club, hall, 310_00, on(date(FIRST.year, month, 3), 9), "Hall rent", delay=0)
        for coach in coaches:
            ledger.pay(club, coach, 120_00, on(date(FIRST.year, month, 28), 9), f"Coaching {month:02d}")
        shop = rng.choice(economy.all("shop"))
        ledger.pay(club, shop, rng.randrange(20_00, 140_00), on(date(FIRST.year, month, 15), 15, 20), "", CARD)
