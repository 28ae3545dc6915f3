"""The transactions of a view: what every detector asks for in memory, anything else read when it is asked for."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from finvest.model.errors import NotAssessable
from finvest.model.instants import local_days, local_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUMMED = ("amount", "received_amount", "fee", "amount_base")
BALANCES = ("balance_after", "originator_balance_after", "beneficiary_balance_after")

_HEADROOM = 1000
"""Ratios are compared by multiplication; sums times this must fit 64 bits."""

_SIDES = ("originator", "beneficiary")
_BOOKED = ("account", "other", "booked", "currency", "change", "balance", "counted", "day", "own")
_KEPT = 256 * 2**20
"""Bytes of columns that stay in memory once they were asked for, the latest ones."""


class Transactions:
    """The movements that are transactions of a view, numbered ``n`` in order of time, then id.

    Parameters
    ----------
    movements : polars.LazyFrame
        With the column ``selected``; read in the same order each time.
    accounts : polars.DataFrame
        ``account`` and its number ``n``.

    Raises
    ------
    NotAssessable
        If the turnover does not fit exact 64-bit sums.
    """

    def __init__(self, movements: pl.LazyFrame, accounts: pl.DataFrame) -> None:
        self._movements = movements
        self._read: OrderedDict[str, pl.Series] = OrderedDict()
        self._places = _in_time_order(movements)
        check_range(movements.filter("in_shapes", "selected"))
        given = movements.collect_schema()
        number = accounts.schema["n"]
        exact: dict[str, pl.DataType] = {c: pl.Int64() for c in (*SUMMED, *BALANCES)}
        schema = {"n": number, **{c: exact.get(c, t) for c, t in given.items() if c != "selected"}}
        self.schema = {**schema, **dict.fromkeys(_SIDES, number), "clock": pl.Datetime("us"), "day": pl.Date()}
        self._always = {side: self._numbers(side, accounts) for side in _SIDES}
        self._always |= {c: self._column(c) for c in ("earliest", "latest", "amount")}
        clock = local_times(pl.DataFrame({"zone": self._column("zone"), "booked_at": self._always["earliest"]}))
        self._always |= {"clock": clock, "day": clock.dt.date(), "n": self._places.to_frame().with_row_index("n")["n"]}
        self._read.clear()

    def __len__(self) -> int:
        return len(self._places)

    def column(self, name: str) -> pl.Series:
        """Return one column, in the order of numbers.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        if name in self._always:
            return self._always[name].alias(name)
        if name not in self._read:
            self._read[name] = self._column(name)
            sizes = sum(column.estimated_size() for column in self._read.values())
            while sizes > _KEPT and len(self._read) > 1:
                sizes -= self._read.popitem(last=False)[1].estimated_size()
        self._read.move_to_end(name)
        return self._read[name]

    def frame(self, columns: Sequence[str] = ()) -> pl.DataFrame:
        """Return some columns, or all of them."""
        return pl.DataFrame([self.column(c) for c in columns or self.schema])

    def scan(self) -> pl.LazyFrame:
        """Return all columns as a lazy frame that reads those which are asked for."""

        def read(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            asked = columns if columns is not None else [*self.schema]
            also = [] if predicate is None else predicate.meta.root_names()
            frame = self.frame([*dict.fromkeys([*asked, *also])]) if asked or also else self.frame(["n"])
            frame = frame if rows is None else frame.head(rows)
            yield (frame if predicate is None else frame.filter(predicate)).select(asked)

        return register_io_source(read, schema=pl.Schema(self.schema))

    def _column(self, name: str) -> pl.Series:
        if name not in self.schema:
            raise KeyError(name)
        column = self._movements.select(pl.col(name).cast(self.schema[name])).collect()[name]
        return column.gather(self._places)

    def _numbers(self, side: str, accounts: pl.DataFrame) -> pl.Series:
        known = accounts.lazy().select("n", pl.col("account").alias(side))
        rows = self._movements.select(side).join(known, on=side, how="left", maintain_order="left")
        return rows.select("n").collect()["n"].gather(self._places).alias(side)


def _in_time_order(movements: pl.LazyFrame) -> pl.Series:
    """Return the places of the transactions among the movements, ordered by time, then id."""
    keys = movements.select("earliest", "latest", "movement", chosen=pl.col("in_shapes") & pl.col("selected")).collect()
    by = ["earliest", "latest", "movement"]
    if keys["movement"].is_sorted():
        keys, by = keys.drop("movement"), by[:2]  # a stable sort keeps their order
    keys = keys.with_row_index("place").filter("chosen").drop("chosen")
    return keys.sort(by, maintain_order=True)["place"]


def mentioned(movements: pl.LazyFrame) -> pl.Series:
    """Return the ids of the accounts that movements mention, each once."""
    sides = [movements.select(account=side).unique() for side in ("originator", "beneficiary")]
    return pl.concat(sides).unique().collect()["account"]


def check_range(rows: pl.LazyFrame) -> None:
    """Refuse amounts whose sums, times what ratios are compared with, do not fit 64 bits.

    Raises
    ------
    NotAssessable
    """
    exact = rows.select(pl.col(*SUMMED, *BALANCES).cast(pl.Int128).abs())
    largest = exact.select(pl.col(*SUMMED).sum(), pl.col(*BALANCES).max()).collect().row(0)
    if any(value is not None and value * _HEADROOM >= 2**63 for value in largest):
        raise NotAssessable("the turnover is too large for exact 64-bit sums: split it by period or currency")


def bookings(movements: pl.LazyFrame, numbers: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return movements in the books of both their accounts; see `finvest.view.CaseView.bookings`.

    Parameters
    ----------
    movements : polars.LazyFrame
        With the column ``selected``.
    numbers, accounts : polars.DataFrame
        ``account``, its number ``n``, ``books_on_file``: of all accounts, and of those whose bookings are asked for.
    """
    own_ids = accounts["account"].implode()
    rows = movements.filter(pl.any_horizontal(pl.col(side).is_in(own_ids) for side in _SIDES))
    check_range(rows)
    first, last = pl.col("records").list.first(), pl.col("records").list.last()  # the payer's, the payee's
    counted = pl.col("selected") & pl.col("in_shapes") & (pl.col("originator") != pl.col("beneficiary"))
    parts = [
        rows.select(
            "movement",
            "selected",
            "zone",
            account=own,
            other=other,
            booked=booked,
            until=f"{booked}_latest",
            record=record,
            currency=currency,
            change=pl.col(amount).cast(pl.Int64) * sign,
            balance=pl.col(f"{own}_balance_after").cast(pl.Int64),
            shown=pl.col("books").is_in([own, "both"]),
            counted=counted,
        ).filter(pl.col("account").is_in(own_ids))
        for own, other, booked, record, currency, amount, sign in (
            ("originator", "beneficiary", "booked_out", first, "currency", "amount", -1),
            ("beneficiary", "originator", "booked_in", last, "received_currency", "received_amount", 1),
        )
    ]
    both = pl.concat([part.collect() for part in parts])
    both = both.join(accounts.select("account", "n", "books_on_file"), on="account", maintain_order="left")
    return (
        both.join(numbers.select(other="account", other_n="n"), on="other", maintain_order="left")
        .with_columns(
            account="n",
            other="other_n",
            day=local_days(both.select("zone", booked_at="booked")),
            own=pl.col("shown") | ~pl.col("books_on_file"),
        )
        .sort("booked", "until", "record", "movement", "change")
        .select("movement", "selected", *_BOOKED)
    )
