"""The name of a ring's shape, from its transactions alone: structural rules, nothing learned.

The shapes are those of AMLSim and AMLworld (T. Suzumura, H. Kanezashi, AMLSim, 2018; E. Altman et al., Realistic
Synthetic Financial Transactions for Anti-Money Laundering Models, NeurIPS 2023). Only who pays whom counts;
parallel payments are one, payments to oneself none. Time decides one case only: where an account pays some others
and the same ones pay it, it scatters first or gathers first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from finvest.model.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Shape: TypeAlias = Literal[
    "fan_in", "fan_out", "cycle", "gather_scatter", "scatter_gather", "bipartite", "stack", "random", "none"
]

MOSTLY = 80
"""Percent of the pairs that a star or parallel paths must hold, the rest being noise."""

FAN = 3
"""Accounts on one side that make a star with a single account on the other a fan."""

Pairs: TypeAlias = "set[tuple[int, int]]"
Sides: TypeAlias = "defaultdict[int, set[int]]"


def name_shape(originator: ArrayLike, beneficiary: ArrayLike, earliest: ArrayLike, latest: ArrayLike) -> Shape:
    """Name the shape of one ring.

    Parameters
    ----------
    originator, beneficiary : integers of shape (edges,)
        Who pays, who is paid.
    earliest, latest : integers of shape (edges,)
        The payment happened at one instant from earliest to latest.

    Returns
    -------
    str
        The first that holds, of the pairs (payer, payee) of different accounts:

        * ``none``: fewer than three accounts;
        * ``random``: a chain, each account paid by one other at most and paying one other at most, all connected;
        * ``cycle``: the same, closed;
        * ``fan_in``, ``fan_out``: all pay one account, or one account pays all;
        * ``bipartite``: no account both pays and is paid;
        * a star, one account being in all pairs: ``gather_scatter``, unless it pays the very accounts that pay
          it, and pays them first: ``scatter_gather``. One account on one side and three or more on the other make a
          fan;
        * accounts in three layers, each pair from one to the next: ``scatter_gather`` with one account in the
          first and one in the last layer, else ``stack``;
        * a star, a fan or a scatter-gather with up to a fifth of pairs beside it;
        * ``random``: a walk through all pairs, each once, all connected;
        * ``none``.

    Raises
    ------
    DataError
        Where the arrays differ in length.
    """
    columns = [np.asarray(column).astype(np.int64) for column in (originator, beneficiary, earliest, latest)]
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise DataError("the columns of a ring must be of one length")
    payments = [row for row in zip(*(column.tolist() for column in columns), strict=True) if row[0] != row[1]]
    pairs = {(payer, payee) for payer, payee, _, _ in payments}
    payees, payers = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for payer, payee in pairs:
        payees[payer].add(payee)
        payers[payee].add(payer)
    accounts = payees.keys() | payers.keys()
    if len(accounts) <= 2:  # noqa: PLR2004 - two accounts have no shape
        return "none"
    connected = _connected(pairs)
    if connected and all(len(payees[a]) <= 1 and len(payers[a]) <= 1 for a in accounts):
        return "cycle" if len(pairs) == len(accounts) else "random"
    relays = {a for a in accounts if payees[a] and payers[a]}
    if not relays:
        sources, sinks = {payer for payer, _ in pairs}, {payee for _, payee in pairs}
        return "fan_in" if len(sinks) == 1 else "fan_out" if len(sources) == 1 else _nearly(pairs) or "bipartite"
    named = _star(payments, pairs, payees, payers) or _layers(pairs, relays) or _nearly(pairs)
    return named or _nearly_parallel(pairs, payees, payers) or _walk(pairs, connected)


def _connected(pairs: Pairs) -> bool:
    """Whether all accounts hang together, directions aside."""
    beside = defaultdict[int, set[int]](set)
    for payer, payee in pairs:
        beside[payer].add(payee)
        beside[payee].add(payer)
    waiting = [next(iter(beside))]
    seen = set(waiting)
    while waiting:
        fresh = beside[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return len(seen) == len(beside)


def _centre(pairs: Pairs) -> tuple[int, int]:
    """Account in most pairs, and in how many; of several the smallest."""
    count = Counter(account for pair in pairs for account in pair)
    most = max(count.values())
    return min(account for account, times in count.items() if times == most), most


def _star(payments: list[tuple[int, ...]], pairs: Pairs, payees: Sides, payers: Sides) -> Shape | None:
    centre, count = _centre(pairs)
    if count < len(pairs):
        return None
    senders, receivers = payers[centre], payees[centre]
    if senders == receivers and _scatters_first(payments, centre):
        return "scatter_gather"
    return _sides(len(senders), len(receivers))


def _sides(senders: int, receivers: int) -> Shape:
    if receivers <= 1 and senders >= FAN:
        return "fan_in"
    if senders <= 1 and receivers >= FAN:
        return "fan_out"
    return "gather_scatter"


def _scatters_first(payments: list[tuple[int, ...]], centre: int) -> bool:
    """Whether more of the others are certainly paid before they pay than the other way round."""
    paid: dict[int, tuple[int, int]] = {}
    pay: dict[int, tuple[int, int]] = {}
    for payer, payee, earliest, latest in payments:
        side, other = (paid, payee) if payer == centre else (pay, payer)
        first = side.get(other, (earliest, latest))
        side[other] = (min(first[0], earliest), min(first[1], latest))
    before = sum(paid[other][1] < pay[other][0] for other in paid)
    after = sum(pay[other][1] < paid[other][0] for other in paid)
    return before > after


def _layers(pairs: Pairs, relays: set[int]) -> Shape | None:
    """Three layers: who only pays, who does both, who is only paid."""
    if any((payer in relays) == (payee in relays) for payer, payee in pairs):
        return None
    first, last = {payer for payer, _ in pairs} - relays, {payee for _, payee in pairs} - relays
    return "scatter_gather" if len(first) == len(last) == 1 else "stack"


def _nearly(pairs: Pairs) -> Shape | None:
    """Name a star or fan with few pairs beside it."""
    centre, count = _centre(pairs)
    if count == len(pairs) or count * 100 < len(pairs) * MOSTLY:
        return None
    senders = sum(payee == centre for _, payee in pairs)
    receivers = count - senders
    return _sides(senders, receivers) if max(senders, receivers) >= FAN else None


def _nearly_parallel(pairs: Pairs, payees: Sides, payers: Sides) -> Shape | None:
    """Name parallel paths between two accounts with few pairs beside them."""
    ends = ((source, sink) for source in list(payees) for sink in list(payers) if source != sink)
    middles = max(len(payees[source] & payers[sink]) for source, sink in ends)
    return "scatter_gather" if middles >= FAN and middles * 200 >= len(pairs) * MOSTLY else None


def _walk(pairs: Pairs, connected: bool) -> Shape:  # noqa: FBT001
    """Euler's rule: of a walk at most one account pays once more than it is paid, and one once less."""
    surplus = Counter(payer for payer, _ in pairs)
    surplus.subtract(payee for _, payee in pairs)
    ends = sum(abs(times) for times in surplus.values())
    return "random" if connected and ends <= 2 else "none"  # noqa: PLR2004
