"""Which accounts a cycle through a root can pass: reach, grown from both ends of the root.

After the root, the smallest arrival at each account; before it, the largest arrival with which an account can
still close the cycle. The end that is expected to be cheaper grows first. Where the two never meet there is
no cycle, and most roots end here. *Arrive*, *leave* and LATE are explained in `finvest.graph.cycle_search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.cycle_lists import Lists, Records, Rules, leaving

if TYPE_CHECKING:
    from finvest.graph.arrays import Int32

LATE = 2**31 - 1
LAST_STAMP = LATE - 1_000
"""Labels are cleared before a stamp passes 31 bits; a root uses far fewer than the difference."""

ACCOUNT = np.dtype(
    [
        ("arrival", np.int32), ("arrival_of", np.int32), ("closing", np.int32), ("closing_of", np.int32),
        ("out", np.int32), ("out_end", np.int32), ("into", np.int32), ("into_end", np.int32),
    ],
    align=True,
)  # fmt: skip
"""Labels, each with the stamp of the hop that set it; where the account's entries begin and end."""


class Root(NamedTuple):
    """The edge that a search starts from, u → v."""

    edge: int
    u: int
    v: int
    leave: int
    limit: int  # no edge arrives after this
    strict: int
    stamp: int  # labels with an older stamp are of other roots


def accounts_with_lists(out: Lists, into: Lists) -> Records:
    """Scratch of one thread: no labels yet."""
    account = np.zeros(len(out.ptr) - 1, ACCOUNT)
    account["out"], account["out_end"] = out.ptr[:-1], out.ptr[1:]
    account["into"], account["into_end"] = into.ptr[:-1], into.ptr[1:]
    return account


@kernel
def grow_reach(
    root: Root, rules: Rules, cost_ahead: int, cost_back: int, out: Records, out_edge: Int32,
    into: Records, into_edge: Int32, account: Records, reached: Int32,
) -> tuple[int, bool, int, bool]:  # fmt: skip
    """Label accounts from both ends until the labels together span the longest cycle.

    Labels take half the budget at most, so that a walk can still find something. Returns steps, whether
    there can be a cycle, hops grown backward, and whether every account that can close it is labelled.
    """
    half = account.shape[0]
    ahead, ahead_next, back, back_next = 0, half, 2 * half, 3 * half
    reached[ahead], reached[back] = root.v, root.u
    count_ahead = count_back = 1
    hops_ahead = hops_back = steps = 0
    met = False
    while hops_ahead + hops_back < rules.longest - 1:
        if count_back == 0 or (count_ahead == 0 and not met):
            return steps, met, hops_back, count_back == 0
        if steps > rules.budget // 2:
            return steps, True, hops_back, False
        once = root.stamp + 1 + hops_ahead + hops_back
        if cost_ahead < cost_back and count_ahead > 0:
            count_ahead, cost_ahead, scanned, meets = _grow_ahead(
                root, once, ahead, count_ahead, ahead_next, out, out_edge, account, reached
            )
            ahead, ahead_next = ahead_next, ahead
            hops_ahead += 1
        else:
            count_back, cost_back, scanned, meets = _grow_back(
                root, once, back, count_back, back_next, into, into_edge, account, reached
            )
            back, back_next = back_next, back
            hops_back += 1
        steps += scanned
        met = met or meets
    return steps, met, hops_back, count_back == 0


@kernel
def _grow_ahead(
    root: Root, once: int, begin: int, count: int, further: int, out: Records, out_edge: Int32,
    account: Records, reached: Int32,
) -> tuple[int, int, int, bool]:  # fmt: skip
    """One hop more after the root. Returns accounts reached, cost of the next hop, steps, met."""
    new = cost = steps = 0
    met = False
    for i in range(begin, begin + count):
        x = reached[i]
        at = account[x].arrival
        low, stop, bound = account[x].out, account[x].out_end, root.limit
        j = in_order = leaving(out, low, stop, at + root.strict)
        for lap in range(2 - root.strict):
            if lap == 1:  # round the end of the cycle in time, edges that cover root.leave
                j, stop, bound = leaving(out, low, in_order, root.leave), in_order, root.leave
            while j < stop and out[j].first <= bound:
                y, arrive = out[j].other, out[j].arrive
                usable = arrive <= bound and y != root.v
                usable = usable and not (out[j].leave == root.leave and out_edge[j] <= root.edge)
                j += 1
                steps += 1
                if not usable:
                    continue
                reaches = LATE if lap == 1 else max(at, arrive)
                known = account[y].arrival_of
                if known >= root.stamp and account[y].arrival <= reaches:
                    continue
                account[y].arrival = reaches
                account[y].arrival_of = once
                met = met or (account[y].closing_of >= root.stamp and reaches <= account[y].closing)
                if y != root.u and known != once:
                    reached[further + new] = y
                    new += 1
                    cost += 1 + min(account[y].out_end - account[y].out, 64)
    return new, cost, steps, met


@kernel
def _grow_back(
    root: Root, once: int, begin: int, count: int, further: int, into: Records, into_edge: Int32,
    account: Records, reached: Int32,
) -> tuple[int, int, int, bool]:  # fmt: skip
    """One hop more before the root. Returns accounts reached, cost of the next hop, steps, met."""
    new = cost = steps = 0
    met = False
    for i in range(begin, begin + count):
        x = reached[i]
        closing = account[x].closing
        bound = min(root.limit, closing)
        stop = account[x].into_end
        j = leaving(into, account[x].into, stop, root.leave)
        while j < stop and into[j].first <= bound:
            y, arrive, leave = into[j].other, into[j].arrive, into[j].leave
            usable = arrive <= bound and y != root.u
            usable = usable and not (leave == root.leave and into_edge[j] <= root.edge)
            j += 1
            steps += 1
            if not usable:
                continue
            closes = min(leave - root.strict, closing)
            if closing == LATE and arrive <= root.leave and root.strict == 0:
                closes = LATE
            known = account[y].closing_of
            if known >= root.stamp and account[y].closing >= closes:
                continue
            account[y].closing = closes
            account[y].closing_of = once
            met = met or (account[y].arrival_of >= root.stamp and account[y].arrival <= closes)
            if y != root.v and known != once:
                reached[further + new] = y
                new += 1
                cost += 1 + min(account[y].into_end - account[y].into, 64)
    return new, cost, steps, met
