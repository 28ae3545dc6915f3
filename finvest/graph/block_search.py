"""The search for blocks, account by account; what a block is, says `finvest.graph.blocks.blocks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.compiled import kernel
from finvest.graph.index import Index, lower

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64


class Ask(NamedTuple):
    """What is asked: microseconds, accounts on either side, percent of pairs, steps."""

    window: int
    sources: int
    targets: int
    percent: int
    budget: int


class Own(NamedTuple):
    """Scratch of one thread, by account."""

    target: Int32
    """Stamp of the window in which it is a possible target, of a later step in which it still is."""
    source: Int32
    """The same for sources."""
    seen: Int32
    """Stamp of the target for which it was counted last."""
    pays: Int32
    """Possible targets that it pays."""
    counted: Int32
    """Stamp of the window of that count."""
    first: Int32
    """List of possible targets."""
    payers: Int32
    """List of possible sources."""
    stamp: Int32


def own_scratch(accounts: int) -> Own:
    """Scratch for a graph."""
    return Own(
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(accounts, np.int32),
        np.zeros(1, np.int32),
    )


@kernel
def find_blocks(
    u0: int, u1: int, out: Index, into: Index, skip: Bool, ask: Ask, cut: Bool, own: Own, found: Int64, used: int
) -> tuple[int, int]:
    """Rows: root, start, payer, payee; the pairs of a root's block stand together."""
    for u in range(u0, u1):
        low, high = out.ptr[u], out.ptr[u + 1]
        if skip[u] or high - low < ask.targets:
            continue
        steps = best = 0
        best_start = np.int64(0)
        best_pairs = np.empty((0, 2), np.int32)
        i = low
        while i < high and steps <= ask.budget:
            if out.other[i] == u:
                i += 1
                continue
            start = out.latest[i]
            pairs, looked, targets, mark = _block(u, i, start, out, into, skip, ask, ask.budget - steps, own)
            steps += looked
            if pairs >= best and pairs > 0:
                best, best_start = pairs, start
                best_pairs = np.empty((pairs, 2), np.int32)
                k = 0
                for t in range(targets):
                    y = own.first[t]
                    stop = start + ask.window
                    once = _fresh(own)
                    j = lower(into.latest, into.ptr[y], into.ptr[y + 1], start)
                    while j < into.ptr[y + 1] and into.first[j] <= stop:
                        x = into.other[j]
                        if into.earliest[j] <= stop and own.source[x] == mark and own.seen[x] != once:
                            own.seen[x] = once
                            best_pairs[k, 0], best_pairs[k, 1] = x, y
                            k += 1
                        j += 1
            while i < high and out.latest[i] == start:
                i += 1
        cut[u] = steps > ask.budget
        if used + best > found.shape[0]:
            return u, used
        for k in range(best):
            found[used, 0], found[used, 1] = u, best_start
            found[used, 2], found[used, 3] = best_pairs[k, 0], best_pairs[k, 1]
            used += 1
    return u1, used


@kernel
def _fresh(own: Own) -> int:
    own.stamp[0] += 1
    stamp: int = own.stamp[0]
    return stamp


@kernel
def _block(
    u: int, begin: int, start: int, out: Index, into: Index, skip: Bool, ask: Ask, left: int, own: Own
) -> tuple[int, int, int, int]:
    """Pairs of the block in one window (0: none), steps, number of targets, and the stamp that both sides bear.

    Targets are left in ``own.first``, sources in ``own.payers``. More than ``left`` steps: none.
    """
    end = start + ask.window
    window = _fresh(own)
    steps = candidates = 0
    for j in range(begin, out.ptr[u + 1]):
        if out.first[j] > end:
            break
        steps += 1
        y = out.other[j]
        if out.earliest[j] <= end and y != u and not skip[y] and own.target[y] != window:
            own.target[y] = window
            own.first[candidates] = y
            candidates += 1
    if candidates < ask.targets:
        return 0, steps, 0, 0

    # Who pays enough of them.
    payers = 0
    for t in range(candidates):
        y = own.first[t]
        once = _fresh(own)
        j = lower(into.latest, into.ptr[y], into.ptr[y + 1], start)
        while j < into.ptr[y + 1] and into.first[j] <= end:
            x = into.other[j]
            steps += 1
            if steps > left:
                return 0, steps, 0, 0
            if into.earliest[j] <= end and own.target[x] != window and own.seen[x] != once and not skip[x]:
                own.seen[x] = once
                if own.counted[x] != window:
                    own.counted[x], own.pays[x] = window, 0
                    own.payers[payers] = x
                    payers += 1
                own.pays[x] += 1
            j += 1
    mark = _fresh(own)
    sources = 0
    for i in range(payers):
        x = own.payers[i]
        if own.pays[x] * 100 >= candidates * ask.percent:
            own.source[x] = mark
            own.payers[sources] = x
            sources += 1
        own.pays[x] = 0
    if sources < ask.sources:
        return 0, steps, 0, 0

    # Who of them is paid by enough of those, and who of those pays enough of them.
    targets = 0
    for t in range(candidates):
        y = own.first[t]
        paid_by = 0
        for lap in range(2):
            once = _fresh(own)
            j = lower(into.latest, into.ptr[y], into.ptr[y + 1], start)
            while j < into.ptr[y + 1] and into.first[j] <= end:
                x = into.other[j]
                steps += 1
                if into.earliest[j] <= end and own.source[x] == mark and own.seen[x] != once:
                    own.seen[x] = once
                    paid_by += 1 - lap
                    own.pays[x] += lap
                j += 1
            if paid_by * 100 < sources * ask.percent:
                break
        if paid_by * 100 >= sources * ask.percent:
            own.target[y] = mark
            own.first[targets] = y
            targets += 1
    kept = pairs = 0
    for i in range(sources):
        x = own.payers[i]
        if own.pays[x] * 100 >= targets * ask.percent:
            own.payers[kept] = x
            pairs += own.pays[x]
            kept += 1
        else:
            own.source[x] = 0
    if steps > left or targets < ask.targets or kept < ask.sources:
        return 0, steps, 0, 0

    # Nobody pays anybody on the same side.
    for side in range(2):
        size, group, bears = (kept, own.payers, own.source) if side == 0 else (targets, own.first, own.target)
        for i in range(size):
            x = group[i]
            j = lower(out.latest, out.ptr[x], out.ptr[x + 1], start)
            while j < out.ptr[x + 1] and out.first[j] <= end:
                steps += 1
                if out.earliest[j] <= end and out.other[j] != x and bears[out.other[j]] == mark:
                    return 0, steps, 0, 0
                j += 1
            if steps > left:
                return 0, steps, 0, 0
    return pairs, steps, targets, mark
