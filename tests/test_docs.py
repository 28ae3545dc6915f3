"""What is generated is as new as what it is generated from."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from finvest.model import dictionary
from finvest.model.tables import HIDDEN, PROTECTED, TABLES
from finvest.view_tables import ViewTables

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", dictionary.generated())
def test_generated_file_is_not_stale(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == dictionary.generated()[path], "run `make docs`"


def test_dictionary_has_every_column() -> None:
    text = dictionary.dictionary()
    for name, table in TABLES.items():
        section = text.split(f"\n### {name}\n")[1].split("\n### ")[0]
        own = [column for column in table if f"| `{column.name}` |" in section]
        assert len(own) == len(table.columns) - 6, name


def test_view_has_a_lazy_frame_per_table_and_no_more() -> None:
    class View(ViewTables):
        def frame(self, name: str) -> pl.DataFrame:
            return pl.DataFrame({"asked": [name]})

    properties = {name for name, value in vars(ViewTables).items() if isinstance(value, property)}
    assert properties == set(TABLES) - HIDDEN
    for name in properties:
        table = getattr(View(), name)
        assert isinstance(table, pl.LazyFrame)
        assert table.collect()["asked"].item() == name


def test_labels_and_protected_columns_are_declared_out_of_every_view() -> None:
    assert "labels" in HIDDEN
    page = dictionary.dictionary()
    for column in PROTECTED:
        assert f"| `{column}` | text | protected: in no view |" in page
