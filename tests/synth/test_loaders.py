"""That finvest's own loaders read of the sample what the key says, record by record, and match it without a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.matching import Matched, match
from finvest.model.records import Source, Tally
from finvest.model.tables import TABLES
from finvest.pairing.twice import open_pairs
from finvest.reading.profiles import shipped_profiles
from finvest.registry import Registry
from finvest.synth import sample

if TYPE_CHECKING:
    from finvest.synth.key import Key, Place


@dataclass(frozen=True)
class Read:
    """The sample as finvest's loaders read it."""

    key: Key
    tallies: dict[str, Tally]
    tables: dict[str, pl.DataFrame]

    @cached_property
    def matched(self) -> Matched:
        return match(self.tables["transactions"].lazy(), self.tables)


@cache
def read(seed: int) -> Read:
    folder, tallies, frames = Path(mkdtemp()), dict[str, Tally](), dict[str, list[pl.DataFrame]]()
    key = sample.write(folder, seed)
    files = {name: (facts.loader, facts.profile, facts.options) for name, facts in key.files.items()}
    files |= {name: ("delimited", profile, {}) for name, profile in key.registers.items()}
    for name, (loader, profile, options) in files.items():
        layout = shipped_profiles()[profile] if profile else None
        tallies[name] = Tally()
        for part in Registry().loader(loader).read(Source.of(folder / name), layout, **options):
            if isinstance(part, Tally):
                tallies[name] += part
            else:
                frames.setdefault(part.table, []).append(TABLES[part.table].complete(part.frame))
    rmtree(folder)
    return Read(key, tallies, {name: pl.concat(frames.get(name, [table.empty()])) for name, table in TABLES.items()})


@pytest.fixture(params=[sample.DEFAULT, 11], ids=lambda seed: f"seed {seed}")
def sampled(request: pytest.FixtureRequest) -> Read:
    return read(request.param)


def _id(key: Key, place: Place) -> str:
    return f"{key.files[place.file].sha256[:12]}-{place.record:08d}"


def test_every_record_is_accounted_for(sampled: Read) -> None:
    key, done = sampled.key, sampled.tallies
    assert set(done) == {*key.files, *key.registers}
    assert [name for name, tally in done.items() if tally.quarantined] == []
    for name, facts in key.files.items():
        assert done[name].records == facts.records
        assert done[name].loaded == facts.booked + facts.not_booked


def test_counts_sums_and_balances(sampled: Read) -> None:
    key, tables = sampled.key, sampled.tables
    for facts in key.files.values():
        rows = tables["transactions"].filter(pl.col("source") == facts.sha256)
        booked = rows.filter(pl.col("status") == "booked")
        sums = {books: int(part["amount"].sum()) for (books,), part in booked.group_by("books")}
        assert len(booked) == facts.booked
        assert len(rows) == facts.booked + facts.not_booked
        assert sums.get("originator", 0) == facts.debits
        assert sums.get("beneficiary", 0) == facts.credits
        shown = booked.sort("record")["balance_after"].drop_nulls()
        if len(shown):
            assert int(shown[-1]) == facts.closing


def test_every_place_of_the_key_is_a_transaction(sampled: Read) -> None:
    key, tables = sampled.key, sampled.tables
    rows = {i: (b, int(a)) for i, b, a in tables["transactions"].select("transaction_id", "books", "amount").rows()}
    steps = [(s.debit, s.credit) for p in key.patterns for s in p.transactions]
    for debit, credit in [*steps, *((p.debit, p.credit) for p in key.pairs)]:
        assert debit is None or rows[_id(key, debit)][0] == "originator"
        assert credit is None or rows[_id(key, credit)][0] == "beneficiary"
    for pair in key.pairs:
        if key.files[pair.debit.file].currency != key.files[pair.credit.file].currency:
            continue
        less = rows[_id(key, pair.debit)][1] - rows[_id(key, pair.credit)][1]
        assert 0 <= less <= 7_50
        assert not less or pair.hard in {"fee", "late", ""}
    for note in key.notes:
        assert _id(key, note.place) in rows


def test_accounts_are_known_by_the_ids_that_marking_uses(sampled: Read) -> None:
    key, tables = sampled.key, sampled.tables
    accounts = tables["accounts"]
    own = set(accounts.filter(pl.col("own_books"))["account"])
    members = {m.account: m.account_id for p in key.patterns for m in p.accounts}
    on_file = {facts.account for facts in key.files.values()}
    assert set(members.values()) <= set(accounts["account"])
    assert {id_ for number, id_ in members.items() if number in on_file} <= own
    assert len(own) == len(on_file) + key.owners
    parties = {p.party_id for q in key.patterns for p in q.parties}
    assert parties <= set(tables["parties"]["party"])


def test_overlapping_lines_are_duplicates(sampled: Read) -> None:
    key = sampled.key
    found = {frozenset(row) for row in sampled.matched.duplicates.select("transaction_id", "duplicate_of").rows()}
    assert found == {frozenset((_id(key, one), _id(key, two))) for one, two in key.duplicates}


def test_automatic_pairs_are_true_and_none_is_hard(sampled: Read) -> None:
    key = sampled.key
    first = {_id(key, two): _id(key, one) for one, two in key.duplicates}
    pairs = sampled.matched.pairs.filter(pl.col("state") == "paired")
    sides = pairs.select("originator_transaction", "beneficiary_transaction").rows()
    found = {(first.get(out, out), first.get(came, came)) for out, came in sides}
    easy = {(_id(key, p.debit), _id(key, p.credit)) for p in key.pairs if not p.hard}
    assert found <= easy
    assert {"uetr", "end_to_end", "unique"} <= set(pairs["how"])
    assert len(found) * 3 <= 2 * len(key.pairs)


def test_the_trail_is_paired_where_the_key_says_so(sampled: Read) -> None:
    key = sampled.key
    pairs = sampled.matched.pairs.filter(pl.col("state") == "paired")
    paired = set(pairs.select("originator_transaction", "beneficiary_transaction").rows())
    for hop in key.trail.hops:
        if hop.debit and hop.credit:
            assert ((_id(key, hop.debit), _id(key, hop.credit)) in paired) == (not hop.end)
    unpaired = next(hop for hop in key.trail.hops if hop.end == "unpaired")
    open_ = open_pairs(sampled.tables["transactions"], sampled.matched.duplicates, sampled.matched.pairs,
                       sampled.tables["accounts"], sampled.tables["identifiers"])  # fmt: skip
    assert unpaired.debit is not None
    found = open_.filter(pl.col("debit") == _id(key, unpaired.debit))["credit"].to_list()
    assert found == sorted(_id(key, place) for place in unpaired.candidates)


def test_links_lead_to_accounts_and_companies(sampled: Read) -> None:
    tables = sampled.tables
    links, parties = tables["links"], set(tables["parties"]["party"])
    held = links.filter(pl.col("kind") == "holds")
    owned = links.filter(pl.col("kind") == "owns")
    own = set(tables["accounts"].filter(pl.col("own_books"))["account"])
    assert own <= set(held["to_id"])
    assert set(held["from_id"]) <= parties
    assert {*owned["from_id"], *owned["to_id"]} <= set(tables["companies"]["party"])
