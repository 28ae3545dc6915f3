"""What every printed page about money says besides its answer: the case, its sources, and the words that it uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import UsageError
from finvest.views import text
from finvest.views.glossary import HANDLING
from finvest.views.grid import grid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from finvest.views.grid import Grid
    from finvest.views.trail_words import Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a case says on a page about its money.

    Attributes
    ----------
    title, purpose, legal_basis, actor, created : str
        Of the case: what it is called, what for and on which basis, who opened it and when.
    written : str
        Who wrote this report and when.
    version : str
        Version of finvest.
    question : str
        As it was asked, in words.
    handling : {"H0", "H1", "H2", "H3"}
        Handling code, on every printed page: the strictest of the records.
    sources : polars.DataFrame
        One row a source: ``name``, ``sha256``, ``loader``, ``records``, ``loaded``, ``quarantined``.
    victims : mapping of (kind, id) to str
        Possible victims of the case and the number and name each is known by, so that no text names them; the
        controlled accounts that the answer names are known from it.
    most_rows : int
        Rows listed; what is left out is counted.
    """

    title: str
    purpose: str
    legal_basis: str
    actor: str
    created: str
    written: str
    version: str
    question: str
    handling: str = "H0"
    sources: pl.DataFrame = field(default_factory=pl.DataFrame)
    victims: Mapping[tuple[str, str], str] = field(default_factory=dict)
    most_rows: int = 1_000

    def check(self) -> None:
        """Refuse a handling code that there is not.

        Raises
        ------
        UsageError
        """
        if self.handling not in HANDLING:
            raise UsageError(f"handling code must be one of {', '.join(HANDLING)}, not {self.handling}")


def head(content: Page, teller: Teller) -> list[tuple[str, str]]:
    """Return the facts about the case that stand under an answer."""
    say = teller.say
    return [
        ("Purpose", say(content.purpose)),
        ("Legal basis", say(content.legal_basis)),
        ("Case opened", say(f"{content.created}, {content.actor}")),
        ("Report written", say(content.written)),
        ("Handling code", f"{content.handling}: {HANDLING[content.handling]}"),
        ("finvest", content.version),
    ]


def files(sources: pl.DataFrame) -> dict[str, str]:
    """Return the SHA-256 of each source by its name."""
    return dict(sources.select("name", "sha256").iter_rows()) if {"name", "sha256"} <= set(sources.columns) else {}


def sources(content: Page, teller: Teller) -> Grid:
    """Return the sources of the case."""
    rows = content.sources
    if {"name", "sha256"} <= set(rows.columns):
        named = [[teller.file(name), sha] for name, sha in rows.select("name", "sha256").iter_rows()]
        rows = rows.with_columns(file=pl.Series(named, dtype=pl.List(pl.String)))
    heads = {
        "file": "File and SHA-256", "loader": "Loader", "records": "Records", "loaded": "Loaded",
        "quarantined": "Quarantine",
    }  # fmt: skip
    return grid(rows, heads, say=teller.say, nothing="No source is named.", most=content.most_rows)


def words(values: dict[str, Any], known: Mapping[str, str], always: Collection[str]) -> dict[str, str]:
    """Return the words that a page uses, and what they mean."""
    used = text.plain(str(values)).lower()
    return {w: meaning for w, meaning in known.items() if w in always or w.lower() in used}
