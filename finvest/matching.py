"""From the records of a case to its movements: duplicates first, then pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.conversion import UNCONVERTED, convert, together
from finvest.model.decisions import as_table
from finvest.model.instants import local_days
from finvest.model.packed import packed
from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from finvest.pairing.lines import needed
from finvest.pairing.movements import movement_parts
from finvest.pairing.pairs import pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from finvest.model.rates import Rates


@dataclass(frozen=True, slots=True)
class Matched:
    """What records have to do with each other.

    Attributes
    ----------
    transactions : polars.LazyFrame
        The records, rows of the table `transactions`; in memory is only what is asked for.
    coverage, duplicates, pairs : polars.DataFrame
        See the functions of these names in `finvest.pairing`.
    movements : polars.LazyFrame
        What `finvest.pairing.movements.movements` returns, in any order, with amounts in the base currency (see
        `finvest.model.conversion`); kept compressed.
    unconverted : polars.DataFrame
        How many movements have none and why: ``currency``, ``why``, ``count``, ``first``, ``last``.
    """

    transactions: pl.LazyFrame
    coverage: pl.DataFrame
    duplicates: pl.DataFrame
    pairs: pl.DataFrame
    movements: pl.LazyFrame
    unconverted: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNCONVERTED))


def match(
    records: pl.LazyFrame,
    tables: Mapping[str, pl.DataFrame],
    decisions: Sequence[dict[str, Any]] = (),
    rates: Rates | None = None,
    base: str = "EUR",
    decimals: Mapping[str, Mapping[str, int]] | None = None,
) -> Matched:
    """Match the records of a case.

    Parameters
    ----------
    records : polars.LazyFrame
        Rows of the table `transactions`.
    tables : mapping of str to polars.DataFrame
        ``accounts``, ``identifiers``, ``balances``, ``quarantine``.
    decisions : sequence of dict
        What people decided about pairs.
    rates : Rates, optional
        Rates of exchange on file.
    base : str
        Base currency of the case.
    decimals : mapping, optional
        See `finvest.model.conversion.convert`.
    """
    covered = coverage(records, tables["balances"], tables["quarantine"])
    same = duplicates(records, covered)
    between = None if rates is None else rates.between(_asked(records))
    paired = pairs(records, same, covered, tables["accounts"], tables["identifiers"], as_table(decisions), between)
    left: list[pl.DataFrame] = []
    moved = packed(_converted(movement_parts(records, same, paired), left, rates, base, decimals))
    return Matched(records, covered, same, paired, moved, together(left))


def _converted(
    parts: Iterable[pl.DataFrame],
    left: list[pl.DataFrame],
    rates: Rates | None,
    base: str,
    decimals: Mapping[str, Mapping[str, int]] | None,
) -> Iterator[pl.DataFrame]:
    """Convert parts of the movements; what has no amount in the base currency is put on `left`."""
    for part in parts:
        converted, unconverted = convert(part.sort("movement"), rates, base, decimals)
        left.append(unconverted)
        yield converted


def _asked(records: pl.LazyFrame) -> pl.DataFrame:
    """Return every day of the records with every currency of theirs."""
    asked = needed(records, ("booked_at", "zone", "currency", "received_currency")).collect()
    days = local_days(asked).unique().to_frame()
    codes = pl.concat([asked["currency"], asked["received_currency"]]).rename("currency").unique().to_frame()
    return days.join(codes, how="cross")
