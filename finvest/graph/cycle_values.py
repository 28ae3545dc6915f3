"""The search for cycles in which every hop keeps a stated share of the money of the hop before.

Root: the opening edge. Asking for value prunes so hard that a plain walk over edges is enough: of all edges
an account sends within the window, few carry the right amount, and a cycle of six costs little more than one
of three. *Arrive* and *leave* are as in `finvest.graph.cycle_search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int8, Int32, Int64
    from finvest.graph.cycle_lists import Rules


class Money(NamedTuple):
    """Amount and currency, by edge and by entry of the outgoing index, and the percentages asked for."""

    amount: Int64
    currency: Int32
    listed_amount: Int64
    listed_currency: Int32
    low: int
    high: int


@kernel
def find_value_cycles(
    r0: int,
    r1: int,
    src: Int32,
    dst: Int32,
    arrive: Int64,
    leave: Int64,
    out: Index,
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
    path, hop = np.empty(longest, np.int32), np.empty(longest, np.int32)
    cursor = np.empty(longest, np.int64)
    after, until = np.empty(longest, np.int64), np.empty(longest, np.int64)
    least, largest = np.empty(longest, np.int64), np.empty(longest, np.int64)
    for e in range(r0, r1):
        u, v = src[e], dst[e]
        if u == v or skip[u] or skip[v] or arrive[e] - leave[e] > rules.window:
            continue
        results, steps, begun, short = 0, 0, used, False
        currency = money.currency[e]
        depth = 0
        path[0], hop[0], on_path[v] = v, e, 1
        after[0], until[0] = arrive[e], leave[e] + rules.window
        least[0] = -(-money.amount[e] * money.low // 100)
        largest[0] = money.amount[e] * money.high // 100
        cursor[0] = lower(out.latest, out.ptr[v], out.ptr[v + 1], arrive[e] + rules.strict)
        while depth >= 0:
            j = cursor[depth]
            if short or j == out.ptr[path[depth] + 1] or out.first[j] > until[depth]:
                on_path[path[depth]] = 0
                depth -= 1
                continue
            if steps == rules.budget:
                short = True
                continue
            cursor[depth] += 1
            steps += 1
            amount = money.listed_amount[j]
            if amount < least[depth] or amount > largest[depth] or money.listed_currency[j] != currency:
                continue
            y = out.other[j]
            reached = max(after[depth], out.earliest[j])
            end = min(until[depth], out.latest[j] + rules.window)
            if reached > end or skip[y]:
                continue
            if y != u:
                if on_path[y] or depth + 2 == longest:
                    continue
                depth += 1
                path[depth], hop[depth], on_path[y] = y, out.edge[j], 1
                after[depth], until[depth] = reached, end
                least[depth] = -(-amount * money.low // 100)
                largest[depth] = amount * money.high // 100
                cursor[depth] = lower(out.latest, out.ptr[y], out.ptr[y + 1], reached + rules.strict)
                continue
            if depth + 2 < rules.shortest:
                continue
            if results == rules.most:
                short = True
                continue
            if used == found.shape[0]:
                for d in range(depth + 1):
                    on_path[path[d]] = 0
                return e, begun
            found[used] = -1
            for d in range(depth + 1):
                found[used, d] = hop[d]
            found[used, depth + 1] = out.edge[j]
            used += 1
            results += 1
        cut[e] = short
    return r1, used
