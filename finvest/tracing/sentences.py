"""A trail in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.wording import day
from finvest.model.money import show
from finvest.tracing.ends import ENDS

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail

PLACES = {
    "held": "lies in accounts on file",
    **ENDS,
    "gap": "lay in an account whose books then stop, or went to one on a day of which they are missing",
    "unassigned": "lies between the records that a hypothesis joins: more left than arrived",
    "overdraft": "repaid an overdraft and, by backwards tracing, stands in what that had paid for",
    "dissipated": "repaid an overdraft and is gone",
    "fees": "went to fees",
    "depth": "went further than was asked",
    "materiality": "went on in parts too small to be asked for",
}


def sentences(trail: Trail) -> list[str]:
    """Return a trail's sentences: each payment with claimed money, what became of the claims, and the limits."""
    said = [f"Rule: {trail.rule.title.lower()}. {trail.rule.means}"]
    said += [_payment(row) for row in trail.movements.sort("day", "n", "claim").iter_rows(named=True)]
    said += [_outcome(row) for row in trail.restitution.filter(pl.col("place") != "claimed").iter_rows(named=True)]
    return said + trail.notes


def interval(low: int, high: int, currency: str) -> str:
    """Write an interval: ``30,000.00 EUR``, or ``between 0.00 and 60,000.00 EUR``."""
    if low == high:
        return show(high, currency)
    return f"between {show(low, currency).removesuffix(f' {currency}')} and {show(high, currency)}"


def _payment(row: dict[str, Any]) -> str:
    part = interval(row["low"], row["high"], row["currency"])
    whole = show(row["amount"], row["currency"])
    traced = f"of it {part} of claim {row['claim']}" if part != whole else f"all of it of claim {row['claim']}"
    end = f" It {ENDS[row['end']]}: the trail ends there." if row["end"] in ENDS else ""
    if row["candidates"]:
        end += f" Candidates: {len(row['candidates'])}."
    rests = " This rests on a hypothesis." if row["on_hypothesis"] else ""
    return (
        f"Hop {row['hop']}, {day(row['day'])}: {row['originator_label']} paid {whole} to {row['beneficiary_label']}, "
        f"{traced}.{end}{rests}"
    )


def _outcome(row: dict[str, Any]) -> str:
    rests = (
        f", at most {show(row['on_hypothesis'], row['currency'])} of it on a hypothesis" if row["on_hypothesis"] else ""
    )
    return (
        f"Of claim {row['claim']}, {interval(row['low'], row['high'], row['currency'])} {PLACES[row['place']]}{rests}."
    )
