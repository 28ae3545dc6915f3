"""Any table as CSV or Excel that a spreadsheet opens safely: no text becomes a formula, no amount is rounded."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.currencies import DECIMALS
from finvest.model.errors import UsageError
from finvest.views.money_columns import decimal_text, money_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_BLANK = r"[\s\x00-\x20\x{00A0}\x{00AD}\x{200B}-\x{200F}\x{2028}-\x{202F}\x{2060}\x{2066}-\x{2069}\x{3000}\x{FEFF}'\"]"
_SIGN = r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{FE66}\x{FE62}\x{FE63}\x{FE6B}]"  # and their wide and small forms
_FORMULA = rf"^({_BLANK}*{_SIGN}|[\t\r\n])"
# A spreadsheet set to semicolons or tabs cuts a comma file there, quoted or not: what follows begins a cell.
_AFTER_CUT = rf"([;\t\r\n]{_BLANK}*)({_SIGN})"

DIGITS = 15
"""Significant digits that a spreadsheet's numbers hold."""

MOST_ROWS = 1_048_575
MOST_TEXT = 32_767
"""Rows below the header, and characters of a cell, that an Excel sheet can hold."""

_BYTE_ORDER_MARK = "\ufeff"
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)
"""Every workbook says so, because the same table must give the same bytes."""


def write(frame: pl.DataFrame, path: Path, *, money: Mapping[str, str] | None = None, bom: bool = False) -> Path:
    """Write a table to a file whose name says how: ``.csv`` or ``.xlsx``.

    Parameters
    ----------
    frame : polars.DataFrame
    path : pathlib.Path
    money : mapping of str to str, optional
        Columns of minor units, each with the column of its currency; see `money_columns` where left out.
    bom : bool
        Begin a CSV with a byte order mark, by which older spreadsheets recognise UTF-8.

    Returns
    -------
    pathlib.Path
        Where it lies.

    Raises
    ------
    UsageError
        If the name ends otherwise, or a sheet cannot hold so many rows.
    """
    ending = path.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise UsageError(f"{path.name}: a table is written as .csv or .xlsx, not {ending or 'without an ending'}")
    content = to_csv(frame, money=money, bom=bom) if ending == ".csv" else to_excel(frame, money=money)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path


def to_csv(frame: pl.DataFrame, *, money: Mapping[str, str] | None = None, bom: bool = False) -> bytes:
    """Return a table as CSV: UTF-8, commas, quotation marks where needed.

    Amounts are decimal text in units of their currency, instants ISO 8601 in UTC, lists JSON. A text that a spreadsheet
    could take for a formula gets an apostrophe in front; the same inside a text after a semicolon, tab or line break.

    Returns
    -------
    bytes
    """
    amounts = money_columns(frame, money)
    plain = frame.select(
        decimal_text(c, amounts[c]) if c in amounts else _csv_text(frame, c, dtype) for c, dtype in frame.schema.items()
    )
    plain.columns = guarded(pl.Series("", frame.columns, pl.String)).to_list()
    text = plain.write_csv(line_terminator="\r\n")
    return ((_BYTE_ORDER_MARK if bom else "") + text).encode()


def guarded(texts: pl.Series) -> pl.Series:
    """Put an apostrophe before whatever a spreadsheet could take for a formula.

    Parameters
    ----------
    texts : polars.Series of String, shape (n,)

    Returns
    -------
    polars.Series of String, shape (n,)
    """
    frame = texts.alias("text").to_frame()
    inner = pl.col("text").str.replace_all(_AFTER_CUT, "${1}'${2}")
    return (
        frame.select(pl.when(pl.col("text").str.contains(_FORMULA)).then(pl.lit("'") + inner).otherwise(inner))
        .to_series()
        .alias(texts.name)
    )


def _csv_text(frame: pl.DataFrame, column: str, dtype: pl.DataType) -> pl.Series:
    if dtype.is_integer() or dtype.is_float() or dtype.is_decimal() or dtype == pl.Boolean:
        return frame[column]
    return guarded(written(frame[column]))


def written(column: pl.Series) -> pl.Series:
    """Write any column as text: days and instants ISO 8601, instants in UTC, lists and structures JSON."""
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.f") + "Z"
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    if dtype.is_nested() or dtype in {pl.Object, pl.Binary}:
        texts = [None if v is None else _json(v) for v in column.to_list()]
        return pl.Series(column.name, texts, pl.String)
    if dtype == pl.Duration:
        return column.dt.to_string("iso")
    return column.cast(pl.String)


def _json(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)


def to_excel(frame: pl.DataFrame, *, money: Mapping[str, str] | None = None) -> bytes:
    """Return a table as an Excel workbook: a sheet ``table``, and a sheet ``about`` that says how it is written.

    Texts are texts, whatever they begin with. A number of up to 15 significant digits is a number, amounts with the
    decimals of their currency; a longer one is text, because a spreadsheet would round it.

    Returns
    -------
    bytes
        The same for the same table.

    Raises
    ------
    UsageError
        If there are more rows than a sheet holds.
    """
    if len(frame) > MOST_ROWS:
        raise UsageError(f"{len(frame):,} rows; an Excel sheet holds {MOST_ROWS:,}: write a .csv, or select a period")
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "finvest", "created": _WRITTEN})
        sheet = book.add_worksheet("table")
        told = _Sheet(book, sheet)
        told.header(frame.columns)
        amounts = money_columns(frame, money)
        for place, (column, dtype) in enumerate(frame.schema.items()):
            if column in amounts:
                told.amounts(place, frame[column], frame[amounts[column]])
            elif dtype.is_numeric():
                told.numbers(place, frame[column])
            elif dtype == pl.Boolean:
                for row, value in enumerate(frame[column], 1):
                    if value is not None:
                        sheet.write_boolean(row, place, value)
            else:
                told.texts(place, written(frame[column]))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(frame)), max(0, frame.width - 1))
        _about(book.add_worksheet("about"), frame, told)
    return file.getvalue()


class _Sheet:
    """Writes columns, and counts what it could not write as a reader expects."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self.book, self.sheet = book, sheet
        self.bold = book.add_format({"bold": True})
        self.formats: dict[int, Any] = {}
        self.long_numbers, self.cut_texts = 0, 0

    def header(self, columns: list[str]) -> None:
        for place, column in enumerate(columns):
            self.sheet.write_string(0, place, column, self.bold)
            self.sheet.set_column(place, place, min(42, max(11, len(column) + 3)))

    def amounts(self, place: int, minor: pl.Series, currencies: pl.Series) -> None:
        texts = pl.DataFrame({"minor": minor, "currency": currencies}).select(decimal_text("minor", "currency"))
        for row, (text, currency) in enumerate(zip(texts["minor"], currencies, strict=True), 1):
            if text is not None:
                self._number(row, place, text, DECIMALS.get(currency, 0))

    def numbers(self, place: int, column: pl.Series) -> None:
        for row, value in enumerate(column, 1):
            if value is not None:
                self._number(row, place, str(value), None)

    def _number(self, row: int, place: int, text: str, decimals: int | None) -> None:
        if not _holds(text):
            self.long_numbers += Decimal(text).is_finite()
            self.sheet.write_string(row, place, text)
        elif decimals is None:
            self.sheet.write_number(row, place, float(text))
        else:
            if decimals not in self.formats:
                self.formats[decimals] = self.book.add_format(
                    {"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")}
                )
            self.sheet.write_number(row, place, float(text), self.formats[decimals])

    def texts(self, place: int, column: pl.Series) -> None:
        for row, text in enumerate(column, 1):
            if text is None:
                continue
            kept = text
            if len(text) > MOST_TEXT:
                self.cut_texts += 1
                more = f" … [{len(text):,} characters in all; the CSV has them]"
                kept = text[: MOST_TEXT - len(more)] + more
            self.sheet.write_string(row, place, kept)


def _holds(text: str) -> bool:
    """Tell whether a spreadsheet's number holds exactly what a text says; it has no room for more than 15 digits."""
    exact = Decimal(text)
    if not exact.is_finite():
        return False
    kept = f"{float(text):.16G}"  # as the workbook stores it
    return len(exact.normalize().as_tuple().digits) <= DIGITS and Decimal(kept) == exact


def _about(sheet: Worksheet, frame: pl.DataFrame, told: _Sheet) -> None:
    lines = [
        f"{len(frame):,} rows, {frame.width} columns",
        "Amounts are in units of their currency, with its decimals; days and instants are ISO 8601, instants in UTC.",
        "Texts are as the sources wrote them; none of them is a formula.",
        f"{told.long_numbers:,} numbers of more than {DIGITS} digits are text, because they would be rounded.",
        f"{told.cut_texts:,} texts were longer than a cell holds and are cut, with their length; a CSV has them whole.",
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
