"""Searches that were given up: from which payments, and how a detector says that the accounts behind them are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finvest.view import CaseView


def by_account(view: CaseView, roots: NDArray[Any]) -> pl.DataFrame:
    """Return the payments from which searches stopped, by who made them: ``account``, ``evidence``; sorted."""
    numbers = np.unique(roots).astype(np.uint32)
    payers = view.frame("transactions", "originator")["originator"].gather(numbers)
    cut = pl.DataFrame({"evidence": numbers, "account": payers})
    return cut.group_by("account", maintain_order=True).agg("evidence").sort("account")


def not_searched(cut: pl.DataFrame) -> pl.DataFrame:
    """Return one row an account that is not assessable because its searches were cut, for the role ``members``."""
    return cut.select(
        members=pl.concat_list("account"),
        evidence="evidence",
        score=pl.lit(0.0),
        not_assessable=pl.format("the search from {} of its payments was cut", pl.col("evidence").list.len()),
    )
