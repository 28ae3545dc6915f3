"""What is measured of detectors, their ranking and baselines on one labelled set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from finvest.evaluate.answers import Task

BUDGETS = (50, 100, 500)
"""How many of the highest scores somebody looks at."""

RANKING = "ranking"
"""All detectors together."""

VAL, TEST = "val", "test"
SHARE = 0.01
"""Of all, the budget at which recall by pattern is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How well one method ranks accounts or transactions in one window.

    Attributes
    ----------
    method : str
        A detector's id, ``ranking``, or the name of a baseline.
    family : {"detector", "ranking", "chance", "degree", "column"}
    task, window : str
    count, positives, patterns : int
        What is ranked, what is to be found, and how many patterns that is.
    base_rate : float
        Share of positives: the average precision of a constant score.
    ap : float
        Average precision.
    low, high : float or None
        Between these lie 95 % of the resamples of whole patterns.
    by_subject : float or None
        Average precision of accounts where only the subjects of findings get their scores.
    roc_auc : float
    precision, recall : dict of int to float
        Within the budgets, mean over every order inside a tie.
    threshold_from : {"val", "oracle"}
        Where the threshold of the next figures was chosen; ``oracle`` is on what is judged, the best there can be.
    f1 : float
    false_alarms : float
        Negatives at that threshold, of 10,000 that are ranked.
    recall_by_kind : dict of str to float
        Share of the positives of each kind of pattern within the first hundredth.
    curve : list of (float, float)
        Recall and precision, thinned out for a drawing.
    verdict, why : str
        In words, and by which figures; only of detectors and the ranking.
    """

    method: str
    family: str
    task: Task
    window: str
    count: int
    positives: int
    patterns: int
    base_rate: float
    ap: float
    low: float | None
    high: float | None
    by_subject: float | None
    roc_auc: float
    precision: dict[int, float]
    recall: dict[int, float]
    threshold_from: str
    f1: float
    false_alarms: float
    recall_by_kind: dict[str, float]
    curve: list[tuple[float, float]]
    verdict: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many whole patterns a detector, or all of them, found in a window.

    Attributes
    ----------
    method, window : str
    findings : int
        Findings that stand, of the whole period.
    patterns, look_alikes : polars.DataFrame
        What was planted, and what is innocent; see `finvest.evaluate.scores.Suspicions.patterns`.
    """

    method: str
    window: str
    findings: int
    patterns: pl.DataFrame
    look_alikes: pl.DataFrame

    @property
    def found(self) -> int:
        """Patterns found by any finding."""
        return int(self.patterns["found"].sum())

    def within(self, budget: int) -> int:
        """Return how many were found by the so many strongest findings."""
        return int((self.patterns["place"] <= budget).sum())

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Return how many of each kind were found, of how many."""
        return _by_kind(self.patterns)

    def accused(self) -> dict[str, tuple[int, int]]:
        """Return how many look-alikes of each kind were taken for a pattern, of how many."""
        return _by_kind(self.look_alikes)


def _by_kind(patterns: pl.DataFrame) -> dict[str, tuple[int, int]]:
    rows = patterns.group_by("kind").agg(pl.col("found").sum(), all=pl.len()).sort("kind")
    return {kind: (found, total) for kind, found, total in rows.iter_rows()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What came of evaluating detectors on one set.

    Attributes
    ----------
    name : str
        Of the set.
    dated : bool
        Times were cut to dates.
    windows : tuple of str
    settings : dict of str to dict
        Parameters by detector.
    measured : tuple of Measured
    found : tuple of Found
    not_assessable : dict of str to str
        Detector to the reason.
    scores : dict of (str, str, str) to polars.DataFrame
        Method, task and window to ``id`` and ``score``; of detectors and the ranking, those without a score left out.
    """

    name: str
    dated: bool
    windows: tuple[str, ...]
    settings: dict[str, dict[str, Any]]
    measured: tuple[Measured, ...]
    found: tuple[Found, ...]
    not_assessable: dict[str, str]
    scores: dict[tuple[str, Task, str], pl.DataFrame]

    def __repr__(self) -> str:
        told = "; ".join(
            f"{m.task} {m.window} AP {m.ap:.3f} (base {m.base_rate:.4f})" for m in self.measured if m.method == RANKING
        )
        return f"<Evaluation of {len(self.settings)} detectors on {self.name}: {told}>"

    def one(self, method: str, task: Task, window: str) -> Measured:
        """Return one measurement.

        Raises
        ------
        KeyError
            If there is none.
        """
        for m in self.measured:
            if (m.method, m.task, m.window) == (method, task, window):
                return m
        raise KeyError(f"no measurement of {method}, {task}, {window}")

    def to_frame(self) -> pl.DataFrame:
        """Return the measurements, a row each."""
        times = "dates" if self.dated else "times"
        return pl.DataFrame(
            [
                {
                    "set": self.name,
                    "known": times,
                    "task": m.task,
                    "window": m.window,
                    "method": m.method,
                    "family": m.family,
                    "ap": m.ap,
                    "low": m.low,
                    "high": m.high,
                    "base_rate": m.base_rate,
                    "by_subject": m.by_subject,
                    "roc_auc": m.roc_auc,
                    **{f"precision_{k}": v for k, v in m.precision.items()},
                    **{f"recall_{k}": v for k, v in m.recall.items()},
                    "f1": m.f1,
                    "threshold_from": m.threshold_from,
                    "false_alarms": m.false_alarms,
                    "positives": m.positives,
                    "count": m.count,
                    "patterns": m.patterns,
                    "verdict": m.verdict,
                }
                for m in self.measured
            ],
            infer_schema_length=None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the scores, for JSON."""
        return {
            "set": self.name,
            "dated": self.dated,
            "windows": list(self.windows),
            "settings": self.settings,
            "not_assessable": self.not_assessable,
            "measured": [
                {field: getattr(m, field) for field in Measured.__slots__ if field != "curve"} for m in self.measured
            ],
            "patterns": [
                {
                    "method": f.method,
                    "window": f.window,
                    "findings": f.findings,
                    "patterns": len(f.patterns),
                    "found": f.found,
                    **{f"found_by_first_{b}": f.within(b) for b in BUDGETS},
                    "by_kind": {k: {"found": a, "of": b} for k, (a, b) in f.by_kind().items()},
                    "look_alikes": {k: {"accused": a, "of": b} for k, (a, b) in f.accused().items()},
                }
                for f in self.found
            ],
        }
