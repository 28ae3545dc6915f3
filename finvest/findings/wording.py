"""From facts to a sentence: how numbers, sums and dates are written for a reader."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any

from finvest.model.money import show

MOST_NAMES = 4
"""Names that a sentence lists before it counts the rest."""


class _Words(string.Formatter):
    def format_field(self, value: Any, spec: str) -> str:  # noqa: ANN401
        if spec:
            return str(super().format_field(value, spec))
        if isinstance(value, datetime):
            return day(value)
        if isinstance(value, float):
            return f"{value:.1f}"
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return "not known" if value is None else str(value)


def fill(sentence: str, values: dict[str, Any]) -> str:
    """Fill a card's sentence with facts."""
    return _Words().vformat(sentence, (), values)


def day(at: datetime) -> str:
    """Write a day: ``4 March 2025``."""
    at = at.astimezone(UTC) if at.tzinfo else at
    return f"{at.day} {at:%B %Y}"


def names(labels: list[str]) -> str:
    """List names, and count those beyond the first few."""
    if len(labels) <= MOST_NAMES:
        return ", ".join(labels)
    return f"{', '.join(labels[: MOST_NAMES - 1])} and {len(labels) - MOST_NAMES + 1} others"


def sums(amounts: tuple[tuple[str, int], ...]) -> str:
    """Write sums of several currencies: ``12,000.00 EUR and 300 JPY``."""
    return " and ".join(show(minor, currency) for currency, minor in amounts) or "no amount"


def period(start: datetime | None, end: datetime | None) -> str:
    """Write a period: ``4 to 12 March 2025``."""
    if start is None or end is None:
        return "no date"
    end -= timedelta(microseconds=1) if end > start else timedelta()
    if start.date() == end.date():
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {day(end)}"
    return f"{day(start)} to {day(end)}"
