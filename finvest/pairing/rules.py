"""The rules by which a debit and a credit are one movement, never wrong on what could be tested.

Each is as narrow as the false pairs that it was tried against made it: references that programs fill in or reuse, two
banks' counters that meet, equal payments, a rival in a statement that is not on file, returns, fees, batch bookings.
Candidates are counted before anybody is asked who is named, so that a silent rival still is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.pairing import checks
from finvest.pairing.candidates import FLAT, only_one, within
from finvest.pairing.naming import names_payee, names_payer, no_other_named, with_names
from finvest.pairing.rates import near_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.pairing.sides import Sides

RULE_VERSION = 1
"""Raised whenever a rule changes what it pairs."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What rules rest on beside the records that are left.

    Attributes
    ----------
    given : Sides
        All records, with what they say.
    periods : polars.DataFrame
        ``account``, ``currency`` (numbers), ``start``, ``end`` (days): complete books.
    rates : polars.DataFrame or None
        Rates of exchange, see `finvest.pairing.rates.near_rate`.
    """

    given: Sides
    periods: pl.DataFrame
    rates: pl.DataFrame | None


def by_uetr(left: Sides, grounds: Grounds) -> pl.DataFrame:  # noqa: ARG001 - all rules are called alike
    """Pair by one UETR, seen once on each side."""
    met = within(left.debits, left.credits, {"uetr": "uetr"}, -3, 10).filter(only_one())
    missing = pl.col("amount") - pl.col("amount_c")
    plausible = (missing >= 0) & ((missing - 5 * FLAT) * 20 <= pl.col("amount"))
    return met.filter((pl.col("currency") != pl.col("currency_c")) | plausible)


def by_servicer(left: Sides, grounds: Grounds) -> pl.DataFrame:
    """Pair by the reference of the one bank that keeps both books, where a record names the other account."""
    keys = {"servicer": "servicer", "money": "money"}
    met = within(left.debits, left.credits, keys, -2, 3).filter(only_one())
    met = with_names(met, grounds.given)
    named = names_payee() | names_payer() | pl.any_horizontal("number_fits", "number_fits_c").fill_null(value=False)
    return met.filter(named & no_other_named())


def by_end_to_end(left: Sides, grounds: Grounds) -> pl.DataFrame:
    """Pair by the originator's reference and the amount, where a record names the other's account."""
    keys = {"reference": "reference", "money": "money"}
    met = within(left.debits, left.credits, keys).filter(only_one())
    met = checks.payer_covered(met.filter(names_payee() | names_payer()), grounds.periods)
    return checks.without_silent_rivals(met, left.debits, left.credits)


def by_reference_other_amount(left: Sides, grounds: Grounds) -> pl.DataFrame:
    """Pair by the originator's reference and both accounts, where a fee or a conversion changed the amount."""
    keys = {"reference": "reference", "account": "other", "other": "account"}
    met = within(left.debits, left.credits, keys).filter(only_one())
    met = met.filter(pl.col("is_return") == pl.col("is_return_c"))
    missing = pl.col("amount") - pl.col("amount_c")
    same_currency = pl.col("currency") == pl.col("currency_c")
    found = [met.filter(same_currency & (missing > 0) & ((missing - FLAT) * 50 <= pl.col("amount")))]
    if grounds.rates is not None:
        found.append(near_rate(met.filter(~same_currency), grounds.rates, grounds.given.currencies))
    return checks.payer_covered(pl.concat(found), grounds.periods)


def by_being_unique(left: Sides, grounds: Grounds) -> pl.DataFrame:
    """Pair the only possible debit with the only possible credit, where each names the other and nothing may hide."""
    naming_debits = left.debits.filter(pl.col("other").is_not_null())
    naming_credits = left.credits.filter(pl.col("other").is_not_null())
    by_credit = within(left.debits, naming_credits, {"account": "other", "money": "money"})
    by_debit = within(naming_debits, left.credits, {"other": "account", "money": "money"})
    met = pl.concat([by_credit, by_debit]).unique(["n", "n_c"]).filter(only_one())
    met = with_names(met.filter(names_payer()), grounds.given)
    met = met.filter(names_payee() | pl.any_horizontal("number_fits", "name_fits").fill_null(value=False))
    met = checks.without_rival_credits(met, left.debits, left.credits)
    met = met.filter(no_other_named() & ~_differ("reference") & ~_differ("uetr"))
    met = met.filter(pl.col("is_return") == pl.col("is_return_c"))
    met = checks.payer_covered(met, grounds.periods)
    unpaired = left.debits.join(met, on="n", how="anti")
    met = checks.without_fee_rivals(met, unpaired)
    met = checks.without_bounces(met, unpaired)
    bare = grounds.given.debits.join(grounds.given.facts.filter("bare"), on="n", how="semi")
    return checks.without_batches(met, bare)


RULES: tuple[tuple[str, Callable[[Sides, Grounds], pl.DataFrame]], ...] = (
    ("uetr", by_uetr),
    ("servicer", by_servicer),
    ("end_to_end", by_end_to_end),
    ("reference_other_amount", by_reference_other_amount),
    ("unique", by_being_unique),
)
"""In order: what one has paired is no candidate of the next."""


def _differ(column: str) -> pl.Expr:
    return (pl.col(column) != pl.col(f"{column}_c")).fill_null(value=False)
