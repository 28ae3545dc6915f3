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

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.cycle_lists import Packed, Records, Rules, leaving
from finvest.graph.cycle_reach import LAST_STAMP, LATE, Root, accounts_with_lists, grow_reach

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64

MARK = np.dtype([("seen", np.int64), ("place", np.int32), ("on_path", np.int32)], align=True)
"""The expansion that last saw an account, where it put it on the waiting list; whether the account is on the walk."""
CHOICE = np.dtype([("account", np.int32), ("edge", np.int32), ("arrival", np.int32)], align=True)
"""A hop that waits to be taken."""
LEVEL = np.dtype([(name, np.int32) for name in ("account", "edge", "arrival", "begin", "cursor")], align=True)
"""A hop of the walk; the choices after it wait at begin and on, the next one to take at cursor."""


class Own(NamedTuple):
    """Scratch of one thread; stamps make clearing unnecessary."""

    account: Records
    reached: Int32
    mark: Records
    waiting: Records
    used: Int64  # the last stamp, and the last number of an expansion


def own_scratch(graph: Packed, longest: int) -> Own:
    """Scratch for a graph; each account of a walk has at most its distinct counterparties waiting."""
    accounts = len(graph.out.ptr) - 1
    widest = int(np.diff(graph.out.ptr).max(initial=0))
    return Own(
        accounts_with_lists(graph.out, graph.into),
        np.empty(4 * accounts, np.int32),
        np.zeros(accounts, MARK),
        np.empty(longest * min(accounts, widest) + 1, CHOICE),
        np.zeros(2, np.int64),
    )


@kernel
def find_cycles(
    r0: int, r1: int, graph: Packed, rules: Rules, cut: Bool, own: Own, found: Int32, used: int
) -> tuple[int, int]:
    """Rows: hops before the walk is LATE, then the edges from the root on, -1 behind the last."""
    out, out_edge, into, into_edge = graph.out.entry, graph.out.edge, graph.into.entry, graph.into.edge
    account, reached, mark, waiting = own.account, own.reached, own.mark, own.waiting
    edges, limits = graph.edge, graph.limit
    level = np.empty(rules.longest, LEVEL)
    stamp, once = own.used[0], own.used[1]
    for e in range(r0, r1):
        u, v, leave, arrive = edges[e].src, edges[e].dst, edges[e].leave, edges[e].arrive
        limit = limits[leave]
        if u == v or arrive > limit:
            continue
        start = leaving(out, account[v].out, account[v].out_end, leave)
        if start == account[v].out_end or out[start].first > limit:
            continue
        stop = leaving(into, account[u].into, account[u].into_end, leave)
        if stop == account[u].into_end or into[stop].first > limit:
            continue
        if stamp > LAST_STAMP:
            for x in range(account.shape[0]):
                account[x].arrival_of = account[x].closing_of = 0
            stamp = 0
        stamp += 1
        root = Root(e, u, v, leave, limit, rules.strict, stamp)
        stamp += rules.longest
        at = max(arrive, leave)
        account[v].arrival = at
        account[v].arrival_of = root.stamp
        account[u].closing = LATE
        account[u].closing_of = root.stamp
        steps, can_close, hops_back, complete = grow_reach(
            root, rules, account[v].out_end - start, account[u].into_end - stop, out, out_edge, into, into_edge,
            account, reached,
        )  # fmt: skip
        if not can_close:
            continue

        # Walk depth first. The accounts that can follow a level wait at its begin to the next begin.
        results, begun, short = 0, used, steps > rules.budget
        depth = 0
        level[0].account, level[0].edge, level[0].arrival = v, e, at
        mark[v].on_path = 1
        level[0].begin = level[0].cursor = top = 0
        expand = True
        while depth >= 0:
            if expand and not short:
                expand = False
                left = rules.longest - depth - 2
                must_close = int(complete or left <= hops_back)
                closes = int(depth + 2 >= rules.shortest)
                once += 1
                top, scanned = _next_accounts(
                    root, level[depth].account, level[depth].arrival, top, left, must_close, closes, once,
                    out, out_edge, account, mark, waiting,
                )  # fmt: skip
                steps += scanned
                short = steps > rules.budget
            if short or level[depth].cursor == top:
                mark[level[depth].account].on_path = 0
                top = level[depth].begin
                depth -= 1
                continue
            place = level[depth].cursor
            level[depth].cursor += 1
            y = waiting[place].account
            if y != u:
                depth += 1
                level[depth].account, level[depth].edge = y, waiting[place].edge
                level[depth].arrival = waiting[place].arrival
                mark[y].on_path = 1
                level[depth].begin = level[depth].cursor = top
                expand = True
                continue
            if results == rules.most:
                short = True
                continue
            if used == found.shape[0]:  # the caller enlarges the table and comes back to this root
                for d in range(depth + 1):
                    mark[level[d].account].on_path = 0
                own.used[0], own.used[1] = stamp, once
                return e, begun
            in_order = depth + 1 if waiting[place].arrival == LATE else depth + 2
            for d in range(depth, 0, -1):
                if level[d].arrival == LATE:
                    in_order = d
            found[used] = -1
            found[used, 0] = in_order
            for d in range(depth + 1):
                found[used, d + 1] = level[d].edge
            found[used, depth + 2] = waiting[place].edge
            used += 1
            results += 1
        cut[e] = short
    own.used[0], own.used[1] = stamp, once
    return r1, used


@kernel
def _next_accounts(
    root: Root, x: int, at: int, top: int, left: int, must_close: int, closes: int, once: int,
    out: Records, out_edge: Int32, account: Records, mark: Records, waiting: Records,
) -> tuple[int, int]:  # fmt: skip
    """Put the accounts that the walk at x can enter on the waiting list, each by its first arrival.

    ``left`` hops remain after the next one. Returns the new top of the list, and steps.
    """
    steps = 0
    low, stop, bound = account[x].out, account[x].out_end, root.limit
    j = in_order = leaving(out, low, stop, at + root.strict)
    for lap in range(2 - root.strict):
        if lap == 1:  # round the end of the cycle in time, edges that cover root.leave
            j, stop, bound = leaving(out, low, in_order, root.leave), in_order, root.leave
        while j < stop and out[j].first <= bound:
            y, arrive, edge = out[j].other, out[j].arrive, out_edge[j]
            usable = arrive <= bound and not (out[j].leave == root.leave and edge <= root.edge)
            j += 1
            steps += 1
            if not usable or mark[y].on_path:
                continue
            reaches = LATE if lap == 1 else max(at, arrive)
            if y == root.u:
                if not closes:
                    continue
            elif left < 1 or (must_close and (account[y].closing_of < root.stamp or account[y].closing < reaches)):
                continue
            if mark[y].seen != once:
                mark[y].seen = once
                mark[y].place = top
                waiting[top].account, waiting[top].edge, waiting[top].arrival = y, edge, reaches
                top += 1
                continue
            place = mark[y].place
            known = waiting[place].arrival
            if reaches < known or (reaches == known and edge < waiting[place].edge):
                waiting[place].edge, waiting[place].arrival = edge, reaches
    return top, steps
