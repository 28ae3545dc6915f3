"""MLT-03 at the borders of its thresholds; currencies apart, holders unknown, balances unknown."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.findings.make import Make
from tests.detectors.conftest import checks, found, with_accounts


def pipe(events: int = 6, *, hours: float = 6, opening: int | None = 0, **columns: object) -> Make:
    """What comes in leaves after some hours; five days later it begins again."""
    make = Make()
    if opening is not None:
        make.opening("pipe", opening)
    through(make, events, hours, **columns)
    return make


def through(make: Make, events: int, hours: float = 6, **columns: object) -> None:
    for i in range(events):
        make.transfer(f"payer {i}", "pipe", 1_000_00, 5 * i, **columns)  # type: ignore[arg-type]
        make.transfer("pipe", "far away", 1_000_00, 5 * i + hours / 24, **columns)  # type: ignore[arg-type]


@pytest.mark.parametrize(("events", "expected"), [(4, 0), (5, 1)])
def test_the_asked_number_of_sums_is_enough(events: int, expected: int) -> None:
    assert len(found("MLT-03", pipe(events))) == expected


@pytest.mark.parametrize(("hours", "expected"), [(0, 1), (24, 1), (24.001, 0)])
def test_the_last_instant_of_the_time_is_in_it(hours: float, expected: int) -> None:
    assert len(found("MLT-03", pipe(hours=hours, opening=None))) == expected


@pytest.mark.parametrize(("stays", "expected"), [(999_99, 1), (1_000_00, 1), (1_000_01, 0)])
def test_the_asked_share_is_enough_to_the_cent(stays: int, expected: int) -> None:
    make = pipe(9, opening=None)
    make.transfer("payer", "pipe", stays, 100)
    assert len(found("MLT-03", make)) == expected


@pytest.mark.parametrize(("opening", "expected"), [(120_00, 1), (121_00, 0), (None, 1)])
def test_what_stays_counts_where_it_is_known(opening: int | None, expected: int) -> None:
    # Six sums of 1,000.00 came in: two percent of them are 120.00.
    findings = found("MLT-03", pipe(opening=opening))
    assert len(findings) == expected
    if opening is None:
        assert findings[0].facts["retained_percent"] is None
        assert findings[0].sentence.endswith("received: not known.")
        assert findings[0].score < found("MLT-03", pipe())[0].score


def test_currencies_are_judged_apart() -> None:
    make = pipe()
    through(make, 6, currency="JPY")
    assert sorted(f.amounts[0][0] for f in found("MLT-03", make)) == ["EUR", "JPY"]
    half = pipe(3)
    through(half, 3, currency="JPY")
    assert found("MLT-03", half) == []


def test_an_account_whose_books_are_not_on_file_says_nothing() -> None:
    view = with_accounts(pipe(), "originator", own_books=pl.lit(value=False))
    assert found("MLT-03", view) == []
    (finding,) = found("MLT-03", with_accounts(pipe(), "originator", own_books=pl.col("account") == Make.id("pipe")))
    assert [s.label for s in finding.subjects] == ["pipe"]


def test_only_bank_accounts_are_pipes() -> None:
    assert found("MLT-03", with_accounts(pipe(), kind=pl.lit("cash"))) == []


def test_dates_without_times_pass_possibly() -> None:
    (finding,) = found("MLT-03", pipe(dated=True))
    assert finding.facts["order_certain"] is False
    assert found("MLT-03", pipe())[0].facts["order_certain"] is True


def test_payments_to_itself_pass_nothing() -> None:
    make = Make()
    make.opening("pipe", 0)
    for i in range(6):
        make.transfer(f"payer {i}", "pipe", 1_000_00, 5 * i)
        make.transfer("pipe", "pipe", 1_000_00, 5 * i + 0.1)
    assert found("MLT-03", make) == []


@pytest.mark.parametrize(
    ("pipe_holder", "receiver", "result"),
    [
        ("Ada Example", "example ada", "present"),
        ("Ada Example", "Bob Example", "absent"),
        ("Ada Example", None, "to ask"),
        (None, "Ada Example", "to ask"),
    ],
)
def test_where_the_money_goes_decides_and_who_is_unknown_is_to_ask(
    pipe_holder: str | None, receiver: str | None, result: str
) -> None:
    make = pipe()
    for account, name in (("pipe", pipe_holder), ("far away", receiver)):
        if name is not None:
            make.holder(account, name)
    (finding,) = found("MLT-03", make)
    assert checks(finding)["own other account"] == result
    assert finding.withdrawn == (result == "present")
    assert finding.score == (0 if result == "present" else found("MLT-03", pipe())[0].score)


def test_a_company_on_the_list_lowers_the_score() -> None:
    make = pipe()
    make.company("Notary Example", "pipe")
    make.holder("far away", "Somebody Else")
    (finding,) = found("MLT-03", make)
    assert finding.score == pytest.approx(found("MLT-03", pipe())[0].score * 0.4)
