"""The kernels of compound shapes again, slow and plain: see `finvest.graph.reference`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from finvest.graph.order import fits, order_certain, possible
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


def gather_scatter(
    graph: MoneyGraph, window: int, least: int
) -> set[tuple[int, int, int, int, frozenset[int], frozenset[int], int]]:
    """(account, split, senders, receivers, edges in, edges out, certain) of each account, trying every split."""
    found = set()
    every = edges_of(graph)
    for account in range(graph.accounts):
        best: tuple[int, int, int, list[Edge], list[Edge]] = (0, 0, 0, [], [])
        certain = 0
        for split in range(-window - 1, int(graph.latest.max(initial=0)) + window + 2):
            before = [
                e for e in every if e.beneficiary == account and e.latest >= split - window and e.earliest <= split
            ]
            after = [e for e in every if e.originator == account and e.latest >= split and e.earliest <= split + window]
            gathered, scattered = _apart(before, after)
            senders, receivers = len({e.originator for e in gathered}), len({e.beneficiary for e in scattered})
            if (min(senders, receivers), senders + receivers) > (min(best[1:3]), best[1] + best[2]):
                best = (split, senders, receivers, gathered, scattered)
            surely = _apart(
                [e for e in before if e.earliest >= split - window and e.latest < split],
                [e for e in after if e.earliest >= split and e.latest <= split + window],
            )
            sure = min(len({e.originator for e in surely[0]}), len({e.beneficiary for e in surely[1]}))
            certain = max(certain, sure)
        if min(best[1:3]) >= least:
            numbers = [frozenset(e.number for e in side) for side in best[3:]]
            found.add((account, best[0], best[1], best[2], numbers[0], numbers[1], certain))
    return found


def _apart(before: list[Edge], after: list[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Leave out what is exchanged with accounts on both sides."""
    both = {e.originator for e in before} & {e.beneficiary for e in after}
    return [e for e in before if e.originator not in both], [e for e in after if e.beneficiary not in both]


def chains(
    graph: MoneyGraph,
    window: int,
    keep: tuple[int, int],
    hops: int,
    longest: int,
    *,
    certain: bool = False,
    every_choice: bool = False,
) -> set[tuple[int, ...]]:
    """Edge numbers of the maximal chains: the smallest choice of each walk of accounts, or every choice."""
    every = edges_of(graph)

    def valid(edges: tuple[Edge, ...]) -> bool:
        accounts = [edges[0].originator, *(edge.beneficiary for edge in edges)]
        early, late = [edge.earliest for edge in edges], [edge.latest for edge in edges]
        if certain and not (order_certain(early, late) and max(late) - min(early) <= window):
            return False
        return (
            len(edges) <= longest
            and len(set(accounts)) == len(accounts)
            and len({edge.currency for edge in edges}) == 1
            and all(a.beneficiary == b.originator for a, b in pairwise(edges))
            and all(keep[0] * a.amount <= 100 * b.amount <= keep[1] * a.amount for a, b in pairwise(edges))
            and possible(early, late)
            and fits(early, late, window)
        )

    found: dict[tuple[int, ...], tuple[int, ...]] = {}
    choices = set()
    waiting: list[tuple[Edge, ...]] = [(edge,) for edge in every if valid((edge,))]
    while waiting:
        chain = waiting.pop()
        longer = [(*chain, edge) for edge in every if valid((*chain, edge))]
        waiting += longer
        if len(chain) < hops or longer or any(valid((edge, *chain)) for edge in every):
            continue
        walk = (chain[0].originator, *(edge.beneficiary for edge in chain))
        numbers = tuple(edge.number for edge in chain)
        choices.add(numbers)
        found[walk] = min(found.get(walk, numbers), numbers)
    return choices if every_choice else set(found.values())
