from __future__ import annotations

import csv
import io
import random
import tomllib
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from finvest.model.identifiers import is_iban, name_key
from finvest.synth import cast, economy, sample
from finvest.synth.key import NAME, Key

if TYPE_CHECKING:
    from tests.synth.conftest import Made

SAMPLE = Path(__file__).parents[2] / "sample_data"
UNUSED_BANKS = ("999999", "999", "QX")


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    sample.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLE.iterdir() if not path.name.startswith(".")}
    assert written.keys() == committed.keys()
    assert [name for name in written if written[name] != committed[name]] == []
    assert sum(map(len, written.values())) < 2_500_000


def test_equal_seeds_give_equal_bytes_and_leave_the_global_generator_alone(case: Made) -> None:
    state = random.getstate()
    files, key = sample.make(case.seed)
    assert random.getstate() == state
    assert files == case.files
    assert key == case.key


def test_another_seed_is_another_case(case: Made, default: Made) -> None:
    if case is not default:
        assert {f.account for f in case.key.files.values()}.isdisjoint({f.account for f in default.key.files.values()})


def test_the_key_survives_writing_and_reading(case: Made, tmp_path: Path) -> None:
    case.key.write(tmp_path / NAME)
    assert Key.read(tmp_path / NAME) == case.key


def test_size(case: Made) -> None:
    lines = sum(f.booked for f in case.key.files.values())
    assert 4_500 <= lines <= 6_700
    assert len({f.account for f in case.key.files.values()}) == 34
    assert {f.profile for f in case.key.files.values()} == {"", "n26", "revolut", "plain_debit_credit", "plain_signed"}
    assert 180 <= len(economy.build(Random(f"{case.seed}/economy")).accounts) <= 240


def test_planted_accounts_and_movements_are_few(case: Made) -> None:
    planted = [p for p in case.key.patterns if p.kind == "planted" and p.transactions]
    members = {m.account for p in planted for m in p.accounts}
    everybody = economy.build(Random(f"{case.seed}/economy")).accounts
    assert len(members) * 10 < len(everybody)
    assert sum(len(p.transactions) for p in planted) * 20 < sum(f.booked for f in case.key.files.values())


def test_numbers_are_valid_and_no_bank_has_them(case: Made) -> None:
    accounts = economy.build(Random(f"{case.seed}/economy")).accounts.values()
    assert all(is_iban(a.iban) for a in accounts)
    assert len({a.iban for a in accounts}) == len(list(accounts))
    assert all(a.iban[4:].startswith(UNUSED_BANKS) for a in accounts)
    shown = {seen.number for seen in case.seen.values()} - {""}
    assert shown <= {a.iban for a in accounts}


def test_a_name_is_one_holder(case: Made) -> None:
    holders = {a.holder.number: a.holder.name for a in economy.build(Random(f"{case.seed}/economy")).accounts.values()}
    assert len({name_key(name) for name in holders.values()}) == len(holders)


def test_nothing_in_the_files_gives_the_answers_away(case: Made) -> None:
    openly = {"housing", "club", "holding", "notary", "jeweller"}  # companies say what they are
    text = b"".join([*case.files.values(), *(name.encode() for name in case.files)]).decode().lower()
    labels = [label for label, _, _, _ in (*economy.ON_FILE, *economy.TRAIL)]
    assert [label for label in labels if label in text and label not in openly] == []


def test_balances_add_up(case: Made) -> None:
    for name, facts in case.key.files.items():
        assert facts.opening + facts.credits - facts.debits == facts.closing
        balance = facts.opening
        moved = [(place, seen) for place, seen in case.of(name) if seen.status == "COMPLETED" and seen.cents]
        assert len(moved) == facts.booked
        assert len(case.of(name)) == facts.booked + facts.not_booked
        for _, seen in moved:
            balance += seen.cents
            assert seen.balance in {None, balance}
            assert balance >= 0
            assert facts.first <= seen.day <= facts.last
        assert balance == facts.closing
        assert max(place.record for place, _ in case.of(name)) == facts.records


def test_days_of_a_file_are_in_order(case: Made) -> None:
    for name in case.key.files:
        days = [seen.day for _, seen in case.of(name)]
        assert days == sorted(days)


def test_statements_of_camt_follow_one_another(case: Made) -> None:
    for name, facts in case.key.files.items():
        if facts.profile:
            continue
        carried = None
        for statement in etree.fromstring(case.files[name]).iterfind(".//{*}Stmt"):
            opening, closing = (b.findtext("{*}Amt") for b in statement.iterfind("{*}Bal"))
            assert carried in {None, opening}
            carried = closing


def test_overlapping_exports_agree(case: Made) -> None:
    first, second = sorted(n for n, f in case.key.files.items() if n.endswith(("_1.csv", "_2.csv")))
    assert case.key.files[first].last >= case.key.files[second].first
    assert case.key.duplicates
    for one, two in case.key.duplicates:
        assert (one.file, two.file) == (first, second)
        assert case.seen[one] == case.seen[two]


def test_notes_stand_on_what_they_say(case: Made) -> None:
    by_status = {case.seen[note.place].status: note for note in case.key.notes}
    assert "pending" in by_status["PENDING"].what
    assert "undone" in by_status["REVERTED"].what
    zero = next(n for n in case.key.notes if "zero" in n.what)
    assert case.seen[zero.place].cents == 0
    dollars = next(n for n in case.key.notes if "dollars" in n.what)
    assert b",USD," in case.files[dollars.place.file].splitlines()[dollars.place.record - 1]
    back = [case.seen[n.place].cents for n in case.key.notes if "back" in n.what]
    assert sum(back) == 0
    assert len(back) == 2
    held = by_status["PENDING"]
    booked = held.what.rpartition(" ")[2]
    assert case.seen[next(p for p in case.seen if str(p) == booked)].cents == case.seen[held.place].cents


def test_pairs_are_true(case: Made) -> None:
    for pair in case.key.pairs:
        out, came = case.seen[pair.debit], case.seen[pair.credit]
        assert out.cents < 0 < came.cents
        if case.key.files[pair.debit.file].currency == case.key.files[pair.credit.file].currency:
            assert 0 <= -out.cents - came.cents <= 7_50
        assert out.day <= came.day
        for place, other in ((pair.debit, pair.credit), (pair.credit, pair.debit)):
            seen = case.seen[place]
            facts = case.key.files[other.file]
            if seen.number and is_iban(facts.account):
                assert seen.number == facts.account
            if case.key.files[place.file].profile != "revolut":  # there the name stands in running text
                assert name_key(seen.name) == name_key(facts.holder)
    debits, credits_ = [p.debit for p in case.key.pairs], [p.credit for p in case.key.pairs]
    assert len(set(debits)) == len(debits)
    assert len(set(credits_)) == len(credits_)


def test_a_third_of_the_pairs_is_hard(case: Made) -> None:
    hard = [p for p in case.key.pairs if p.hard]
    assert len(case.key.pairs) >= 200
    assert len(hard) * 3 >= len(case.key.pairs)
    assert {"late", "fee", "payee's line names no account"} <= {p.hard for p in hard}


def test_easy_pairs_are_named_by_both_sides(case: Made) -> None:
    """What the key does not call hard has what the safe rules ask for."""
    for pair in case.key.pairs:
        if not pair.hard and case.key.files[pair.debit.file].profile:
            assert case.seen[pair.credit].number.endswith(case.key.files[pair.debit.file].account)
            assert case.seen[pair.debit].name


def test_some_transfers_are_a_week_late(case: Made) -> None:
    days = {p.hard: (case.seen[p.debit].day, case.seen[p.credit].day) for p in case.key.pairs}
    assert days["late"][0] < days["late"][1]


def test_registers(case: Made) -> None:
    tables = {name: list(csv.DictReader(io.StringIO(case.files[name].decode()))) for name in case.key.registers}
    companies = {row["Number"]: row for row in tables["companies.csv"]}
    people = {row["Number"]: row for row in tables["holders.csv"]}
    assert len(companies) >= 40
    for row in tables["links.csv"]:
        assert row["From"] in (companies if row["From kind"] == "company" else people)
        if row["Kind"] == "owns":
            assert row["To"] in companies
    held = {row["To"] for row in tables["links.csv"] if row["Kind"] == "holds"}
    assert {f.account for f in case.key.files.values()} <= held


def test_the_parts_are_dealt_once(case: Made) -> None:
    everybody = economy.build(Random(f"{case.seed}/economy"))
    parts = cast.choose(everybody, Random(f"{case.seed}/cast"))
    private = [a.label for group in (parts.staff, parts.tenants, parts.members, parts.newcomers, parts.receivers,
               parts.acquaintances, parts.friends) for a in group if not a.on_file]  # fmt: skip
    assert len(set(private)) == len(private)


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99}', "[1]"])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.write_text(text)
    with pytest.raises(ValueError, match="expected an answer key"):
        Key.read(path)


def test_the_load_list_has_every_file_and_never_the_key(case: Made, tmp_path: Path) -> None:
    sample.write(tmp_path, case.seed)
    listed = tomllib.loads((tmp_path / "load.toml").read_text())["file"]
    assert {entry["path"] for entry in listed} == set(case.files)
    accounts = {entry["path"]: entry.get("account") for entry in listed}
    assert all(accounts[name] == facts.options.get("account") for name, facts in case.key.files.items())
