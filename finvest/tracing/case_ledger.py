"""From the movements of a case to a ledger: which pots they touch, in what order, and where a trail must end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from finvest.model import subjects
from finvest.model.identifiers import name_keys
from finvest.model.instants import local_days
from finvest.model.tables import table
from finvest.tracing.hypotheses import Hypothesis, joined
from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT, Ledger
from finvest.tracing.pots import stretches, with_openings
from finvest.tracing.steps import steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Order = Literal["ledger", "debits_first", "credits_first"]
Opening = Literal["none", "all"]

ORDERS: tuple[Order, ...] = ("ledger", "debits_first", "credits_first")
"""How items of one day without a time of day are taken: as the books list them, or one kind first."""

OPENINGS: tuple[Opening, ...] = ("none", "all")
"""What is taken to lie in front where an opening balance is not known."""

_NEEDED = [
    "movement", "originator", "beneficiary", "amount", "currency", "received_amount", "received_currency", "books",
    "earliest", "latest", "booked_out", "booked_out_latest", "booked_in", "booked_in_latest", "zone", "channel", "mcc",
    "pair_id", "records",
]  # fmt: skip

_SIDES = (("originator", "out"), ("beneficiary", "in"))


@dataclass(frozen=True, slots=True, repr=False)
class CaseLedger:
    """A case as tracing sees it.

    Attributes
    ----------
    movements : polars.DataFrame
        One row a movement, ``n`` numbered in order of time and id: those of `finvest.pairing.movements`, and
        ``out_pot``, ``in_pot`` (null where those books are not on file that day), ``out_day``, ``in_day`` (local days
        of either booking), ``passes``, ``early`` (the credit is booked before the debit, and taken at it),
        ``possible_only`` (part of a ring within a day), ``hypothesis`` (a hypothesis joins it to another record).
    pots : polars.DataFrame
        See `finvest.tracing.pots.SCHEMA`. Pots of hypotheses have no account.
    hypotheses : tuple of Hypothesis
        Those that stand.
    """

    movements: pl.DataFrame
    pots: pl.DataFrame
    hypotheses: tuple[Hypothesis, ...]
    _entries: pl.DataFrame

    def __repr__(self) -> str:
        return f"CaseLedger({len(self.movements):,} movements, {len(self.pots):,} pots)"

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Which takes on unknown opening balances there are to replay: one where all are known."""
        known = self.pots.filter(pl.col("account").is_not_null())["opening"].null_count() == 0
        return OPENINGS[:1] if known else OPENINGS

    @property
    def orders(self) -> tuple[Order, ...]:
        """Which orders within a day there are to replay: one where every booking has a time of day."""
        dated = self._entries.group_by("pot", "booked").agg(
            several=pl.len() > 1, both=pl.col("arrives").n_unique() > 1, dated=pl.col("dated").all()
        )
        return (
            ORDERS if dated.select((pl.col("several") & pl.col("both") & pl.col("dated")).any()).item() else ORDERS[:1]
        )

    def ledger(self, order: Order = "ledger", opening: Opening = "none") -> tuple[Ledger, np.ndarray]:
        """Return the ledger under one order and one take on unknown openings, and which movements form rings.

        Returns
        -------
        ledger : Ledger
        possible_only : bool of shape (movements,)
        """
        later = pl.col("arrives") == (order == "debits_first")
        rows = self._entries.with_columns(later=pl.col("dated") & later & (order != "ledger"))
        rows = rows.sort("pot", "booked", "later", "sequence", "n", "arrives")
        counts = rows["pot"].value_counts()
        sizes = np.zeros(len(self.pots), np.int64)
        sizes[counts["pot"].to_numpy()] = counts["count"].to_numpy()
        books = rows.select((2 * pl.col("n") + pl.col("arrives")).cast(pl.Int32)).to_series().to_numpy()
        pots = self.movements.select(pl.col("out_pot", "in_pot").fill_null(NO_POT).cast(pl.Int32))
        out, in_ = (np.ascontiguousarray(pots[c].to_numpy()) for c in ("out_pot", "in_pot"))
        taken, rings = steps(np.concatenate([[0], np.cumsum(sizes)]), np.ascontiguousarray(books), out, in_)
        unknown = ELASTIC if opening == "none" else BOTTOMLESS
        footing = pl.when(pl.col("account").is_null()).then(ELASTIC).when(pl.col("opening").is_null()).then(unknown)
        ledger = Ledger(
            out,
            in_,
            self.movements["amount"].cast(pl.Int64).to_numpy(),
            self.movements["received_amount"].cast(pl.Int64).to_numpy(),
            self.movements["passes"].to_numpy(),
            taken,
            self.pots["opening"].fill_null(0).cast(pl.Int64).to_numpy(),
            self.pots.select(footing.otherwise(FIXED).cast(pl.Int8)).to_series().to_numpy(),
            self.pots["account"].is_null().to_numpy(),
        )
        return ledger, rings


def case_ledger(
    movements: pl.DataFrame | pl.LazyFrame,
    tables: Mapping[str, Any],
    coverage: pl.DataFrame,
    hypotheses: Sequence[Hypothesis] = (),
    until: date | None = None,
) -> CaseLedger:
    """Make a ledger of a case.

    Parameters
    ----------
    movements : polars.DataFrame or polars.LazyFrame
        What `finvest.pairing.movements.movements` returns; reversals take part.
    tables : mapping of str to polars.DataFrame
        ``transactions`` (a lazy frame serves too), ``balances``, ``accounts``, ``links``.
    coverage : polars.DataFrame
        What `finvest.pairing.coverage.coverage` returns.
    hypotheses : sequence of Hypothesis
    until : datetime.date, optional
        Last day on which money leaves; what lies where at its end is what a replay says then.

    Raises
    ------
    UsageError
        If a hypothesis names a record that is no movement's, or runs backwards in time.

    Notes
    -----
    An account takes part with its own books, on days on file; a side that only the other's books show moves nothing in
    it: the account's own record of it, unpaired, does. A credit booked before its debit is taken at the debit.
    """
    days = stretches(coverage)
    rows = _numbered(movements)
    rows = rows.with_columns(**_passes(rows, tables))
    for side, way in _SIDES:
        rows = _with_pot(rows, days, side, way)
    both = pl.col("out_pot").is_not_null() & pl.col("in_pot").is_not_null()
    early = both & (pl.col("booked_in_latest") < pl.col("booked_out"))
    rows = rows.with_columns(early=early, hypothesis=pl.lit(None, pl.Int32))
    entries = _entries(rows, tables["transactions"])
    booked = entries.select(
        "pot",
        "day",
        "source",
        change=pl.when("arrives").then("amount").otherwise(pl.lit(0, pl.Int128) - pl.col("amount")),
    )
    pots = with_openings(days, booked, tables["transactions"], tables["balances"])
    rows, pots, more = joined(rows, pots, hypotheses)
    every = pl.concat([entries.select(more.columns), more])
    if until is not None:
        rows, pots, every = _until(until, rows, pots, every)
    return CaseLedger(rows, pots, tuple(hypotheses), every)


def _until(
    day: date, rows: pl.DataFrame, pots: pl.DataFrame, entries: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Leave out what left later; opening balances were known from all records before."""
    kept = rows.filter(pl.col("out_day") <= day).rename({"n": "was"})
    kept = kept.with_columns(n=pl.int_range(pl.len(), dtype=pl.Int32))
    entries = entries.rename({"n": "was"}).join(kept.select("was", "n"), on="was").drop("was")
    begun = pl.col("start").filter(pl.col("start") <= day).max().over("account", "currency")
    last = (pl.col("start") == begun) | pl.col("account").is_null()
    return kept.drop("was"), pots.with_columns(pl.min_horizontal("end", pl.lit(day)), last=last), entries


def _numbered(movements: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    rows = movements.lazy().select(_NEEDED).collect().sort("earliest", "latest", "movement")
    rows = rows.with_columns(pl.col("amount", "received_amount").cast(pl.Int128))
    return rows.with_columns(
        n=pl.int_range(pl.len(), dtype=pl.Int32),
        out_day=local_days(rows.select("zone", booked_at="booked_out")),
        in_day=local_days(rows.select("zone", booked_at="booked_in")),
    )


def _passes(rows: pl.DataFrame, tables: Mapping[str, Any]) -> dict[str, pl.Series]:
    """Tell which movements carry traced value on: in one currency, or between one holder's accounts by both books."""
    holder = _holders(tables)
    known = {
        side: rows.select(side).join(holder.rename({"account": side}), on=side, how="left", maintain_order="left")
        for side, _ in _SIDES
    }
    same = known["originator"]["holder"] == known["beneficiary"]["holder"]
    one_currency = rows["currency"] == rows["received_currency"]
    documented = (rows["books"] == "both") & rows["pair_id"].is_not_null()
    return {"passes": one_currency | (documented & same.fill_null(value=False))}


def _holders(tables: Mapping[str, Any]) -> pl.DataFrame:
    """Return who holds each account: ``account``, ``holder``; a party, else the key of the name in its own books."""
    accounts, links = (table(name).complete(tables[name]) for name in ("accounts", "links"))
    known = subjects.holders(accounts, links).select("account", holder="party", rank=0)
    written = accounts.filter("own_books").select("account", holder=name_keys(pl.col("holder_name")), rank=1)
    rows: pl.DataFrame = pl.concat([known, written]).filter(pl.col("holder") != "")
    return rows.sort("account", "rank", "holder").unique("account", keep="first", maintain_order=True).drop("rank")


def _with_pot(rows: pl.DataFrame, days: pl.DataFrame, side: str, way: str) -> pl.DataFrame:
    """Add the pot that a side's own books put the movement in."""
    currency = "currency" if way == "out" else "received_currency"
    own = rows.filter(pl.col("books").is_in([side, "both"])).select(
        "n", account=side, currency=currency, day=f"{way}_day"
    )
    met = own.sort("day").join_asof(
        days.select("account", "currency", "start", "end", "pot").sort("start"),
        left_on="day",
        right_on="start",
        by=["account", "currency"],
        strategy="backward",
        check_sortedness=False,
    )
    there = met.filter(pl.col("day") <= pl.col("end")).select("n", pl.col("pot").alias(f"{way}_pot"))
    return rows.join(there, on="n", how="left", maintain_order="left")


def _entries(rows: pl.DataFrame, transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return departures and arrivals with what orders them in their pot's books."""
    place = _places(transactions)
    sides = []
    for side, way in _SIDES:
        record = pl.col("records").list.first() if way == "out" else pl.col("records").list.last()
        taken = pl.max_horizontal("booked_in", "booked_out") if way == "in" else pl.col("booked_out")
        sides.append(
            rows.filter(pl.col(f"{way}_pot").is_not_null()).select(
                "n",
                pot=f"{way}_pot",
                arrives=pl.lit(way == "in"),
                day=f"{way}_day",
                booked=pl.when("early").then(taken).otherwise(f"booked_{way}"),
                dated=pl.col(f"booked_{way}_latest") - pl.col(f"booked_{way}") >= pl.duration(hours=20),
                amount="amount" if way == "out" else "received_amount",
                transaction_id=record,
                side=pl.lit(side),
            )
        )
    return pl.concat(sides).join(place, on="transaction_id", how="left").drop("side")


def _places(transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return each record's place in the books of its source, oldest first, whichever way the file runs."""
    needed = ("transaction_id", "source", "record", "booked_at", "amount", "balance_after", "books")
    rows = transactions.lazy().select(needed).collect()
    change = (
        pl.when(pl.col("books") == "beneficiary").then("amount").otherwise(pl.lit(0) - pl.col("amount")).cast(pl.Int128)
    )
    balance = pl.col("balance_after").cast(pl.Int128)
    rows = rows.sort("source", "record").with_columns(
        downward=(balance.shift(1).over("source") - balance == change.shift(1).over("source")),
        upward=(balance - balance.shift(1).over("source") == change),
    )
    down = (pl.col("booked_at").last() < pl.col("booked_at").first()) | (
        (pl.col("booked_at").last() == pl.col("booked_at").first())
        & pl.col("downward").all(ignore_nulls=True)
        & ~pl.col("upward").all(ignore_nulls=True)
    )
    ways = rows.group_by("source").agg(sign=pl.when(down).then(-1).otherwise(1), since=pl.col("booked_at").min())
    ways = ways.sort("since", "source").with_row_index("rank")
    return rows.join(ways, on="source").select(
        "transaction_id",
        "source",
        sequence=pl.struct(rank="rank", record=pl.col("record") * pl.col("sign")),
    )
