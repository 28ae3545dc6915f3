"""That the planted patterns and their look-alikes are what the key says, by the files alone."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finvest.synth.key import Pattern, Place, Step
    from tests.synth.conftest import Made

INDICATORS = {"GRF-01", "GRF-02", "GRF-05", "MLT-03"}


def _place(step: Step) -> Place:
    place = step.debit or step.credit
    assert place is not None
    return place


def _all_between(case: Made, own: str, *, credit: bool) -> list[tuple[str, str, int]]:
    """Day, other side and cents of every line of an account's books on one side."""
    files = [name for name, f in case.key.files.items() if f.account == own]
    lines = [seen for name in files for _, seen in case.of(name) if (seen.cents > 0) == credit and seen.cents]
    return [(s.day, s.number or s.name, abs(s.cents)) for s in lines]


def _chain(case: Made, pattern: Pattern) -> list[tuple[str, str, int]]:
    """Payer, payee and cents of each step."""
    chain = []
    for step in pattern.transactions:
        if step.debit:
            payer, payee = case.key.files[step.debit.file].account, case.seen[step.debit].number
        else:
            assert step.credit is not None
            payer, payee = case.seen[step.credit].number, case.key.files[step.credit.file].account
        chain.append((payer, payee, abs(case.seen[_place(step)].cents)))
    return chain


def test_every_planted_pattern_has_its_look_alike(case: Made) -> None:
    planted = [p for p in case.key.patterns if p.kind == "planted" and p.transactions]
    alike = [p for p in case.key.patterns if p.kind == "look_alike" and p.transactions]
    assert {p.indicator for p in planted} == {p.indicator for p in alike} == INDICATORS
    for indicator in INDICATORS:
        assert sum(p.indicator == indicator for p in alike) >= sum(p.indicator == indicator for p in planted)
    assert all(p.innocent for p in alike)
    assert not any(p.innocent for p in planted)


def test_every_step_of_a_pattern_is_on_file(case: Made) -> None:
    for pattern in case.key.patterns:
        assert bool(pattern.transactions) != bool(pattern.records)
        for step in pattern.transactions:
            assert step.debit in case.seen or step.credit in case.seen


def test_the_payers_of_the_collector_are_new(case: Made) -> None:
    pattern = case.pattern("GRF-01 collector")
    own = pattern.accounts[0].account
    steps = [case.seen[step.credit] for step in pattern.transactions if step.credit]
    payers, days = {s.number for s in steps}, sorted(date.fromisoformat(s.day) for s in steps)
    assert len(payers) == len(pattern.transactions) >= 10
    assert (days[-1] - days[0]).days <= 10
    assert max(s.cents for s in steps) <= 1.25 * min(s.cents for s in steps)
    earlier = {who for day, who, _ in _all_between(case, own, credit=True) if day < days[0].isoformat()}
    assert not payers & earlier


def test_the_receivers_of_the_disburser_are_new(case: Made) -> None:
    pattern = case.pattern("GRF-02 disburser")
    own = pattern.accounts[0].account
    steps = [case.seen[step.debit] for step in pattern.transactions if step.debit]
    receivers, days = {s.number for s in steps}, sorted(date.fromisoformat(s.day) for s in steps)
    assert len(receivers) == len(pattern.transactions) >= 10
    assert (days[-1] - days[0]).days <= 7
    others = [who for day, who, _ in _all_between(case, own, credit=False) if day < days[0].isoformat()]
    assert not receivers & set(others)


def test_the_rings_close_and_keep_most_of_the_money(case: Made) -> None:
    for length in (3, 4, 5):
        pattern = case.pattern(f"GRF-05 ring of {length}")
        chain = _chain(case, pattern)
        assert [step[1] for step in chain] == [*[step[0] for step in chain[1:]], chain[0][0]]
        assert len({step[0] for step in chain}) == length == len(chain)
        assert {m.account for m in pattern.accounts} == {step[0] for step in chain}
        assert chain[-1][2] * 100 >= 80 * chain[0][2]
        days = [date.fromisoformat(case.seen[_place(s)].day) for s in pattern.transactions]
        assert days == sorted(days)
        assert (days[-1] - days[0]).days <= 9


def test_one_ring_has_times_and_two_have_dates(case: Made) -> None:
    layouts = {
        length: {
            case.key.files[place.file].profile
            for step in case.pattern(f"GRF-05 ring of {length}").transactions
            for place in (step.debit, step.credit)
            if place
        }
        for length in (3, 4, 5)
    }
    assert layouts == {3: {""}, 4: {"n26"}, 5: {"plain_debit_credit"}}


def test_the_look_alike_circles_close_too(case: Made) -> None:
    for name, length in (("cash pool", 3), ("friends", 4), ("own accounts", 3)):
        chain = _chain(case, case.pattern(f"GRF-05 look-alike {name}"))
        assert len(chain) % length == 0
        for start in range(0, len(chain), length):
            ring = chain[start : start + length]
            assert [step[1] for step in ring] == [*[step[0] for step in ring[1:]], ring[0][0]]
    friends = _chain(case, case.pattern("GRF-05 look-alike friends"))
    assert max(step[2] for step in friends) <= 60_00
    assert friends[3][2] * 2 <= friends[0][2] + friends[1][2]


def test_regular_payers_and_receivers_are_the_same_every_month(case: Made) -> None:
    for name in ("GRF-01 look-alike club", "GRF-01 look-alike rents", "GRF-02 look-alike payroll"):
        pattern = case.pattern(name)
        months: dict[str, set[str]] = {}
        for step in pattern.transactions:
            place = step.credit if name.startswith("GRF-01") else step.debit
            assert place is not None
            seen = case.seen[place]
            months.setdefault(seen.number or seen.name, set()).add(seen.day[:7])
        assert len(months) >= 10
        assert sum(len(there) >= 5 for there in months.values()) * 100 >= 75 * len(months)


def test_the_payroll_is_a_batch_from_april(case: Made) -> None:
    pattern = case.pattern("GRF-02 look-alike payroll")
    records = sorted(step.debit.record for step in pattern.transactions if step.debit)
    assert sum(b - a == 1 for a, b in pairwise(records)) >= 3 * 13


def _passed(case: Made, pattern: Pattern) -> tuple[int, int]:
    own, steps = _own(case, pattern), pattern.transactions
    came = sum(case.seen[s.credit].cents for s in steps if s.credit and s.credit.file in own)
    left = sum(-case.seen[s.debit].cents for s in steps if s.debit and s.debit.file in own)
    return came, left


def _own(case: Made, pattern: Pattern) -> set[str]:
    return {name for name, f in case.key.files.items() if f.account == pattern.accounts[0].account}


def test_what_a_relay_gets_leaves(case: Made) -> None:
    for name in ("MLT-03 relay", "MLT-03 relay app"):
        pattern = case.pattern(name)
        came, left = _passed(case, pattern)
        assert came * 97 <= left * 100 <= came * 100
        facts = case.key.files[next(iter(_own(case, pattern)))]
        assert facts.closing * 50 <= came
        assert len([s for s in pattern.transactions if s.credit and s.credit.file in _own(case, pattern)]) >= 20


def test_what_the_notary_and_the_seller_get_leaves_too(case: Made) -> None:
    for name in ("MLT-03 look-alike notary", "MLT-03 look-alike seller"):
        came, left = _passed(case, case.pattern(name))
        assert came * 97 <= left * 100 <= came * 100
