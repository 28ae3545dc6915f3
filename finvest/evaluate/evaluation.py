"""Evaluating detectors on one labelled set: each by itself, their ranking, and baselines beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.evaluate.answers import ALL, TASKS, Answers, Question, Task
from finvest.evaluate.baselines import baselines
from finvest.evaluate.measured import BUDGETS, RANKING, SHARE, TEST, VAL, Evaluation, Found, Measured
from finvest.evaluate.metrics import RESAMPLES, Curve, Draws, called_within, interval
from finvest.evaluate.scores import NONE, Suspicions
from finvest.evaluate.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from finvest.findings.detector import Detector
    from finvest.view import CaseView

__all__ = ["BUDGETS", "RANKING", "TEST", "VAL", "Evaluation", "Found", "Measured", "evaluate"]


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
    inside = {window: answers.inside(window) for window in chosen}
    found = tuple(
        Found(
            method=method,
            window=window,
            findings=len(suspicions),
            patterns=suspicions.patterns(answers.members, answers.kinds, inside[window]),
            look_alikes=suspicions.patterns(answers.look_alikes, answers.kinds, inside[window]),
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
        self.task: Task = task
        self.answers, self.window, self.seed = answers, window, seed
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
        elif self.task == "parties":
            scores = found.of_parties(self.inside)
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
