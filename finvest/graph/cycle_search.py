"""The search for cycles of accounts in time order, where amounts do not matter.

Root: the edge of a cycle whose *leave* (below) is smallest, ties by number. Every cycle has one, and it
turns a window into one bound: all other edges arrive by the root's leave plus the window.

Two instants of an edge count. A walk that takes it cannot go on before *arrive*, and the edge cannot be
taken after *leave*. For possible order these are earliest and latest; for certain order latest and earliest,
and the next edge must leave strictly later. An index lists entries by (leave, number) either way.

A cycle need not begin with its root: edges before the root in time come after it on the walk along the
cycle. Since none leaves before the root, each of them covers the root's leave, and they can all happen at
that one instant, in order. So a walk from the root has one number as its state: the arrival so far, or LATE
once it has passed the end of the cycle in time, when only edges that cover the root's leave remain. Smaller
arrivals allow everything that larger ones allow. That is why one edge between two accounts, the one that
arrives first, stands for all that are parallel to it.

The walk enters only accounts from which the cycle can still be closed (`finvest.graph.cycle_reach`).

Sources: H. Wu et al., Path Problems in Temporal Graphs, PVLDB 7(9), 2014 (earliest arrival, latest
departure); R. Kumar, T. Calders, 2SCENT: An Efficient Algorithm to Enumerate All Simple Temporal Cycles,
PVLDB 11(11), 2018 (roots and their reach). Intervals instead of instants: the argument above, compared with
all choices of edges and all rotations (tests/graph/test_cycles.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.cycle_reach import (
    ARRIVAL,
    ARRIVAL_OF,
    CLOSING,
    CLOSING_OF,
    LATE,
    Own,
    Root,
    Rules,
    entries,
    grow_reach,
    new_stamp,
)
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64


@kernel
def find_cycles(
    r0: int,
    r1: int,
    src: Int32,
    dst: Int32,
    arrive: Int64,
    leave: Int64,
    out: Index,
    into: Index,
    skip: Bool,
    rules: Rules,
    cut: Bool,
    own: Own,
    found: Int32,
    used: int,
) -> tuple[int, int]:
    """Rows: hops before the walk is LATE, then the edges from the root on, -1 behind the last."""
    path = np.empty(rules.longest, np.int32)
    hop = np.empty(rules.longest, np.int32)
    arrival = np.empty(rules.longest, np.int64)
    begin = np.empty(rules.longest, np.int64)
    cursor = np.empty(rules.longest, np.int64)
    for e in range(r0, r1):
        u, v = src[e], dst[e]
        if u == v or skip[u] or skip[v] or arrive[e] - leave[e] > rules.window:
            continue
        limit = leave[e] + rules.window
        start = lower(out.latest, out.ptr[v], out.ptr[v + 1], leave[e])
        stop = lower(into.latest, into.ptr[u], into.ptr[u + 1], leave[e])
        if start == out.ptr[v + 1] or out.first[start] > limit:
            continue
        if stop == into.ptr[u + 1] or into.first[stop] > limit:
            continue
        root = Root(e, u, v, leave[e], limit, rules.strict, new_stamp(own))
        at = max(arrive[e], leave[e])
        own.label[v, ARRIVAL], own.label[v, ARRIVAL_OF] = at, root.stamp
        own.label[u, CLOSING], own.label[u, CLOSING_OF] = LATE, root.stamp
        own.ahead[0], own.back[0] = v, u
        steps, can_close, hops_back, complete = grow_reach(
            root, rules, out.ptr[v + 1] - start, into.ptr[u + 1] - stop, out, into, skip, own
        )
        if not can_close:
            continue

        # Walk depth first. The accounts that can follow path[depth] wait at begin[depth] to the next begin.
        results, begun, short = 0, used, steps > rules.budget
        depth = 0
        path[0], hop[0], arrival[0], own.on_path[v] = v, e, at, 1
        begin[0] = cursor[0] = top = 0
        expand = True
        while depth >= 0:
            if expand and not short:
                expand = False
                left = rules.longest - depth - 2
                must_close = int(complete or left <= hops_back)
                closes = int(depth + 2 >= rules.shortest)
                top, scanned = _next_accounts(
                    root, path[depth], arrival[depth], top, left, must_close, closes, out, skip, own
                )
                steps += scanned
                short = steps > rules.budget
            if short or cursor[depth] == top:
                own.on_path[path[depth]] = 0
                top = begin[depth]
                depth -= 1
                continue
            place = cursor[depth]
            cursor[depth] += 1
            y = own.waiting[place]
            if y != u:
                depth += 1
                path[depth], hop[depth], own.on_path[y] = y, own.waiting_edge[place], 1
                arrival[depth] = own.waiting_arrival[place]
                begin[depth] = cursor[depth] = top
                expand = True
                continue
            if results == rules.most:
                short = True
                continue
            if used == found.shape[0]:  # the caller enlarges the table and comes back to this root
                for d in range(depth + 1):
                    own.on_path[path[d]] = 0
                return e, begun
            in_order = depth + 1 if own.waiting_arrival[place] == LATE else depth + 2
            for d in range(depth, 0, -1):
                if arrival[d] == LATE:
                    in_order = d
            found[used] = -1
            found[used, 0] = in_order
            for d in range(depth + 1):
                found[used, d + 1] = hop[d]
            found[used, depth + 2] = own.waiting_edge[place]
            used += 1
            results += 1
        cut[e] = short
    return r1, used


@kernel
def _next_accounts(
    root: Root,
    x: int,
    at: int,
    top: int,
    left: int,
    must_close: int,
    closes: int,
    out: Index,
    skip: Bool,
    own: Own,
) -> tuple[int, int]:
    """Put the accounts that the walk at x can enter on the waiting list, each by its first arrival.

    ``left`` hops remain after the next one. Returns the new top of the list, and steps.
    """
    once = new_stamp(own)
    steps = 0
    for lap in range(2):
        j, stop, bound = entries(root, out, x, at, lap)
        while j < stop and out.first[j] <= bound:
            y = out.other[j]
            edge = out.edge[j]
            reaches = LATE if lap == 1 else max(at, out.earliest[j])
            usable = out.earliest[j] <= bound and not (out.latest[j] == root.leave and edge <= root.edge)
            j += 1
            steps += 1
            if not usable or own.on_path[y] or skip[y]:
                continue
            if y == root.u:
                if not closes:
                    continue
            elif left < 1 or (
                must_close and (own.label[y, CLOSING_OF] != root.stamp or own.label[y, CLOSING] < reaches)
            ):
                continue
            if own.seen[y] != once:
                own.seen[y], own.place[y] = once, top
                own.waiting[top], own.waiting_edge[top], own.waiting_arrival[top] = y, edge, reaches
                top += 1
                continue
            place = own.place[y]
            known = own.waiting_arrival[place]
            if reaches < known or (reaches == known and edge < own.waiting_edge[place]):
                own.waiting_edge[place], own.waiting_arrival[place] = edge, reaches
    return top, steps
