"""What happens: movements of money on a calendar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from finvest.synth.economy import Account

FIRST, LAST = date(2025, 1, 1), date(2025, 6, 30)
DAYS = (LAST - FIRST).days + 1
MONTHS = range(1, 7)

CASH, CARD, ONLINE = "cash_atm", "card_pos", "card_online"
TRANSFER, INSTANT, DEBIT = "transfer", "instant", "direct_debit"

_SAME_MOMENT = (CASH, INSTANT)
_BY_CARD = (CARD, ONLINE)


def business_day(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day  # noqa: PLR2004


def on(day: date | int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment by the wall clock; a day is also counted from the first of the case (0)."""
    whole = FIRST + timedelta(days=day) if isinstance(day, int) else day
    return datetime(whole.year, whole.month, whole.day, hour, minute, second)


def offset_hours(moment: datetime) -> int:
    """Return the hours by which Central European wall clocks are ahead of UTC."""
    spring, autumn = (_last_sunday(moment.year, month) for month in (3, 10))
    return 2 if on(spring, 2) <= moment < on(autumn, 3) else 1


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of money, as it truly happened.

    Attributes
    ----------
    number : int
        Ordinal in the case.
    payer, payee : Account
    cents : int
        Amount that leaves the payer.
    sent, arrived : datetime
        When each side's bank books it, by the wall clock.
    channel : str
    reference : str
    end_to_end : str
        Reference set by the payer; "" for none.
    fee : int
        Cents that banks keep on the way: less arrives.
    returned : bool
        A payment that comes back.
    batch : int
        Number of the batch in which the payer ordered it; 0 for none.
    original : tuple of (str, int, str) or None
        Currency, minor units and rate of a card payment abroad.
    converted : tuple of (str, int, str) or None
        Currency, minor units and the bank's rate of what arrives, where that is another currency.
    silent : bool
        The payee's bank does not say who paid.
    """

    number: int
    payer: Account
    payee: Account
    cents: int
    sent: datetime
    arrived: datetime
    channel: str = TRANSFER
    reference: str = ""
    end_to_end: str = ""
    fee: int = 0
    returned: bool = False
    batch: int = 0
    original: tuple[str, int, str] | None = None
    converted: tuple[str, int, str] | None = None
    silent: bool = False

    @property
    def arriving(self) -> int:
        """Minor units that arrive."""
        return self.converted[1] if self.converted else self.cents - self.fee


@dataclass(slots=True)
class Ledger:
    """All movements of a case, in the order in which they were made up."""

    rng: Random
    movements: list[Movement] = field(default_factory=list)

    def pay(
        self,
        payer: Account,
        payee: Account,
        cents: int,
        when: datetime,
        reference: str = "",
        channel: str = TRANSFER,
        *,
        delay: int | None = None,
        end_to_end: str = "",
        fee: int = 0,
        returned: bool = False,
        batch: int = 0,
        original: tuple[str, int, str] | None = None,
        converted: tuple[str, int, str] | None = None,
        silent: bool = False,
    ) -> Movement:
        """Move money and return the movement.

        Parameters
        ----------
        delay : int, optional
            Business days until the payee's bank books it; drawn where left out.
        """
        if channel in _SAME_MOMENT:
            sent, arrived = when, when + timedelta(seconds=self.rng.randrange(1, 9))
        elif channel in _BY_CARD:
            sent = arrived = when
        else:
            sent = self._opening(when)
            days = self.rng.choices((0, 1, 2, 3), (45, 35, 15, 5))[0] if delay is None else delay
            arrived = sent + timedelta(minutes=self.rng.randrange(5, 90))
            for _ in range(days):
                arrived = self._opening(arrived + timedelta(days=1))
        movement = Movement(
            number=len(self.movements) + 1,
            payer=payer,
            payee=payee,
            cents=cents,
            sent=sent,
            arrived=arrived,
            channel=channel,
            reference=reference,
            end_to_end=end_to_end,
            fee=fee,
            returned=returned,
            batch=batch,
            original=original,
            converted=converted,
            silent=silent,
        )
        self.movements.append(movement)
        return movement

    def take_over(self, movements: Iterable[Movement]) -> None:
        """Add movements that were made up elsewhere; they get the next numbers."""
        for movement in movements:
            self.movements.append(replace(movement, number=len(self.movements) + 1))

    @staticmethod
    def _opening(when: datetime) -> datetime:
        """Banks book transfers on business days."""
        day = business_day(when.date())
        return when if day == when.date() else on(day, 8, when.minute, when.second)
