"""Which accounts a cycle through a root can pass: reach, grown from both ends of the root.

After the root, the smallest arrival at each account; before it, the largest arrival with which an account can
still close the cycle. The end that is expected to be cheaper grows first. Where the two never meet there is
no cycle, and most roots end here. *Arrive*, *leave* and LATE are explained in `finvest.graph.cycle_search`.
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
def new_stamp(own: Own) -> int:
    """Give a stamp that no label and no mark carries yet."""
    own.stamp[0] += 1
    stamp: int = own.stamp[0]
    return stamp


@kernel
def grow_reach(
    root: Root, rules: Rules, cost_ahead: int, cost_back: int, out: Index, into: Index, skip: Bool, own: Own
) -> tuple[int, bool, int, bool]:
    """Label accounts from both ends until the labels together span the longest cycle.

    Labels take half the budget at most, so that a walk can still find something. Returns steps, whether
    there can be a cycle, hops grown backward, and whether every account that can close it is labelled.
    """
    ahead, ahead_next, back, back_next = own.ahead, own.ahead_next, own.back, own.back_next
    count_ahead = count_back = 1
    hops_ahead = hops_back = steps = 0
    met = False
    while hops_ahead + hops_back < rules.longest - 1:
        if count_back == 0 or (count_ahead == 0 and not met):
            return steps, met, hops_back, count_back == 0
        if steps > rules.budget // 2:
            return steps, True, hops_back, False
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
def entries(root: Root, out: Index, x: int, at: int, lap: int) -> tuple[int, int, int]:
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
    once = new_stamp(own)
    new = cost = steps = 0
    met = False
    for i in range(count):
        at = label[reached[i], ARRIVAL]
        for lap in range(2):
            j, stop, bound = entries(root, out, reached[i], at, lap)
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
    once = new_stamp(own)
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
