"""Of what tables are made: types, columns, and the columns that every table has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = TypeVar("Rows", pl.DataFrame, pl.LazyFrame)

TEXT = pl.String()
WHOLE = pl.Int64()
TRUTH = pl.Boolean()
DAY = pl.Date()
INSTANT = pl.Datetime("us", "UTC")
MINOR = pl.Decimal(38, 0)
"""Amounts: whole minor units of the row's currency (cents for EUR, yen for JPY)."""

PROTECTED = frozenset(
    {"nationality", "ethnicity", "religion", "sex", "sexual_orientation", "health", "migration_status"}
)
"""The deny list: columns that no view contains and no detector may name (Charter of Fundamental Rights, Art. 21)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    dtype : polars.DataType
    meaning : str
        One line for the data dictionary.
    """

    name: str
    dtype: pl.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a case.

    Attributes
    ----------
    name : str
    meaning : str
    columns : tuple of Column
        Provenance columns included.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """Column names and Polars types, in order."""
        return pl.Schema({c.name: c.dtype for c in self.columns})

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def empty(self) -> pl.DataFrame:
        """Return a frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)

    def complete(self, frame: Rows) -> Rows:
        """Return `frame` with every column of the table, in order and type; what it lacks is null.

        Raises
        ------
        TypeError
            If the frame has a column that the table does not know, or one of another type.
        """
        schema, given = self.schema, frame.collect_schema()
        if unknown := set(given) - set(schema):
            raise TypeError(f"table {self.name} has no column {sorted(unknown)}")
        wrong = {c: t for c, t in given.items() if t not in (schema[c], pl.Null())}
        if wrong:
            raise TypeError(f"table {self.name}: expected {[(c, schema[c]) for c in wrong]}, got {wrong}")
        return frame.select(pl.col(c).cast(t) if c in given else pl.lit(None, t).alias(c) for c, t in schema.items())


def lean(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the same frame, in which a text column of one value, or any of none, takes no memory: it is kept once."""
    same = []
    for name, dtype in frame.schema.items():
        column = frame[name]
        empty = column.null_count() == len(frame)
        first = None if empty else column[0]
        if empty or (dtype == TEXT and first is not None and column.null_count() == 0 and (column == first).all()):
            same.append(pl.lit(first, dtype).alias(name))
    return frame.with_columns(same) if len(frame) else frame


PROVENANCE = (
    Column("source", TEXT, "SHA-256 of the original file"),
    Column("record", WHOLE, "ordinal of the record in the source, whatever the profile"),
    Column("line", WHOLE, "first line of the record, where the format has lines (from 1)"),
    Column("loader", TEXT, "name of the loader that read it"),
    Column("evaluation", TEXT, "4x4 code of source and information (A1 to X4); X4 where nobody said"),
    Column("handling", TEXT, "handling code H0 to H3"),
)


def define(name: str, meaning: str, *columns: tuple[str, pl.DataType, str]) -> Table:
    """Return a table of (name, type, meaning) columns, followed by the provenance columns that every table has."""
    return Table(name, meaning, (*(Column(*c) for c in columns), *PROVENANCE))
