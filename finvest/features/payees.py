"""Under which names money is addressed to an account: names as written, typing errors taken as one name."""

from __future__ import annotations

from difflib import SequenceMatcher

import polars as pl

from finvest.features.families import surname
from finvest.model.identifiers import name_keys
from finvest.view import CaseView, feature

SHORTEST = 5
"""Letters from which on a name that differs by one counts as the same: shorter ones are too often another's."""

ALIKE = 0.8
"""Similarity from which on two names are taken for one person's (catalogue, CTL-02)."""

_ROUNDS = 20
"""Rounds of merging, at most: names that differ letter by letter in a longer row than this stay apart."""


@feature
def payees(view: CaseView) -> pl.DataFrame:
    """Return the names under which each account was paid.

    Two names of one account are one if they differ by one letter: left out, put in, put elsewhere, or another one.

    Returns
    -------
    polars.DataFrame
        ``account``, ``key`` (comparison key of a name as written), ``who`` (the first by name of those that are one),
        ``surname`` (key of the surname as written; null if unknown), sorted.
    """
    tx = view.frame("transactions", "beneficiary", "beneficiary_name").drop_nulls().unique()
    named = tx.select(
        account="beneficiary", key=name_keys(pl.col("beneficiary_name")), surname=surname(pl.col("beneficiary_name"))
    )
    named = named.filter(pl.col("key") != "").group_by("account", "key").agg(pl.col("surname").min())
    several = named.filter(pl.len().over("account") > 1, pl.col("key").str.len_chars() >= SHORTEST)
    merged = _merged(several.select("account", "key"))
    rows = named.join(merged, on=["account", "key"], how="left")
    return rows.with_columns(pl.coalesce("who", "key").alias("who")).sort("account", "key")


def _merged(names: pl.DataFrame) -> pl.DataFrame:
    """Give names that differ by a letter one name.

    Such names are equal once a letter, or none, is left out of each: so equal remainders are looked for, which takes
    one step a letter of each name, and no name is compared with all others.
    """
    places = names.with_columns(cut=pl.int_ranges(0, pl.col("key").str.len_chars() + 1)).explode("cut")
    rest = pl.col("key").str.head(pl.col("cut")) + pl.col("key").str.slice(pl.col("cut") + 1)
    places = places.select("account", "key", rest=rest, who="key")
    for _ in range(_ROUNDS):
        before = places["who"]
        places = places.with_columns(pl.col("who").min().over("account", "rest"))
        places = places.with_columns(pl.col("who").min().over("account", "key"))
        if before.equals(places["who"]):
            break
    return places.group_by("account", "key").agg(pl.col("who").first())


def alike(name: str, holder: str) -> bool:
    """Tell whether two comparison keys of names are likely to be one person's.

    They are if one has all words of the other (a second forename left out), or if the share of letters that both have
    in the same order is at least `ALIKE`.
    """
    words = [set(key.split()) for key in (name, holder)]
    if words[0] <= words[1] or words[1] <= words[0]:
        return True
    first, second = sorted((name, holder))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE


def initials(key: str) -> str:
    """Return the first letters of a name's words: enough to tell names apart, too little to name anybody."""
    return "".join(f"{word[0]}." for word in key.split())
