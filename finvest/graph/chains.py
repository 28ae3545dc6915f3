"""Chains: money that is passed on from account to account, each hop keeping a stated share of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.arrays import read_only
from finvest.graph.compiled import collect, in_chunks, kernel
from finvest.graph.cycle_values import Money
from finvest.graph.index import lower
from finvest.graph.order import judge
from finvest.graph.parameters import check_at_least, check_percent, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int8, Int32, Int64
    from finvest.graph.index import Index
    from finvest.graph.money_graph import MoneyGraph

LONGEST = 32


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chains:
    """Distinct walks of accounts, in order of their edges' numbers.

    Attributes
    ----------
    offsets : int64 of shape (chains + 1,)
        Chain i has the members ``offsets[i]`` to ``offsets[i + 1] - 1`` of ``edges``.
    edges : int32 of shape (members,)
        The chain's representative: one choice of edges, in time order.
    order_certain, window_certain : bool of shape (chains,)
        Whether the representative's order, and its window, hold whatever the instants.
    cut_roots : int32 of shape (any,)
        Edges from which the search was not carried to its end, rising. Chains that begin with any other edge are
        complete.
    """

    offsets: Int64
    edges: Int32
    order_certain: Bool
    window_certain: Bool
    cut_roots: Int32

    def __len__(self) -> int:
        return len(self.order_certain)

    @property
    def lengths(self) -> Int64:
        """Number of edges of each chain; int64 of shape (chains,)."""
        return np.diff(self.offsets)

    def edges_of(self, row: int) -> Int32:
        """Edges of one chain's representative, in time order."""
        return self.edges[self.offsets[row] : self.offsets[row + 1]]

    def __repr__(self) -> str:
        cut = f", {len(self.cut_roots):,} roots cut" if len(self.cut_roots) else ""
        return f"Chains({len(self):,} walks of accounts{cut})"


def chains(
    graph: MoneyGraph,
    *,
    window: int,
    keep: tuple[int, int],
    hops: int = 5,
    longest: int = 16,
    certain: bool = False,
    budget: int = 100_000,
    most: int = 1_000,
    skip: Bool | None = None,
    threads: int = 1,
) -> Chains:
    """Find walks of accounts along which most of the money is passed on, hop after hop.

    A chain is a sequence of edges, each leaving the account that the one before reached, through different
    accounts, all of one currency, each carrying from low to high percent of the one before, possible in this order and
    within the window (`finvest.graph.order`). It is maximal: no edge before its first or after its last makes
    a longer chain by the same rules.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look. Payments of an account to itself are left out.
    window : int
        From the first to the last payment; microseconds.
    keep : (int, int)
        Percent, low and high; low is 1 or more.
    hops, longest : int
        Number of edges, 2 to 32.
    certain : bool
        Find only chains whose order and window are certain; maximal among these.
    budget : int
        Steps (entries looked at) after which a root is given up. What it had found is kept, and it is named.
    most : int
        Choices of edges after which a root is given up, likewise.
    skip : bool of shape (accounts,), optional
        Accounts that no chain may enter, at its ends included.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Chains
        One row for each walk of accounts. Its representative is the maximal choice of edges whose numbers in time
        order are smallest, compared from the first on.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    The root is the first edge. As with cycles that keep their value (`finvest.graph.cycle_values`), the amount
    prunes so hard that a plain walk is enough.
    """
    check_window(window)
    check_at_least("hops", hops, 2)
    check_at_least("longest", longest, hops)
    for name, value in (("budget", budget), ("most", most), ("threads", threads), ("keep", keep[0])):
        check_at_least(name, value, 1)
    check_percent("keep", keep[1])
    check_at_least("keep, high,", keep[1], keep[0])
    if longest > LONGEST:
        raise UsageError(f"longest must be {LONGEST} or less, not {longest}")
    mask = np.zeros(graph.accounts, np.bool_) if skip is None else np.asarray(skip)
    if mask.shape != (graph.accounts,) or mask.dtype != np.bool_:
        raise UsageError("skip must hold one bool for each account")
    out, into = (graph.outgoing_certain, graph.incoming_certain) if certain else (graph.outgoing, graph.incoming)
    arrive, leave = (graph.latest, graph.earliest) if certain else (graph.earliest, graph.latest)
    money = Money(
        graph.amount,
        graph.currency,
        read_only(graph.amount[out.edge], np.int64),
        read_only(graph.currency[out.edge], np.int32),
        *keep,
    )
    cut = np.zeros(graph.edges, np.bool_)
    ends = Ends(graph.originator, graph.beneficiary, arrive, leave)
    rules = Rules(window, hops, longest, int(certain), budget, most)
    search = collect(
        find_chains, ends, out, into, money, read_only(mask, np.bool_), rules, cut, width=longest, kind=np.int32
    )
    chunks = in_chunks(search, graph.edges, threads=threads, own=lambda: np.zeros(graph.accounts, np.int8), least=1024)
    edges = _first_of_each_walk(graph, np.concatenate([np.empty((0, longest), np.int32), *chunks]))
    member = edges >= 0
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(member.sum(axis=1))))
    flat = edges[member]
    rule = judge(graph.earliest[flat], graph.latest[flat], offsets, window)
    return Chains(offsets, flat, rule.order_certain, rule.window_certain, np.flatnonzero(cut).astype(np.int32))


def _first_of_each_walk(graph: MoneyGraph, edges: Int32) -> Int32:
    """Of the choices of edges along the same accounts the smallest; in order of edges."""
    edges = edges[np.lexsort(edges.T[::-1])]
    along = np.where(edges >= 0, graph.beneficiary[edges], -1)
    walk = np.column_stack((graph.originator[edges[:, 0]], along))
    order = np.lexsort(walk.T)  # stable: the smallest choice of a walk stays first
    fresh = np.ones(len(walk), np.bool_)
    fresh[1:] = (walk[order][1:] != walk[order][:-1]).any(axis=1)
    kept: Int32 = edges[np.sort(order[fresh])]
    return kept


class Ends(NamedTuple):
    """Of each edge: who pays, who is paid, when a walk that takes it can go on, until when it can be taken."""

    src: Int32
    dst: Int32
    arrive: Int64
    leave: Int64


class Rules(NamedTuple):
    """What is asked of a chain."""

    window: int
    hops: int
    longest: int
    strict: int
    budget: int
    most: int


@kernel
def find_chains(
    r0: int,
    r1: int,
    ends: Ends,
    out: Index,
    into: Index,
    money: Money,
    skip: Bool,
    rules: Rules,
    cut: Bool,
    on_path: Int8,
    found: Int32,
    used: int,
) -> tuple[int, int]:
    """Rows: the edges in order of time, -1 behind the last."""
    longest = rules.longest
    hop, cursor = np.empty(longest, np.int32), np.empty(longest, np.int64)
    after, until = np.empty(longest, np.int64), np.empty(longest, np.int64)
    least, largest = np.empty(longest, np.int64), np.empty(longest, np.int64)
    extended = np.empty(longest, np.bool_)
    for e in range(r0, r1):
        u, v = ends.src[e], ends.dst[e]
        if u == v or skip[u] or skip[v] or ends.arrive[e] - ends.leave[e] > rules.window:
            continue
        results, steps, begun, short = 0, 0, used, False
        depth = 0
        on_path[u] = on_path[v] = 1
        hop[0], extended[0] = e, False
        after[0], until[0] = ends.arrive[e], ends.leave[e] + rules.window
        least[0] = -(-money.amount[e] * money.low // 100)
        largest[0] = money.amount[e] * money.high // 100
        cursor[0] = lower(out.latest, out.ptr[v], out.ptr[v + 1], ends.arrive[e] + rules.strict)
        while depth >= 0:
            j = cursor[depth]
            x = ends.dst[hop[depth]]
            if short or j == out.ptr[x + 1] or out.first[j] > until[depth]:
                if not short and not extended[depth] and depth + 1 >= rules.hops:
                    before = False
                    if depth + 1 < longest:
                        before, looked = _has_before(
                            e, after[depth], until[depth], ends, into, money, skip, rules, on_path
                        )
                        steps += looked
                    if not before and results == rules.most:
                        short = True
                    elif not before:
                        if used == found.shape[0]:
                            for d in range(depth + 1):
                                on_path[ends.dst[hop[d]]] = 0
                            on_path[u] = 0
                            return e, begun
                        found[used] = -1
                        for d in range(depth + 1):
                            found[used, d] = hop[d]
                        used += 1
                        results += 1
                on_path[x] = 0
                depth -= 1
                continue
            if steps >= rules.budget:
                short = True
                continue
            cursor[depth] += 1
            steps += 1
            amount = money.listed_amount[j]
            if amount < least[depth] or amount > largest[depth] or money.listed_currency[j] != money.currency[e]:
                continue
            y = out.other[j]
            reached = max(after[depth], out.earliest[j])
            end = min(until[depth], out.latest[j] + rules.window)
            if reached > end or skip[y] or on_path[y]:
                continue
            if depth + 1 == longest:
                continue
            extended[depth] = True
            depth += 1
            hop[depth], on_path[y], extended[depth] = out.edge[j], 1, False
            after[depth], until[depth] = reached, end
            least[depth] = -(-amount * money.low // 100)
            largest[depth] = amount * money.high // 100
            cursor[depth] = lower(out.latest, out.ptr[y], out.ptr[y + 1], reached + rules.strict)
        on_path[u] = 0
        cut[e] = short
    return r1, used


@kernel
def _has_before(
    e: int,
    reached: int,
    until: int,
    ends: Ends,
    into: Index,
    money: Money,
    skip: Bool,
    rules: Rules,
    on_path: Int8,
) -> tuple[bool, int]:
    """Whether an edge before the first one makes the chain longer, and entries looked at.

    ``reached`` is when the chain has arrived, ``until`` its smallest leave plus the window.
    """
    first_leave = until - rules.window
    u, amount = ends.src[e], money.amount[e]
    looked = 0
    j = lower(into.latest, into.ptr[u], into.ptr[u + 1], reached - rules.window)
    while j < into.ptr[u + 1] and into.first[j] <= first_leave - rules.strict:
        looked += 1
        p, t = into.edge[j], into.other[j]
        arrive, leave = into.earliest[j], into.latest[j]
        j += 1
        if arrive > first_leave - rules.strict or max(reached, arrive) - min(first_leave, leave) > rules.window:
            continue
        if on_path[t] or skip[t] or money.currency[p] != money.currency[e]:
            continue
        if money.amount[p] * money.low <= amount * 100 <= money.amount[p] * money.high:
            return True, looked
    return False, looked
