"""The answers of a synthetic case as a table `labels`, by which a pattern is tested like on any labelled set."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.synth.key import Involved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finvest.synth.answers import Shown
    from finvest.synth.people import Story
    from finvest.synth.scenarios.pattern import Pattern
    from finvest.synth.scenarios.trail import Trail

NAME = "labels.csv"
"""File of the answers, in finvest's own columns; no part of the case until somebody loads it."""

KINDS = {
    "GRF-01": "fan_in",
    "GRF-02": "fan_out",
    "GRF-05": "cycle",
    "MLT-03": "pass_through",
    "CTL-02": "income_collector",
    "CTL-03": "income_sweep",
    "CTL-04": "convoy",
    "LAB-07": "synchrony",
    "ADV-04": "advert_payment",
    "LAB-02": "low_pay",
    "LAB-03": "excess_deductions",
    "AGY-01": "labour_price",
    "AGY-03": "company_cluster",
    "REG-02": "nominee",
    "CTL-07": "proxy_operator",
    "AST-01": "unexplained_wealth",
    "AST-02": "assets_of_relatives",
    "AST-03": "conspicuous_spending",
}
"""Kind of pattern by indicator, as labelled sets name it."""

TRAIL = "trail"
"""Pattern and kind of the money trail, which no indicator is about."""

VICTIM = "worker"
"""Role in a planted pattern of those whom nobody is to find."""

MONEY = "account_records"
"""List of the story that holds movements."""

_START = 12
"""Digits of a file's SHA-256 in a transaction's id."""


def text(shown: Iterable[Shown], patterns: Iterable[Pattern], trail: Trail, story: Story) -> str:
    """Return the answers: one row for each record of a movement, positive in a planted pattern or the trail.

    Then one for each party of the second story and pattern.
    """
    planted = {
        m.number: (f"{p.indicator} {p.name}", KINDS[p.indicator])
        for p in patterns
        if p.kind == "planted"
        for m in p.movements
    } | {hop.movement.number: (TRAIL, TRAIL) for hop in trail.hops}
    rows = []
    for file in shown:
        for line, place in file.places():
            found = planted.get(line.movement.number) if line.movement is not None else None
            pattern, kind = found or (None, None)
            rows.append(_row(file.sha256, place.record, pattern, kind))
    money = {
        row.record: (f"{told.indicator} {told.name}", KINDS[told.indicator])
        for told in story.told
        if told.kind == "planted"
        for row in told.rows
        if row.file == MONEY
    }
    start = hashlib.sha256(story.files[f"{MONEY}.csv"]).hexdigest()
    rows += [_row(start, record, *money.get(record, (None, None))) for record in story.money]
    rows += _of_parties(story)
    return pl.DataFrame(rows, infer_schema_length=None).write_csv()


def _of_parties(story: Story) -> Iterable[dict[str, Any]]:
    """Answer for everybody of the story: positive is who stands in a planted pattern and is no victim of it."""
    planted: dict[str, list[tuple[str, str]]] = {}
    for told in story.told:
        for party, role in told.parties if told.kind == "planted" else ():
            if role != VICTIM:
                pattern = (f"{told.indicator} {told.name}", KINDS[told.indicator])
                planted.setdefault(party.number, []).append(pattern)
    for one in story.parties:
        id_ = Involved(number=one.number, register=one.register, kind=one.kind, role="").party_id
        if one.number not in planted:
            yield _answer("party", id_, None, None)
        for name, kind in planted.get(one.number, []):
            yield _answer("party", id_, name, kind)


def _row(sha256: str, record: int, pattern: str | None, kind: str | None) -> dict[str, Any]:
    return _answer("transaction", f"{sha256[:_START]}-{record:08d}", pattern, kind)


def _answer(of: str, subject: str, pattern: str | None, kind: str | None) -> dict[str, Any]:
    return {"subject_kind": of, "subject": subject, "pattern": pattern, "kind": kind, "positive": pattern is not None}
