"""What an account held at the end of a day, by its own books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import NotAssessable, UsageError

if TYPE_CHECKING:
    from datetime import date

    from finvest.tracing.case_ledger import CaseLedger


def pot_at(ledger: CaseLedger, account: str, day: date, currency: str | None = None) -> dict[str, Any]:
    """Return the pot that holds an account's money on a day: a row of `CaseLedger.pots`.

    Raises
    ------
    UsageError
        If the account has several currencies and none is named.
    NotAssessable
        If no books of it are on file that day, or its balance is not known.
    """
    every = ledger.pots.filter(pl.col("account") == account)
    if every.is_empty():
        raise NotAssessable("no books of that account are on file; ask its bank for them")
    there = every.filter(pl.lit(day).is_between("start", "end"))
    if currency is not None:
        there = there.filter(pl.col("currency") == currency)
    if there.is_empty():
        first, last = every.select(pl.col("start").min(), pl.col("end").max()).row(0)
        of = f" in {currency}" if currency else ""
        raise NotAssessable(
            f"no books of that account{of} are on file on {day} (there are books between {first} and {last}); "
            "ask its bank for them"
        )
    if len(there) > 1:
        raise UsageError(f"the account has books in several currencies: name one of {', '.join(there['currency'])}")
    pot = there.row(0, named=True)
    if pot["opening"] is None:
        why = "its statements give none" if pot["reconciles"] else "its statements contradict their entries"
        raise NotAssessable(
            f"the balance of that account on {day} is not known: {why}; ask the bank for its balance on any day from "
            f"{pot['start']} to {pot['end']}"
        )
    return pot


def balance_at(ledger: CaseLedger, pot: dict[str, Any], day: date) -> int:
    """Return what a pot held at the end of a day, minor units."""
    moved = ledger.movements
    came = moved.filter(pl.col("in_pot") == pot["pot"], pl.col("in_day") <= day)["received_amount"].sum()
    went = moved.filter(pl.col("out_pot") == pot["pot"], pl.col("out_day") <= day)["amount"].sum()
    return int(pot["opening"]) + int(came or 0) - int(went or 0)
