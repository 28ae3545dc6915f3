"""Frames kept compressed in memory: what is asked for column by column, and is too large to lie about."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


def packed(parts: Iterable[pl.DataFrame]) -> pl.LazyFrame:
    """Compress frames one after the other, and return them as one lazy frame, its rows in the order given.

    Parameters
    ----------
    parts : iterable of polars.DataFrame
        At least one; all with the same columns.
    """
    kept = []
    for part in parts:
        buffer = BytesIO()
        part.write_parquet(buffer, compression="zstd", statistics=False)
        kept.append(buffer.getvalue())
    return pl.scan_parquet(kept)
