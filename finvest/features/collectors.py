"""Accounts into which the income of several people comes."""

from __future__ import annotations

import polars as pl

from finvest.features.families import persons, related, relations_on_file
from finvest.features.holders import holders
from finvest.features.income import income
from finvest.features.payees import alike, initials, payees
from finvest.model.identifiers import name_keys
from finvest.view import CaseView, feature


@feature
def collectors(view: CaseView, days: int, periods: int, least: int) -> pl.DataFrame:
    """Return accounts that receive income addressed to several names other than the holder's.

    Parameters
    ----------
    days : int
        Length of the period.
    periods : int
        Paydays of each name in the period, at least, all in one cycle.
    least : int
        Names from which on an account is looked at.

    Returns
    -------
    polars.DataFrame
        One row an account, its period with the most names: ``account``, ``names``, ``credits``, ``evidence``,
        ``payers``, ``family`` (names with the holder's surname or a relation to the holder), ``one_family``
        (fewer than two names are free of any tie to the holder; null where the relations of others are not on file),
        ``initials`` (of the names), ``parties`` (numbers of parties with these names), ``holder_known``.
    """
    paid = income(view).filter(pl.col("who") != "", pl.col("in_a_row") >= periods)
    paid = paid.select("account", "who", "day", "n", "payer")
    paid = paid.join(_other_names(view, paid, least), on=["account", "who"])
    # One window a day, not one a credit: a payroll account has thousands of credits on a payday.
    each = paid.sort("account", "day", "n").group_by("account", "day", maintain_order=True).agg("who")
    listed = pl.col("who").explode(empty_as_null=False)
    windows = each.rolling("day", period=f"{days}d", group_by="account").agg(
        names=(listed.unique_counts() >= periods).sum().cast(pl.Int64), credits=listed.len().cast(pl.Int64)
    )
    best = windows.filter(pl.col("names") >= least).sort("account", -pl.col("names"), -pl.col("credits"), "day")
    best = best.unique("account", keep="first", maintain_order=True).select("account", until="day")
    first = pl.col("until") - pl.duration(days=days)
    found = paid.join(best, on="account").filter(pl.col("day") > first, pl.col("day") <= pl.col("until"))
    found = found.filter(pl.len().over("account", "who") >= periods)
    names = (
        found.unique(["account", "who"])
        .group_by("account")
        .agg(
            names=pl.len().cast(pl.Int64),
            family=pl.col("family").sum().cast(pl.Int64),
            told=pl.col("told").all(),
            initials=pl.col("initials").sort().str.join(", "),
            parties=pl.col("parties").list.explode(empty_as_null=False, keep_nulls=False).unique().sort(),
            holder_known=pl.col("holder_known").first(),
        )
    )
    counted = found.group_by("account").agg(
        evidence=pl.col("n").sort(), credits=pl.len().cast(pl.Int64), payers=pl.col("payer").n_unique().cast(pl.Int64)
    )
    few = pl.col("names") - pl.col("family") <= 1
    one_family = pl.when(few).then(True).when("told").then(False)  # noqa: FBT003
    return names.join(counted, on="account").with_columns(one_family=one_family).drop("told").sort("account")


def _other_names(view: CaseView, paid: pl.DataFrame, least: int) -> pl.DataFrame:
    """Return names other than the holder's, with what is known of them, for accounts that have enough of them."""
    names = paid.select("account", "who").unique().filter(pl.len().over("account") >= least).sort("account", "who")
    holder = persons(view)[names["account"]].select("person", holder_surname="surname")
    names = names.hstack(holder).with_columns(
        key=holders(view)["holder_key"].gather(names["account"]),
        initials=pl.Series([initials(who) for who in names["who"]], dtype=pl.String),
    )
    own = [held is not None and alike(who, held) for who, held in names.select("who", "key").iter_rows()]
    names = names.filter(~pl.Series(own, dtype=pl.Boolean)).filter(pl.len().over("account") >= least)
    written = payees(view).join(names.select("account", "who", "person", "holder_surname"), on=["account", "who"])
    links = related(view).with_columns(tie=pl.lit(value=True))
    written = written.join(links, left_on=["person", "key"], right_on=["one", "other"], how="left")
    written = written.join(_parties(view, written["key"]), on="key", how="left")
    ties = pl.col("tie").fill_null(value=False) | (pl.col("surname") == pl.col("holder_surname")).fill_null(value=False)
    known = written.group_by("account", "who").agg(
        family=ties.any(), parties=pl.col("parties").explode(empty_as_null=False, keep_nulls=False).unique().sort()
    )
    told = pl.col("person").is_not_null() & (pl.col("parties").list.len() > 0) & pl.lit(relations_on_file(view))
    return names.join(known, on=["account", "who"], how="left").select(
        "account", "who", "initials", "parties", "family", told=told, holder_known=pl.col("key").is_not_null()
    )


def _parties(view: CaseView, keys: pl.Series) -> pl.DataFrame:
    """Return ``parties`` (numbers) with one of these comparison keys of names, ``key``."""
    if view.lacks(["parties.name"]) is not None:
        return pl.DataFrame(schema={"key": pl.String, "parties": pl.List(pl.UInt32)})
    known = view.frame("parties").select("n", key=name_keys(pl.col("name")))
    return known.filter(pl.col("key").is_in(keys.unique().implode())).group_by("key").agg(parties="n")
