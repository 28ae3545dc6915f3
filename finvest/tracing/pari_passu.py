"""Sharing what an account holds at a date in proportion to what was paid in, whatever the order (pari passu).

Kept apart from the rules of a replay: it follows no payment, and asks of one account and one date only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.model.money import show
from finvest.tracing.claims import resolved
from finvest.tracing.day_ends import balance_at, pot_at
from finvest.tracing.shares import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.claims import Claim

OWN = "own money"

IGNORES_ORDER = (
    "Pari passu ignores the order of payments: whoever paid in shares what is left, whether it came in before or after "
    "money left."
)


@dataclass(frozen=True, eq=False, repr=False)
class PariPassu:
    """Shares in what an account held at the end of a day, in minor units of `currency`.

    Attributes
    ----------
    account : str
        Id.
    currency : str
    day : datetime.date
    balance : int
        At the end of the day; below zero, there is nothing to share.
    among_claimants : bool
        Own money had a share only in what the claimants had not paid in.
    names : tuple of str
        The claims.
    contributed, shares : tuple of int
        By claim; own money (opening balance and every other credit) last. `shares` add up to the balance.
    evidence : tuple of tuple of str
        Transaction ids of what each claim paid in.
    notes : tuple of str
        What limits the result.
    """

    account: str
    currency: str
    day: date
    balance: int
    among_claimants: bool
    names: tuple[str, ...]
    contributed: tuple[int, ...]
    shares: tuple[int, ...]
    evidence: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return a row a contributor: ``kind`` (``claim``, ``own money``), ``claim``, ``contributed``, ``share``, ….

        … ``records`` (transaction ids).
        """
        return pl.DataFrame(
            {
                "kind": ["claim"] * len(self.names) + [OWN],
                "claim": [*self.names, None],
                "contributed": self.contributed,
                "share": self.shares,
                "records": [list(ids) for ids in self.evidence] + [[]],
            },
            schema_overrides={"claim": pl.String, "records": pl.List(pl.String)},
        )

    def __repr__(self) -> str:
        return (
            f"<PariPassu of {show(max(0, self.balance), self.currency)} on {self.day} among {len(self.names)} "
            f"claim{'s' * (len(self.names) != 1)}{'' if self.among_claimants else ' and own money'}, "
            "ignoring the order of payments>"
        )


def pari_passu(
    ledger: CaseLedger,
    claims: Sequence[Claim],
    account: str,
    day: date,
    *,
    currency: str | None = None,
    among_claimants: bool = False,
) -> PariPassu:
    """Share what an account holds at the end of a day.

    Parameters
    ----------
    ledger : CaseLedger
    claims : sequence of Claim
    account : str
        Id.
    day : datetime.date
    currency : str, optional
        Needed where the account has books in several.
    among_claimants : bool
        Claimants share first, each at most what it paid in; own money has what is left.

    Returns
    -------
    PariPassu
        share = contribution / sum of contributions × balance; largest remainder in minor units, ties by claim number,
        own money last.

    Raises
    ------
    UsageError
        If nothing is claimed, a claim is none of this case's, or a currency must be named.
    NotAssessable
        If the account has no books on file that day, its balance is not known, or a claim was not paid into it, or only
        before a gap in its books.
    """
    asked = resolved(claims, ledger)
    pot = pot_at(ledger, account, day, currency)
    balance = balance_at(ledger, pot, day)
    deposits = ledger.movements.filter(pl.col("in_pot") == pot["pot"], pl.col("in_day") <= day)
    parts = pl.DataFrame({"n": asked.movement, "claim": asked.claim, "claimed": asked.amount})
    paid_in = parts.join(deposits.select("n", "amount", "received_amount", "records"), on="n").sort("n", "claim")
    contributed = [0] * asked.number
    evidence: list[set[str]] = [set() for _ in claims]
    for (_,), rows in paid_in.group_by("n", maintain_order=True):
        row = rows.row(0, named=True)
        claimed = rows["claimed"].to_list()
        # A fee or a conversion lies between what left and what arrived: each part bears its share of it.
        arrived = largest_remainder(int(row["received_amount"]), [*claimed, int(row["amount"]) - sum(claimed)])
        for claim, much in zip(rows["claim"], arrived, strict=False):
            contributed[claim] += much
            evidence[claim] |= set(row["records"])
    notes = [IGNORES_ORDER]
    for number, claim in enumerate(claims):
        elsewhere = parts.filter(pl.col("claim") == number).join(paid_in, on="n", how="anti")
        if not contributed[number]:
            raise NotAssessable(_not_paid_in(ledger, claim, elsewhere, pot, day))
        if len(elsewhere):
            notes.append(
                f"Claim {claim.name}: {len(elsewhere)} of its payments, {int(elsewhere['claimed'].sum()):,} minor "
                "units, went elsewhere or came later and do not count here."
            )
    credits_ = int(deposits["received_amount"].sum() or 0)
    own = max(0, int(pot["opening"])) + credits_ - sum(contributed)
    if pot["proof"] != "proven":
        notes.append("No balance proves that the account's books are complete on every day.")
    shares = _shares(max(0, balance), contributed, own, among_claimants=among_claimants)
    return PariPassu(
        account,
        pot["currency"],
        day,
        balance,
        among_claimants,
        tuple(claim.name for claim in claims),
        (*contributed, own),
        tuple(shares),
        tuple(tuple(sorted(ids)) for ids in evidence),
        tuple(notes),
    )


def _shares(balance: int, contributed: list[int], own: int, *, among_claimants: bool) -> list[int]:
    if not among_claimants:
        return largest_remainder(balance, [*contributed, own])
    first = min(balance, sum(contributed))
    return [*largest_remainder(first, contributed), balance - first]


def _not_paid_in(ledger: CaseLedger, claim: Claim, parts: pl.DataFrame, pot: dict[str, Any], day: date) -> str:
    """Say why a claim has no share."""
    pots = ledger.pots.filter(pl.col("account") == pot["account"], pl.col("currency") == pot["currency"])
    before = pots.filter(pl.col("end") < pot["start"])["pot"]
    rows = ledger.movements.filter(pl.col("n").is_in(parts["n"].implode()), pl.col("in_pot").is_in(before.implode()))
    if len(rows):
        return (
            f"claim {claim.name!r} was paid in before a gap in the account's books, which go on from {pot['start']}: "
            "ask the bank for the days between"
        )
    return f"claim {claim.name!r} was not paid into that account by the end of {day}: follow it under another rule"
