"""Nobody is judged by what the Charter protects: other values change no score, no order, no word (Art. 21)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.case import Case
from finvest.findings.make import Make
from finvest.model.tables import PROTECTED, TABLES
from finvest.pairing.movements import movements
from finvest.registry import Registry
from finvest.scoring import score
from finvest.view import CaseView

if TYPE_CHECKING:
    from collections.abc import Mapping

DETECTORS = Registry().detectors()
SAMPLE = Path(__file__).parents[2] / "sample_data"
HAVE = {name: sorted(PROTECTED & set(t.schema)) for name, t in TABLES.items() if PROTECTED & set(t.schema)}
"""Protected columns of each table."""

_NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})


def given(tables: Mapping[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """Return tables in which every party has a value of every protected attribute, shuffled by a seed."""
    changed = dict(tables)
    for name, columns in HAVE.items():
        if name in tables:
            rows = tables[name]
            values = {
                c: pl.Series([f"{c} {i % 3}" for i in range(len(rows))], dtype=pl.String).shuffle(seed + place)
                for place, c in enumerate(columns)
            }
            changed[name] = rows.with_columns(**values)
    return changed


def told(view: CaseView, *ids: str) -> list[tuple[str, float, str]]:
    found = score(view, [DETECTORS[id_]() for id_ in ids])
    assert not found.failed
    ranked = [(r.id, r.score, str(r.rank)) for r in found.ranking]
    return [(f.id, f.score, f.sentence) for f in found.all] + ranked


def test_every_protected_attribute_is_a_column_of_some_table() -> None:
    assert {c for columns in HAVE.values() for c in columns} == PROTECTED


@pytest.mark.parametrize("id_", DETECTORS)
def test_other_values_change_nothing_on_a_planted_example(id_: str) -> None:
    make = Make()
    DETECTORS[id_]().plant(make)
    tables = make.tables()
    if "parties" not in tables:
        make.row("parties", party="p0000000000000001", kind="person", name="Somebody Else")
        tables = make.tables()
    moved = movements(tables["transactions"], _NO_DUPLICATES, TABLES["pairs"].empty())
    expected = told(CaseView(moved, tables), id_)
    assert expected
    for seed in range(3):
        assert told(CaseView(moved, given(tables, seed)), id_) == expected


def test_other_values_change_nothing_on_the_sample_case(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", title="t", purpose="p", legal_basis="l", actor="A 12")
    case.load_list(SAMPLE / "load.toml")
    tables, moved = case._state.tables, case.matched.movements
    expected = told(CaseView(moved, tables, "EUR"), *DETECTORS)
    assert len(expected) > 10
    assert len(tables["parties"]) > 10
    for seed in (1, 2):
        assert told(CaseView(moved, given(tables, seed), "EUR"), *DETECTORS) == expected


def test_no_view_has_a_protected_column() -> None:
    make = Make()
    make.transfer("x", "y", 1, 0)
    make.row("parties", party="p0000000000000001", kind="person", name="Somebody")
    view = CaseView(movements(make.tables()["transactions"], _NO_DUPLICATES, TABLES["pairs"].empty()),
                    given(make.tables(), 1))  # fmt: skip
    assert not PROTECTED & set(view.frame("parties").columns)
