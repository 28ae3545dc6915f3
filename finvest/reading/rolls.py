"""Rows of lists: companies, persons, accounts, relations, and every other table by its own column names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.tables import DAY, INSTANT, MINOR, TEXT, TRUTH, WHOLE, table
from finvest.model.wealth_tables import CHOICES as WEALTH_CHOICES
from finvest.reading.lines import Reasons
from finvest.reading.roll_tables import ENDS
from finvest.reading.written import ISO, placed, take, times

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from finvest.reading.profile import Profile

_SHARE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*(?:(?:-|–|to)\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*)?")  # noqa: RUF001 - a dash of ranges
CHOICES = {
    "parties": {
        "kind": ("person", "company", "public", "unknown"),
        "subject_category": (
            "suspect",
            "convicted",
            "victim",
            "possible_victim",
            "witness",
            "contact",
            "unclassified",
        ),
    },
    **WEALTH_CHOICES,
}
"""By table: words of a column that readers of the table know."""
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
    for name, text in texts.items():
        column = " / ".join(profile.columns[name].columns)
        if schema.get(name) == MINOR:
            code = texts.get("currency")
            of = UNKNOWN if code is None else code.str.to_uppercase().fill_null(UNKNOWN)
            value, why = money.parse(text, of, profile.amount_format)
            reasons.add(why, column)
        else:
            dates = (*(ISO if sheet else ()), *profile.dates)
            value, code_of = typed(text, schema.get(name, TEXT), dates, profile.zone)
            reasons.where(text.is_not_null() & value.is_null(), code_of, column)
        out = out.with_columns(value.alias(name))
    if "extra" in rows.columns:
        more = rows["extra"].list.eval(pl.element().str.strip_chars() != "").list.any()
        reasons.where(more.fill_null(value=False), "FIELDS_SURPLUS", "")
    _check(out, profile, reasons)
    return out, reasons


def typed(text: pl.Series, kind: pl.DataType, dates: Sequence[str], zone: str | None) -> tuple[pl.Series, str]:
    """Read texts as values of a type, and say for what reason those are set aside that are none.

    Parameters
    ----------
    text : polars.Series of String, shape (n,)
    kind : polars.DataType
        Type of a column of a table; not an amount.
    dates : sequence of str
        Formats of days and instants.
    zone : str or None
        Zone of instants.

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
        return placed(at, pl.Series([zone], dtype=pl.String).new_from_index(0, len(at))), "DATE_FORMAT"
    if kind == WHOLE:
        digits = text.to_frame("t").select(pl.when(pl.col("t").str.contains(r"^[+-]?[0-9]+$")).then("t"))
        return digits.to_series().cast(pl.Int64, strict=False), "TYPE"
    if kind == TRUTH:
        words = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
        return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean), "TYPE"
    return text, "TYPE"


def _check(out: pl.DataFrame, profile: Profile, reasons: Reasons) -> None:
    """Set aside rows that say nothing of whom they are about, or a word that no reader of the table knows."""

    def source(name: str) -> str:
        return " / ".join(profile.columns[name].columns) if name in profile.columns else name

    if profile.table in {"companies", "parties", "accounts"}:
        names = [c for c in ("number", "name", "party", "account") if c in out.columns]
        unnamed = (
            out.select(pl.all_horizontal(pl.col(names).is_null())).to_series() if names else out["record"].is_not_null()
        )
        reasons.where(unnamed, "ID_MISSING", source("number"))
    if profile.table == "links":
        for end in ("from", "to"):
            known_end = [c for c in (end, f"{end}_id") if c in out.columns]
            reasons.where(
                out.select(pl.all_horizontal(pl.col(known_end).is_null())).to_series(), "ID_MISSING", source(end)
            )
            if f"{end}_kind" in out.columns:
                kind = out[f"{end}_kind"].str.to_lowercase()
                reasons.where(kind.is_not_null() & ~kind.is_in(list(ENDS)), "TYPE", source(f"{end}_kind"))
        if "share" in out.columns:
            bad = out["share"].is_not_null() & ~out["share"].str.contains(f"^(?:{_SHARE.pattern})$").fill_null(
                value=False
            )
            reasons.where(bad, "TYPE", source("share"))
    for name, valid in CHOICES.get(profile.table, {}).items():
        if name in out.columns:
            reasons.where(out[name].is_not_null() & ~out[name].is_in(list(valid)), "TYPE", source(name))
    if profile.table in WEALTH_CHOICES:
        _check_wealth(out, reasons, source)


def _check_wealth(out: pl.DataFrame, reasons: Reasons, source: Callable[[str], str]) -> None:
    """Set aside rows of wealth without an owner or an amount, below zero, or whose bounds or days are out of order."""
    empty = pl.lit(None)
    have = {c: pl.col(c) if c in out.columns else empty for c in ("party", "amount", "amount_low", "amount_high")}
    low, amount, high = have["amount_low"], have["amount"], have["amount_high"]
    reasons.where(out.select(party=have["party"].is_null())["party"], "ID_MISSING", source("party"))
    reasons.where(out.select(amount=amount.is_null())["amount"], "AMOUNT_MISSING", source("amount"))
    for name, wrong in {
        "amount": amount < 0,
        "amount_low": (low < 0) | (low > amount),
        "amount_high": high < amount,
    }.items():
        reasons.where(out.select(wrong.fill_null(value=False).alias(name))[name], "BOUNDS", source(name))
    for first, last in (("start", "end"), ("began", "ended")):
        if {first, last} <= {*out.columns}:
            reasons.where((out[last] < out[first]).fill_null(value=False), "BOUNDS", source(last))
