"""Small cases written by hand: a few lines in the books of two or three accounts."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.records import Source
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs
from tests.pairing.statements import Case, file_of, joined, on
from tests.pairing.world import FULL, Account, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

ANNA = Account(1, 11, "123456789", "Anna Müller", "EUR", FULL, 0, 90)
BELA = Account(2, 12, "234567891", "Bela Nowak", "EUR", FULL, 0, 90)
CARL = Account(3, 11, "345678912", "Carl Rossi", "EUR", FULL, 0, 90)
DORA = Account(4, 13, "456789123", "Dora García", "USD", FULL, 0, 90)
OUTSIDER = Account(100, 21, "999999999", "Outside Ltd")
DAY = 40

_NUMBERS_FIRST = 2
"""A seed with which the style that writes IBANs or local numbers writes two local numbers first."""


def entry(account: Account, other: Account | None, amount: int, day: int = DAY, *, credit: bool, **more: Any) -> Line:
    """Return a line; whatever is not said is what banks write when they have nothing to say."""
    known: dict[str, Any] = {"text": "thanks", "end_to_end": "NOTPROVIDED", "uetr": None, "bank_reference": None}
    known |= {"event": 0, "movement": 0, "value_day": day} | more
    return Line(account=account, other=other, amount=amount, day=day, credit=credit, **known)


def debit(account: Account, other: Account | None, amount: int, day: int = DAY, **more: Any) -> Line:
    return entry(account, other, amount, day, credit=False, **more)


def credit(account: Account, other: Account | None, amount: int, day: int = DAY, **more: Any) -> Line:
    return entry(account, other, amount, day, credit=True, **more)


def case_of(*files: Sequence[Line], styles: dict[int, str] | None = None, lost: Sequence[Line] = ()) -> Case:
    """Return a case of files, each with the lines of one account's books; ``lost`` lines are in quarantine.

    ``styles``: by number of the account, where it is not the account's own.
    """
    parts, bad = [], []
    for i, lines in enumerate(files):
        account = lines[0].account
        style = (styles or {}).get(account.number, account.style or FULL)
        digest = hashlib.sha256(f"{i}{account.iban}".encode()).hexdigest()
        source = Source(Path(f"{i}"), f"{i}", digest, 0)
        kept = [n for n in lines if n not in lost]
        parts.append(file_of(source, style, account, kept, account.first, account.last, random.Random(_NUMBERS_FIRST)))
        bad += [{"source": digest, "account": account.id, "day": on(n.day)} for n in lines if n in lost]
    return joined(parts, pl.DataFrame(bad, schema={"source": pl.String, "account": pl.String, "day": pl.Date}))


def paired(case: Case, *, rates: pl.DataFrame | None = None, decisions: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the pairs of a case."""
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    return pairs(case.transactions, same, covered, case.accounts, case.identifiers, decisions, rates)


def moved(case: Case, decisions: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the movements of a case."""
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    found = pairs(case.transactions, same, covered, case.accounts, case.identifiers, decisions)
    return movements(case.transactions, same, found)


def rules(case: Case, rates: pl.DataFrame | None = None) -> list[str]:
    """Return by which rules a case's pairs were made."""
    return sorted(paired(case, rates=rates)["how"])
