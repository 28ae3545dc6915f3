"""What a source wrote, as values: columns taken and put together, dates with their precision, fields kept aside."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import instants
from finvest.model.errors import UsageError
from finvest.model.tables import INSTANT
from finvest.reading.profile_rules import EITHER, Take

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")
"""How real dates of a sheet are written for us."""

_FIRST, _LAST = dt.date(1800, 1, 1), dt.date(2200, 1, 1)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")


def clean(column: str) -> pl.Expr:
    """Return a text column without spaces around it; blank is null."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def take(how: Take, where: Mapping[str, str], credit: pl.Expr | None = None) -> pl.Expr:
    """Return one of our columns from the source columns that a profile names.

    Parameters
    ----------
    how : Take
        What the profile says.
    where : mapping of str to str
        Column of the frame by source column; those that the file lacks are not in it.
    credit : polars.Expr, optional
        Whether a row is a credit, for a column that each side has its own of.
    """
    fallback = pl.lit(how.value, pl.String)
    if how.constant:
        return fallback
    if how.how == "sides" and credit is not None:
        debits, credits_ = (clean(where[c]) if c in where else pl.lit(None, pl.String) for c in how.columns)
        return pl.when(credit).then(credits_).otherwise(debits)
    there = [clean(where[c]) for c in how.columns if c in where]
    if not there:
        return fallback
    if how.how == "join":
        return clean_expr(pl.concat_str(there, separator=" ", ignore_nulls=True))
    return pl.coalesce(*there, fallback)


def clean_expr(text: pl.Expr) -> pl.Expr:
    """Return a text without spaces around it; blank is null."""
    return pl.when(text.str.strip_chars() != "").then(text.str.strip_chars())


def translated(text: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """Return our words for the source's; capitals do not matter; null where a word is not known."""
    lower = {word.strip().lower(): ours for word, ours in words.items()}
    return text.fill_null("").str.to_lowercase().replace_strict(lower, default=None, return_dtype=pl.String)


def answered(formats: Iterable[str], *, day_first: bool | None) -> tuple[str, ...]:
    """Return date formats with day and month in the order that was answered.

    Raises
    ------
    UsageError
        If a format leaves it open and there is no answer.
    """
    formats = tuple(formats)
    if day_first is None and any(EITHER in f for f in formats):
        raise UsageError(
            "nothing says whether its dates are day first or month first; give the option day_first as true or false"
        )
    first, second = ("%d", "%m") if day_first else ("%m", "%d")
    return tuple(f.replace(EITHER, first, 1).replace(EITHER, second, 1) for f in formats)


def times(text: pl.Series, formats: Sequence[str]) -> pl.DataFrame:
    """Read dates and times in the first format that fits each.

    Parameters
    ----------
    text : polars.Series of String, shape (n,)
    formats : sequence of str
        With day and month in a known order.

    Returns
    -------
    polars.DataFrame
        ``at`` (Datetime("us") on the wall clock; null where no format fits) and ``precision``.
    """
    distinct = text.alias("text").drop_nulls().unique().to_frame()
    read, precision = [], []
    for pattern in formats:
        letters = pattern.replace(".%f", "%.f")
        if "%H" in pattern or "%I" in pattern:
            at = pl.col("text").str.to_datetime(letters, time_unit="us", strict=False, exact=True)
        else:
            at = pl.col("text").str.to_date(letters, strict=False, exact=True).cast(pl.Datetime("us"))
        # Two digits where four are declared are year 24, not 2024.
        at = pl.when(at.is_between(_FIRST, _LAST)).then(at)
        read.append(at)
        precision.append(pl.when(at.is_not_null()).then(_precision(pattern)))
    distinct = distinct.with_columns(at=pl.coalesce(read), precision=pl.coalesce(precision))
    return text.alias("text").to_frame().join(distinct, on="text", how="left", maintain_order="left").drop("text")


def _precision(pattern: str) -> pl.Expr:
    if "%f" in pattern:
        digits = pl.col("text").str.extract(r"\.([0-9]+)").str.len_chars()
        fine = pl.when(digits > 3).then(pl.lit("microsecond")).otherwise(pl.lit("millisecond"))  # noqa: PLR2004
        return pl.when(digits.is_null()).then(pl.lit("second")).otherwise(fine)
    names = (("%S", "second"), ("%M", "minute"))
    return pl.lit(next((name for letter, name in names if letter in pattern), instants.DATE))


def zone_name(text: str) -> str:
    """Return a time zone as `finvest.model.instants` takes it: an IANA name, or an offset like ``+02:00``.

    Raises
    ------
    UsageError
        If there is no such zone.
    """
    plain = text.strip()
    if plain.upper() in {"Z", "UTC", "GMT"}:
        return "UTC"
    if offset := _OFFSET.fullmatch(plain):
        sign, hours, minutes = offset.groups()
        if int(hours) <= 14 and int(minutes or 0) < 60:  # noqa: PLR2004
            return f"{sign}{int(hours):02d}:{minutes or '00'}"
    try:
        pl.Series([dt.datetime(2000, 1, 1)]).dt.replace_time_zone(plain)
    except (pl.exceptions.PolarsError, ValueError):
        raise UsageError("the time zone must be an IANA name like Europe/Berlin, or an offset like +01:00") from None
    return plain


def zones(text: pl.Series) -> pl.Series:
    """Return the zones of a column, see `zone_name`; null where there is no such zone."""
    names: dict[str, str | None] = {}
    for zone in text.drop_nulls().unique():
        try:
            names[zone] = zone_name(zone)
        except UsageError:
            names[zone] = None
    return text.replace_strict(names, default=None, return_dtype=pl.String)


def placed(at: pl.Series, zone: pl.Series) -> pl.Series:
    """Place wall-clock times in the zone of each row; UTC where nobody said which."""
    rows = pl.DataFrame({"at": at, "zone": zone.fill_null("UTC")}).with_row_index("row")
    parts = [
        part.select("row").with_columns(at=instants.to_utc(part["at"], str(name)).cast(INSTANT))
        for (name,), part in rows.group_by("zone", maintain_order=True)
    ]
    return pl.concat(parts).sort("row")["at"] if parts else pl.Series("at", [], INSTANT)


def aside(frame: pl.DataFrame, kept: Mapping[str, pl.Expr], extra: str | None = None) -> pl.Series:
    """Return what is kept aside of each row as a JSON object; null where there is nothing.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows.
    kept : mapping of str to polars.Expr
        Texts by source column; null ones are left out.
    extra : str, optional
        Column with the list of fields beyond the header; they stand under the empty key.
    """
    parts = []
    for name, text in kept.items():
        # Each by itself: an encoded struct would spell out its nulls.
        value = pl.struct(text.alias("v")).struct.json_encode().str.slice(5).str.head(-1)
        parts.append(pl.when(text.is_not_null()).then(pl.lit(json.dumps(name, ensure_ascii=False) + ":") + value))
    if extra is not None:
        value = pl.struct(pl.col(extra).alias("v")).struct.json_encode().str.slice(5).str.head(-1)
        parts.append(pl.when(pl.col(extra).list.len() > 0).then(pl.lit('"":') + value))
    if not parts:
        return pl.Series("surplus", [None] * len(frame), pl.String)
    inner = pl.concat_str(parts, separator=",", ignore_nulls=True)
    braces = pl.when(inner != "").then(pl.concat_str(pl.lit("{"), inner, pl.lit("}")))
    return frame.select(surplus=braces)["surplus"]
