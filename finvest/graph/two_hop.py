"""Parallel two-hop paths: one account pays several others, and these pay one account, within one window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.arrays import read_only
from finvest.graph.compiled import collect, in_chunks
from finvest.graph.parameters import check_at_least, check_window
from finvest.graph.two_hop_search import Ask, Own, best_of_edges, find_paths, own_scratch
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.graph.arrays import Bool, Int32, Int64
    from finvest.graph.index import Index
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TwoHop:
    """Maximal windows of pairs of accounts with enough middles between them, by source, sink, then start.

    Attributes
    ----------
    source, sink : int32 of shape (rows,)
        Account that pays the middles, account that they pay.
    start : int64 of shape (rows,)
        Latest instant at which the window can begin; microseconds, UTC.
    distinct : int32 of shape (rows,)
        Distinct middles of the members.
    certain : int32 of shape (rows,)
        Largest number of distinct middles with a path that certainly happened in order and in one window.
    cut_roots : int32 of shape (any,)
        Sources whose paths were not all looked at, rising. Their rows are true as far as they go: there may be
        more middles, more sinks and other windows. Rows of all other sources are complete.
    """

    source: Int32
    sink: Int32
    start: Int64
    distinct: Int32
    certain: Int32
    cut_roots: Int32
    _out: Index = field(repr=False)
    _into: Index = field(repr=False)
    _ask: Ask = field(repr=False)
    _skip: Bool = field(repr=False)

    def __len__(self) -> int:
        return len(self.source)

    def members(self, row: int) -> Int32:
        """Paths of one row: numbers of the edge to the middle and the edge from it; int32 of shape (paths, 2).

        Windows of one pair overlap, so the members of all rows together can be far more than the edges of the
        graph. That is why they are listed one row at a time.
        """
        source, sink, start = int(self.source[row]), int(self.sink[row]), int(self.start[row])
        first, between = self._inside(self._out, source, start), self._inside(self._into, sink, start)
        middle, last = self._out.other[first], self._into.other[between]
        usable = (middle != source) & (middle != sink) & ~self._skip[middle]
        first, middle = first[usable], middle[usable]
        by_middle = np.argsort(last, kind="stable")
        between, last = between[by_middle], last[by_middle]
        low, high = np.searchsorted(last, middle, "left"), np.searchsorted(last, middle, "right")
        many = high - low
        one = np.repeat(first, many)
        place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
        two = between[place]
        in_order = self._into.latest[two] >= self._out.earliest[one] + self._ask.strict
        paths: Int32 = np.column_stack((self._out.edge[one], self._into.edge[two]))[in_order]
        return paths[np.lexsort((paths[:, 1], paths[:, 0]))]

    def _inside(self, index: Index, account: int, start: int) -> Int64:
        """Entries of an account that can lie in the window."""
        low, high = index.ptr[account], index.ptr[account + 1]
        low += np.searchsorted(index.latest[low:high], start)
        inside: Int64 = low + np.flatnonzero(index.earliest[low:high] <= start + self._ask.window)
        return inside

    def __repr__(self) -> str:
        cut = f", {len(self.cut_roots):,} sources cut" if len(self.cut_roots) else ""
        pairs = len(np.unique(np.column_stack((self.source, self.sink)), axis=0))
        return f"TwoHop({len(self):,} windows of {pairs:,} pairs{cut})"


def two_hop(
    graph: MoneyGraph,
    *,
    window: int,
    least: int = 3,
    certain: bool = False,
    budget: int = 100_000,
    skip: Bool | None = None,
    threads: int = 1,
) -> TwoHop:
    """Find every maximal window in which ``least`` middles carry money from one account to another.

    A path is two edges, from the source to a middle and from the middle to the sink, of three different
    accounts. It belongs to a window if the two possibly happened in it, in this order, equal instants allowed.
    A window is maximal if no other window of the pair has all its paths and more. The shape is the
    scatter-gather of AMLSim and AMLworld (E. Altman et al., Realistic Synthetic Financial Transactions for
    Anti-Money Laundering Models, NeurIPS 2023), with time order in each path and none among the paths.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look. Payments of an account to itself are left out.
    window : int
        From the first to the last payment of all paths; microseconds.
    least : int
        Smallest number of distinct middles; 2 or more.
    certain : bool
        Count only paths that happened in this order and in the window whatever the instants, the second edge
        strictly later.
    budget : int
        Entries looked at after which a source is given up. What it had found is kept, and it is named.
    skip : bool of shape (accounts,), optional
        Accounts that are no source, middle or sink.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    TwoHop
        With members.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    Cost: one step for each pair of consecutive edges within the window, twice, from accounts that pay
    ``least`` others. Method: `finvest.graph.two_hop_search`.
    """
    ask = _ask(window, least, certain, budget, threads)
    left_out = _mask(graph, skip)
    out = graph.outgoing_certain if certain else graph.outgoing
    into = graph.incoming_certain if certain else graph.incoming
    cut = np.zeros(graph.accounts, np.bool_)
    search = collect(find_paths, out, left_out, ask, cut, width=5, kind=np.int64)
    chunks = in_chunks(search, graph.accounts, threads=threads, own=lambda: _own(graph, out))
    rows = np.concatenate([np.empty((0, 5), np.int64), *chunks])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    return TwoHop(
        rows[:, 0].astype(np.int32),
        rows[:, 1].astype(np.int32),
        rows[:, 2].copy(),
        rows[:, 3].astype(np.int32),
        rows[:, 4].astype(np.int32),
        np.flatnonzero(cut).astype(np.int32),
        out,
        into,
        ask,
        left_out,
    )


def parallel_middles(
    graph: MoneyGraph,
    *,
    windows: Sequence[int],
    certain: bool = False,
    budget: int = 100_000,
    skip: Bool | None = None,
    threads: int = 1,
) -> tuple[Int32, Int32]:
    """Count for each edge the most middles that lie beside it, in the paths of one pair and one window.

    For an edge this is the largest ``distinct`` of all rows of `two_hop`, with ``least`` 2, that have it as a
    member: of the edges in no such row it is 0.

    Parameters
    ----------
    graph, certain, budget, skip, threads
        See `two_hop`.
    windows : sequence of int
        Several lengths of the window, microseconds: how many paths are parallel depends on it.

    Returns
    -------
    counts : int32 of shape (edges, windows)
    cut_roots : int32 of shape (any,)
        Sources that were given up in any of the windows: counts of edges on their paths can be too low.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.
    """
    counts = np.zeros((graph.edges, len(windows)), np.int32)
    cut = np.zeros(graph.accounts, np.bool_)
    left_out = _mask(graph, skip)
    out = graph.outgoing_certain if certain else graph.outgoing
    for place, window in enumerate(windows):
        ask = _ask(window, 2, certain, budget, threads)
        best: list[Int32] = []

        def own(best: list[Int32] = best) -> tuple[Own, Int32]:
            best.append(np.zeros(graph.edges, np.int32))
            return _own(graph, out), best[-1]

        def work(low: int, high: int, scratch: tuple[Own, Int32], ask: Ask = ask) -> None:
            best_of_edges(low, high, out, left_out, ask, cut, *scratch)

        in_chunks(work, graph.accounts, threads=threads, own=own)
        for part in best:  # several threads can meet the same edge: each keeps its own, the largest counts
            np.maximum(counts[:, place], part, out=counts[:, place])
    return counts, np.flatnonzero(cut).astype(np.int32)


def _ask(window: int, least: int, certain: bool, budget: int, threads: int) -> Ask:  # noqa: FBT001
    check_window(window)
    check_at_least("least", least, 2)
    check_at_least("budget", budget, 1)
    check_at_least("threads", threads, 1)
    return Ask(window, least, int(certain), budget)


def _mask(graph: MoneyGraph, skip: Bool | None) -> Bool:
    mask = np.zeros(graph.accounts, np.bool_) if skip is None else np.asarray(skip)
    if mask.shape != (graph.accounts,) or mask.dtype != np.bool_:
        raise UsageError("skip must hold one bool for each account")
    return read_only(mask, np.bool_)


def _own(graph: MoneyGraph, out: Index) -> Own:
    return own_scratch(graph.accounts, int(np.diff(out.ptr).max(initial=0)))
