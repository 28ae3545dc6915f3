"""Forward and backward agree: with every source as a claim, what lies somewhere came from where the claims say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.tracing import reference
from finvest.tracing.backward_kernel import WHOLE, sources_of_lots, sources_of_shares
from finvest.tracing.ledger import BOTTOMLESS, NO_POT, Claims, Ledger, Limits
from finvest.tracing.replay import books_of
from finvest.tracing.rules import FIFO, LIFO, RULES
from finvest.tracing.shares import MILLION
from tests.tracing.ledgers import plain
from tests.tracing.test_replay import random_ledger

Found = dict[int, Fraction]


def backward(ledger: Ledger, rule: str, last: int, movement: int, pot: int) -> tuple[Found, Found, Fraction]:
    """Return amounts by label, those on a hypothesis, and the bound of each."""
    books = books_of(ledger, Claims.of([{}]), Limits())
    labels = 2 * ledger.movements + ledger.pots
    every: Found = {}
    resting: Found = {}
    if RULES[rule].by_lots:
        label, amount = sources_of_lots(books, RULES[rule].number, last, movement, pot)
        for code, much in zip(label.tolist(), amount.tolist(), strict=True):
            every[code % labels] = every.get(code % labels, Fraction(0)) + much
            if code >= labels:
                resting[code % labels] = resting.get(code % labels, Fraction(0)) + much
        return every, resting, Fraction(0)
    weight, divisions = sources_of_shares(books, last, movement, pot)
    assert weight.sum() == WHOLE
    assert (weight >= 0).all()
    total = Fraction(held(ledger, last, pot) if pot != NO_POT else int(ledger.amount[movement]) * MILLION)
    for code in np.flatnonzero(weight.any(axis=1)).tolist():
        every[code] = total * int(weight[code].sum()) / WHOLE
        resting[code] = total * int(weight[code, 1]) / WHOLE
    return every, resting, total * divisions / WHOLE


def held(ledger: Ledger, last: int, pot: int) -> int:
    """Return what lies in a pot after a step, millionths."""
    return max(0, int(pot_after(ledger, "pro_rata", last, pot).balance))


def pot_after(ledger: Ledger, rule: str, last: int, pot: int) -> reference._Pot:
    work = reference._Replay(cut(ledger, last), Claims.of([{}]), RULES[rule].number, Limits(), fractions=False)
    work.run()
    return work.pots[pot]


def cut(ledger: Ledger, last: int) -> Ledger:
    """Return a ledger until a step."""
    from dataclasses import replace

    return replace(ledger, steps=ledger.steps[: last + 1])


def every_source(ledger: Ledger) -> tuple[Claims, list[int]]:
    """Claim every payment from outside, each on its own."""
    outside = (ledger.originator == NO_POT) & (ledger.beneficiary != NO_POT) & ledger.passes
    movements = np.flatnonzero(outside).tolist()
    return Claims.of([{m: int(ledger.amount[m])} for m in movements]), movements


def agree(ledger: Ledger, rule: str, pick: int, *, exactly: bool) -> None:
    steps = ledger.steps.tolist()
    departures = [i for i, s in enumerate(steps) if s % 2 == 0 and ledger.originator[s // 2] != NO_POT]
    pots = [p for p in range(ledger.pots) if ledger.footing[p] != BOTTOMLESS and not ledger.hypothesis[p]]
    if pick % 2 and pots:
        movement, pot, last = 0, pots[pick % len(pots)], len(steps) - 1
        if not held(ledger, last, pot):
            return
    elif departures:
        last, pot = departures[pick % len(departures)], NO_POT
        movement = steps[last] // 2
    else:
        return
    claims, sources = every_source(ledger)
    forward = reference.replay(cut(ledger, last), claims, rule, fractions=rule == "pro_rata")
    row = forward.held[pot] if pot != NO_POT else forward.left[movement]
    found, resting, bound = backward(ledger, rule, last, movement, pot)
    if rule != "pro_rata":
        bound = Fraction(0 if exactly else MILLION // 2)
        whole = held(ledger, last, pot) if pot != NO_POT else int(ledger.amount[movement]) * MILLION
        assert sum(found.values()) == whole
    doubled = len(row) > len(sources)
    for claim, source in enumerate(sources):
        on_hypothesis = Fraction(row[claim + len(sources)]) if doubled else Fraction(0)
        assert abs(found.get(source, 0) - row[claim] - on_hypothesis) <= bound
        assert abs(resting.get(source, 0) - on_hypothesis) <= bound
    assert all(not found[m] or ledger.originator[m] == NO_POT or rests(ledger, m) for m in found if m < len(steps) // 2)


def rests(ledger: Ledger, movement: int) -> bool:
    """Tell whether a movement may be a source although its payer's books are on file."""
    return not ledger.passes[movement] or bool(ledger.hypothesis[ledger.originator[movement]])


SEEDS = st.integers(0, 10**9)
BACKWARD = [name for name, rule in RULES.items() if rule.backward]


@given(SEEDS, st.sampled_from(BACKWARD), st.integers(0, 10**6))
@settings(max_examples=1000)
def test_forward_and_backward_agree(seed: int, rule: str, pick: int) -> None:
    """With overdrafts, fees, conversions, unknown openings and hypotheses: within rounding, far below a minor unit."""
    agree(random_ledger(seed)[0], rule, pick, exactly=False)


@given(SEEDS, st.sampled_from(BACKWARD), st.integers(0, 10**6))
@settings(max_examples=500)
def test_without_divisions_lots_agree_to_the_last_digit(seed: int, rule: str, pick: int) -> None:
    ledger, _ = random_ledger(seed, plainly=True)
    rich = ledger.opening + int(ledger.amount.sum())  # nothing is ever overdrawn
    agree(Ledger(**{c: getattr(ledger, c) for c in Ledger.__slots__} | {"opening": rich}), rule, pick, exactly=True)


def named(found: Found) -> dict[int, int]:
    return {code: round(much / MILLION) for code, much in found.items() if round(much / MILLION)}


@pytest.mark.parametrize(
    ("rule", "sources"),
    [
        ("fifo", {0: 100, 1: 20}),  # A>B 120 of +100, +60, +40
        ("lifo", {0: 20, 1: 60, 2: 40}),
        ("pro_rata", {0: 60, 1: 36, 2: 24}),
    ],
)
def test_by_hand(rule: str, sources: dict[int, int]) -> None:
    ledger, _, _ = plain("+A 100", "+A 60", "+A 40", "A>B 120")
    found, _, _ = backward(ledger, rule, 6, 3, NO_POT)
    assert named(found) == sources


@pytest.mark.parametrize("rule", BACKWARD)
def test_what_a_bank_lent_is_a_source(rule: str) -> None:
    """A holds 10 and pays 50: 40 are credit. The 60 that then come in repay 40; 20 of them are left."""
    ledger, _, pots = plain("A>B 50", "+A 60", opening={"A": 10})
    movements = ledger.movements
    paid, _, _ = backward(ledger, rule, 0, 0, NO_POT)
    assert named(paid) == {movements + pots["A"]: 10, movements + ledger.pots + 0: 40}
    left, _, _ = backward(ledger, rule, 3, 0, pots["A"])
    assert named(left) == {1: 20}


@pytest.mark.parametrize("rule", BACKWARD)
@pytest.mark.parametrize(("how", "lifo"), [("none", 100), ("all", 100)])
def test_a_past_that_is_not_known_is_a_source(rule: str, how: str, lifo: int) -> None:
    """A pays 130 of 100 that came in; 30, or with unknown money in front under any rule but LIFO all, came before."""
    ledger, _, pots = plain("+A 100", "A>B 130", unknown={"A": how})
    found, _, _ = backward(ledger, rule, 2, 1, NO_POT)
    known = lifo if how == "none" or rule == "lifo" else 0
    past = ledger.movements + pots["A"]
    assert named(found) == {code: much for code, much in {0: known, past: 130 - known}.items() if much}


def test_only_ancestors_are_looked_at() -> None:
    """What leaves A after the target, and pots that pay nothing to it, make no lots."""
    ledger, _, _ = plain("+A 5", "+C 7", "A>B 5", "C>D 7", "+A 9")
    books = books_of(ledger, Claims.of([{}]), Limits())
    for rule in (FIFO, LIFO):
        label, amount = sources_of_lots(books, rule, 4, 2, NO_POT)
        assert (label.tolist(), amount.tolist()) == ([0], [5 * MILLION])
