"""Forwarded money: one payment comes in and smaller ones soon leave, by amount alone.

Unlike `finvest.graph.lots` this matches no account's whole history: it asks, for each incoming edge, what
left in the window after it. An outgoing edge can therefore answer for several incoming ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.arrays import Int32, Int64, read_only
from finvest.graph.compiled import collect, in_chunks, kernel
from finvest.graph.index import Index, lower
from finvest.graph.parameters import check_at_least, check_percent, check_window

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Forwarded:
    """Incoming edges of which enough left again within the window, by edge number.

    Attributes
    ----------
    incoming : int32 of shape (rows,)
        Number of the incoming edge.
    start : int64 of shape (rows,)
        Instant of the incoming edge, within its interval, after which most can have left: the last instant
        of the first such stretch. Microseconds, UTC.
    possible : int64 of shape (rows,)
        Sum of the members: what possibly left from ``start`` to ``start`` plus window; minor units.
    certain : int64 of shape (rows,)
        Sum of what certainly left after the incoming edge and within the window, whatever the instants.
    """

    incoming: Int32
    start: Int64
    possible: Int64
    certain: Int64
    _low: Int64 = field(repr=False)
    _high: Int64 = field(repr=False)
    _graph: MoneyGraph = field(repr=False)
    _window: int = field(repr=False)

    def __len__(self) -> int:
        return len(self.incoming)

    def members(self, row: int) -> Int32:
        """Numbers of the outgoing edges of one row, in order of latest instant; int32 of shape (members,)."""
        graph, received = self._graph, self.incoming[row]
        part = slice(int(self._low[row]), int(self._high[row]))
        edge = graph.outgoing.edge[part]
        inside = graph.outgoing.earliest[part] <= self.start[row] + self._window
        onward = graph.outgoing.other[part] != graph.beneficiary[received]
        smaller = graph.amount[edge] <= graph.amount[received]
        members: Int32 = edge[inside & onward & smaller & (graph.currency[edge] == graph.currency[received])]
        return members

    def __repr__(self) -> str:
        return f"Forwarded({len(self):,} incoming edges)"


def forwarded(graph: MoneyGraph, *, window: int, share: int, threads: int = 1) -> Forwarded:
    """Find incoming edges of which at least ``share`` percent can have left within ``window``.

    Counted are outgoing edges of the same account and currency, each no larger than the incoming one, that
    possibly happened at or after it and within the window. Payments of an account to itself are left out.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look.
    window : int
        Longest time from arrival to departure; microseconds.
    share : int
        Percent of the incoming amount that must possibly have left. The sum can be more than the whole.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Forwarded
        Rows of which something can have left, even where ``share`` is 0.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    Cost: one step for each pair of an incoming and an outgoing edge of one account within the window.
    """
    check_window(window)
    check_percent("share", share)
    check_at_least("threads", threads, 1)
    lists = _Lists(graph.incoming, graph.outgoing, *_values(graph, graph.incoming), *_values(graph, graph.outgoing))
    search = collect(_find_forwarded, lists, window, share, width=6, kind=np.int64)
    chunks = in_chunks(search, graph.accounts, threads=threads, own=lambda: 0)
    rows = np.concatenate([np.empty((0, 6), np.int64), *chunks])
    rows = rows[np.argsort(rows[:, 0])]
    return Forwarded(
        rows[:, 0].astype(np.int32),
        rows[:, 1].copy(),
        rows[:, 2].copy(),
        rows[:, 3].copy(),
        rows[:, 4].copy(),
        rows[:, 5].copy(),
        graph,
        window,
    )


class _Lists(NamedTuple):
    """Both indexes, with amount and currency of each entry beside it."""

    incoming: Index
    outgoing: Index
    amount_in: Int64
    currency_in: Int32
    amount_out: Int64
    currency_out: Int32


def _values(graph: MoneyGraph, index: Index) -> tuple[Int64, Int32]:
    return read_only(graph.amount[index.edge], np.int64), read_only(graph.currency[index.edge], np.int32)


@kernel
def _find_forwarded(
    v0: int, v1: int, lists: _Lists, window: int, share: int, _own: int, found: Int64, used: int
) -> tuple[int, int]:
    """Rows: incoming edge, start, possible, certain, first and last + 1 position of the members."""
    into, out, amounts, currencies = lists.incoming, lists.outgoing, lists.amount_out, lists.currency_out
    for v in range(v0, v1):
        begun = used
        low, high = out.ptr[v], out.ptr[v + 1]
        if low == high:
            continue
        for q in range(into.ptr[v], into.ptr[v + 1]):
            if into.other[q] == v:
                continue
            earliest, latest = into.earliest[q], into.latest[q]
            whole, currency = lists.amount_in[q], lists.currency_in[q]
            total = certain = at_first = 0
            first = lower(out.latest, low, high, earliest)
            last = first
            while last < high and out.first[last] <= latest + window:
                amount = amounts[last]
                if amount <= whole and currencies[last] == currency and out.other[last] != v:
                    if out.earliest[last] <= latest + window:
                        total += amount
                    if out.earliest[last] <= earliest + window:
                        at_first += amount
                    if out.earliest[last] > latest and out.latest[last] <= earliest + window:
                        certain += amount
                last += 1
            if total == 0 or total * 100 < whole * share:
                continue

            # Let the incoming edge move through its interval: what left is most where an outgoing edge is
            # about to be too early, or at the very end.
            most, start, now = -1, earliest, at_first
            entered = _first_after(out, low, high, earliest + window)
            leaving = first
            while True:
                instant = latest
                while leaving < high and out.latest[leaving] < latest:
                    j = leaving
                    if amounts[j] <= whole and currencies[j] == currency and out.other[j] != v:
                        instant = out.latest[j]
                        break
                    leaving += 1
                while entered < high and out.earliest[out.by_earliest[entered]] <= instant + window:
                    j = out.by_earliest[entered]
                    if amounts[j] <= whole and currencies[j] == currency and out.other[j] != v:
                        now += amounts[j]
                    entered += 1
                if now > most:
                    most, start = now, instant
                if instant == latest:
                    break
                while leaving < high and out.latest[leaving] == instant:
                    j = leaving
                    if amounts[j] <= whole and currencies[j] == currency and out.other[j] != v:
                        now -= amounts[j]
                    leaving += 1
            if most * 100 < whole * share:
                continue
            if used == found.shape[0]:
                return v, begun
            found[used, 0] = into.edge[q]
            found[used, 1] = start
            found[used, 2] = most
            found[used, 3] = certain
            found[used, 4] = lower(out.latest, first, last, start)
            found[used, 5] = last
            used += 1
    return v1, used


@kernel
def _first_after(out: Index, low: int, high: int, instant: int) -> int:
    """First place in ``by_earliest[low:high]`` of an entry that is certainly after the instant."""
    while low < high:
        middle = (low + high) >> 1
        if out.earliest[out.by_earliest[middle]] <= instant:
            low = middle + 1
        else:
            high = middle
    return low
