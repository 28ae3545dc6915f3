"""What hours of work are billed for, beside the least that they lawfully cost."""

from __future__ import annotations

import polars as pl

from finvest.features.pay_rules import MILLION, cited, exact, seats, with_rule
from finvest.features.units import minor_units
from finvest.view import CaseView, feature

COST = ("hourly_minimum", "employer_contribution", "holiday_accrual")
"""What an hour lawfully costs: the minimum, and on top of it contributions and holiday, percent of the minimum."""

_LARGEST = 10**15
_PERCENT = 100 * MILLION


@feature
def billed_hours(view: CaseView) -> pl.DataFrame:
    """Return invoices with hours beside the lawful cost of these hours, by the rules of the supplier's country.

    Returns
    -------
    polars.DataFrame
        One row an invoice: ``invoice`` (row), ``supplier``, ``customer`` (numbers of parties, null where none on
        file), ``from_id``, ``to_id``, ``currency``, ``amount`` (minor units), ``hours`` (millionths), ``first_day``,
        ``last_day``, ``price`` and ``cost`` (Int128, multiples of the same fraction of a minor unit), ``short`` (whole
        minor units, rounded down), the `COST` and their ``_rule``; ``why`` it cannot be judged, else null. Invoices
        without hours have ``hours`` null and no reason: they may be for anything.
    """
    amount = pl.col("amount").cast(pl.Int64, strict=False)
    rows = view.frame("invoices").select(
        invoice="n",
        from_id="supplier",
        to_id="customer",
        currency="currency",
        amount=pl.when(amount.is_between(0, _LARGEST)).then(amount),
        written=pl.col("hours"),
        hours=exact(pl.col("hours")),
        first_day=pl.coalesce("start", "issued"),
        last_day=pl.coalesce("end", "start", "issued"),
        same=pl.coalesce("invoice", pl.format("row {}", "n")),
    )
    rows = rows.unique(["from_id", "same"], keep="first", maintain_order=True).drop("same")
    seat = seats(view)
    rows = rows.join(seat.rename({"party": "from_id", "number": "supplier"}), on="from_id", how="left")
    rows = rows.join(seat.select(to_id="party", customer="number"), on="to_id", how="left").with_columns(
        day="first_day"
    )
    for kind in COST:
        rows = with_rule(view, rows.sort("invoice"), kind)
    minimum, contribution, holiday = (pl.col(kind).cast(pl.Int128) for kind in COST)
    hours = pl.col("hours").cast(pl.Int128)
    year = pl.col("first_day").dt.year()
    why = (
        pl.when(pl.col("written").is_null())
        .then(None)
        .when(pl.col("hours").fill_null(0) == 0)
        .then(pl.lit("the hours on the bill cannot be read"))
        .when(pl.col("amount").is_null() | minor_units(pl.col("currency")).is_null())
        .then(pl.lit("the amount or the currency of the bill is not known"))
        .when(pl.col("first_day").is_null() | pl.col("country").is_null())
        .then(pl.lit("the day of the work or the supplier's country is not known"))
        .when(pl.any_horizontal(pl.col(kind).is_null() for kind in COST))
        .then(pl.format("minimum, contributions or holiday of {} for {} are not on file", "country", year))
        .when(pl.col("hourly_minimum_currency").ne_missing(pl.col("currency")))
        .then(pl.lit("the hourly minimum on file is in another currency than the bill"))
    )
    # Minimum and hours are in millionths, and the share on top is counted in hundredths of them.
    cost = hours * minimum * minor_units(pl.col("currency")) // MILLION * (_PERCENT + contribution + holiday)
    unit = MILLION * _PERCENT
    rows = rows.with_columns(why=why, price=pl.col("amount").cast(pl.Int128) * unit, cost=cost)
    short = pl.max_horizontal((pl.col("cost") - pl.col("price")) // unit, 0)
    return rows.with_columns(short=short.cast(pl.Int64, strict=False))


@feature
def below_cost(view: CaseView, invoices: int) -> pl.DataFrame:
    """Return suppliers who bill hours of work below what they lawfully cost.

    Parameters
    ----------
    invoices : int
        Bills below cost, at least.

    Returns
    -------
    polars.DataFrame
        One row a supplier and currency: ``supplier``, ``customers`` (numbers of parties), ``invoices`` below cost,
        of ``all_invoices`` that can be judged, ``shortfall`` (minor units), ``lowest_percent`` of the cost, ``cost``
        (as `cited`), ``other`` (minor units that the supplier billed the same customers without hours), ``made_up``
        (that is as much as is missing); ``first_day``, ``last_day``, ``amounts`` (the shortfall), ``evidence_…``. Then
        rows ``not_assessable``.
    """
    rows, keys = billed_hours(view), ["supplier", "currency"]
    judged = rows.filter(pl.col("hours").is_not_null(), pl.col("why").is_null(), pl.col("supplier").is_not_null())
    low = judged.filter(pl.col("price") < pl.col("cost"))
    found = low.group_by(keys).agg(
        pl.col("first_day").min(),
        pl.col("last_day").max(),
        customers="customer",
        evidence_invoices="invoice",
        evidence_wage_rules=pl.concat_list(*(f"{kind}_rule" for kind in COST)).list.explode(empty_as_null=False),
        invoices=pl.len(),
        shortfall=pl.col("short").sum(),
        lowest_percent=(pl.col("price") * 100 // pl.col("cost")).min().cast(pl.Int64),
    )
    bare = rows.filter(pl.col("written").is_null()).join(low, on=["from_id", "to_id", "currency"], how="semi")
    found = (
        found.filter(pl.col("invoices") >= invoices)
        .sort(keys)
        .join(judged.group_by(keys).agg(all_invoices=pl.len()), on=keys, maintain_order="left")
        .join(bare.group_by(keys).agg(other=pl.col("amount").sum()), on=keys, how="left", maintain_order="left")
        .with_columns(
            pl.col("other").fill_null(0),
            pl.col("evidence_wage_rules").list.unique(),
            amounts=pl.concat_list(pl.struct("currency", amount="shortfall")),
            made_up=pl.col("other").fill_null(0) >= pl.col("shortfall"),
        )
    )
    found = found.with_columns(cost=cited(view, found["evidence_wage_rules"], " + "))
    gaps = rows.filter(pl.col("why").is_not_null()).group_by("supplier", not_assessable="why")
    unsure = gaps.agg(evidence_invoices="invoice", customers="customer").with_columns(score=pl.lit(0.0))
    return pl.concat([found, unsure], how="diagonal_relaxed")
