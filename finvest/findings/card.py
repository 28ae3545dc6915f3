"""What a detector says about itself: its card, with the innocent explanations and how they are checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from finvest.model.errors import ContractError, FinvestError, place_of
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from finvest.view import CaseView

Strength = Literal["weak", "moderate", "strong", "review"]
Role = Literal["exploiter", "facilitator", "possible_victim", "buyer", "undetermined"]
Kind = Literal["account", "party"]

Decides = Callable[["CaseView", pl.DataFrame], pl.Series]
"""For each row that a detector found: true (the explanation holds), false, or null (the case's data cannot tell)."""

_NO_END = re.compile(r"(\b\w\.\w|\b(cf|vs|Dr|Mr|Mrs|Ms|Prof|St))\.$")
"""Ends a text with an abbreviation that a name in capitals may follow; any other is followed by small letters."""


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

    def __post_init__(self) -> None:
        if self.decides is not None and not callable(self.decides):
            raise ContractError(f"a Check is made of a function of view and rows; it was given {_kind(self.decides)}")
        if isinstance(self.keeps, bool) or not isinstance(self.keeps, int | float) or not 0 <= self.keeps <= 1:
            raise ContractError(f"a Check's keeps must be a number from 0 to 1; it is {self.keeps!r}")


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
        """Return the check's result for each row, null where it cannot be run.

        Raises
        ------
        ContractError
            If the check fails, or returns anything but true, false or null for each row.
        """
        if self.check is None or rows.is_empty():
            return pl.Series(self.name, [None] * len(rows), pl.Boolean)
        about = f"the check {self.name!r}"
        try:
            answer: object = self.check(view, rows)
        except FinvestError:
            raise
        except (Exception, SystemExit) as error:
            takes = f"it is a function of view and rows, with {', '.join(rows.columns)}"
            raise ContractError(f"{about} failed ({place_of(error)}); {takes}") from error
        wanted = f"{about} must return a polars Series of true, false or null, one a row ({len(rows)})"
        if not isinstance(answer, pl.Series):
            raise ContractError(f"{wanted}; it returned {type(answer).__name__}")
        if answer.dtype not in (pl.Boolean, pl.Null):
            raise ContractError(f"{wanted}; it returned {answer.dtype}")
        if len(answer) != len(rows):
            raise ContractError(f"{wanted}; it returned {len(answer)} of them")
        return answer.cast(pl.Boolean).alias(self.name)


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
        self._check_kinds()
        self._check_names()
        if unknown := self.checks.keys() - self.innocent.keys():
            names, there = ", ".join(sorted(unknown)), ", ".join(self.innocent) or "none"
            raise ContractError(f"{self.id}: checks names no innocent explanation with {names}; innocent has {there}")
        counter_checks = tuple(self._counter_check(name, text) for name, text in self.innocent.items())
        object.__setattr__(self, "counter_checks", counter_checks)  # frozen

    def _check_kinds(self) -> None:
        if not isinstance(self.id, str) or re.fullmatch("[A-Z]{3}-[0-9]{2}", self.id) is None:
            wanted = "like XMP-01: three capitals, a dash, two digits"
            raise ContractError(f"a card's id must be {wanted}; it is {self.id!r}")
        for name in ("title", "what", "sentence"):
            if not isinstance(text := getattr(self, name), str):
                raise ContractError(f"{self.id}: {name} must be a text; it is {_kind(text)}")
        for name, like in (("needs", "('transactions',)"), ("sources", "('S1',)")):
            texts, wanted = getattr(self, name), f"{self.id}: {name} must be a tuple of texts, like {like}"
            if not isinstance(texts, tuple):
                raise ContractError(f"{wanted}; it is {_kind(texts)}")
            for text in texts:
                if not isinstance(text, str):
                    raise ContractError(f"{wanted}; it has {_kind(text)}")
        for name, like in (
            ("roles", ", like {'payer': ('account', 'undetermined')}"),
            ("innocent", " of a name to a text, like {'rents': 'Rents are often round. Ask the holder what for.'}"),
            ("checks", " of a name in innocent to a Check"),
        ):
            if not isinstance(given := getattr(self, name), Mapping):
                raise ContractError(f"{self.id}: {name} must be a dict{like}; it is {_kind(given)}")
            if name == "roles" and not given:
                raise ContractError(f"{self.id}: roles must be a dict{like}; it is empty")

    def _check_names(self) -> None:
        if self.strength not in get_args(Strength):
            raise ContractError(f"{self.id}: strength must be {_either(Strength)}; it is {self.strength!r}")
        for column, both in self.roles.items():
            # A role that is none would leave a possible victim unmasked.
            if both not in [(kind, role) for kind in get_args(Kind) for role in get_args(Role)]:
                wanted = f"a kind ({_either(Kind)}) and a role ({_either(Role)})"
                raise ContractError(f"{self.id}: role {column!r} must be {wanted}; it is {both!r}")
        for need in self.needs:
            if (table := need.partition(".")[0]) not in TABLES:
                near = get_close_matches(table, TABLES, 1)
                hint = f"did you mean {near[0]}?" if near else "docs/data-dictionary.md lists them"
                raise ContractError(f"{self.id}: needs names no table {table!r}; {hint}")

    def _counter_check(self, name: str, text: str) -> CounterCheck:
        if not isinstance(name, str):
            raise ContractError(f"{self.id}: the name of an innocent explanation must be a text; it is {_kind(name)}")
        if not isinstance(text, str):
            raise ContractError(f"{self.id}: {name!r} must be a text; it is {_kind(text)}")
        explanation, ask = _first_sentence(text)
        if not ask:
            raise ContractError(
                f"{self.id}: {name!r} must be a sentence that explains, and then what to ask for, as a sentence that "
                f"begins with a capital"
            )
        check = self.checks.get(name, Check())
        if not isinstance(check, Check):
            like = "Check(function) or listed_company('payer')"
            raise ContractError(f"{self.id}: the check {name!r} must be a Check, like {like}; it is {_kind(check)}")
        return CounterCheck(name=name, explanation=explanation, ask=ask, check=check.decides, keeps=check.keeps)

    @property
    def family(self) -> str:
        """The catalogue's family, like ``GRF``."""
        return self.id.partition("-")[0]


def _first_sentence(text: str) -> tuple[str, str]:
    """Part a text where its first sentence ends: after a dot, question or exclamation mark, before a capital."""
    for end in re.finditer(r"(?<=[.?!])\s+", text):
        first, rest = text[: end.start()], text[end.end() :]
        if rest.lstrip("\"'(„“«")[:1].isupper() and _NO_END.search(first) is None:
            return first, rest
    return text, ""


def _kind(thing: object) -> str:
    name = type(thing).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _either(names: Any) -> str:  # noqa: ANN401 - a Literal
    *others, last = get_args(names)
    return f"{', '.join(others)} or {last}"
