"""What of a case goes to a server, and the shape in which it goes: parts of one kind, frames of the schema's keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from finvest.exchange.neo4j import schema
    from finvest.view import CaseView

ENDS = ("from", "to")
"""Columns of a relationship's frame that hold the ids of its ends."""


@dataclass(frozen=True)
class Material:
    """What of a case goes to a server.

    Attributes
    ----------
    case : str
        Opaque id of the case.
    view : CaseView
        As it is shown.
    movements : polars.LazyFrame
        Every movement, see `finvest.matching.Matched`.
    tables : mapping of str to polars.DataFrame
        The other tables, after decisions.
    findings : polars.DataFrame
        Rows of the table `findings`, their status after decisions.
    cards : mapping of str to (str, str)
        Catalogue id to title and strength.
    named : bool
        Show possible victims by what they are known by: a reason for that was given and logged.
    """

    case: str
    view: CaseView
    movements: pl.LazyFrame
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    cards: Mapping[str, tuple[str, str]]
    named: bool = False

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the case, empty where it has none."""
        return self.tables.get(name, TABLES[name].empty())

    @property
    def hidden(self) -> dict[tuple[str, str], str]:
        """Whom to mask, and what each is known by."""
        return {} if self.named else self.view.hidden

    def victims(self, kind: str) -> set[str]:
        """Return the ids of the accounts or parties to mask."""
        name, column = ("accounts", "account") if kind == "account" else ("parties", "party")
        if self.named or self.view.lacks([name]) is not None:
            return set()
        ids = self.view.frame(name, column)[column]
        return {id_ for n, id_ in enumerate(ids) if self.view.is_victims(kind, n)}


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes or relationships of one kind.

    Attributes
    ----------
    element : Element
    frame : polars.DataFrame
        ``id``, for a relationship ``from`` and ``to``, and property keys of the element.
    ends : tuple of str
        Labels of both ends; empty for nodes.
    label : str
        Second label of nodes; empty where they have none.
    """

    element: schema.Element
    frame: pl.DataFrame
    ends: tuple[str, ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """What it is, for people."""
        return self.label or self.element.name


def shaped(element: schema.Element, frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the element's properties, each id once, by id."""
    columns = [c for c in (*ENDS, *element.properties) if c in frame.columns]
    return frame.select(columns).unique("id", keep="first", maintain_order=True).sort("id")
