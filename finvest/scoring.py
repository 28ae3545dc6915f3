"""Running detectors over a view, and what they found: findings, their ranking, and what could not be judged.

A detector that fails ends nobody else's work: its failure is one line among the findings.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.ranking import Ranking
from finvest.model.errors import FinvestError, UsageError, place_of
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.findings.report import Report
    from finvest.registry import Registry
    from finvest.view import CaseView


_LOG = logging.getLogger(__name__)

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
    failed : dict of str to str
        Detector (catalogue id, or file where it could not be loaded) to why it could not run; it found nothing, which
        means nothing.
    detectors : mapping of str to Detector
        Those that ran, by catalogue id.
    """

    view: CaseView
    all: tuple[Finding, ...]
    not_assessable: dict[str, str]
    unjudged: dict[str, tuple[str, ...]]
    failed: dict[str, str] = field(default_factory=dict)
    detectors: Mapping[str, Detector] = field(default_factory=dict)

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
        failed = f", {len(self.failed)} detectors failed" if self.failed else ""
        gaps = len(self.not_assessable)
        return f"<Findings: {len(self)}, {len(self.withdrawn)} withdrawn, {gaps} not assessable{failed}>"

    def _repr_html_(self) -> str:
        from finvest.views.tables import TableView

        ranked = self.ranking.to_frame().drop("subject", "kind").with_columns(pl.col("findings").list.join(", "))
        found = [
            {"finding": f.id, "indicator": f.indicator, "score": f.score, "why": f.sentence, "state": _state(f)}
            for f in self.all
        ]
        gaps = [{"indicator": i, "not assessable": why} for i, why in self.not_assessable.items()]
        gaps += [{"indicator": i, "not assessable": why} for i, lines in self.unjudged.items() for why in lines]
        failed = [{"detector": i, "could not run": why} for i, why in self.failed.items()]
        tables = {
            "Accounts to review": ranked,
            "Findings": pl.DataFrame(found),
            "Not assessable": pl.DataFrame(gaps),
            "Detectors that failed": pl.DataFrame(failed),
        }
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
    registry: Registry,
    only: Sequence[str | Detector],
    parameters: dict[str, dict[str, Any]] | None,
    *,
    whole: bool = False,
) -> list[Detector]:
    """Return detectors (all where `only` is empty) with their parameters.

    Parameters
    ----------
    registry : Registry
    only : sequence of str or Detector
        Catalogue ids, or detectors of one's own.
    parameters : dict, optional
        Catalogue id to parameters.
    whole : bool
        Where all are asked for, take no less: a file that was refused ends it.

    Raises
    ------
    UsageError
        If there is no such detector or parameter, or one that was given is out of bounds.
    """
    if whole and not only and (refused := registry.refused()):
        raise UsageError("; ".join(refused.values()))
    wanted = [registry.detector(one)() if isinstance(one, str) else one for one in only]
    every = wanted or [cls() for cls in registry.detectors().values()]
    given = {i.upper(): p for i, p in (parameters or {}).items()}
    for detector in every:
        if detector.card.id in given:
            detector.set_params(**given[detector.card.id]).check_parameters()
    return every


def used_before(findings: pl.DataFrame, registry: Registry) -> dict[str, dict[str, Any]]:
    """Return the parameters with which findings on file were found: they are found again with no others.

    Parameters
    ----------
    findings : polars.DataFrame
        The table `findings`.
    registry : Registry

    Returns
    -------
    dict
        Catalogue id to parameters, of detectors that are there in the version that found them.
    """
    known = registry.detectors()
    rows = findings.select("indicator", "version", "parameters").unique("indicator", keep="last", maintain_order=True)
    return {
        indicator: json.loads(parameters)
        for indicator, version, parameters in rows.iter_rows()
        if indicator in known and known[indicator].card.version == version
    }


def _state(finding: Finding) -> str:
    held = ", ".join(c.name for c in finding.checks if c.result == "present")
    return f"withdrawn: {held}" if finding.withdrawn else "to review"


def score(
    view: CaseView,
    detectors: Sequence[Detector],
    progress: Callable[[str], None] | None = None,
    refused: Mapping[str, str] | None = None,
) -> Findings:
    """Run detectors over a view; one that fails is listed, and the others run.

    Parameters
    ----------
    view : CaseView
    detectors : sequence of Detector
    progress : callable, optional
        Told the id of each detector before it runs.
    refused : mapping of str to str, optional
        Detector files that could not be taken, see `finvest.registry.Registry.refused`.
    """
    failed = dict(refused or {})
    reports: list[Report] = []
    for place, detector in enumerate(detectors):
        if place and detector.card.family != detectors[place - 1].card.family:
            view.forget(graph=False)  # families share few measures, and those of a large case take gigabytes
        if progress is not None:
            progress(detector.card.id)
        with _listing(failed, detector):
            reports.append(detector.detect(view))
    view.forget()
    # Whom one detector holds for a possible victim is masked in what the others say, too.
    victims: list[pl.DataFrame] = []
    for report in reports:
        with _listing(failed, report.detector):
            victims.append(report.victims())
    view = view.presuming(pl.concat(victims).unique().sort("kind", "id") if victims else pl.DataFrame())
    found: list[Finding] = []
    reasons: dict[str, str] = {}
    unjudged: dict[str, tuple[str, ...]] = {}
    for report in reports:
        report.view, id_ = view, report.detector.card.id
        with _listing(failed, report.detector):
            found += [*report]
            if report.not_assessable is not None:
                reasons[id_] = report.not_assessable
            elif len(report.gaps):
                unjudged[id_] = report.unjudged()
    found.sort(key=lambda f: (f.withdrawn, -f.score, f.id))
    return Findings(view, tuple(found), reasons, unjudged, failed, {d.card.id: d for d in detectors})


@contextmanager
def _listing(failed: dict[str, str], detector: Detector) -> Iterator[None]:
    """List a failure instead of ending with it."""
    try:
        yield
    except FinvestError as error:
        failed[detector.card.id] = str(error)
    except (Exception, SystemExit) as error:
        _LOG.debug("%s failed", detector.card.id, exc_info=True)
        failed[detector.card.id] = f"a fault in the detector ({place_of(error)})"
