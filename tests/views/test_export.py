"""Tables as CSV and Excel: exact, safe to open, the same bytes every time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.currencies import DECIMALS
from finvest.model.errors import UsageError
from finvest.model.money import parse_one
from finvest.views import export
from finvest.views.money_columns import decimal_text, money_columns

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\ufeff=1",
    "\u200b=1",
    "\u00a0+1",
    "\x00=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "=cmd|' /C calc'!A0",
    "'=1",
    '"=1',
    '=HYPERLINK("http://x.example","y")',
    "-2+3+cmd|' /C calc'!A0",
    "\tplain",
]
INNER = ["a;=1+1", "a;  =1", 'a";=1', "a\n=1", "a\t@x", "rent;-5", "a\r\n+1"]
HARMLESS = ["rent", "a=b", "1-2", "x@example.org", "ref; 12", "a, -b", ""]

amounts = st.integers(-(10**27) + 1, 10**27 - 1)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_disarms_formulas(text: str) -> None:
    (_, (cell,)) = rows_of(export.to_csv(pl.DataFrame({"t": [text]})))
    assert cell[0] == "'"
    assert cell.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", INNER)
def test_csv_disarms_formulas_behind_other_separators(text: str) -> None:
    content = export.to_csv(pl.DataFrame({"t": [text]})).decode()
    for cut in (";", "\t", "\n", "\r"):
        assert not [c for c in content.split(cut) if re.match(r"[\s\"]*[=+\-@]", c)]


@pytest.mark.parametrize("text", HARMLESS)
def test_csv_leaves_other_texts(text: str) -> None:
    assert rows_of(export.to_csv(pl.DataFrame({"t": [text], "n": [1]})))[1] == [text, "1"]


def test_csv_disarms_names_of_columns_and_lists() -> None:
    content = export.to_csv(pl.DataFrame({"=x": [["=1", "b"]], "@y": [{"a": 1}]}))
    assert rows_of(content) == [["'=x", "'@y"], ['["=1", "b"]', '{"a": 1}']]


@given(st.text(max_size=30))
def test_any_text_comes_back_but_for_apostrophes(text: str) -> None:
    (_, (cell, _)) = rows_of(export.to_csv(pl.DataFrame({"t": [text], "n": [1]})))
    assert cell.replace("'", "") == text.replace("'", "")
    assert not re.match(r"[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell)


def test_csv_is_exact_and_iso() -> None:
    frame = pl.DataFrame(
        {
            "amount": pl.Series([Decimal(5), Decimal(-1234567), None, Decimal(10**26)], dtype=pl.Decimal(38, 0)),
            "currency": ["EUR", "JPY", "EUR", "BHD"],
            "at": [datetime(2025, 1, 6, 9, 0, 0, 1500, tzinfo=UTC), datetime(2025, 1, 6, tzinfo=UTC), None, None],
            "day": [date(2025, 1, 6), None, None, None],
            "yes": [True, False, None, None],
        }
    )
    assert rows_of(export.to_csv(frame))[1:] == [
        ["0.05", "EUR", "2025-01-06T09:00:00.001500Z", "2025-01-06", "true"],
        ["-1234567", "JPY", "2025-01-06T00:00:00Z", "", "false"],
        ["", "EUR", "", "", ""],
        ["100000000000000000000000.000", "BHD", "", "", ""],
    ]
    assert export.to_csv(frame, bom=True)[:3] == b"\xef\xbb\xbf"
    assert pl.read_csv(io.BytesIO(export.to_csv(frame)), infer_schema=False)["amount"][1] == "-1234567"


@given(amounts, st.sampled_from(["EUR", "JPY", "BHD", "CLF", "XXX"]))
def test_decimal_text_is_exact(minor: int, currency: str) -> None:
    frame = pl.DataFrame({"m": pl.Series([Decimal(minor)], dtype=pl.Decimal(38, 0)), "c": [currency]})
    text = frame.select(decimal_text("m", "c")).item()
    if currency in DECIMALS:
        assert parse_one(text, currency) == minor
    else:
        assert int(text) == minor


@given(st.lists(amounts, min_size=1, max_size=20))
def test_excel_holds_every_amount_exactly(minor: list[int]) -> None:
    series = pl.Series([Decimal(m) for m in minor], dtype=pl.Decimal(38, 0))
    frame = pl.DataFrame({"amount": series}).with_columns(currency=pl.lit("EUR"))
    content = export.to_excel(frame)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet, shared = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    strings = re.findall(r"<si><t[^>]*>([^<]*)</t></si>", shared)
    cells = re.findall(r'<c r="A(\d+)"[^>]*?(t="s")?><v>([^<]+)</v>', sheet)
    held = [strings[int(v)] if kind else v for row, kind, v in cells if int(row) > 1]
    assert [Decimal(h) * 100 for h in held] == minor
    for (_, kind, _), m in zip(cells[1:], minor, strict=True):
        assert kind or len(str(abs(m)).rstrip("0")) <= export.DIGITS


def test_excel_holds_texts_as_texts() -> None:
    frame = pl.DataFrame({"text": [*FORMULAS, *INNER, "http://x.example", "0123", "_x0041_"]})
    content = export.to_excel(frame)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not [n for n in book.namelist() if "externalLink" in n or "vba" in n]
    back = pl.read_excel(content, sheet_name="table", infer_schema_length=0)
    kept = [t.replace("\r\n", "\n") for t in frame["text"] if "\x00" not in t and "\r" not in t]
    assert set(kept) <= set(back["text"])


def test_excel_round_trip(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "amount": [123_45, -5, 9_007_199_254_740_993, None],
            "currency": ["EUR", "JPY", "EUR", "EUR"],
            "score": [0.25, float("nan"), None, -1.5],
            "rows": [1, 2, 12_345_678_901_234_567, 0],
            "day": [date(2025, 1, 6)] * 4,
            "held": [True, None, False, True],
            "list": [["a"], [], None, ["b", "c"]],
            "nothing": [None] * 4,
        }
    )
    path = export.write(frame, tmp_path / "t.xlsx")
    back = pl.read_excel(path, sheet_name="table", infer_schema_length=0)
    assert back["amount"].to_list() == ["123.45", "-5", "90071992547409.93", None]
    assert back["score"].to_list() == ["0.25", "nan", None, "-1.5"]
    assert back["rows"][2] == "12345678901234567"
    assert back["day"][0] == "2025-01-06"
    assert back["list"].to_list() == ['["a"]', "[]", None, '["b", "c"]']
    assert not list(tmp_path.glob("*.part"))
    about = pl.read_excel(path, sheet_name="about", has_header=False)
    assert about.to_series()[0] == "4 rows, 8 columns"
    assert about.to_series()[3].startswith("2 numbers")


def test_the_same_table_gives_the_same_bytes() -> None:
    frame = pl.DataFrame({"a": ["x"], "amount": [1], "currency": ["EUR"]})
    first = export.to_excel(frame)
    assert first == export.to_excel(frame)
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert {i.date_time[0] for i in book.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_a_text_too_long_for_a_cell_says_so() -> None:
    content = export.to_excel(pl.DataFrame({"t": ["x" * 40_000]}))
    cell = pl.read_excel(content, sheet_name="table")["t"][0]
    assert len(cell) == export.MOST_TEXT
    assert cell.endswith("[40,000 characters in all; the CSV has them]")
    assert pl.read_excel(content, sheet_name="about", has_header=False).to_series()[4].startswith("1 texts")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UsageError, match="an Excel sheet holds"):
        export.to_excel(pl.DataFrame({"n": range(export.MOST_ROWS + 1)}))


def test_write_knows_its_endings(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1]})
    assert export.write(frame, tmp_path / "t.CSV").read_bytes() == b"n\r\n1\r\n"
    with pytest.raises(UsageError, match=r"as \.csv or \.xlsx"):
        export.write(frame, tmp_path / "t.ods")


def test_money_columns_are_recognised() -> None:
    frame = pl.DataFrame(
        {
            "amount": [1],
            "received_amount": [1],
            "received_currency": ["EUR"],
            "currency": ["EUR"],
            "amount_base": [1],
            "opening": [1],
            "count": [1],
        }
    )
    assert money_columns(frame) == {
        "amount": "currency",
        "received_amount": "received_currency",
        "opening": "currency",
    }
    assert money_columns(frame.drop("currency")) == {"received_amount": "received_currency"}
    assert money_columns(frame, {"count": "currency"}) == {"count": "currency"}
