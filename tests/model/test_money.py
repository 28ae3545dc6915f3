"""The money parser against Python's `decimal`: exact or rejected, never rounded."""

from __future__ import annotations

import re
from decimal import Context, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.currencies import DECIMALS
from finvest.model.errors import AmountError, FinvestError, UsageError
from finvest.model.money import LARGEST_DIGITS, AmountFormat, parse, parse_one, show

WIDE = Context(prec=400)
SPACES = " \u00a0\u202f\u2009"
CURRENCIES = ["EUR", "JPY", "KWD", "CLF", "XXX", "ETH", None]
FORMATS = [
    AmountFormat(),
    AmountFormat(".", ","),
    AmountFormat(",", "."),
    AmountFormat(",", " ."),
    AmountFormat(".", "'’ "),
    AmountFormat(".", decimals=18),
    AmountFormat(",", decimals=0),
]


def reference(text: str | None, currency: str | None, written: AmountFormat) -> tuple[int | None, str | None]:
    """Return minor units and reason, worked out by hand and with `decimal`."""
    text = (text or "").strip(SPACES + "\t")
    if not text:
        return None, None
    decimals = DECIMALS.get(currency or "", written.decimals)
    if decimals is None:
        return None, "CURRENCY_UNKNOWN"
    negative, number = _unsigned(text)
    whole, _, part = number.partition(written.decimal)
    signs = {c for c in whole if c in written.thousands.replace(" ", SPACES)}
    if signs:
        # one kind of sign in one number, all kinds of space being one
        one_kind = len(signs) == 1 or all(c in SPACES for c in signs)
        groups = re.split("|".join(re.escape(c) for c in signs), whole)
        regular = 1 <= len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(g) == 3 for g in groups[1:])
        whole = "".join(groups) if one_kind and regular else "?"
    if not re.fullmatch("[0-9]*", whole + part, re.ASCII) or not whole + part:
        return None, "AMOUNT_FORMAT"
    scaled = Decimal(f"{whole or '0'}.{part or '0'}").scaleb(decimals, WIDE)
    if scaled != scaled.to_integral_value():
        return None, "AMOUNT_SCALE"
    if scaled >= 10**LARGEST_DIGITS:
        return None, "AMOUNT_RANGE"
    return int(-scaled if negative else scaled), None


def _unsigned(text: str) -> tuple[bool, str]:
    if text[0] == "(" and text[-1] == ")":
        return True, text[1:-1]
    if text[0] in "+-−":
        return text[0] != "+", text[1:]
    if text[-1] in "-−":
        return True, text[:-1]
    return False, text


amounts = st.one_of(
    st.text("0123456789.,'’ \u00a0\u202f-−+()", max_size=12),
    st.text("0123456789", max_size=32),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda d: format(d, ",")),
    st.integers(-(10**30), 10**30).map(lambda n: f"{n:,}".replace(",", ".")),
    st.from_regex(r"\A[(+\-−]?[0-9]{1,3}([.,'’ \u2009][0-9]{3}){0,3}([.,][0-9]{0,20})?[)\-−]?\Z"),
    st.from_regex(r"\A[0-9]{1,2}([.,' ][0-9]{3}){1,3}\Z", fullmatch=True),
    st.text(max_size=6),
    st.none(),
)


@given(st.lists(amounts, max_size=40), st.sampled_from(CURRENCIES), st.sampled_from(FORMATS))
def test_exact_or_rejected_like_decimal(texts: list[str | None], currency: str | None, written: AmountFormat) -> None:
    codes = pl.Series([currency] * len(texts), dtype=pl.String)
    minor, reason = parse(pl.Series(texts, dtype=pl.String), codes, written)
    expected = [reference(t, currency, written) for t in texts]
    assert [(None if m is None else int(m), r) for m, r in zip(minor, reason, strict=True)] == expected
    assert minor.dtype == pl.Decimal(38, 0)


largest = 10**LARGEST_DIGITS - 1


@given(st.integers(-largest, largest), st.sampled_from(sorted(DECIMALS)))
def test_what_is_shown_parses_back(minor: int, currency: str) -> None:
    shown = show(minor, currency)
    assert shown.endswith(f" {currency}")
    assert parse_one(shown.removesuffix(f" {currency}"), currency, AmountFormat(".", ",")) == minor


@given(st.integers(-largest, largest), st.integers(0, 18))
def test_declared_decimals_parse_back(minor: int, decimals: int) -> None:
    shown = show(minor, "XXX", decimals).removesuffix(" XXX")
    assert parse_one(shown, "XXX", AmountFormat(".", ",", decimals)) == minor


@pytest.mark.parametrize("text", ["(1,234.50)", "-1,234.50", "−1,234.50", "1,234.50-", "1,234.50−", "  -1234.5\t"])
def test_accounting_negatives(text: str) -> None:
    assert parse_one(text, "EUR", AmountFormat(".", ",")) == -123450


@pytest.mark.parametrize(
    "text",
    [
        "(-5)",
        "(5",
        "5)",
        "--5",
        "-5-",
        "+5-",
        "(5)-",
        "-",
        "()",
        ".",
        "- 5",
        "5 -",
        "5\n",
        "5 EUR",
        "€5",
        "1e3",
        "٣",
        "NaN",
    ],
)
def test_what_is_not_surely_a_number_is_rejected(text: str) -> None:
    minor, reason = parse(pl.Series([text]), "EUR")
    assert (minor[0], reason[0]) == (None, "AMOUNT_FORMAT")


@pytest.mark.parametrize(
    ("text", "thousands", "minor"),
    [
        ("1.234", ".", 123400),
        ("1.234", "", None),
        ("1234.567", ".", None),
        ("12.34", ".", None),
        ("1.234.5", ".", None),
        ("1\u202f234\u00a0567,8", " ", 123456780),
        ("1\t234", " ", None),
        ("1.234 567", ". ", None),
        ("1’234’567,80", "’'", 123456780),
        ("1'234’567", "’'", None),
        ("0.001", ".", None),
        ("01.234", ".", None),
        (".234", ".", None),
        ("234.", ".", None),
    ],
)
def test_thousands(text: str, thousands: str, minor: int | None) -> None:
    written = AmountFormat(",", thousands)
    got, reason = parse(pl.Series([text]), "EUR", written)
    assert got[0] == minor
    assert (reason[0] is None) == (minor is not None)


@pytest.mark.parametrize(
    ("text", "currency", "minor", "reason"),
    [
        ("18.150", "EUR", 1815, None),
        ("18.155", "EUR", None, "AMOUNT_SCALE"),
        ("100.00", "JPY", 100, None),
        ("100.5", "JPY", None, "AMOUNT_SCALE"),
        ("1.234", "KWD", 1234, None),
        ("0.00001", "CLF", None, "AMOUNT_SCALE"),
        ("5", "XXX", None, "CURRENCY_UNKNOWN"),
        ("", "XXX", None, None),
        ("x", "XXX", None, "CURRENCY_UNKNOWN"),
        ("9" * 25 + ".99", "EUR", largest, None),
        ("-" + "9" * 25 + ".99", "EUR", -largest, None),
        ("1" + "0" * 25, "EUR", None, "AMOUNT_RANGE"),
        ("0" * 60 + "1.0" + "0" * 60, "EUR", 100, None),
        ("-0.00", "EUR", 0, None),
        (".5", "EUR", 50, None),
        ("5.", "EUR", 500, None),
    ],
)
def test_scale_and_range(text: str, currency: str, minor: int | None, reason: str | None) -> None:
    got, why = parse(pl.Series([text]), currency)
    assert (got[0], why[0]) == (minor, reason)


def test_each_row_has_its_own_currency() -> None:
    minor, reason = parse(pl.Series(["1.5"] * 4), pl.Series(["EUR", "JPY", "KWD", None]))
    assert minor.to_list() == [150, None, 1500, None]
    assert reason.to_list() == [None, "AMOUNT_SCALE", None, "CURRENCY_UNKNOWN"]


def test_currency_says_decimals_before_the_profile_does() -> None:
    assert parse_one("1.5", "EUR", AmountFormat(decimals=0)) == 150


def test_nothing_to_parse() -> None:
    minor, reason = parse(pl.Series([], dtype=pl.String), "EUR")
    assert len(minor) == len(reason) == 0


@pytest.mark.parametrize("text", ["", " ", "secret"])
def test_errors_do_not_quote_the_text(text: str) -> None:
    with pytest.raises(AmountError, match="amount rejected") as caught:
        parse_one(text, "EUR")
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, FinvestError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"decimal": ";"},
        {"decimal": ""},
        {"decimal": ",", "thousands": ","},
        {"thousands": "_"},
        {"decimals": -1},
        {"decimals": 19},
    ],
)
def test_signs_must_be_declared_unambiguously(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        AmountFormat(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "currency", "decimals", "shown"),
    [
        (-1234567, "EUR", None, "-12,345.67 EUR"),
        (5, "EUR", None, "0.05 EUR"),
        (-5, "EUR", None, "-0.05 EUR"),
        (1234567, "JPY", None, "1,234,567 JPY"),
        (1, "KWD", None, "0.001 KWD"),
        (1234, "XXX", None, "1,234 XXX"),
        (10**18, "ETH", 18, "1.000000000000000000 ETH"),
    ],
)
def test_show(minor: int, currency: str, decimals: int | None, shown: str) -> None:
    assert show(minor, currency, decimals) == shown
