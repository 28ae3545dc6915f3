"""A synthetic case of each seed, and its files read again by other means than those that wrote them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pytest
from lxml import etree

from finvest.synth import sample
from finvest.synth.key import Key, Pattern, Place

SEEDS = (sample.DEFAULT, 1, 2, 3, 2025, 987654321)


@dataclass(frozen=True)
class Seen:
    """One record of a statement."""

    cents: int
    day: str
    number: str
    name: str
    balance: int | None
    status: str


@dataclass(frozen=True)
class Made:
    seed: int
    files: dict[str, bytes]
    key: Key
    seen: dict[Place, Seen]

    def pattern(self, id_: str) -> Pattern:
        return next(p for p in self.key.patterns if p.id == id_)

    def of(self, name: str) -> list[tuple[Place, Seen]]:
        return sorted((place, seen) for place, seen in self.seen.items() if place.file == name)

    def cents(self, places: list[Place]) -> list[int]:
        return [self.seen[place].cents for place in places]


def _cents(text: str) -> int:
    return int(Decimal(text) * 100) if text else 0


def _csv(content: bytes, profile: str) -> dict[int, Seen]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    out = {}
    for record, row in enumerate(rows, 2):
        if profile == "revolut":
            day = row["Completed Date"] or row["Started Date"]
            out[record] = Seen(
                _cents(row["Amount"]),
                day[:10],
                "",
                row["Description"],
                _cents(row["Balance"]) if row["Balance"] else None,
                row["State"],
            )
        elif profile == "n26":
            cents = _cents(row["Amount (EUR)"])
            out[record] = Seen(cents, row["Booking Date"], row["Partner Iban"], row["Partner Name"], None, "COMPLETED")
        else:
            cents = _cents(row["Amount"]) if "Amount" in row else _cents(row["Credit"]) - _cents(row["Debit"])
            number, name = row["Counterparty account"], row["Counterparty name"]
            out[record] = Seen(cents, row["Date"], number, name, _cents(row["Balance"]), "COMPLETED")
    return out


def _camt(content: bytes) -> dict[int, Seen]:
    out, record = {}, 0
    for entry in etree.fromstring(content).iterfind(".//{*}Ntry"):
        record += 1
        total = 0
        for detail in entry.iterfind("{*}NtryDtls/{*}TxDtls"):
            record += 1
            sign = 1 if detail.findtext("{*}CdtDbtInd") == "CRDT" else -1
            cents = sign * _cents(detail.findtext("{*}Amt") or "")
            total += cents
            day = entry.findtext("{*}BookgDt/{*}Dt") or entry.findtext("{*}BookgDt/{*}DtTm") or ""
            numbers = [str(n.text) for n in detail.iterfind("{*}RltdPties//{*}IBAN")]
            names = [str(n.text) for n in detail.iterfind("{*}RltdPties//{*}Nm")]
            out[record] = Seen(cents, day[:10], "".join(numbers), names[0], None, "COMPLETED")
        assert abs(total) == _cents(entry.findtext("{*}Amt") or "")
    return out


@cache
def made(seed: int) -> Made:
    files, key = sample.make(seed)
    seen = {
        Place(name, record): line
        for name, facts in key.files.items()
        for record, line in (_csv(files[name], facts.profile) if facts.profile else _camt(files[name])).items()
    }
    return Made(seed, files, key, seen)


@pytest.fixture(params=SEEDS, ids=lambda seed: f"seed {seed}")
def case(request: pytest.FixtureRequest) -> Made:
    return made(request.param)


@pytest.fixture
def default() -> Made:
    return made(sample.DEFAULT)
