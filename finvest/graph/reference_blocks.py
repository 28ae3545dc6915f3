"""Blocks and stacks again, slow and plain: see `finvest.graph.reference`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.graph.reference import edges_of

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph

Pairs = frozenset[tuple[int, int]]


def _paid(graph: MoneyGraph, start: int, window: int, skip: set[int]) -> set[tuple[int, int]]:
    """Pairs (payer, payee) with a payment that possibly happened in the window."""
    return {
        (edge.originator, edge.beneficiary)
        for edge in edges_of(graph)
        if edge.latest >= start and edge.earliest <= start + window and not skip & {edge.originator, edge.beneficiary}
    }


def _block(paid: set[tuple[int, int]], root: int, sources: int, targets: int, percent: int) -> Pairs:
    first = {y for x, y in paid if x == root}
    able = {
        x
        for x, _ in paid
        if x not in first and len({y for z, y in paid if z == x} & first) * 100 >= len(first) * percent
    }
    chosen = {y for y in first if len({x for x, z in paid if z == y} & able) * 100 >= len(able) * percent}
    payers = {x for x in able if len({y for z, y in paid if z == x} & chosen) * 100 >= len(chosen) * percent}
    inside = any((x in payers and y in payers) or (x in chosen and y in chosen) for x, y in paid)
    if not first or len(payers) < sources or len(chosen) < targets or inside:
        return frozenset()
    return frozenset((x, y) for x, y in paid if x in payers and y in chosen)


def blocks(
    graph: MoneyGraph, window: int, sources: int, targets: int, percent: int, skip: set[int]
) -> dict[Pairs, int]:
    """Start of the last window of each distinct block that is the best of an account."""
    found: dict[Pairs, int] = {}
    for root in range(graph.accounts):
        starts = sorted({edge.latest for edge in edges_of(graph) if edge.originator == root})
        best: Pairs = frozenset()
        at = 0
        for start in starts:
            block = _block(_paid(graph, start, window, skip), root, sources, targets, percent)
            if block and len(block) >= len(best):
                best, at = block, start
        if best:
            found[best] = max(at, found.get(best, at))
    return found


def second_layer(
    graph: MoneyGraph, block: Pairs, start: int, window: int, targets: int, percent: int
) -> frozenset[int]:
    """Numbers of the payments of a second layer; none where there is none."""
    every = [e for e in edges_of(graph) if e.latest >= start and e.earliest <= start + window]
    sources, middle = {x for x, _ in block}, {y for _, y in block}
    first = {y: min(e.earliest for e in every if e.beneficiary == y and e.originator in sources) for y in middle}
    onward = [
        e
        for e in every
        if e.originator in middle and e.beneficiary not in sources | middle and e.latest >= first[e.originator]
    ]
    last = {
        z
        for z in {e.beneficiary for e in onward}
        if len({e.originator for e in onward if e.beneficiary == z}) * 100 >= percent * len(middle)
    }
    if len(last) < targets or any(e.originator in last and e.beneficiary in last for e in every):
        return frozenset()
    return frozenset(e.number for e in onward if e.beneficiary in last)
