"""The questions of the Cypher guide answered here, in plain Python over the records of the case."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.exchange.neo4j.records import Move, Records, Tie

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = list[tuple[Any, ...]]

_IN_HANDS = ("holds", "signs", "controls")
_SAYS = ("directs", "owns", "controls")


class Here(Records):
    """Answers of a case; each method is named as the question, takes its parameters, and returns its rows in order."""

    # ---- around an account

    def counterparties(self, account: str) -> Rows:
        sums: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for m in self.counted:
            if account in {m.payer, m.payee} and m.payer != m.payee:
                other, way = (m.payee, "paid") if m.payer == account else (m.payer, "received")
                sums[other, way, m.currency].append(m.minor)
        return [(o, self.labels[o], w, c, len(v), sum(v)) for (o, w, c), v in sorted(sums.items())]

    def statement(self, account: str, since: str, until: str) -> Rows:
        found = []
        for m in self.moves:
            if account in {m.payer, m.payee} and since <= m.day.isoformat() <= until:
                other, way = (m.payee, "paid") if m.payer == account else (m.payer, "received")
                found.append((m.id, m.day, way, other, m.minor, m.currency, m.precision, m.counted))
        return sorted(found, key=lambda r: (r[1], r[0]))

    def by_month(self, account: str) -> Rows:
        sums: dict[tuple[int, int, str, str], list[int]] = defaultdict(list)
        for m in self.counted:
            if account in {m.payer, m.payee} and m.payer != m.payee:
                way = "paid" if m.payer == account else "received"
                sums[m.day.year, m.day.month, way, m.currency].append(m.minor)
        return [(*key, len(v), sum(v)) for key, v in sorted(sums.items())]

    def mutual(self, account: str) -> Rows:
        out = Counter(m.payee for m in self.counted if m.payer == account != m.payee)
        into = Counter(m.payer for m in self.counted if m.payee == account != m.payer)
        return [(other, out[other], into[other]) for other in sorted(out.keys() & into.keys())]

    def largest(self, currency: str, minor: int) -> Rows:
        rows = [m for m in self.moves if m.currency == currency and m.minor >= minor]
        return [(m.id, m.day, m.payer, m.payee, m.minor) for m in sorted(rows, key=lambda m: (-m.minor, m.id))]

    def group(self, accounts: list[str]) -> Rows:
        sums: dict[tuple[str, str], list[int]] = defaultdict(list)
        inside = set(accounts)
        for m in self.counted:
            if {m.payer, m.payee} & inside:
                what = "enters" if m.payer not in inside else "leaves" if m.payee not in inside else "inside"
                sums[what, m.currency].append(m.minor)
        return [(*key, len(v), sum(v)) for key, v in sorted(sums.items())]

    def fan_in(self, since: str, until: str, least: int) -> Rows:
        return self._fans("payee", "payer", since, until, least)

    def fan_out(self, since: str, until: str, least: int) -> Rows:
        return self._fans("payer", "payee", since, until, least)

    def _fans(self, centre: str, others: str, since: str, until: str, least: int) -> Rows:
        found: dict[str, list[str]] = defaultdict(list)
        for m in self.counted:
            if m.payer != m.payee and since <= m.day.isoformat() <= until:
                found[getattr(m, centre)].append(getattr(m, others))
        rows = [(account, len(set(v)), len(v)) for account, v in found.items() if len(set(v)) >= least]
        return sorted(rows, key=lambda r: (-r[1], r[0]))

    # ---- paths

    def pass_through(self, account: str, hours: int, low: int, high: int) -> Rows:
        found = []
        for i in self.counted:
            if i.payee != account or i.payer == account:
                continue
            for o in self.paid[account]:
                if o.payee == account or o.currency != i.received_currency:
                    continue
                soon = i.earliest <= o.latest and o.earliest <= i.latest + timedelta(hours=hours)
                if soon and i.received * low <= o.minor * 100 <= i.received * high:
                    found.append((i.id, o.id, i.payer, o.payee, i.received, o.minor))
        return sorted(found)

    def _paths(
        self, start: str, most: int, since: str, until: str, *, home: bool = False
    ) -> Iterator[tuple[list[Move], str]]:
        """Walk every path without an account twice, in an order that can have been; home: back to its start only."""

        def walk(path: list[Move], at: str, been: set[str]) -> Iterator[tuple[list[Move], str]]:
            reached = max((m.earliest for m in path), default=None)
            for m in self.paid[at]:
                if not since <= m.day.isoformat() <= until or (reached is not None and m.latest < reached):
                    continue
                back = m.payee == start
                if home == back:
                    yield [*path, m], m.payee
                if not back and m.payee not in been and len(path) + 1 < most:
                    yield from walk([*path, m], m.payee, been | {m.payee})

        for path, end in walk([], start, {start}):
            inner = [m.payee for m in path[:-1]]
            if end not in inner:
                yield path, end

    @staticmethod
    def _within(path: list[Move], days: int) -> bool:
        return max(m.earliest for m in path) <= min(m.latest for m in path) + timedelta(days=days)

    def chains(self, account: str, since: str, until: str, days: int) -> Rows:
        paths = self._paths(account, 3, since, until)
        return sorted(([m.id for m in p], end) for p, end in paths if len(p) >= 2 and self._within(p, days))

    def cycles(self, account: str, days: int) -> Rows:
        paths = self._paths(account, 4, "0001-01-01", "9999-12-31", home=True)
        rows = (p for p, _ in paths if len(p) >= 2 and self._within(p, days))
        return sorted(([m.id for m in p], [m.payer for m in p]) for p in rows)

    def shortest(self, payer: str, payee: str, since: str, until: str) -> Rows:
        paths = [p for p, end in self._paths(payer, 3, since, until) if end == payee]
        fewest = min(map(len, paths), default=0)
        return sorted((len(p), [m.id for m in p]) for p in paths if len(p) == fewest)

    def reached(self, account: str, since: str, until: str) -> Rows:
        found: dict[str, list[int]] = defaultdict(list)
        for path, end in self._paths(account, 3, since, until):
            found[end].append(len(path))
        return sorted(((a, min(v), len(v)) for a, v in found.items()), key=lambda r: (r[1], r[0]))

    def between(self, payer: str, payee: str) -> Rows:
        came = Counter(m.payee for m in self.paid[payer])
        went = Counter(m.payer for m in self.counted if m.payee == payee)
        return [(a, came[a], went[a]) for a in sorted((came.keys() & went.keys()) - {payer, payee})]

    # ---- people

    def _hands(self, *kinds: str) -> dict[str, set[str]]:
        """By party, the accounts that it has to do with so."""
        found: dict[str, set[str]] = defaultdict(set)
        for t in self.ties.values():
            if t.kind in kinds and t.second in self.accounts:
                found[t.first].add(t.second)
        return found

    def controllers(self, account: str, day: str) -> set[tuple[str, str]]:
        there = date.fromisoformat(day)
        return {
            (t.first, t.kind.upper())
            for t in self.ties.values()
            if t.kind in _IN_HANDS
            and t.second == account
            and (t.start is None or t.start <= there)
            and (t.end is None or t.end >= there)
        }

    def _sums(self, rows: set[tuple[str, str, str, Move]]) -> Rows:
        sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
        for party, first, second, m in rows:
            sums[party, first, second, m.currency].append(m.minor)
        return [(*key, len(v), sum(v)) for key, v in sorted(sums.items())]

    def common_controllers(self) -> Rows:
        rows = {
            (party, m.payer, m.payee, m)
            for party, accounts in self._hands(*_IN_HANDS).items()
            for account in accounts
            for m in self.paid[account]
            if m.payee in accounts and m.payee != m.payer
        }
        return self._sums(rows)

    def directed(self) -> Rows:
        held = self._hands("holds")
        holders: dict[str, set[str]] = defaultdict(set)
        for party, accounts in held.items():
            for account in accounts:
                holders[account].add(party)
        led: dict[str, set[str]] = defaultdict(set)
        for t in self.ties.values():
            if t.kind in _SAYS and t.second_kind in {"parties", "companies"}:
                led[t.first].add(t.second)
        rows = {
            (party, c, d, m)
            for party, companies in led.items()
            for c in companies
            for account in held.get(c, ())
            for m in self.paid[account]
            for d in holders[m.payee]
            if d in companies and d != c
        }
        return self._sums(rows)

    def directors(self, least: int) -> Rows:
        found: dict[str, set[str]] = defaultdict(set)
        for t in self.ties.values():
            if t.kind == "directs":
                found[t.first].add(t.second)
        rows = [(party, len(v)) for party, v in found.items() if len(v) >= least]
        return sorted(rows, key=lambda r: (-r[1], r[0]))

    def shared_contacts(self, least: int) -> Rows:
        return [(c, self.contact_kinds[c], sorted(s)) for c, s in sorted(self.contacts.items()) if len(s) >= least]

    def shared_addresses(self, least: int) -> Rows:
        found: dict[str, set[str]] = defaultdict(set)
        for t in self.ties.values():
            if t.kind == "lives_at" and t.second_kind == "addresses":
                found[t.second].add(t.first)
        return [(a, sorted(p)) for a, p in sorted(found.items()) if len(p) >= least]

    def contact_money(self, contact: str) -> Rows:
        sums: dict[tuple[str, str], list[Move]] = defaultdict(list)
        for account in self.contacts[contact] & self.accounts:
            for m in self.paid[account]:
                if m.payee != account:
                    sums[m.payee, m.currency].append(m)
        # one line an account and currency; payers are counted within it
        return [(a, len({m.payer for m in v}), c, sum(m.minor for m in v)) for (a, c), v in sorted(sums.items())]

    def ownership(self) -> Rows:
        held = self._hands("holds")
        found = []
        for t in self.ties.values():
            if t.kind != "owns" or t.second_kind not in {"parties", "companies"}:
                continue
            into: dict[str, list[int]] = defaultdict(list)
            for m in self.counted:
                if m.payee in held.get(t.second, ()) and m.payer != m.payee:
                    into[m.received_currency].append(m.received)
            found += [(t.first, t.second, t.low, t.high, c, len(v), sum(v)) for c, v in into.items()]
        return sorted(found, key=lambda r: (r[0], r[1], r[4]))

    def owners_above(self, account: str) -> Rows:
        owned = [t for t in self.ties.values() if t.kind == "owns" and t.second_kind in {"parties", "companies"}]
        holders = [t.first for t in self.ties.values() if t.kind == "holds" and t.second == account]

        def above(path: list[Tie]) -> Iterator[list[Tie]]:
            yield path
            if len(path) < 4:
                for t in owned:
                    if t.second == path[0].first and t not in path:
                        yield from above([t, *path])

        rows = [
            (p[0].first, holder, [t.low for t in p])
            for holder in holders
            for last in owned
            if last.second == holder
            for p in above([last])
        ]
        return sorted(rows)

    # ---- findings

    def findings(self, subject: str) -> Rows:
        found = {
            (f["finding"], f["indicator"], f["score"], f["status"], s["role"], s["column"])
            for f in self.found
            for s in json.loads(f["subjects"])
            if s["id"] == subject
        }
        return [row[:5] for row in sorted(found, key=lambda r: (r[0], r[4]))]

    def found_often(self, least: int) -> Rows:
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for f in self.found:
            for s in json.loads(f["subjects"]):
                if f["status"] != "withdrawn" and s["kind"] == "account":
                    found[s["id"]].add((f["finding"], f["indicator"]))
        rows = [(a, len(v), len({i for _, i in v})) for a, v in found.items() if len(v) >= least]
        return sorted(rows, key=lambda r: (-r[1], r[0]))

    def provenance(self) -> Rows:
        counts = Counter((m.source, m.precision) for m in self.moves)
        return [(*key, n) for key, n in sorted(counts.items())]
