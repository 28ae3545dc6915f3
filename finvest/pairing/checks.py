"""What may hide behind a pair that looks unique: the checks that each bought itself with a false pair."""

from __future__ import annotations

import math

import polars as pl

from finvest.pairing.candidates import EARLIEST, FLAT, LATEST, within

BOUNCE_DAYS = 10

_SHARE = 50
"""A fee is at most one part in this many, and `FLAT`."""


def payer_covered(pairs: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Keep pairs whose payer's books are complete over the six days before the credit: no debit can be missing.

    Parameters
    ----------
    pairs : polars.DataFrame
        Candidates.
    periods : polars.DataFrame
        ``account``, ``currency`` (numbers), ``start``, ``end`` (days) of books without a gap.
    """
    asked = pairs.with_columns(since=pl.col("day_c") - LATEST).sort("since")
    found = asked.join_asof(
        periods.sort("start"),
        left_on="since",
        right_on="start",
        by=["account", "currency"],
        strategy="backward",
        check_sortedness=False,  # both are sorted above; with groups Polars cannot check and would warn
    )
    return found.filter(pl.col("end") >= pl.col("day_c")).select(pairs.columns)


def without_silent_rivals(pairs: pl.DataFrame, debits: pl.DataFrame, credits_: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs by reference where a like record of either account has lost its reference and may be the partner."""
    silent_debits = debits.filter(pl.col("reference").is_null())
    silent_credits = credits_.filter(pl.col("reference").is_null())
    wanted = credits_.join(pairs.select(n="n_c", payer="account"), on="n")
    lost = within(silent_debits, wanted, {"account": "payer", "money": "money"})
    pairs = pairs.join(lost, on="n_c", how="anti")
    wanted = debits.join(pairs.select("n", payee="account_c"), on="n")
    lost = within(wanted, silent_credits, {"payee": "account", "money": "money"})
    return pairs.join(lost, on="n", how="anti")


def without_rival_credits(pairs: pl.DataFrame, debits: pl.DataFrame, credits_: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs whose payee has a second equal credit in reach of the debit, whoever it says it is from."""
    wanted = debits.join(pairs.select("n", payee="account_c"), on="n")
    several = within(wanted, credits_, {"payee": "account", "money": "money"}).filter(pl.len().over("n") > 1)
    return pairs.join(several, on="n", how="anti")


def without_fee_rivals(pairs: pl.DataFrame, unpaired: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs where a larger debit of the payer found no credit: what arrived may be that one less its fee."""
    width = LATEST - EARLIEST + 1
    # A debit within two parts in a hundred and 10.00 is on the same step of this scale or on the next.
    step = ((pl.col("amount") + _SHARE * FLAT).cast(pl.Float64).log() / math.log(1.021)).floor().cast(pl.Int32)
    asked = pairs.select(
        "n_c", "account", "account_c", "kin_c", "currency", "day_c", arrived="amount_c", amount="amount_c"
    )
    asked = asked.with_columns(step=step, bucket=(pl.col("day_c") - LATEST) // width).drop("amount")
    asked = pl.concat([asked, asked.with_columns(pl.col("bucket") + 1)])
    asked = pl.concat([asked, asked.with_columns(pl.col("step") + 1)])
    debits = unpaired.select(
        "account", "other", "other_kin", "currency", "amount", "day", step=step, bucket=pl.col("day") // width
    )
    met = debits.join(asked, on=["account", "currency", "step", "bucket"])
    # Exact here; the scale above only brings together what is compared.
    larger = pl.col("amount") > pl.col("arrived")
    fee = (pl.col("amount") - pl.col("arrived") - FLAT) * _SHARE <= pl.col("arrived")
    near = (pl.col("day_c") - pl.col("day")).is_between(EARLIEST, LATEST)
    rivals = met.filter(larger & fee & near & _may_pay("account_c", "kin_c"))
    return pairs.join(rivals, on="n_c", how="anti")


def without_bounces(pairs: pl.DataFrame, unpaired: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs whose payee had sent the same sum to the payer shortly before: it may have come back."""
    width = BOUNCE_DAYS + 1
    asked = pairs.select("n_c", "money", "day_c", payer="account", payer_kin="kin", account="account_c")
    asked = asked.with_columns(bucket=(pl.col("day_c") - BOUNCE_DAYS) // width)
    asked = pl.concat([asked, asked.with_columns(pl.col("bucket") + 1)])
    debits = unpaired.select("account", "other", "other_kin", "money", "day", bucket=pl.col("day") // width)
    met = debits.join(asked, on=["account", "money", "bucket"])
    near = (pl.col("day_c") - pl.col("day")).is_between(0, BOUNCE_DAYS)
    return pairs.join(met.filter(near & _may_pay("payer", "payer_kin")), on="n_c", how="anti")


def without_batches(pairs: pl.DataFrame, bare: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs where a larger debit of the payer in those days names nobody: it may hold the payment."""
    days = pl.int_ranges(pl.col("day"), pl.col("day") + LATEST + 1, dtype=pl.Int32)
    largest = bare.group_by("account", "currency", "day").agg(pl.col("amount").max())
    reach = largest.with_columns(day_c=days).explode("day_c", empty_as_null=False)
    reach = reach.group_by("account", "currency", "day_c").agg(largest=pl.col("amount").max())
    hit = pairs.join(reach, on=["account", "currency", "day_c"]).filter(pl.col("largest") > pl.col("amount_c"))
    return pairs.join(hit, on="n_c", how="anti")


def _may_pay(account: str, kin: str) -> pl.Expr:
    """Tell whether a debit can be to this account: it names no other one that could be told apart from it."""
    another = (pl.col("other") != pl.col(account)) & (pl.col("other_kin") == pl.col(kin))
    return ~another.fill_null(value=False)
