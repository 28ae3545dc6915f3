"""Measures of a ranking against answers: average precision and its interval, budgets, thresholds.

Ties are counted by expectation: average precision has one threshold per distinct score, and what is found within a
budget is the mean over every order inside a tie. A constant score earns exactly the base rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


RESAMPLES = 1000
"""Resamples of an interval."""

_ENDS = (2.5, 97.5)
_BLOCK = 200


@dataclass(frozen=True, slots=True)
class Curve:
    """What is found at each threshold, from the highest score down.

    Attributes
    ----------
    threshold : ndarray of float64, shape (t,)
        Distinct scores, falling.
    hits : ndarray of float64, shape (t,)
        Positives with at least that score.
    called : ndarray of float64, shape (t,)
        All with at least that score.
    """

    threshold: NDArray[np.float64]
    hits: NDArray[np.float64]
    called: NDArray[np.float64]

    @classmethod
    def of(cls, truth: NDArray[np.bool_], score: NDArray[np.float64]) -> Curve:
        """Sort the scores.

        Parameters
        ----------
        truth : ndarray of bool, shape (n,)
        score : ndarray of float64, shape (n,)
            Higher is more suspicious.
        """
        order = np.argsort(-score, kind="stable")
        falling = score[order]
        last = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)  # end of each tie
        return cls(falling[last], np.cumsum(truth[order])[last].astype(np.float64), (last + 1).astype(np.float64))

    @property
    def positives(self) -> float:
        """How many there are to find."""
        return float(self.hits[-1])

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of positives among what is called at each threshold."""
        return self.hits / self.called

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of all positives that is called at each threshold."""
        return self.hits / max(self.positives, 1.0)

    def average_precision(self) -> float:
        """Return the mean of precision over the steps of recall."""
        return float(np.sum(np.diff(self.recall, prepend=0.0) * self.precision))

    def roc_auc(self) -> float:
        """Return the chance that a positive scores higher than a negative; a tie counts half. NaN without either."""
        positives, negatives = self.positives, float(self.called[-1]) - self.positives
        if not positives or not negatives:
            return float("nan")
        false = self.called - self.hits
        found = np.diff(self.hits, prepend=0.0)
        beaten = negatives - false + np.diff(false, prepend=0.0) / 2
        return float(np.sum(found * beaten) / (positives * negatives))

    def hits_within(self, budget: int) -> float:
        """Return how many positives are expected among so many of the highest scores."""
        budget = min(budget, int(self.called[-1]))
        place = int(np.searchsorted(self.called, budget))
        hits, called = (self.hits[place - 1], self.called[place - 1]) if place else (0.0, 0.0)
        share = (budget - called) / (self.called[place] - called)
        return float(hits + (self.hits[place] - hits) * share)

    def best_threshold(self) -> tuple[float, float]:
        """Return the highest F1 that a threshold reaches, and the threshold."""
        f1 = 2 * self.hits / (self.called + self.positives)
        place = int(np.argmax(f1))
        return float(f1[place]), float(self.threshold[place])

    def at(self, threshold: float) -> tuple[float, float]:
        """Return how many positives, and how many in all, have at least this score."""
        above = int(np.searchsorted(-self.threshold, -threshold, side="right"))
        return (float(self.hits[above - 1]), float(self.called[above - 1])) if above else (0.0, 0.0)

    def f1_at(self, threshold: float) -> float:
        """Return F1 at a threshold."""
        hits, called = self.at(threshold)
        return float(2 * hits / max(called + self.positives, 1.0))


def called_within(score: NDArray[np.float64], budget: int) -> NDArray[np.float64]:
    """Return the chance of each to be among so many of the highest scores: 1, 0, or a share of the tie at the edge.

    Parameters
    ----------
    score : ndarray of float64, shape (n,)
    budget : int
    """
    budget = min(budget, len(score))
    if budget <= 0:
        return np.zeros(len(score))
    edge = np.partition(score, len(score) - budget)[len(score) - budget]
    above = score > edge
    tied = score == edge
    return np.where(above, 1.0, np.where(tied, (budget - np.sum(above)) / np.sum(tied), 0.0))


@dataclass(frozen=True, slots=True)
class Draws:
    """Resamples of whole patterns: how often each positive counts in each.

    The hits of one ring are not independent, so whole patterns are drawn with replacement; a positive that is part of
    several counts with the mean of how often they were drawn. Negatives are kept.

    Attributes
    ----------
    weight : ndarray of float64, shape (resamples, p)
        In the order of the positives.
    """

    weight: NDArray[np.float64]

    @classmethod
    def of(
        cls, patterns: list[list[str]], resamples: int = RESAMPLES, random: np.random.Generator | None = None
    ) -> Draws:
        """Draw patterns.

        Parameters
        ----------
        patterns : list of list of str
            Of each positive.
        resamples : int
        random : numpy.random.Generator, optional
            Seed 0 where left out.
        """
        random = random or np.random.default_rng(0)
        names = sorted({name for own in patterns for name in own})
        place = {name: i for i, name in enumerate(names)}
        share = np.zeros((len(names), len(patterns)))
        for i, own in enumerate(patterns):
            for name in own:
                share[place[name], i] += 1 / len(own)
        if not names or resamples <= 0:
            return cls(np.ones((0, len(patterns))))
        drawn = [
            np.bincount(random.integers(0, len(names), len(names)), minlength=len(names)) for _ in range(resamples)
        ]
        return cls(np.asarray(drawn, np.float64) @ share)

    def average_precisions(self, truth: NDArray[np.bool_], score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the average precision of each resample; NaN where no positive was drawn.

        Parameters
        ----------
        truth : ndarray of bool, shape (n,)
            The positives of these draws.
        score : ndarray of float64, shape (n,)
        """
        if not len(self.weight):
            return np.empty(0)
        own = score[truth]
        order = np.argsort(-own, kind="stable")
        falling = own[order]
        first = np.append(0, np.flatnonzero(np.diff(falling)) + 1)  # begin of each tie among the positives
        rest = np.sort(score[~truth])
        above = (len(rest) - np.searchsorted(rest, falling[first], side="left")).astype(np.float64)
        out = []
        for start in range(0, len(self.weight), _BLOCK):
            found = np.add.reduceat(self.weight[start : start + _BLOCK][:, order], first, axis=1)
            hits = np.cumsum(found, axis=1)
            total = hits[:, -1]
            parts = found * hits / np.maximum(hits + above, 1e-9)
            out.append(np.where(total > 0, parts.sum(axis=1) / np.where(total > 0, total, 1), np.nan))
        return np.concatenate(out)


def interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the ends between which 95 % of resamples lie; None where there are none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, _ENDS)
    return float(low), float(high)
