from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from finvest.synth.marking import mark

if TYPE_CHECKING:
    from finvest.synth.key import Key, Pattern
    from tests.synth.conftest import Made


@dataclass(frozen=True)
class Reported:
    indicator: str
    accounts: tuple[str, ...]
    evidence: Any = field(default_factory=list)
    withdrawn: bool = False


def _ids(key: Key, pattern: Pattern, side: str = "debit") -> list[str]:
    either = [(s.debit, s.credit) if side == "debit" else (s.credit, s.debit) for s in pattern.transactions]
    places = [first or second for first, second in either]
    return [f"{key.files[p.file].sha256[:12]}-{p.record:08d}" for p in places if p]


def _report(key: Key, pattern: Pattern, share: float = 1.0, side: str = "debit", **changes: Any) -> Reported:
    ids = _ids(key, pattern, side)
    accounts = tuple(member.account_id for member in pattern.accounts)
    evidence = {"transactions": ids[: max(1, round(len(ids) * share))]}
    return Reported(**({"indicator": pattern.indicator, "accounts": accounts, "evidence": evidence} | changes))


def test_the_key_itself_gets_full_marks(case: Made) -> None:
    key = case.key
    marks = mark(key, [_report(key, p) for p in key.patterns if p.kind == "planted"])
    assert marks.missed == []
    assert marks.accused == []
    assert sum(len(m.found) for m in marks.by_indicator.values()) == 7
    assert not any(m.others for m in marks.by_indicator.values())


def test_nothing_reported_is_all_missed_and_nobody_accused(default: Made) -> None:
    marks = mark(default.key, [])
    assert len(marks.missed) == 7
    assert marks.accused == []
    assert sum(len(m.cleared) for m in marks.by_indicator.values()) == 8


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
    marks = mark(default.key, [_report(default.key, pattern, indicator="GRF-02"), Reported("CTL-01", ())])
    assert pattern.id in marks.missed
    assert marks.unasked == {"CTL-01": 1}


def test_a_month_of_a_look_alike_accuses_it(case: Made) -> None:
    for pattern in case.key.patterns:
        if pattern.kind == "look_alike":
            marks = mark(case.key, [_report(case.key, pattern, 0.1)])
            assert marks.accused == [pattern.id]


def test_a_withdrawn_finding_accuses_nobody(case: Made) -> None:
    marks = mark(case.key, [_report(case.key, p, withdrawn=True) for p in case.key.patterns])
    assert marks.accused == []
    assert len(marks.missed) == 7


def test_marks_read_as_a_table(default: Made) -> None:
    text = str(mark(default.key, [_report(default.key, default.pattern("MLT-03 relay"))]))
    assert "MLT-03     1/2" in text
