"""A finding: a suspicion with its subjects, its evidence, and what was checked. Always an assessment, never a fact."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from finvest.findings.card import Card, Role

Result = Literal["present", "absent", "to ask"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a finding is about.

    Attributes
    ----------
    column : str
        Part in the pattern, like ``collector``.
    kind : {"account", "party"}
    id : str
        Opaque id.
    role : str
        Role hypothesis, never of a person's guilt; of a withdrawn finding ``undetermined``, but for whom a record calls
        a victim.
    label : str
        What a reader knows it by; holders of victims' accounts are masked.
    """

    column: str
    kind: str
    id: str
    role: Role
    label: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An innocent explanation and what became of its check.

    Attributes
    ----------
    name, explanation, ask : str
        See `finvest.findings.card.CounterCheck`.
    result : {"present", "absent", "to ask"}
        Present: the explanation holds. To ask: the case's data cannot tell.
    """

    name: str
    explanation: str
    ask: str
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector reports.

    Attributes
    ----------
    id : str
        Hash of indicator, version, parameters, subjects and evidence: exact things only.
    card : Card
    parameters : dict
    subjects : tuple of Subject
    start, end : datetime or None
        First and last instant of the evidence, UTC.
    days : (date, date) or None
        First and last day of the evidence, as the books write them.
    amounts : tuple of (str, int)
        Sum of the evidence per currency, in minor units.
    base : (str, int) or None
        The case's base currency and the sum of the evidence in it, where `amounts` has several currencies and every
        one was converted; the fact `rate_sources` says by which rates.
    score : float
        0 to 1 after the counter-checks; higher is more suspicious.
    found_score : float or None
        0 to 1 before the counter-checks.
    withdrawn : bool
        An innocent explanation holds and clears it.
    evidence : dict of str to tuple of str
        Record ids by table.
    movements : tuple of int
        Transaction numbers of the evidence in the view it was found in.
    facts : dict
        What the detector measured.
    checks : tuple of Checked
    sentence : str
    """

    id: str
    card: Card
    parameters: dict[str, Any]
    subjects: tuple[Subject, ...]
    start: datetime | None
    end: datetime | None
    days: tuple[date, date] | None
    amounts: tuple[tuple[str, int], ...]
    score: float
    withdrawn: bool
    evidence: dict[str, tuple[str, ...]]
    movements: tuple[int, ...]
    facts: dict[str, Any]
    checks: tuple[Checked, ...]
    sentence: str
    base: tuple[str, int] | None = None
    found_score: float | None = None
    basis: str = "assessment"

    @property
    def indicator(self) -> str:
        """Catalogue id of the indicator."""
        return self.card.id

    @property
    def accounts(self) -> tuple[str, ...]:
        """Opaque ids of the accounts among the subjects."""
        return tuple(s.id for s in self.subjects if s.kind == "account")

    @property
    def parties(self) -> tuple[str, ...]:
        """Opaque ids of the parties among the subjects."""
        return tuple(s.id for s in self.subjects if s.kind == "party")

    def __repr__(self) -> str:
        state = "withdrawn" if self.withdrawn else f"score {self.score:.2f}"
        return f"<Finding {self.id} {self.indicator} {state}>"

    def row(self) -> dict[str, Any]:
        """Return the finding as a row of the table `findings`."""
        return {
            "finding": self.id,
            "indicator": self.indicator,
            "version": self.card.version,
            "parameters": _json(self.parameters),
            "subjects": _json(
                [{"column": s.column, "kind": s.kind, "id": s.id, "role": s.role} for s in self.subjects]
            ),
            "start": self.start,
            "end": self.end,
            "first_day": self.days[0] if self.days else None,
            "last_day": self.days[1] if self.days else None,
            "amounts": _json(dict(self.amounts)),
            "score": self.score,
            "evidence": _json(self.evidence),
            "facts": _json(self.facts),
            "checks": _json({c.name: c.result for c in self.checks}),
            "sentence": self.sentence,
            "basis": self.basis,
            "status": "withdrawn" if self.withdrawn else "unreviewed",
        }


def finding_id(
    card: Card, parameters: dict[str, Any], subjects: tuple[Subject, ...], evidence: dict[str, tuple[str, ...]]
) -> str:
    """Return the id of a finding: a hash of exact things, so that it survives a change of scores or wording."""
    exact = [card.id, card.version, parameters, [(s.column, s.id) for s in subjects], evidence]
    return "F-" + hashlib.sha256(_json(exact).encode()).hexdigest()[:10]


def _json(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, sort_keys=True, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Write NumPy's numbers as numbers, so that a tuned parameter gives the same id; anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)
