"""Daily life of those in the money trail, with the quiet days that its figures need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth import daily
from finvest.synth.movements import CARD, FIRST, MONTHS, Ledger, business_day, on

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.economy import Account, Economy
    from finvest.synth.movements import Movement

QUIET = {
    "first_mule": (-2, 1),
    "busy_mule": (0, 8),
    "importer": (7, 17),
    "straw_man": (13, 19),
    "side_mule": (7, 12),
}
"""Days after the claimed payment on which nothing else happens in an account: the first mule's balance is known to the
cent, and no order of payments within a day is open where a bank writes only dates."""

PEOPLE = ("defrauded", "first_mule", "controller", "straw_man", "side_mule", "app_mule")


def live(economy: Economy, ledger: Ledger, rng: Random, start: date) -> None:
    """Let everybody in the trail live through the months, but for their quiet days."""
    own = Ledger(rng)
    for label in PEOPLE:
        daily.work_and_home(economy, own, rng, economy[label])
        daily.spend(economy, own, rng, economy[label], daily.RARELY)
    _clients(economy, own, rng, start)
    for label, largest in (("importer", 400_00), ("car_dealer", 1900_00)):
        _trade(economy, own, rng, economy[label], largest)
    for month in MONTHS:
        bank = economy.all("utility")[0]
        own.pay(economy["controller_francs"], bank, 5_00, on(date(FIRST.year, month, 20), 6), "Account fee", delay=0)
    accounts = [economy[label] for label in (*PEOPLE, "busy_mule", "importer", "car_dealer")]
    ledger.take_over(_without_quiet(own.movements, accounts, start))


def _clients(economy: Economy, ledger: Ledger, rng: Random, start: date) -> None:
    """Strangers pay the busiest mule; what they pay goes to the controller every week."""
    mule, controller, clients = economy["busy_mule"], economy["controller"], economy.all("client")
    for week in range(25):
        monday = FIRST + timedelta(days=7 * week + (7 - FIRST.weekday()) % 7)
        if start <= monday <= start + timedelta(days=7):
            continue
        came = 0
        for later, client in enumerate(rng.sample(clients, 3)):
            cents = rng.randrange(8, 26) * 10_00
            came += ledger.pay(client, mule, cents, on(monday + timedelta(days=later), 9), "visit", delay=0).cents
        ledger.pay(
            mule, controller, came - rng.randrange(20_00, 60_00), on(monday + timedelta(days=3), 10), "week", delay=0
        )
        shop = rng.choice(economy.all("shop"))
        ledger.pay(mule, shop, rng.randrange(8_00, 19_00), on(monday + timedelta(days=4), 17), "", CARD)


def _trade(economy: Economy, ledger: Ledger, rng: Random, firm: Account, largest: int) -> None:
    """Pay invoices to and by a small firm: more customers than suppliers, so that its balance grows."""
    partners = rng.sample(economy.all("trader"), 4)
    for month in MONTHS:
        for position in range(5):
            day = business_day(date(FIRST.year, month, rng.randrange(1, 27)))
            payer, payee = (firm, rng.choice(partners[2:])) if position > 2 else (rng.choice(partners[:2]), firm)  # noqa: PLR2004
            text = f"Invoice {FIRST.year}-{rng.randrange(1000, 9999)}"
            ledger.pay(
                payer, payee, rng.randrange(largest // 4, largest), on(day, 11, rng.randrange(60)), text, delay=0
            )


def _without_quiet(movements: list[Movement], accounts: list[Account], start: date) -> list[Movement]:
    """Leave out what falls on quiet days; of accounts with dates only, also what they pay on a day of a credit."""
    days = {
        label: (start + timedelta(days=first), start + timedelta(days=last)) for label, (first, last) in QUIET.items()
    }
    dated = {a.label for a in accounts if not a.timed}
    credited = {(m.payee.label, m.arrived.date()) for m in movements}

    def kept(movement: Movement) -> bool:
        for account, moment in ((movement.payer, movement.sent), (movement.payee, movement.arrived)):
            first, last = days.get(account.label, (date.max, date.min))
            if first <= moment.date() <= last:
                return False
        payer = movement.payer.label
        return payer not in dated or (payer, movement.sent.date()) not in credited

    return [movement for movement in movements if kept(movement)]
