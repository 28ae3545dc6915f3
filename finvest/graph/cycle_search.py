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

Before walking, reach is grown from both ends of the root, the cheaper end first: the smallest arrival at
accounts after it, the largest arrival with which accounts before it can still close the cycle. Where the
two never meet there is no cycle, and most roots end here; elsewhere the walk enters only accounts that can
still return.

Sources: H. Wu et al., Path Problems in Temporal Graphs, PVLDB 7(9), 2014 (earliest arrival, latest
departure); R. Kumar, T. Calders, 2SCENT: An Efficient Algorithm to Enumerate All Simple Temporal Cycles,
PVLDB 11(11), 2018 (roots and their reach). Intervals instead of instants: proved here by comparison with
all choices of edges and all rotations (tests/graph/test_cycles.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int8, Int32, Int64

LATE = 1 << 62
ARRIVAL, ARRIVAL_OF, CLOSING, CLOSING_OF = range(4)
"""Columns of a label: each number is valid for the root whose stamp stands beside it."""


class Rules(NamedTuple):
    """What is searched for."""

    window: int
    shortest: int
    longest: int
    strict: int  # 1 for certain order, else 0
    budget: int
    most: int


class Root(NamedTuple):
    """The edge that a search starts from, u → v."""

    edge: int
    u: int
    v: int
    leave: int
    limit: int  # no edge arrives after this
    strict: int
    stamp: int


class Own(NamedTuple):
    """Scratch of one thread; stamps make clearing unnecessary."""

    label: Int64
    seen: Int64
    place: Int64
    on_path: Int8
    ahead: Int32
    ahead_next: Int32
    back: Int32
    back_next: Int32
    waiting: Int32
    waiting_edge: Int32
    waiting_arrival: Int64
    stamp: Int64


def own_scratch(accounts: int, room: int) -> Own:
    """Scratch for a graph; ``room`` is the most accounts that can wait to be entered at one time."""
    return Own(
        label=np.zeros((accounts, 4), np.int64),
        seen=np.zeros(accounts, np.int64),
        place=np.zeros(accounts, np.int64),
        on_path=np.zeros(accounts, np.int8),
        ahead=np.empty(accounts, np.int32),
        ahead_next=np.empty(accounts, np.int32),
        back=np.empty(accounts, np.int32),
        back_next=np.empty(accounts, np.int32),
        waiting=np.empty(room, np.int32),
        waiting_edge=np.empty(room, np.int32),
        waiting_arrival=np.empty(room, np.int64),
        stamp=np.zeros(1, np.int64),
    )


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
        root = Root(e, u, v, leave[e], limit, rules.strict, _new_stamp(own))
        at = max(arrive[e], leave[e])
        own.label[v, ARRIVAL], own.label[v, ARRIVAL_OF] = at, root.stamp
        own.label[u, CLOSING], own.label[u, CLOSING_OF] = LATE, root.stamp
        own.ahead[0], own.back[0] = v, u
        steps, met, hops_back, complete = _grow_reach(
            root, rules, out.ptr[v + 1] - start, into.ptr[u + 1] - stop, out, into, skip, own
        )
        if not met:
            cut[e] = steps > rules.budget
            continue

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
            if used == found.shape[0]:
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
def _new_stamp(own: Own) -> int:
    own.stamp[0] += 1
    stamp: int = own.stamp[0]
    return stamp


@kernel
def _grow_reach(
    root: Root, rules: Rules, cost_ahead: int, cost_back: int, out: Index, into: Index, skip: Bool, own: Own
) -> tuple[int, bool, int, bool]:
    """Label accounts from both ends until the labels together span the longest cycle.

    Returns steps, whether the two ends met, hops grown backward, and whether every account that can close
    the cycle is labelled.
    """
    ahead, ahead_next, back, back_next = own.ahead, own.ahead_next, own.back, own.back_next
    count_ahead = count_back = 1
    hops_ahead = hops_back = steps = 0
    met = False
    while hops_ahead + hops_back < rules.longest - 1:
        if count_back == 0 or (count_ahead == 0 and not met) or steps > rules.budget:
            break
        if cost_ahead < cost_back and count_ahead > 0:
            count_ahead, cost_ahead, scanned, meets = _grow_ahead(root, ahead, count_ahead, ahead_next, out, skip, own)
            ahead, ahead_next = ahead_next, ahead
            hops_ahead += 1
        else:
            count_back, cost_back, scanned, meets = _grow_back(root, back, count_back, back_next, into, skip, own)
            back, back_next = back_next, back
            hops_back += 1
        steps += scanned
        met = met or meets
    return steps, met, hops_back, count_back == 0


@kernel
def _entries(root: Root, out: Index, x: int, at: int, lap: int) -> tuple[int, int, int]:
    """Entries of x that a walk at x can take: from, to, and the bound on arrive.

    Lap 0: in order after ``at``. Lap 1: round the end of the cycle in time, edges that cover root.leave.
    """
    low, high = out.ptr[x], out.ptr[x + 1]
    if lap == 0:
        if at == LATE:
            return high, high, root.limit
        return lower(out.latest, low, high, at + root.strict), high, root.limit
    if root.strict:
        return high, high, root.leave
    low = lower(out.latest, low, high, root.leave)
    if low < high and out.first[low] <= root.leave and at != LATE:
        high = lower(out.latest, low, high, at)
    return low, high, root.leave


@kernel
def _grow_ahead(
    root: Root, reached: Int32, count: int, further: Int32, out: Index, skip: Bool, own: Own
) -> tuple[int, int, int, bool]:
    """One hop more after the root. Returns accounts reached, cost of the next hop, steps, met."""
    label = own.label
    once = _new_stamp(own)
    new = cost = steps = 0
    met = False
    for i in range(count):
        at = label[reached[i], ARRIVAL]
        for lap in range(2):
            j, stop, bound = _entries(root, out, reached[i], at, lap)
            while j < stop and out.first[j] <= bound:
                y = out.other[j]
                reaches = LATE if lap == 1 else max(at, out.earliest[j])
                usable = out.earliest[j] <= bound and y != root.v
                usable = usable and not (out.latest[j] == root.leave and out.edge[j] <= root.edge)
                j += 1
                steps += 1
                if not usable or skip[y]:
                    continue
                if label[y, ARRIVAL_OF] == root.stamp and label[y, ARRIVAL] <= reaches:
                    continue
                label[y, ARRIVAL], label[y, ARRIVAL_OF] = reaches, root.stamp
                met = met or (label[y, CLOSING_OF] == root.stamp and reaches <= label[y, CLOSING])
                if y != root.u and own.seen[y] != once:
                    own.seen[y] = once
                    further[new] = y
                    new += 1
                    cost += 1 + min(out.ptr[y + 1] - out.ptr[y], 64)
    return new, cost, steps, met


@kernel
def _grow_back(
    root: Root, reached: Int32, count: int, further: Int32, into: Index, skip: Bool, own: Own
) -> tuple[int, int, int, bool]:
    """One hop more before the root. Returns accounts reached, cost of the next hop, steps, met."""
    label = own.label
    once = _new_stamp(own)
    new = cost = steps = 0
    met = False
    for i in range(count):
        x = reached[i]
        closing = label[x, CLOSING]
        bound = min(root.limit, closing)
        j = lower(into.latest, into.ptr[x], into.ptr[x + 1], root.leave)
        while j < into.ptr[x + 1] and into.first[j] <= bound:
            y = into.other[j]
            closes = min(into.latest[j] - root.strict, closing)
            if closing == LATE and into.earliest[j] <= root.leave and root.strict == 0:
                closes = LATE
            usable = into.earliest[j] <= bound and y != root.u
            usable = usable and not (into.latest[j] == root.leave and into.edge[j] <= root.edge)
            j += 1
            steps += 1
            if not usable or skip[y]:
                continue
            if label[y, CLOSING_OF] == root.stamp and label[y, CLOSING] >= closes:
                continue
            label[y, CLOSING], label[y, CLOSING_OF] = closes, root.stamp
            met = met or (label[y, ARRIVAL_OF] == root.stamp and label[y, ARRIVAL] <= closes)
            if y != root.v and own.seen[y] != once:
                own.seen[y] = once
                further[new] = y
                new += 1
                cost += 1 + min(into.ptr[y + 1] - into.ptr[y], 64)
    return new, cost, steps, met


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
    once = _new_stamp(own)
    steps = 0
    for lap in range(2):
        j, stop, bound = _entries(root, out, x, at, lap)
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
