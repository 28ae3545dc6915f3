"""Cycles: money that leaves an account and comes back to it, in time order, within a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.arrays import Bool, Int32, Int64, read_only
from finvest.graph.compiled import collect, in_chunks
from finvest.graph.cycle_lists import Rules, packed
from finvest.graph.cycle_search import find_cycles, own_scratch
from finvest.graph.cycle_values import Money, find_value_cycles
from finvest.graph.order import judge
from finvest.graph.parameters import check_at_least, check_percent, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph

LONGEST = 16


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cycles:
    """Distinct cycles of accounts, in order of their edges' numbers.

    Attributes
    ----------
    offsets : int64 of shape (cycles + 1,)
        Cycle i has the members ``offsets[i]`` to ``offsets[i + 1] - 1`` of the two arrays below.
    accounts : int32 of shape (members,)
        Accounts in time order: the first is the originator of the first edge.
    edges : int32 of shape (members,)
        The cycle's representative: one choice of edges, in time order.
    order_certain, window_certain : bool of shape (cycles,)
        Whether the representative's order, and its window, hold whatever the instants. Another choice of
        edges may be certain where this one is not: search with ``certain=True`` to know.
    cut_roots : int32 of shape (any,)
        Edges from which the search was not carried to its end, rising. Cycles of all other roots are complete.
    """

    offsets: Int64
    accounts: Int32
    edges: Int32
    order_certain: Bool
    window_certain: Bool
    cut_roots: Int32

    def __len__(self) -> int:
        return len(self.order_certain)

    @property
    def lengths(self) -> Int64:
        """Number of accounts of each cycle; int64 of shape (cycles,)."""
        return np.diff(self.offsets)

    def accounts_of(self, row: int) -> Int32:
        """Accounts of one cycle, in time order."""
        return self.accounts[self.offsets[row] : self.offsets[row + 1]]

    def edges_of(self, row: int) -> Int32:
        """Edges of one cycle's representative, in time order."""
        return self.edges[self.offsets[row] : self.offsets[row + 1]]

    def __repr__(self) -> str:
        cut = f", {len(self.cut_roots):,} roots cut" if len(self.cut_roots) else ""
        return f"Cycles({len(self):,} cycles of accounts{cut})"


def cycles(
    graph: MoneyGraph,
    *,
    window: int,
    shortest: int = 3,
    longest: int = 5,
    keep: tuple[int, int] | None = None,
    certain: bool = False,
    budget: int = 100_000,
    most: int = 1_000,
    skip: Bool | None = None,
    threads: int = 1,
) -> Cycles:
    """Find every simple cycle of accounts that money can have gone round in time order.

    A cycle of accounts is found if there is a choice of one edge for each hop, and an account to begin at,
    so that the edges are possible in that order and fit the window (`finvest.graph.order`).

    Parameters
    ----------
    graph : MoneyGraph
        Where to look. Payments of an account to itself are left out.
    window : int
        Microseconds.
    shortest, longest : int
        Number of accounts, 2 to 16.
    keep : (int, int), optional
        Percent, low and high: each edge after the first carries from low to high percent of the one before
        it, the closing one included, and all are of one currency.
    certain : bool
        Find only cycles with a choice of edges that is certain, in order and in the window.
    budget : int
        Steps (entries looked at) after which a root is given up. What it had found is kept, and it is named.
    most : int
        Results after which a root is given up, likewise. With ``keep``, choices of edges are counted.
    skip : bool of shape (accounts,), optional
        Accounts that no cycle may enter.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Cycles
        One row for each cycle of accounts. Its representative without ``keep``: of all choices, the one
        with the first root; then, hop after hop along the cycle from the root, the edge that arrives first,
        ties by number. With ``keep``: the choice whose edge numbers in time order are smallest, compared
        from the opening edge on.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    The root of a choice is, without ``keep``, its edge with the smallest (latest, number), with ``certain``
    the smallest (earliest, number); with ``keep`` it is the opening edge. Methods and sources:
    `finvest.graph.cycle_search` and `finvest.graph.cycle_values`.
    """
    check_window(window)
    check_at_least("shortest", shortest, 2)
    check_at_least("longest", longest, shortest)
    check_at_least("budget", budget, 1)
    check_at_least("most", most, 1)
    check_at_least("threads", threads, 1)
    if longest > LONGEST:
        raise UsageError(f"longest must be {LONGEST} or less, not {longest}")
    mask = np.zeros(graph.accounts, np.bool_) if skip is None else np.asarray(skip)
    if mask.shape != (graph.accounts,) or mask.dtype != np.bool_:
        raise UsageError("skip must hold one bool for each account")
    left_out = read_only(mask, np.bool_)
    rules = Rules(window, shortest, longest, int(certain), budget, most)
    cut = np.zeros(graph.edges, np.bool_)
    if keep is None:
        edges, accounts = _any_value(graph, rules, left_out, cut, threads)
    else:
        check_percent("keep", keep[0])
        check_percent("keep", keep[1])
        check_at_least("keep, high,", keep[1], keep[0])
        edges, accounts = _kept_value(graph, rules, keep, left_out, cut, threads)
    in_time = np.lexsort(edges.T[::-1])
    edges, accounts = edges[in_time], accounts[in_time]
    member = edges >= 0
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(member.sum(axis=1))))
    flat = edges[member]
    rule = judge(graph.earliest[flat], graph.latest[flat], offsets, window)
    roots = np.flatnonzero(cut).astype(np.int32)
    return Cycles(offsets, accounts[member], flat, rule.order_certain, rule.window_certain, roots)


def _any_value(graph: MoneyGraph, rules: Rules, skip: Bool, cut: Bool, threads: int) -> tuple[Int32, Int32]:
    leave = graph.earliest if rules.strict else graph.latest
    lists = packed(graph, rules, skip)
    search = collect(find_cycles, lists, rules, cut, width=rules.longest + 1, kind=np.int32)
    chunks = in_chunks(search, graph.edges, threads=threads, own=lambda: own_scratch(lists, rules.longest), least=1024)
    rows = np.concatenate([np.empty((0, rules.longest + 1), np.int32), *chunks])
    edges = rows[:, 1:]
    accounts = _accounts_along(graph, edges)
    first = np.lexsort((edges[:, 0], leave[edges[:, 0]]))  # first root first
    rows, edges, accounts = rows[first], edges[first], accounts[first]
    kept = _distinct(accounts)
    turn = rows[kept, 0]
    return _rotated(edges[kept], turn), _rotated(accounts[kept], turn)


def _kept_value(
    graph: MoneyGraph, rules: Rules, keep: tuple[int, int], skip: Bool, cut: Bool, threads: int
) -> tuple[Int32, Int32]:
    out = graph.outgoing_certain if rules.strict else graph.outgoing
    arrive, leave = (graph.latest, graph.earliest) if rules.strict else (graph.earliest, graph.latest)
    money = Money(
        graph.amount,
        graph.currency,
        read_only(graph.amount[out.edge], np.int64),
        read_only(graph.currency[out.edge], np.int32),
        *keep,
    )
    search = collect(
        find_value_cycles,
        *(graph.originator, graph.beneficiary, arrive, leave, out, money, skip, rules, cut),
        width=rules.longest,
        kind=np.int32,
    )
    chunks = in_chunks(search, graph.edges, threads=threads, own=lambda: np.zeros(graph.accounts, np.int8), least=1024)
    edges = np.concatenate([np.empty((0, rules.longest), np.int32), *chunks])
    edges = edges[np.lexsort(edges.T[::-1])]
    accounts = _accounts_along(graph, edges)
    kept = _distinct(accounts)
    return edges[kept], accounts[kept]


def _accounts_along(graph: MoneyGraph, edges: Int32) -> Int32:
    """Originators of edges, -1 where there is no edge."""
    accounts = np.full(edges.shape, -1, np.int32)
    accounts[edges >= 0] = graph.originator[edges[edges >= 0]]
    return accounts


def _distinct(accounts: Int32) -> Int64:
    """Row of the first occurrence of each cycle of accounts, wherever it begins."""
    beginning = np.where(accounts >= 0, accounts, np.iinfo(np.int32).max).argmin(axis=1)
    cycle = _rotated(accounts, beginning)
    order = np.lexsort(cycle.T)  # stable: rows of one cycle stay in their order
    cycle = cycle[order]
    fresh = np.ones(len(cycle), np.bool_)
    fresh[1:] = (cycle[1:] != cycle[:-1]).any(axis=1)
    return order[fresh]


def _rotated(rows: Int32, turn: Int32 | Int64) -> Int32:
    """Each row, padded with -1, to begin with its member number ``turn``."""
    width = rows.shape[1]
    length = (rows >= 0).sum(axis=1)[:, None]
    place = np.arange(width)[None, :]
    inside = place < length
    taken = np.where(inside, (place + turn[:, None]) % np.maximum(length, 1), place)
    rotated: Int32 = np.take_along_axis(rows, taken, axis=1)
    return rotated
