"""What limits a trail: said with every result, a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.tracing.ledger import Limits
from finvest.tracing.overdrafts import MEANS

if TYPE_CHECKING:
    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.trail import Trail

_ORDERS = {
    "ledger": "as the books list them",
    "debits_first": "money out first",
    "credits_first": "money in first",
}


def notes(trail: Trail, moved: pl.DataFrame, hops: pl.DataFrame, *, by_reference: bool) -> list[str]:
    """Return what limits a trail.

    Parameters
    ----------
    trail : Trail
    moved : polars.DataFrame
        Movements reached.
    hops : polars.DataFrame
        Accounts reached.
    by_reference : bool
        The sums were too large for the kernels.
    """
    case = trail.ledger
    touched = case.pots.filter(pl.col("account").is_in(hops["account"].implode()))
    said = [interval(case), *of_pots(touched)]
    if gaps := touched.filter(~pl.col("last"))["account"].n_unique():
        said.append(f"The books of {_accounts(gaps)} have gaps; what lay there before a gap is not followed past it.")
    if early := moved.filter("early")["n"].n_unique():
        said.append(f"{_payments(early)} arrived, by the books, before leaving: taken at the debit.")
    if rings := moved.filter("possible_only")["n"].n_unique():
        said.append(
            f"{_payments(rings)} form rings within one day, in which every account's books have the money come in "
            "first: what passed round them is possible only."
        )
    crossed = moved["crossed"].drop_nulls().n_unique()
    if crossed:
        said.append("Sums behind a hypothesis say that they rest on it; the hypotheses are listed with their reasons.")
    said += _limits(trail, moved)
    claimed = moved.filter(pl.col("hop") == 0)["records"].explode(empty_as_null=False)
    if claimed.is_in(list(trail.sources.doubtful)).any():
        said.append(
            "A claimed payment is not matched with a record of the other side and may stand in the records twice: what "
            "lies behind it is in doubt until it is paired."
        )
    if not trail.rule.conserves:
        said.append("Poison marks exposure, not proceeds: its figures do not add up to the claim.")
    if trail.overdraft == "backwards":
        said.append(MEANS["backwards"])
    if by_reference:
        said.append("The sums of this case are too large for the fast path: the exact reference replayed it.")
    return said


def of_pots(touched: pl.DataFrame) -> list[str]:
    """Return what is not known of pots: rows of `CaseLedger.pots`."""
    said = []
    if unknown := touched.filter(pl.col("opening").is_null(), "reconciles")["account"].n_unique():
        said.append(
            f"The opening balance of {_accounts(unknown)} is not known: figures run from all of it unknown money "
            "in front to none."
        )
    if broken := touched.filter(~pl.col("reconciles"))["account"].n_unique():
        said.append(
            f"The balances of {_accounts(broken)} do not agree with the entries: they are taken as not known, and what "
            "lies behind these accounts is no more certain than their books."
        )
    if assumed := touched.filter(pl.col("proof").str.contains("assumed"))["account"].n_unique():
        said.append(
            f"No balance proves that the books of {_accounts(assumed)} are complete on every day: they are taken to "
            "be, from first to last entry."
        )
    return said


def interval(case: CaseLedger) -> str:
    """Return what an interval stands for."""
    orders, openings = case.orders, case.openings
    if len(orders) == len(openings) == 1:
        return "Every booking has its place in time and every opening balance is known: one figure each."
    tried = ", ".join(_ORDERS[order] for order in orders)
    return (
        f"Intervals are the extremes of {len(orders) * len(openings)} replays (items of one day without a time of day: "
        f"{tried}), not a proven bound."
    )


def _limits(trail: Trail, moved: pl.DataFrame) -> list[str]:
    none = Limits()
    said = []
    if trail.limits.depth != none.depth:
        cut = moved.filter(pl.col("end") == "depth")["n"].n_unique()
        said.append(f"Followed over at most {trail.limits.depth} hops; this cut {_payments(cut).lower()}.")
    if trail.limits.least != none.least:
        cut = moved.filter(pl.col("end") == "materiality")["n"].n_unique()
        said.append(
            f"Parts below {trail.limits.least:,} minor units of a payment's currency were not followed; this cut "
            f"{_payments(cut).lower()}."
        )
    return said


def _accounts(number: int) -> str:
    return f"{number:,} account{'s' * (number != 1)}"


def _payments(number: int) -> str:
    return f"{number:,} payment{'s' * (number != 1)}"
