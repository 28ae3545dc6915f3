"""The index of a money graph: the edges of each account in the order in which they must be over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from finvest.graph.arrays import Int32, Int64, read_only
from finvest.graph.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART = 1 << 17
"""Entries that are sorted together: few enough for the processor's cache."""
MOST_PARTS = 512
"""Ranges of accounts that are written at once: few enough for the processor to keep a page of each at hand."""
SHORT = 48
"""Entries of an account up to which inserting one by one is faster than merging."""
LAST = np.iinfo(np.int64).max


class Parts(NamedTuple):
    """Edges by range of accounts, then number; range ``r`` begins at ``begin[r]``."""

    begin: Int64
    own: Int32
    other: Int32
    earliest: Int64
    latest: Int64
    edge: Int32


class Index(NamedTuple):
    """Edges by account, then latest instant, earliest instant and number.

    The entries of account ``v`` stand at ``ptr[v]`` to ``ptr[v + 1] - 1``. Those that overlap the time from
    a to b begin where ``latest >= a`` (a binary search) and end where ``first > b`` (another one, because
    ``first`` rises); in between, ``earliest <= b`` decides.

    Attributes
    ----------
    ptr : int64 of shape (accounts + 1,)
    other : int32 of shape (edges,)
        Account at the other end.
    earliest, latest : int64 of shape (edges,)
        Microseconds, UTC.
    first : int64 of shape (edges,)
        Smallest ``earliest`` from this entry to the account's last.
    edge : int32 of shape (edges,)
        Number of the edge.
    by_earliest : int32 of shape (edges,)
        Positions of an account's entries in order of (earliest, latest, number).
    """

    ptr: Int64
    other: Int32
    earliest: Int64
    latest: Int64
    first: Int64
    edge: Int32
    by_earliest: Int32


def build_index(accounts: int, own: Int32, other: Int32, earliest: Int64, latest: Int64) -> Index:
    """Index edges by the account in ``own``.

    A large graph is sorted by ranges of accounts first and then within each range: one sort over all accounts
    would wait for memory at almost every edge.

    Parameters
    ----------
    accounts : int
        Number of accounts.
    own, other : int32 of shape (edges,)
        The account to index by, and the one at the other end.
    earliest, latest : int64 of shape (edges,)
        Edges are numbered in order of (earliest, latest). With the two exchanged, in order of
        (latest, earliest), the same index serves questions of certain order.

    Returns
    -------
    Index
        Read-only arrays.
    """
    edges = len(own)
    ranges = min(MOST_PARTS, max(1, edges // PART))
    shift = (accounts // ranges).bit_length()
    if accounts >> shift:
        columns: tuple[NDArray[Any], ...] = _by_range(accounts, shift, own, other, earliest, latest)
        parts = Parts(columns[0], *(read_only(column, column.dtype.type) for column in columns[1:]))
        del columns
    else:
        parts = Parts(np.array([0, edges]), own, other, earliest, latest, read_only(np.arange(edges), np.int32))
    ptr, other, earliest, latest, edge = _by_account(accounts, shift, parts)
    del parts
    first, by_earliest = _in_order_of_time(ptr, other, earliest, latest, edge)
    return Index(
        read_only(ptr, np.int64),
        read_only(other, np.int32),
        read_only(earliest, np.int64),
        read_only(latest, np.int64),
        read_only(first, np.int64),
        read_only(edge, np.int32),
        read_only(by_earliest, np.int32),
    )


@kernel
def _by_range(
    accounts: int, shift: int, own: Int32, other: Int32, earliest: Int64, latest: Int64
) -> tuple[Int64, Int32, Int32, Int64, Int64, Int32]:
    """Sort edges by range of accounts, stable; the first array says where each range begins."""
    edges = own.shape[0]
    begin = np.zeros((accounts >> shift) + 2, np.int64)
    for e in range(edges):
        begin[(own[e] >> shift) + 1] += 1
    for r in range(begin.shape[0] - 1):
        begin[r + 1] += begin[r]
    free = begin.copy()
    owns, others, numbers = np.empty(edges, np.int32), np.empty(edges, np.int32), np.empty(edges, np.int32)
    firsts, lasts = np.empty(edges, np.int64), np.empty(edges, np.int64)
    for e in range(edges):
        place = free[own[e] >> shift]
        free[own[e] >> shift] += 1
        owns[place], others[place], numbers[place] = own[e], other[e], e
        firsts[place], lasts[place] = earliest[e], latest[e]
    return begin, owns, others, firsts, lasts, numbers


@kernel
def _by_account(accounts: int, shift: int, parts: Parts) -> tuple[Int64, Int32, Int64, Int64, Int32]:
    """Sort each range by account, stable; the first array says where each account begins."""
    edges = parts.own.shape[0]
    ptr = np.zeros(accounts + 1, np.int64)
    other, edge = np.empty(edges, np.int32), np.empty(edges, np.int32)
    earliest, latest = np.empty(edges, np.int64), np.empty(edges, np.int64)
    free = np.empty(1 << shift, np.int64)
    for r in range(parts.begin.shape[0] - 1):
        low, high = r << shift, min(accounts, (r + 1) << shift)
        for i in range(parts.begin[r], parts.begin[r + 1]):
            ptr[parts.own[i] + 1] += 1
        for v in range(low, high):
            free[v - low] = ptr[v]
            ptr[v + 1] += ptr[v]
        for i in range(parts.begin[r], parts.begin[r + 1]):
            place = free[parts.own[i] - low]
            free[parts.own[i] - low] += 1
            other[place], edge[place] = parts.other[i], parts.edge[i]
            earliest[place], latest[place] = parts.earliest[i], parts.latest[i]
    return ptr, other, earliest, latest, edge


@kernel
def _in_order_of_time(ptr: Int64, other: Int32, earliest: Int64, latest: Int64, edge: Int32) -> tuple[Int64, Int32]:
    """Sort each account's entries, which stand by number, in place; return ``first`` and ``by_earliest``."""
    first, by_earliest = np.empty(edge.shape[0], np.int64), np.empty(edge.shape[0], np.int32)
    rank = np.empty(SHORT, np.int32)
    for v in range(ptr.shape[0] - 1):
        low, high = ptr[v], ptr[v + 1]
        for j in range(low, high):
            by_earliest[j] = j
        if not _rises(latest, low, high):  # so numbers go by earliest
            if high - low <= SHORT:
                _insert(low, high, other, earliest, latest, edge, rank, by_earliest)
            else:
                order = np.argsort(latest[low:high], kind="mergesort")
                other[low:high], edge[low:high] = other[low:high][order], edge[low:high][order]
                earliest[low:high], latest[low:high] = earliest[low:high][order], latest[low:high][order]
                for j in range(high - low):
                    by_earliest[low + order[j]] = low + j
        elif not _rises(earliest, low, high):
            by_earliest[low:high] = low + np.argsort(earliest[low:high], kind="mergesort")
        smallest = LAST
        for j in range(high - 1, low - 1, -1):
            smallest = min(smallest, earliest[j])
            first[j] = smallest
    return first, by_earliest


@kernel
def _insert(
    low: int, high: int, other: Int32, earliest: Int64, latest: Int64, edge: Int32, rank: Int32, by_earliest: Int32
) -> None:
    """Sort few entries by latest, stable."""
    for i in range(high - low):
        rank[i] = i
    for i in range(low + 1, high):
        x, a, b, e = other[i], earliest[i], latest[i], edge[i]
        j = i
        while j > low and latest[j - 1] > b:
            other[j], earliest[j], latest[j], edge[j] = other[j - 1], earliest[j - 1], latest[j - 1], edge[j - 1]
            rank[j - low] = rank[j - low - 1]
            j -= 1
        other[j], earliest[j], latest[j], edge[j], rank[j - low] = x, a, b, e, i - low
    for j in range(low, high):
        by_earliest[low + rank[j - low]] = j


@kernel
def _rises(values: Int64, low: int, high: int) -> bool:
    for j in range(low + 1, high):  # noqa: SIM110 - compiled
        if values[j] < values[j - 1]:
            return False
    return True


@kernel
def lower(values: Int64, low: int, high: int, least: int) -> int:
    """First position in rising ``values[low:high]`` with a value of at least ``least``; else ``high``."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low
