"""The kernels again, slow and plain: each question answered by trying everything.

Tests compare the kernels with these on thousands of small random graphs. Nothing here is shared with a
kernel but the four rules of `finvest.graph.order`, which are tested against all choices of instants.
"""

from __future__ import annotations

from itertools import pairwise, permutations, product
from typing import TYPE_CHECKING, Literal, NamedTuple

from finvest.graph.order import fits, order_certain, possible, window_certain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.graph.money_graph import MoneyGraph


class Edge(NamedTuple):
    """One movement, in plain numbers."""

    number: int
    originator: int
    beneficiary: int
    earliest: int
    latest: int
    amount: int
    currency: int


def edges_of(graph: MoneyGraph) -> list[Edge]:
    """All edges but those from an account to itself, which no kernel looks at."""
    columns = (
        graph.originator.tolist(),
        graph.beneficiary.tolist(),
        graph.earliest.tolist(),
        graph.latest.tolist(),
        graph.amount.tolist(),
        graph.currency.tolist(),
    )
    rows = (Edge(number, *row) for number, row in enumerate(zip(*columns, strict=True)))
    return [edge for edge in rows if edge.originator != edge.beneficiary]


def fans(
    graph: MoneyGraph, side: Literal["in", "out"], window: int, least: int
) -> set[tuple[int, frozenset[int], int, int]]:
    """(account, edges, distinct, certain) of every maximal window with enough counterparties."""
    found = set()
    for account in range(graph.accounts):
        own = {
            edge.number: (edge.originator if side == "in" else edge.beneficiary, edge.earliest, edge.latest)
            for edge in edges_of(graph)
            if account == (edge.beneficiary if side == "in" else edge.originator)
        }
        # What a window holds changes only where it starts after an edge's latest or ends at its earliest.
        starts = {late for _, _, late in own.values()} | {early - window for _, early, _ in own.values()}
        sets = {
            frozenset(n for n, (_, early, late) in own.items() if early <= start + window and late >= start)
            for start in starts
        }
        for members in sets:
            distinct = len({own[n][0] for n in members})
            if distinct < least or any(members < others for others in sets):
                continue
            certain = max(
                len({own[n][0] for n in members if start <= own[n][1] and own[n][2] <= start + window})
                for start in {own[n][1] for n in members}
            )
            found.add((account, members, distinct, certain))
    return found


def account_cycles(graph: MoneyGraph, shortest: int, longest: int) -> Iterator[tuple[int, ...]]:
    """Every simple cycle of accounts in the graph without time, from its smallest account on."""
    pays = {(edge.originator, edge.beneficiary) for edge in edges_of(graph)}
    for length in range(shortest, longest + 1):
        for ring in permutations(range(graph.accounts), length):
            hops = zip(ring, ring[1:] + ring[:1], strict=True)
            if ring[0] == min(ring) and all(hop in pays for hop in hops):
                yield ring


class Choice(NamedTuple):
    """One choice of edges, in time order, with the number of the root's place in it."""

    edges: tuple[Edge, ...]
    root: int


def choices(
    graph: MoneyGraph,
    ring: tuple[int, ...],
    window: int,
    *,
    keep: tuple[int, int] | None = None,
    certain: bool = False,
) -> list[Choice]:
    """All choices of edges and beginnings for one cycle of accounts that obey what is asked."""
    every = edges_of(graph)
    hops = [
        [edge for edge in every if (edge.originator, edge.beneficiary) == hop]
        for hop in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    found = []
    for chosen in product(*hops):
        for turn in range(len(chosen)):
            edges = chosen[turn:] + chosen[:turn]
            early, late = [edge.earliest for edge in edges], [edge.latest for edge in edges]
            if certain and not (order_certain(early, late) and window_certain(early, late, window)):
                continue
            if not (possible(early, late) and fits(early, late, window)):
                continue
            if keep is not None and not _keeps(edges, keep):
                continue
            root = min(range(len(edges)), key=lambda i: (edges[i].latest, edges[i].number))
            found.append(Choice(edges, root))
    return found


def _keeps(edges: tuple[Edge, ...], keep: tuple[int, int]) -> bool:
    low, high = keep
    return len({edge.currency for edge in edges}) == 1 and all(
        low * before.amount <= 100 * after.amount <= high * before.amount for before, after in pairwise(edges)
    )


def once_each(found: list[Choice]) -> list[Choice]:
    """Each choice of edges once: of several beginnings, the one with the root earliest in it."""
    best: dict[frozenset[int], Choice] = {}
    for choice in found:
        name = frozenset(edge.number for edge in choice.edges)
        if name not in best or choice.root < best[name].root:
            best[name] = choice
    return list(best.values())


def arrivals(choice: Choice, *, certain: bool) -> list[tuple[int, int]]:
    """(arrival, number) of the edges that follow the root along the cycle; those before it in time last."""
    edges, root = choice
    reached = edges[root].latest
    walk = []
    for edge in edges[root + 1 :]:
        reached = max(reached, edge.latest if certain else edge.earliest)
        walk.append((reached, edge.number))
    return walk + [(2**62, edge.number) for edge in edges[:root]]


def cycles(
    graph: MoneyGraph,
    window: int,
    shortest: int,
    longest: int,
    *,
    keep: tuple[int, int] | None = None,
    certain: bool = False,
) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Cycles of accounts, each from its smallest account on, with its representative's edge numbers."""
    found = {}
    for ring in account_cycles(graph, shortest, longest):
        valid = choices(graph, ring, window, keep=keep, certain=certain)
        if not valid:
            continue
        if keep is not None:
            found[ring] = min(tuple(edge.number for edge in choice.edges) for choice in valid)
            continue

        def first(choice: Choice) -> tuple[int, int, list[tuple[int, int]]]:
            root = choice.edges[choice.root]
            leave = root.earliest if certain else root.latest
            return leave, root.number, arrivals(choice, certain=certain)

        found[ring] = tuple(edge.number for edge in min(once_each(valid), key=first).edges)
    return found


def fifo_lots(
    graph: MoneyGraph, order: Literal["possible", "certain"]
) -> tuple[dict[tuple[int, int], int], dict[int, int], dict[int, int]]:
    """Amounts by (incoming, outgoing), what of each debit is unmatched, what of each credit is unspent."""
    events = []
    for edge in edges_of(graph):
        if order == "possible":
            credit, debit = (edge.earliest, 0), (edge.latest, 1)
        else:
            credit, debit = (edge.latest, 1), (edge.earliest, 0)
        events.append((*credit, edge.number, "credit", edge))
        events.append((*debit, edge.number, "debit", edge))
    queues: dict[tuple[int, int], list[int]] = {}
    unspent: dict[int, int] = {}
    unmatched: dict[int, int] = {}
    lots: dict[tuple[int, int], int] = {}
    for _, _, number, kind, edge in sorted(events):
        if kind == "credit":
            queues.setdefault((edge.beneficiary, edge.currency), []).append(number)
            unspent[number] = edge.amount
            continue
        unmatched[number] = edge.amount
        for credit_number in queues.get((edge.originator, edge.currency), []):
            part = min(unmatched[number], unspent[credit_number])
            if part > 0:
                lots[credit_number, number] = part
                unmatched[number] -= part
                unspent[credit_number] -= part
    return lots, unmatched, unspent


def pass_through(
    graph: MoneyGraph, window: int, order: Literal["possible", "certain"], share: int
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """(credited, passed, credits, passed credits) by account and currency."""
    every = {edge.number: edge for edge in edges_of(graph)}
    passed = dict.fromkeys(every, 0)
    for (credit, debit), amount in fifo_lots(graph, order)[0].items():
        came, went = every[credit], every[debit]
        stay = went.earliest - came.latest if order == "possible" else went.latest - came.earliest
        if stay <= window:
            passed[credit] += amount
    sums: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    for edge in every.values():
        credited, gone, count, whole = sums.get((edge.beneficiary, edge.currency), (0, 0, 0, 0))
        sums[edge.beneficiary, edge.currency] = (
            credited + edge.amount,
            gone + passed[edge.number],
            count + 1,
            whole + (passed[edge.number] * 100 >= edge.amount * share),
        )
    return sums


def forwarded(graph: MoneyGraph, window: int, share: int) -> dict[int, tuple[int, int, int, frozenset[int]]]:
    """(start, possible, certain, members) by incoming edge, trying every instant of it (small times only)."""
    found = {}
    for came in edges_of(graph):
        onward = [
            edge
            for edge in edges_of(graph)
            if edge.originator == came.beneficiary and edge.currency == came.currency and edge.amount <= came.amount
        ]
        best = (0, 0, frozenset[int]())
        for instant in range(came.earliest, came.latest + 1):
            members = [edge for edge in onward if edge.latest >= instant and edge.earliest <= instant + window]
            total, numbers = sum(edge.amount for edge in members), frozenset(edge.number for edge in members)
            if total > best[0] or (total == best[0] and numbers >= best[2]):
                best = (total, instant, numbers)
        certain = sum(
            edge.amount for edge in onward if edge.earliest > came.latest and edge.latest - came.earliest <= window
        )
        if best[0] > 0 and best[0] * 100 >= came.amount * share:
            found[came.number] = (best[1], best[0], certain, best[2])
    return found
