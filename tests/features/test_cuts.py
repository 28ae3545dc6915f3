"""Accounts that were not searched stand below what was found."""

from __future__ import annotations

import polars as pl

from finvest.features.cuts import with_unsearched

CUT = pl.DataFrame({"account": [7], "why": ["the search from it was cut"]}, schema_overrides={"account": pl.UInt32})


def test_the_role_is_a_list_where_that_of_the_rows_is_one() -> None:
    found = pl.DataFrame({"members": [[1, 2]], "score": [0.5]}, schema_overrides={"members": pl.List(pl.UInt32)})
    rows = with_unsearched(found, CUT.with_columns(evidence=pl.lit([3, 4], pl.List(pl.UInt32))), "members")
    assert rows["members"].to_list() == [[1, 2], [7]]
    assert rows["evidence"].to_list() == [None, [3, 4]]
    assert rows["score"].to_list() == [0.5, 0.0]
    assert rows["not_assessable"].to_list() == [None, "the search from it was cut"]


def test_a_role_may_be_called_account_and_no_other_column_comes_along() -> None:
    found = pl.DataFrame({"account": [1], "score": [0.5]}, schema_overrides={"account": pl.UInt32})
    rows = with_unsearched(found, CUT.with_columns(currency=pl.lit("EUR")), "account")
    assert rows.columns == ["account", "score", "not_assessable"]
    assert rows["account"].to_list() == [1, 7]


def test_nothing_cut_leaves_what_was_found() -> None:
    found = pl.DataFrame({"source": [1], "score": [0.5]}, schema_overrides={"source": pl.UInt32})
    assert with_unsearched(found, CUT.clear(), "source").drop("not_assessable").equals(found)
