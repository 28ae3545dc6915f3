"""What would change a finding: an explanation that held or did not, and a parameter moved by a fifth."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import prod
from typing import TYPE_CHECKING

import polars as pl

from finvest.findings.report import Report
from finvest.model.errors import ContractError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.view import CaseView

FACTORS = (0.8, 1.2)
"""A fifth down and up."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a finding would be if the answer on an innocent explanation were the other one.

    Attributes
    ----------
    check : str
        Name of the explanation.
    held : bool
        What would be the case then.
    score : float
        The score then, 0 to 1.
    withdrawn : bool
        Whether the finding would be withdrawn then.
    """

    check: str
    held: bool
    score: float
    withdrawn: bool

    def __str__(self) -> str:
        if self.withdrawn:
            return "withdrawn"
        return f"score {self.score:.2f}"


@dataclass(frozen=True, slots=True)
class Moved:
    """What becomes of a finding where one parameter has another value.

    Attributes
    ----------
    parameter : str
    now, then : int or float
        Its value, and the one that was tried.
    outcome : {"stays", "goes", "withdrawn", "not assessable", "fails"}
    score : float or None
        The score then, where it stays.
    """

    parameter: str
    now: float
    then: float
    outcome: str
    score: float | None = None

    def __str__(self) -> str:
        return f"stays, score {self.score:.2f}" if self.score is not None else self.outcome


def otherwise(finding: Finding) -> tuple[Otherwise, ...]:
    """Return, for each innocent explanation, what the finding would be if the answer were the other one."""
    keeps = {c.name: c.keeps for c in finding.card.counter_checks}
    present = {c.name for c in finding.checks if c.result == "present"}
    before = finding.score if finding.found_score is None else finding.found_score
    told = []
    for check in finding.checks:
        then = present ^ {check.name}
        withdrawn = any(keeps[name] == 0 for name in then)
        told.append(Otherwise(check.name, check.name in then, before * prod(keeps[n] for n in then), withdrawn))
    return tuple(told)


def moved(finding: Finding, detector: Detector, view: CaseView) -> tuple[Moved, ...]:
    """Run a detector again with each numeric parameter a fifth lower and higher; return what becomes of a finding.

    Parameters
    ----------
    finding : Finding
    detector : Detector
        Of the finding's indicator; it is left as it is.
    view : CaseView
        What it was found in.

    Returns
    -------
    tuple of Moved
        Values outside of a parameter's bounds are left out.

    Notes
    -----
    The finding is recognised by its part: the row that shares most subjects in their parts, then most records, and at
    least one of both.
    """
    told = []
    for name, now, then in tried(detector, finding.parameters):
        changed = type(detector)(**{**finding.parameters, name: then})
        try:
            report = changed.detect(view)
        except UsageError:
            continue  # parameters that contradict each other
        except ContractError:
            told.append(Moved(name, now, then, "fails"))
            continue
        told.append(Moved(name, now, then, *_outcome(finding, report)))
    return tuple(told)


def tried(detector: Detector, parameters: dict[str, float]) -> Iterator[tuple[str, float, float]]:
    """Yield name, value, and the next values to try of each numeric parameter: a fifth away, at least 1 if whole."""
    for f in fields(detector):  # type: ignore[arg-type]
        now = parameters[f.name]
        if isinstance(now, bool):
            continue
        for factor in FACTORS:
            then = now * factor
            if isinstance(f.default, int):
                then = round(then) if round(then) != now else now + (1 if factor > 1 else -1)
            low, high = f.metadata["low"], f.metadata["high"]
            if then != now and (low is None or then >= low) and (high is None or then <= high):
                yield f.name, now, then


def _outcome(finding: Finding, report: Report) -> tuple[str, float | None]:
    if report.not_assessable is not None:
        return "not assessable", None
    rows = report.rows
    if "evidence" in rows.columns and finding.movements:
        ours = pl.lit(list(finding.movements), pl.List(pl.UInt32))
        rows = rows.filter(pl.col("evidence").list.set_intersection(ours).list.len() > 0)
    subjects = {(s.column, s.id) for s in finding.subjects}
    records = {(table, record) for table, ids in finding.evidence.items() for record in ids}
    alike = []
    for other in Report(report.detector, report.view, rows):
        same = len(subjects & {(s.column, s.id) for s in other.subjects})
        shared = len(records & {(table, record) for table, ids in other.evidence.items() for record in ids})
        if same and shared:
            alike.append((same, shared, not other.withdrawn, other.score))
    if not alike:
        return "goes", None
    *_, stands, score = max(alike)
    return ("stays", score) if stands or finding.withdrawn else ("withdrawn", None)
