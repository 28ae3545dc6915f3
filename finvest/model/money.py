"""Exact money: one parser from text to minor units, and one way back to text.

An amount is parsed exactly or it is rejected with a reason; it is never rounded and never passes through a float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from finvest.model.currencies import DECIMALS
from finvest.model.errors import AmountError, UsageError
from finvest.model.tables import MINOR

LARGEST_DIGITS = 27
"""Amounts stay below 10^27 minor units, so that no sum of less than 10^10 of them can wrap in Decimal(38, 0)."""

MOST_DECIMALS = 18

FORMAT, SCALE, RANGE, CURRENCY = "AMOUNT_FORMAT", "AMOUNT_SCALE", "AMOUNT_RANGE", "CURRENCY_UNKNOWN"

_SPACES = " \u00a0\u202f\u2009"


@dataclass(frozen=True, slots=True)
class AmountFormat:
    """How a source writes amounts.

    Attributes
    ----------
    decimal : str
        Decimal sign, "." or ",".
    thousands : str
        Signs that may group digits by three, one sign in one number: any of ``. , ' ’`` and space; "" where digits
        are not grouped.
    decimals : int or None
        Digits after the decimal sign where the currency does not say (``XXX``, tokens, metals).

    Raises
    ------
    UsageError
        If the signs are not declared unambiguously.
    """

    decimal: str = "."
    thousands: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.decimal not in {".", ","}:
            raise UsageError(f"decimal sign must be '.' or ',', not {self.decimal!r}")
        if set(self.thousands) - set(".,'’ ") or self.decimal in self.thousands:
            raise UsageError(f"thousands signs {self.thousands!r} do not go with decimal sign {self.decimal!r}")
        if self.decimals is not None and not 0 <= self.decimals <= MOST_DECIMALS:
            raise UsageError(f"decimals must be 0 to {MOST_DECIMALS}, not {self.decimals}")

    @property
    def pattern(self) -> str:
        """Regular expression of an amount: sign or accounting brackets, whole digits, decimals."""
        # One number is grouped by one sign, and never begins with zero: 0.001 is no thousand.
        signs = [_SPACES if sign == " " else sign for sign in self.thousands]
        group = "".join(f"[1-9][0-9]{{0,2}}(?:[{re.escape(sign)}][0-9]{{3}})+|" for sign in signs)
        number = rf"(?P<whole>{group}[0-9]*)(?:{re.escape(self.decimal)}(?P<part>[0-9]*))?"
        return rf"^(?P<open>\()?(?P<sign>[+\-−])?{number}(?P<after>[\-−])?(?P<close>\))?$"


def parse(
    text: pl.Series, currency: pl.Series | str, written: AmountFormat | None = None
) -> tuple[pl.Series, pl.Series]:
    """Turn amount texts into minor units, exactly.

    Parameters
    ----------
    text : polars.Series of String, shape (n,)
        Amounts as written. Null or blank text is no amount: value and reason are null.
    currency : polars.Series of String, shape (n,), or str
        ISO 4217 code of each amount.
    written : AmountFormat, optional
        Signs the source uses; a point and no grouping where left out.

    Returns
    -------
    minor : polars.Series of Decimal(38, 0), shape (n,)
        Signed minor units; null where rejected. Brackets, a leading or a trailing minus make it negative.
    reason : polars.Series of String, shape (n,)
        ``AMOUNT_FORMAT``, ``AMOUNT_SCALE`` (more decimals than the currency has; trailing zeros are exact),
        ``AMOUNT_RANGE`` or ``CURRENCY_UNKNOWN`` where rejected; else null.
    """
    written = written or AmountFormat()
    code = pl.lit(currency) if isinstance(currency, str) else currency.alias("code")
    frame = pl.select(text=text.cast(pl.String).str.strip_chars(_SPACES + "\t")).with_columns(
        decimals=code.replace_strict(DECIMALS, default=written.decimals, return_dtype=pl.Int64)
    )
    found = pl.col("text").str.extract_groups(written.pattern).struct
    frame = frame.with_columns(
        opened=found.field("open").is_not_null(),
        closed=found.field("close").is_not_null(),
        before=found.field("sign"),
        after=found.field("after").is_not_null(),
        whole=found.field("whole").str.replace_all(r"[^0-9]", "").str.strip_chars_start("0"),
        part=found.field("part").fill_null(""),
        digits=pl.col("text").str.contains("[0-9]"),
    )
    marks = pl.col("opened").cast(pl.Int8) + pl.col("before").is_not_null() + pl.col("after")
    fits = (pl.col("opened") == pl.col("closed")) & (marks <= 1) & pl.col("digits")
    kept = pl.col("part").str.strip_chars_end("0")
    minor = pl.col("whole") + pl.col("part").str.head(pl.col("decimals")).str.pad_end(pl.col("decimals"), "0")
    blank = pl.col("text").is_null() | (pl.col("text") == "")
    reason = (
        pl.when(blank)
        .then(None)
        .when(pl.col("decimals").is_null())
        .then(pl.lit(CURRENCY))
        .when(pl.col("whole").is_null() | ~fits)
        .then(pl.lit(FORMAT))
        .when(kept.str.len_chars() > pl.col("decimals"))
        .then(pl.lit(SCALE))
        .when(minor.str.strip_chars_start("0").str.len_chars() > LARGEST_DIGITS)
        .then(pl.lit(RANGE))
    )
    negative = pl.col("opened") | pl.col("after") | pl.col("before").is_in(["-", "−"])
    # Digits alone are cast: text with a point would be rounded by the cast.
    value = (pl.when(negative).then(pl.lit("-")).otherwise(pl.lit("")) + minor.str.replace("^$", "0")).alias("minor")
    out = frame.select(reason=reason, value=value, blank=blank).select(
        "reason",
        minor=pl.when(pl.col("reason").is_null() & ~pl.col("blank")).then(pl.col("value")).cast(MINOR),
    )
    return out["minor"], out["reason"]


def parse_one(text: str, currency: str, written: AmountFormat | None = None) -> int:
    """Turn one amount text into minor units.

    Raises
    ------
    AmountError
        If it is blank or not exact; the message gives the reason, not the text.
    """
    minor, reason = parse(pl.Series([text], dtype=pl.String), currency, written)
    if minor[0] is None:
        raise AmountError(f"amount rejected: {reason[0] or 'blank'}")
    return int(minor[0])


def show(minor: int, currency: str, decimals: int | None = None) -> str:
    """Write minor units for a reader: ``show(-1234567, "EUR")`` is ``"-12,345.67 EUR"``.

    Parameters
    ----------
    minor : int
        Minor units.
    currency : str
        ISO 4217 code.
    decimals : int, optional
        Digits after the point where the code does not say; minor units are then shown undivided.
    """
    digits = DECIMALS.get(currency, decimals or 0)
    whole, part = divmod(abs(minor), 10**digits)
    tail = f".{part:0{digits}d}" if digits else ""
    return f"{'-' if minor < 0 else ''}{whole:,}{tail} {currency}"
