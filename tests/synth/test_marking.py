from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from finvest.synth.marking import mark

if TYPE_CHECKING:
    from finvest.synth.key import Key, Pattern
    from tests.synth.conftest import Made

PLANTED, ALIKE = 24, 29


@dataclass(frozen=True)
class Reported:
    indicator: str
    accounts: tuple[str, ...]
    evidence: Any = field(default_factory=list)
    withdrawn: bool = False
    parties: tuple[str, ...] = ()


def _ids(key: Key, pattern: Pattern, side: str = "debit") -> list[str]:
    either = [(s.debit, s.credit) if side == "debit" else (s.credit, s.debit) for s in pattern.transactions]
    places = [first or second for first, second in either]
    return [f"{key.files[p.file].sha256[:12]}-{p.record:08d}" for p in places if p] + _records(key, pattern)


def _records(key: Key, pattern: Pattern) -> list[str]:
    """Records as a finding of a case shows them: only ids of transactions have zeros in front."""
    money = "account_records.csv"
    return [f"{key.hashes[p.file][:12]}-{f'{p.record:08d}' if p.file == money else p.record}" for p in pattern.records]


def _report(key: Key, pattern: Pattern, share: float = 1.0, side: str = "debit", **changes: Any) -> Reported:
    ids = _ids(key, pattern, side)
    accounts = tuple(member.account_id for member in pattern.accounts)
    parties = tuple(party.party_id for party in pattern.parties)
    evidence = {"some table": ids[: max(1, round(len(ids) * share))]}
    said = {"indicator": pattern.indicator, "accounts": accounts, "parties": parties, "evidence": evidence}
    return Reported(**(said | changes))


def test_the_key_itself_gets_full_marks(case: Made) -> None:
    key = case.key
    marks = mark(key, [_report(key, p) for p in key.patterns if p.kind == "planted"])
    assert marks.missed == []
    assert marks.accused == []
    assert sum(len(m.found) for m in marks.by_indicator.values()) == PLANTED
    assert not any(m.others for m in marks.by_indicator.values())


def test_nothing_reported_is_all_missed_and_nobody_accused(default: Made) -> None:
    marks = mark(default.key, [])
    assert len(marks.missed) == PLANTED
    assert marks.accused == []
    assert sum(len(m.cleared) for m in marks.by_indicator.values()) == ALIKE


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_either_record_of_a_transfer_is_the_transfer(default: Made, side: str) -> None:
    pattern = default.pattern("GRF-05 ring of 3")
    assert mark(default.key, [_report(default.key, pattern, side=side)]).by_indicator["GRF-05"].found == [pattern.id]


def test_evidence_as_pairs_of_hash_and_record(default: Made) -> None:
    pattern = default.pattern("GRF-01 collector")
    places = [s.credit for s in pattern.transactions if s.credit]
    pairs = [(default.key.files[p.file].sha256, p.record) for p in places]
    marks = mark(default.key, [_report(default.key, pattern, evidence=pairs)])
    assert marks.by_indicator["GRF-01"].found == [pattern.id]


def test_a_copy_of_a_line_is_the_line(default: Made) -> None:
    key = default.key
    first, copy = key.duplicates[0]
    evidence = [(key.files[p.file].sha256, p.record) for p in (first, copy)]
    other = Reported("GRF-01", ("a0000000000000000",), evidence)
    assert mark(key, [other]).by_indicator["GRF-01"].others == [(("a0000000000000000",), 1)]


@pytest.mark.parametrize(("share", "found"), [(0.4, False), (0.5, True), (1.0, True)])
def test_half_of_the_movements_is_enough(default: Made, share: float, found: bool) -> None:
    pattern = default.pattern("GRF-02 disburser")
    marks = mark(default.key, [_report(default.key, pattern, share)])
    assert (pattern.id in marks.by_indicator["GRF-02"].found) == found


def test_a_finding_that_leaves_a_member_out_finds_no_ring(default: Made) -> None:
    pattern = default.pattern("GRF-05 ring of 4")
    report = _report(default.key, pattern)
    short = Reported("GRF-05", report.accounts[1:], report.evidence)
    marks = mark(default.key, [short])
    assert pattern.id in marks.missed
    assert len(marks.by_indicator["GRF-05"].others) == 1


def test_another_indicator_finds_nothing(default: Made) -> None:
    pattern = default.pattern("GRF-01 collector")
    marks = mark(default.key, [_report(default.key, pattern, indicator="GRF-02"), Reported("SEX-01", ())])
    assert pattern.id in marks.missed
    assert marks.unasked == {"SEX-01": 1}


def test_a_month_of_a_look_alike_accuses_it(case: Made) -> None:
    for pattern in case.key.patterns:
        if pattern.kind == "look_alike":
            marks = mark(case.key, [_report(case.key, pattern, 0.1)])
            assert marks.accused == [pattern.id]


def test_a_withdrawn_finding_accuses_nobody(case: Made) -> None:
    marks = mark(case.key, [_report(case.key, p, withdrawn=True) for p in case.key.patterns])
    assert marks.accused == []
    assert len(marks.missed) == PLANTED


def test_marks_read_as_a_table(default: Made) -> None:
    text = str(mark(default.key, [_report(default.key, default.pattern("MLT-03 relay"))]))
    assert "MLT-03     1/2" in text


def test_a_party_is_marked_as_an_account_is(default: Made) -> None:
    pattern = default.pattern("REG-02 nominee")
    (director,) = (party.party_id for party in pattern.parties)
    found = Reported("REG-02", (), {"links": _records(default.key, pattern)}, parties=(director,))
    assert mark(default.key, [found]).by_indicator["REG-02"].found == [pattern.id]
    stranger = Reported("REG-02", (), {"links": _records(default.key, pattern)}, parties=("p0000000000000000",))
    marks = mark(default.key, [stranger])
    assert pattern.id in marks.missed
    assert marks.by_indicator["REG-02"].others == [(("p0000000000000000",), len(pattern.records))]


def test_records_of_other_lists_do_not_dilute_a_pattern(default: Made) -> None:
    key, pattern = default.key, default.pattern("LAB-02 look-alike apprentice and part-month")
    shown = {
        "employments": _records(key, pattern)[:1],
        "shifts": [f"{key.hashes['rosters.csv'][:12]}-{n}" for n in range(9)],
    }
    report = _report(key, pattern, evidence=shown)
    assert mark(key, [report]).by_indicator["LAB-02"].accused == [pattern.id]
