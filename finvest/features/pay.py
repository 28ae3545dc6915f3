"""Pay, hours and deductions of each worker and month, exact."""

from __future__ import annotations

import polars as pl

from finvest.features.pay_rules import exact, seats
from finvest.model.currencies import DECIMALS
from finvest.model.identifiers import text_keys
from finvest.model.money import parse
from finvest.view import CaseView, feature

HOURS = ("timesheet", "access_log", "roster", "contract")
"""Where hours are known from; the first that there is for a period counts, before the hours of the pay itself."""

MEASURED = HOURS[:2]

OWED = (
    "TAX", "INCOMETAX", "WAGETAX", "SOCIALSECURITY", "SOCIALCONTRIBUTIONS", "SOCIALINSURANCE", "HEALTHINSURANCE",
    "PENSION", "UNEMPLOYMENTINSURANCE", "CAREINSURANCE",
)  # fmt: skip
"""Kinds of deductions that the law takes from everybody; as keys of `text_keys`."""

AGREED = ("GARNISHMENT", "COURTORDER", "ADVANCE", "ADVANCEREPAYMENT", "SALARYSACRIFICE", "UNIONDUES")
"""Kinds that a court orders or that the worker had the use of."""

HOUSING = ("HOUSING", "RENT", "LODGING", "ACCOMMODATION")

_LARGEST = 10**15
"""Minor units from which a pay is no pay: exact products with it still fit 128 bits."""

_PAIR = r'"[^"\\]*"\s*:\s*"?[0-9]+(?:\.[0-9]+)?"?'
_PAIRS = rf"^\s*\{{\s*(?:{_PAIR}\s*(?:,\s*{_PAIR}\s*)*)?\}}\s*$"

_MONEY = ("gross", "net", "paid", "most", "owed", "agreed", "housing", "taken")


def _deductions(rows: pl.DataFrame) -> pl.DataFrame:
    """Add sums of deductions by what they are for: null where nothing is on file or a part cannot be read.

    They are written as loaders write them: ``{"housing": "250.00"}``, whole units of the currency of the pay.
    """
    listed = rows.select("n", "deductions", code="currency").filter(pl.col("deductions").str.contains(_PAIRS))
    pairs = listed.select("n", "code", pair=pl.col("deductions").str.extract_all(_PAIR)).explode(
        "pair", empty_as_null=False
    )
    parts = pairs.select("n", "code", of=pl.col("pair").str.extract_groups(r'^"([^"]*)"\s*:\s*"?([0-9.]+)')).unnest(
        "of"
    )
    parts = parts.rename({"1": "kind", "2": "text"})
    minor, _ = parse(parts["text"], parts["code"].fill_null("XXX"))
    key, sum_ = text_keys(pl.col("kind")), pl.col("sum")
    groups = {"owed": key.is_in(OWED), "agreed": key.is_in(AGREED), "housing": key.is_in(HOUSING)}
    sums = (
        parts.with_columns(sum=minor.cast(pl.Int64, strict=False))
        .with_columns(unread=pl.col("sum").is_null() | (sum_ > _LARGEST))
        .group_by("n")
        .agg(
            **{name: sum_.filter(holds).sum() for name, holds in groups.items()},
            taken=sum_.filter(~groups["owed"] & ~groups["agreed"]).sum(),
            unread=pl.col("unread").any(),
        )
    )
    names = [*groups, "taken"]
    known = listed.select("n").join(sums, on="n", how="left", maintain_order="left")
    known = known.filter(~pl.col("unread").fill_null(value=False)).with_columns(pl.col(names).fill_null(0))
    return rows.join(known.select("n", *names), on="n", how="left", maintain_order="left")


def _payments(view: CaseView) -> pl.DataFrame:
    """Return one row a row of `employments`, each of one id once, with what counts as paid."""
    money = {c: pl.col(c).cast(pl.Int64, strict=False) for c in ("gross", "net")}
    rows = view.frame("employments").with_columns(
        **{c: pl.when(value.is_between(0, _LARGEST)).then(value) for c, value in money.items()},
        same=pl.coalesce("employment", pl.format("row {}", "n")),
        hours=exact(pl.col("hours")),
    )
    rows = _deductions(rows.unique("same", keep="first", maintain_order=True))
    listed, lawful = pl.col("taken").is_not_null(), pl.col("owed") + pl.col("agreed")
    # What gross, net and deductions leave unexplained counts for the employer.
    paid = pl.max_horizontal(pl.col("net") + lawful, pl.col("gross") - pl.col("taken"))
    most = pl.max_horizontal(pl.col("net") + lawful + pl.col("taken"), "gross")
    return rows.with_columns(paid=pl.when(listed).then(paid).otherwise("gross"), most=pl.coalesce(most, "gross"))


@feature
def pay_months(view: CaseView) -> pl.DataFrame:
    """Return pay and hours of each worker, employer and month in which a pay period begins.

    Returns
    -------
    polars.DataFrame
        ``employer``, ``worker`` (numbers of parties, null where they are none on file), ``who`` (keeps workers apart
        who are not), ``first_day``, ``last_day``, ``days``, ``months`` (that the period covers, rounded, at least 1),
        ``currency``; in minor units, null where a part is not known: ``gross`` (at least), ``net``, ``owed``
        (deductions the law asks for), ``agreed`` (a court's, advances), ``taken`` (any other, ``housing`` among
        them), ``paid`` (net and lawful deductions; at most the gross pay where deductions are not on file), ``most``
        (``paid`` if every deduction was lawful); ``hours`` (millionths) and ``hours_from``; ``country``,
        ``activity``, ``day`` for `with_rule`; ``evidence_employments``, ``evidence_shifts``; ``why`` it cannot be
        judged, else null.
    """
    rows = _payments(view).with_columns(
        who=pl.coalesce("worker", "same"),
        month=pl.coalesce(pl.col("start").dt.month_start(), pl.date(1, 1, 1)),
        alone=pl.when(pl.col("start").is_null() | pl.col("end").is_null()).then("n"),
    )
    grouped = rows.group_by("employer", "who", "month", "alone").agg(
        pl.col("worker").first(),
        *(pl.when(pl.col(c).null_count() == 0).then(pl.col(c).sum()).alias(c) for c in _MONEY),
        first_day=pl.col("start").min(),
        last_day=pl.col("end").max(),
        currency=pl.col("currency").drop_nulls().first(),
        currencies=pl.col("currency").n_unique(),
        own_hours=pl.when(pl.col("hours").count() > 0).then(pl.col("hours").sum()),
        posted=pl.col("posted").any(),
        evidence_employments=pl.col("n").sort(),
    )
    days = (pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1
    grouped = grouped.sort(pl.col("evidence_employments").list.first()).with_row_index("period")
    grouped = _with_hours(view, grouped.with_columns(days=days))
    seat = seats(view).rename({"party": "employer", "number": "employer_n"})
    workers = seats(view).select(worker="party", worker_n="number")
    why = (
        pl.when(pl.col("days").is_null() | (pl.col("days") < 1))
        .then(pl.lit("the period of the pay is not known"))
        .when(pl.col("posted").fill_null(value=False))
        .then(pl.lit("a posted worker: the rules of the country of work apply, and which it was is not on file"))
        .when((pl.col("currencies") > 1) | ~pl.col("currency").is_in([*DECIMALS]).fill_null(value=False))
        .then(pl.lit("the pay is in several currencies or in an unknown one"))
        .when(pl.col("country").is_null())
        .then(pl.lit("the employer's country is not known"))
    )
    return (
        grouped.join(seat, on="employer", how="left", maintain_order="left")
        .join(workers, on="worker", how="left", maintain_order="left")
        .with_columns(
            employer="employer_n",
            worker="worker_n",
            day="first_day",
            gross=pl.coalesce("gross", "most"),
            months=pl.max_horizontal((pl.col("days") * 12 + 182) // 365, 1),
            why=why,
        )
        .drop("month", "alone", "currencies", "own_hours", "posted", "employer_n", "worker_n", "period")
    )


def _with_hours(view: CaseView, periods: pl.DataFrame) -> pl.DataFrame:
    """Add the hours of each pay period, of the best kind that is on file."""
    own = pl.when(pl.col("own_hours") > 0).then("own_hours")
    paid_for = pl.when(own.is_not_null()).then(pl.lit("pay list"))
    if view.lacks(["shifts"]) is not None:
        none = pl.lit([], pl.List(pl.UInt32))
        return periods.with_columns(hours=own, hours_from=paid_for, evidence_shifts=none)
    shifts = view.frame("shifts").select(
        "employer",
        "worker",
        begin="start",
        finish=pl.coalesce("end", "start"),
        hours=exact(pl.col("hours")),
        rank=pl.col("kind").replace_strict(HOURS, range(len(HOURS)), default=None, return_dtype=pl.Int64),
        same=pl.coalesce("shift", pl.format("row {}", "n")),
        evidence_shifts="n",
    )
    shifts = shifts.unique("same", keep="first", maintain_order=True).drop_nulls(["begin", "hours", "rank"])
    dated = periods.select("employer", "worker", "period", "first_day", "last_day").drop_nulls()
    # A shift belongs to the latest period that began; one that runs on after its end, but for a night, to none.
    best = (
        shifts.sort("begin", "evidence_shifts")
        .join_asof(
            dated.sort("first_day", "period"),
            left_on="begin",
            right_on="first_day",
            by=["employer", "worker"],
            strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("begin") <= pl.col("last_day"), pl.col("finish") <= pl.col("last_day").dt.offset_by("1d"))
        .group_by("period", "rank")
        .agg(pl.col("hours").sum(), pl.col("evidence_shifts").sort())
        .filter(pl.col("hours") > 0)
        .sort("period", "rank")
        .unique("period", keep="first", maintain_order=True)
        .with_columns(hours_from=pl.col("rank").replace_strict(range(len(HOURS)), HOURS, return_dtype=pl.String))
        .drop("rank")
    )
    rows = periods.join(best, on="period", how="left", maintain_order="left")
    return rows.with_columns(hours=pl.coalesce("hours", own), hours_from=pl.coalesce("hours_from", paid_for))
