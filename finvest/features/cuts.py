"""Searches that were given up: from which payments, and how a detector says that it did not look at an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finvest.view import CaseView


def by_account(view: CaseView, roots: NDArray[Any]) -> pl.DataFrame:
    """Return the payments from which searches stopped, by who made them: ``account``, ``evidence``, ``why``; sorted."""
    numbers = np.unique(roots).astype(np.uint32)
    payers = view.frame("transactions", "originator")["originator"].gather(numbers)
    cut = pl.DataFrame({"evidence": numbers, "account": payers})
    why = pl.format("the search from {} of its payments was cut", pl.col("evidence").list.len())
    return cut.group_by("account", maintain_order=True).agg("evidence").sort("account").with_columns(why=why)


def with_unsearched(found: pl.DataFrame, cut: pl.DataFrame, role: str) -> pl.DataFrame:
    """Return what was found, and below it one row an account that is not assessable.

    Parameters
    ----------
    found : polars.DataFrame
        Rows of a detector.
    cut : polars.DataFrame
        ``account``, ``why``, and ``evidence`` where payments of the account stand for it.
    role : str
        Column of `found`, of account numbers or lists of them, that names the account.

    Returns
    -------
    polars.DataFrame
        The columns of `found`, and ``not_assessable``.
    """
    account = pl.concat_list("account") if found.schema[role] == pl.List else pl.col("account")
    gaps = cut.rename({"why": "not_assessable"}).with_columns(account.alias(role), score=pl.lit(0.0))
    kept = [c for c in (role, "evidence", "score", "not_assessable") if c in gaps.columns]
    return pl.concat([found, gaps.select(kept)], how="diagonal_relaxed")
