"""A sum in several currencies is shown in the base currency too, where every part of it was converted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.findings.wording import sums
from finvest.model.conversion import convert
from finvest.model.rates import SCHEMA, Rates
from finvest.model.tables import TABLES
from finvest.pairing.movements import movements
from finvest.view import CaseView
from tests.findings.conftest import detector, row

if TYPE_CHECKING:
    from finvest.findings.finding import Finding

NONE = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})


def found(rates: dict[str, str] | None, base: str = "EUR", payments: int = 3) -> Finding:
    """What is found in payments of 1.00 EUR, 2.00 USD and 300 JPY."""
    make = Make()
    for number, currency in enumerate(("EUR", "USD", "JPY")):
        make.transfer("x", "y", 100 * (number + 1), number, currency=currency)
    tables = make.tables()
    moved = movements(tables["transactions"], NONE, TABLES["pairs"].empty())
    known = None
    if rates is not None:
        rows = [(date(2025, 1, 6), currency, rate, "court") for currency, rate in rates.items()]
        own, none = pl.DataFrame(rows, schema=SCHEMA, orient="row"), pl.DataFrame(schema=SCHEMA)
        known = Rates(own, none)
    view = CaseView(convert(moved, known, base)[0], tables, base)
    (finding,) = detector(row().with_columns(evidence=pl.lit(list(range(payments))))).detect(view)
    return finding


def test_the_sum_in_the_base_currency_with_its_rates() -> None:
    finding = found({"USD": "1.25", "JPY": "150"})
    assert dict(finding.amounts) == {"EUR": 100, "USD": 200, "JPY": 300}
    assert finding.base == ("EUR", 460)
    assert finding.facts["amount_base"] == 460
    assert finding.facts["base_currency"] == "EUR"
    assert finding.facts["rate_sources"] == ["court 2025-01-06"]
    assert "1.00 EUR and 300 JPY and 2.00 USD (≈ 4.60 EUR) from" in finding.sentence


@pytest.mark.parametrize("rates", [None, {"USD": "1.25"}])
def test_a_sum_that_is_known_in_part_only_is_not_shown(rates: dict[str, str] | None) -> None:
    finding = found(rates)
    assert finding.base is None
    assert "≈" not in finding.sentence
    assert not {"amount_base", "base_currency", "rate_sources"} & set(finding.facts)


def test_a_sum_in_one_currency_needs_no_other() -> None:
    finding = found({"USD": "1.25", "JPY": "150"}, payments=1)
    assert finding.base is None
    assert "≈" not in finding.sentence


def test_rates_change_neither_id_nor_score() -> None:
    with_rates, without = found({"USD": "1.25", "JPY": "150"}), found(None)
    assert (with_rates.id, with_rates.score) == (without.id, without.score)


def test_sums_are_written_for_a_reader() -> None:
    assert sums((("EUR", 1_200_000), ("JPY", 300)), ("EUR", 1_200_185)) == "12,000.00 EUR and 300 JPY (≈ 12,001.85 EUR)"
    assert sums((("EUR", 100),)) == "1.00 EUR"
