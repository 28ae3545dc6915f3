"""The answers of a synthetic case as a table `labels`, by which a pattern is tested like on any labelled set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finvest.synth.answers import Shown
    from finvest.synth.scenarios.pattern import Pattern

NAME = "labels.csv"
"""File of the answers, in finvest's own columns; no part of the case until somebody loads it."""

KINDS = {"GRF-01": "fan_in", "GRF-02": "fan_out", "GRF-05": "cycle", "MLT-03": "pass_through"}
"""Kind of pattern by indicator, as labelled sets name it."""

_START = 12
"""Digits of a file's SHA-256 in a transaction's id."""


def text(shown: Iterable[Shown], patterns: Iterable[Pattern]) -> str:
    """Return the answers: one row for each record of a movement, positive where it belongs to a planted pattern."""
    planted = {m.number: p for p in patterns if p.kind == "planted" for m in p.movements}
    rows = []
    for file in shown:
        for line, place in file.places():
            pattern = planted.get(line.movement.number) if line.movement is not None else None
            rows.append(
                {
                    "subject_kind": "transaction",
                    "subject": f"{file.sha256[:_START]}-{place.record:08d}",
                    "pattern": pattern and f"{pattern.indicator} {pattern.name}",
                    "kind": pattern and KINDS[pattern.indicator],
                    "positive": pattern is not None,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None).write_csv()
