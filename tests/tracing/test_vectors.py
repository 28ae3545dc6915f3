"""Ledgers whose results were worked out by hand, and cases that courts decided: every rule, exact."""

from __future__ import annotations

from fractions import Fraction

import pytest

from finvest.tracing.reference import replay
from finvest.tracing.shares import MILLION
from tests.tracing.ledgers import plain

T1 = ("+A 100", "+A 60 X", "+A 40", "A>B 120")
ROSCOE = ("+A 455 X", "A>Z 430", "+A 333")
ANDERSON = ("+A 3 X", "+A 7", "A>B 5")
T4 = ("+A 50", "+A 50 X", "A>B 60", "+B 40", "B>C 50", "C>A 30", "A>D 40")
T5 = ("+A 20", "A>Z 50", "+A 50 X", "A>B 10")
T6 = ("+A 100", "+A 60 X", "A>Z 130", "+A 200", "A>B 100")

HELD: dict[str, tuple[tuple[str, ...], dict[str, dict[str, int | Fraction]]]] = {
    "T1": (
        T1,
        {
            "fifo": {"A": 40, "B": 20},
            "lifo": {"B": 60},
            "pro_rata": {"A": 24, "B": 36},
            "libr": {"A": 60},
            "taint_first": {"B": 60},
        },
    ),
    "T2, Roscoe v Winder (1915)": (
        ROSCOE,
        {key: {"A": 25, "Z": 430} for key in ("fifo", "lifo", "pro_rata", "libr", "taint_first")},
    ),
    "T3, the example of Anderson": (
        ANDERSON,
        {
            "fifo": {"B": 3},
            "lifo": {"A": 3},
            "pro_rata": {"A": Fraction(3, 2), "B": Fraction(3, 2)},
            "libr": {"A": 3},
            "taint_first": {"B": 3},
        },
    ),
    "T4": (
        T4,
        {
            "fifo": {"B": 10, "D": 40},
            "lifo": {"B": 40, "C": 10},
            "pro_rata": {"A": Fraction(87, 7), "B": 15, "C": 6, "D": Fraction(116, 7)},
            "libr": {"A": 30, "B": 10, "D": 10},
            "taint_first": {"C": 20, "D": 30},
        },
    ),
    "T5": (T5, {key: {"A": 10, "B": 10} for key in ("fifo", "lifo", "pro_rata", "libr", "taint_first")}),
    "T6": (
        T6,
        {
            "fifo": {"Z": 30, "B": 30},
            "lifo": {"Z": 60},
            "pro_rata": {"A": Fraction(585, 92), "B": Fraction(225, 46), "Z": Fraction(195, 4)},
            "libr": {"A": 30, "Z": 30},
            "taint_first": {"Z": 60},
        },
    ),
}

CASES = [(name, rule) for name, (_, held) in HELD.items() for rule in held]


@pytest.mark.parametrize(("name", "rule"), CASES)
@pytest.mark.parametrize("how", ["whole", "exact"])
def test_held(name: str, rule: str, how: str) -> None:
    lines, held = HELD[name]
    ledger, claims, pots = plain(*lines)
    result = replay(ledger, claims, rule, fractions=how == "exact")
    for pot, number in pots.items():
        expected = Fraction(held[rule].get(pot, 0)) * MILLION
        found = Fraction(result.held[number][0])
        assert found == expected if how == "exact" else abs(found - expected) < 1  # to a millionth of a minor unit


def test_a_deposit_that_repays_an_overdraft_is_dissipated() -> None:
    ledger, claims, _ = plain(*T5)
    for rule in ("fifo", "lifo", "pro_rata", "libr", "taint_first"):
        result = replay(ledger, claims, rule)
        assert result.dissipated[2][0] == 30 * MILLION, rule


OPENED = ("+A 84000 X", "A>B 60000")


@pytest.mark.parametrize(
    ("rule", "paid"),
    [
        ("fifo", 30_000 * MILLION),
        ("libr", 30_000 * MILLION),
        ("pro_rata", 44_210_526_316),  # 60,000 × 84 / 114 = 44,210.526315 789…
        ("lifo", 60_000 * MILLION),
        ("taint_first", 60_000 * MILLION),
    ],
)
def test_worked_example(rule: str, paid: int) -> None:
    ledger, claims, pots = plain(*OPENED, opening={"A": 30_000})
    result = replay(ledger, claims, rule)
    assert result.left[1][0] == paid
    assert result.held[pots["A"]][0] + result.held[pots["B"]][0] == 84_000 * MILLION


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("fifo", 0, 60_000),
        ("libr", 0, 60_000),
        ("pro_rata", 0, 60_000),
        ("lifo", 60_000, 60_000),
        ("taint_first", 60_000, 60_000),
    ],
)
def test_an_unknown_opening_balance_gives_an_interval(rule: str, low: int, high: int) -> None:
    found = []
    for how in ("all", "none"):
        ledger, claims, _ = plain(*OPENED, unknown={"A": how})
        found.append(replay(ledger, claims, rule).left[1][0])
    assert found == [low * MILLION, high * MILLION]


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [("fifo", 0, 50), ("lifo", 50, 50), ("pro_rata", 0, 50), ("libr", 0, 50), ("taint_first", 50, 50)],
)
def test_a_missing_past_never_makes_an_overdraft(rule: str, low: int, high: int) -> None:
    """A pays 70 before anything came in: that was there before the records. The 50 that come in then repay nothing."""
    found = []
    for how in ("all", "none"):
        ledger, claims, _ = plain("A>Z 70", "+A 50 X", "A>B 50", unknown={"A": how})
        result = replay(ledger, claims, rule)
        assert not result.dissipated[1][0]
        found.append(result.left[2][0])
    assert found == [low * MILLION, high * MILLION]


POISONED = [
    # Anderson: 3 stolen, then 7: every later payment counts in full.
    (ANDERSON, {2: 5}, {"A": True, "B": True}),
    # A passes 4 of 10 on; B adds 100 of its own and pays 50 to C; clean money later does not clean A.
    (
        ("+A 10 X", "A>B 4", "+B 100", "B>C 50", "+A 200", "A>D 100", "+E 5", "E>F 5"),
        {1: 4, 3: 50, 5: 100, 7: 0},
        {"A": True, "B": True, "C": True, "D": True, "E": False, "F": False},
    ),
]


@pytest.mark.parametrize(("lines", "exposed", "poisoned"), POISONED)
def test_poison(lines: tuple[str, ...], exposed: dict[int, int], poisoned: dict[str, bool]) -> None:
    ledger, claims, pots = plain(*lines)
    result = replay(ledger, claims, "poison")
    assert {m: result.left[m][0] for m in exposed} == {m: value * MILLION for m, value in exposed.items()}
    assert {name: bool(result.poisoned[number][0]) for name, number in pots.items()} == poisoned


def test_a_hundred_small_payments_carry_their_share() -> None:
    """One cent a hundred times out of 100 of which 10 are claimed: 10 must move, not 0."""
    ledger, claims, pots = plain("+A 90", "+A 10 X", *["A>B 1"] * 100)
    result = replay(ledger, claims, "pro_rata")
    assert result.held[pots["B"]][0] == 10 * MILLION
