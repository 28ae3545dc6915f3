"""Rows of lists: companies, persons, accounts, relations, and every other table by its own column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.tables import DAY, INSTANT, MINOR, TEXT, TRUTH, WHOLE, table
from finvest.reading.lines import Reasons
from finvest.reading.roll_checks import check
from finvest.reading.written import ISO, placed, take, times, zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finvest.reading.profile import Profile

_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


def rolls(
    rows: pl.DataFrame, profile: Profile, where: Mapping[str, str], *, sheet: bool = False
) -> tuple[pl.DataFrame, Reasons]:
    """Read rows of a list, each column in its own type.

    Parameters
    ----------
    rows : polars.DataFrame
        ``record``, ``line``, ``extra`` and text columns.
    profile : Profile
        What they mean.
    where : mapping of str to str
        Column of `rows` by source column.
    sheet : bool
        Real dates in it are written the ISO way.

    Returns
    -------
    rows : polars.DataFrame
        ``record``, ``line`` and our columns; what can't be read is null.
    reasons : Reasons
        Why a row can't be loaded.
    """
    reasons, schema = Reasons(len(rows)), table(profile.table).schema
    out = rows.select("record", pl.col("line").cast(pl.Int64))
    texts = {}
    for name, how in profile.columns.items():
        series = rows.select(take(how, where).alias(name)).to_series()
        texts[name] = series if len(series) == len(rows) else series.new_from_index(0, len(rows))
    zone: pl.Series | str | None = profile.zone
    if "zone" in texts:
        said = zones(texts["zone"])
        reasons.where(texts["zone"].is_not_null() & said.is_null(), "DATE_FORMAT", profile.columns["zone"].columns[0])
        zone = said if profile.zone is None else said.fill_null(profile.zone)
    for name, text in texts.items():
        column = " / ".join(profile.columns[name].columns)
        if schema.get(name) == MINOR:
            code = texts.get("currency")
            of = UNKNOWN if code is None else code.str.to_uppercase().fill_null(UNKNOWN)
            value, why = money.parse(text, of, profile.amount_format)
            reasons.add(why, column)
        else:
            dates = (*(ISO if sheet else ()), *profile.dates)
            value, code_of = typed(text, schema.get(name, TEXT), dates, zone)
            reasons.where(text.is_not_null() & value.is_null(), code_of, column)
        out = out.with_columns(value.alias(name))
    if "extra" in rows.columns:
        more = rows["extra"].list.eval(pl.element().str.strip_chars() != "").list.any()
        reasons.where(more.fill_null(value=False), "FIELDS_SURPLUS", "")
    check(out, profile, reasons)
    return out, reasons


def typed(
    text: pl.Series, kind: pl.DataType, dates: Sequence[str], zone: pl.Series | str | None
) -> tuple[pl.Series, str]:
    """Read texts as values of a type, and say for what reason those are set aside that are none.

    Parameters
    ----------
    text : polars.Series of String, shape (n,)
    kind : polars.DataType
        Type of a column of a table; not an amount.
    dates : sequence of str
        Formats of days and instants.
    zone : polars.Series of String, or str, or None
        Zone of instants, of each or of all.

    Returns
    -------
    value : polars.Series, shape (n,)
        Null where the text is none of that type.
    reason : str
        Reason code.
    """
    if kind == DAY:
        return times(text, dates)["at"].dt.date(), "DATE_FORMAT"
    if kind == INSTANT:
        at = times(text, dates)["at"]
        each = zone if isinstance(zone, pl.Series) else pl.Series([zone], dtype=pl.String).new_from_index(0, len(at))
        return placed(at, each), "DATE_FORMAT"
    if kind == WHOLE:
        digits = text.to_frame("t").select(pl.when(pl.col("t").str.contains(r"^[+-]?[0-9]+$")).then("t"))
        return digits.to_series().cast(pl.Int64, strict=False), "TYPE"
    if kind == TRUTH:
        words = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
        return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean), "TYPE"
    return text, "TYPE"
