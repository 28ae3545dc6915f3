"""Amounts in the base currency of a case: exact products, rounded once, each with its rate and where that comes from.

An amount times its rate is rounded half to even at the last minor unit of the base currency. The rate is written as the
quotient of what the tables say (units for one euro), so that a reader can look both up and work it out again:
``1/1.0535`` from dollars to euros, ``0.9402/1.0535`` to francs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from finvest.model.currencies import DECIMALS, UNKNOWN
from finvest.model.instants import local_days
from finvest.model.money import LARGEST_DIGITS
from finvest.model.rates import OLDEST_DAYS, Rates
from finvest.model.tables import MINOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_EXACT = pl.Int128()

_PLAIN_AMOUNT, _PLAIN_OVER, _PLAIN_UNDER = 10**19, 10**18, 10**37
"""Below these every product fits 128 bits; what is above is worked out number by number."""

_NEEDED = ("earliest", "zone", "amount", "currency", "loader", "amount_base", "rate", "rate_source")
_KEY = ("loader", "currency", "day")

TOO_LARGE = "the amount is too large in the base currency"

UNCONVERTED = {"currency": pl.String, "why": pl.String, "count": pl.Int64, "first": pl.Date, "last": pl.Date}
"""Columns of what has no rate."""


class _Factor(NamedTuple):
    """What minor units of a currency are multiplied with; `why` where that is not known."""

    over: int | None
    under: int | None
    rate: str | None
    source: str | None
    why: str | None


def convert(
    movements: pl.DataFrame, rates: Rates | None, base: str, decimals: Mapping[str, Mapping[str, int]] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the amounts in the base currency to movements.

    Parameters
    ----------
    movements : polars.DataFrame
        With ``earliest``, ``zone``, ``amount``, ``currency``, ``loader``, ``amount_base``, ``rate``, ``rate_source``.
    rates : Rates or None
        None where no rate is on file: no column changes then.
    base : str
        ISO 4217 code.
    decimals : mapping, optional
        By loader, the decimals with which it writes codes that ISO 4217 does not list.

    Returns
    -------
    movements : polars.DataFrame
        With ``amount_base``, ``rate``, ``rate_source`` filled in. What the records say themselves stays. All three are
        null where there is no rate; the amount in the base currency itself has the rate 1 and no source.
    unconverted : polars.DataFrame
        How many movements have no amount in the base currency and why, columns as in `UNCONVERTED`.
    """
    rows = movements.select(_NEEDED)
    said = pl.col("amount_base").is_not_null()
    if rates is None:
        rows = rows.filter(~said, pl.col("currency").ne_missing(base))
        return movements, _counted(_dated(rows).with_columns(why=pl.lit("no rates are on file")))
    rows = _dated(rows).with_columns(said=said)
    keys = rows.filter(~pl.col("said")).select(_KEY).unique()
    factors = [_factor(loader, code, day, rates, base, decimals or {}) for loader, code, day in keys.iter_rows()]
    plain = [f.over is not None and f.over < _PLAIN_OVER and (f.under or 0) < _PLAIN_UNDER for f in factors]
    known = keys.with_columns(
        factor=pl.Series(range(len(factors)), dtype=pl.UInt32),
        over=pl.Series([f.over if p else None for f, p in zip(factors, plain, strict=True)], dtype=_EXACT),
        under=pl.Series([f.under if p else None for f, p in zip(factors, plain, strict=True)], dtype=_EXACT),
        new_rate=pl.Series([f.rate for f in factors], dtype=pl.String),
        new_source=pl.Series([f.source for f in factors], dtype=pl.String),
        why=pl.Series([f.why for f in factors], dtype=pl.String),
    )
    rows = rows.join(known, on=_KEY, how="left", nulls_equal=True, maintain_order="left").with_columns(new=_product())
    rows = rows.with_columns(new=_with_large(rows, factors)).with_columns(
        why=pl.when("said")
        .then(None)
        .when(pl.col("why").is_null() & pl.col("new").is_null())
        .then(pl.lit(TOO_LARGE))
        .otherwise("why")
    )
    unconverted = _counted(rows.filter(pl.col("why").is_not_null(), pl.col("amount").is_not_null()))
    made = pl.col("new").is_not_null() & ~pl.col("said")
    filled = rows.select(
        amount_base=pl.when("said").then("amount_base").otherwise("new"),
        rate=pl.when(made).then("new_rate").when("said").then("rate"),
        rate_source=pl.when(made).then("new_source").when("said").then("rate_source"),
    )
    return movements.with_columns(filled.get_columns()), unconverted


def together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add up what several calls of `convert` left unconverted."""
    grouped = pl.concat([pl.DataFrame(schema=UNCONVERTED), *parts]).group_by("currency", "why")
    found = grouped.agg(pl.col("count").sum(), pl.col("first").min(), pl.col("last").max())
    return found.select(*UNCONVERTED).sort("currency", "why", nulls_last=True)


def convert_one(amount: int, factor: Fraction) -> int:
    """Return minor units times a factor, rounded half to even."""
    whole, rest = divmod(amount * factor.numerator, factor.denominator)
    return whole + (2 * rest > factor.denominator or (2 * rest == factor.denominator and whole % 2 == 1))


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(day=local_days(rows.select("zone", booked_at="earliest")))


def _factor(
    loader: str | None,
    currency: str | None,
    day: date | None,
    rates: Rates,
    base: str,
    decimals: Mapping[str, Mapping[str, int]],
) -> _Factor:
    if currency == base:
        return _Factor(1, 1, "1", None, None)
    if currency is None or currency == UNKNOWN:
        return _not_known("its currency is not known")
    digits = DECIMALS.get(currency, decimals.get(loader or "", {}).get(currency))
    if not (rates.knows(currency) and rates.knows(base)):
        return _not_known(f"there is no rate of {currency if not rates.knows(currency) else base}")
    if digits is None:
        return _not_known("its decimals are not known")
    if day is None:
        return _not_known("its day is not known")
    of, to = rates.on(currency, day), rates.on(base, day)
    if of is None or to is None:
        missing = currency if of is None else base
        return _not_known(f"there is no rate of {missing} for the day or the {OLDEST_DAYS} days before")
    exact = Fraction(to.rate) / Fraction(of.rate) * Fraction(10) ** (DECIMALS[base] - digits)
    written = to.rate if of.rate == "1" else f"{to.rate}/{of.rate}"
    sources = dict.fromkeys(s for s in (of.source, to.source) if s)
    return _Factor(exact.numerator, exact.denominator, written, ", ".join(sources), None)


def _not_known(why: str) -> _Factor:
    return _Factor(None, None, None, None, why)


def _product() -> pl.Expr:
    """Return amount times factor, where everything fits 128 bits."""
    amount = pl.col("amount").cast(_EXACT)
    product = pl.when(amount.abs() < _PLAIN_AMOUNT).then(amount) * pl.col("over")
    whole = product // pl.col("under")
    twice = (product - whole * pl.col("under")) * 2
    odd = (whole - whole // 2 * 2) == 1
    up = (twice > pl.col("under")) | ((twice == pl.col("under")) & odd)
    return (whole + up.cast(_EXACT)).cast(MINOR)


def _with_large(rows: pl.DataFrame, factors: list[_Factor]) -> pl.Series:
    """Return the products with those that do not fit 128 bits on the way, and without those beyond the door's bound."""
    largest = 10**LARGEST_DIGITS
    new = pl.when(pl.col("new").cast(_EXACT).abs() < largest).then("new").alias("new")
    left = pl.col("new").is_null() & pl.col("amount").is_not_null() & pl.col("why").is_null() & ~pl.col("said")
    open_ = rows.with_row_index("place").filter(left).select("place", "amount", "factor")
    kept = rows.select(new).to_series()
    if open_.is_empty():
        return kept
    values = []
    for amount, number in open_.select("amount", "factor").iter_rows():
        factor = factors[number]
        value = convert_one(int(amount), Fraction(factor.over or 0, factor.under or 1))
        values.append(value if abs(value) < largest else None)
    return kept.scatter(open_["place"], pl.Series(values, dtype=_EXACT).cast(MINOR))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    found = rows.group_by("currency", "why").agg(
        count=pl.len().cast(pl.Int64), first=pl.col("day").min(), last=pl.col("day").max()
    )
    return found.select(*UNCONVERTED).sort("currency", "why", nulls_last=True)
