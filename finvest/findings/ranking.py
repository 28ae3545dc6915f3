"""Ranking: which accounts to review first, with what each finding contributes.

A finding counts with its score times the ceiling of its indicator's strength, because no indicator stands alone. Of
findings that share evidence the strongest counts. Independent weights w combine to 1 − Π(1 − w) (noisy-or), inside a
family and across families, so more independent evidence never lowers a rank. It ranks accounts for review. It never
says that somebody is guilty, and never ranks a possible victim as a suspect.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finvest.findings.finding import Finding

CEILINGS = {"weak": 0.3, "moderate": 0.6, "strong": 0.9, "review": 0.0}
"""Most that one finding can count, by the strength of its indicator."""

_SATURATED = 0.999


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one finding adds to the rank of a subject.

    Attributes
    ----------
    finding : Finding
    weight : float
        Score times ceiling.
    share : float
        −log(1 − weight): adds up over findings. 0 for a finding that shares evidence with a stronger one.
    """

    finding: Finding
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A subject in the ranking.

    Attributes
    ----------
    rank : int
        From 1; equal subjects share a rank.
    id, kind, label : str
    score : float
        Combined weight in [0, 1].
    families : int
        Independent families of indicators that count.
    contributions : tuple of Contribution
        Strongest first.
    """

    rank: int
    id: str
    kind: str
    label: str
    score: float
    families: int
    contributions: tuple[Contribution, ...]


class Ranking:
    """Subjects in the order in which to review them.

    Parameters
    ----------
    findings : iterable of Finding
        Withdrawn ones do not count. Subjects that one of the others calls a possible victim are not ranked.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        by_subject: dict[tuple[str, str], dict[str, Finding]] = defaultdict(dict)
        labels: dict[tuple[str, str], str] = {}
        standing = [f for f in findings if not f.withdrawn]
        victims = {(s.kind, s.id) for f in standing for s in f.subjects if s.role == "possible_victim"}
        for finding in standing:
            for subject in finding.subjects:
                if (subject.kind, subject.id) not in victims:
                    by_subject[subject.kind, subject.id][finding.id] = finding
                    labels[subject.kind, subject.id] = subject.label
        scored = [(*_combine(found.values()), kind, id_) for (kind, id_), found in by_subject.items()]
        scored.sort(key=lambda row: (*(-x for x in _order(row)), row[4]))
        self._ranked: list[Ranked] = []
        for place, (score, families, contributions, kind, id_) in enumerate(scored, 1):
            tied = place > 1 and _order(scored[place - 2]) == _order(scored[place - 1])
            rank = self._ranked[-1].rank if tied else place
            self._ranked.append(Ranked(rank, id_, kind, labels[kind, id_], score, families, contributions))

    def __iter__(self) -> Iterator[Ranked]:
        return iter(self._ranked)

    def __len__(self) -> int:
        return len(self._ranked)

    def __getitem__(self, place: int) -> Ranked:
        return self._ranked[place]

    def to_frame(self) -> pl.DataFrame:
        """Return the ranking as a frame, one row a subject."""
        return pl.DataFrame(
            [
                {
                    "rank": r.rank,
                    "subject": r.id,
                    "kind": r.kind,
                    "label": r.label,
                    "score": r.score,
                    "families": r.families,
                    "findings": [c.finding.id for c in r.contributions if c.share > 0],
                }
                for r in self._ranked
            ],
            schema={
                "rank": pl.Int64,
                "subject": pl.String,
                "kind": pl.String,
                "label": pl.String,
                "score": pl.Float64,
                "families": pl.Int64,
                "findings": pl.List(pl.String),
            },
        )


def _combine(findings: Iterable[Finding]) -> tuple[float, int, tuple[Contribution, ...]]:
    """Return combined weight, number of families and contributions of one subject's findings."""
    strongest = sorted(findings, key=lambda f: (-weight(f), f.id))
    contributions: list[Contribution] = []
    used: set[tuple[str, str]] = set()
    families: set[str] = set()
    doubt = 1.0
    for finding in strongest:
        records = {(table, record) for table, found in finding.evidence.items() for record in found}
        counts = not records & used and weight(finding) > 0
        if counts:
            used |= records
            families.add(finding.card.family)
            doubt *= 1 - weight(finding)
        contributions.append(Contribution(finding, weight(finding), -math.log1p(-weight(finding)) if counts else 0.0))
    return 1 - doubt, len(families), tuple(contributions)


def weight(finding: Finding) -> float:
    """Return what a finding counts by itself: score times the ceiling of its indicator's strength."""
    return finding.score * CEILINGS[finding.card.strength]


def _order(row: tuple[float, int, tuple[Contribution, ...], str, str]) -> tuple[float, int, float]:
    """Order by combined weight; where that saturates by families, then by the sum of contributions."""
    score, families, contributions = row[:3]
    total = round(sum(c.share for c in contributions), 9)
    return (1.0, families, total) if score >= _SATURATED else (round(score, 9), 0, 0.0)
