"""Figures of replays as rows by claim, and the interval over all replays of a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finvest.tracing.figures import Figures
    from finvest.tracing.ledger import Ledger
    from finvest.tracing.overdrafts import Attributed
    from finvest.tracing.replay import Replayed
    from finvest.tracing.trail import Trail


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One replay, rounded."""

    ledger: Ledger
    found: Replayed
    figures: Figures
    rings: NDArray[np.bool_]
    credited: Attributed


def by_claim(amounts: NDArray[np.int64], trail: Trail) -> NDArray[np.int64]:
    """Join what rests on a hypothesis with what does not: shape (…, claims)."""
    claims = len(trail.claims)
    if amounts.shape[1] == claims:
        return amounts
    plain, resting = amounts[:, :claims], amounts[:, claims:]
    return plain + resting if trail.rule.conserves else np.maximum(plain, resting)


def resting_of(amounts: NDArray[np.int64], trail: Trail) -> NDArray[np.int64]:
    """Return what rests on a hypothesis."""
    claims = len(trail.claims)
    return amounts[:, claims:] if amounts.shape[1] > claims else np.zeros_like(amounts)


def long(key: str, rows: NDArray[Any], amounts: NDArray[Any], trail: Trail) -> pl.DataFrame:
    """Write amounts above zero as rows: key, claim, amount, on_hypothesis."""
    every, resting = by_claim(amounts, trail), resting_of(amounts, trail)
    at, claim = np.nonzero(every)
    return pl.DataFrame(
        {
            key: rows[at].astype(np.int32),
            "claim": claim.astype(np.int32),
            "amount": every[at, claim],
            "on_hypothesis": resting[at, claim],
        }
    )


def intervals(frames: Sequence[pl.DataFrame], keys: Sequence[str], values: Sequence[str]) -> pl.DataFrame:
    """Return the least and the largest of each sum; a replay without a row has nothing there."""
    runs = len(frames)
    summed = [frame.group_by(keys).agg(pl.col(*values, "on_hypothesis").sum()) for frame in frames]
    low = [pl.when(pl.len() < runs).then(0).otherwise(pl.col(v).min()).alias(f"{v}_low") for v in values]
    high = [pl.col(v).max().alias(f"{v}_high") for v in values]
    return pl.concat(summed).group_by(keys).agg(*low, *high, pl.col("on_hypothesis").max()).sort(keys)


def _claim_names(trail: Trail) -> pl.DataFrame:
    names = [claim.name for claim in trail.claims]
    return pl.DataFrame({"claim": range(len(names)), "name": names}, schema={"claim": pl.Int32, "name": pl.String})


def named(rows: pl.DataFrame, trail: Trail) -> pl.DataFrame:
    """Put the claims' names in the place of their numbers, in their order."""
    names = _claim_names(trail).rename({"name": "_claim"})
    return rows.join(names, on="claim", how="left", maintain_order="left").with_columns(claim="_claim").drop("_claim")
