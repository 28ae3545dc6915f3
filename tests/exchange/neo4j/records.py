"""What a case has, as plain Python for the answers to compare with: movements, relations, contacts, findings."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from finvest.model.identifiers import opaque

if TYPE_CHECKING:
    from finvest.case import Case
    from finvest.view import CaseView


@dataclass(frozen=True)
class Move:
    """One movement of money."""

    id: str
    payer: str
    payee: str
    minor: int
    currency: str
    received: int
    received_currency: str
    earliest: datetime
    latest: datetime
    day: date
    precision: str
    source: str
    counted: bool


@dataclass(frozen=True)
class Tie:
    """One relation between two subjects."""

    id: str
    kind: str
    first: str
    second: str
    second_kind: str
    start: date | None = None
    end: date | None = None
    low: str | None = None
    high: str | None = None


def zone(name: str | None) -> tzinfo:
    """Return a time zone by its name, or by its distance from UTC."""
    if name is not None and name[0] in "+-":
        return datetime.strptime(name, "%z").tzinfo or UTC
    return ZoneInfo(name or "UTC")


def _victims(view: CaseView) -> set[str]:
    found = {a for n, a in enumerate(view.frame("accounts")["account"]) if view.is_victims("account", n)}
    return found | {p for n, p in enumerate(view.frame("parties")["party"]) if view.is_victims("party", n)}


class Records:
    """Movements, relations, contacts and findings of a case."""

    def __init__(self, case: Case) -> None:
        state = case._state
        tables = state.tables
        self.accounts = set(state.shown().frame("accounts")["account"])
        moved = state.matched.movements.collect().iter_rows(named=True)
        self.moves = sorted(
            (
                Move(
                    r["movement"],
                    r["originator"],
                    r["beneficiary"],
                    int(r["amount"]),
                    r["currency"],
                    int(r["received_amount"]),
                    r["received_currency"],
                    r["earliest"],
                    r["latest"],
                    r["earliest"].astimezone(zone(r["zone"])).date(),
                    r["precision"],
                    r["source"],
                    r["in_shapes"],
                )
                for r in moved
            ),
            key=lambda m: m.id,
        )
        self.counted = [m for m in self.moves if m.counted]
        self.labels = dict(zip(state.shown().frame("accounts")["account"], state.shown().labels, strict=True))
        self.ties = {
            r["link"]: Tie(
                r["link"],
                r["kind"],
                r["from_id"],
                r["to_id"],
                r["to_kind"],
                r["start"],
                r["end"],
                r["share_low"],
                r["share_high"],
            )
            for r in tables["links"].iter_rows(named=True)
            if r["from_id"] and r["to_id"] and r["from_kind"] in {"parties", "companies"}
        }
        said = {(t.first, t.second) for t in self.ties.values() if t.kind == "holds"}
        for r in tables["accounts"].iter_rows(named=True):
            if r["holder"] and (r["holder"], r["account"]) not in said:
                said.add((r["holder"], r["account"]))
                key = f"{r['holder']} {r['account']}"
                self.ties[key] = Tie(key, "holds", r["holder"], r["account"], "accounts")
        self.contacts: dict[str, set[str]] = defaultdict(set)
        self.contact_kinds: dict[str, str] = {}
        parties = {t.first for t in self.ties.values()} | set(tables["parties"]["party"])
        parties |= set(tables["companies"]["party"])
        hidden = _victims(state.shown())
        same: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for r in sorted(tables["contacts"].iter_rows(named=True), key=lambda r: (r["source"], r["record"])):
            same[r["kind"] or "", r["key"] or r["value"] or ""].append(r)
        for (kind, key), rows in same.items():
            # the id of a possible victim's contact is that of its first record: no hash of a number to be tried out
            masked = any(r["subject"] in hidden for r in rows)
            id_ = opaque("k", kind, f"{rows[0]['source']}-{rows[0]['record']}" if masked else key)
            self.contacts[id_] = {r["subject"] for r in rows if r["subject"] in self.accounts | parties}
            self.contact_kinds[id_] = kind
        self.found = list(case.findings.to_frame().iter_rows(named=True))

    @cached_property
    def paid(self) -> dict[str, list[Move]]:
        found: dict[str, list[Move]] = defaultdict(list)
        for m in self.counted:
            found[m.payer].append(m)
        return found

    def busiest(self, n: int) -> list[str]:
        """Accounts that paid and were paid most."""
        out, into = Counter(m.payer for m in self.counted), Counter(m.payee for m in self.counted)
        return sorted(out, key=lambda a: (-min(out[a], into[a]), a))[:n]

    def subjects(self, indicator: str) -> list[str]:
        """Accounts in the findings of an indicator."""
        listed = [json.loads(f["subjects"]) for f in self.found if f["indicator"] == indicator]
        return sorted({s["id"] for subjects in listed for s in subjects if s["kind"] == "account"})
