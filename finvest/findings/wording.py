"""From facts to a sentence: how numbers, sums and dates are written for a reader."""

from __future__ import annotations

import string
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.money import show

if TYPE_CHECKING:
    from collections.abc import Mapping

MONEY = frozenset(
    {
        "shortfall", "excess", "spent", "gambled", "cash_in", "received", "price", "funded", "line", "together",
        "credited", "passed", "passed_certain",
    }
)  # fmt: skip
"""Facts that are minor units of the fact `currency`."""

_NOT_TOLD = frozenset({"rate_sources", "amount_base", "base_currency"})

MOST_NAMES = 4
"""Names that a sentence lists before it counts the rest."""


class _Words(string.Formatter):
    def format_field(self, value: Any, spec: str) -> str:  # noqa: ANN401
        if spec and value is not None:
            return str(super().format_field(value, spec))
        if isinstance(value, date):
            return day(value)
        if isinstance(value, float):
            return f"{value:.1f}"
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return "not known" if value is None else str(value)


def fill(sentence: str, values: dict[str, Any]) -> str:
    """Fill a card's sentence with facts."""
    return _Words().vformat(sentence, (), values)


def told(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write the facts that say something: what is not known, nought, or does not hold is left out.

    Returns
    -------
    list of (str, str)
        What was measured, and how much; money in the fact `currency`, shares in percent.
    """
    said = []
    for name, value in facts.items():
        if name in _NOT_TOLD or value in (None, False, 0, "", []):
            continue
        label = name.replace("_", " ")
        if name in MONEY and facts.get("currency"):
            written = show(int(value), facts["currency"])
        elif name in MONEY:
            continue  # no currency says what it is
        elif value is True:
            written = "yes"
        elif isinstance(value, float):
            written = f"{value:.3g}"
        elif isinstance(value, list):
            written = names([str(v) for v in value])
        else:
            written = fill("{value}", {"value": value})
        if "percent" in name and not isinstance(value, str):
            label, written = label.replace(" percent", "").replace("percent", "share"), f"{written} %"
        said.append((label, written))
    return said


def order_of_payments(certain: pl.Expr) -> pl.Expr:
    """Write of each row whether the order of its payments is certain."""
    return pl.when(certain).then(pl.lit("certain")).otherwise(pl.lit("possible, not certain"))


def day(at: date) -> str:
    """Write a day: ``4 March 2025``."""
    return f"{at.day} {at:%B %Y}"


def names(labels: list[str]) -> str:
    """List names, and count those beyond the first few."""
    if len(labels) <= MOST_NAMES:
        return ", ".join(labels)
    return f"{', '.join(labels[: MOST_NAMES - 1])} and {len(labels) - MOST_NAMES + 1} others"


def sums(amounts: tuple[tuple[str, int], ...], base: tuple[str, int] | None = None) -> str:
    """Write sums of several currencies, and what they are in the base currency where that is known.

    ``12,000.00 EUR and 300 JPY (≈ 12,001.85 EUR)``
    """
    written = " and ".join(show(minor, currency) for currency, minor in amounts) or "no amount"
    return written if base is None else f"{written} (≈ {show(base[1], base[0])})"


def period(days: tuple[date, date] | None) -> str:
    """Write a period: ``4 to 12 March 2025``."""
    if days is None:
        return "no date"
    start, end = days
    if start == end:
        return day(start)
    same = (start.year, start.month) == (end.year, end.month)
    return f"{start.day if same else day(start)} to {day(end)}"
