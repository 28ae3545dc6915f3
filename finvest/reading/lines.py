"""Rows of a bank's table, read under a profile: amounts, sides and times, and the reason of each row that can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.tables import MINOR
from finvest.reading.profile import is_unnamed
from finvest.reading.profile_rules import SIDES, WORDS
from finvest.reading.written import ISO, aside, clean, placed, take, times, translated, zones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.reading.profile import Profile

TEXTS = (
    "reference", "mcc", "merchant", "terminal", "city", "country", "conductor", "bank_reference",
    "end_to_end_id", "uetr", "payee_name",
)  # fmt: skip


class Reasons:
    """Why rows are set aside: the first reason that was found for each, and the column it is about."""

    def __init__(self, rows: int) -> None:
        self.frame = pl.select(pl.repeat(None, rows, dtype=pl.String).alias(n) for n in ("reason", "column"))

    def add(self, reason: pl.Series, column: str) -> None:
        """Note a reason, null for none, for each row that has none yet."""
        new = self.frame["reason"].is_null() & reason.is_not_null()
        if new.any():
            self.frame = self.frame.with_columns(
                reason=pl.coalesce("reason", reason), column=pl.when(new).then(pl.lit(column)).otherwise("column")
            )

    def where(self, wrong: pl.Series, reason: str, column: str) -> None:
        """Note one reason for the rows that are wrong."""
        if wrong.any():
            self.add(pl.select(r=pl.when(wrong).then(pl.lit(reason)))["r"], column)


def lines(
    rows: pl.DataFrame,
    profile: Profile,
    where: Mapping[str, str],
    *,
    sheet: bool = False,
) -> tuple[pl.DataFrame, Reasons]:
    """Read rows as lines for `finvest.model.statements.batches`.

    Parameters
    ----------
    rows : polars.DataFrame
        ``record``, ``line``, ``extra`` (fields beyond the header, or null), and text columns.
    profile : Profile
        What they mean; nothing in it is open.
    where : mapping of str to str
        Column of `rows` by source column.
    sheet : bool
        Real dates in it are written the ISO way.

    Returns
    -------
    lines : polars.DataFrame
        One for each row, in order; what can't be read is null.
    reasons : Reasons
        Why a line can't be loaded.
    """
    reader = _Reader(rows, profile, where)
    out = reader.money()
    out = out.hstack(reader.when(sheet=sheet)).hstack(reader.words())
    texts = {name: reader.text(name, out["credit"]) for name in TEXTS if name in profile.columns}
    out = out.with_columns(**texts, **reader.sides(out["credit"]))
    reader.reasons.where(out["own_number"].is_null(), "ACCOUNT_MISSING", reader.source("own_number"))
    return out.with_columns(surplus=reader.surplus(out)), reader.reasons


class _Reader:
    """One stretch of rows under one profile."""

    def __init__(self, rows: pl.DataFrame, profile: Profile, where: Mapping[str, str]) -> None:
        self.rows, self.profile, self.where = rows, profile, where
        self.columns = profile.columns
        self.reasons = Reasons(len(rows))

    def text(self, name: str, credit: pl.Series | None = None) -> pl.Series:
        """Return one of our columns as text, null where the profile or the file has none."""
        if name not in self.columns:
            return pl.Series(name, [None], pl.String).new_from_index(0, len(self.rows))
        frame = self.rows if credit is None else self.rows.with_columns(credit=credit)
        taken = take(self.columns[name], self.where, None if credit is None else pl.col("credit"))
        series = frame.select(taken.alias(name)).to_series()
        return series.new_from_index(0, len(self.rows)) if len(series) != len(self.rows) else series

    def source(self, name: str) -> str:
        """Return the source columns behind one of ours, for messages."""
        return " / ".join(c for c in self.columns[name].columns if c) if name in self.columns else name

    def has(self, name: str) -> bool:
        """Tell whether the file has one of our columns."""
        known = self.columns.get(name)
        return known is not None and (known.value is not None or any(c in self.where for c in known.columns))

    def money(self) -> pl.DataFrame:
        """Return amounts with their currencies and which way they went."""
        currency = self._currency("currency").fill_null(UNKNOWN)
        if self.has("debit"):
            amount, credit = self._two_columns(currency)
        else:
            amount, credit = self._one_column(currency)
        self.reasons.where(amount.is_null(), "AMOUNT_MISSING", self.source("debit" if self.has("debit") else "amount"))
        out = self.rows.select("record", pl.col("line").cast(pl.Int64))
        out = out.with_columns(currency=currency, amount=amount.abs().cast(MINOR), credit=credit)
        for name in ("balance_after", "fee"):
            if self.has(name):
                out = out.with_columns(self._minor(name, currency))
        if self.has("received_amount"):
            other = pl.select(pl.coalesce(self._currency("received_currency"), currency)).to_series()
            out = out.with_columns(self._minor("received_amount", other), received_currency=other)
        return out

    def _minor(self, name: str, currency: pl.Series) -> pl.Series:
        minor, reason = money.parse(self.text(name), currency, self.profile.amount_format)
        self.reasons.add(reason, self.source(name))
        return minor.alias(name)

    def _currency(self, name: str) -> pl.Series:
        text = self.text(name).to_frame("c")
        ours = translated(pl.col("c"), self.profile.words.get("currency", {}))
        return text.select(pl.coalesce(ours, pl.col("c").str.to_uppercase())).to_series()

    def _one_column(self, currency: pl.Series) -> tuple[pl.Series, pl.Series]:
        amount = self._minor("amount", currency)
        negative = amount < 0
        if self.profile.both:
            self.reasons.where(negative.fill_null(value=False), "SIGN_UNKNOWN", self.source("amount"))
            return amount, pl.Series([False]).new_from_index(0, len(amount))
        if not self.has("sign"):
            return amount, negative if self.profile.positive == "debit" else ~negative
        words = self._words("sign")
        word = self.text("sign").to_frame("w").select(translated(pl.col("w"), words)).to_series()
        credit = word == "credit"
        # A minus beside the word for a debit says the same twice; beside the word for a credit it says the opposite.
        self.reasons.where(
            (word.is_null() | (negative & credit)).fill_null(value=True), "SIGN_UNKNOWN", self.source("sign")
        )
        return amount, credit.fill_null(value=False)

    def _two_columns(self, currency: pl.Series) -> tuple[pl.Series, pl.Series]:
        debit, credit = self._minor("debit", currency), self._minor("credit", currency)
        if self.profile.signed_debits:
            debit = (pl.select(-pl.lit(debit)).to_series()).alias("debit")
        both = (debit != 0).fill_null(value=False) & (credit != 0).fill_null(value=False)
        below = (debit < 0).fill_null(value=False) | (credit < 0).fill_null(value=False)
        self.reasons.where(both | below, "SIGN_UNKNOWN", f"{self.source('debit')} / {self.source('credit')}")
        came_in = (credit != 0).fill_null(value=False) | debit.is_null()
        amount = pl.select(pl.when(came_in).then(credit).otherwise(debit)).to_series()
        return amount, came_in

    def when(self, *, sheet: bool) -> pl.DataFrame:
        """Return booking time, its precision and zone, and value date."""
        written = (
            pl.DataFrame({"date": self.text("date"), "time": self.text("time")})
            .select(
                pl.when(pl.col("date").is_not_null()).then(
                    pl.concat_str("date", "time", separator=" ", ignore_nulls=True)
                )
            )
            .to_series()
        )
        iso = ISO if sheet else ()
        dates = (*iso, *self.profile.dates)
        with_time = [f"{d} {t}" for d in dates for t in self.profile.times] if self.has("time") else []
        at = times(written, (*with_time, *dates))
        zone = self._zone()
        column = self.source("date")
        self.reasons.where(written.is_null(), "DATE_MISSING", column)
        self.reasons.where(at["at"].is_null(), "DATE_FORMAT", column)
        value = self.text("value_date")
        day = times(value, dates)["at"].dt.date()
        if self.has("value_date"):
            self.reasons.where(value.is_not_null() & day.is_null(), "DATE_FORMAT", self.source("value_date"))
        return pl.DataFrame(
            {
                "booked_at": placed(at["at"], zone),
                "precision": at["precision"],
                "booked_as_written": written,
                "zone": zone,
                "value_date": day,
            }
        )

    def _zone(self) -> pl.Series:
        if not self.has("zone"):
            return pl.repeat(self.profile.zone, len(self.rows), dtype=pl.String, eager=True)
        text = self.text("zone")
        zone = zones(text)
        self.reasons.where(text.is_not_null() & zone.is_null(), "DATE_FORMAT", self.source("zone"))
        return zone if self.profile.zone is None else zone.fill_null(self.profile.zone)

    def words(self) -> pl.DataFrame:
        """Return status and channel in our words."""
        out: dict[str, pl.Series] = {}
        for name in ("status", "channel"):
            if not self.has(name):
                continue
            words = self._words(name)
            out[name] = self.text(name).to_frame("w").select(translated(pl.col("w"), words)).to_series()
        if "status" in out:
            self.reasons.where(out["status"].is_null(), "STATUS_UNKNOWN", self.source("status"))
        return pl.DataFrame(out)

    def _words(self, name: str) -> Mapping[str, str]:
        """Return the words of a column; a constant is one of ours."""
        return {w: w for w in WORDS[name]} if self.columns[name].constant else self.profile.words.get(name, {})

    def sides(self, credit: pl.Series) -> dict[str, pl.Series]:
        """Return number, bank and name of both sides."""
        ours, theirs = ("originator", "beneficiary") if self.profile.both else ("own", "other")
        out = {f"own_{what}": self.text(f"{ours}_{what}", credit) for what in SIDES}
        out |= {f"other_{what}": self.text(f"{theirs}_{what}", credit) for what in SIDES}
        if self.has("own_part"):
            part = self.text("own_part")
            below = part.is_not_null() & ~part.is_in(self.profile.main)
            number = pl.DataFrame({"number": out["own_number"], "part": part})
            out["own_number"] = number.select(
                pl.when(below).then(pl.concat_str("number", "part", separator="/")).otherwise("number")
            ).to_series()
        return out

    def surplus(self, out: pl.DataFrame) -> pl.Series:
        """Return what is kept aside: columns the profile keeps, words that were not translated, further fields."""
        kept = {
            c: clean(self.where[c])
            for c in (*self.profile.keep, *(h for h in self.where if is_unnamed(h)))
            if c in self.where
        }
        frame = self.rows
        if "channel" in out.columns and not self.columns["channel"].constant and self.source("channel") not in kept:
            frame = frame.with_columns(untranslated=pl.when(out["channel"].is_null()).then(self.text("channel")))
            kept[self.source("channel")] = pl.col("untranslated")
        return aside(frame, kept, "extra" if "extra" in frame.columns else None)
