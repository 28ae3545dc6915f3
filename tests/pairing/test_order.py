"""The order of rows and of files decides nothing."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs
from finvest.pairing.reconciliation import reconcile
from finvest.pairing.twice import counted_twice
from tests.pairing.statements import Case, made


def everything(case: Case) -> dict[str, pl.DataFrame]:
    covered = coverage(case.transactions, case.balances, case.quarantine)
    same = duplicates(case.transactions, covered)
    found = pairs(case.transactions, same, covered, case.accounts, case.identifiers, rates=case.rates)
    return {
        "coverage": covered,
        "duplicates": same,
        "pairs": found,
        "movements": movements(case.transactions, same, found),
        "twice": counted_twice(case.transactions, same, found, case.accounts, case.identifiers),
        "reconciliation": reconcile(case.transactions, case.balances, case.quarantine),
    }


def assert_equal(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for name, frame in one.items():
        assert frame.equals(other[name]), name


@settings(max_examples=12)
@given(seed=st.integers(1000, 1100), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed: int, order: random.Random) -> None:
    case = made(seed, days=60, payments=300)
    assert_equal(everything(case), everything(case.shuffled(random.Random(order.random()))))


@settings(max_examples=8)
@given(seed=st.integers(2000, 2100), order=st.randoms(use_true_random=False))
def test_the_order_of_files_changes_nothing(seed: int, order: random.Random) -> None:
    case = made(seed, days=60, payments=300)
    files = case.transactions["source"].unique().sort().to_list()
    order.shuffle(files)
    ranks = dict(zip(files, range(len(files)), strict=True))
    loaded = {
        name: getattr(case, name).sort(pl.col("source").replace_strict(ranks, default=99), maintain_order=True)
        for name in ("transactions", "accounts", "identifiers", "balances", "quarantine")
    }
    assert_equal(everything(case), everything(Case(**loaded, truth=case.truth, rates=case.rates)))


def test_the_same_case_gives_the_same_again() -> None:
    """Threads finish in any order."""
    case = made(7)
    first = everything(case)
    for _ in range(3):
        assert_equal(first, everything(case))
