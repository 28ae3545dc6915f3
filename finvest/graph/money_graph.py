"""The money-flow graph: every movement of money its own edge, at an instant known to lie in an interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from finvest.graph.arrays import Int32, Int64, frozen_copy
from finvest.model.errors import DataError

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import ArrayLike, NDArray

    from finvest.graph.index import Index

MOST_EDGES = 2**31 - 1
LAST_INSTANT = 2**61
"""Instants lie within ± this many microseconds, so that an instant plus a window cannot wrap."""
LARGEST_PERCENT = 1_000
"""The sum of all amounts times this fits 64 bits, so that no sum and no comparison of ratios can wrap."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class MoneyGraph:
    """Accounts and the movements of money between them. Immutable; made by `from_arrays`.

    Attributes
    ----------
    accounts : int
        Number of accounts; they are numbered 0 to ``accounts - 1``.
    originator, beneficiary : int32 of shape (edges,)
        Account that sends, account that receives.
    earliest, latest : int64 of shape (edges,)
        The movement happened at one instant from earliest to latest, both included; microseconds, UTC.
    amount : int64 of shape (edges,)
        Minor units, zero or more.
    currency : int32 of shape (edges,)
        Number of the currency's code.
    """

    accounts: int
    originator: Int32
    beneficiary: Int32
    earliest: Int64
    latest: Int64
    amount: Int64
    currency: Int32
    _built: dict[str, Index] = field(default_factory=dict, init=False)

    @classmethod
    def from_arrays(
        cls,
        *,
        accounts: int,
        originator: ArrayLike,
        beneficiary: ArrayLike,
        earliest: ArrayLike,
        latest: ArrayLike,
        amount: ArrayLike,
        currency: ArrayLike,
    ) -> MoneyGraph:
        """Check arrays and copy them into a graph.

        Parameters
        ----------
        accounts : int
            Number of accounts.
        originator, beneficiary, earliest, latest, amount, currency : integers of shape (edges,)
            As in the attributes. Edges are numbered by their position, so they stand in order of
            (earliest, latest, transaction id): a number depends on what the edge is, never on its row.

        Returns
        -------
        MoneyGraph
            With read-only copies.

        Raises
        ------
        DataError
            Where shapes differ, a value is no integer or out of bounds, earliest is after latest, edges do
            not stand in order of time, or the amounts are so large that sums in 64 bits could wrap.
        """
        columns = {
            "originator": _integers("originator", originator),
            "beneficiary": _integers("beneficiary", beneficiary),
            "earliest": _integers("earliest", earliest),
            "latest": _integers("latest", latest),
            "amount": _integers("amount", amount),
            "currency": _integers("currency", currency),
        }
        sizes = {len(column) for column in columns.values()}
        if len(sizes) != 1:
            raise DataError(f"the columns of a graph must have one length, not {sorted(sizes)}")
        if sizes.pop() > MOST_EDGES or not 0 <= accounts <= MOST_EDGES:
            raise DataError(f"a graph holds at most {MOST_EDGES:,} edges and accounts; split the period")
        for name in ("originator", "beneficiary"):
            _check_bounds(name, columns[name], 0, accounts - 1)
        for name in ("earliest", "latest"):
            _check_bounds(name, columns[name], -LAST_INSTANT, LAST_INSTANT)
        _check_bounds("currency", columns["currency"], 0, MOST_EDGES)
        _check_bounds("amount", columns["amount"], 0, 2**63 - 1)
        _check_order(columns["earliest"], columns["latest"])
        amounts = frozen_copy(columns["amount"], np.int64)
        if _exact_sum(amounts) * LARGEST_PERCENT >= 2**63:
            raise DataError("the sum of all amounts times 1,000 does not fit 64 bits; use the base currency")
        return cls(
            accounts=accounts,
            originator=frozen_copy(columns["originator"], np.int32),
            beneficiary=frozen_copy(columns["beneficiary"], np.int32),
            earliest=frozen_copy(columns["earliest"], np.int64),
            latest=frozen_copy(columns["latest"], np.int64),
            amount=amounts,
            currency=frozen_copy(columns["currency"], np.int32),
        )

    @property
    def edges(self) -> int:
        """Number of edges; they are numbered 0 to ``edges - 1``."""
        return len(self.originator)

    @property
    def outgoing(self) -> Index:
        """What each account sends; built once."""
        return self._index("outgoing", self.originator, self.beneficiary)

    @property
    def incoming(self) -> Index:
        """What each account receives; built once."""
        return self._index("incoming", self.beneficiary, self.originator)

    @property
    def outgoing_certain(self) -> Index:
        """`outgoing` with earliest and latest exchanged: for certain order; built once."""
        return self._index("outgoing_certain", self.originator, self.beneficiary, exchanged=True)

    @property
    def incoming_certain(self) -> Index:
        """`incoming` with earliest and latest exchanged: for certain order; built once."""
        return self._index("incoming_certain", self.beneficiary, self.originator, exchanged=True)

    def subgraph(self, edges: ArrayLike) -> nx.MultiDiGraph[int]:
        """Give some edges as a networkx graph.

        Parameters
        ----------
        edges : integers of shape (any,)
            Numbers of edges.

        Returns
        -------
        networkx.MultiDiGraph
            Nodes are account numbers, keys are edge numbers; each edge has earliest, latest, amount and
            currency.

        Raises
        ------
        DataError
            Where a number is no edge of this graph.
        """
        import networkx as nx

        chosen = np.unique(_integers("edges", edges))
        _check_bounds("edges", chosen, 0, self.edges - 1)
        small: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        for e in chosen.tolist():
            small.add_edge(
                int(self.originator[e]),
                int(self.beneficiary[e]),
                key=e,
                earliest=int(self.earliest[e]),
                latest=int(self.latest[e]),
                amount=int(self.amount[e]),
                currency=int(self.currency[e]),
            )
        return small

    def _index(self, name: str, own: Int32, other: Int32, *, exchanged: bool = False) -> Index:
        if name not in self._built:
            from finvest.graph.index import build_index

            earliest, latest = (self.latest, self.earliest) if exchanged else (self.earliest, self.latest)
            self._built[name] = build_index(self.accounts, own, other, earliest, latest)
        return self._built[name]

    def __repr__(self) -> str:
        return f"MoneyGraph({self.accounts:,} accounts, {self.edges:,} edges)"


def _integers(name: str, values: ArrayLike) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(f"{name} must have one dimension, not {array.ndim}")
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise DataError(f"{name} must hold integers, not {array.dtype}")
    return array


def _check_bounds(name: str, values: NDArray[Any], least: int, most: int) -> None:
    if values.size and not least <= int(values.min()) <= int(values.max()) <= most:
        raise DataError(f"{name} must lie between {least} and {most}")


def _check_order(earliest: NDArray[Any], latest: NDArray[Any]) -> None:
    if np.any(earliest > latest):
        raise DataError("the earliest instant of an edge must not be after its latest")
    later = earliest[1:] > earliest[:-1]
    if not np.all(later | ((earliest[1:] == earliest[:-1]) & (latest[1:] >= latest[:-1]))):
        raise DataError("edges must be numbered in order of earliest, latest and transaction id")


def _exact_sum(amounts: Int64) -> int:
    """Sum without wrapping: both halves of every number apart, fewer than 2^31 numbers."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())
