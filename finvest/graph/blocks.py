"""Blocks: a group of accounts that pays another group, most of the one paying most of the other (bipartite)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.arrays import read_only
from finvest.graph.block_search import Ask, find_blocks, own_scratch
from finvest.graph.compiled import collect, in_chunks
from finvest.graph.parameters import check_at_least, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Blocks:
    """Distinct blocks, in order of start, then of their accounts.

    Attributes
    ----------
    start : int64 of shape (blocks,)
        Instant at which the window begins; microseconds, UTC. Of several windows with the same block the last.
    offsets : int64 of shape (blocks + 1,)
        Block i has the pairs ``offsets[i]`` to ``offsets[i + 1] - 1`` of the two arrays below.
    payer, payee : int32 of shape (pairs,)
        Accounts of which the first pays the second within the window, sorted.
    cut_roots : int32 of shape (any,)
        Accounts from whose payments the search was not carried to its end, rising.
    """

    start: Int64
    offsets: Int64
    payer: Int32
    payee: Int32
    cut_roots: Int32
    _graph: MoneyGraph = field(repr=False)
    _window: int = field(repr=False)

    def __len__(self) -> int:
        return len(self.start)

    def sources_of(self, row: int) -> Int32:
        """Accounts that pay, sorted."""
        return np.unique(self.payer[self.offsets[row] : self.offsets[row + 1]])

    def targets_of(self, row: int) -> Int32:
        """Accounts that are paid, sorted."""
        return np.unique(self.payee[self.offsets[row] : self.offsets[row + 1]])

    def members(self, row: int) -> Int32:
        """Edges of a block that possibly happened in its window, in order of number."""
        sources, targets = self.sources_of(row), self.targets_of(row)
        return np.sort(between(self._graph, sources, targets, int(self.start[row]), self._window))

    def __repr__(self) -> str:
        cut = f", {len(self.cut_roots):,} roots cut" if len(self.cut_roots) else ""
        return f"Blocks({len(self):,} blocks{cut})"


def between(graph: MoneyGraph, payers: Int32, payees: Int32 | None, start: int, window: int) -> Int32:
    """Edges that possibly happened in a window, from some accounts to some (or to any other)."""
    out = graph.outgoing
    parts = [np.empty(0, np.int32)]
    for account in payers.tolist():
        low, high = out.ptr[account], out.ptr[account + 1]
        low += np.searchsorted(out.latest[low:high], start)
        inside = out.earliest[low:high] <= start + window
        other = out.other[low:high]
        wanted = other != account if payees is None else np.isin(other, payees)
        parts.append(out.edge[low:high][inside & wanted])
    return np.concatenate(parts)


def blocks(
    graph: MoneyGraph,
    *,
    window: int,
    sources: int = 3,
    targets: int = 3,
    percent: int = 50,
    budget: int = 100_000,
    skip: Bool | None = None,
    threads: int = 1,
) -> Blocks:
    """Find for each account the block around whom it pays within a window.

    To find all groups of two sides that pay each other densely is NP-hard (R. Peeters, The maximum edge biclique
    problem is NP-complete, Discrete Applied Mathematics 131, 2003). So a block is defined from an account u
    and a window that begins at the latest instant of one of its payments; a payment belongs to the window if it
    possibly happened in it:

    1. T0 is whom u pays;
    2. S1 is who pays at least ``percent`` of T0, without T0;
    3. T is who of T0 is paid by at least ``percent`` of S1;
    4. S is who of S1 pays at least ``percent`` of T.

    S pays T: at least ``percent`` of all pairs. It is a block if S and T are large enough and nobody in S pays
    another one in S, nobody in T another one in T. Of the windows of u the one with most pairs is kept, of several the
    last. A block that several accounts find stands once.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look. Payments of an account to itself are left out.
    window : int
        Microseconds.
    sources, targets : int
        Smallest number of accounts on either side; 2 or more.
    percent : int
        1 to 100.
    budget : int
        Entries looked at after which an account is given up. The best it had found is kept, and it is named.
    skip : bool of shape (accounts,), optional
        Accounts that are in no block, such as those that everybody pays.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Blocks
        With members.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.
    """
    check_window(window)
    for name, value, least in (("sources", sources, 2), ("targets", targets, 2), ("percent", percent, 1)):
        check_at_least(name, value, least)
    if percent > 100:  # noqa: PLR2004
        raise UsageError(f"percent must be 1 to 100, not {percent}")
    check_at_least("budget", budget, 1)
    check_at_least("threads", threads, 1)
    mask = np.zeros(graph.accounts, np.bool_) if skip is None else np.asarray(skip)
    if mask.shape != (graph.accounts,) or mask.dtype != np.bool_:
        raise UsageError("skip must hold one bool for each account")
    cut = np.zeros(graph.accounts, np.bool_)
    ask = Ask(window, sources, targets, percent, budget)
    search = collect(
        find_blocks, graph.outgoing, graph.incoming, read_only(mask, np.bool_), ask, cut, width=4, kind=np.int64
    )
    chunks = in_chunks(search, graph.accounts, threads=threads, own=lambda: own_scratch(graph.accounts))
    rows = np.concatenate([np.empty((0, 4), np.int64), *chunks])
    return _distinct(rows, np.flatnonzero(cut).astype(np.int32), graph, window)


def _distinct(rows: Int64, cut_roots: Int32, graph: MoneyGraph, window: int) -> Blocks:
    """Each set of pairs once, at the last window any account found it in."""
    found: dict[bytes, tuple[int, Int32]] = {}
    edge = np.flatnonzero(np.diff(rows[:, 0])) + 1
    for part in np.split(rows, edge) if len(rows) else []:
        pairs = part[:, 2:].astype(np.int32)
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        start = int(part[0, 1])
        known = found.get(pairs.tobytes())
        if known is None or start > known[0]:
            found[pairs.tobytes()] = (start, pairs)
    chosen = sorted(found.values(), key=lambda block: (block[0], block[1].tolist()))
    flat = np.concatenate([np.empty((0, 2), np.int32), *(pairs for _, pairs in chosen)])
    return Blocks(
        np.array([start for start, _ in chosen], np.int64),
        np.cumsum([0, *(len(pairs) for _, pairs in chosen)]).astype(np.int64),
        flat[:, 0].copy(),
        flat[:, 1].copy(),
        cut_roots,
        graph,
        window,
    )
