"""Rows of lists: companies, persons, accounts, relations, and every other table by its own column names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.lines import Reasons
from finvest.model.roll_tables import ENDS
from finvest.model.tables import DAY, INSTANT, MINOR, TRUTH, WHOLE, table
from finvest.model.written import ISO, placed, take, times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.model.profile import Profile

_SHARE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*(?:(?:-|–|to)\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*)?")  # noqa: RUF001 - a dash of ranges
CHOICES = {
    "kind": ["person", "company", "public", "unknown"],
    "subject_category": ["suspect", "convicted", "victim", "possible_victim", "witness", "contact", "unclassified"],
}
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
        reason = "TYPE"
        match schema.get(name):
            case kind if kind == DAY:
                value, reason = times(text, (*(ISO if sheet else ()), *profile.dates))["at"].dt.date(), "DATE_FORMAT"
            case kind if kind == INSTANT:
                at = times(text, (*(ISO if sheet else ()), *profile.dates))["at"]
                value, reason = (
                    placed(at, pl.Series([profile.zone], dtype=pl.String).new_from_index(0, len(at))),
                    "DATE_FORMAT",
                )
            case kind if kind == WHOLE:
                digits = pl.DataFrame({"t": text}).select(pl.when(pl.col("t").str.contains(r"^[+-]?[0-9]+$")).then("t"))
                value = digits.to_series().cast(pl.Int64, strict=False)
            case kind if kind == TRUTH:
                words = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
                value = text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
            case kind if kind == MINOR:
                code = texts.get("currency")
                money_of = UNKNOWN if code is None else code.str.to_uppercase().fill_null(UNKNOWN)
                value, why = money.parse(text, money_of, profile.amount_format)
                reasons.add(why, " / ".join(profile.columns[name].columns))
            case _:
                value = text
        reasons.where(text.is_not_null() & value.is_null(), reason, " / ".join(profile.columns[name].columns))
        out = out.with_columns(value.alias(name))
    if "extra" in rows.columns:
        more = rows["extra"].list.eval(pl.element().str.strip_chars() != "").list.any()
        reasons.where(more.fill_null(value=False), "FIELDS_SURPLUS", "")
    _check(out, profile, reasons)
    return out, reasons


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
    if profile.table == "parties":
        for name, valid in CHOICES.items():
            if name in out.columns:
                reasons.where(out[name].is_not_null() & ~out[name].is_in(valid), "TYPE", source(name))
