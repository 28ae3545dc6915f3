"""Which debit and which credit record one movement: decided by a person, or by rules."""

from __future__ import annotations

import polars as pl

from finvest.model.identifiers import opaque
from finvest.model.tables import MINOR, table
from finvest.pairing.coverage import complete_days
from finvest.pairing.decisions import decided_pairs
from finvest.pairing.naming import names_payee, names_payer, with_names
from finvest.pairing.rules import RULE_VERSION, RULES, Grounds
from finvest.pairing.sides import Sides, sides

CERTAIN = 1000
"""Score of a pair made by a rule or a person, in thousandths."""


def pairs(
    transactions: pl.DataFrame | pl.LazyFrame,
    duplicates: pl.DataFrame,
    coverage: pl.DataFrame,
    accounts: pl.DataFrame,
    identifiers: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
    rates: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Pair the debits and credits of accounts whose books are on file.

    Parameters
    ----------
    transactions, accounts, identifiers : polars.DataFrame
        Rows of the tables of these names, the transactions lazily or not.
    duplicates : polars.DataFrame
        What `finvest.pairing.duplicates.duplicates` returns.
    coverage : polars.DataFrame
        What `finvest.pairing.coverage.coverage` returns.
    decisions : polars.DataFrame, optional
        Rows of the table `decisions`.
    rates : polars.DataFrame, optional
        ``day``, ``currency``, ``rate``, see `finvest.pairing.rates.near_rate`; without them no pair has two currencies
        unless its UETR makes it.

    Returns
    -------
    polars.DataFrame
        Rows of the table `pairs`, sorted by ``pair_id``: state ``paired`` (by a rule, or accepted: ``how`` is
        ``decision``) and ``rejected``. Amounts in minor units of each record's currency.

    Notes
    -----
    What a person accepted is paired first and is no rival of anything. What a person rejected is not paired, and still
    counts as a rival: to reject one pair never makes another.
    """
    given = sides(transactions, duplicates, accounts, identifiers)
    grounds = Grounds(given, _numbered_periods(coverage, given), rates)
    decided = _decided(decisions, duplicates, given)
    rejected = decided.filter(pl.col("how") == "rejected")
    found = [decided.filter(pl.col("how") == "decision")]
    left = given.single().without(found[0])
    for how, rule in RULES:
        new = rule(left, grounds).join(rejected, on=["n", "n_c"], how="anti")
        found.append(new.select("n", "n_c", how=pl.lit(how), decision=pl.lit(None, pl.String)))
        left = left.without(found[-1])
    return _as_table(pl.concat([*found, rejected]), given)


def _numbered_periods(coverage: pl.DataFrame, given: Sides) -> pl.DataFrame:
    accounts = given.accounts.rename({"account": "number", "id": "account"})
    currencies = given.currencies.rename({"currency": "its", "code": "currency"})
    periods = complete_days(coverage).join(accounts, on="account").join(currencies, on="currency")
    return periods.select(
        account="number", currency="its", start=pl.col("start").cast(pl.Int32), end=pl.col("end").cast(pl.Int32)
    )


def _decided(decisions: pl.DataFrame | None, duplicates: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Return decided pairs whose records are on file, one a debit and one a credit."""
    rows = decided_pairs(table("decisions").empty() if decisions is None else decisions, duplicates)
    for side, n, records in (("originator", "n", given.debits), ("beneficiary", "n_c", given.credits)):
        on_file = given.ids.join(records, on="n", how="semi").select(
            pl.col("transaction_id").alias(f"{side}_transaction"), pl.col("n").alias(n)
        )
        rows = rows.join(on_file, on=f"{side}_transaction")
    how = pl.when("accepted").then(pl.lit("decision")).otherwise(pl.lit("rejected"))
    return rows.select("n", "n_c", "decision", how=how).select("n", "n_c", "how", "decision")


def _as_table(found: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Write pairs as rows of the table `pairs`."""
    debits = given.debits.join(given.ids, on="n")
    credits_ = given.credits.join(given.ids, on="n").rename(lambda c: f"{c}_c")
    rows = with_names(found.join(debits, on="n").join(credits_, on="n_c"), given)
    rejected = pl.col("how") == "rejected"
    rows = rows.select(
        pair_id=_pair_ids(rows),
        movement=pl.when(~rejected).then("transaction_id"),
        originator_transaction="transaction_id",
        beneficiary_transaction="transaction_id_c",
        kind=pl.lit("transfer"),
        state=pl.when(rejected).then(pl.lit("rejected")).otherwise(pl.lit("paired")),
        how=pl.when(rejected).then(pl.lit("decision")).otherwise("how"),
        rule_version=pl.lit(RULE_VERSION, pl.Int64),
        amount=pl.col("amount").cast(MINOR),
        received_amount=pl.col("amount_c").cast(MINOR),
        days=(pl.col("day_c") - pl.col("day")).cast(pl.Int64),
        score=pl.when(~rejected).then(pl.lit(CERTAIN, pl.Int64)),
        reasons=_reasons(),
        rivals=pl.when(~rejected).then(pl.lit(0, pl.Int64)),
        decision="decision",
        handling=pl.max_horizontal("handling", "handling_c"),
    )
    return table("pairs").complete(rows).sort("pair_id")


def _pair_ids(rows: pl.DataFrame) -> pl.Series:
    ids = rows.select("transaction_id", "transaction_id_c").iter_rows()
    return pl.Series("pair_id", [opaque("p", debit, credit) for debit, credit in ids], pl.String)


def _reasons() -> pl.Expr:
    """Return what agrees, as a JSON list."""
    agreeing = {
        "amount": pl.col("money") == pl.col("money_c"),
        "uetr": pl.col("uetr") == pl.col("uetr_c"),
        "bank_reference": pl.col("servicer") == pl.col("servicer_c"),
        "reference": pl.col("reference") == pl.col("reference_c"),
        "payee_account": names_payee(),
        "payer_account": names_payer(),
        "payee_number": pl.col("number_fits"),
        "payer_number": pl.col("number_fits_c"),
        "payee_name": pl.col("name_fits"),
        "payer_name": pl.col("name_fits_c"),
    }
    words = [pl.when(agrees).then(pl.lit(f'"{what}"')) for what, agrees in agreeing.items()]
    return pl.format("[{}]", pl.concat_str(words, separator=",", ignore_nulls=True))
