"""Which movements to look at: by period, currency and account, with or without transfers between own accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from finvest.model.identifiers import name_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A part of a case's movements.

    Attributes
    ----------
    since, until : datetime.date, optional
        First and last day (UTC), both included; a movement counts if it possibly happened then.
    currency : str, optional
        ISO 4217 code.
    accounts : frozenset of str
        Opaque ids; movements with one of these on either side. All where empty.
    own_transfers : bool
        Keep transfers between accounts whose holders' names have one comparison key.
    """

    since: date | None = None
    until: date | None = None
    currency: str | None = None
    accounts: frozenset[str] = frozenset()
    own_transfers: bool = True

    @property
    def everything(self) -> bool:
        """Nothing is left out."""
        return self == Selection()

    def apply(self, movements: pl.DataFrame, accounts: pl.DataFrame | None) -> pl.DataFrame:
        """Return the movements of this selection.

        Parameters
        ----------
        movements : polars.DataFrame
        accounts : polars.DataFrame, optional
            The table `accounts`, for the holders' names.
        """
        wanted = []
        if self.since is not None:
            wanted.append(pl.col("latest") >= _midnight(self.since))
        if self.until is not None:
            wanted.append(pl.col("earliest") < _midnight(self.until + timedelta(days=1)))
        if self.currency is not None:
            wanted.append(pl.col("currency") == self.currency.upper())
        if self.accounts:
            chosen = list(self.accounts)
            wanted.append(pl.col("originator").is_in(chosen) | pl.col("beneficiary").is_in(chosen))
        rows = movements.filter(*wanted) if wanted else movements
        return rows if self.own_transfers or accounts is None else _without_own(rows, accounts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _without_own(movements: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    key = name_keys(pl.col("holder_name"))
    named = accounts.filter(pl.col("holder_name").is_not_null(), pl.col("own_books")).select("account", key=key)
    named = named.sort("account", "key").unique("account", keep="first", maintain_order=True)
    rows = movements
    for side in ("originator", "beneficiary"):
        holder = named.rename({"account": side, "key": f"_{side}"})
        rows = rows.join(holder, on=side, how="left", maintain_order="left")
    same = (pl.col("_originator") == pl.col("_beneficiary")).fill_null(value=False)
    return rows.filter(~same).drop("_originator", "_beneficiary")
