"""What the search for cycles reads, packed: it jumps from account to account, so memory decides its speed.

Only the order of instants matters to it. So their ranks stand for them, 4 bytes each; what one step reads of an entry
lies side by side; what no cycle can hold (payments to oneself, accounts left out) is not listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from finvest.graph.arrays import Bool, Int32, Int64, read_only
from finvest.graph.compiled import kernel
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph

Records: TypeAlias = Any
"""An array of records: numpy's types do not know what fields it has."""

ENTRY = np.dtype([("other", np.int32), ("leave", np.int32), ("arrive", np.int32), ("first", np.int32)], align=True)
"""``first``: smallest ``arrive`` from this entry to the account's last."""
EDGE = np.dtype([("src", np.int32), ("dst", np.int32), ("leave", np.int32), ("arrive", np.int32)], align=True)


class Rules(NamedTuple):
    """What is searched for."""

    window: int
    shortest: int
    longest: int
    strict: int  # 1 for certain order, else 0
    budget: int
    most: int


class Lists(NamedTuple):
    """Entries by account, then (leave, number): those of account v stand at ``ptr[v]`` to ``ptr[v + 1] - 1``."""

    ptr: Int32
    entry: Records
    edge: Int32  # number of each entry's edge


class Packed(NamedTuple):
    """A graph as the search reads it; instants are ranks."""

    edge: Records
    limit: Int32  # for each rank the last one that is within the window after it
    out: Lists
    into: Lists


def packed(graph: MoneyGraph, rules: Rules, skip: Bool) -> Packed:
    """Pack a graph for a search; without payments to oneself, and without accounts in ``skip``."""
    out, into = graph.outgoing, graph.incoming
    if rules.strict:
        out, into = graph.outgoing_certain, graph.incoming_certain
    times, earliest, latest = _ranks(graph.earliest, graph.latest)
    edge = np.empty(graph.edges, EDGE)
    edge["src"], edge["dst"] = graph.originator, graph.beneficiary
    edge["leave"], edge["arrive"] = (earliest, latest) if rules.strict else (latest, earliest)
    edge.flags.writeable = False
    limit = read_only(_limits(times, rules.window), np.int32)
    return Packed(edge, limit, _lists(out, edge, skip), _lists(into, edge, skip))


def _ranks(earliest: Int64, latest: Int64) -> tuple[Int64, Int32, Int32]:
    """Distinct instants, rising, and the place of each edge's two among them."""
    apart = latest != earliest
    times = earliest
    if apart.any():
        times = np.sort(np.concatenate((earliest, np.sort(latest[apart]))), kind="stable")
    fresh = np.ones(len(times), np.bool_)
    np.not_equal(times[1:], times[:-1], out=fresh[1:])
    times = read_only(times[fresh], np.int64)
    return times, *_ranked(times, earliest, latest)


@kernel
def _ranked(times: Int64, earliest: Int64, latest: Int64) -> tuple[Int32, Int32]:
    low = np.empty(earliest.shape[0], np.int32)
    high = np.empty(earliest.shape[0], np.int32)
    rank = 0
    for e in range(earliest.shape[0]):
        while times[rank] < earliest[e]:
            rank += 1
        low[e] = rank
        high[e] = rank if latest[e] == earliest[e] else lower(times, rank, times.shape[0], latest[e])
    return low, high


@kernel
def _limits(times: Int64, window: int) -> Int32:
    limit = np.empty(times.shape[0], np.int32)
    last = 0
    for rank in range(times.shape[0]):
        while last + 1 < times.shape[0] and times[last + 1] <= times[rank] + window:
            last += 1
        limit[rank] = last
    return limit


def _lists(index: Index, edge: Records, skip: Bool) -> Lists:
    entry, edges = np.empty(len(index.edge), ENTRY), np.empty(len(index.edge), np.int32)
    ptr = _pack(index.ptr, index.other, index.edge, edge, skip, entry, edges)
    entry = entry[: ptr[-1]]
    entry.flags.writeable = False
    return Lists(read_only(ptr, np.int32), entry, read_only(edges[: ptr[-1]], np.int32))


@kernel
def _pack(ptr: Int64, other: Int32, number: Int32, edge: Records, skip: Bool, entry: Records, edges: Int32) -> Int32:
    kept = np.zeros(ptr.shape[0], np.int32)
    free = 0
    for v in range(ptr.shape[0] - 1):
        if not skip[v]:
            for j in range(ptr[v], ptr[v + 1]):
                if other[j] != v and not skip[other[j]]:
                    edges[free] = number[j]
                    entry[free].other = other[j]
                    entry[free].leave = edge[number[j]].leave
                    entry[free].arrive = edge[number[j]].arrive
                    free += 1
        kept[v + 1] = free
        first = np.int32(2**31 - 1)
        for j in range(free - 1, kept[v] - 1, -1):
            first = min(first, entry[j].arrive)
            entry[j].first = first
    return kept


@kernel
def leaving(entry: Records, low: int, high: int, least: int) -> int:
    """First of the entries ``low`` to ``high - 1`` of an account that leaves at ``least`` or later; else ``high``."""
    while low < high:
        middle = (low + high) >> 1
        if entry[middle].leave < least:
            low = middle + 1
        else:
            high = middle
    return low
