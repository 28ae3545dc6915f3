"""Hypothesis edges: what a person takes two records to be, where the records themselves do not join them.

Money crosses cash, an exchange or an unpaired transfer only by one of these. Everything behind it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

HYPOTHESIS = "hypothesis"
"""Kind of these decisions."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A debit and a credit that a person takes to be the same money.

    Attributes
    ----------
    decision : str
        Id of the decision.
    debit, credit : str
        Transaction ids: the record with which money left, and the one with which it is taken to arrive.
    actor, at, reason : str
        Who says so, when and why.
    """

    decision: str
    debit: str
    credit: str
    actor: str
    at: str
    reason: str


def joined(
    rows: pl.DataFrame, pots: pl.DataFrame, hypotheses: Sequence[Hypothesis]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Put a pot between the records of each hypothesis; hypotheses that share a record share a pot.

    Returns
    -------
    movements, pots : polars.DataFrame
        With the new pots; ``hypothesis`` numbers the group.
    entries : polars.DataFrame
        Arrivals in and departures from the new pots.

    Raises
    ------
    UsageError
        If a record is no movement's or already joined by the records themselves, if the credit was booked before the
        debit, or if several records are joined across two currencies.
    """
    columns = ["n", "pot", "arrives", "booked", "dated", "sequence"]
    entries = rows.clear().select(
        "n",
        pot=pl.col("out_pot"),
        arrives=pl.lit(value=False),
        booked="booked_out",
        dated=pl.lit(value=False),
        sequence=pl.struct(rank=pl.lit(0, pl.UInt32), record=pl.lit(0, pl.Int64)),
    )
    if not hypotheses:
        return rows, pots, entries
    of_record = dict(rows.select("records", "n").explode("records", empty_as_null=False).iter_rows())
    groups = _groups([(_movement(of_record, h.debit), _movement(of_record, h.credit)) for h in hypotheses])
    row_of = {
        row["n"]: row
        for row in rows.filter(pl.col("n").is_in([n for g in groups for part in g for n in part])).iter_rows(named=True)
    }
    out_pot, in_pot, group_of, amount, received = {}, {}, {}, {}, {}
    made, fresh = [], []
    for number, (debits, credits_) in enumerate(groups):
        pot = len(pots) + number
        _check([row_of[n] for n in sorted(debits)], [row_of[n] for n in sorted(credits_)])
        currency = row_of[min(debits)]["currency"]
        fresh.append({"pot": pot, "currency": currency, "reconciles": True, "last": True, "proof": HYPOTHESIS})
        for n in sorted(debits):
            in_pot[n], group_of[n] = pot, number
            made.append((n, pot, True, row_of[n]["booked_out"], False, {"rank": 0, "record": n}))
            received[n] = row_of[n]["amount"]
        for n in sorted(credits_):
            out_pot[n], group_of[n] = pot, number
            made.append((n, pot, False, row_of[n]["booked_in_latest"], False, {"rank": 1, "record": n}))
            amount[n] = (
                received[min(debits)] if currency != row_of[n]["received_currency"] else row_of[n]["received_amount"]
            )
    numbers = pl.col("n")

    def changed(column: str, by: dict[int, int]) -> pl.Expr:
        return numbers.replace_strict(by, default=pl.col(column), return_dtype=rows.schema[column]).alias(column)

    rows = rows.with_columns(
        changed("out_pot", out_pot),
        changed("in_pot", in_pot),
        changed("amount", amount),
        changed("received_amount", received),
        changed("hypothesis", group_of),
    )
    rows = rows.with_columns(passes=pl.col("passes") | pl.col("hypothesis").is_not_null())
    pots = pl.concat([pots, pl.DataFrame(fresh, schema_overrides={"pot": pl.Int32})], how="diagonal_relaxed")
    more = pl.DataFrame(made, schema={c: entries.schema[c] for c in columns}, orient="row")
    return rows, pots, more


def _movement(of_record: dict[str, int], record: str) -> int:
    if record not in of_record:
        raise UsageError("a hypothesis names a transaction that is no movement of this case")
    return of_record[record]


def _groups(edges: list[tuple[int, int]]) -> list[tuple[set[int], set[int]]]:
    """Return debits and credits that hypotheses join, directly or through each other."""
    groups: list[tuple[set[int], set[int]]] = []
    for debit, credit in edges:
        touching = [g for g in groups if debit in g[0] or credit in g[1]]
        groups = [g for g in groups if g not in touching]
        debits, credits_ = {debit}, {credit}
        for before in touching:
            debits |= before[0]
            credits_ |= before[1]
        groups.append((debits, credits_))
    return sorted(groups, key=lambda g: (min(g[0]), min(g[1])))


def _check(debits: list[dict[str, object]], credits_: list[dict[str, object]]) -> None:
    for row in debits:
        if row["in_pot"] is not None:
            raise UsageError("a hypothesis joins a debit that the records already follow: it needs none")
    for row in credits_:
        if row["out_pot"] is not None:
            raise UsageError("a hypothesis joins a credit whose debit is already on file: it needs none")
    earliest = min(row["booked_out"] for row in debits)  # type: ignore[type-var]
    if any(row["booked_in_latest"] < earliest for row in credits_):  # type: ignore[operator]
        raise UsageError("a hypothesis runs backwards: the credit was booked before the debit")
    currencies = {row["currency"] for row in debits} | {row["received_currency"] for row in credits_}
    if len(currencies) > 1 and (len(debits) > 1 or len(credits_) > 1):
        raise UsageError("a hypothesis across two currencies joins one debit and one credit only")
