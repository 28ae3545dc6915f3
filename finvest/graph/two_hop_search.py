"""The search for parallel two-hop paths, source by source.

Of a path only two instants matter for windows: it lies in the window from s to s + w if and only if
*arrive*, the larger of the two earliest instants, is at most s + w, and *leave*, the smaller of the two latest,
is at least s. So the paths of one pair of accounts are swept as the payments of a fan are: each enters the window once
and leaves it once, and a counter per middle knows how many are distinct. With earliest and latest exchanged
(``outgoing_certain``) the same sweep asks for paths that certainly lie in the window; certain order is then
one instant more.

The paths of one source are looked at twice. The first lap counts for each sink its distinct middles, whatever
the window; the second writes down the paths to sinks with enough of them, sink by sink. Most accounts pay too
few others or find no such sink, and cost one lap. Edges to one middle are looked at one after the other, and
middles in the order in which they first appear, so that where a budget ends does not depend on account numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64

STAMP, MIDDLE, MIDDLES, PATHS = 0, 1, 2, 3


class Ask(NamedTuple):
    """What is asked: microseconds, middles, 1 for certain order, steps."""

    window: int
    least: int
    strict: int
    budget: int


class Own(NamedTuple):
    """Scratch of one thread."""

    ends: Int32
    """By account, as a sink: stamp of the source, last middle, distinct middles, paths (then: where they go)."""
    seen: Int32
    """By account, as a middle: stamp of the source."""
    tail: Int32
    """By account, as a middle: its last edge so far, as a place in the source's list."""
    times: Int32
    """By account, as a middle: paths inside the window; zero between pairs."""
    sinks: Int32
    """Sinks in the order in which they first appear."""
    heads: Int32
    """First edge to each middle, as a place in the source's list."""
    after: Int32
    """Next edge to the same middle, by place; -1 behind the last."""
    stamp: Int32


class Paths(NamedTuple):
    """Paths of one source, sink by sink."""

    first: Int64
    second: Int64
    arrive: Int64
    leave: Int64
    sink: Int32
    ptr: Int64


def own_scratch(accounts: int, widest: int) -> Own:
    """Scratch for a graph in which an account has at most ``widest`` outgoing edges."""
    return Own(
        np.zeros((accounts, 4), np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(widest, np.int32),
        np.zeros(widest, np.int32),
        np.zeros(1, np.int32),
    )


@kernel
def _chain(u: int, out: Index, skip: Bool, ask: Ask, own: Own) -> int:
    """Chain the edges of a source by middle; returns the number of middles."""
    own.stamp[0] += 1
    stamp = own.stamp[0]
    middles = 0
    low = out.ptr[u]
    for i in range(low, out.ptr[u + 1]):
        m = out.other[i]
        if m == u or skip[m] or out.earliest[i] - out.latest[i] > ask.window:
            continue
        place = i - low
        own.after[place] = -1
        if own.seen[m] == stamp:
            own.after[own.tail[m]] = place
        else:
            own.seen[m] = stamp
            own.heads[middles] = place
            middles += 1
        own.tail[m] = place
    return middles


@kernel
def _count(u: int, middles: int, out: Index, skip: Bool, ask: Ask, own: Own) -> tuple[int, int]:
    """First lap: distinct middles and paths by sink. Returns the number of sinks, and steps."""
    low, stamp, window = out.ptr[u], own.stamp[0], ask.window
    ends = own.ends
    sinks = 0
    steps = 0
    for h in range(middles):
        place = own.heads[h]
        m = out.other[low + place]
        while place >= 0:
            one, last = out.earliest[low + place], out.latest[low + place]
            place = own.after[place]
            j = lower(out.latest, out.ptr[m], out.ptr[m + 1], one + ask.strict)
            while j < out.ptr[m + 1] and out.first[j] <= last + window:
                steps += 1
                if steps > ask.budget:
                    return sinks, steps
                v = out.other[j]
                arrive, leave = max(one, out.earliest[j]), min(last, out.latest[j])
                j += 1
                if arrive - leave > window or skip[v] or v == u or v == m:  # noqa: PLR1714, SIM109 - numba
                    continue
                if ends[v, STAMP] != stamp:
                    ends[v, STAMP], ends[v, MIDDLE], ends[v, MIDDLES], ends[v, PATHS] = stamp, m, 1, 1
                    own.sinks[sinks] = v
                    sinks += 1
                    continue
                ends[v, PATHS] += 1
                if ends[v, MIDDLE] != m:
                    ends[v, MIDDLE] = m
                    ends[v, MIDDLES] += 1
    return sinks, steps


@kernel
def _write(u: int, middles: int, sinks: int, total: int, steps: int, out: Index, ask: Ask, own: Own) -> Paths:
    """Second lap: the paths to sinks with enough middles. It ends where the first lap ended."""
    low, window, ends = out.ptr[u], ask.window, own.ends
    paths = Paths(
        np.empty(total, np.int64),
        np.empty(total, np.int64),
        np.empty(total, np.int64),
        np.empty(total, np.int64),
        np.empty(sinks, np.int32),
        np.zeros(sinks + 1, np.int64),
    )
    stamp = own.stamp[0]
    groups = 0
    for i in range(own.sinks.shape[0]):
        if groups == sinks:
            break
        v = own.sinks[i]
        if ends[v, MIDDLES] >= ask.least:
            paths.sink[groups] = v
            paths.ptr[groups + 1] = paths.ptr[groups] + ends[v, PATHS]
            ends[v, PATHS] = paths.ptr[groups]
            groups += 1
    left = min(steps, ask.budget)
    for h in range(middles):
        place = own.heads[h]
        m = out.other[low + place]
        while place >= 0:
            i = low + place
            one, last = out.earliest[i], out.latest[i]
            place = own.after[place]
            j = lower(out.latest, out.ptr[m], out.ptr[m + 1], one + ask.strict)
            while j < out.ptr[m + 1] and out.first[j] <= last + window:
                if left == 0:
                    return paths
                left -= 1
                v = out.other[j]
                # A source or skipped account never bears the stamp; a middle can, as the sink of another.
                if ends[v, STAMP] == stamp and ends[v, MIDDLES] >= ask.least and v != m:
                    arrive, leave = max(one, out.earliest[j]), min(last, out.latest[j])
                    if arrive - leave <= window:
                        k = ends[v, PATHS]
                        ends[v, PATHS] = k + 1
                        paths.first[k], paths.second[k] = i, j
                        paths.arrive[k], paths.leave[k] = arrive, leave
                j += 1
    return paths


@kernel
def _paths(u: int, out: Index, skip: Bool, ask: Ask, cut: Bool, own: Own) -> Paths:
    """Paths of one source to the sinks that have enough middles in any time."""
    middles = sinks = total = steps = groups = 0
    if not skip[u] and out.ptr[u + 1] - out.ptr[u] >= ask.least:
        middles = _chain(u, out, skip, ask, own)
    if middles >= ask.least:
        sinks, steps = _count(u, middles, out, skip, ask, own)
        cut[u] = steps > ask.budget
        for i in range(sinks):
            if own.ends[own.sinks[i], MIDDLES] >= ask.least:
                total += own.ends[own.sinks[i], PATHS]
                groups += 1
    if groups == 0:
        middles = 0
    return _write(u, middles, groups, total, steps, out, ask, own)


@kernel
def find_paths(
    u0: int, u1: int, out: Index, skip: Bool, ask: Ask, cut: Bool, own: Own, found: Int64, used: int
) -> tuple[int, int]:
    """Rows: source, sink, start, distinct, certain."""
    times = own.times
    for u in range(u0, u1):
        if out.ptr[u + 1] - out.ptr[u] < ask.least:
            continue
        begun = used
        paths = _paths(u, out, skip, ask, cut, own)
        for group in range(paths.sink.shape[0]):
            low, high = paths.ptr[group], paths.ptr[group + 1]
            by_arrive = low + np.argsort(paths.arrive[low:high])
            by_leave = low + np.argsort(paths.leave[low:high])
            sure = ask.strict == 1 or _all_sure(low, high, paths, out)
            begin = end = by_leave
            if not sure:
                begin = low + np.argsort(out.earliest[paths.first[low:high]])
                end = low + np.argsort(out.latest[paths.second[low:high]])
            distinct = entered = i = 0
            while i < high - low:
                start = paths.leave[by_leave[i]]
                fresh = False
                while entered < high - low and paths.arrive[by_arrive[entered]] <= start + ask.window:
                    m = out.other[paths.first[by_arrive[entered]]]
                    entered += 1
                    fresh = True
                    distinct += times[m] == 0
                    times[m] += 1
                # Without a fresh path the window is part of the one before; with one, no other holds it,
                # because the path at i leaves next.
                if fresh and distinct >= ask.least:
                    if used == found.shape[0]:
                        for k in range(low, high):
                            times[out.other[paths.first[k]]] = 0
                        return u, begun
                    certain = distinct
                    if not sure:
                        for k in range(low, high):  # the counters are lent out
                            times[out.other[paths.first[k]]] = 0
                        certain = _most_certain(begin, end, start, paths, out, ask, times)
                        for k in by_arrive[:entered]:
                            times[out.other[paths.first[k]]] += paths.leave[k] >= start
                    found[used, 0], found[used, 1], found[used, 2] = u, paths.sink[group], start
                    found[used, 3], found[used, 4] = distinct, certain
                    used += 1
                while i < high - low and paths.leave[by_leave[i]] == start:
                    m = out.other[paths.first[by_leave[i]]]
                    i += 1
                    times[m] -= 1
                    distinct -= times[m] == 0
    return u1, used


@kernel
def _all_sure(low: int, high: int, paths: Paths, out: Index) -> bool:
    """Whether every path has known instants, the second later than the first."""
    for k in range(low, high):
        i, j = paths.first[k], paths.second[k]
        if out.earliest[i] != out.latest[i] or out.earliest[j] != out.latest[j] or out.latest[i] >= out.earliest[j]:
            return False
    return True


@kernel
def _most_certain(begin: Int64, end: Int64, start: int, paths: Paths, out: Index, ask: Ask, times: Int32) -> int:
    """Most distinct middles of one window whose path certainly happened in order and in one window.

    Such a window may as well begin at the earliest instant of a path: these are tried in turn. ``begin`` and
    ``end`` list the paths of the pair by the earliest instant of the first edge and the latest of the second.
    """
    most = distinct = taken = i = 0
    while i < begin.shape[0]:
        instant = out.earliest[paths.first[begin[i]]]
        while taken < end.shape[0] and out.latest[paths.second[end[taken]]] <= instant + ask.window:
            k = end[taken]
            taken += 1
            if out.earliest[paths.first[k]] >= instant and _surely(k, start, paths, out, ask):
                m = out.other[paths.first[k]]
                distinct += times[m] == 0
                times[m] += 1
        most = max(most, distinct)
        while i < begin.shape[0] and out.earliest[paths.first[begin[i]]] == instant:
            k = begin[i]
            i += 1
            if out.latest[paths.second[k]] <= instant + ask.window and _surely(k, start, paths, out, ask):
                m = out.other[paths.first[k]]
                times[m] -= 1
                distinct -= times[m] == 0
    return most


@kernel
def _surely(k: int, start: int, paths: Paths, out: Index, ask: Ask) -> bool:
    """Whether a path belongs to the window that begins at ``start``, and its order is certain."""
    inside = paths.leave[k] >= start and paths.arrive[k] <= start + ask.window
    return bool(inside and out.latest[paths.first[k]] < out.earliest[paths.second[k]])


@kernel
def best_of_edges(u0: int, u1: int, out: Index, skip: Bool, ask: Ask, cut: Bool, own: Own, best: Int32) -> None:
    """Raise ``best`` of each edge to the most distinct middles of a window that has it as a member."""
    times = own.times
    for u in range(u0, u1):
        if out.ptr[u + 1] - out.ptr[u] < ask.least:
            continue
        paths = _paths(u, out, skip, ask, cut, own)
        for group in range(paths.sink.shape[0]):
            low, high = paths.ptr[group], paths.ptr[group + 1]
            by_arrive = low + np.argsort(paths.arrive[low:high])
            by_leave = low + np.argsort(paths.leave[low:high])
            # Windows so far whose count no later window reaches, falling; a path's best is the first of
            # them since it entered.
            number, count = np.empty(high - low, np.int64), np.empty(high - low, np.int32)
            since = np.empty(high - low, np.int64)
            distinct = entered = i = height = windows = 0
            while i < high - low:
                start = paths.leave[by_leave[i]]
                while entered < high - low and paths.arrive[by_arrive[entered]] <= start + ask.window:
                    k = by_arrive[entered]
                    m = out.other[paths.first[k]]
                    since[k - low] = windows
                    entered += 1
                    distinct += times[m] == 0
                    times[m] += 1
                while height > 0 and count[height - 1] <= distinct:
                    height -= 1
                number[height], count[height] = windows, distinct
                height += 1
                windows += 1
                while i < high - low and paths.leave[by_leave[i]] == start:
                    k = by_leave[i]
                    i += 1
                    most = count[lower(number, 0, height, since[k - low])]
                    if most >= ask.least:
                        e, f = out.edge[paths.first[k]], out.edge[paths.second[k]]
                        best[e], best[f] = max(best[e], most), max(best[f], most)
                    m = out.other[paths.first[k]]
                    times[m] -= 1
                    distinct -= times[m] == 0
