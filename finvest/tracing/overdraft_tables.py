"""Backwards tracing of overdrafts as rows: which payments claimed money stands in, by what repaid them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.tracing.by_claim import intervals, long, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.tracing.by_claim import Run
    from finvest.tracing.trail import Trail


def repaid_of(trail: Trail, run: Run, ways: pl.DataFrame) -> pl.DataFrame:
    """Return what backwards tracing attributes, by claim, movement that repaid (``n``) and movement paid (``paid``)."""
    paid = run.credited.paid
    link = long("link", np.arange(len(paid)), run.figures.attributed, trail)
    numbers = pl.DataFrame({"n": run.credited.repaid, "paid": paid}).with_row_index("link")
    rows = link.join(numbers.cast({"link": pl.Int32}), on="link")
    return rows.join(ways.select("n", currency="received_currency"), on="n")


def overdrafts_of(trail: Trail, runs: Sequence[Run]) -> pl.DataFrame:
    """Return which payments claimed money stands in by backwards tracing, in order of time."""
    every = trail.ledger.movements
    keys = ["claim", "n", "paid", "currency"]
    rows = intervals([repaid_of(trail, run, every) for run in runs], keys, ["amount"])
    about = every.filter(pl.col("n").is_in(pl.concat([rows["n"], rows["paid"]]).implode()))
    day = pl.when(pl.col("out_pot").is_null()).then("in_day").otherwise("out_day")
    bought = about.select(paid="n", account="originator", payee="beneficiary", paid_day=day, paid_amount="amount",
                          paid_records="records")  # fmt: skip
    rows = rows.join(bought, on="paid").join(about.select("n", repaid_day="in_day", repaid_records="records"), on="n")
    who = trail.sources.people(sorted(pl.concat([rows["account"], rows["payee"]]).drop_nulls().unique()))
    for side in ("account", "payee"):
        rows = rows.join(who.select(pl.col("account").alias(side), pl.col("label").alias(f"{side}_label")), on=side,
                         how="left")  # fmt: skip
    rows = rows.sort("claim", "paid_day", "paid", "repaid_day", "n")
    places = {f"{what}_where": trail.sources.where(rows[f"{what}_records"]) for what in ("paid", "repaid")}
    return named(rows.with_columns(**places), trail).select(
        "claim", "account", "account_label", "paid_day", "payee", "payee_label", "paid_amount", "currency",
        "repaid_day", "on_hypothesis", "paid_records", "paid_where", "repaid_records", "repaid_where",
        low="amount_low", high="amount_high",
    ).cast({"paid_amount": pl.Int64})  # fmt: skip
