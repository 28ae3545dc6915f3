"""One line of an indirect computation: an interval, how firm it is, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from finvest.model.errors import UsageError
from finvest.model.wealth_tables import ASSUMPTION, ESTIMATE, FACT, MARKS

Exact = int | Fraction | Decimal
"""Numbers that a line can hold; a float is refused, because it is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An amount, a count or a percentage, with the least and the most that it can be.

    Attributes
    ----------
    item : str
        What it is, a few words.
    low, central, high : int or Fraction
        In this order and not below zero; money in whole minor units. `Decimal` is taken as the fraction that it is.
    mark : {"fact", "estimate", "assumption"}
        A fact has no interval.
    record : str
        Record that shows it.
    reason : str
        Why a person takes it to be so. A fact has a record, any other line a record, a reason or both.

    Raises
    ------
    UsageError
        If it is none of this.
    """

    item: str
    low: int | Fraction
    central: int | Fraction
    high: int | Fraction
    mark: str
    record: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.mark not in MARKS:
            raise UsageError(f"a line's mark is one of {', '.join(MARKS)}, not {self.mark!r}")
        for name in ("low", "central", "high"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | Fraction | Decimal):
                raise UsageError(f"{name} of a line must be exact (int, Fraction, Decimal), not {type(value).__name__}")
            if isinstance(value, Decimal) and not value.is_finite():
                raise UsageError(f"{name} of a line must be a number")
            exact = Fraction(value)
            object.__setattr__(self, name, exact.numerator if exact.denominator == 1 else exact)
        if not 0 <= self.low <= self.central <= self.high:
            raise UsageError("a line's low, central and high must be in this order and not below zero")
        if self.mark == FACT and self.low != self.high:
            raise UsageError("a fact has no interval: call it an estimate, or give one amount")
        if self.mark == FACT and not self.record.strip():
            raise UsageError("a fact needs the record that shows it: otherwise it is an estimate or an assumption")
        if not self.record.strip() and not self.reason.strip():
            raise UsageError("a line needs the record that shows it, or a reason why it is taken to be so")

    @property
    def because(self) -> str:
        """Record and reason, as far as there are any."""
        return "; ".join(text for text in (self.record.strip(), self.reason.strip()) if text)


def fact(item: str, amount: Exact, record: str) -> Line:
    """Return a line that a record shows, exactly."""
    return Line(item=item, low=_as(amount), central=_as(amount), high=_as(amount), mark=FACT, record=record)


def estimate(item: str, low: Exact, central: Exact, high: Exact, *, record: str = "", reason: str = "") -> Line:
    """Return a line that was worked out from something on file."""
    return Line(
        item=item, low=_as(low), central=_as(central), high=_as(high), mark=ESTIMATE, record=record, reason=reason
    )


def assumption(item: str, low: Exact, central: Exact, high: Exact, *, reason: str) -> Line:
    """Return a line that a person takes to be so, and says why."""
    return Line(item=item, low=_as(low), central=_as(central), high=_as(high), mark=ASSUMPTION, reason=reason)


def _as(value: Exact) -> int | Fraction:
    """Pass a value to `Line`, which refuses what is not exact."""
    return Fraction(value) if isinstance(value, Decimal) and value.is_finite() else value  # type: ignore[return-value]
