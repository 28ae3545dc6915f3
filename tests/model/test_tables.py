"""The tables: what every one of them has, and frames that do not fit."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.model.columns import define
from finvest.model.tables import (
    HIDDEN,
    INSTANT,
    MINOR,
    PROTECTED,
    PROVENANCE,
    TABLES,
    TEXT,
    WHOLE,
    Column,
    Table,
    table,
)

# What holds a sum of money; every such column is Decimal(38, 0), whatever table it is in.
MONEY = {
    "amount", "received_amount", "fee", "balance_after", "amount_base", "turnover", "wages", "contributions", "gross",
    "net", "price", "amount_low", "amount_high", "opening", "closing", "movements", "into_low", "into_high",
    "out_low", "out_high", "remaining_low", "remaining_high", "on_hypothesis",
}  # fmt: skip


@pytest.mark.parametrize("each", TABLES.values(), ids=TABLES)
class TestEveryTable:
    def test_ends_with_provenance(self, each: Table) -> None:
        assert each.columns[-len(PROVENANCE) :] == PROVENANCE

    def test_has_each_column_once(self, each: Table) -> None:
        assert len(each.schema) == len(each.columns)

    def test_every_column_says_what_it_means(self, each: Table) -> None:
        assert each.meaning
        assert all(column.meaning and "\n" not in column.meaning and "|" not in column.meaning for column in each)

    def test_amounts_are_whole_minor_units(self, each: Table) -> None:
        for column in each:
            assert (column.dtype == MINOR) == (column.name in MONEY), column
            assert column.dtype not in {pl.Float64(), pl.Float32()} or (each.name, column.name) == ("findings", "score")

    def test_amounts_come_with_a_currency(self, each: Table) -> None:
        # a pair's amounts are those of its two transactions
        if any(column.dtype == MINOR for column in each) and each.name != "pairs":
            assert "currency" in each.schema

    def test_instants_are_utc(self, each: Table) -> None:
        assert all(column.dtype == INSTANT for column in each if isinstance(column.dtype, pl.Datetime))

    def test_complete_keeps_an_empty_frame_and_itself(self, each: Table) -> None:
        assert each.empty().schema == each.schema
        assert each.complete(each.empty()).schema == each.schema
        assert each.complete(pl.DataFrame()).schema == each.schema

    def test_name_is_python(self, each: Table) -> None:
        assert each.name.isidentifier()
        assert all(column.name.isidentifier() for column in each)


def test_protected_columns_exist_so_that_a_view_has_something_to_leave_out() -> None:
    assert set(table("parties").schema) >= PROTECTED
    elsewhere = {name for name, t in TABLES.items() if name != "parties" and PROTECTED & set(t.schema)}
    assert elsewhere == set()


def test_hidden_tables_exist() -> None:
    assert set(TABLES) > HIDDEN


def test_table_by_name() -> None:
    assert table("accounts") is TABLES["accounts"]
    with pytest.raises(KeyError, match=r"no table 'acounts'; there are transactions, pairs, "):
        table("acounts")


SMALL = define("small", "For this test", ("a", MINOR, "an amount"), ("b", TEXT, "a text"))


def test_complete_orders_and_fills() -> None:
    frame = pl.DataFrame({"record": [1, 2], "b": ["x", None], "a": pl.Series([5, None], dtype=MINOR)})
    whole = SMALL.complete(frame)
    assert whole.schema == SMALL.schema
    assert list(whole.columns[:2]) == ["a", "b"]
    assert whole["a"].to_list() == [5, None]
    assert whole["record"].to_list() == [1, 2]
    assert whole["source"].to_list() == [None, None]
    assert frame.columns == ["record", "b", "a"]


def test_complete_takes_columns_of_nothing_but_null() -> None:
    assert SMALL.complete(pl.DataFrame({"a": [None, None]})).schema == SMALL.schema


def test_complete_names_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match=r"table small has no column \['c', 'd'\]"):
        SMALL.complete(pl.DataFrame({"d": [1], "a": [None], "c": [1]}))


@pytest.mark.parametrize("values", [[1.5], [1], ["1"], [True]])
def test_complete_casts_no_amount(values: list[object]) -> None:
    with pytest.raises(TypeError, match=r"table small: expected .*'a'.*Decimal.*, got "):
        SMALL.complete(pl.DataFrame({"a": values}))


def test_complete_minds_scale_and_zone() -> None:
    with pytest.raises(TypeError):
        SMALL.complete(pl.DataFrame({"a": pl.Series([1], dtype=pl.Decimal(38, 2))}))
    with pytest.raises(TypeError):
        table("decisions").complete(pl.DataFrame({"at": pl.Series([None], dtype=pl.Datetime("us"))}))


def test_a_table_is_its_columns() -> None:
    assert [c.name for c in SMALL][:2] == ["a", "b"]
    assert Column("record", WHOLE, PROVENANCE[1].meaning) in SMALL.columns
