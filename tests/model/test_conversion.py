"""Converted amounts are exact products, rounded once; what has no rate stays empty and is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finvest.model.conversion import UNCONVERTED, convert, convert_one
from finvest.model.currencies import DECIMALS
from finvest.model.rates import SCHEMA, Rates
from finvest.model.tables import INSTANT, MINOR

DAY = date(2025, 3, 3)
NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
COLUMNS = pl.Schema(
    {
        "earliest": INSTANT,
        "zone": pl.String(),
        "amount": MINOR,
        "currency": pl.String(),
        "loader": pl.String(),
        "amount_base": MINOR,
        "rate": pl.String(),
        "rate_source": pl.String(),
    }
)


def known(**of: str) -> Rates:
    rows = [(DAY, currency, rate, "court") for currency, rate in of.items()]
    return Rates(pl.DataFrame(rows, schema=SCHEMA, orient="row"), pl.DataFrame(schema=SCHEMA))


def movements(*rows: tuple[int, str | None], **columns: Any) -> pl.DataFrame:
    made = [
        {"earliest": NOON, "zone": "UTC", "amount": amount, "currency": currency, "loader": "x", **columns}
        for amount, currency in rows
    ]
    return pl.DataFrame(made, schema=COLUMNS)


def told(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return [
        (None if a is None else int(a), *rest) for a, *rest in frame.select("amount_base", "rate", "rate_source").rows()
    ]


def test_an_amount_its_rate_and_where_that_comes_from() -> None:
    rows, left = convert(
        movements((120_000, "USD"), (500, "EUR"), (77, "JPY")), known(USD="1.0411", JPY="156.2"), "EUR"
    )
    assert told(rows) == [
        (115_263, "1/1.0411", "court 2025-03-03"),
        (500, "1", None),
        (49, "1/156.2", "court 2025-03-03"),
    ]
    assert left.is_empty()
    assert rows.schema == COLUMNS


def test_another_base_is_reached_by_the_cross_rate() -> None:
    rows, _ = convert(movements((120_000, "USD"), (500, "EUR"), (9, "CHF")), known(USD="1.0411", CHF="0.9402"), "CHF")
    assert told(rows) == [
        (round(Fraction(120_000) * Fraction("0.9402") / Fraction("1.0411")), "0.9402/1.0411", "court 2025-03-03"),
        (470, "0.9402", "court 2025-03-03"),
        (9, "1", None),
    ]


def test_ties_go_to_the_even_unit() -> None:
    rows, _ = convert(movements(*((n, "USD") for n in (1, 3, 5, 7, 2))), known(USD="2"), "EUR")
    assert [a for a, *_ in told(rows)] == [0, 2, 2, 4, 1]
    assert [convert_one(n, Fraction(1, 2)) for n in (1, 3, 5, 7, 2, -1, -3)] == [0, 2, 2, 4, 1, 0, -2]


def test_the_rate_is_that_of_the_day_in_the_books() -> None:
    late = datetime(2025, 3, 2, 23, 30, tzinfo=UTC)  # the third in Berlin
    row = movements((100, "USD"), earliest=late, zone="Europe/Berlin")
    assert told(convert(row, known(USD="2"), "EUR")[0]) == [(50, "1/2", "court 2025-03-03")]
    row = movements((100, "USD"), earliest=late, zone="UTC")
    assert told(convert(row, known(USD="2"), "EUR")[0]) == [(None, None, None)]


def test_hundredths_of_yen_and_bitcoin_count_as_their_loader_writes_them() -> None:
    decimals = {"sim": {"YEN": 2, "BTC": 8}}
    rates = known(JPY="156.2", BTC="0.00001")
    rows, left = convert(
        movements((15_620, "YEN"), (1, "BTC"), (100_000_000, "BTC"), loader="sim"), rates, "EUR", decimals
    )
    assert told(rows) == [
        (100, "1/156.2", "court 2025-03-03 (JPY)"),
        (0, "1/0.00001", "court 2025-03-03"),
        (10_000_000, "1/0.00001", "court 2025-03-03"),
    ]
    assert left.is_empty()
    rows, left = convert(movements((1, "BTC")), rates, "EUR", decimals)
    assert told(rows) == [(None, None, None)]
    assert left["why"].to_list() == ["its decimals are not known"]


def test_what_has_no_rate_is_empty_and_counted() -> None:
    given_ = movements((1, "USD"), (1, "UAH"), (2, "UAH"), (3, "XXX"), (4, None), (10**26, "KWD"))
    rows, left = convert(given_, known(USD="1.1", KWD="0.0001"), "EUR")
    assert [a for a, *_ in told(rows)] == [1, None, None, None, None, None]
    assert left.rows() == [
        ("KWD", "the amount is too large in the base currency", 1, DAY, DAY),
        ("UAH", "there is no rate of UAH", 2, DAY, DAY),
        ("XXX", "its currency is not known", 1, DAY, DAY),
        (None, "its currency is not known", 1, DAY, DAY),
    ]
    old, left = convert(movements((1, "USD"), earliest=datetime(2026, 1, 1, tzinfo=UTC)), known(USD="1.1"), "EUR")
    assert told(old) == [(None, None, None)]
    assert left["why"].to_list() == ["there is no rate of USD for the day or the 7 days before"]
    _, left = convert(movements((1, "USD"), (1, "UAH")), known(USD="1.1"), "UAH")
    assert left["why"].to_list() == ["there is no rate of UAH"]


def test_without_rates_nothing_changes_and_everything_else_is_counted() -> None:
    given_ = movements((1, "USD"), (1, "EUR"), (1, None))
    rows, left = convert(given_, None, "EUR")
    assert rows.equals(given_)
    assert left.select("currency", "count").rows() == [("USD", 1), (None, 1)]
    assert left.schema == pl.Schema(UNCONVERTED)


def test_what_the_records_say_themselves_stays() -> None:
    said = movements((100, "USD"), amount_base=91, rate="0.91", rate_source="the bank")
    for rates in (None, known(USD="2")):
        rows, left = convert(said, rates, "EUR")
        assert rows.equals(said)
        assert left.is_empty()


def test_no_movement_is_no_trouble() -> None:
    rows, left = convert(movements(), known(USD="2"), "EUR")
    assert rows.schema == COLUMNS
    assert left.is_empty()


RATE = st.builds(
    lambda whole, part: f"{whole}.{part}" if part else whole,
    st.integers(0, 10**15 - 1).map(str),
    st.text("0123456789", max_size=18),
).filter(lambda text: Fraction(text) > 0)


@settings(deadline=None)
@given(
    st.lists(st.integers(-(10**27) + 1, 10**27 - 1) | st.integers(-(10**6), 10**6), min_size=1, max_size=8),
    RATE | st.decimals("0.0001", "9999", places=4).map(str),
    RATE | st.sampled_from(["2", "4", "0.5", "1.25"]),
    st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF"]),
    st.sampled_from(["GBP", "JPY", "KWD", "BTC", "WEI"]),
)
@example([10**19, 10**19 - 1, -(10**19), 5, -5], "2", "1", "EUR", "GBP")
@example([1], "0.000000000000000001", "999999999999999", "CLF", "WEI")
def test_every_amount_is_the_exact_product_rounded_half_to_even(
    amounts: list[int], of: str, to: str, base: str, currency: str
) -> None:
    own = {"BTC": 8, "WEI": 18}
    to = "1" if base == "EUR" else of if base == currency else to
    rates = known(**{currency: of, **({} if base == "EUR" else {base: to})})
    rows, left = convert(movements(*((a, currency) for a in amounts)), rates, base, {"x": own})
    digits = DECIMALS.get(currency, own.get(currency, 0))
    exact = Fraction(to) / Fraction(of) * Fraction(10) ** (DECIMALS[base] - digits)
    wanted = [round(a * exact) for a in amounts]  # Python rounds a fraction half to even
    assert [a for a, *_ in told(rows)] == [w if abs(w) < 10**27 else None for w in wanted]
    assert left["count"].sum() == sum(abs(w) >= 10**27 for w in wanted)
    for _, rate, _ in told(rows):
        if rate is not None:
            over, _, under = rate.partition("/")
            assert Fraction(over) / Fraction(under or 1) * Fraction(10) ** (DECIMALS[base] - digits) == exact
