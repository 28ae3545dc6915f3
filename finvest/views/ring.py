"""Lay accounts among which money goes round out as a ring, so that going round can be seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from finvest.views.layers import Line, Placed, Size, apart

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

MOST_IN_RING = 12
"""Accounts that a ring can show; more go into columns."""

_STEPS = 20_000
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
_GROWTH = 1.06
_SHORTEST = 64.0

Rect = tuple[float, float, float, float]
Point = tuple[float, float]


def ring_of(nodes: Sequence[Hashable], arrows: Sequence[tuple[Hashable, Hashable]]) -> list[Hashable]:
    """Return the accounts among which money goes round, in the order in which it does, or an empty list.

    Parameters
    ----------
    nodes : sequence
        Of one picture.
    arrows : sequence of (sender, receiver)
        In order of time; the first arrow inside the ring says where it begins.
    """
    import networkx as nx

    graph = nx.DiGraph([(a, b) for a, b in arrows if a != b])
    groups = [g for g in nx.strongly_connected_components(graph) if 3 <= len(g) <= MOST_IN_RING]  # noqa: PLR2004
    if not groups:
        return []
    place = {n: i for i, n in enumerate(nodes)}
    group: set[Hashable] = max(groups, key=lambda g: (len(g), -min(place[n] for n in g)))
    beside = {n for a, b in arrows if a in group or b in group for n in (a, b)}
    outer = [n for pair in arrows for n in pair if n not in group]
    if len(outer) > len(set(outer)) or len(outer) > len(group) or set(nodes) - beside:
        return []  # the ring is a small part of what is to be seen
    ahead: dict[Hashable, list[Hashable]] = {}
    for a, b in dict.fromkeys(arrows):
        if a in group and b in group and a != b:
            ahead.setdefault(a, []).append(b)
    return _round(next(iter(ahead)), ahead) or sorted(group, key=lambda n: place[n])


def _round(start: Hashable, ahead: dict[Hashable, list[Hashable]]) -> list[Hashable]:
    """Find a way round through all accounts, the earliest payments first; empty where the search was too long."""
    path, choices, steps = [start], [iter(ahead[start])], 0
    while choices and (steps := steps + 1) < _STEPS:
        after = next(choices[-1], None)
        if after is None:
            choices.pop()
            path.pop()
        elif len(path) == len(ahead) and after == start:
            return path
        elif after not in path:
            path.append(after)
            choices.append(iter(ahead[after]))
    return []


def lay_out(
    ring: Sequence[Hashable],
    others: Sequence[Hashable],
    arrows: Sequence[tuple[Hashable, Hashable]],
    box: Size,
    labels: Sequence[Size],
) -> Placed:
    """Place a ring, clockwise from the top left, and other accounts beside it: senders left, receivers right.

    Parameters
    ----------
    ring, others : sequence of node
    arrows : sequence of (sender, receiver)
    box : Size
        Size of a node.
    labels : sequence of Size, one an arrow
    """
    size = 1.0
    while True:
        placed, clear = _try(ring, others, arrows, box, labels, size)
        if clear or size > 3:  # noqa: PLR2004 - by then something overlaps at any size
            return placed
        size *= _GROWTH


def _try(
    ring: Sequence[Hashable],
    others: Sequence[Hashable],
    arrows: Sequence[tuple[Hashable, Hashable]],
    box: Size,
    labels: Sequence[Size],
    size: float,
) -> tuple[Placed, bool]:
    n = len(ring)
    wide, high = (150 + 18 * n) * size, (84 + 16 * n) * size
    placed = Placed(direction="round the ring, clockwise")
    for i, node in enumerate(ring):
        turn = 2 * math.pi * i / n + (-math.pi / 2 if n % 2 else -math.pi / 2 - math.pi / n)
        placed.boxes[node] = (wide * math.cos(turn), high * math.sin(turn), box.width, box.height)
    _place_others(placed, ring, others, arrows, box, labels, wide)
    taken: list[Rect] = list(placed.boxes.values())
    clear = not any(_overlap(a, b) for i, a in enumerate(taken) for b in taken[:i])
    place = {node: i for i, node in enumerate(ring)}
    curves: list[list[Point]] = []
    kinds: list[Literal["level", "beside", "on"]] = []
    drawn: dict[tuple[Hashable, Hashable], int] = {}
    for a, b in arrows:
        again = drawn[a, b] = drawn.get((a, b), -1) + 1
        if a not in place or b not in place:
            curve = _beside(placed.boxes[a], placed.boxes[b], sender_outside=a not in place)
            kinds.append("level")
        elif (place[b] - place[a]) % n == 1 and not again:
            curve = _chord(placed.boxes[a], placed.boxes[b], 0.1)
            kinds.append("beside")
        else:
            curve = _chord(placed.boxes[a], placed.boxes[b], -0.18 - 0.12 * again)
            kinds.append("on")
        curves.append(_between(curve, placed.boxes[a], placed.boxes[b]))
        clear &= math.dist(curves[-1][0], curves[-1][-1]) > _SHORTEST
    for i, curve in enumerate(curves):
        spots = _spots(curve, labels[i], kinds[i], wide, high, sender_outside=arrows[i][0] not in place)
        others_curves = [c for k, c in enumerate(curves) if k != i]
        free = [s for s in spots if not any(_overlap((*s, labels[i].width, labels[i].height), r) for r in taken)]
        best = [s for s in free if not any(_inside(p, (*s, labels[i].width, labels[i].height), 2)
                                           for c in others_curves for p in c)]  # fmt: skip
        clear &= bool(best)
        spot = [*best, *free, *spots][0]
        taken.append((*spot, labels[i].width, labels[i].height))
        placed.lines[i] = Line(_smooth(curve), _tip(curve), spot, kinds[i])
    return placed, clear


def _place_others(
    placed: Placed,
    ring: Sequence[Hashable],
    others: Sequence[Hashable],
    arrows: Sequence[tuple[Hashable, Hashable]],
    box: Size,
    labels: Sequence[Size],
    wide: float,
) -> None:
    """Put the other accounts to the left and right of the ring, each near its partner."""
    run = max((s.width for s in labels), default=0) + 56
    inside = set(ring)
    partner = {o: next(placed.boxes[n] for e in arrows if o in e for n in e if n in inside) for o in others}
    pays = {a for a, _ in arrows}
    for side in (-1, 1):
        group = [o for o in others if (partner[o][0] or (-1 if o in pays else 1)) * side > 0]
        group.sort(key=lambda o: partner[o][1])
        room = [box.height + 24] * len(group)
        for o, y in zip(group, apart([partner[o][1] for o in group], room), strict=True):
            placed.boxes[o] = (side * (wide + box.width + run), y, box.width, box.height)


def _chord(a: Rect, b: Rect, bend: float) -> list[Point]:
    """Bend a line away from the middle of the ring, or, with a negative bend, towards it."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    dx, dy = (b[1] - a[1]) * bend, (a[0] - b[0]) * bend
    if (math.hypot(x + dx, y + dy) < math.hypot(x - dx, y - dy)) == (bend > 0):
        dx, dy = -dx, -dy
    mid = (x + dx, y + dy)
    return [_bezier((a[0], a[1]), mid, mid, (b[0], b[1]), i / 96) for i in range(97)]


def _beside(a: Rect, b: Rect, *, sender_outside: bool) -> list[Point]:
    """Leave the outer account straight, then bend towards the ring."""
    outer, inner = (a, b) if sender_outside else (b, a)
    way = 1 if inner[0] > outer[0] else -1
    start = (outer[0] + way * outer[2] / 2, outer[1])
    end = (inner[0] - way * inner[2] / 2, inner[1])
    knee = (end[0] - way * 36, start[1]) if abs(end[0] - start[0]) > 150 else start  # noqa: PLR2004
    bend = (knee[0] + (end[0] - knee[0]) / 2, knee[1]), (knee[0] + (end[0] - knee[0]) / 2, end[1])
    points = [(start[0] + (knee[0] - start[0]) * i / 48, start[1]) for i in range(48)]
    points += [_bezier(knee, *bend, end, i / 48) for i in range(49)]
    return points if sender_outside else points[::-1]


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    u = 1 - t
    x, y = (u**3 * a[i] + 3 * u * u * t * b[i] + 3 * u * t * t * c[i] + t**3 * d[i] for i in (0, 1))
    return x, y


def _between(curve: list[Point], a: Rect, b: Rect) -> list[Point]:
    """Keep what of a curve lies outside of both its accounts."""
    first = next((i for i, p in enumerate(curve) if not _inside(p, a, 3)), 0)
    last = next((i for i in range(len(curve) - 1, -1, -1) if not _inside(curve[i], b, 3)), len(curve) - 1)
    return curve[first : last + 1] if last - first > 2 else curve  # noqa: PLR2004


def _spots(
    curve: list[Point], label: Size, kind: str, wide: float, high: float, *, sender_outside: bool
) -> list[Point]:
    """Return where a label could stand, the best place first."""
    if kind == "level":  # beside the outer account, where the line is still straight
        (x, y), towards = (curve[0], curve[-1]) if sender_outside else (curve[-1], curve[0])
        return [(x + math.copysign(label.width / 2 + 20, towards[0] - x), y)]
    if kind == "on":
        return [curve[int(t * (len(curve) - 1))] for t in _ALONG]
    spots = []
    for t in _ALONG[:3]:
        x, y = curve[int(t * (len(curve) - 1))]
        out = math.hypot(x / wide**2, y / high**2) or 1.0
        out_x, out_y, far = x / wide**2 / out, y / high**2 / out, 8.0
        spot = (x + out_x * far, y + out_y * far)
        while any(_inside(p, (*spot, label.width, label.height), 4) for p in curve):
            far += 3
            spot = (x + out_x * far, y + out_y * far)
        spots.append(spot)
    return spots


def _smooth(curve: list[Point]) -> tuple[Point, ...]:
    """Return pieces of a cubic curve through some of the points (Catmull-Rom)."""
    step = max(1, len(curve) // 12)
    through = [*curve[:-1:step], curve[-1]]
    points = [through[0]]
    for i in range(len(through) - 1):
        before, a, b, after = through[max(0, i - 1)], through[i], through[i + 1], through[min(len(through) - 1, i + 2)]
        points += [
            (a[0] + (b[0] - before[0]) / 6, a[1] + (b[1] - before[1]) / 6),
            (b[0] - (after[0] - a[0]) / 6, b[1] - (after[1] - a[1]) / 6),
            b,
        ]
    return tuple(points)


def _tip(curve: list[Point]) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = curve[max(0, len(curve) - 5)], curve[-1]
    far = math.hypot(x1 - x0, y1 - y0) or 1.0
    return x1, y1, (x1 - x0) / far, (y1 - y0) / far


def _inside(p: Point, r: Rect, margin: float) -> bool:
    return abs(p[0] - r[0]) < r[2] / 2 + margin and abs(p[1] - r[1]) < r[3] / 2 + margin


def _overlap(a: Rect, b: Rect) -> bool:
    return abs(a[0] - b[0]) < (a[2] + b[2]) / 2 + 6 and abs(a[1] - b[1]) < (a[3] + b[3]) / 2 + 6
