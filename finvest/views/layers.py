"""Lay a small flow out in columns: whoever sends stands before whoever receives, and no label meets another.

Every account of a column begins at the same place. Lines run straight beside the accounts, where their labels are, and
bend only in a band between, so that no line crosses a label. Lines that pass a column get a lane of their own in it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from finvest.views.columns import SWEEPS, Lanes, is_lane, mean

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

WIDEST = 1150.0
"""A flow that is wider than this does not fit a page: where it is narrower so, it runs from top to bottom."""

_GAP, _LANE, _PORT, _END = 14.0, 16.0, 13.0, 18.0


@dataclass(frozen=True, slots=True)
class Size:
    """Room that something takes, in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn arrow.

    Attributes
    ----------
    points : tuple of (float, float)
        Start, then three points for each piece of a cubic curve.
    tip : tuple of float
        Where the arrow ends: x, y, and the direction it arrives in, x, y.
    label : tuple of float
        Middle of the label: x, y.
    where : {"level", "beside", "on"}
        How the label stands: the line passes level between its lines, beside it, or ends at it and goes on behind it.
    """

    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float, float, float]
    label: tuple[float, float]
    where: Literal["level", "beside", "on"]


@dataclass(slots=True)
class Placed:
    """A laid out flow.

    Attributes
    ----------
    boxes : dict of node to (x, y, width, height)
        Middle and size.
    lines : dict of arrow to Line
    direction : str
        How money flows through the picture, in words.
    """

    boxes: dict[Hashable, tuple[float, float, float, float]] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    direction: str = "from left to right"


def lay_out(
    column: Mapping[Hashable, int],
    arrows: Sequence[tuple[Hashable, Hashable]],
    box: Size,
    labels: Sequence[Size],
) -> Placed:
    """Place nodes and arrows.

    Parameters
    ----------
    column : mapping of node to int
        Column of each node; inside a column they stand in the order of the mapping.
    arrows : sequence of (sender, receiver)
        Without arrows from a node to itself.
    box : Size
        Smallest size of a node; one with many arrows becomes longer.
    labels : sequence of Size, one an arrow
    """
    across = _lay_out(column, arrows, box, labels, down=False)
    if _breadth(across) <= WIDEST:
        return across
    down = _lay_out(column, arrows, box, labels, down=True)
    return down if _breadth(down) < _breadth(across) else across


def _breadth(placed: Placed) -> float:
    lefts = [x - w / 2 for x, _, w, _ in placed.boxes.values()]
    rights = [x + w / 2 for x, _, w, _ in placed.boxes.values()]
    return max(rights) - min(lefts)


def _lay_out(
    column: Mapping[Hashable, int],
    arrows: Sequence[tuple[Hashable, Hashable]],
    box: Size,
    labels: Sequence[Size],
    *,
    down: bool,
) -> Placed:
    most = max(column.values()) + 1
    lanes = Lanes([[n for n in column if column[n] == c] for c in range(most)])
    ordered = [(a, b) if column[a] < column[b] else (b, a) for a, b in arrows]
    for i, (a, b) in enumerate(ordered):
        route = [a, *(("lane", i, c) for c in range(column[a] + 1, column[b])), b]
        for lane in route[1:-1]:
            lanes.items[lane[2]].append(lane)  # type: ignore[index]
        lanes.links += pairwise(route)
        lanes.routes[i] = route
    lanes.untangle()
    sheet = _Sheet(lanes, ordered, box, labels, down=down)
    placed = Placed(direction="from top to bottom" if down else "from left to right")
    for node in column:
        m, c = sheet.main[column[node]] + sheet.depth / 2, sheet.cross[node]
        placed.boxes[node] = (
            (c, m, sheet.length[node], sheet.depth) if down else (m, c, sheet.depth, sheet.length[node])
        )
    for i, (a, _) in enumerate(arrows):
        placed.lines[i] = sheet.line(i, backwards=ordered[i][0] != a)
    return placed


class _Sheet:
    """Coordinates: `main` runs with the money, `cross` across it."""

    def __init__(
        self,
        lanes: Lanes,
        arrows: Sequence[tuple[Hashable, Hashable]],
        box: Size,
        labels: Sequence[Size],
        *,
        down: bool,
    ) -> None:
        self.lanes, self.arrows, self.down = lanes, arrows, down
        self.depth = box.height if down else box.width
        breadth = box.width if down else box.height
        self.label_run = [(s.height if down else s.width) for s in labels]
        self.label_breadth = [(s.width + 12 if down else s.height + 2) for s in labels]
        sends: dict[Hashable, list[int]] = defaultdict(list)
        takes: dict[Hashable, list[int]] = defaultdict(list)
        for i, (a, b) in enumerate(arrows):
            sends[a].append(i)
            takes[b].append(i)
        # A label stands at the end where fewer lines meet.
        self.at_start = [len(sends[a]) <= len(takes[b]) for a, b in arrows]
        self.sides = {"out": sends, "in": takes}
        self.length = {
            n: max(breadth, 12 + max(sum(self._pitch(i, side) for i in of[n]) for side, of in self.sides.items()))
            for column in lanes.items
            for n in column
            if not is_lane(n)
        }
        self.cross = self._across()
        self.ports = self._ports()
        self.main, self.bands = self._along()

    def _pitch(self, arrow: int, side: str) -> float:
        return self.label_breadth[arrow] if self.at_start[arrow] == (side == "out") else _PORT

    def _across(self) -> dict[Hashable, float]:
        """Bring linked items to the same height, keeping their order and distance."""
        size = {n: self.length.get(n, _LANE) for column in self.lanes.items for n in column}
        cross: dict[Hashable, float] = {}
        for column in self.lanes.items:
            at = -(sum(size[n] + _GAP for n in column) - _GAP) / 2
            for n in column:
                cross[n] = at + size[n] / 2
                at += size[n] + _GAP
        left, right = self.lanes.near()
        for sweep in range(SWEEPS):
            near = right if sweep % 2 else left
            for column in self.lanes.items:
                wish = [mean((cross[m] for m in near[n]), cross[n]) for n in column]
                cross.update(zip(column, apart(wish, [size[n] + _GAP for n in column]), strict=True))
        return cross

    def _ports(self) -> dict[tuple[int, str], float]:
        """Spread the lines of a node's side along it, in the order of where they lead."""
        ports = {}
        for side, of in self.sides.items():
            for node, arrows in of.items():
                there = {i: self.cross[self.lanes.routes[i][1 if side == "out" else -2]] for i in arrows}
                arrows = sorted(arrows, key=lambda i: (there[i], i))  # noqa: PLW2901
                at = self.cross[node] - sum(self._pitch(i, side) for i in arrows) / 2
                for i in arrows:
                    pitch = self._pitch(i, side)
                    beside = self.down and pitch != _PORT and len(arrows) > 1  # the label stands to the right
                    ports[i, side] = at + (_PORT if beside else pitch) / 2
                    at += pitch
        return ports

    def _along(self) -> tuple[list[float], list[tuple[float, float]]]:
        """Return where each column begins, and the band between neighbours in which lines bend."""
        starts, bands, at = [0.0], [], self.depth
        column = {n: c for c, items in enumerate(self.lanes.items) for n in items}
        for c in range(len(self.lanes.items) - 1):
            before = [self.label_run[i] for i, (a, _) in enumerate(self.arrows) if self.at_start[i] and column[a] == c]
            after = [
                self.label_run[i] for i, (_, b) in enumerate(self.arrows) if not self.at_start[i] and column[b] == c + 1
            ]
            steep = max((abs(self.cross[a] - self.cross[b]) for a, b in self.lanes.links if column[a] == c), default=0)
            bend = min(110.0, max(26.0 if self.down else 44.0, 0.4 * steep))
            low = at + max(before, default=0) + _END
            high = low + bend
            at = high + max(after, default=0) + _END
            bands.append((low, high))
            starts.append(at)
            at += self.depth
        return starts, bands

    def line(self, i: int, *, backwards: bool) -> Line:
        route = self.lanes.routes[i]
        column = next(c for c, items in enumerate(self.lanes.items) if route[0] in items)
        cross = [self.ports[i, "out"], *(self.cross[lane] for lane in route[1:-1]), self.ports[i, "in"]]
        points = [(self.main[column] + self.depth, cross[0])]
        for step, (c0, c1) in enumerate(pairwise(cross)):
            low, high = self.bands[column + step]
            middle = (low + high) / 2
            points += [*_straight(points[-1], (low, c0)), (middle, c0), (middle, c1), (high, c1)]
        end = (self.main[column + len(route) - 1], cross[-1])
        points += _straight(points[-1], end)
        half = _END / 2 + self.label_run[i] / 2
        label = (points[0][0] + half, cross[0]) if self.at_start[i] else (end[0] - half - 4, cross[-1])
        if self.down:
            label = (label[0], label[1] + self.label_breadth[i] / 2)
        if backwards:
            points.reverse()
        m, c = points[-1]
        tip = (m, c, -1.0 if backwards else 1.0, 0.0)
        if self.down:
            points, label, tip = [(c, m) for m, c in points], (label[1], label[0]), (c, m, 0.0, tip[2])
        return Line(tuple(points), tip, label, "beside" if self.down else "level")


def _straight(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    return [((2 * a[0] + b[0]) / 3, (2 * a[1] + b[1]) / 3), ((a[0] + 2 * b[0]) / 3, (a[1] + 2 * b[1]) / 3), b]


def apart(wish: Sequence[float], room: Sequence[float]) -> list[float]:
    """Return the places nearest to the wished ones at which items keep their order and distance (pooled violators)."""
    offset, shifted = 0.0, []
    offsets = []
    for i, at in enumerate(wish):
        offset += (room[i - 1] + room[i]) / 2 if i else 0.0
        offsets.append(offset)
        shifted.append(at - offset)
    pools: list[list[float]] = []
    for value in shifted:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            last, n = pools.pop()
            before, m = pools[-1]
            pools[-1] = [(before * m + last * n) / (m + n), m + n]
    flat = [mean for mean, n in pools for _ in range(int(n))]
    return [at + off for at, off in zip(flat, offsets, strict=True)]
