"""Amounts beyond 64 bits, and tables without rows or columns."""

from __future__ import annotations

import polars as pl

from finvest.model.tables import table
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.pairs import pairs
from finvest.pairing.twice import counted_twice
from tests.pairing.small import ANNA, BELA, DAY, case_of, credit, debit, moved, paired
from tests.pairing.world import NAMES

LARGE = 10**26 + 1
"""Minor units of a token with eighteen decimals."""


def test_amounts_beyond_64_bits_are_compared_exactly() -> None:
    sent, got = debit(ANNA, BELA, LARGE), credit(BELA, ANNA, LARGE, DAY + 1)
    assert paired(case_of([sent], [got]))["how"].to_list() == ["unique"]
    assert moved(case_of([sent], [got]))["amount"].to_list() == [LARGE]
    assert paired(case_of([sent], [credit(BELA, ANNA, LARGE - 1, DAY + 1)])).is_empty()
    rivals = [debit(ANNA, BELA, LARGE + 1, DAY - 1), sent]
    assert paired(case_of(rivals, [got])).is_empty()
    reference = "E2E0012345678"
    less = LARGE - LARGE // 50
    case = case_of(
        [debit(ANNA, BELA, LARGE, end_to_end=reference)], [credit(BELA, ANNA, less, DAY + 1, end_to_end=reference)]
    )
    row = paired(case).row(0, named=True)
    assert (row["how"], row["amount"], row["received_amount"]) == ("reference_other_amount", LARGE, less)


def test_running_balances_beyond_64_bits_are_followed_exactly() -> None:
    case = case_of([debit(ANNA, BELA, LARGE, DAY + k) for k in range(3)], styles={ANNA.number: NAMES})
    covered = coverage(case.transactions, case.balances, case.quarantine)
    assert set(covered["proof"]) == {"reconciled", "assumed"}
    off_by_one = case.transactions.with_columns(
        balance_after=pl.col("balance_after") + pl.when(pl.col("record") == 1).then(1).otherwise(0)
    )
    off_by_one = off_by_one.cast({"balance_after": table("transactions").schema["balance_after"]})
    assert set(coverage(off_by_one, case.balances, case.quarantine)["proof"]) == {"assumed"}


def test_nothing_gives_nothing() -> None:
    names = ("transactions", "balances", "quarantine", "accounts", "identifiers")
    transactions, balances, quarantine, accounts, identifiers = (table(name).empty() for name in names)
    covered = coverage(transactions, balances, quarantine)
    same = duplicates(transactions, covered)
    found = pairs(transactions, same, covered, accounts, identifiers)
    assert found.schema == table("pairs").schema
    assert counted_twice(transactions, same, found, accounts, identifiers).is_empty()
    assert covered.is_empty()
    assert same.is_empty()
    assert found.is_empty()


def test_columns_that_a_source_lacks_are_nothing_said() -> None:
    case = case_of([debit(ANNA, BELA, 100)], [credit(BELA, ANNA, 100)])
    few = ["transaction_id", "source", "record", "books", "status", "booked_at", "originator", "beneficiary", "amount"]
    narrow = case.transactions.select(*few, "currency")
    covered = coverage(narrow, case.balances, case.quarantine)
    same = duplicates(narrow, covered)
    assert pairs(narrow, same, covered, case.accounts, case.identifiers).is_empty()
    assert counted_twice(narrow, same, table("pairs").empty(), case.accounts, case.identifiers).is_empty()
