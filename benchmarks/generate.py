# ruff: noqa: PLR2004 - shares and sizes of what is made up
"""Records to measure speed with: skewed degrees, contacts, refunds, cards, cash, and a planted example of each pattern.

As dense as AMLworld HI-Small: ten transactions an account in ten days. Hubs grow with the number of transactions; with
copies, that many disjoint copies stand side by side, so that only the size grows. The same arguments give the same
records. They say nothing about how well a detector tells crime from daily life.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

DAY = 86_400_000_000
START = 1_740_960_000_000_000  # Monday 3 March 2025, UTC
CITIES = 40
MACHINES = 5
"""Places to pay in or take out cash, by city."""

CHANNELS = ("transfer", "instant", "direct_debit", "card_pos", "cash_atm", "cash_branch")
TRANSFER, INSTANT, DEBIT, CARD, ATM, BRANCH = range(len(CHANNELS))
CURRENCIES = ("EUR", "USD")

PATTERNS = (
    "background", "fan_in", "fan_out", "scatter_gather", "gather_scatter", "cycle", "chain", "bipartite", "stack",
    "new_relations", "structuring", "funnel", "pass_through",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Records:
    """Transactions as arrays of one length, in order of time; accounts are numbers, cash points the last of them."""

    accounts: int
    cash_points: int
    sender: np.ndarray
    receiver: np.ndarray
    time: np.ndarray  # microseconds, UTC, whole seconds
    amount: np.ndarray  # minor units
    currency: np.ndarray
    channel: np.ndarray
    city: np.ndarray  # -1: none
    dated: np.ndarray  # only the day is written
    pattern: np.ndarray  # number in PATTERNS

    def __len__(self) -> int:
        return len(self.time)

    def columns(self) -> dict[str, np.ndarray]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"accounts", "cash_points"}}

    def taken(self, rows: np.ndarray | slice) -> Records:
        """Return some of the rows."""
        some = {name: column[rows] for name, column in self.columns().items()}
        return Records(accounts=self.accounts, cash_points=self.cash_points, **some)


def generate(
    transactions: int, *, seed: int = 7, days: int = 10, each: int = 10, planted: float = 0.005, copies: int = 1
) -> Records:
    """Make records.

    Parameters
    ----------
    transactions : int
        How many in all, copies together.
    seed : int
    days : int
        Length of the period.
    each : int
        Transactions for each account.
    planted : float
        Share of transactions that belong to a planted pattern.
    copies : int
        Disjoint copies that make up the whole.
    """
    if copies > 1:
        return _side_by_side(generate(transactions // copies, seed=seed, days=days, each=each, planted=planted), copies)
    rng = np.random.default_rng(seed)
    busy = max(transactions // each, 50)
    quiet = busy // 20 + 40  # only planted patterns use these
    bank = busy + quiet
    home = rng.integers(0, CITIES, bank)
    parts = _planted(rng, bank, busy, days, int(transactions * planted), home)
    rest = transactions - sum(len(p["time"]) for p in parts)
    parts.append(_background(rng, rest, busy, bank, days, home))
    columns = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.argsort(columns["time"], kind="stable")
    return Records(
        accounts=bank + CITIES * MACHINES,
        cash_points=CITIES * MACHINES,
        **{name: column[order] for name, column in columns.items()},
    )


def _side_by_side(one: Records, copies: int) -> Records:
    columns = {name: np.tile(column, copies) for name, column in one.columns().items()}
    shift = np.repeat(np.arange(copies, dtype=np.int32), len(one))
    bank = one.accounts - one.cash_points
    for side in ("sender", "receiver"):  # all bank accounts first, then all cash points
        number = columns[side]
        cash = number >= bank
        columns[side] = np.where(
            cash, number + bank * (copies - 1) + shift * one.cash_points, number + shift * bank
        ).astype(np.int32)
    order = np.argsort(columns["time"], kind="stable")
    return Records(
        accounts=one.accounts * copies,
        cash_points=one.cash_points * copies,
        **{name: column[order] for name, column in columns.items()},
    )


def _popular(rng: Generator, ranking: np.ndarray, size: int) -> np.ndarray:
    """Draw accounts, the one at rank k with a weight of about (k + 3) to the power of -3/4."""
    low, high = 3.0**0.25, (len(ranking) + 3.0) ** 0.25
    rank = (low + rng.random(size) * (high - low)) ** 4 - 3
    return ranking[np.clip(rank.astype(np.int64), 0, len(ranking) - 1)]


def _background(rng: Generator, size: int, busy: int, bank: int, days: int, home: np.ndarray) -> dict[str, np.ndarray]:
    paying, paid = (rng.permutation(busy).astype(np.int32) for _ in range(2))
    sender = _popular(rng, paying, size)
    contacts = _popular(rng, paid, busy * 5).reshape(busy, 5)
    receiver = np.where(
        rng.random(size) < 0.6, contacts[sender, rng.integers(0, 5, size)], _popular(rng, paid, size)
    ).astype(np.int32)
    seconds = np.clip(rng.normal(47_000, 14_000, size), 0, 86_399).astype(np.int64)
    time = START + rng.integers(0, days, size) * DAY + seconds * 1_000_000
    amount = np.maximum(np.rint(np.exp(rng.normal(10.6, 1.8, size))), 1).astype(np.int64)

    # One in twelve pays back some other payment, all or part of it, within three days.
    back = np.flatnonzero(rng.random(size) < 1 / 12)
    other = rng.integers(0, size, len(back))
    sender[back], receiver[back] = receiver[other].copy(), sender[other].copy()
    amount[back] = np.maximum(amount[other] * rng.integers(50, 101, len(back)) // 100, 1)
    last = START + days * DAY - 1_000_000
    time[back] = np.minimum(time[other] + rng.integers(1, 3 * 86_400, len(back)) * 1_000_000, last)

    channel = rng.choice(np.arange(6, dtype=np.int8), size, p=[0.62, 0.12, 0.08, 0.13, 0.035, 0.015])
    city = np.where(rng.random(size) < 0.9, home[sender], rng.integers(0, CITIES, size))
    point = (bank + city * MACHINES + rng.integers(0, MACHINES, size)).astype(np.int32)
    taken, given = channel == ATM, channel == BRANCH
    amount = np.where(taken | given, rng.integers(2, 200, size) * 10_00, amount)
    amount = np.where(given & (rng.random(size) < 0.1), rng.integers(5_000_00, 14_000_00, size), amount)
    sender, receiver = np.where(given, point, sender), np.where(taken, point, receiver)
    city = np.where(channel >= CARD, city, -1)
    same = sender == receiver
    receiver = np.where(same, (receiver + 1) % busy, receiver)
    return _part(
        rng, sender, receiver, time, amount, channel=channel, city=city, dated=rng.random(size) < 0.1, pattern=0
    )


def _part(
    rng: Generator,
    sender: np.ndarray,
    receiver: np.ndarray,
    time: np.ndarray,
    amount: np.ndarray,
    *,
    pattern: int,
    channel: np.ndarray | int = TRANSFER,
    city: np.ndarray | int = -1,
    dated: np.ndarray | bool = False,
) -> dict[str, np.ndarray]:
    size = len(time)
    currency = (rng.random(size) < 0.03) & (pattern == 0)
    return {
        "sender": np.asarray(sender, np.int32),
        "receiver": np.asarray(receiver, np.int32),
        "time": np.asarray(time, np.int64),
        "amount": np.asarray(amount, np.int64),
        "currency": currency.astype(np.int8),
        "channel": np.broadcast_to(np.asarray(channel, np.int8), size),
        "city": np.broadcast_to(np.asarray(city, np.int16), size),
        "dated": np.broadcast_to(np.asarray(dated, np.bool_), size),
        "pattern": np.full(size, pattern, np.int8),
    }


@dataclass(slots=True)
class _Plan:
    """What a planter may draw from."""

    rng: Generator
    bank: int
    busy: int
    days: int
    home: np.ndarray

    def some(self, size: int) -> np.ndarray:
        """Different accounts, most of them quiet."""
        return self.busy + self.rng.permutation(self.bank - self.busy)[:size]

    def begin(self, length: float) -> int:
        """An instant so early that so many days follow."""
        latest = max(int((self.days - length) * 86_400), 1)
        return START + int(self.rng.integers(0, latest)) * 1_000_000

    def later(self, begin: int, hours: float, size: int) -> np.ndarray:
        """Sorted different instants within some hours."""
        seconds = np.sort(self.rng.integers(0, int(hours * 3600), size)) + np.arange(size)
        return begin + seconds * 1_000_000


def _planted(
    rng: Generator, bank: int, busy: int, days: int, wanted: int, home: np.ndarray
) -> list[dict[str, np.ndarray]]:
    plan = _Plan(rng, bank, busy, days, home)
    parts: list[dict[str, np.ndarray]] = []
    made = 0
    while made < wanted or len(parts) < len(PLANTERS):
        planter = len(parts) % len(PLANTERS)
        columns = PLANTERS[planter](plan)
        parts.append(_part(rng, *columns[:4], pattern=planter + 1, **(columns[4] if len(columns) > 4 else {})))
        made += len(parts[-1]["time"])
    return parts


def _sums(plan: _Plan, size: int, low: int = 1_000_00, high: int = 9_000_00) -> np.ndarray:
    return plan.rng.integers(low, high, size)


def _fan_in(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(9, 20))
    v = plan.some(size + 1)
    return v[1:], np.full(size, v[0]), plan.later(plan.begin(3), 60, size), _sums(plan, size, 900_00, 1_000_00)


def _fan_out(plan: _Plan) -> tuple:
    sender, receiver, *rest = _fan_in(plan)
    return receiver, sender, *rest


def _scatter_gather(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(4, 11))
    v = plan.some(size + 2)
    begin, sums = plan.begin(1), _sums(plan, size)
    return (
        np.concatenate([np.full(size, v[0]), v[2:]]),
        np.concatenate([v[2:], np.full(size, v[1])]),
        np.concatenate([plan.later(begin, 3, size), plan.later(begin + DAY // 7, 3, size)]),
        np.concatenate([sums, sums * 97 // 100]),
    )


def _gather_scatter(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(6, 12))
    v = plan.some(2 * size + 1)
    begin, sums = plan.begin(2), _sums(plan, size)
    return (
        np.concatenate([v[1 : size + 1], np.full(size, v[0])]),
        np.concatenate([np.full(size, v[0]), v[size + 1 :]]),
        np.concatenate([plan.later(begin, 12, size), plan.later(begin + DAY // 2, 12, size)]),
        np.concatenate([sums, sums * 96 // 100]),
    )


def _cycle(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(3, 7))
    v = plan.some(size)
    sums = 50_000_00 * np.cumprod(1 - plan.rng.random(size) * 0.03)
    return v, np.roll(v, -1), plan.later(plan.begin(1), 20, size), sums


def _chain(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(6, 10))
    v = plan.some(size + 1)
    sums = 30_000_00 * np.cumprod(1 - plan.rng.random(size) * 0.03)
    return v[:-1], v[1:], plan.later(plan.begin(2), 40, size), sums


def _bipartite(plan: _Plan) -> tuple:
    left, right = plan.rng.integers(3, 6, 2)
    v = plan.some(left + right)
    size = left * right
    times = plan.rng.permutation(plan.later(plan.begin(2), 40, size))
    return np.repeat(v[:left], right), np.tile(v[left:], left), times, _sums(plan, size)


def _stack(plan: _Plan) -> tuple:
    v = plan.some(12).reshape(3, 4)
    begin, sums = plan.begin(2), _sums(plan, 16)
    return (
        np.concatenate([np.repeat(v[0], 4), np.repeat(v[1], 4)]),
        np.concatenate([np.tile(v[1], 4), np.tile(v[2], 4)]),
        np.concatenate([plan.later(begin, 12, 16), plan.later(begin + DAY // 2, 12, 16)]),
        np.concatenate([sums, np.repeat(sums.reshape(4, 4).sum(axis=0) * 96 // 400, 4)]),
    )


def _new_relations(plan: _Plan) -> tuple:
    size = 12
    v = plan.some(2 * size + 1)
    hub = np.full(size, v[0])
    sums = _sums(plan, size)
    return (
        np.concatenate([v[1 : size + 1], hub]),
        np.concatenate([hub, v[size + 1 :]]),
        plan.later(plan.begin(1), 20, 2 * size),
        np.concatenate([sums, sums * 95 // 100]),
    )


def _cash_at(plan: _Plan, cities: np.ndarray) -> np.ndarray:
    return plan.bank + cities * MACHINES + plan.rng.integers(0, MACHINES, len(cities))


def _structuring(plan: _Plan) -> tuple:
    size = int(plan.rng.integers(4, 8))
    account = plan.some(1)[0]
    cities = np.full(size, plan.home[account])
    sums = plan.rng.integers(8_800_00, 9_990_00, size)
    times = plan.later(plan.begin(7), 150, size)
    return _cash_at(plan, cities), np.full(size, account), times, sums, {"channel": BRANCH, "city": cities}


def _funnel(plan: _Plan) -> tuple:
    size = 5
    v = plan.some(2)
    account, home = v[0], plan.home[v[0]]
    cities = (home + 1 + plan.rng.permutation(CITIES - 1)[:size]) % CITIES
    begin = plan.begin(8)
    cash = begin + np.arange(size) * 86_400_000_000
    sums = _sums(plan, size, 3_000_00, 5_000_00)
    cards = np.full(3, home)  # small purchases at home
    return (
        np.concatenate([_cash_at(plan, cities), np.full(size, account), np.full(3, account)]),
        np.concatenate([np.full(size, account), np.full(size, v[1]), np.full(3, plan.rng.integers(0, plan.busy))]),
        np.concatenate([cash, cash + DAY // 12, begin + DAY * 7 + np.arange(3) * 3_600_000_000]),
        np.concatenate([sums, sums * 98 // 100, np.full(3, 12_00)]),
        {
            "channel": np.repeat([BRANCH, TRANSFER, CARD], [size, size, 3]),
            "city": np.concatenate([cities, np.full(size, -1), cards]),
        },
    )


def _pass_through(plan: _Plan) -> tuple:
    size = 6
    v = plan.some(5)
    begin = plan.begin(7)
    came = begin + np.arange(size) * DAY
    sums = _sums(plan, size)
    return (
        np.concatenate([v[1 + np.arange(size) % 2], np.full(size, v[0])]),
        np.concatenate([np.full(size, v[0]), v[3 + np.arange(size) % 2]]),
        np.concatenate([came, came + DAY // 10]),
        np.concatenate([sums, sums * 98 // 100]),
    )


PLANTERS: tuple[Callable[[_Plan], tuple], ...] = (
    _fan_in, _fan_out, _scatter_gather, _gather_scatter, _cycle, _chain, _bipartite, _stack, _new_relations,
    _structuring, _funnel, _pass_through,
)  # fmt: skip
