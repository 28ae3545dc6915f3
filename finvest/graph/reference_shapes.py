"""The kernels of compound shapes again, slow and plain: see `finvest.graph.reference`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.graph.order import order_certain, possible
from finvest.graph.reference import Edge, edges_of

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph

Paths = frozenset[tuple[int, int]]


def _instants(graph: MoneyGraph, window: int) -> range:
    """Every instant at which a window can begin (small times only)."""
    if graph.edges == 0:
        return range(0)
    return range(int(graph.earliest.min()) - window, int(graph.latest.max()) + 1)


def _possibly_inside(path: tuple[Edge, Edge], start: int, end: int) -> bool:
    """Whether both edges can have happened from start to end, in this order."""
    early, late = [max(edge.earliest, start) for edge in path], [min(edge.latest, end) for edge in path]
    return all(a <= b for a, b in zip(early, late, strict=True)) and possible(early, late)


def _certainly_inside(path: tuple[Edge, Edge], start: int, end: int) -> bool:
    """Whether both edges happened from start to end, in this order, whatever their instants."""
    early, late = [edge.earliest for edge in path], [edge.latest for edge in path]
    return min(early) >= start and max(late) <= end and order_certain(early, late)


def two_hop(
    graph: MoneyGraph, window: int, least: int, *, certain: bool = False
) -> set[tuple[int, int, Paths, int, int]]:
    """(source, sink, paths, distinct, certain) of every maximal window with enough middles."""
    pairs: dict[tuple[int, int], list[tuple[Edge, Edge]]] = {}
    every = edges_of(graph)
    for one in every:
        for two in every:
            if one.beneficiary == two.originator and one.originator != two.beneficiary:
                pairs.setdefault((one.originator, two.beneficiary), []).append((one, two))
    inside = _certainly_inside if certain else _possibly_inside
    found = set()
    for (source, sink), paths in pairs.items():
        windows = {
            frozenset(path for path in paths if inside(path, start, start + window))
            for start in _instants(graph, window)
        }
        for members in windows:
            if len(_middles(members)) < least or any(members < others for others in windows):
                continue
            surely = max(
                len(_middles([path for path in members if _certainly_inside(path, start, start + window)]))
                for start in _instants(graph, window)
            )
            numbers = frozenset((one.number, two.number) for one, two in members)
            found.add((source, sink, numbers, len(_middles(members)), surely))
    return found


def _middles(paths: frozenset[tuple[Edge, Edge]] | list[tuple[Edge, Edge]]) -> set[int]:
    return {one.beneficiary for one, _ in paths}


def parallel_middles(graph: MoneyGraph, window: int, *, certain: bool = False) -> list[int]:
    """Most middles of any row, by edge."""
    best = [0] * graph.edges
    for _, _, paths, distinct, _ in two_hop(graph, window, 2, certain=certain):
        for path in paths:
            for edge in path:
                best[edge] = max(best[edge], distinct)
    return best
