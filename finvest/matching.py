"""From the records of a case to its movements: duplicates first, then pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.conversion import UNCONVERTED, convert
from finvest.model.instants import local_days
from finvest.model.tables import table
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.movements import movements
from finvest.pairing.pairs import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finvest.model.rates import Rates


@dataclass(frozen=True, slots=True)
class Matched:
    """What records have to do with each other.

    Attributes
    ----------
    transactions : polars.DataFrame
        The records, rows of the table `transactions`.
    coverage, duplicates, pairs, movements : polars.DataFrame
        See the functions of these names in `finvest.pairing`; movements carry their amount in the base currency, see
        `finvest.model.conversion`.
    unconverted : polars.DataFrame
        How many movements have none and why: ``currency``, ``why``, ``count``, ``first``, ``last``.
    """

    transactions: pl.DataFrame
    coverage: pl.DataFrame
    duplicates: pl.DataFrame
    pairs: pl.DataFrame
    movements: pl.DataFrame
    unconverted: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNCONVERTED))


def match(
    tables: Mapping[str, pl.DataFrame],
    decisions: Sequence[dict[str, Any]] = (),
    rates: Rates | None = None,
    base: str = "EUR",
    decimals: Mapping[str, Mapping[str, int]] | None = None,
) -> Matched:
    """Match the records of a case.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        ``transactions``, ``accounts``, ``identifiers``, ``balances``, ``quarantine``.
    decisions : sequence of dict
        What people decided about pairs.
    rates : Rates, optional
        Rates of exchange on file.
    base : str
        Base currency of the case.
    decimals : mapping, optional
        See `finvest.model.conversion.convert`.
    """
    records = tables["transactions"]
    covered = coverage(records, tables["balances"], tables["quarantine"])
    same = duplicates(records, covered)
    between = None if rates is None else rates.between(_asked(records))
    paired = pairs(records, same, covered, tables["accounts"], tables["identifiers"], _decisions(decisions), between)
    moved, unconverted = convert(movements(records, same, paired), rates, base, decimals)
    return Matched(records, covered, same, paired, moved, unconverted)


def _asked(records: pl.DataFrame) -> pl.DataFrame:
    """Return every day of the records with every currency of theirs."""
    days = local_days(records).unique().to_frame()
    codes = pl.concat([records["currency"], records["received_currency"]]).rename("currency").unique().to_frame()
    return days.join(codes, how="cross")


def _decisions(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    decided = table("decisions")
    if not rows:
        return decided.empty()
    schema: dict[str, pl.DataType] = {c.name: c.dtype for c in decided} | {"at": pl.String()}
    frame = pl.DataFrame(list(rows), schema_overrides=schema)
    return decided.complete(frame.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us")))
