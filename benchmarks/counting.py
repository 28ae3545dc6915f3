# ruff: noqa: PLR2004 - a pattern has two middles or more
"""Counts for every transaction, as other tools give them: finvest's kernels return members, which is other work.

Measures look back from each transaction, whose number stands for its place in time: later ones of the same instant do
not count. They run on the index of `finvest.graph`, with instants that are known. Cycles come from finvest's own
search, on the graph seen backwards: then the transaction that closes a cycle is the one the search starts from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph import MoneyGraph
from finvest.graph.arrays import Float64, Int32, Int64, read_only
from finvest.graph.compiled import collect, in_chunks, kernel
from finvest.graph.cycle_lists import Rules, packed
from finvest.graph.cycle_search import find_cycles, own_scratch
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from benchmarks.generate import Records

STATISTICS = 8
UNBOUNDED = 1 << 60


def exact_graph(records: Records) -> MoneyGraph:
    """Return the graph of records whose instants all count as known."""
    return MoneyGraph.from_arrays(
        accounts=records.accounts,
        originator=records.sender,
        beneficiary=records.receiver,
        earliest=records.time,
        latest=records.time,
        amount=records.amount,
        currency=np.zeros(len(records), np.int32),
    )


@kernel
def _fans(v0: int, v1: int, index: Index, window: int, fan: Int32, inside: Int32) -> None:
    for v in range(v0, v1):
        oldest, others = index.ptr[v], 0
        for place in range(index.ptr[v], index.ptr[v + 1]):
            now, x = index.latest[place], index.other[place]
            others += inside[x] == 0
            inside[x] += 1
            while index.latest[oldest] <= now - window:
                gone = index.other[oldest]
                inside[gone] -= 1
                others -= inside[gone] == 0
                oldest += 1
            fan[index.edge[place]] = others
        for place in range(oldest, index.ptr[v + 1]):
            inside[index.other[place]] = 0


def fans(graph: MoneyGraph, window: int, threads: int) -> Int32:
    """Return fan-in of the receiver and fan-out of the sender; shape (2, edges)."""
    counts = np.zeros((2, graph.edges), np.int32)
    for index, fan in zip((graph.incoming, graph.outgoing), counts, strict=True):

        def work(low: int, high: int, own: Int32, index=index, fan=fan) -> None:
            _fans(low, high, index, window, fan, own)

        in_chunks(work, graph.accounts, threads=threads, own=lambda: np.zeros(graph.accounts, np.int32))
    return counts


@kernel
def _degrees(v0: int, v1: int, index: Index, window: int, degree: Int32) -> None:
    for v in range(v0, v1):
        oldest = index.ptr[v]
        for place in range(index.ptr[v], index.ptr[v + 1]):
            while index.latest[oldest] <= index.latest[place] - window:
                oldest += 1
            degree[index.edge[place]] = place - oldest + 1


def degrees(graph: MoneyGraph, window: int, threads: int) -> Int32:
    """Return in-degree of the receiver and out-degree of the sender; shape (2, edges)."""
    counts = np.zeros((2, graph.edges), np.int32)
    for index, degree in zip((graph.incoming, graph.outgoing), counts, strict=True):

        def work(low: int, high: int, _: None, index=index, degree=degree) -> None:
            _degrees(low, high, index, window, degree)

        in_chunks(work, graph.accounts, threads=threads, own=lambda: None)
    return counts


@kernel
def _moments(
    v0: int, v1: int, asked: Index, index: Index, value: Float64, since: Int64, out: Float64, inside: Int32
) -> None:
    """Eight numbers of an account's list at each of the account's asked transactions; value in order of the list."""
    for v in range(v0, v1):
        begin, end = index.ptr[v], index.ptr[v + 1]
        if begin == end:
            continue
        centre = value[begin]  # sums of powers about a value of the list lose least
        first = second = third = fourth = 0.0
        oldest = newest = begin
        others = 0
        for question in range(asked.ptr[v], asked.ptr[v + 1]):
            e = asked.edge[question]
            while newest < end and index.edge[newest] <= e:
                x, d = index.other[newest], value[newest] - centre
                others += inside[x] == 0
                inside[x] += 1
                square = d * d
                first, second, third, fourth = first + d, second + square, third + square * d, fourth + square * square
                newest += 1
            while oldest < newest and index.latest[oldest] <= since[e]:
                x, d = index.other[oldest], value[oldest] - centre
                inside[x] -= 1
                others -= inside[x] == 0
                square = d * d
                first, second, third, fourth = first - d, second - square, third - square * d, fourth - square * square
                oldest += 1
            many = newest - oldest
            if many == 0:
                first = second = third = fourth = 0.0
                continue
            shift = first / many
            out[e, 0], out[e, 1], out[e, 2] = others, many, many / others
            out[e, 3], out[e, 4] = shift + centre, first + many * centre
            variance = second / many - shift * shift
            if variance > 1e-9 * shift * shift:
                skew = third / many - 3 * shift * second / many + 2 * shift * shift * shift
                tail = fourth / many - 4 * shift * third / many + 6 * shift * shift * second / many
                out[e, 5] = variance
                out[e, 6] = skew / (variance * np.sqrt(variance))
                out[e, 7] = (tail - 3 * shift * shift * shift * shift) / (variance * variance)
        for place in range(oldest, newest):
            inside[index.other[place]] = 0


def vertex_statistics(graph: MoneyGraph, value: Float64, window: int, threads: int) -> Float64:
    """Return fan, degree, their ratio, mean, sum, variance, skew, kurtosis of values; shape (4, edges, 8).

    What the sender pays, what it receives, what the receiver pays, what it receives. Floats: for ranking only. As the
    peer has it, what leaves the window leaves it one transaction late: the window ends with the transaction before.
    """
    before = np.concatenate((graph.latest[:1], graph.latest[:-1]))
    since = read_only(before - window, np.int64)
    out, into = graph.outgoing, graph.incoming
    blocks = np.zeros((4, graph.edges, STATISTICS))
    for block, (asked, index) in zip(blocks, ((out, out), (out, into), (into, out), (into, into)), strict=True):
        listed = read_only(value[index.edge], np.float64)

        def work(low: int, high: int, own: Int32, asked=asked, index=index, listed=listed, block=block) -> None:
            _moments(low, high, asked, index, listed, since, block, own)

        in_chunks(work, graph.accounts, threads=threads, own=lambda: np.zeros(graph.accounts, np.int32))
    return blocks


class _Marks(NamedTuple):
    """Scratch of one thread, per account; a mark holds the number of the last question about it."""

    middle: Int64
    met: Int64
    source: Int64
    question: Int64


@kernel
def _count_paths(near: int, far: int, e: int, since: int, into: Index, out: Index, own: _Marks, sizes: Int32) -> int:
    """Count the middles between each payer of near and far, of edges from since to e. Seen backwards: payees.

    Writes the counts of at least two into sizes, and returns how many there are.
    """
    low = lower(into.edge, into.ptr[far], into.ptr[far + 1], since)
    high = lower(into.edge, low, into.ptr[far + 1], e + 1)
    if high - low < 2:
        return 0
    first = lower(into.edge, into.ptr[near], into.ptr[near + 1], since)
    last = lower(into.edge, first, into.ptr[near + 1], e + 1)
    if first == last:
        return 0
    own.question[0] += 1
    question = own.question[0]
    middles = 0
    for place in range(low, high):
        y = into.other[place]
        middles += own.middle[y] != question
        own.middle[y] = question
    if middles < 2:
        return 0
    found = 0
    for payment in range(first, last):
        s = into.other[payment]
        if s in (near, far) or own.source[s] == question:
            continue
        own.source[s] = question
        own.question[1] += 1
        turn = own.question[1]
        count = 0
        begin = lower(out.edge, out.ptr[s], out.ptr[s + 1], since)
        end = lower(out.edge, begin, out.ptr[s + 1], e + 1)
        if end - begin < 2:
            continue
        if end - begin <= 8 * (high - low):
            for place in range(begin, end):
                y = out.other[place]
                if own.middle[y] == question and own.met[y] != turn and y not in (s, far):
                    own.met[y] = turn
                    count += 1
        else:  # a hub: ask each middle instead whether the hub pays it
            for place in range(low, high):
                y = into.other[place]
                if own.met[y] == turn or y in (s, far):
                    continue
                own.met[y] = turn
                k = lower(into.edge, into.ptr[y], into.ptr[y + 1], since)
                while k < into.ptr[y + 1] and into.edge[k] <= e and into.other[k] != s:
                    k += 1
                count += k < into.ptr[y + 1] and into.edge[k] <= e
        if count >= 2:
            sizes[found] = count
            found += 1
    return found


@kernel
def _scatter_gather(
    e0: int, e1: int, src: Int32, dst: Int32, since: Int32, into: Index, out: Index, top: int, hist: Int32,
    own: _Marks, sizes: Int32,
) -> None:  # fmt: skip
    for e in range(e0, e1):
        if src[e] == dst[e]:
            continue
        for side in range(2):
            if side == 0:
                found = _count_paths(src[e], dst[e], e, since[e], into, out, own, sizes)
            else:
                found = _count_paths(dst[e], src[e], e, since[e], out, into, own, sizes)
            for i in range(found):
                hist[e, min(sizes[i], top) - 2] += 1


def scatter_gather(graph: MoneyGraph, window: int, top: int, threads: int) -> Int32:
    """Count the patterns of 2 to ``top`` middles (or more) that each transaction completes, in any order of time."""
    hist = np.zeros((graph.edges, top - 1), np.int32)
    since = read_only(np.searchsorted(graph.latest, graph.latest - window), np.int32)
    into, out = graph.incoming, graph.outgoing

    def own() -> tuple[_Marks, Int32]:
        marks = _Marks(*(np.zeros(graph.accounts, np.int64) for _ in range(3)), np.zeros(2, np.int64))
        return marks, np.empty(graph.accounts, np.int32)

    def work(low: int, high: int, scratch: tuple[_Marks, Int32]) -> None:
        _scatter_gather(low, high, graph.originator, graph.beneficiary, since, into, out, top, hist, *scratch)

    in_chunks(work, graph.edges, threads=threads, own=own, least=1024)
    return hist


def closed_cycles(graph: MoneyGraph, window: int, longest: int, threads: int) -> Int32:
    """Count by length the cycles of accounts, strictly forward in time, that each transaction closes."""
    last = graph.edges - 1
    back = MoneyGraph.from_arrays(
        accounts=graph.accounts,
        originator=graph.beneficiary[::-1],
        beneficiary=graph.originator[::-1],
        earliest=-graph.latest[::-1],
        latest=-graph.earliest[::-1],
        amount=graph.amount[::-1],
        currency=graph.currency[::-1],
    )
    rules = Rules(window, 2, longest, 1, UNBOUNDED, UNBOUNDED)
    lists = packed(back, rules, read_only(np.zeros(graph.accounts, np.bool_), np.bool_))
    cut = np.zeros(graph.edges, np.bool_)
    search = collect(find_cycles, lists, rules, cut, width=longest + 1, kind=np.int32)
    chunks = in_chunks(search, graph.edges, threads=threads, own=lambda: own_scratch(lists, longest), least=1024)
    hist = np.zeros((graph.edges, longest - 1), np.int32)
    for rows in chunks:
        np.add.at(hist, (last - rows[:, 1], (rows[:, 1:] >= 0).sum(axis=1) - 2), 1)
    return hist
