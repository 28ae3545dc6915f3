"""Lots, first in, first out: which incoming money paid which outgoing money, under that rule.

The rule is Clayton's Case (Devaynes v Noble, 1816) for one account: what came in first goes out first. It
is an assumption about fungible money, stated as such wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from finvest.graph.arrays import Int32, Int64, read_only
from finvest.graph.compiled import in_chunks, kernel
from finvest.graph.parameters import check_at_least, check_order, check_percent, check_window

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.graph.index import Index
    from finvest.graph.money_graph import MoneyGraph

Order = Literal["possible", "certain"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lots:
    """Parts of incoming edges matched with parts of outgoing ones, by outgoing edge, then incoming.

    Attributes
    ----------
    account : int32 of shape (lots,)
        Account that received and passed on.
    incoming, outgoing : int32 of shape (lots,)
        Numbers of the two edges, of one currency.
    amount : int64 of shape (lots,)
        What of ``incoming`` went into ``outgoing``; minor units, more than zero.
    unmatched : int64 of shape (edges,)
        What of each edge, as a debit, no lot of its originator had to pay: opening money, or credits that
        are not in the records.
    unspent : int64 of shape (edges,)
        What of each edge, as a credit, no debit of its beneficiary took. Both are 0 where an account pays
        itself: such edges are not looked at.
    """

    account: Int32
    incoming: Int32
    outgoing: Int32
    amount: Int64
    unmatched: Int64
    unspent: Int64

    def __len__(self) -> int:
        return len(self.account)

    def __repr__(self) -> str:
        return f"Lots({len(self):,} lots of {len(np.unique(self.account)):,} accounts)"


def fifo_lots(graph: MoneyGraph, *, order: Order, accounts: Int32 | None = None, threads: int = 1) -> Lots:
    """Match, for each account and currency, every debit with the oldest credits that are not yet spent.

    Parameters
    ----------
    graph : MoneyGraph
        Payments of an account to itself are left out.
    order : {"possible", "certain"}
        Where instants are uncertain: "possible" takes credits at their earliest and debits at their
        latest, credits first at one instant; "certain" takes credits at their latest and debits at their
        earliest, debits first. Ties among credits, and among debits, go by edge number.
    accounts : int32 of shape (any,), optional
        Accounts whose lots are asked for, each once; all where left out.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Lots
        The amounts of an edge's lots and its remainder add up to the edge's amount.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.
    """
    check_order(order)
    check_at_least("threads", threads, 1)
    chosen = np.arange(graph.accounts, dtype=np.int32) if accounts is None else read_only(accounts, np.int32)
    unmatched, unspent = _to_match(graph), _to_match(graph)
    match = _matcher(graph, order, read_only(chosen, np.int32), unmatched, unspent)
    chunks = in_chunks(match, len(chosen), threads=threads, own=lambda: None)
    spent = np.concatenate([np.empty(0, np.int32), *(chunk[0] for chunk in chunks)])
    paid = np.concatenate([np.empty(0, np.int32), *(chunk[1] for chunk in chunks)])
    amount = np.concatenate([np.empty(0, np.int64), *(chunk[2] for chunk in chunks)])
    rows = np.lexsort((spent, paid))
    return Lots(graph.beneficiary[spent[rows]], spent[rows], paid[rows], amount[rows], unmatched, unspent)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PassThrough:
    """What each account received and soon passed on, by account and currency.

    Attributes
    ----------
    account, currency : int32 of shape (rows,)
        One row for each account and currency with a credit.
    credited, passed : int64 of shape (rows,)
        Sum of all credits, and of their lots that left within the window; minor units.
    credits, passed_credits : int64 of shape (rows,)
        Number of credits, and of those of which at least the asked share left within the window.
    """

    account: Int32
    currency: Int32
    credited: Int64
    passed: Int64
    credits: Int64
    passed_credits: Int64

    def __len__(self) -> int:
        return len(self.account)

    def __repr__(self) -> str:
        return f"PassThrough({len(self):,} accounts and currencies)"


def pass_through(graph: MoneyGraph, *, window: int, order: Order, share: int = 90, threads: int = 1) -> PassThrough:
    """Sum what passed through each account within a window of its arrival, first in, first out.

    Parameters
    ----------
    graph : MoneyGraph
        Payments of an account to itself are left out.
    window : int
        Longest time from arrival to departure; microseconds.
    order : {"possible", "certain"}
        As in `fifo_lots`. "possible" counts a lot that possibly left within the window, "certain" only
        one that certainly did.
    share : int
        Percent of a credit that must have passed for it to count as passed.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    PassThrough
        By account, then currency.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.
    """
    check_window(window)
    check_percent("share", share)
    check_order(order)
    check_at_least("threads", threads, 1)
    passed = np.zeros(graph.edges, np.int64)
    everybody = read_only(np.arange(graph.accounts), np.int32)
    match = _matcher(graph, order, everybody, _to_match(graph), _to_match(graph))

    def add(low: int, high: int, _: None) -> None:
        spent, paid, amount = match(low, high, None)
        if order == "possible":
            stay = graph.earliest[paid] - graph.latest[spent]
        else:
            stay = graph.latest[paid] - graph.earliest[spent]
        soon = stay <= window
        np.add.at(passed, spent[soon], amount[soon])  # a credit is one account's: no other chunk has it

    in_chunks(add, graph.accounts, threads=threads, own=lambda: None)
    real = np.flatnonzero(graph.originator != graph.beneficiary)
    amount, passed = graph.amount[real], passed[real]
    place = graph.beneficiary[real].astype(np.int64) << 31 | graph.currency[real]
    del real
    places, row = np.unique(place, return_inverse=True)
    sums = np.zeros((4, len(places)), np.int64)
    np.add.at(sums[0], row, amount)
    np.add.at(sums[1], row, passed)
    np.add.at(sums[2], row, 1)
    np.add.at(sums[3], row, passed * 100 >= amount * share)
    return PassThrough((places >> 31).astype(np.int32), (places & (2**31 - 1)).astype(np.int32), *sums)


class _Queue(NamedTuple):
    """Edges of each account in the order in which they are taken; ``at`` is the instant that decides."""

    ptr: Int64
    other: Int32
    at: Int64
    edge: Int32
    currency: Int32


def _queue(graph: MoneyGraph, index: Index, *, by_earliest: bool) -> _Queue:
    places = index.by_earliest if by_earliest else slice(None)
    edge = index.edge[places]
    return _Queue(
        index.ptr,
        read_only(index.other[places], np.int32),
        read_only(index.earliest[places] if by_earliest else index.latest[places], np.int64),
        read_only(edge, np.int32),
        read_only(graph.currency[edge], np.int32),
    )


def _to_match(graph: MoneyGraph) -> Int64:
    return np.where(graph.originator == graph.beneficiary, 0, graph.amount)


def _matcher(
    graph: MoneyGraph, order: Order, accounts: Int32, unmatched: Int64, unspent: Int64
) -> Callable[[int, int, None], tuple[Int32, Int32, Int64]]:
    """Return what finds the lots of some of the accounts."""
    credits_first = order == "possible"
    incoming = _queue(graph, graph.incoming, by_earliest=credits_first)
    outgoing = _queue(graph, graph.outgoing, by_earliest=not credits_first)

    def match(low: int, high: int, _: None) -> tuple[Int32, Int32, Int64]:
        return _match(accounts[low:high], incoming, outgoing, int(not credits_first), unmatched, unspent)

    return match


@kernel
def _match(
    accounts: Int32, incoming: _Queue, outgoing: _Queue, gap: int, unmatched: Int64, unspent: Int64
) -> tuple[Int32, Int32, Int64]:
    """Lots of some accounts: incoming edge, outgoing edge, amount.

    ``gap`` is 1 where a lot must have arrived before the instant of the debit, 0 where at it is enough.
    ``unmatched`` and ``unspent`` start as the amounts and end as what is left of them.
    """
    # Each lot uses up a credit or a debit: there are never more lots than edges.
    room = 0
    for v in accounts:
        room += incoming.ptr[v + 1] - incoming.ptr[v] + outgoing.ptr[v + 1] - outgoing.ptr[v]
    spent, paid, amount = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64)
    used = 0
    for v in accounts:
        first, end = outgoing.ptr[v], outgoing.ptr[v + 1]
        last = incoming.ptr[v + 1]
        currency = -1
        while True:
            following = -1  # the next larger currency among the debits
            for j in range(first, end):
                if outgoing.currency[j] > currency and (following == -1 or outgoing.currency[j] < following):
                    following = outgoing.currency[j]
            if following == -1:
                break
            currency = following
            i = incoming.ptr[v]
            for j in range(first, end):
                if outgoing.currency[j] != currency or outgoing.other[j] == v:
                    continue
                debit = outgoing.edge[j]
                while unmatched[debit] > 0 and i < last and incoming.at[i] + gap <= outgoing.at[j]:
                    credit = incoming.edge[i]
                    if incoming.currency[i] != currency or unspent[credit] == 0 or incoming.other[i] == v:
                        i += 1
                        continue
                    part = min(unmatched[debit], unspent[credit])
                    unmatched[debit] -= part
                    unspent[credit] -= part
                    spent[used], paid[used], amount[used] = credit, debit, part
                    used += 1
    return spent[:used].copy(), paid[:used].copy(), amount[:used].copy()
