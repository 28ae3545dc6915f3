"""Bursts: an account deals, within days, with far more others than its own history would lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finvest.graph.arrays import Bool, Float64, Int32, Int64, read_only
from finvest.graph.compiled import in_chunks, kernel
from finvest.graph.parameters import check_at_least, check_window
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph

WHOLE = 1_000_000
"""Weight of an edge that counts in full; sums of whole numbers are exact, whatever their order."""

ROUNDED = 9
"""Decimals of a surprise that decide an order; beyond them edges' numbers do."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bursts:
    """Bursts of accounts, by account, then strongest first.

    Attributes
    ----------
    account : int32 of shape (bursts,)
    centre : int32 of shape (bursts,)
        Edge around which the account is most surprising.
    surprise : float64 of shape (bursts,)
        Nats, summed over the windows, and what passing money on adds. Ranks; is no amount.
    offsets : int64 of shape (bursts + 1,)
        Burst i has the members ``offsets[i]`` to ``offsets[i + 1] - 1``.
    edges : int32 of shape (members,)
        Edges of the burst, in both directions, rising. No edge is in two bursts of one account.
    """

    account: Int32
    centre: Int32
    surprise: Float64
    offsets: Int64
    edges: Int32

    def __len__(self) -> int:
        return len(self.account)

    def __repr__(self) -> str:
        return f"Bursts({len(self):,} of {len(np.unique(self.account)):,} accounts)"


class Rules(NamedTuple):
    """Parameters of `bursts` as the kernel takes them; microseconds and `WHOLE` weights."""

    windows: Int64
    through: int
    reach: int
    rate: float
    shortest: int
    least: float


class Events(NamedTuple):
    """What each account sends and receives, in order of earliest and, for sums, of latest instants.

    Attributes
    ----------
    ptr : int64 of shape (accounts + 1,)
        Events of account a stand at ``ptr[a]`` to ``ptr[a + 1] - 1``, in both orders.
    edge : int32, earliest, latest : int64, of shape (events,)
        By account, earliest, number.
    last : int64 of shape (events,)
        Latest instants by account, latest, number.
    began_in, began_out, ended_in, ended_out : int64 of shape (events + 1,)
        Weights so far of what came in and went out, in the one order and in the other.
    """

    ptr: Int64
    edge: Int32
    earliest: Int64
    latest: Int64
    last: Int64
    began_in: Int64
    began_out: Int64
    ended_in: Int64
    ended_out: Int64


def bursts(
    graph: MoneyGraph,
    *,
    weight: Int64,
    member: Bool,
    windows: tuple[int, ...],
    through: int,
    reach: int,
    rate: float,
    shortest: int,
    least: float,
    threads: int = 1,
) -> Bursts:
    """Find when each account has more to do with others than its own history explains.

    Around an edge of an account, the weights of its edges that possibly lie within a window are summed (k) and compared
    with what the rest of the account's time would give (m): the surprise k ln(k/m) - (k - m), where k > m, is the
    logarithm of the likelihood ratio of two Poisson rates. It is summed over windows. Money that comes in and goes out
    within `through` adds 2 ln(1 + in · out).

    Parameters
    ----------
    graph : MoneyGraph
        Payments of an account to itself are left out.
    weight : int64 of shape (edges,)
        What each edge counts, 0 to `WHOLE`.
    member : bool of shape (edges,)
        Edges that bursts are built around and made of.
    windows : tuple of int
        Half-lengths, before and after; microseconds.
    through : int
        Half-length within which money that comes in and goes out belongs together; microseconds.
    reach : int
        Members of a burst lie within this of its centre; microseconds.
    rate : float
        Edges a microsecond, in full weight and both ways together, that no account need explain.
    shortest : int
        An account's time on file counts as at least this; microseconds.
    least : float
        Smallest surprise of a burst; nats.
    threads : int
        Number of threads; does not change the result.

    Returns
    -------
    Bursts
        Greedy: the most surprising member takes the members within reach, then the next one among the rest.

    Raises
    ------
    UsageError
        Where a parameter is out of bounds or of the wrong shape.
    """
    for window in (*windows, through, reach):
        check_window(window)
    check_at_least("threads", threads, 1)
    if not windows or rate <= 0 or shortest <= 0 or least <= 0:
        raise UsageError("windows, rate, shortest and least must be more than zero")
    if weight.shape != (graph.edges,) or member.shape != (graph.edges,):
        raise UsageError("weight and member must hold one value for each edge")
    if graph.edges and (weight.min() < 0 or weight.max() > WHOLE):
        raise UsageError(f"weights must lie between 0 and {WHOLE}")
    events = _events(graph, weight)
    members = read_only(np.asarray(member), np.bool_)
    rules = Rules(read_only(np.array(windows), np.int64), through, reach, float(rate), shortest, float(least))

    def search(low: int, high: int, _: None) -> tuple[Int32, Int32, Float64, Int64, Int32]:
        return _find_bursts(low, high, events, members, rules)

    chunks = in_chunks(search, graph.accounts, threads=threads, own=lambda: None)
    counts = np.concatenate([np.zeros(1, np.int64), *(chunk[3] for chunk in chunks)])
    return Bursts(
        np.concatenate([np.empty(0, np.int32), *(chunk[0] for chunk in chunks)]),
        np.concatenate([np.empty(0, np.int32), *(chunk[1] for chunk in chunks)]),
        np.concatenate([np.empty(0, np.float64), *(chunk[2] for chunk in chunks)]),
        np.cumsum(counts),
        np.concatenate([np.empty(0, np.int32), *(chunk[4] for chunk in chunks)]),
    )


def _events(graph: MoneyGraph, weight: Int64) -> Events:
    real = np.flatnonzero(graph.originator != graph.beneficiary).astype(np.int32)
    own = np.concatenate([graph.originator[real], graph.beneficiary[real]])
    edge, came_in = np.tile(real, 2), np.repeat([False, True], len(real))
    began = np.lexsort((edge, graph.earliest[edge], own))
    ended = np.lexsort((edge, graph.latest[edge], own))
    counts = weight[edge].astype(np.int64)

    def so_far(order: Int64, side: Bool) -> Int64:
        return read_only(np.concatenate([[0], np.cumsum(np.where(side, counts, 0)[order])]), np.int64)

    ptr = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=graph.accounts))])
    return Events(
        read_only(ptr, np.int64),
        read_only(edge[began], np.int32),
        read_only(graph.earliest[edge[began]], np.int64),
        read_only(graph.latest[edge[began]], np.int64),
        read_only(graph.latest[edge[ended]], np.int64),
        so_far(began, came_in),
        so_far(began, ~came_in),
        so_far(ended, came_in),
        so_far(ended, ~came_in),
    )


@kernel
def _find_bursts(
    low: int, high: int, events: Events, member: Bool, rules: Rules
) -> tuple[Int32, Int32, Float64, Int64, Int32]:
    size = events.ptr[high] - events.ptr[low]  # no event is in two bursts
    account, centre = np.empty(size, np.int32), np.empty(size, np.int32)
    surprise, counts = np.empty(size, np.float64), np.empty(size, np.int64)
    edges = np.empty(size, np.int32)
    found, listed = 0, 0
    for a in range(low, high):
        begin, end = events.ptr[a], events.ptr[a + 1]
        if begin == end:
            continue
        span = max(events.last[end - 1] - events.earliest[begin], rules.shortest)
        scores = np.zeros(end - begin, np.float64)
        for i in range(begin, end):
            if member[events.edge[i]]:
                scores[i - begin] = np.round(_surprise(i, begin, end, span, events, rules), ROUNDED)
        order = np.argsort(-scores, kind="mergesort")  # ties stay by earliest instant and number
        taken = np.zeros(end - begin, np.bool_)
        for place in order:
            if scores[place] < rules.least:
                break
            if taken[place]:
                continue
            start = listed
            until = events.latest[begin + place] + rules.reach
            since = events.earliest[begin + place] - rules.reach
            for i in range(begin, end):
                if events.earliest[i] > until:
                    break
                if member[events.edge[i]] and not taken[i - begin] and events.latest[i] >= since:
                    taken[i - begin] = True
                    edges[listed] = events.edge[i]
                    listed += 1
            edges[start:listed].sort()
            account[found], centre[found] = a, events.edge[begin + place]
            surprise[found], counts[found] = scores[place], listed - start
            found += 1
    return (
        account[:found].copy(),
        centre[:found].copy(),
        surprise[:found].copy(),
        counts[:found].copy(),
        edges[:listed].copy(),
    )


@kernel
def _surprise(i: int, begin: int, end: int, span: int, events: Events, rules: Rules) -> float:
    """Nats of the event at place i, from all windows around it."""
    early, late = events.earliest[i], events.latest[i]
    whole = events.began_in[end] - events.began_in[begin] + events.began_out[end] - events.began_out[begin]
    total = 0.0
    for window in rules.windows:
        came, went = _within(early - window, late + window, begin, end, events)
        inside = (came + went) / WHOLE
        share = min((late - early + 2 * window) / span, 0.5)
        rest = whole / WHOLE - inside
        usual = rest * share / (1.0 - share) + rules.rate * (late - early + 2 * window)
        if inside > usual:
            total += inside * np.log(inside / usual) - (inside - usual)
    came, went = _within(early - rules.through, late + rules.through, begin, end, events)
    return float(total + 2.0 * np.log1p((came / WHOLE) * (went / WHOLE)))


@kernel
def _within(since: int, until: int, begin: int, end: int, events: Events) -> tuple[int, int]:
    """Weights that came in and went out of events that possibly lie between two instants."""
    began = begin + np.searchsorted(events.earliest[begin:end], until, side="right")
    ended = begin + np.searchsorted(events.last[begin:end], since, side="left")
    came = events.began_in[began] - events.began_in[begin] - (events.ended_in[ended] - events.ended_in[begin])
    went = events.began_out[began] - events.began_out[begin] - (events.ended_out[ended] - events.ended_out[begin])
    return came, went
