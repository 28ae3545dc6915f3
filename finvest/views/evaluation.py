"""The page of an evaluation: figures, curves and bars of several sets, complete in itself, without script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import finvest
from finvest.evaluate.evaluation import BUDGETS, RANKING, VAL
from finvest.views import text
from finvest.views.grid import Cell, Grid, listed
from finvest.views.template import markup, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.evaluate.evaluation import Evaluation, Measured

WIDTH, HEIGHT = 420, 300
"""Of the plot of a curve, its axes left out."""

MOST_DETECTORS, MOST_COLUMNS = 3, 5
"""Detectors that get a line in a curve, and columns that get a row in a table: the best ones."""

_LINES = (("#1d5a96", "none"), ("#0f7b6c", "none"), ("#b44d12", "none"))
_RANKING, _DEGREE, _COLUMN = ("#1f2933", "none"), ("#7b8794", "6 4"), ("#7b8794", "2 3")
_BAR, _STEP = 260, 22

HOW = (
    (
        "Average precision (AP)",
        "Mean precision over the steps of recall, with one threshold for each distinct score. A score that says "
        "nothing earns the base rate. It is the area under the line of precision over recall.",
    ),
    (
        "95 %",
        "Between these lie 95 % of the resamples in which whole patterns were drawn with replacement. Differences "
        "within it are noise.",
    ),
    (
        "Base",
        "Share of what is ranked that belongs to a planted pattern.",
    ),
    (
        "Accounts",
        "An account is positive in a window when it is an end of a planted transfer dated in it. It gets the score of "
        "findings with an evidence transaction, dated in the window, of which it is an end; under 'subjects only', the "
        "score of findings whose subject it is.",
    ),
    ("Transactions", "A transaction gets the score of the strongest finding whose evidence holds it."),
    (
        "Threshold",
        "Chosen in the window val and kept for the window that is judged; * marks one chosen on what is judged, the "
        "best there can be.",
    ),
    (
        "Verdict",
        "Works: above the strongest of chance and degree in 97.5 % of resamples. No better than degree: an advantage "
        "of 0.1 or more is ruled out in 97.5 % of them. Otherwise, or with fewer than ten patterns: too few to say.",
    ),
    (
        "P@50, R@500",
        "Precision and recall among so many of the highest scores, mean over every order inside a tie.",
    ),
    ("Pattern found", "At least half of its transactions in the evidence of one finding; a look-alike is accused so."),
)


HEADS = ["Method", "AP", "95 %", "Base", "Subjects only", *(f"P@{b}" for b in BUDGETS), f"R@{BUDGETS[-1]}"]
HEADS += ["F1", "False per 10,000"]
CLASSES = ["", "right", "fixed", "right", "right", *["right"] * (len(BUDGETS) + 3)]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot: its path, look, and what the legend says."""

    path: str
    stroke: str
    dashes: str
    width: float
    name: str
    figure: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, how long, and what stands beside it."""

    name: str
    y: int
    length: float
    figure: str


def page(done: Sequence[Evaluation]) -> str:
    """Write the page.

    Parameters
    ----------
    done : sequence of Evaluation
        Of one setting.

    Returns
    -------
    str
        HTML. It refers to nothing outside of itself and holds no script; its content policy forbids both.
    """
    style = render("report.css.j2", handling="H0") + render("evaluation.css.j2")
    asked = list(dict.fromkeys((m.task, m.window) for e in done for m in e.measured))
    return render(
        "evaluation.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        version=finvest.__version__,
        summary=_summary(done),
        sections=[_section(done, task, window) for task, window in asked],
        patterns=_patterns(done),
        settings=_settings(done),
        gaps=listed(
            [[_name(e), i, text.plain(why)] for e in done for i, why in e.not_assessable.items()],
            ["Set", "Indicator", "Why"],
            nothing="Every detector could be asked on every set.",
        ),
        how=HOW,
        width=WIDTH,
        height=HEIGHT,
        bar=_BAR,
        step=_STEP,
    )


def _name(e: Evaluation) -> str:
    return text.plain(e.name) + (", dates" if e.dated else "")


def _summary(done: Sequence[Evaluation]) -> str:
    sets = len({e.name for e in done})
    detectors = len(done[0].settings) if done else 0
    words = [m.verdict for e in done for m in e.measured if m.method == RANKING]
    works = sum(w == "works" for w in words)
    which = "one detector" if detectors == 1 else f"{detectors} detectors"
    return (
        f"{which.capitalize()} on {sets} labelled {'set' if sets == 1 else 'sets'}, with one setting. Together they "
        f"work in {works} of {len(words)} questions (set, accounts or transactions, window)."
    )


def _section(done: Sequence[Evaluation], task: str, window: str) -> dict[str, Any]:
    parts = []
    for e in done:
        here = [m for m in e.measured if (m.task, m.window) == (task, window)]
        if not here:
            continue
        columns = sorted((m for m in here if m.family == "column"), key=lambda m: -m.ap)[:MOST_COLUMNS]
        shown = [m for m in here if m.family != "column"] + columns
        rows = [_row(m) for m in shown]
        ranking = next(m for m in here if m.method == RANKING)
        parts.append(
            {
                "name": _name(e),
                "table": listed(rows, HEADS, nothing="Nothing was measured.", classes=CLASSES),
                "verdicts": listed(
                    [[text.plain(m.method), m.verdict, m.why] for m in here if m.verdict],
                    ["Method", "Verdict", "95 % of its advantage over the strongest of chance and degree"],
                    nothing="",
                    classes=["", "fixed", ""],
                ),
                "what": f"{ranking.positives:,} of {ranking.count:,} positive, {ranking.patterns:,} patterns",
                "lines": _lines(here, columns[:1]),
                "base": round(HEIGHT * (1 - ranking.base_rate), 1),
                "bars": _bars(ranking),
            }
        )
    whole = "whole period" if window == "all" else f"window {window}"
    return {
        "id": f"{task}-{window}",
        "title": f"{task.capitalize()}, {whole}",
        "parts": parts,
    }


def _row(m: Measured) -> list[Cell]:
    between = f"{m.low:.3f} to {m.high:.3f}" if m.low is not None else ""
    return [
        text.plain(m.method),
        f"{m.ap:.3f}",
        between,
        f"{m.base_rate:.4f}",
        "" if m.by_subject is None else f"{m.by_subject:.3f}",
        *(f"{v:.2f}" for v in m.precision.values()),
        f"{m.recall[BUDGETS[-1]]:.2f}",
        f"{m.f1:.2f}" + ("" if m.threshold_from == VAL else "*"),
        f"{m.false_alarms:.0f}",
    ]


def _lines(here: list[Measured], columns: list[Measured]) -> list[Line]:
    detectors = sorted((m for m in here if m.family == "detector"), key=lambda m: -m.ap)[:MOST_DETECTORS]
    degree = max((m for m in here if m.family == "degree"), key=lambda m: m.ap, default=None)
    chosen = [(m, *look, 1.6) for m, look in zip(detectors, _LINES, strict=False)]
    chosen += [(degree, *_DEGREE, 1.4)] if degree is not None else []
    chosen += [(m, *_COLUMN, 1.4) for m in columns]
    chosen += [(m, *_RANKING, 2.6) for m in here if m.method == RANKING]
    return [
        Line(_path(m.curve), stroke, dashes, width, text.plain(m.method), f"{m.ap:.3f}")
        for m, stroke, dashes, width in reversed(chosen)
    ]


def _path(curve: list[tuple[float, float]]) -> str:
    """Draw the steps that average precision sums: the area under the line is the figure."""
    steps = "".join(f"V{HEIGHT * (1 - precision):.1f}H{WIDTH * recall:.1f}" for recall, precision in curve)
    return f"M0 {HEIGHT * (1 - curve[0][1]):.1f}{steps}" if curve else "M0 0"


def _bars(m: Measured) -> list[Bar]:
    return [
        Bar(text.plain(kind.replace("_", " ")), _STEP * i, round(_BAR * share, 1), f"{share:.0%}")
        for i, (kind, share) in enumerate(m.recall_by_kind.items())
    ]


def _patterns(done: Sequence[Evaluation]) -> Grid:
    rows: list[list[Cell]] = [
        [
            _name(e),
            f.window,
            f.method,
            f"{f.findings:,}",
            f"{f.found} of {len(f.patterns)}",
            *(str(f.within(b)) for b in BUDGETS),
            _counted(f.by_kind()),
            _counted(f.accused()) or "",
        ]
        for e in done
        for f in e.found
    ]
    heads = [
        "Set",
        "Window",
        "Method",
        "Findings",
        "Found",
        *(f"in first {b}" for b in BUDGETS),
        "By kind",
        "Look-alikes accused",
    ]
    classes = ["fixed", "fixed", "fixed", "right", "right", *["right"] * len(BUDGETS), "", ""]
    return listed(rows, heads, nothing="Nothing was looked for.", classes=classes)


def _counted(by_kind: dict[str, tuple[int, int]]) -> list[str]:
    return [f"{text.plain(kind.replace('_', ' '))} {found} of {total}" for kind, (found, total) in by_kind.items()]


def _settings(done: Sequence[Evaluation]) -> Grid:
    settings = done[0].settings if done else {}
    rows: list[list[Cell]] = [[i, ", ".join(f"{k} = {v}" for k, v in p.items())] for i, p in settings.items()]
    return listed(rows, ["Indicator", "Parameters"], nothing="No detector ran.", classes=["fixed", ""])
