"""Backwards in plain Python: what the kernels find, and what they cannot compute with."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from finvest.tracing import backward_reference
from finvest.tracing.backward import Origins, Target, origins
from finvest.tracing.backward_kernel import WHOLE, ancestors, sources_of_lots, sources_of_shares
from finvest.tracing.ledger import BOTTOMLESS, NO_POT, Claims, Ledger, Limits
from finvest.tracing.replay import books_of
from finvest.tracing.rules import RULES
from tests.tracing.cases import Books, Case, account, case, into, on, out
from tests.tracing.test_replay import random_ledger

BACKWARD = [name for name, rule in RULES.items() if rule.backward]


def targets(ledger: Ledger, seed: int) -> list[tuple[int, int, int]]:
    """Return a payment of somebody's and a pot: last step, movement, pot."""
    steps = ledger.steps.tolist()
    paid = [i for i, s in enumerate(steps) if s % 2 == 0 and ledger.originator[s // 2] != NO_POT]
    pots = [p for p in range(ledger.pots) if ledger.footing[p] != BOTTOMLESS]
    listed = [(paid[seed % len(paid)], steps[paid[seed % len(paid)]] // 2, NO_POT)] if paid else []
    return [*listed, *[(seed % (len(steps) + 1) - 1, 0, p) for p in pots[:1]]]


def by_kernel(ledger: Ledger, rule: str, last: int, movement: int, pot: int) -> tuple[dict[tuple[int, bool], int], int]:
    books, labels = books_of(ledger, Claims.of([{}]), Limits()), 2 * ledger.movements + ledger.pots
    found: dict[tuple[int, bool], int] = {}
    if RULES[rule].by_lots:
        divisions = 0
        codes, amounts = sources_of_lots(books, RULES[rule].number, last, movement, pot)
        for code, much in zip(codes.tolist(), amounts.tolist(), strict=True):
            key = code % labels, code >= labels
            found[key] = found.get(key, 0) + much
    else:
        table, divisions = sources_of_shares(books, last, movement, pot)
        found = {(code, column == 1): int(table[code, column]) for code, column in np.argwhere(table).tolist()}
    return found, divisions


@pytest.mark.parametrize("rule", BACKWARD)
def test_the_kernel_equals_it_to_the_last_digit(rule: str) -> None:
    for seed in range(2_000):
        ledger, _ = random_ledger(seed)
        for target in targets(ledger, seed):
            number, by_lots = RULES[rule].number, RULES[rule].by_lots
            slow = backward_reference.sources(ledger, number, *target, by_lots=by_lots)
            fast, divisions = by_kernel(ledger, rule, *target)
            assert slow.parts == fast, (seed, target)
            assert slow.divisions == divisions
            until, _ = ancestors(books_of(ledger, Claims.of([{}]), Limits()), *target)
            assert slow.pots == set(np.flatnonzero(until >= 0).tolist()) | ({target[2]} - {NO_POT})


def test_pro_rata_lies_within_its_divisions_of_exact_fractions() -> None:
    for seed in range(1_000):
        ledger, _ = random_ledger(seed)
        for target in targets(ledger, seed):
            rounded, exact = (
                backward_reference.sources(ledger, 2, *target, by_lots=False, fractions=f) for f in (False, True)
            )
            assert sum(exact.parts.values()) == sum(rounded.parts.values()) == WHOLE
            for key in rounded.parts.keys() | exact.parts.keys():
                gap = abs(Fraction(rounded.parts.get(key, 0)) - exact.parts.get(key, 0))
                assert gap <= rounded.divisions


def ask(made: Case, rule: str, target: Target) -> Origins:
    ledger = made.ledger()
    return origins(ledger, rule, target, made.sources(ledger))


def rich(times: int) -> Case:
    return case(
        Books("A", [into("x", 8_400 * times, 2), out("B", 6_000 * times, 4, "t")], opening=3_000 * times),
        Books("B", [into("A", 6_000 * times, 4, "t"), out("shop", 3_300 * times, 6)], opening=600 * times),
    )


@pytest.mark.parametrize("rule", BACKWARD)
def test_sums_that_do_not_fit_are_done_by_it_which_says_so(rule: str) -> None:
    times = 10**10
    large = rich(times)
    assert not large.ledger().ledger()[0].fits
    for of, target in (("B", 1), ("A", 1)):
        small, found = (
            ask(made, rule, Target(transaction=made.records[of][target])).to_frame() for made in (rich(1), large)
        )
        assert found["kind"].to_list() == small["kind"].to_list()
        assert all(abs(a - b * times) <= times for a, b in zip(found["high"], small["high"], strict=True))
    balance = ask(large, rule, Target(account=account("B").id, day=on(9)))
    assert balance.amount == 3_300 * times == balance.to_frame()["low"].sum()
    assert any("too large for the fast path" in note for note in balance.notes)
    assert not any("fast path" in note for note in ask(rich(1), rule, balance.target).notes)
    assert set(balance.books["account"]) == {account("A").id, account("B").id}


def test_sums_above_64_bits_are_no_trouble() -> None:
    ledger, _ = random_ledger(7)
    huge = replace(ledger, amount=ledger.amount + 2**61, received=ledger.received + 2**61)
    for rule in BACKWARD:
        for target in targets(huge, 5):
            found = backward_reference.sources(huge, RULES[rule].number, *target, by_lots=RULES[rule].by_lots)
            assert all(part > 0 for part in found.parts.values())
