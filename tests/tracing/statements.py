"""Small cases of CSV statements, loaded as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest import following
from finvest.case import Case
from finvest.pairing.decisions import pair_subject
from finvest.synth.economy import iban

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    "Date,Account,Account holder,Bank,Amount,Currency,Balance,Counterparty account,Counterparty name,Reference,Channel,"
    "Time zone"
)
NAMES = {"A": "Ada Example", "B": "Ben Sample", "C": "Cleo Instance", "D": "Dora Specimen", "V": "Vera Payer"}


def number(letter: str) -> str:
    """Return the IBAN of an account."""
    return iban("DE", "99999999", f"{ord(letter):010d}")


def case_of(folder: Path, *lines: str) -> Case:
    """Load statements from lines like ``A 2025-03-01 +84000.00 V 114000.00``: who, day, amount, other side, balance.

    Without a balance the column stays empty; the other side ``cash`` is a cash machine, ``-`` is nobody named. A
    currency may stand last.
    """
    books: dict[str, list[str]] = {}
    for line in lines:
        who, day, amount, other, *rest = line.split()
        currency = rest.pop() if rest and rest[-1].isalpha() else "EUR"
        balance = rest[0] if rest else ""
        known = other in NAMES
        channel = "cash_atm" if other == "cash" else "transfer"
        # One file an account and currency, as banks make them.
        books.setdefault(f"{who}_{currency}", []).append(
            f"{day},{number(who)},{NAMES[who]},QXEEATQ5,{amount.lstrip('+')},{currency},{balance},"
            f"{number(other) if known else ''},{NAMES.get(other, '')},transfer of {day},{channel},Europe/Vienna"
        )
    case = Case.create(folder / "case", title="T", purpose="test", legal_basis="test", actor="test")
    for name, rows in books.items():
        path = folder / f"{name}.csv"
        path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        case.load(path, profile="plain_signed", accept=True)
    return case


def pair(case: Case, debit: str, credit: str) -> Case:
    """Accept a pair: statements as short as these prove no days, and rules pair nothing on them."""
    ids = [following.record(case._state, place) for place in (debit, credit)]
    case.decide("pair", pair_subject(ids[0], ids[1]), "accept", reason="test")
    return case
