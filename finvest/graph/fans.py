"""Fans: many counterparties pay one account, or are paid by it, within one window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from finvest.graph.compiled import collect, in_chunks, kernel
from finvest.graph.parameters import check_at_least, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.arrays import Int32, Int64
    from finvest.graph.index import Index
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fans:
    """Maximal windows of accounts with enough distinct counterparties, by account, then start.

    Attributes
    ----------
    account : int32 of shape (fans,)
        Account at the centre.
    start : int64 of shape (fans,)
        Latest instant at which the window can begin; microseconds, UTC.
    distinct : int32 of shape (fans,)
        Distinct counterparties of the members.
    certain : int32 of shape (fans,)
        Largest number of distinct counterparties whose whole intervals fit one window.
    """

    account: Int32
    start: Int64
    distinct: Int32
    certain: Int32
    _low: Int64 = field(repr=False)
    _high: Int64 = field(repr=False)
    _index: Index = field(repr=False)
    _window: int = field(repr=False)

    def __len__(self) -> int:
        return len(self.account)

    def members(self, row: int) -> Int32:
        """Numbers of the edges of one fan, in order of latest instant; int32 of shape (members,).

        Windows of one account overlap, so the members of all fans together can be far more than the edges
        of the graph. That is why they are listed one fan at a time.
        """
        part = slice(int(self._low[row]), int(self._high[row]))
        inside = self._index.earliest[part] <= self.start[row] + self._window
        members: Int32 = self._index.edge[part][inside & (self._index.other[part] != self.account[row])]
        return members

    def __repr__(self) -> str:
        return f"Fans({len(self):,} windows of {len(np.unique(self.account)):,} accounts)"


def fans(graph: MoneyGraph, *, side: Literal["in", "out"], window: int, least: int, threads: int = 1) -> Fans:
    """Find every maximal window in which an account has ``least`` distinct counterparties.

    An edge belongs to a window if it possibly happened in it. A window is maximal if no other window of
    the account has all its edges and more. Payments of an account to itself do not count.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look.
    side : {"in", "out"}
        Whether the account is paid or pays.
    window : int
        Length, both ends included; microseconds.
    least : int
        Smallest number of distinct counterparties; 1 or more.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Fans
        With members.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    Every edge enters and leaves the window once (two pointers), so distinct counterparties cost no more
    than a count, plus one look at the members of each fan with an uncertain instant.
    """
    if side not in {"in", "out"}:
        raise UsageError(f"side must be 'in' or 'out', not {side!r}")
    check_window(window)
    check_at_least("least", least, 1)
    check_at_least("threads", threads, 1)
    index = graph.incoming if side == "in" else graph.outgoing
    search = collect(_find_fans, index, window, least, width=6, kind=np.int64)

    def own() -> _Own:
        return _Own(np.zeros(graph.accounts, np.int32), np.zeros(graph.accounts, np.int32))

    chunks = in_chunks(search, graph.accounts, threads=threads, own=own)
    rows = np.concatenate([np.empty((0, 6), np.int64), *chunks])
    return Fans(
        rows[:, 0].astype(np.int32),
        rows[:, 1].copy(),
        rows[:, 2].astype(np.int32),
        rows[:, 3].astype(np.int32),
        rows[:, 4].copy(),
        rows[:, 5].copy(),
        index,
        window,
    )


class _Own(NamedTuple):
    """Scratch of one thread, per account: how many of its edges are inside; all zero between accounts."""

    possible: Int32
    certain: Int32


@kernel
def _find_fans(
    v0: int, v1: int, index: Index, window: int, least: int, own: _Own, found: Int64, used: int
) -> tuple[int, int]:
    """Rows: account, start, distinct, certain, first and last + 1 position of the members."""
    times = own.possible
    for v in range(v0, v1):
        low, high = index.ptr[v], index.ptr[v + 1]
        if high - low < least:
            continue
        begun = used
        all_known = True
        for j in range(low, high):
            all_known = all_known and index.earliest[j] == index.latest[j]
        distinct = 0
        entered = low  # by_earliest[low:entered] have entered the window …
        stale = low  # … and none of by_earliest[low:stale] is still in it
        last = low  # members end here; it never moves back, since `first` and `end` only rise
        i = low
        while i < high:
            if index.other[i] == v:
                i += 1
                continue
            start = index.latest[i]
            end = start + window
            fresh = False
            while entered < high and index.earliest[index.by_earliest[entered]] <= end:
                x = index.other[index.by_earliest[entered]]
                entered += 1
                if x != v:
                    distinct += times[x] == 0
                    times[x] += 1
                    fresh = True
            # Without a fresh member the window is part of the one before; with one, no other holds it,
            # because the edge at i leaves next.
            if fresh and distinct >= least:
                if used == found.shape[0]:
                    for j in range(low, high):
                        times[index.other[j]] = 0
                    return v, begun
                last = max(last, i)
                while last < high and index.first[last] <= end:
                    last += 1
                while stale < entered and index.by_earliest[stale] < i:
                    stale += 1
                certain = distinct
                if not all_known:
                    certain = _most_certain(v, i, last, stale, entered, end, window, index, own.certain)
                found[used, 0] = v
                found[used, 1] = start
                found[used, 2] = distinct
                found[used, 3] = certain
                found[used, 4] = i
                found[used, 5] = last
                used += 1
            while i < high and index.latest[i] == start:
                x = index.other[i]
                i += 1
                if x != v:
                    times[x] -= 1
                    distinct -= times[x] == 0
    return v1, used


@kernel
def _most_certain(
    v: int, low: int, high: int, stale: int, entered: int, end: int, window: int, index: Index, times: Int32
) -> int:
    """Most distinct counterparties of one fan whose whole intervals fit one window.

    Such a window may as well begin at the earliest instant of a member: these are tried in turn. Members
    stand at ``low`` to ``high - 1`` by latest, and at ``stale`` to ``entered - 1`` of ``by_earliest``.
    """
    most = 0
    distinct = 0
    i = low
    k = stale
    while k < entered:
        if index.by_earliest[k] < low or index.other[index.by_earliest[k]] == v:
            k += 1
            continue
        start = index.earliest[index.by_earliest[k]]
        while i < high and index.latest[i] <= start + window:
            x = index.other[i]
            if x != v and start <= index.earliest[i] <= end:
                distinct += times[x] == 0
                times[x] += 1
            i += 1
        most = max(most, distinct)
        while k < entered and index.earliest[index.by_earliest[k]] == start:
            j = index.by_earliest[k]
            x = index.other[j]
            k += 1
            if j >= low and x != v and index.latest[j] <= start + window:
                times[x] -= 1
                distinct -= times[x] == 0
    return most
