"""From the records of a case to its movements: duplicates first, then pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.tables import table
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Matched:
    """What records have to do with each other.

    Attributes
    ----------
    transactions : polars.DataFrame
        The records, rows of the table `transactions`.
    coverage, duplicates, pairs, movements : polars.DataFrame
        See the functions of these names in `finvest.pairing`.
    """

    transactions: pl.DataFrame
    coverage: pl.DataFrame
    duplicates: pl.DataFrame
    pairs: pl.DataFrame
    movements: pl.DataFrame


def match(tables: Mapping[str, pl.DataFrame], decisions: Sequence[dict[str, Any]] = ()) -> Matched:
    """Match the records of a case.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        ``transactions``, ``accounts``, ``identifiers``, ``balances``, ``quarantine``.
    decisions : sequence of dict
        What people decided about pairs.
    """
    records = tables["transactions"]
    covered = coverage(records, tables["balances"], tables["quarantine"])
    same = duplicates(records, covered)
    paired = pairs(records, same, covered, tables["accounts"], tables["identifiers"], _decisions(decisions))
    return Matched(records, covered, same, paired, movements(records, same, paired))


def _decisions(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    decided = table("decisions")
    if not rows:
        return decided.empty()
    schema: dict[str, pl.DataType] = {c.name: c.dtype for c in decided} | {"at": pl.String()}
    frame = pl.DataFrame(list(rows), schema_overrides=schema)
    return decided.complete(frame.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us")))
