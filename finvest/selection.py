"""Which movements to look at: by period, currency and account, with or without transfers between own accounts.

A selection marks movements and takes none away: balances are sums of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the type of a field

import polars as pl

from finvest.model.columns import Rows  # noqa: TC001 - the type of an argument
from finvest.model.errors import UsageError
from finvest.model.identifiers import name_keys
from finvest.model.instants import local_days

_ASKED = ("originator", "beneficiary", "currency", "zone", "earliest", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A part of a case's movements.

    Attributes
    ----------
    since, until : datetime.date, optional
        First and last day as the books show it, both included; a movement counts if it possibly happened then.
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

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise UsageError("the period ends before it begins; give --since a day before --until")

    @property
    def everything(self) -> bool:
        """Nothing is left out."""
        return self == Selection()

    def apply(self, movements: Rows, accounts: pl.DataFrame | None) -> Rows:
        """Mark the movements of this selection.

        Parameters
        ----------
        movements : polars.DataFrame or polars.LazyFrame
        accounts : polars.DataFrame, optional
            The table `accounts`, for the holders' names.

        Returns
        -------
        polars.DataFrame or polars.LazyFrame
            All movements, with a column ``selected``.
        """
        if self.everything:
            return movements.with_columns(selected=pl.lit(value=True))
        rows = movements.lazy().select(_ASKED).collect()
        wanted = [pl.lit(value=True)]
        if self.since is not None:
            wanted.append(pl.lit(local_days(rows.select("zone", booked_at="latest")) >= self.since))
        if self.until is not None:
            wanted.append(pl.lit(local_days(rows.select("zone", booked_at="earliest")) <= self.until))
        if self.currency is not None:
            wanted.append(pl.col("currency") == self.currency.upper())
        if self.accounts:
            chosen = list(self.accounts)
            wanted.append(pl.col("originator").is_in(chosen) | pl.col("beneficiary").is_in(chosen))
        if not self.own_transfers and accounts is not None:
            wanted.append(pl.lit(~_between_own(rows, accounts)))
        marks = rows.select(selected=pl.all_horizontal(wanted))
        # Beside the movements, not among them: so nothing can be filtered before it is marked.
        if isinstance(movements, pl.DataFrame):
            return movements.hstack(marks)
        return pl.concat([movements, marks.lazy()], how="horizontal")


def _between_own(movements: pl.DataFrame, accounts: pl.DataFrame) -> pl.Series:
    """Tell which movements are between two accounts on file whose holders' names have one comparison key."""
    named = accounts.filter("own_books").select("account", key=name_keys(pl.col("holder_name")))
    named = named.filter(pl.col("key") != "")
    named = named.sort("account", "key").unique("account", keep="first", maintain_order=True)
    rows = movements.select("originator", "beneficiary")
    for side in ("originator", "beneficiary"):
        holder = named.rename({"account": side, "key": f"_{side}"})
        rows = rows.join(holder, on=side, how="left", maintain_order="left")
    return rows.select((pl.col("_originator") == pl.col("_beneficiary")).fill_null(value=False)).to_series()
