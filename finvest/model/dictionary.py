"""What is generated from the tables: the data dictionary and the typed tables of a view.

``python -m finvest.model.dictionary`` (or ``make docs``) rewrites both files in a checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.tables import DAY, HIDDEN, INSTANT, MINOR, PROTECTED, PROVENANCE, TABLES, TEXT, TRUTH, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finvest.model.tables import Column

_TYPES: dict[pl.DataType, tuple[str, str]] = {
    TEXT: ("text", "`String`"),
    WHOLE: ("whole number", "`Int64`"),
    TRUTH: ("yes or no", "`Boolean`"),
    DAY: ("date", "`Date`"),
    INSTANT: ("instant", '`Datetime("us", "UTC")`: a moment, in microseconds'),
    MINOR: ("amount", "`Decimal(38, 0)`: whole minor units of the row's currency, cents for EUR and yen for JPY"),
    pl.Float64(): ("score", "`Float64`: it ranks and is no amount"),
}


def dictionary() -> str:
    """Return the data dictionary as Markdown: one section a table, one row a column."""
    return "\n".join([*_opening(), *(line for name in TABLES for line in _section(name)), ""])


def view_module() -> str:
    """Return the source of `finvest.view_tables`: one property a table that a view may contain."""
    properties = "\n\n".join(
        f"    @property\n    def {name}(self) -> pl.LazyFrame:\n"
        f'        """{table.meaning}."""\n        return self.frame("{name}").lazy()'
        for name, table in TABLES.items()
        if name not in HIDDEN
    )
    return _VIEW_HEAD + properties + "\n"


def generated() -> dict[str, str]:
    """Return the text of every generated file, by its path in a checkout."""
    return {"docs/data-dictionary.md": dictionary(), "finvest/view_tables.py": view_module()}


_VIEW_HEAD = '''"""The tables of a view, a typed property each; generated from `finvest.model.tables` by `make docs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class ViewTables:
    """Tables as lazy frames, without their protected columns; row numbers are the column ``n``."""

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table as a frame."""
        raise NotImplementedError

'''


def _opening() -> Iterator[str]:
    yield from (
        "# Data dictionary",
        "",
        "Every table of a case and every column, generated from `finvest.model.tables` by `make docs`.",
        "",
        "A detector sees a case through a view: read-only, accounts, parties and transactions as numbers, amounts as",
        "64-bit whole numbers. Two things are in no view:",
        "",
        f"* the columns that Article 21 of the Charter of Fundamental Rights protects: {_listed(PROTECTED)}",
        f"* results, answers and what a person decided: the tables {_listed(HIDDEN)}",
        "",
        "| type | is stored as |",
        "|---|---|",
        *(f"| {word} | {stored} |" for word, stored in _TYPES.values()),
        "",
        "Missing is null, never zero and never empty text.",
        "",
        "## Columns that every table has",
        "",
        *_rows(PROVENANCE),
        "",
        "## Tables",
        "",
        *(f"* [{name}](#{name}): {table.meaning[0].lower()}{table.meaning[1:]}" for name, table in TABLES.items()),
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _section(name: str) -> Iterator[str]:
    table = TABLES[name]
    yield from ("", f"### {name}", "", f"{table.meaning}.", "")
    yield from _rows(c for c in table if c not in PROVENANCE)


def _rows(columns: Iterable[Column]) -> Iterator[str]:
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in columns:
        yield f"| `{column.name}` | {_TYPES[column.dtype][0]} | {column.meaning} |"


def main() -> None:
    """Rewrite the generated files of this checkout."""
    root = Path(__file__).parents[2]
    for path, text in generated().items():
        (root / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
