"""Sentences: facts are text, whatever stands in them, and sums are exact."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.findings.wording import day, fill, names, period, sums
from tests.findings.conftest import detector, row, view

HOSTILE = ["{0}", "{amounts.__class__}", "{who}", "{", "}", "{{x}}", "{!r}", "{:>99999999}", "%s", "\x00\n", "<b>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name: str) -> None:
    (found,) = detector(row(fact=name), sentence="{who} {fact}").detect(view(holder=name))
    assert found.sentence == f"{found.subjects[0].label} {name}"
    assert name in found.subjects[0].label


@given(st.text(), st.text())
def test_what_is_filled_in_is_never_filled_again(name: str, fact: str) -> None:
    assert fill("{a}|{b}", {"a": name, "b": fact}) == f"{name}|{fact}"


@pytest.mark.parametrize(
    ("sentence", "value", "text"),
    [
        ("{x}", 1234567, "1,234,567"),
        ("{x}", 0.25, "0.2"),
        ("{x}", True, "True"),
        ("{x}", None, "not known"),
        ("{x:.0f} %", None, "not known %"),
        ("{x:.0f} %", 12.6, "13 %"),
        ("{x}", date(2025, 3, 4), "4 March 2025"),
        ("{x}", datetime(2025, 3, 4, 23, 59, tzinfo=UTC), "4 March 2025"),
        ("{x}", "", ""),
    ],
)
def test_values_are_written_for_a_reader(sentence: str, value: object, text: str) -> None:
    assert fill(sentence, {"x": value}) == text


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        ((), "no amount"),
        ((("EUR", 123456789),), "1,234,567.89 EUR"),
        ((("EUR", -5),), "-0.05 EUR"),
        ((("JPY", 300),), "300 JPY"),
        ((("BHD", 1), ("EUR", 100)), "0.001 BHD and 1.00 EUR"),
        ((("EUR", 2**63 * 10),), "922,337,203,685,477,580.80 EUR"),
        ((("XXX", 5),), "5 XXX"),
    ],
)
def test_sums_are_exact(amounts: tuple[tuple[str, int], ...], text: str) -> None:
    assert sums(amounts) == text


def test_the_first_names_are_listed_and_the_rest_counted() -> None:
    assert names([]) == ""
    assert names(["a"]) == "a"
    assert names(list("abcd")) == "a, b, c, d"
    assert names(list("abcde")) == "a, b, c and 2 others"


def test_days_and_periods() -> None:
    assert day(date(2025, 12, 1)) == "1 December 2025"
    assert period(None) == "no date"
    assert period((date(2025, 3, 4), date(2025, 3, 4))) == "4 March 2025"
    assert period((date(2025, 3, 4), date(2025, 3, 12))) == "4 to 12 March 2025"
    assert period((date(2024, 3, 4), date(2025, 3, 4))) == "4 March 2024 to 4 March 2025"
    assert period((date(2025, 3, 31), date(2025, 4, 1))) == "31 March 2025 to 1 April 2025"
