"""What accounts held: exact where a statement fixes it, absent where nothing does."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.features.balances import daily_flows, openings, retention
from finvest.findings.make import START, Make
from finvest.model.errors import NotAssessable
from finvest.model.tables import MINOR
from tests.features.conftest import changed, number

if TYPE_CHECKING:
    from finvest.view import CaseView

FIRST = START.date()


def opening_of(of: CaseView, account: str, currency: str = "EUR") -> int | None:
    rows = openings(of).filter(pl.col("account") == number(of, account), pl.col("currency") == currency)
    return None if rows.is_empty() else int(rows["opening"].item())


def retained(of: CaseView, account: str) -> float | None:
    rows = retention(of).filter(pl.col("account") == number(of, account))
    return None if rows.is_empty() else float(rows["retained"].item())


def case(*payments: tuple[str, str, int, float], **columns: Any) -> Make:
    make = Make()
    for payment in payments:
        make.transfer(*payment, **columns)
    return make


def stated(make: Make, account: str, opening: int, day: int, **columns: Any) -> Make:
    about = {"account": Make.id(account), "currency": "EUR", "start": FIRST + timedelta(days=day), "opening": opening}
    make.row("balances", **{**about, **columns})
    return make


IN_OUT = (("x", "hub", 100, 0), ("hub", "y", 30, 5), ("x", "hub", 7, 9))


def test_an_opening_is_found_by_addition_from_any_statement() -> None:
    for day, balance in ((0, 500), (1, 600), (5, 600), (6, 570), (10, 577), (400, 577)):
        assert opening_of(stated(case(*IN_OUT), "hub", balance, day).view(), "hub") == 500


def test_an_opening_may_be_negative_and_its_proof_unsaid() -> None:
    assert opening_of(stated(case(*IN_OUT), "hub", -5, 0).view(), "hub") == -5
    assert opening_of(stated(case(*IN_OUT), "hub", 500, 0, proof=None).view(), "hub") == 500


def test_a_balance_that_failed_its_proof_fixes_nothing() -> None:
    assert opening_of(stated(case(*IN_OUT), "hub", 500, 0, proof="failed").view(), "hub") is None


def test_nothing_fixes_an_account_without_a_balance_of_its_own_currency() -> None:
    of = stated(case(*IN_OUT), "hub", 500, 0, currency="USD").view()
    assert opening_of(of, "hub") is None
    assert opening_of(of, "x") is None
    assert retained(of, "hub") is None


def test_retention_is_absent_and_not_zero_without_any_balance() -> None:
    of = case(*IN_OUT).view()
    assert retention(of).is_empty()
    assert openings(of).is_empty()


def test_a_running_balance_fixes_an_account_where_its_day_has_one_movement() -> None:
    make = case(*IN_OUT)
    of = changed(make, beneficiary_balance_after=pl.when(pl.col("amount") == 7).then(pl.lit(577).cast(MINOR)))
    assert opening_of(of, "hub") == 500
    assert opening_of(of, "y") is None
    make.transfer("x", "hub", 1, 9.1)
    of = changed(make, beneficiary_balance_after=pl.when(pl.col("amount") == 7).then(pl.lit(577).cast(MINOR)))
    assert opening_of(of, "hub") is None


def test_a_later_statement_and_an_earlier_running_balance_agree() -> None:
    make = stated(case(*IN_OUT), "hub", 577, 20)
    balance = pl.when(pl.col("amount") == 100).then(pl.lit(600).cast(MINOR))
    assert opening_of(changed(make, beneficiary_balance_after=balance), "hub") == 500


def test_a_payee_is_credited_what_reached_it_in_its_own_currency_on_its_own_day() -> None:
    make = case(("x", "hub", 100, 0))
    stated(stated(make, "hub", 1000, 0, currency="USD"), "x", 1000, 0)
    day = pl.col("booked_in").dt.offset_by("2d")
    of = changed(
        make,
        received_amount=pl.lit(108).cast(MINOR),
        received_currency=pl.lit("USD"),
        booked_in=day,
        booked_in_latest=day,
    )
    flows = daily_flows(of).filter(pl.col("account") == number(of, "hub")).row(0, named=True)
    assert (flows["currency"], flows["credit"], flows["net"], flows["day"]) == ("USD", 108, 108, date(2025, 1, 8))
    assert opening_of(of, "hub", "USD") == 1000
    assert daily_flows(of).filter(pl.col("account") == number(of, "x"))["net"].to_list() == [-100]


def test_reversals_count_in_balances_and_not_in_what_was_received() -> None:
    make = case(("x", "hub", 100, 0), ("x", "hub", 50, 2), ("hub", "x", 50, 4))
    stated(make, "hub", 650, 3)
    of = changed(make, in_shapes=pl.col("amount") == 100)
    assert opening_of(of, "hub") == 500
    assert daily_flows(of).filter(pl.col("account") == number(of, "hub"))["credit"].sum() == 100


def test_what_only_the_other_sides_books_show_is_no_part_of_a_balance() -> None:
    make = stated(case(("x", "hub", 100, 0), ("x", "hub", 100, 1), ("hub", "y", 30, 3)), "hub", 570, 4)
    books = pl.when(pl.col("earliest") == pl.lit(START)).then(pl.lit("originator")).otherwise(pl.lit("both"))
    # hub's own books are on file; of the first payment only those of x.
    assert opening_of(changed(make, books=books), "hub") == 500
    one_sided = pl.when(pl.col("amount") == 30).then(pl.lit("originator")).otherwise(pl.lit("beneficiary"))
    assert opening_of(changed(make, books=one_sided), "hub") == 400


def test_what_a_selection_leaves_out_still_counts_in_balances() -> None:
    make = stated(case(("x", "hub", 100, 0), ("x", "hub", 10, 5), ("hub", "y", 10, 6)), "hub", 500, 0)
    of = changed(make, selected=pl.col("earliest") > pl.lit(START + timedelta(days=1)))
    assert opening_of(of, "hub") == 500
    # 610 for a day, 600 for the last one; ten came in.
    assert retained(of, "hub") == pytest.approx(605 / 10)


def test_payments_to_itself_are_no_income() -> None:
    make = stated(case(("x", "hub", 100, 0), ("hub", "hub", 5000, 1)), "hub", 0, 0)
    of = make.view()
    assert retained(of, "hub") == pytest.approx(100 / 100)


def test_turnover_that_could_wrap_is_not_assessable() -> None:
    make = case(("x", "hub", 100, 0))
    of = changed(make, in_shapes=pl.lit(value=False), amount=pl.lit(2**62).cast(MINOR))
    with pytest.raises(NotAssessable, match="too large"):
        openings(of)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 99), st.integers(0, 20)), min_size=1, max_size=10),
    st.integers(-50, 50),
    st.integers(0, 25),
)
def test_agrees_with_a_plain_ledger(payments: list[tuple[bool, int, int]], opening: int, at: int) -> None:
    make = case(*((("x", "hub", a, d) if came else ("hub", "x", a, d)) for came, a, d in payments))
    held = opening + sum(a if came else -a for came, a, d in payments if d < at)
    of = stated(make, "hub", held, at).view()
    assert opening_of(of, "hub") == opening
    days = sorted({d for _, _, d in payments})
    ends = {day: opening + sum(a if came else -a for came, a, d in payments if d <= day) for day in days}
    weights = [later - day for day, later in pairwise(days)] + [1]
    mean = sum(ends[day] * w for day, w in zip(days, weights, strict=True)) / sum(weights)
    credited = sum(a for came, a, _ in payments if came)
    assert retained(of, "hub") == (pytest.approx(mean / credited) if credited else None)
