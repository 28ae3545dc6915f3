"""Which account stands in which column, and in what order inside it, so that few lines cross."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

SWEEPS = 8
"""Times that an order or a place is improved from both sides."""


def columns(nodes: Sequence[Hashable], arrows: Sequence[tuple[Hashable, Hashable]]) -> dict[Hashable, int]:
    """Return the column of each node: senders before receivers, as far as money does not flow back.

    Parameters
    ----------
    nodes : sequence
        In the order in which to start: whoever moved money first comes first.
    arrows : sequence of (sender, receiver)
        In order of time.
    """
    ahead: dict[Hashable, list[Hashable]] = {n: [] for n in nodes}
    behind: dict[Hashable, int] = dict.fromkeys(nodes, 0)
    for a, b in dict.fromkeys(arrows):
        if a != b:
            ahead[a].append(b)
            behind[b] += 1
    sources = [n for n in nodes if not behind[n] and ahead[n]]
    finished: list[Hashable] = []
    state: dict[Hashable, int] = {}
    forward: dict[Hashable, list[Hashable]] = {n: [] for n in nodes}
    for root in [*sources, *(n for n in nodes if n not in set(sources))]:
        stack = [] if root in state else [(root, iter(ahead[root]))]
        state.setdefault(root, 1)
        while stack:
            node, rest = stack[-1]
            after = next(rest, None)
            if after is None:
                state[node] = 2
                finished.append(node)
                stack.pop()
            elif state.get(after) != 1:  # to one that is still open, money flows back
                forward[node].append(after)
                if after not in state:
                    state[after] = 1
                    stack.append((after, iter(ahead[after])))
    column = dict.fromkeys(nodes, 0)
    for node in reversed(finished):
        for after in forward[node]:
            column[after] = max(column[after], column[node] + 1)
    for source in sources:  # a late sender stands just before the one it pays
        if forward[source]:
            column[source] = min(column[after] for after in forward[source]) - 1
    first = min(column.values(), default=0)
    return {n: c - first for n, c in column.items()}


@dataclass(slots=True)
class Lanes:
    """Items of each column in order, and the links between items of neighbouring columns."""

    items: list[list[Hashable]]
    links: list[tuple[Hashable, Hashable]] = field(default_factory=list)
    routes: dict[int, list[Hashable]] = field(default_factory=dict)

    def near(self) -> tuple[dict[Hashable, list[Hashable]], dict[Hashable, list[Hashable]]]:
        """Return the items linked to each on its left, and on its right."""
        left: dict[Hashable, list[Hashable]] = defaultdict(list)
        right: dict[Hashable, list[Hashable]] = defaultdict(list)
        for a, b in self.links:
            right[a].append(b)
            left[b].append(a)
        return left, right

    def crossings(self) -> int:
        """Count the links that cross."""
        place = {item: i for column in self.items for i, item in enumerate(column)}
        where = {item: c for c, column in enumerate(self.items) for item in column}
        spots = [(where[a], place[a], place[b]) for a, b in self.links]
        return sum(c == d and (a - x) * (b - y) < 0 for i, (c, a, b) in enumerate(spots) for d, x, y in spots[:i])

    def untangle(self) -> None:
        """Order the items of each column near what they are linked to, and keep the order with fewest crossings."""
        left, right = self.near()
        best, fewest = [list(c) for c in self.items], self.crossings()
        for sweep in range(SWEEPS):
            near = right if sweep % 2 else left
            for column in self.items[::-1] if sweep % 2 else self.items:
                place = {item: i / max(1, len(c) - 1) for c in self.items for i, item in enumerate(c)}
                column.sort(key=lambda n: mean((place[m] for m in near[n]), place[n]))
            if (now := self.crossings()) < fewest:
                best, fewest = [list(c) for c in self.items], now
        self.items = best


def is_lane(item: Hashable) -> bool:
    """Tell whether an item is no account but the lane of a line that passes a column."""
    return isinstance(item, tuple) and item[0] == "lane"


def mean(values: Iterable[float], otherwise: float) -> float:
    """Return the mean, or something else where there is nothing."""
    found = list(values)
    return sum(found) / len(found) if found else otherwise
