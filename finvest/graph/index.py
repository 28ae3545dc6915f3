"""The index of a money graph: the edges of each account in the order in which they must be over."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from finvest.graph.arrays import Int32, Int64, read_only
from finvest.graph.compiled import kernel


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

    Parameters
    ----------
    accounts : int
        Number of accounts.
    own, other : int32 of shape (edges,)
        The account to index by, and the one at the other end.
    earliest, latest : int64 of shape (edges,)
        With the two exchanged the same index serves questions of certain order.

    Returns
    -------
    Index
        Read-only arrays.
    """
    by_latest = read_only(np.lexsort((earliest, latest)), np.int32)
    by_earliest = read_only(np.lexsort((latest, earliest)), np.int32)
    ptr, edge, positions = _by_account(accounts, own, by_latest, by_earliest)
    listed = read_only(earliest[edge], np.int64)
    return Index(
        read_only(ptr, np.int64),
        read_only(other[edge], np.int32),
        listed,
        read_only(latest[edge], np.int64),
        read_only(_smallest_from_here(ptr, listed), np.int64),
        read_only(edge, np.int32),
        read_only(positions, np.int32),
    )


@kernel
def _by_account(accounts: int, own: Int32, by_latest: Int32, by_earliest: Int32) -> tuple[Int64, Int32, Int32]:
    """Turn both orders of all edges into orders within each account: a counting sort, stable."""
    edges = own.shape[0]
    ptr = np.zeros(accounts + 1, np.int64)
    for e in range(edges):
        ptr[own[e] + 1] += 1
    for v in range(accounts):
        ptr[v + 1] += ptr[v]
    edge = np.empty(edges, np.int32)
    position = np.empty(edges, np.int32)
    free = ptr[:-1].copy()
    for i in range(edges):
        e = by_latest[i]
        position[e] = free[own[e]]
        edge[free[own[e]]] = e
        free[own[e]] += 1
    positions = np.empty(edges, np.int32)
    free = ptr[:-1].copy()
    for i in range(edges):
        e = by_earliest[i]
        positions[free[own[e]]] = position[e]
        free[own[e]] += 1
    return ptr, edge, positions


@kernel
def _smallest_from_here(ptr: Int64, values: Int64) -> Int64:
    smallest = values.copy()
    for v in range(ptr.shape[0] - 1):
        for j in range(ptr[v + 1] - 2, ptr[v] - 1, -1):
            smallest[j] = min(smallest[j], smallest[j + 1])
    return smallest


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
