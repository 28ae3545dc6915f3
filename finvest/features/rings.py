"""Cycles of accounts as rows: with value kept where that can be, else in time order alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from finvest.features.cuts import by_account
from finvest.features.relations import new_share
from finvest.view import CaseView, feature

if TYPE_CHECKING:
    from finvest.graph.cycles import Cycles

CROSSED_NEVER = ("cash", "unknown")
"""Kinds of account behind which the same money cannot be seen again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingSearch:
    """What to search for.

    Attributes
    ----------
    days : int
        Longest time from the first to the last payment.
    shortest, longest : int
        Accounts of a ring in time order alone.
    longest_kept : int
        Accounts of a ring in which each payment carries `keep` percent (low, high) of the one before.
    keep : (int, int)
    budget : int
        Steps after which the search from one payment is given up.
    """

    days: int
    shortest: int
    longest: int
    longest_kept: int
    keep: tuple[int, int]
    budget: int


@feature
def rings(view: CaseView, search: RingSearch) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rings of accounts, and where the search was not carried to its end.

    Returns
    -------
    found : polars.DataFrame
        ``members`` (account numbers in time order), ``evidence`` (one payment a hop, in time order), ``length``,
        ``kept`` (each payment carries the asked share of the one before), ``order_certain``, ``window_certain``,
        ``kept_percent`` (smallest payment of the largest; null in several currencies), ``new_share`` (payments that
        are the only ones between their accounts). A ring of accounts stands once; where its value can be kept, with
        payments that keep it.
    cut : polars.DataFrame
        ``account``, ``evidence`` (the payments from which the search stopped), ``why``.
    """
    from finvest.graph.cycles import cycles

    kinds = view.frame("accounts")["kind"]
    common: dict[str, Any] = {
        "window": search.days * 86_400_000_000,
        "shortest": search.shortest,
        "skip": kinds.is_in(list(CROSSED_NEVER)).to_numpy(),
        "budget": search.budget,
        "threads": os.cpu_count() or 1,
    }
    timed = cycles(view.graph, longest=search.longest, **common)
    kept = cycles(view.graph, longest=search.longest_kept, keep=search.keep, **common)
    rows = pl.concat([_rows(kept, kept=True), _rows(timed, kept=False)])
    first = pl.col("members").list.arg_min()
    ring = pl.concat_list(pl.col("members").list.slice(first), pl.col("members").list.slice(0, first))
    found = rows.with_columns(ring=ring).unique("ring", keep="first", maintain_order=True).drop("ring")
    smallest = pl.col("amount").min() * 100 / pl.col("amount").max()
    one_currency = pl.col("currency").n_unique() == 1
    measured = view.measure(found["evidence"], kept_percent=pl.when(one_currency).then(smallest))
    found = found.hstack(measured).with_columns(new_share=new_share(view, found["evidence"]))
    return found, by_account(view, np.concatenate([timed.cut_roots, kept.cut_roots]))


def _rows(found: Cycles, *, kept: bool) -> pl.DataFrame:
    row = np.repeat(np.arange(len(found)), found.lengths)
    flat = pl.DataFrame({"row": row, "members": found.accounts, "evidence": found.edges})
    lists = flat.group_by("row", maintain_order=True).agg(
        pl.col("members").cast(pl.UInt32), pl.col("evidence").cast(pl.UInt32)
    )
    return lists.drop("row").with_columns(
        length=pl.col("members").list.len(),
        kept=pl.lit(kept),
        order_certain=pl.Series(found.order_certain),
        window_certain=pl.Series(found.window_certain),
    )
