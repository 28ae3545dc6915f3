"""Gather-scatter: several pay one account, and it pays several others later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import collect, in_chunks, kernel
from finvest.graph.parameters import check_at_least, check_window

if TYPE_CHECKING:
    from finvest.graph.arrays import Int32, Int64
    from finvest.graph.index import Index
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GatherScatter:
    """Accounts that gather and then scatter, each at its best split; by account.

    Attributes
    ----------
    account : int32 of shape (rows,)
        Account in the middle.
    split : int64 of shape (rows,)
        Instant that parts the two: payments in possibly happened at or before it, payments out at or after it.
    senders, receivers : int32 of shape (rows,)
        Distinct accounts on either side, without those on both.
    certain : int32 of shape (rows,)
        Largest number of senders, and as many receivers, of any split, all of whose payments certainly happened
        on their side of it and in its window; 0 if there is none.
    """

    account: Int32
    split: Int64
    senders: Int32
    receivers: Int32
    certain: Int32
    _into: Index = field(repr=False)
    _out: Index = field(repr=False)
    _window: int = field(repr=False)

    def __len__(self) -> int:
        return len(self.account)

    def members(self, row: int) -> tuple[Int32, Int32]:
        """Edges in and edges out of one row, each in order of number; int32 of shape (members,)."""
        account, split = int(self.account[row]), int(self.split[row])
        into = self._inside(self._into, account, split - self._window, split)
        out = self._inside(self._out, account, split, split + self._window)
        senders, receivers = self._into.other[into], self._out.other[out]
        gathered: Int32 = np.sort(self._into.edge[into[~np.isin(senders, receivers) & (senders != account)]])
        scattered: Int32 = np.sort(self._out.edge[out[~np.isin(receivers, senders) & (receivers != account)]])
        return gathered, scattered

    @staticmethod
    def _inside(index: Index, account: int, begin: int, end: int) -> Int64:
        """Entries of an account that possibly happened from begin to end."""
        low, high = index.ptr[account], index.ptr[account + 1]
        low += np.searchsorted(index.latest[low:high], begin)
        inside: Int64 = low + np.flatnonzero(index.earliest[low:high] <= end)
        return inside

    def __repr__(self) -> str:
        return f"GatherScatter({len(self):,} accounts)"


def gather_scatter(graph: MoneyGraph, *, window: int, least: int = 3, threads: int = 1) -> GatherScatter:
    """Find accounts that ``least`` others pay within a window, and that pay ``least`` others in the one after it.

    At an instant c an account has gathered the payments that possibly happened from c − window to c, and
    scatters those that possibly happen from c to c + window. Accounts that are on both sides count on neither.
    Of all instants the best is kept: the one with the largest smaller side, then the largest sum of both sides, then
    the first. The shape is the gather-scatter of AMLSim and AMLworld (E. Altman et al., Realistic Synthetic
    Financial Transactions for Anti-Money Laundering Models, NeurIPS 2023).

    Parameters
    ----------
    graph : MoneyGraph
        Where to look. Payments of an account to itself are left out.
    window : int
        Longest time from the first payment in to the split, and from the split to the last payment out;
        microseconds.
    least : int
        Smallest number of distinct accounts on each side; 1 or more.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    GatherScatter
        At most one row an account, with members.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    Every payment enters and leaves its side once, so an account costs its number of payments: no budget is
    needed.
    """
    check_window(window)
    check_at_least("least", least, 1)
    check_at_least("threads", threads, 1)
    rows = _search(graph, graph.incoming, graph.outgoing, _Ask(window, least, 0), threads)
    sure = _search(graph, graph.incoming_certain, graph.outgoing_certain, _Ask(window, 1, 1), threads)
    certain = np.zeros(graph.accounts, np.int32)
    certain[sure[:, 0]] = np.minimum(sure[:, 2], sure[:, 3])
    return GatherScatter(
        rows[:, 0].astype(np.int32),
        rows[:, 1].copy(),
        rows[:, 2].astype(np.int32),
        rows[:, 3].astype(np.int32),
        certain[rows[:, 0]],
        graph.incoming,
        graph.outgoing,
        window,
    )


class _Ask(NamedTuple):
    window: int
    least: int
    strict: int


class _Own(NamedTuple):
    """Scratch of one thread, per account: payments on either side of the split; all zero between accounts."""

    paying: Int32
    paid: Int32


def _search(graph: MoneyGraph, into: Index, out: Index, ask: _Ask, threads: int) -> Int64:
    search = collect(_find_splits, into, out, ask, width=4, kind=np.int64)

    def own() -> _Own:
        return _Own(np.zeros(graph.accounts, np.int32), np.zeros(graph.accounts, np.int32))

    chunks = in_chunks(search, graph.accounts, threads=threads, own=own)
    return np.concatenate([np.empty((0, 4), np.int64), *chunks])


@kernel
def _find_splits(
    v0: int, v1: int, into: Index, out: Index, ask: _Ask, own: _Own, found: Int64, used: int
) -> tuple[int, int]:
    """Rows: account, split, senders, receivers.

    A payment in is on its side while the split lies from its earliest instant (certain: one after its latest,
    the index being exchanged) to its latest plus the window; a payment out from its earliest minus the window
    to its latest.
    """
    never = np.int64(2**62)
    for v in range(v0, v1):
        in_low, in_high, out_low, out_high = into.ptr[v], into.ptr[v + 1], out.ptr[v], out.ptr[v + 1]
        if in_high - in_low < ask.least or out_high - out_low < ask.least:
            continue
        if used == found.shape[0]:
            return v, used
        senders = receivers = best_senders = best_receivers = 0
        best_split = np.int64(0)
        comes, goes, starts, ends = in_low, in_low, out_low, out_low
        while True:
            split = never
            if comes < in_high:
                split = min(split, into.earliest[into.by_earliest[comes]] + ask.strict)
            if goes < in_high:
                split = min(split, into.latest[goes] + ask.window + 1)
            if starts < out_high:
                split = min(split, out.earliest[out.by_earliest[starts]] - ask.window)
            if ends < out_high:
                split = min(split, out.latest[ends] + 1)
            if split == never:
                break
            while comes < in_high and into.earliest[into.by_earliest[comes]] + ask.strict <= split:
                j = into.by_earliest[comes]
                comes += 1
                if into.other[j] != v and into.earliest[j] + ask.strict <= into.latest[j] + ask.window:
                    mine, theirs = _enter(into.other[j], own.paying, own.paid)
                    senders, receivers = senders + mine, receivers + theirs
            while goes < in_high and into.latest[goes] + ask.window < split:
                j = goes
                goes += 1
                if into.other[j] != v and into.earliest[j] + ask.strict <= into.latest[j] + ask.window:
                    mine, theirs = _leave(into.other[j], own.paying, own.paid)
                    senders, receivers = senders + mine, receivers + theirs
            while starts < out_high and out.earliest[out.by_earliest[starts]] - ask.window <= split:
                j = out.by_earliest[starts]
                starts += 1
                if out.other[j] != v and out.earliest[j] - ask.window <= out.latest[j]:
                    mine, theirs = _enter(out.other[j], own.paid, own.paying)
                    receivers, senders = receivers + mine, senders + theirs
            while ends < out_high and out.latest[ends] < split:
                j = ends
                ends += 1
                if out.other[j] != v and out.earliest[j] - ask.window <= out.latest[j]:
                    mine, theirs = _leave(out.other[j], own.paid, own.paying)
                    receivers, senders = receivers + mine, senders + theirs
            smaller, best = min(senders, receivers), min(best_senders, best_receivers)
            if smaller > best or (smaller == best and senders + receivers > best_senders + best_receivers):
                best_split, best_senders, best_receivers = split, senders, receivers
        if min(best_senders, best_receivers) >= ask.least:
            found[used, 0], found[used, 1] = v, best_split
            found[used, 2], found[used, 3] = best_senders, best_receivers
            used += 1
    return v1, used


@kernel
def _enter(x: int, side: Int32, other: Int32) -> tuple[int, int]:
    """Let a payment of x enter a side: by how much the accounts on this side only, and on the other, change."""
    side[x] += 1
    if side[x] > 1:
        return 0, 0
    return (1, 0) if other[x] == 0 else (0, -1)


@kernel
def _leave(x: int, side: Int32, other: Int32) -> tuple[int, int]:
    """Let a payment of x leave a side; as `_enter`."""
    side[x] -= 1
    if side[x] > 0:
        return 0, 0
    return (-1, 0) if other[x] == 0 else (0, 1)
