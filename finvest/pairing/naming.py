"""Whether a record names the account on the other side, and whether it contradicts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.pairing.references import SHORTEST

if TYPE_CHECKING:
    from finvest.pairing.sides import Sides


def contradicted() -> pl.Expr:
    """Tell whether one record of a candidate names, by a comparable account, another one than the other's."""
    debit = (pl.col("other") != pl.col("account_c")) & (pl.col("other_kin") == pl.col("kin_c"))
    credit = (pl.col("other_c") != pl.col("account")) & (pl.col("other_kin_c") == pl.col("kin"))
    return debit.fill_null(value=False) | credit.fill_null(value=False)


def names_payee() -> pl.Expr:
    """Tell whether the debit names the payee's account."""
    return (pl.col("other") == pl.col("account_c")).fill_null(value=False)


def names_payer() -> pl.Expr:
    """Tell whether the credit names the payer's account."""
    return (pl.col("other_c") == pl.col("account")).fill_null(value=False)


CUT_NAME = 8
"""Letters and digits from which on a short name may be the beginning of a longer one, where a doubt is enough."""


def with_names(pairs: pl.DataFrame, given: Sides, *, cut_names: bool = False) -> pl.DataFrame:
    """Add what the records of candidates say of each other by number and by name.

    Parameters
    ----------
    pairs : polars.DataFrame
        Candidates: ``n``, ``account`` of the debit, ``n_c``, ``account_c`` of the credit.
    given : Sides
    cut_names : bool
        Let a name of `CUT_NAME` signs and more fit a longer one that begins with it.

    Returns
    -------
    polars.DataFrame
        The same rows with ``number_fits``, ``name_fits`` (the debit's words on the payee), ``number_fits_c``,
        ``name_fits_c`` (the credit's words on the payer): null where a record says nothing or nothing is known of the
        account. A number fits the same number, or, with at least six signs, the end of an IBAN, zeros in front aside; a
        name fits if its first twelve letters and digits do.
    """
    facts = given.facts.select("n", "number", "name")
    pairs = pairs.join(facts, on="n", how="left").join(
        facts.rename({c: f"{c}_c" for c in facts.columns}), on="n_c", how="left"
    )
    pairs = pairs.rename({"number_c": "its_number", "name_c": "its_name"})
    for number, name, account, end in (
        ("number", "name", "account_c", ""),
        ("its_number", "its_name", "account", "_c"),
    ):
        numbers = given.numbers.rename({"account": account})
        fits = _fitting(pairs, numbers, number, account, _number_fits(number)).rename({"fits": f"number_fits{end}"})
        pairs = pairs.join(fits, on=[number, account], how="left")
        holders = given.holders.rename({"account": account, "name": "key"})
        fits = _fitting(pairs, holders, name, account, name_fits(name, "key", cut=cut_names)).rename(
            {"fits": f"name_fits{end}"}
        )
        pairs = pairs.join(fits, on=[name, account], how="left")
    return pairs.drop("number", "name", "its_number", "its_name")


def no_other_named() -> pl.Expr:
    """Tell, after `with_names`, whether neither record gives a number or name that does not fit the other's account."""
    says = {"": names_payee(), "_c": names_payer()}
    others = [
        (~pl.col(f"number_fits{end}")).fill_null(value=False)
        | (~pl.col(f"name_fits{end}") & ~named).fill_null(value=False)
        for end, named in says.items()
    ]
    return ~pl.any_horizontal(others)


def name_fits(name: str, holder: str, *, cut: bool) -> pl.Expr:
    """Tell whether the start of a name is the start of a holder's, or, if names may be cut, its beginning."""
    same = pl.col(name) == pl.col(holder)
    beginning = pl.col(holder).str.starts_with(pl.col(name)) & (pl.col(name).str.len_chars() >= CUT_NAME)
    return same | beginning if cut else same


def _fitting(pairs: pl.DataFrame, keys: pl.DataFrame, said: str, account: str, fits: pl.Expr) -> pl.DataFrame:
    """Return whether each thing said fits one of the account's keys."""
    asked = pairs.select(said, account).drop_nulls().unique()
    return asked.join(keys, on=account).group_by(said, account).agg(fits=fits.any())


def _number_fits(number: str) -> pl.Expr:
    tail = pl.col("key").str.ends_with(pl.col(number)) & (pl.col(number).str.len_chars() >= SHORTEST)
    return (pl.col(number) == pl.col("key")) | (pl.col("is_iban") & tail)
