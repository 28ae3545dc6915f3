"""Chains of accounts along which the money is passed on, and how far that is unlike what they are used to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from finvest.features.cuts import by_account
from finvest.features.fans import transfer_graph, transfers
from finvest.features.paths import DAY, opaque_accounts
from finvest.view import CaseView, feature


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSearch:
    """What to search for.

    Attributes
    ----------
    days : int
        From the first to the last payment.
    hops : int
        Smallest number of payments.
    keep : (int, int)
        Percent of the payment before, low and high, that each payment carries.
    new_percent : int
        Smallest share of payments between accounts that deal with each other in this period only.
    budget : int
        Steps after which the search from one payment is given up.
    """

    days: int
    hops: int
    keep: tuple[int, int]
    new_percent: int
    budget: int


@feature
def value_chains(view: CaseView, search: ChainSearch) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return chains of payments that share no payment, the longest and newest first.

    Returns
    -------
    found : polars.DataFrame
        ``members`` (account numbers in time order), ``evidence``, ``hops``, ``new`` (payments between accounts that pay
        each other in this period only), ``passing`` (accounts inside the chain for which its payment is at least half
        of all they received in its time and currency), ``kept_percent`` (last payment of the first), ``order_certain``,
        ``window_certain``.
    cut : polars.DataFrame
        ``account``, ``evidence`` (payments from which the search stopped), ``why``.
    """
    from finvest.graph.chains import chains

    tx = transfers(view)
    rows = chains(
        transfer_graph(view),
        window=search.days * DAY,
        keep=search.keep,
        hops=search.hops,
        budget=search.budget,
        skip=opaque_accounts(view),
    )
    once = _once(tx, search.days)[rows.edges]
    starts = rows.offsets[:-1]
    new = np.add.reduceat(once.astype(np.int64), starts) if len(rows) else np.empty(0, np.int64)
    chosen = _apart(rows.edges, rows.offsets, new, search.new_percent)
    lengths = rows.lengths[chosen]
    flat = np.concatenate([np.empty(0, np.int32), *(rows.edges_of(row) for row in chosen.tolist())]).astype(np.uint32)
    steps = (
        pl.DataFrame({"row": np.repeat(np.arange(len(chosen)), lengths)})
        .hstack(tx[flat].select("n", "originator", "beneficiary", "amount", "currency", "earliest", "latest"))
        .with_columns(step=pl.int_range(pl.len()).over("row"))
    )
    found = (
        steps.group_by("row", maintain_order=True)
        .agg(
            members=pl.concat([pl.col("originator").first(), pl.col("beneficiary")]),
            evidence="n",
            kept_percent=pl.col("amount").last() * 100 / pl.col("amount").first(),
        )
        .join(_passing(steps, tx), on="row", how="left", maintain_order="left")
        .drop("row")
        .with_columns(
            hops=pl.Series(lengths, dtype=pl.Int64),
            new=pl.Series(new[chosen], dtype=pl.Int64),
            order_certain=pl.Series(rows.order_certain[chosen], dtype=pl.Boolean),
            window_certain=pl.Series(rows.window_certain[chosen], dtype=pl.Boolean),
        )
    )
    return found, by_account(view, rows.cut_roots)


def _once(tx: pl.DataFrame, days: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell of each transfer whether its two accounts deal with each other within one period only."""
    span = pl.col("latest").max() - pl.col("earliest").min()
    once = tx.select(span.over("originator", "beneficiary") <= pl.duration(days=days)).to_series()
    return once.to_numpy()


def _apart(
    edges: np.ndarray[tuple[int], np.dtype[np.int32]],
    offsets: np.ndarray[tuple[int], np.dtype[np.int64]],
    new: np.ndarray[tuple[int], np.dtype[np.int64]],
    new_percent: int,
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Choose chains that share no payment: most new payments first, then the longest, then the first."""
    lengths = np.diff(offsets)
    usable = np.flatnonzero(new * 100 >= lengths * new_percent)
    order = usable[np.lexsort((usable, -lengths[usable], -new[usable]))]
    taken: set[int] = set()
    chosen = []
    for row in order.tolist():
        members = edges[offsets[row] : offsets[row + 1]].tolist()
        if taken.isdisjoint(members):
            taken.update(members)
            chosen.append(row)
    return np.array(sorted(chosen), np.int64)


def _passing(steps: pl.DataFrame, tx: pl.DataFrame) -> pl.DataFrame:
    """Count by chain the accounts inside it that received at least half of their money by it."""
    begin, end = pl.col("earliest").min().over("row"), pl.col("latest").max().over("row")
    inside = steps.with_columns(begin=begin, end=end).filter(pl.col("step") + 1 < pl.len().over("row"))
    received = tx.select("beneficiary", "currency", other="amount", early="earliest", late="latest")
    share = (
        inside.join(received, on=["beneficiary", "currency"])
        .filter((pl.col("late") >= pl.col("begin")) & (pl.col("early") <= pl.col("end")))
        .group_by("row", "step")
        .agg(most=pl.col("amount").first() * 2 >= pl.col("other").sum())
    )
    return share.group_by("row").agg(passing=pl.col("most").sum())
