"""What a detector says about itself: its card, its parameters, and the innocent explanations it checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import polars as pl

if TYPE_CHECKING:
    from finvest.view import CaseView

T = TypeVar("T")

Strength = Literal["weak", "moderate", "strong", "review"]
Role = Literal["exploiter", "facilitator", "possible_victim", "buyer", "undetermined"]
Kind = Literal["account", "party"]

Check = Callable[["CaseView", pl.DataFrame], pl.Series]
"""For each row that a detector found: true (the explanation holds), false, or null (the case's data cannot tell)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterCheck:
    """An innocent explanation, and how it is ruled in or out.

    Attributes
    ----------
    name : str
        Short name of the explanation.
    explanation : str
        The explanation, in a plain sentence.
    ask : str
        What to ask for, and of whom, where the case's data cannot tell.
    check : callable, optional
        Decides it on the data; left out where only a person can.
    keeps : float
        Share of the score that is kept where the explanation holds; 0 withdraws the finding.
    """

    name: str
    explanation: str
    ask: str
    check: Check | None = None
    keeps: float = 0.0

    def results(self, view: CaseView, rows: pl.DataFrame) -> pl.Series:
        """Return the check's result for each row, null where it cannot be run."""
        if self.check is None or rows.is_empty():
            return pl.Series(self.name, [None] * len(rows), pl.Boolean)
        return self.check(view, rows).cast(pl.Boolean).alias(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a detector says about itself.

    Attributes
    ----------
    id : str
        Catalogue id, like ``GRF-05``.
    title : str
        Name of the pattern, a few words.
    what : str
        What it looks for, one or two sentences for a reader who is no programmer.
    strength : {"weak", "moderate", "strong", "review"}
        How much it says about trafficking; see `finvest.findings.ranking.CEILINGS`.
    roles : mapping of str to (kind, role)
        Column of the detector's frame to what it numbers and the role hypothesis of those subjects.
    needs : tuple of str
        Tables (``filings``) and columns (``transactions.terminal``) without which nothing can be said.
    sentence : str
        Explains a finding; filled with roles, facts, parameters, ``{period}``, ``{start}``, ``{end}``, ``{amounts}``.
    innocent : tuple of CounterCheck
    sources : tuple of str
        Where the indicator comes from.
    version : int
        Raised with every change that can change a result.
    """

    id: str
    title: str
    what: str
    strength: Strength
    roles: Mapping[str, tuple[Kind, Role]]
    needs: tuple[str, ...]
    sentence: str
    innocent: tuple[CounterCheck, ...]
    sources: tuple[str, ...]
    version: int = 1

    @property
    def family(self) -> str:
        """The catalogue's family, like ``GRF``."""
        return self.id.partition("-")[0]


def param(meaning: str, *, default: T, low: float | None = None, high: float | None = None, published: str = "") -> T:
    """Declare a parameter of a detector.

    Parameters
    ----------
    meaning : str
        What it is, with its unit.
    default : int, float or bool
    low, high : float, optional
        Bounds, both included.
    published : str
        Source that publishes the default; empty where it is our own and must be calibrated.

    Returns
    -------
    dataclass field
    """
    about: dict[str, Any] = {"meaning": meaning, "low": low, "high": high, "published": published}
    return field(default=default, metadata=about)
