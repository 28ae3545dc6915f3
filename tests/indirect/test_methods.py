"""Indirect methods against sums worked out by hand, in cents."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.indirect import (
    Line,
    Proof,
    Worker,
    assumption,
    bank_deposits,
    estimate,
    exploitation_benefit,
    fact,
    net_worth_from,
    percentage_mark_up,
    source_and_application,
    unit_and_volume,
)
from finvest.model.errors import NotAssessable, UsageError


def known(item: str, amount: int) -> Line:
    return fact(item, amount, "register.csv:2")


def range_of(proof: Proof) -> tuple[int, int, int]:
    return proof.low, proof.central, proof.high


def test_net_worth() -> None:
    """From 10,000 to 75,000 with 20,000 to 30,000 spent, 5,000 inherited, 40,000 earned: 40,000 to 50,000."""
    proof = net_worth_from(
        "EUR",
        opening_cash=[known("cash in the safe", 1_000_00)],
        opening_assets=[known("account", 14_000_00)],
        opening_debts=[known("loan", 5_000_00)],
        closing_assets=[known("flat at cost", 95_000_00)],
        closing_debts=[known("mortgage", 20_000_00)],
        outlays=[estimate("living costs", 20_000_00, 24_000_00, 30_000_00, reason="household statistics")],
        receipts=[known("inheritance", 5_000_00)],
        income=[known("wages", 40_000_00)],
    )
    assert range_of(proof) == (40_000_00, 44_000_00, 50_000_00)
    assert [(part.line.item, low, high) for part, low, high in proof.sensitivity] == [
        ("living costs", 40_000_00, 50_000_00)
    ]
    assert any("40,000.00 EUR" in sentence for sentence in proof.sentences())


def test_net_worth_needs_a_proven_opening() -> None:
    with pytest.raises(NotAssessable, match="proven opening position"):
        net_worth_from("EUR", opening_cash=[], closing_assets=[known("car", 1)])
    with pytest.raises(NotAssessable, match="an assumption is not enough"):
        net_worth_from("EUR", opening_cash=[assumption("cash", 0, 0, 5, reason="said so")])


def test_source_and_application() -> None:
    """90,000 used, 50,000 + 10,000 from known sources, 2,000 in hand before: 28,000."""
    proof = source_and_application(
        "EUR",
        applications=[known("car", 60_000_00), known("rent", 30_000_00)],
        sources=[known("wages", 50_000_00), known("car sold", 10_000_00)],
        opening_cash=[known("cash", 2_000_00)],
    )
    assert range_of(proof) == (28_000_00,) * 3


def test_bank_deposits() -> None:
    """100,000 − 20,000 own − 5,000 again − 10,000 loan + 8,000 to 12,000 cash − 40,000 known: 33,000 to 37,000."""
    proof = bank_deposits(
        "EUR",
        deposits=[known("credits", 100_000_00)],
        own_transfers=[known("own", 20_000_00)],
        redeposits=[known("again", 5_000_00)],
        not_income=[known("loan", 10_000_00)],
        cash_spent=[estimate("cash", 8_000_00, 10_000_00, 12_000_00, reason="receipts found")],
        known=[known("wages", 40_000_00)],
    )
    assert range_of(proof) == (33_000_00, 35_000_00, 37_000_00)


def test_unit_and_volume() -> None:
    """300 towels, 1 to 2 clients a towel, 50 each, 2,000 declared: 13,000 to 28,000."""
    proof = unit_and_volume(
        "EUR",
        volume=[
            fact("towels washed", 300, "invoice.csv:4"),
            assumption("clients a towel", 1, Fraction(3, 2), 2, reason="what witnesses say"),
        ],
        price=known("price in adverts", 50_00),
        declared=[known("declared", 2_000_00)],
    )
    assert range_of(proof) == (13_000_00, 20_500_00, 28_000_00)


def test_percentage_mark_up() -> None:
    """10,000 of inputs at 150 to 250 % more, 20,000 declared: 5,000 to 15,000."""
    proof = percentage_mark_up(
        "EUR",
        cost=[known("inputs", 10_000_00)],
        mark_up=estimate("mark-up", 150, 200, 250, reason="trade statistics"),
        declared=[known("declared", 20_000_00)],
    )
    assert range_of(proof) == (5_000_00, 10_000_00, 15_000_00)


def test_exploitation_benefit_is_the_compensation_claim() -> None:
    """One is short of 700 to 900 and lost 150; who was paid too much makes up for nobody."""
    one = Worker(
        label="worker 1",
        hours=estimate("hours", 100, 110, 120, record="roster.csv:3"),
        rate=known("lawful pay of an hour", 10_00),
        paid=[known("wages", 300_00)],
        deductions=[known("lodging", 100_00)],
        fees=[known("papers", 50_00)],
    )
    other = Worker(label="worker 2", due=[known("due", 500_00)], paid=[known("wages", 600_00)])
    assert range_of(exploitation_benefit("EUR", [one, other])) == (850_00, 950_00, 1_050_00)
    with pytest.raises(NotAssessable):
        exploitation_benefit("EUR", [])


AMOUNTS = st.lists(st.integers(0, 10**9), min_size=3, max_size=3).map(sorted)


@given(AMOUNTS, AMOUNTS, st.integers(0, 10**9))
def test_intervals_hold_their_lines(up: list[int], down: list[int], sure: int) -> None:
    """Each end is every line at its end; a fact moves all three alike."""
    more, less = (estimate("x", *values, reason="test") for values in (up, down))

    def proof(*extra: Line) -> Proof:
        return source_and_application(
            "EUR", applications=[more, *extra], sources=[less], opening_cash=[known("cash", 0)]
        )

    plain, shifted = proof(), proof(known("fact", sure))
    assert range_of(plain) == (up[0] - down[2], up[1] - down[1], up[2] - down[0])
    assert range_of(shifted) == tuple(value + sure for value in range_of(plain))
    assert all(plain.low <= min(ends) <= max(ends) <= plain.high for _, *ends in plain.sensitivity)


@pytest.mark.parametrize(
    ("low", "central", "high", "mark", "record"),
    [(2, 1, 3, "estimate", "r"), (-1, 0, 1, "estimate", "r"), (1, 2, 3, "fact", "r"), (1, 1, 1, "fact", "")],
)
def test_a_line_that_is_none_is_refused(low: int, central: int, high: int, mark: str, record: str) -> None:
    with pytest.raises(UsageError):
        Line(item="x", low=low, central=central, high=high, mark=mark, record=record)


def test_every_line_is_marked() -> None:
    proof = source_and_application(
        "EUR",
        applications=[assumption("food", 1_00, 2_00, 3_00, reason="household of two")],
        sources=[known("wages", 50)],
        opening_cash=[known("cash", 0)],
    )
    frame = proof.to_frame()
    assert frame["mark"].to_list() == ["assumption", "fact", "fact"]
    assert frame.filter(pl.col("mark") == "assumption")["because"].to_list() == ["household of two"]
