"""Pay beside the law on file: what is missing to the hourly minimum, what was kept back over the caps."""

from __future__ import annotations

import polars as pl

from finvest.features.pay import MEASURED, pay_months
from finvest.features.pay_rules import MILLION, cited, with_rule
from finvest.features.units import minor_units
from finvest.view import CaseView, feature

LONGEST_DAY = 16
"""Hours a day, on average of a period, above which they are taken for a slip."""

_MONTH = 28
"""Days of a period that is compared with what a month of life costs."""


@feature
def against_minimum(view: CaseView) -> pl.DataFrame:
    """Return `pay_months` beside the hourly minimum of the day on which the period begins.

    Returns
    -------
    polars.DataFrame
        With ``hourly_minimum`` and its ``_currency`` and ``_rule``; ``pay`` and ``legal`` (Int128, 10^-12 minor
        units: what was paid and what the minimum makes of the hours); ``short`` (whole minor units, rounded down);
        ``only_net``: no more than the net pay is known; ``why`` it cannot be judged.
    """
    rows = with_rule(view, pay_months(view), "hourly_minimum")
    pay = pl.coalesce("paid", "net").cast(pl.Int128)
    legal = pl.col("hourly_minimum").cast(pl.Int128) * pl.col("hours").cast(pl.Int128) * minor_units(pl.col("currency"))
    why = (
        pl.when(pl.col("why").is_not_null())
        .then("why")
        .when(pl.col("hours").is_null())
        .then(pl.lit("no hours are on file"))
        .when(pay.is_null())
        .then(pl.lit("the pay is not known"))
        .when(pl.col("hourly_minimum").is_null())
        .then(pl.format("no hourly minimum of {} for {} is on file", "country", pl.col("first_day").dt.year()))
        .when(pl.col("hourly_minimum_currency").ne_missing(pl.col("currency")))
        .then(pl.lit("the hourly minimum on file is in another currency than the pay"))
    )
    return rows.with_columns(
        why=why, pay=pay * MILLION**2, legal=legal, only_net=pl.col("paid").is_null()
    ).with_columns(
        short=pl.max_horizontal((pl.col("legal") - pl.col("pay")) // MILLION**2, 0).cast(pl.Int64, strict=False)
    )


@feature
def against_caps(view: CaseView) -> pl.DataFrame:
    """Return `pay_months` beside the caps on deductions of the day on which the period begins.

    Returns
    -------
    polars.DataFrame
        With ``deduction_cap``, ``housing_cap`` (millionths of a percent of the gross pay), ``subsistence_month`` and
        their ``_rule``; in minor units ``kept_back`` (what was taken or agreed), ``excess`` (over the cap, rounded
        down; 0: none), ``excess_taken`` (without what was agreed); ``needy``: a whole month's net pay is below
        subsistence, null where that cannot be told; ``why`` it cannot be judged.
    """
    rows = pay_months(view)
    for kind in ("deduction_cap", "housing_cap", "subsistence_month"):
        rows = with_rule(view, rows, kind)
    whole, gross = 100 * MILLION, pl.col("gross").cast(pl.Int128)

    def over(part: pl.Expr, cap: str) -> pl.Expr:
        return (part.cast(pl.Int128) * whole - gross * pl.col(cap).cast(pl.Int128)) // whole

    housed = over(pl.col("housing"), "housing_cap")
    excess = {
        name: pl.max_horizontal(over(part, "deduction_cap"), housed, 0).cast(pl.Int64)
        for name, part in (
            ("excess", pl.col("taken") + pl.col("agreed")),
            ("excess_taken", pl.col("taken")),
        )
    }
    enough = pl.col("subsistence_month").cast(pl.Int128) * minor_units(pl.col("currency"))
    needy = pl.col("net").cast(pl.Int128) * MILLION < enough
    told = (pl.col("days") >= _MONTH) & (pl.col("subsistence_month_currency") == pl.col("currency"))
    why = (
        pl.when(pl.col("why").is_not_null())
        .then("why")
        .when(pl.col("taken").is_null())
        .then(pl.lit("deductions are not on file or cannot be read"))
        .when(pl.col("gross").fill_null(0) == 0)
        .then(pl.lit("the gross pay is not known"))
        .when(pl.col("deduction_cap").is_null() & pl.col("housing_cap").is_null())
        .then(pl.format("no cap on deductions of {} for {} is on file", "country", pl.col("first_day").dt.year()))
    )
    return rows.with_columns(
        **excess, kept_back=pl.col("taken") + pl.col("agreed"), needy=pl.when(told).then(needy), why=why
    )


@feature
def low_pay(view: CaseView, share_percent: int, months: int) -> pl.DataFrame:
    """Return employers whose workers earned less than a share of the hourly minimum.

    Parameters
    ----------
    share_percent : int
        Pay is low below this share of the minimum.
    months : int
        Months with low pay of one worker that count, at least.

    Returns
    -------
    polars.DataFrame
        One row an employer and currency: ``employer``, ``workers`` (numbers of parties), ``months`` of low pay,
        ``shortfall`` to the full minimum (minor units, rounded down), ``lowest_percent`` of the minimum,
        ``minimum`` (as `cited`), ``hours_from``; months ``implausible`` (of more than `LONGEST_DAY` hours a day),
        ``reached`` (not low if every deduction was lawful); ``leave`` (false: hours were measured; else null);
        ``first_day``, ``last_day``, ``amounts`` (the shortfall), ``evidence_…``. Then rows ``not_assessable``.
    """
    rows = against_minimum(view)
    below = pl.col("pay") * 100 < pl.col("legal") * share_percent
    unsure = pl.when("only_net", below).then(pl.lit("deductions and gross pay are not known"))
    rows = rows.with_columns(why=pl.coalesce("why", unsure))
    low, month = _standing(rows.filter(below), months), pl.col("months")
    most = pl.col("most").cast(pl.Int128) * MILLION**2 * 100
    found = _by_employer(
        low,
        pl.col("evidence_shifts"),
        evidence_wage_rules=pl.col("hourly_minimum_rule").unique(),
        shortfall=pl.col("short").sum(),
        lowest_percent=(pl.col("pay") * 100 // pl.col("legal")).min().cast(pl.Int64),
        hours_from=pl.col("hours_from").str.replace("_", " ").unique().sort().str.join(", "),
        implausible=month.filter(pl.col("hours") > pl.col("days") * LONGEST_DAY * MILLION).sum(),
        reached=month.filter(most >= pl.col("legal") * share_percent).sum(),
        # Hours that a time sheet or an access log measured hold no leave; of any other nothing can be said.
        leave=pl.when(pl.col("hours_from").is_in(MEASURED).all()).then(pl.lit(value=False)),
    ).with_columns(amounts=pl.concat_list(pl.struct("currency", amount="shortfall")))
    found = found.with_columns(minimum=cited(view, found["evidence_wage_rules"]))
    return pl.concat([found, _unjudged(rows)], how="diagonal_relaxed")


@feature
def kept_back(view: CaseView, severe_percent: int, months: int) -> pl.DataFrame:
    """Return employers who kept back more of the pay than the caps on file.

    Parameters
    ----------
    severe_percent : int
        Share of gross pay above which it is severe.
    months : int
        Months over the cap of one worker that count, at least.

    Returns
    -------
    polars.DataFrame
        One row an employer and currency: ``employer``, ``workers`` (numbers of parties), ``months`` over the cap,
        ``excess`` (minor units), ``highest_percent`` of gross pay, ``cap`` (as `cited`), months ``severe`` (over that
        share, or less than subsistence left) and ``agreed_months`` (not over without what a court ordered or the
        worker agreed to); ``first_day``, ``last_day``, ``amounts`` (the excess), ``evidence_…``. Then rows
        ``not_assessable``.
    """
    rows = against_caps(view)
    over, month = _standing(rows.filter(pl.col("excess") > 0), months), pl.col("months")
    needy = pl.col("needy").fill_null(value=False)
    severe = (pl.col("kept_back") * 100 > pl.col("gross") * severe_percent) | needy
    caps = pl.concat_list("deduction_cap_rule", "housing_cap_rule").list.explode(empty_as_null=False)
    found = _by_employer(
        over,
        caps=caps.drop_nulls().unique(),
        subsistence=pl.col("subsistence_month_rule").filter(needy).unique(),
        excess=pl.col("excess").sum(),
        highest_percent=(pl.col("kept_back") * 100 // pl.col("gross")).max(),
        severe=month.filter(severe).sum(),
        agreed_months=month.filter(pl.col("excess_taken") == 0).sum(),
    ).with_columns(
        amounts=pl.concat_list(pl.struct("currency", amount="excess")),
        evidence_wage_rules=pl.concat_list("caps", "subsistence"),
    )
    found = found.with_columns(cap=cited(view, found["caps"])).drop("caps", "subsistence")
    return pl.concat([found, _unjudged(rows)], how="diagonal_relaxed")


def _standing(rows: pl.DataFrame, months: int) -> pl.DataFrame:
    """Return rows that can be judged, of workers who have so many months of them."""
    rows = rows.filter(pl.col("why").is_null(), pl.col("employer").is_not_null())
    rows = rows.filter(pl.col("months").sum().over("employer", "who", "currency") >= months)
    return rows.sort("employer", "currency", "first_day", "who")


def _by_employer(rows: pl.DataFrame, *lists: pl.Expr, **facts: pl.Expr) -> pl.DataFrame:
    return rows.group_by("employer", "currency", maintain_order=True).agg(
        "evidence_employments",
        *lists,
        pl.col("first_day").min(),
        pl.col("last_day").max(),
        pl.col("months").sum(),
        workers="worker",
        **facts,
    )


def _unjudged(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row an employer and reason ``why`` its months cannot be judged, as a detector returns it."""
    gaps = rows.filter(pl.col("why").is_not_null()).group_by("employer", not_assessable="why")
    return gaps.agg("evidence_employments", workers="worker").with_columns(score=pl.lit(0.0))
