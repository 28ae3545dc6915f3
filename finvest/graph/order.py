"""When a sequence of movements, each known to an interval only, can have happened in that order.

Each movement happened at one unknown instant from its earliest to its latest, both included. A sequence is

* *possible* if some choice of instants never goes back: no latest lies before the earliest of any earlier
  member (all of them, not only the neighbour), equal allowed;
* *in a window* if some choice of instants spans no more than the window: largest earliest minus smallest
  latest. A possible sequence that possibly fits a window does both with one choice of instants;
* *certain in order* if every choice of instants goes strictly forward;
* *certain in a window* if every choice of instants spans no more than the window: latest of one member minus
  earliest of another, for all pairs. (Largest latest minus smallest earliest says the same where the order
  is certain, but too much where one member alone has both.)

The rules are those of interval orders (P. C. Fishburn, Interval Orders and Interval Graphs, 1985); tests
compare them with all choices of instants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from finvest.graph.arrays import Bool, Int64


def possible(earliest: Sequence[int], latest: Sequence[int]) -> bool:
    """Whether the members can have happened in this order, equal instants allowed."""
    reached: int | None = None
    for first, last in zip(earliest, latest, strict=True):
        reached = first if reached is None else max(reached, first)
        if last < reached:
            return False
    return True


def fits(earliest: Sequence[int], latest: Sequence[int], window: int) -> bool:
    """Whether the members can have happened within ``window``, in whatever order."""
    return not earliest or max(earliest) - min(latest) <= window


def order_certain(earliest: Sequence[int], latest: Sequence[int]) -> bool:
    """Whether each member certainly happened after the one before, whatever the instants."""
    return all(last < first for last, first in zip(latest[:-1], earliest[1:], strict=True))


def window_certain(earliest: Sequence[int], latest: Sequence[int], window: int) -> bool:
    """Whether the members certainly happened within ``window``, whatever the instants."""
    return all(last - first <= window for i, last in enumerate(latest) for j, first in enumerate(earliest) if i != j)


class Judgement(NamedTuple):
    """The four rules, for each of many sequences: boolean arrays of shape (sequences,)."""

    possible: Bool
    fits: Bool
    order_certain: Bool
    window_certain: Bool


def judge(earliest: ArrayLike, latest: ArrayLike, offsets: ArrayLike, window: int) -> Judgement:
    """Apply the four rules to many sequences at once.

    Parameters
    ----------
    earliest, latest : int64 of shape (members,)
        Instants of the members, sequence after sequence (``graph.earliest[edges]``); microseconds.
    offsets : integers of shape (sequences + 1,)
        Sequence i has the members ``offsets[i]`` to ``offsets[i + 1] - 1``.
    window : int
        Microseconds.

    Returns
    -------
    Judgement
        An empty sequence obeys all rules.
    """
    first, last = np.asarray(earliest, np.int64), np.asarray(latest, np.int64)
    starts = np.asarray(offsets, np.int64)[:-1]
    lengths = np.diff(np.asarray(offsets, np.int64))
    answer = Judgement(*np.ones((4, len(lengths)), np.bool_))
    for length in np.unique(lengths[lengths > 0]).tolist():
        rows = np.flatnonzero(lengths == length)
        members = starts[rows][:, None] + np.arange(length)
        a, b = first[members], last[members]
        answer.possible[rows] = (b >= np.maximum.accumulate(a, axis=1)).all(axis=1)
        answer.fits[rows] = a.max(axis=1) - b.min(axis=1) <= window
        answer.order_certain[rows] = (b[:, :-1] < a[:, 1:]).all(axis=1)
        answer.window_certain[rows] = _widest(a, b) <= window
    return answer


def _widest(earliest: Int64, latest: Int64) -> Int64:
    """Largest latest minus earliest of two different members, by row; 0 where there is one member."""
    if earliest.shape[1] == 1:
        return np.zeros(len(earliest), np.int64)
    smallest, next_smallest = np.partition(earliest, 1, axis=1)[:, :2].T[:, :, None]
    alone = np.arange(earliest.shape[1]) == earliest.argmin(axis=1)[:, None]
    widest: Int64 = (latest - np.where(alone, next_smallest, smallest)).max(axis=1)
    return widest
