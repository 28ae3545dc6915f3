"""Which rows of lists can't be loaded: nothing says whom they are about, a word is not known, a number is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.people_tables import CHOICES as PEOPLE_CHOICES
from finvest.model.wealth_tables import CHOICES as WEALTH_CHOICES
from finvest.reading.roll_tables import DEDUCTIONS, ENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.reading.lines import Reasons
    from finvest.reading.profile import Profile

_SHARE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*(?:(?:-|–|to)\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*)?")  # noqa: RUF001 - a dash of ranges
CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
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
    **PEOPLE_CHOICES,
    **WEALTH_CHOICES,
}
"""By table: words of a column that readers of the table know."""

WHOM = {
    "employments": ("employer", "worker"),
    "shifts": ("worker",),
    "invoices": ("supplier", "customer"),
    "contacts": ("subject", "value"),
    "devices": ("device", "account"),
    "adverts": (),
    "wage_rules": ("country", "value"),
}
"""By table: columns without which a row says nothing."""

_NUMBERS = ("hours", "value")
"""Exact numbers that are kept as text, in the tables of `WHOM`; the value of a contact is none."""

_AMOUNTS = ("gross", "net", "amount", "price")


def check(out: pl.DataFrame, profile: Profile, reasons: Reasons) -> None:
    """Set aside rows that say nothing of whom they are about, or a word that no reader of the table knows.

    Parameters
    ----------
    out : polars.DataFrame
        Read rows, see `finvest.reading.rolls.rolls`.
    profile : Profile
        What they mean.
    reasons : Reasons
        Takes a reason for each row that can't be loaded.
    """

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
    if profile.table in WHOM:
        _check_people(out, profile.table, reasons, source)


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


def _check_people(out: pl.DataFrame, name: str, reasons: Reasons, source: Callable[[str], str]) -> None:
    """Set aside rows about nobody, numbers that are none or below zero, days out of order, deductions unread."""
    for column in WHOM[name]:
        given = out[column] if column in out.columns else pl.Series(column, [None], pl.String)
        missing = given.is_null()
        reasons.where(missing if len(given) == len(out) else missing.new_from_index(0, len(out)),
                      "ID_MISSING", source(column))  # fmt: skip
    for column in () if name == "contacts" else [c for c in _NUMBERS if c in out.columns]:
        text = out[column]
        reasons.where(text.str.contains(r"^-").fill_null(value=False), "BOUNDS", source(column))
        wrong = ~text.str.contains(r"^\d+(?:\.\d+)?$")
        reasons.where(wrong.fill_null(value=False), "TYPE", source(column))
    for column in [c for c in _AMOUNTS if c in out.columns]:
        reasons.where((out[column] < 0).fill_null(value=False), "BOUNDS", source(column))
    if {"start", "end"} <= {*out.columns}:
        reasons.where((out["end"] < out["start"]).fill_null(value=False), "BOUNDS", source("end"))
    if "deductions" in out.columns:
        unread = out["deductions"].is_not_null() & ~out["deductions"].str.contains(f"^(?:{DEDUCTIONS})$")
        reasons.where(unread.fill_null(value=False), "TYPE", source("deductions"))
