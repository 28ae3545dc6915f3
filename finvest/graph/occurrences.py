"""All the ways in which money can have gone round one cycle of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.parameters import check_at_least, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from finvest.graph.arrays import Int32
    from finvest.graph.money_graph import MoneyGraph


LATE = 1 << 62
"""Arrival of a walk that has passed the end of the cycle in time (see `finvest.graph.cycle_search`)."""

SHORTEST = 2
"""Accounts of the shortest cycle."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Occurrences:
    """Choices of edges for one cycle of accounts.

    Attributes
    ----------
    edges : int32 of shape (occurrences, accounts of the cycle)
        Each row is one choice, in time order. A choice that is possible from several beginnings is
        listed once, with its root (see `finvest.graph.cycles`) as early as it can be.
    complete : bool
        Whether there are no more than these.
    """

    edges: Int32
    complete: bool

    def __len__(self) -> int:
        return len(self.edges)

    def __repr__(self) -> str:
        return f"Occurrences({len(self):,}{'' if self.complete else ' and more'})"


def occurrences(graph: MoneyGraph, accounts: ArrayLike, *, window: int, most: int = 1_000) -> Occurrences:
    """List the choices of edges with which money can have gone round a cycle of accounts.

    Parameters
    ----------
    graph : MoneyGraph
        Where to look.
    accounts : integers of shape (2 or more,)
        Distinct accounts, each paying the next and the last the first; the beginning does not matter.
    window : int
        Microseconds.
    most : int
        Stop after this many.

    Returns
    -------
    Occurrences
        The first one is the representative that `finvest.graph.cycles.cycles` gives.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.
    """
    check_window(window)
    check_at_least("most", most, 1)
    ring = [int(account) for account in np.asarray(accounts).tolist()]
    if len(ring) < SHORTEST or len(set(ring)) < len(ring):
        raise UsageError("a cycle has two or more accounts, all distinct")
    if not all(0 <= account < graph.accounts for account in ring):
        raise UsageError(f"accounts must lie between 0 and {graph.accounts - 1}")
    hops = [_between(graph, ring[i], ring[(i + 1) % len(ring)]) for i in range(len(ring))]
    roots = sorted((edge.latest, edge.number, i) for i, hop in enumerate(hops) for edge in hop)
    listed = list(islice(_choices(hops, roots, window), most + 1))
    edges = np.array(listed[:most], np.int32).reshape(-1, len(ring))
    return Occurrences(edges, len(listed) <= most)


class _Edge(NamedTuple):
    earliest: int
    latest: int
    number: int


def _between(graph: MoneyGraph, originator: int, beneficiary: int) -> list[_Edge]:
    out = graph.outgoing
    part = slice(int(out.ptr[originator]), int(out.ptr[originator + 1]))
    chosen = np.flatnonzero(out.other[part] == beneficiary) + part.start
    columns = (out.earliest[chosen].tolist(), out.latest[chosen].tolist(), out.edge[chosen].tolist())
    return [_Edge(*row) for row in zip(*columns, strict=True)]


def _choices(hops: list[list[_Edge]], roots: list[tuple[int, int, int]], window: int) -> Iterator[list[int]]:
    """Every choice once: by its root, then by arrival and number of the edges that follow the root."""
    for leave, root, place in roots:
        rest = [hops[(place + i) % len(hops)] for i in range(1, len(hops))]
        usable = [
            [edge for edge in hop if (edge.latest, edge.number) > (leave, root) and edge.earliest <= leave + window]
            for hop in rest
        ]
        closing = _latest_arrivals(usable, leave)
        if closing[0] < leave:
            continue
        for walk in _walks(usable, closing, leave, 0, leave):
            late = [reached == LATE for reached, _ in walk]
            turn = late.index(True) if True in late else len(walk)
            numbers = [number for _, number in walk]
            yield [*numbers[turn:], root, *numbers[:turn]]


def _latest_arrivals(usable: list[list[_Edge]], leave: int) -> list[int]:
    """For each hop the largest arrival with which the cycle can still be closed; -1 below all if none."""
    closing = [LATE]
    for hop in reversed(usable):
        best = -LATE
        for edge in hop:
            if closing[0] == LATE and edge.earliest <= leave:
                best = LATE
            elif edge.earliest <= closing[0]:
                best = max(best, min(edge.latest, closing[0]))
        closing.insert(0, best)
    return closing


def _walks(
    usable: Sequence[list[_Edge]], closing: list[int], leave: int, hop: int, at: int
) -> Iterator[list[tuple[int, int]]]:
    """List walks from hop number ``hop`` on, reached at ``at``: (arrival, edge number) of each hop."""
    if hop == len(usable):
        yield []
        return
    options = []
    for edge in usable[hop]:
        if edge.latest >= at:
            options.append((max(at, edge.earliest), edge.number))
        elif edge.earliest <= leave:
            options.append((LATE, edge.number))
    for reached, number in sorted(options):
        if reached <= closing[hop + 1]:
            for walk in _walks(usable, closing, leave, hop + 1, reached):
                yield [(reached, number), *walk]
