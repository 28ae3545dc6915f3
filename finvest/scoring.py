"""Running detectors over a view, and what they found: findings, their ranking, and what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.ranking import Ranking
from finvest.model.errors import UsageError
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.findings.report import Report
    from finvest.registry import Registry
    from finvest.view import CaseView


_ROWS = 10_000
"""Findings that become rows at a time: only memory depends on it."""


@dataclass(frozen=True)
class Findings:
    """What the detectors found in one view.

    Attributes
    ----------
    view : CaseView
    all : tuple of Finding
        Best first, withdrawn ones last.
    not_assessable : dict of str to str
        Catalogue id to the reason why nothing can be said.
    unjudged : dict of str to tuple of str
        Catalogue id to what could not be judged or was not searched to its end, a sentence each.
    """

    view: CaseView
    all: tuple[Finding, ...]
    not_assessable: dict[str, str]
    unjudged: dict[str, tuple[str, ...]]

    @property
    def standing(self) -> tuple[Finding, ...]:
        """Findings that no counter-check withdrew."""
        return tuple(f for f in self.all if not f.withdrawn)

    @property
    def withdrawn(self) -> tuple[Finding, ...]:
        """Findings that an innocent explanation cleared."""
        return tuple(f for f in self.all if f.withdrawn)

    @property
    def possible_victims(self) -> tuple[str, ...]:
        """Accounts that some finding holds for a possible victim's."""
        return tuple(
            sorted(
                {s.id for f in self.standing for s in f.subjects if s.kind == "account" and s.role == "possible_victim"}
            )
        )

    @property
    def ranking(self) -> Ranking:
        """Accounts in the order in which to review them."""
        return Ranking(self.all)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.standing)

    def __len__(self) -> int:
        return len(self.standing)

    def __getitem__(self, place: int) -> Finding:
        return self.standing[place]

    def __repr__(self) -> str:
        return f"<Findings: {len(self)}, {len(self.withdrawn)} withdrawn, {len(self.not_assessable)} not assessable>"

    def _repr_html_(self) -> str:
        from finvest.views.tables import TableView

        ranked = self.ranking.to_frame().drop("subject", "kind").with_columns(pl.col("findings").list.join(", "))
        found = [
            {"finding": f.id, "indicator": f.indicator, "score": f.score, "why": f.sentence, "state": _state(f)}
            for f in self.all
        ]
        gaps = [{"indicator": i, "not assessable": why} for i, why in self.not_assessable.items()]
        gaps += [{"indicator": i, "not assessable": why} for i, lines in self.unjudged.items() for why in lines]
        tables = {"Accounts to review": ranked, "Findings": pl.DataFrame(found), "Not assessable": pl.DataFrame(gaps)}
        return "".join(TableView(frame, title)._repr_html_() for title, frame in tables.items() if len(frame))

    def named(self, start: str) -> Finding:
        """Return the finding whose id begins so.

        Raises
        ------
        UsageError
            If none or several do.
        """
        found = [f for f in self.all if f.id.lower().startswith(start.lower()) or f.id[2:].startswith(start.lower())]
        if len(found) != 1:
            raise UsageError(f"{len(found)} findings begin with {start!r}; `finvest score` lists them")
        return found[0]

    def to_frame(self) -> pl.DataFrame:
        """Return the findings as rows of the table `findings`."""
        schema = TABLES["findings"].schema
        parts = [
            pl.DataFrame([f.row() for f in self.all[start : start + _ROWS]], schema_overrides=schema)
            for start in range(0, len(self.all), _ROWS)
        ]
        return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def chosen(
    registry: Registry, only: Sequence[str | Detector], parameters: dict[str, dict[str, Any]] | None
) -> list[Detector]:
    """Return detectors (all where `only` is empty) with their parameters.

    Parameters
    ----------
    registry : Registry
    only : sequence of str or Detector
        Catalogue ids, or detectors of one's own.
    parameters : dict, optional
        Catalogue id to parameters.
    """
    wanted = [registry.detector(one)() if isinstance(one, str) else one for one in only]
    every = wanted or [cls() for cls in registry.detectors().values()]
    given = {i.upper(): p for i, p in (parameters or {}).items()}
    return [detector.set_params(**given.get(detector.card.id, {})) for detector in every]


def _state(finding: Finding) -> str:
    held = ", ".join(c.name for c in finding.checks if c.result == "present")
    return f"withdrawn: {held}" if finding.withdrawn else "to review"


def score(view: CaseView, detectors: Sequence[Detector], progress: Callable[[str], None] | None = None) -> Findings:
    """Run detectors over a view.

    Parameters
    ----------
    view : CaseView
    detectors : sequence of Detector
    progress : callable, optional
        Told the id of each detector before it runs.
    """
    reports: list[tuple[str, Report]] = []
    for detector in detectors:
        if progress is not None:
            progress(detector.card.id)
        reports.append((detector.card.id, detector.detect(view)))
    view.forget()
    reasons = {id_: r.not_assessable for id_, r in reports if r.not_assessable is not None}
    unjudged = {id_: r.unjudged() for id_, r in reports if id_ not in reasons and len(r.gaps)}
    found = [finding for _, report in reports for finding in report]
    found.sort(key=lambda f: (f.withdrawn, -f.score, f.id))
    return Findings(view, tuple(found), reasons, unjudged)
