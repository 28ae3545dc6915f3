"""Stacks: a block of accounts, and the accounts that those who are paid in it pay in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.blocks import between
from finvest.graph.parameters import check_at_least
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int32, Int64
    from finvest.graph.blocks import Blocks
    from finvest.graph.money_graph import MoneyGraph


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stacks:
    """Second layers of blocks, in the order of the blocks.

    Attributes
    ----------
    block : int64 of shape (stacks,)
        Row of the block that is the first layer; whom it pays is the middle.
    offsets : int64 of shape (stacks + 1,)
        Stack i has the members ``offsets[i]`` to ``offsets[i + 1] - 1`` of ``edges``.
    edges : int32 of shape (members,)
        Payments from the middle to the last layer, in order of number.
    """

    block: Int64
    offsets: Int64
    edges: Int32

    def __len__(self) -> int:
        return len(self.block)

    def members(self, row: int) -> Int32:
        """Edges of the second layer."""
        return self.edges[self.offsets[row] : self.offsets[row + 1]]

    def __repr__(self) -> str:
        return f"Stacks({len(self):,} blocks with a second layer)"


def stacks(
    graph: MoneyGraph, blocks: Blocks, *, window: int, targets: int = 3, percent: int = 50, skip: Bool | None = None
) -> Stacks:
    """Find blocks whose paid accounts are the payers of a second layer.

    The last layer is who is paid by at least ``percent`` of the middle in the block's window, each by a payment
    possible at or after the first one that its payer got in the block. It has none of the accounts of the block, and
    nobody in it pays another one in it within the window.

    Parameters
    ----------
    graph : MoneyGraph
        The graph of the blocks.
    blocks : Blocks
        First layers.
    window : int
        The window of the blocks; microseconds.
    targets : int
        Smallest number of accounts in the last layer.
    percent : int
        1 to 100.
    skip : bool of shape (accounts,), optional
        Accounts that are not in the last layer.

    Returns
    -------
    Stacks
        With members.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds.

    Notes
    -----
    Cost: the payments of each block's accounts within its window.
    """
    check_at_least("targets", targets, 1)
    check_at_least("percent", percent, 1)
    if percent > 100:  # noqa: PLR2004
        raise UsageError(f"percent must be 1 to 100, not {percent}")
    left_out = np.zeros(graph.accounts, np.bool_) if skip is None else skip
    found: list[tuple[int, Int32]] = []
    for row in range(len(blocks)):
        edges = _second_layer(graph, blocks, row, window, targets, percent, left_out)
        if len(edges):
            found.append((row, edges))
    return Stacks(
        np.array([row for row, _ in found], np.int64),
        np.cumsum([0, *(len(edges) for _, edges in found)]).astype(np.int64),
        np.concatenate([np.empty(0, np.int32), *(edges for _, edges in found)]),
    )


def _second_layer(
    graph: MoneyGraph, blocks: Blocks, row: int, window: int, targets: int, percent: int, skip: Bool
) -> Int32:
    start, middle = int(blocks.start[row]), blocks.targets_of(row)
    received = blocks.members(row)
    first = np.full(len(middle), 2**62, np.int64)
    np.minimum.at(first, np.searchsorted(middle, graph.beneficiary[received]), graph.earliest[received])
    edges = between(graph, middle, None, start, window)
    payer, payee = graph.originator[edges], graph.beneficiary[edges]
    later = graph.latest[edges] >= first[np.searchsorted(middle, payer)]
    edges = edges[later & ~skip[payee] & ~np.isin(payee, middle) & ~np.isin(payee, blocks.sources_of(row))]
    pairs = np.unique(np.column_stack((graph.beneficiary[edges], graph.originator[edges])), axis=0)
    last, payers = np.unique(pairs[:, 0], return_counts=True)
    last = last[payers * 100 >= len(middle) * percent]
    if len(last) < targets or len(between(graph, last, last, start, window)) > _to_oneself(graph, last, start, window):
        return np.empty(0, np.int32)
    kept: Int32 = np.sort(edges[np.isin(graph.beneficiary[edges], last)])
    return kept


def _to_oneself(graph: MoneyGraph, accounts: Int32, start: int, window: int) -> int:
    """Count payments of accounts to themselves in a window."""
    edges = between(graph, accounts, accounts, start, window)
    return int((graph.originator[edges] == graph.beneficiary[edges]).sum())
