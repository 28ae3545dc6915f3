"""What is missing makes no finding: cells of contacts, devices, registers and relations are taken away at random."""

from __future__ import annotations

import random

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.model.tables import TABLES
from finvest.pairing.movements import movements
from finvest.registry import Registry
from finvest.view import CaseView

KEPT = {"source", "record", "loader", "line", "evaluation", "handling"}


def with_holes(make: Make, rng: random.Random) -> CaseView:
    tables = make.tables()
    for name in tables.keys() - {"transactions"}:
        for column in sorted(tables[name].columns):
            if column in KEPT or (name, column) in {("accounts", "account"), ("parties", "party")}:
                continue
            if rng.random() < 0.3:
                gone = pl.Series([rng.random() < 0.3 for _ in range(len(tables[name]))], dtype=pl.Boolean)
                hole = pl.when(gone).then(None).otherwise(column)
                tables[name] = tables[name].with_columns(hole.alias(column))
    none = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
    return CaseView(movements(tables["transactions"], none, TABLES["pairs"].empty()), tables)


@pytest.mark.parametrize("what", ["plant", "look_alike"])
@pytest.mark.parametrize("id_", ["CTL-01", "CTL-07", "REG-02"])
def test_holes_make_no_finding(id_: str, what: str) -> None:
    detector = Registry().detector(id_)
    make = Make()
    getattr(detector(), what)(make)
    full = {s.id for f in detector().detect(make.view()) for s in f.subjects}
    for seed in range(25):
        report = detector().detect(with_holes(make, random.Random(seed)))
        findings = list(report)
        assert len(findings) <= 1
        assert {s.id for f in findings for s in f.subjects} <= full
        assert all(isinstance(line, str) for line in report.unjudged())
