"""What a detector says about itself: its card, its parameters, and the innocent explanations it checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import polars as pl

from finvest.model.errors import ContractError

if TYPE_CHECKING:
    from finvest.view import CaseView

T = TypeVar("T")

Strength = Literal["weak", "moderate", "strong", "review"]
Role = Literal["exploiter", "facilitator", "possible_victim", "buyer", "undetermined"]
Kind = Literal["account", "party"]

Decides = Callable[["CaseView", pl.DataFrame], pl.Series]
"""For each row that a detector found: true (the explanation holds), false, or null (the case's data cannot tell)."""


@dataclass(frozen=True, slots=True)
class Check:
    """How the data decide an innocent explanation, and what follows where it holds.

    Attributes
    ----------
    decides : callable or None
        None where only a person can tell.
    keeps : float
        Share of the score that is kept where the explanation holds; 0 withdraws the finding.
    """

    decides: Decides | None = None
    keeps: float = 0.0


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
    check : callable or None
        Decides it on the data.
    keeps : float
        See `Check`.
    """

    name: str
    explanation: str
    ask: str
    check: Decides | None
    keeps: float

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
    innocent : mapping of str to str
        Name of each innocent explanation to a sentence that tells it, and what to ask for where the data cannot tell.
    checks : mapping of str to Check
        Name of an explanation to how the data decide it; one that is left out is put to a person, and withdraws the
        finding where it holds.
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
    innocent: Mapping[str, str]
    checks: Mapping[str, Check] = field(default_factory=dict)
    sources: tuple[str, ...]
    version: int = 1
    counter_checks: tuple[CounterCheck, ...] = field(init=False)
    """The innocent explanations with their checks, in the card's order."""

    def __post_init__(self) -> None:
        if unknown := self.checks.keys() - self.innocent.keys():
            raise ContractError(f"{self.id}: checks names no innocent explanation with {', '.join(sorted(unknown))}")
        counter_checks = tuple(self._counter_check(name, text) for name, text in self.innocent.items())
        object.__setattr__(self, "counter_checks", counter_checks)  # frozen

    def _counter_check(self, name: str, text: str) -> CounterCheck:
        explanation, dot, ask = text.partition(". ")
        if not ask:
            raise ContractError(f"{self.id}: {name!r} must be a sentence that explains, and then what to ask for")
        check = self.checks.get(name, Check())
        return CounterCheck(
            name=name, explanation=explanation + dot.strip(), ask=ask, check=check.decides, keeps=check.keeps
        )

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
