"""The tables of a case: every column with its type and its meaning, in one place.

The data dictionary (`docs/data-dictionary.md`), the typed tables of a view and the loaders' contract come from here.
"""

from __future__ import annotations

from finvest.model.columns import DAY, INSTANT, MINOR, PROTECTED, PROVENANCE, TEXT, TRUTH, WHOLE, Column, Table
from finvest.model.money_tables import MONEY
from finvest.model.people_tables import PEOPLE
from finvest.model.result_tables import RESULTS
from finvest.model.wealth_tables import WEALTH

__all__ = [
    "DAY",
    "HIDDEN",
    "INSTANT",
    "MINOR",
    "PROTECTED",
    "PROVENANCE",
    "TABLES",
    "TEXT",
    "TRUTH",
    "WHOLE",
    "Column",
    "Table",
    "table",
]

TABLES: dict[str, Table] = {t.name: t for t in (*MONEY, *PEOPLE, *WEALTH, *RESULTS)}
"""Every table by name."""

HIDDEN = frozenset({"labels", "findings", "trails", "decisions", "quarantine", "pairs"})
"""Tables that no view contains: answers, results, and what a person decided."""


def table(name: str) -> Table:
    """Return the table called `name`.

    Raises
    ------
    KeyError
        If there is none; the message lists what there is.
    """
    try:
        return TABLES[name]
    except KeyError:
        raise KeyError(f"no table {name!r}; there are {', '.join(TABLES)}") from None
