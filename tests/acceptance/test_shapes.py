"""Shapes of the published rings of AMLworld, named from their transactions alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from finvest.graph.shape import name_shape

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ReportRow

FOLDER, FILE = "amlworld", "HI-Small_extract_Patterns.txt"
LEAST = 3
"""Transfers of a ring that can have a shape."""


def _rings(path: Path) -> list[tuple[str, list[list[str]]]]:
    """Kind and transactions of each block of the file."""
    rings: list[tuple[str, list[list[str]]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("BEGIN"):
            kind = line.partition(" - ")[2].partition(":")[0].strip()
            rings.append((kind.lower().replace("-", "_"), []))
        elif line and not line.startswith("END"):
            rings[-1][1].append(line.split(","))
    return rings


def _named(rows: list[list[str]]) -> str:
    accounts = {
        name: number for number, name in enumerate(sorted({n for r in rows for n in (r[1] + r[2], r[3] + r[4])}))
    }
    minutes = [int(datetime.strptime(r[0] + " +0000", "%Y/%m/%d %H:%M %z").timestamp()) for r in rows]
    return name_shape(
        [accounts[r[1] + r[2]] for r in rows], [accounts[r[3] + r[4]] for r in rows], minutes, [m + 59 for m in minutes]
    )


def _f1(answers: list[tuple[str, str]], kind: str) -> float:
    hits = sum(true == named == kind for true, named in answers)
    return 2 * hits / sum((true == kind) + (named == kind) for true, named in answers)


def test_rings_of_three_transfers_or_more_are_named_right(acceptance_data: Path, report_row: ReportRow) -> None:
    rings = [(kind, rows) for kind, rows in _rings(acceptance_data / FOLDER / FILE) if len(rows) >= LEAST]
    answers = [(kind, _named(rows)) for kind, rows in rings]
    kinds = sorted({kind for kind, _ in rings})
    assert len(kinds) == 8
    macro = sum(_f1(answers, kind) for kind in kinds) / len(kinds)
    right = sum(true == named for true, named in answers)
    good = macro >= 0.95
    got = f"macro-F1 {macro:.3f}, {right} of {len(answers)} rings"
    report_row(FOLDER, FILE, "shapes named: macro-F1 >= 0.95", got, "ok" if good else "wrong")
    assert good, [(true, named) for true, named in answers if true != named]
