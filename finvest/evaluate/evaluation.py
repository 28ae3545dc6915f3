"""Evaluating detectors on one labelled set: each by itself, their ranking, and baselines beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from finvest.evaluate.answers import ALL, TASKS, Answers, Question, Task
from finvest.evaluate.baselines import baselines
from finvest.evaluate.metrics import RESAMPLES, Curve, Draws, called_within, interval
from finvest.evaluate.scores import NONE, Suspicions
from finvest.evaluate.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from finvest.findings.detector import Detector
    from finvest.view import CaseView

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
    patterns : polars.DataFrame
        See `finvest.evaluate.scores.Suspicions.patterns`.
    """

    method: str
    window: str
    findings: int
    patterns: pl.DataFrame

    @property
    def found(self) -> int:
        """Patterns found by any finding."""
        return int(self.patterns["found"].sum())

    def within(self, budget: int) -> int:
        """Return how many were found by the so many strongest findings."""
        return int((self.patterns["place"] <= budget).sum())

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Return how many of each kind were found, of how many."""
        rows = self.patterns.group_by("kind").agg(pl.col("found").sum(), all=pl.len()).sort("kind")
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
                }
                for f in self.found
            ],
        }


def evaluate(
    name: str,
    view: CaseView,
    answers: Answers,
    detectors: Sequence[Detector],
    *,
    windows: Sequence[str] | None = None,
    dated: bool = False,
    resamples: int = RESAMPLES,
    seed: int = 0,
    beside: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Run detectors over a view and measure what they found against the answers.

    Parameters
    ----------
    name : str
        Of the set.
    view : CaseView
    answers : Answers
        Of the same view.
    detectors : sequence of Detector
    windows : sequence of str, optional
        ``test``, where the set has it, and ``all`` where left out.
    dated : bool
        Times were cut to dates; noted, nothing else.
    resamples, seed : int
        Of the intervals.
    beside : bool
        Measure the single columns too; chance and degree always are.
    progress : callable, optional
        Told what is being worked on.
    """
    tell = progress or (lambda _: None)
    chosen = answers.checked(windows) if windows is not None else [w for w in (TEST, ALL) if w in answers.windows]
    reports = []
    for detector in detectors:
        tell(f"{name}: {detector.card.id}")
        reports.append(detector.detect(view))
    gaps = {r.detector.card.id: r.not_assessable for r in reports if r.not_assessable is not None}
    judged = [r for r in reports if r.not_assessable is None]
    methods: dict[str, Suspicions] = {r.detector.card.id: Suspicions.of(view, [r], weighted=False) for r in judged}
    methods[RANKING] = Suspicions.of(view, judged, weighted=True)
    measured: list[Measured] = []
    scores: dict[tuple[str, Task, str], pl.DataFrame] = {}
    for task in TASKS:
        val = _Judge(answers, task, VAL, 0, seed) if VAL in answers.windows else None
        for window in chosen:
            tell(f"{name}: {task}, {window}")
            judge = _Judge(answers, task, window, resamples, seed)
            if not judge.question.positives:
                continue
            measured += judge.measure(methods, val, beside=beside)
            for method, suspicions in methods.items():
                scores[method, task, window] = judge.exported(suspicions, ranked=method == RANKING)
    found = tuple(
        Found(
            method=method,
            window=window,
            findings=len(suspicions),
            patterns=suspicions.patterns(answers, answers.inside(window)),
        )
        for window in chosen
        for method, suspicions in methods.items()
    )
    return Evaluation(
        name=name,
        dated=dated,
        windows=tuple(chosen),
        settings={d.card.id: d.get_params() for d in detectors},
        measured=tuple(measured),
        found=found,
        not_assessable=gaps,
        scores=scores,
    )


class _Judge:
    """One question, and everything that is measured of it."""

    def __init__(self, answers: Answers, task: Task, window: str, resamples: int, seed: int) -> None:
        self.answers, self.task, self.window, self.seed = answers, task, window, seed
        self.question: Question = answers.question(task, window)
        self.inside = answers.inside(window)
        self.draws = Draws.of(self.question.patterns, resamples, np.random.default_rng(seed))
        self._baselines: dict[str, tuple[str, NDArray[np.float64]]] | None = None

    def baselines(self) -> dict[str, tuple[str, NDArray[np.float64]]]:
        """Return the baselines' families and scores by name."""
        if self._baselines is None:
            made = baselines(self.answers.view, self.question, self.inside, self.seed)
            self._baselines = {name: (family, score) for name, family, score in made}
        return self._baselines

    def score(self, found: Suspicions, *, ranked: bool, by_subject: bool = False) -> NDArray[np.float64]:
        """Return the score of each subject of the question."""
        if self.task == "transactions":
            scores = found.transactions(self.inside, combine=ranked)
        else:
            scores = found.accounts(self.inside, "subjects" if by_subject else "ends", combine=ranked)
        number = self.question.number
        if not len(scores):
            return np.full(len(number), NONE)
        return np.where(number >= 0, scores[np.maximum(number, 0)], NONE)

    def exported(self, found: Suspicions, *, ranked: bool) -> pl.DataFrame:
        """Return who or what has a score, with it."""
        score = self.score(found, ranked=ranked)
        return pl.DataFrame({"id": self.question.subject, "score": score}).filter(pl.col("score") > NONE)

    def measure(self, methods: dict[str, Suspicions], val: _Judge | None, *, beside: bool) -> Iterator[Measured]:
        """Yield the measurements of detectors, ranking and baselines."""
        constant = self.draws.average_precisions(self.question.truth, np.zeros(len(self.question)))
        rivals: list[tuple[str, float, NDArray[np.float64]]] = [("chance", self._base_rate(), constant)]
        later = []
        for name, (family, score) in self.baselines().items():
            if family == "column" and not beside:
                continue
            on_val = val.baselines()[name][1] if val is not None else None
            m, samples = self._measured(name, family, score, val, on_val)
            later.append(m)
            if family == "degree":
                rivals.append((name, m.ap, samples))
        for name, found in methods.items():
            ranked = name == RANKING
            score = self.score(found, ranked=ranked)
            on_val = val.score(found, ranked=ranked) if val is not None else None
            subject = None
            if self.task == "accounts":
                by_subject = self.score(found, ranked=ranked, by_subject=True)
                subject = Curve.of(self.question.truth, by_subject).average_precision()
            said = (rivals, subject)
            yield self._measured(name, RANKING if ranked else "detector", score, val, on_val, said)[0]
        yield from later

    def _base_rate(self) -> float:
        return self.question.positives / max(len(self.question), 1)

    def _measured(
        self,
        method: str,
        family: str,
        score: NDArray[np.float64],
        val: _Judge | None,
        on_val: NDArray[np.float64] | None,
        said: tuple[list[tuple[str, float, NDArray[np.float64]]], float | None] | None = None,
    ) -> tuple[Measured, NDArray[np.float64]]:
        q = self.question
        curve = Curve.of(q.truth, score)
        samples = self.draws.average_precisions(q.truth, score)
        between = interval(samples)
        if val is not None and on_val is not None and val.question.positives:
            threshold, chosen = Curve.of(val.question.truth, on_val).best_threshold()[1], VAL
        else:
            threshold, chosen = curve.best_threshold()[1], "oracle"
        if family in {"detector", RANKING}:
            threshold = max(threshold, np.nextafter(NONE, 0))  # who has no score is never called
        hits, called = curve.at(threshold)
        within = {b: curve.hits_within(b) for b in BUDGETS}
        ap = curve.average_precision()
        word, why = verdict(ap, samples, said[0], q.pattern_count) if said is not None else ("", "")
        return Measured(
            method=method,
            family=family,
            task=self.task,
            window=self.window,
            count=len(q),
            positives=q.positives,
            patterns=q.pattern_count,
            base_rate=self._base_rate(),
            ap=ap,
            low=between[0] if between else None,
            high=between[1] if between else None,
            by_subject=said[1] if said is not None else None,
            roc_auc=curve.roc_auc(),
            precision={b: within[b] / min(b, len(q)) for b in BUDGETS},
            recall={b: within[b] / q.positives for b in BUDGETS},
            threshold_from=chosen,
            f1=curve.f1_at(threshold),
            false_alarms=(called - hits) / len(q) * 10_000,
            recall_by_kind=self._by_kind(score),
            curve=_thinned(curve),
            verdict=word,
            why=why,
        ), samples

    def _by_kind(self, score: NDArray[np.float64]) -> dict[str, float]:
        q = self.question
        found = called_within(score, max(1, round(SHARE * len(q))))[q.truth]
        by_kind: dict[str, list[float]] = {}
        for share, own in zip(found.tolist(), q.patterns, strict=True):
            for kind in {self.answers.kinds.get(p, "") for p in own} - {""}:
                by_kind.setdefault(kind, []).append(share)
        return {kind: sum(found) / len(found) for kind, found in sorted(by_kind.items())}


def _thinned(curve: Curve, most: int = 200) -> list[tuple[float, float]]:
    """Return recall and precision at no more than so many thresholds, evenly over recall."""
    recall, precision = curve.recall, curve.precision
    places = np.unique(np.searchsorted(recall, np.linspace(0, 1, most)).clip(0, len(recall) - 1))
    return [(round(float(recall[i]), 5), round(float(precision[i]), 5)) for i in places]
