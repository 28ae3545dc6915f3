"""From places to a drawing: outlines by kind of account, arrows, labels, legend; legible in black and white."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from finvest.views import text
from finvest.views.layers import Size

if TYPE_CHECKING:
    from finvest.views.flow_content import Account, Content, Stream
    from finvest.views.layers import Line, Placed

MOST_TWO_LINES = 40
"""With more arrows than these, labels leave out the dates; pointing at an arrow tells them."""

_TWO, _ONE = 38.0, 21.0
_MARGIN, _TOP, _LINE = 24.0, 76.0, 17.0
_NARROWEST = 720.0
_BOX_MOST, _BOX_LEAST, _BOX_HEIGHT = 196.0, 120.0, 54.0
_SMALLEST = 9.5
_THIN, _THICK, _HEAD = 1.3, 5.5, 10.0
_PAPER, _SUBJECT, _NEUTRAL = "#ffffff", "#e6eef7", "#eceae4"
_INK, _GREY = "#1f2933", "#7b8794"

Lines = list[tuple[str, float, bool]]


def label(stream: Stream, *, short: bool) -> tuple[Lines, Size]:
    """Return the lines of an arrow's label (text, size, strong) and the room they take."""
    total = stream.total if len(stream.amounts) <= 2 else f"{len(stream.amounts)} currencies"  # noqa: PLR2004
    first = f"{total} · {stream.count:,} ×" if short else total
    lines: Lines = [(first, 12.0, True)]
    if not short:
        lines.append((f"{stream.count:,} × · {_span(stream)}", 10.5, False))
    return lines, Size(max(text.width(t, size) for t, size, _ in lines) + 8, _TWO if len(lines) > 1 else _ONE)


def _span(stream: Stream) -> str:
    """Write days as short as they are clear: ``6 to 9 Jan 2025``."""
    a, b = stream.start, stream.end
    if a is None or b is None:
        return ""
    last = f"{b.day} {b:%b %Y}"
    if a == b:
        return last
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day} to {last}"
    return f"{a.day} {a:%b} to {last}" if a.year == b.year else f"{a.day} {a:%b %Y} to {last}"


def box(shown: Content) -> Size:
    """Return the size of an account: as wide as its texts ask for, within reason."""
    widest = max((text.width(t, size) for a in shown.accounts.values() for t, size, _ in _texts(a)), default=0.0)
    return Size(min(_BOX_MOST, max(_BOX_LEAST, widest + 22)), _BOX_HEIGHT)


def _texts(account: Account) -> Lines:
    lines = [(account.about, 10.0, False), (account.number, 12.0, True), (account.holder, 11.5, False)]
    return [line for line in lines if line[0]]


def sheet(shown: Content, placed: Placed, labels: list[Lines], caption: list[str]) -> dict[str, Any]:
    """Return everything that the template draws, moved to its place on the sheet."""
    left, top, right, bottom = _extent(placed, labels)
    width = max(_NARROWEST, right - left + 2 * _MARGIN)
    dx, dy = (width - right - left) / 2, _TOP - top
    largest = max((s.size for s in shown.streams), default=0.0)
    accounts = [
        _account(a, *_moved(placed.boxes[key], dx, dy)) for key, a in shown.accounts.items() if key in placed.boxes
    ]
    streams = [_stream(s, placed.lines[i], labels[i], shown, (dx, dy), largest) for i, s in enumerate(shown.streams)]
    rule = round(bottom + dy + 22, 1)
    legend, y = _legend(shown, width, rule + 12)
    lines = []
    for i, paragraph in enumerate(caption):
        for part in _wrapped(paragraph, width - 2 * _MARGIN, 11):
            y += _LINE
            lines.append({"y": round(y, 1), "text": part, "strong": i == len(caption) - 1})
    return {
        "width": math.ceil(width),
        "height": math.ceil(y + 16),
        "accounts": accounts,
        "streams": streams,
        "rule": rule,
        "legend": legend,
        "caption": lines,
    }


def _moved(rect: tuple[float, float, float, float], dx: float, dy: float) -> tuple[float, float, float, float]:
    return rect[0] + dx, rect[1] + dy, rect[2], rect[3]


def _extent(placed: Placed, labels: list[Lines]) -> tuple[float, float, float, float]:
    xs, ys = [0.0], [0.0]
    for x, y, w, h in placed.boxes.values():
        xs += [x - w / 2, x + w / 2]
        ys += [y - h / 2, y + h / 2]
    xs, ys = xs[1:] or xs, ys[1:] or ys
    for i, line in placed.lines.items():
        xs += [p[0] for p in line.points]
        ys += [p[1] for p in line.points]
        half = max(text.width(t, size) for t, size, _ in labels[i]) / 2 + 4
        xs += [line.label[0] - half, line.label[0] + half]
        ys += [line.label[1] - 18, line.label[1] + 18]
    return min(xs), min(ys), max(xs), max(ys)


def _account(account: Account, x: float, y: float, w: float, h: float) -> dict[str, Any]:
    texts = _texts(account)
    shape = outline(account.kind, x, y, w, h)
    room = w - (30 if account.kind in {"external", "wallet", "cash", "more", "hypothesis"} else 16)
    x, y = (x - 4, y + 4) if account.kind == "more" else (x, y)
    fitted = [(t, _fitting(t, size, room) if strong else size, strong) for t, size, strong in texts]
    at = y - (len(texts) * 15 - 15) / 2 + 4
    victim, subject = account.possible_victim, account.subject
    return {
        "tooltip": text.shorten(" · ".join(t for t, _, _ in texts)),
        "outline": shape,
        "fill": _NEUTRAL if victim else _SUBJECT if subject else _PAPER,
        "stroke": _GREY if victim or not subject else _INK,
        "thick": 3 if subject else 1.3,
        "lines": [
            {
                "x": round(x, 1),
                "y": round(at + i * 15, 1),
                "size": size,
                "text": text.clip(t, room, size),
                "strong": strong,
                "faint": i == 0,
            }
            for i, (t, size, strong) in enumerate(fitted)
        ],
    }


def _fitting(what: str, size: float, room: float) -> float:
    """Make a text a little smaller before it is cut: a number should be read to its end."""
    return max(_SMALLEST, min(size, math.floor(10 * size * room / text.width(what, size)) / 10))


def outline(kind: str, x: float, y: float, w: float, h: float) -> list[str]:
    """Return the outline of a kind of account; each kind has its own shape, so that colour is not needed."""
    l, r, t, b = x - w / 2, x + w / 2, y - h / 2, y + h / 2  # noqa: E741
    c = min(12.0, h / 3)
    if kind == "cash":
        e = min(h / 2, 28.0)
        ends = ("A", e, h / 2, 0, 0, 1)
        return [_d("M", l + e, t, "H", r - e, *ends, r - e, b, "H", l + e, *ends, l + e, t, "Z")]
    if kind == "external":
        return [_d("M", l + c, t, "L", r, t, "L", r - c, b, "L", l, b, "Z")]
    if kind == "wallet":
        return [_d("M", l + c, t, "L", r - c, t, "L", r, y, "L", r - c, b, "L", l + c, b, "L", l, y, "Z")]
    if kind == "unknown":
        return [_d("M", l, t, "H", r - c, "L", r, t + c, "V", b, "H", l, "Z")]
    if kind == "end":
        cut = ("L", r, t + c, "V", b - c, "L", r - c, b, "H", l + c, "L", l, b - c, "V", t + c, "Z")
        return [_d("M", l + c, t, "H", r - c, *cut)]
    if kind == "hypothesis":
        return [_d("M", l, t, "H", r, "L", r - c, y, "L", r, b, "H", l, "L", l + c, y, "Z")]
    if kind == "more":
        e = min(4.0, h / 6)
        return [_rounded(l + d, t + 2 * e - d, r - 2 * e + d, b - d, 3) for d in (2 * e, e, 0.0)]
    return [_rounded(l, t, r, b, min(9.0, h / 5))]


def _rounded(l: float, t: float, r: float, b: float, c: float) -> str:  # noqa: E741
    c = min(c, (b - t) / 2)
    return _d(
        "M", l + c, t, "H", r - c, "Q", r, t, r, t + c, "V", b - c, "Q", r, b, r - c, b,
        "H", l + c, "Q", l, b, l, b - c, "V", t + c, "Q", l, t, l + c, t, "Z",
    )  # fmt: skip


def _d(*parts: str | float) -> str:
    return " ".join(p if isinstance(p, str) else f"{p:.1f}".removesuffix(".0") for p in parts)


def _stream(
    stream: Stream, line: Line, lines: Lines, shown: Content, shift: tuple[float, float], largest: float
) -> dict[str, Any]:
    dx, dy = shift
    thick = _THIN + (_THICK - _THIN) * math.sqrt(stream.size / largest if largest else 0.0)
    head = _HEAD + thick
    x, y, way_x, way_y = line.tip[0] + dx, line.tip[1] + dy, *line.tip[2:]
    base_x, base_y, half = x - way_x * head, y - way_y * head, head * 0.46
    points = [(px + dx, py + dy) for px, py in line.points]
    points[-1] = (x - way_x * head * 0.8, y - way_y * head * 0.8)
    points[-2] = ((points[-3][0] + points[-1][0]) / 2, (points[-3][1] + points[-1][1]) / 2)
    a, b = shown.accounts[stream.originator], shown.accounts[stream.beneficiary]
    w, h = max(text.width(t, size) for t, size, _ in lines) + 8, _TWO if len(lines) > 1 else _ONE
    # Above and below a line that runs level; else on a white ground, in the middle of the line.
    offsets = (-thick / 2 - 4, thick / 2 + 12) if line.where == "level" else (-3.0, 11.0) if len(lines) > 1 else (4.0,)
    lx, ly = line.label[0] + dx, line.label[1] + dy
    return {
        "tooltip": text.shorten(
            f"{a.number} → {b.number}: {stream.total}, {stream.count:,} × · {_span(stream)}"
            f"{' · ' + shown.words['dashed'] if stream.inferred else ''}"
        ),
        "path": _d("M", *points[0], "C", *(v for p in points[1:] for v in p)),
        "head": _d(
            "M", x, y, "L", base_x - way_y * half, base_y + way_x * half,
            "L", base_x + way_y * half, base_y - way_x * half, "Z",
        ),
        "stroke": round(thick, 1),
        "dashed": stream.inferred,
        "label": None if line.where != "on" else
            {"x": round(lx - w / 2, 1), "y": round(ly - h / 2, 1), "width": round(w, 1), "height": h},
        "lines": [
            {"x": round(lx, 1), "y": round(ly + at, 1), "size": size, "text": t, "strong": strong}
            for (t, size, strong), at in zip(lines, offsets, strict=False)
        ],
    }  # fmt: skip


def _legend(shown: Content, width: float, y: float) -> tuple[list[dict[str, Any]], float]:
    """Return a sample and a word for everything that this picture uses, in rows, and where they end."""
    accounts = list(shown.accounts.values())
    kinds = dict.fromkeys(a.kind for a in accounts)
    found: list[tuple[str, str, float, str, str]] = [
        (k, _PAPER, 1.3, _GREY, shown.words.get(k, k)) for k in [*shown.words, *kinds] if k in kinds
    ]
    found = list(dict.fromkeys(found))
    if any(a.subject and not a.possible_victim for a in accounts):
        found.append(("bank", _SUBJECT, 3.0, _INK, shown.words["subject"]))
    if any(a.possible_victim for a in accounts):
        found.append(("bank", _NEUTRAL, 1.3, _GREY, shown.words["victim"]))
    if any(not s.inferred for s in shown.streams):
        found.append(("solid", "none", 2.4, "#6b7785", shown.words["solid"]))
    if any(s.inferred for s in shown.streams):
        found.append(("dashed", "none", 2.4, "#6b7785", shown.words["dashed"]))
    items, x, y = [], _MARGIN, y + 10
    for kind, fill, thick, stroke, word in found:
        room = 38 + text.width(word, 11) + 18
        if x + room > width - _MARGIN and x > _MARGIN:
            x, y = _MARGIN, y + 22
        sample = [_d("M", x, y, "H", x + 30)] if kind in {"solid", "dashed"} else outline(kind, x + 15, y, 28, 15)
        items.append(
            {"outline": sample, "fill": fill, "stroke": stroke, "thick": thick, "dashed": kind == "dashed",
             "x": round(x + 38, 1), "y": round(y + 4, 1), "text": word}
        )  # fmt: skip
        x += room
    return items, y + 10


def _wrapped(paragraph: str, room: float, size: float) -> list[str]:
    lines = [""]
    for word in paragraph.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text.width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [text.clip(line, room, size) for line in lines]
