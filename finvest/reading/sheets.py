"""Sheets of a workbook as rows of text, after a guard: the native reader ends the process on a hostile workbook."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_CELLS = 5_000_000
"""Cells of the smallest rectangle that holds a sheet."""

MOST_PARTS, MOST_BYTES, MOST_RATIO, SMALL = 2_000, 1 << 30, 200, 1 << 20
"""Parts of a workbook, their bytes together, how far a part may be compressed, and below what size nobody asks."""

_REF = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_MAIN = "xl/workbook.xml"
_SURE = 15
"""Digits of a number that a sheet keeps; the sixteenth may be another one than was typed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    number : int
        Its place in the workbook, from 1.
    name : str
        Its name.
    cells : polars.DataFrame
        Text of each cell by ``c0``, ``c1`` …, a row for each row of the sheet from its first; blank cells are null.
        Numbers are written with a point and as few digits as tell them; dates and times the ISO way.
    numbers : polars.DataFrame
        Whether each cell is a number.
    """

    number: int
    name: str
    cells: pl.DataFrame
    numbers: pl.DataFrame


def is_workbook(head: bytes, name: str) -> bool:
    """Tell from a file's start and name whether it is a workbook that `sheets` reads."""
    return head.startswith(b"PK\x03\x04") and (name.lower().endswith((".xlsx", ".xlsm")) or b"xl/" in head)


def sheets(path: Path, name: str) -> Iterator[Sheet]:
    """Read the sheets of a workbook that are not empty.

    Raises
    ------
    SourceError
        If it is no workbook, is encrypted, or would take more memory than any honest one.
    """
    import fastexcel

    guard(path, name)
    try:
        book = fastexcel.read_excel(path)
        for number, title in enumerate(book.sheet_names, 1):
            text = book.load_sheet(number - 1, header_row=None, skip_rows=0, dtypes="string")
            if not text.width:
                continue
            # Only a number or a truth value can be read as a truth value.
            truth = book.load_sheet(number - 1, header_row=None, skip_rows=0, dtypes="boolean").to_polars()
            some = any(column.null_count() < len(column) for column in truth)
            real = (
                book.load_sheet(number - 1, header_row=None, skip_rows=0, dtypes="float").to_polars() if some else None
            )
            yield _sheet(number, title, text.to_polars(), truth, real)
    except fastexcel.FastExcelError:
        raise SourceError(name, "expected a workbook (.xlsx); this one is damaged or of another kind") from None


def _sheet(number: int, title: str, text: pl.DataFrame, truth: pl.DataFrame, real: pl.DataFrame | None) -> Sheet:
    cells, numbers = {}, {}
    for i, column in enumerate(text):
        number_here = (truth.to_series(i).is_not_null() & ~column.is_in(["true", "false"])).fill_null(value=False)
        merged = pl.DataFrame({"t": column, "is": number_here})
        shown: pl.Expr = pl.when(pl.col("t").str.strip_chars() != "").then("t")
        if real is not None and number_here.any():
            values = real.to_series(i)
            texts = {value: shortest(value) for value in values.filter(number_here).unique()}
            merged = merged.with_columns(n=values.replace_strict(texts, default=None, return_dtype=pl.String))
            shown = pl.when("is").then("n").otherwise(shown)
        cells[f"c{i}"] = merged.select(shown).to_series()
        numbers[f"c{i}"] = number_here
    return Sheet(number, title, pl.DataFrame(cells), pl.DataFrame(numbers))


def shortest(value: float) -> str:
    """Return the fewest digits that tell a float from every other, without an exponent."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_sure(text: str) -> bool:
    """Tell whether a sheet can have kept every digit of this number."""
    digits = re.sub("[^0-9]", "", text.partition(".")[0]).lstrip("0")
    return len(digits) <= _SURE and len(re.sub("[^0-9]", "", text).strip("0")) <= _SURE


def guard(path: Path, name: str) -> None:
    """Refuse a workbook that no honest program wrote, before a native reader sees it.

    Raises
    ------
    SourceError
        If it is no workbook, is encrypted, has too many or too large parts, or a sheet's rectangle is too large.
    """
    try:
        with zipfile.ZipFile(path) as book:
            _guard_parts(book, name)
            for part in book.infolist():
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _guard_cells(book, part, name)
                else:
                    with book.open(part) as file:  # to the end, so that length and checksum are looked at
                        while file.read(SMALL):
                            pass
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(name, "expected a workbook (.xlsx); this one is damaged or of another kind") from None


def _guard_parts(book: zipfile.ZipFile, name: str) -> None:
    parts = book.infolist()
    if _MAIN not in book.namelist():
        raise SourceError(name, "expected a workbook (.xlsx); save it as one, or as CSV")
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError(name, "the workbook is encrypted; save it without a password")
    ends = sorted((part.header_offset, part.header_offset + part.compress_size) for part in parts)
    overlap = any(end > start for (_, end), (start, _) in pairwise(ends))
    ratio = any(part.file_size > SMALL and part.file_size > MOST_RATIO * part.compress_size for part in parts)
    twice = len({part.filename.lower() for part in parts}) != len(parts)
    large = sum(part.file_size for part in parts) > MOST_BYTES or len(parts) > MOST_PARTS
    if overlap or ratio or twice or large:
        raise SourceError(name, "the workbook unpacks to far more than it should; open it elsewhere and save it as CSV")


def _guard_cells(book: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    from lxml import etree

    rows = columns = place = 0
    first = True
    with book.open(part) as file:
        events = etree.iterparse(
            file,
            events=("end",),
            tag=("{*}c", "{*}row", "{*}dimension", "{*}mergeCell", "{*}worksheet"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for _, element in events:
                if first and element.getroottree().docinfo.doctype:
                    raise SourceError(name, "a sheet declares a document type; no spreadsheet program writes one")
                first = False
                kind = element.tag.rpartition("}")[2]
                refs: list[tuple[str, str]] = []
                if kind == "c":
                    place += 1
                    refs = _REF.findall(element.get("r", ""))
                elif kind == "row":
                    columns, place = max(columns, place), 0
                    rows = max(rows + 1, int(element.get("r", "0")))
                    element.clear()
                else:
                    refs = _REF.findall(element.get("ref", ""))
                for letters, digits in refs:
                    rows, columns = max(rows, int(digits)), max(columns, _column(letters))
                if rows * columns > MOST_CELLS:
                    raise SourceError(
                        name, f"a sheet spans more than {MOST_CELLS:,} cells; save its table alone, or as CSV"
                    )
        except etree.XMLSyntaxError:
            raise SourceError(name, "a sheet of the workbook is damaged") from None


@lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
