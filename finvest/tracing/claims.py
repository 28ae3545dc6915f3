"""What is claimed: a deposit, a set of transactions, or all that came into an account in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.errors import NotAssessable, UsageError
from finvest.model.money import show
from finvest.tracing.ledger import Claims

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finvest.tracing.case_ledger import CaseLedger


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on money.

    Attributes
    ----------
    name : str
        As the reader knows it.
    transactions : tuple of (str, int or None)
        Transaction ids, each with the amount claimed of it in minor units, or None for all of it.
    account : str
        In the place of transactions: id of an account, of which everything that came in is claimed …
    since, until : datetime.date, optional
        … between these days, both included.
    """

    name: str
    transactions: tuple[tuple[str, int | None], ...] = ()
    account: str = ""
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise UsageError("a claim needs a name")
        if bool(self.transactions) is bool(self.account):
            raise UsageError(f"claim {self.name!r}: give transactions, or an account with a period")

    @property
    def described(self) -> str:
        """What is claimed, without names."""
        if self.account:
            days = f"from {self.since or 'the first record'} to {self.until or 'the last record'}"
            return f"all money that came into one account {days}"
        count = len(self.transactions)
        return "one payment" if count == 1 else f"{count} payments"


def resolved(claims: Sequence[Claim], ledger: CaseLedger) -> Claims:
    """Return claims by movement number.

    Raises
    ------
    UsageError
        If there is no claim, two have one name, a transaction is none of the case's movements, a claim is larger than
        its payment, or two claims together are.
    NotAssessable
        If an account has no books on file in the period, or nothing came in.
    """
    if not claims:
        raise UsageError("say what is claimed: a payment, or an account and a period")
    names = [claim.name for claim in claims]
    if len(set(names)) < len(names):
        raise UsageError("two claims have the same name")
    of_record = ledger.movements.select("records", "n").explode("records", empty_as_null=False)
    numbers = dict(of_record.iter_rows())
    parts = [_deposits(claim, ledger) if claim.account else _payments(claim, ledger, numbers) for claim in claims]
    together: dict[int, int] = {}
    for part in parts:
        for movement, amount in part.items():
            together[movement] = together.get(movement, 0) + amount
    for movement, amount in together.items():
        if amount > ledger.movements["amount"][movement]:
            raise UsageError(f"claims together are larger than the payment they are made on: {_size(ledger, movement)}")
    return Claims.of(parts)


def _payments(claim: Claim, ledger: CaseLedger, numbers: dict[str, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for record, asked in claim.transactions:
        if record not in numbers:
            raise UsageError(
                f"claim {claim.name!r} names a transaction that is no movement of this case; "
                "`finvest find` and `finvest show` give ids"
            )
        movement = numbers[record]
        whole = int(ledger.movements["amount"][movement])
        amount = whole if asked is None else asked
        if movement in found:
            raise UsageError(f"claim {claim.name!r} names one payment twice, by the records of both sides")
        if amount <= 0:
            raise UsageError(f"claim {claim.name!r}: the amount must be above zero")
        if amount > whole:
            raise UsageError(f"claim {claim.name!r} is larger than its payment: {_size(ledger, movement)}")
        found[movement] = amount
    return found


def _deposits(claim: Claim, ledger: CaseLedger) -> dict[int, int]:
    pots = ledger.pots.filter(pl.col("account") == claim.account)
    if pots.is_empty():
        raise NotAssessable(f"claim {claim.name!r}: no books of that account are on file; ask its bank for them")
    first, last = pots.select(pl.col("start").min(), pl.col("end").max()).row(0)
    since, until = claim.since or first, claim.until or last
    there = pots.filter(pl.col("start") <= until, pl.col("end") >= since)
    if there.is_empty():
        raise NotAssessable(
            f"claim {claim.name!r}: no books of that account are on file from {since} to {until}; "
            f"there are those from {first} to {last}"
        )
    into = ledger.movements.filter(
        pl.col("in_pot").is_in(pots["pot"].implode()), pl.col("in_day").is_between(since, until)
    )
    if into.is_empty():
        raise NotAssessable(f"claim {claim.name!r}: nothing came into that account from {since} to {until}")
    return dict(into.select("n", pl.col("amount").cast(pl.Int64)).iter_rows())


def _size(ledger: CaseLedger, movement: int) -> str:
    row = ledger.movements.row(movement, named=True)
    return f"{show(int(row['amount']), row['currency'])}"
