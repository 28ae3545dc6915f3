"""Which decisions stand, whatever was taken back, by whom, and in which order the rows come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.decisions import as_table, details, revoked, standing
from finvest.model.errors import DataError
from finvest.model.subjects import CATEGORIES, categories
from finvest.model.tables import table


def rows(*given_rows: dict[str, Any]) -> pl.DataFrame:
    """Return decisions d0, d1 …, one an hour."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return as_table(
        {"decision": f"d{i}", "kind": "category", "at": (start + timedelta(hours=i)).isoformat(timespec="microseconds")}
        | row
        for i, row in enumerate(given_rows)
    )


def ids(frame: pl.DataFrame) -> list[str]:
    return standing(frame)["decision"].to_list()


def test_rows_of_the_manifest_become_rows_of_the_table() -> None:
    assert as_table([]).equals(table("decisions").empty())
    made = rows({"details": '{"second": "B 7"}', "outcome": "suspect"})
    assert made.schema == table("decisions").schema
    assert made["at"][0] == datetime(2026, 1, 1, tzinfo=UTC)
    assert details(made.row(0, named=True)) == {"second": "B 7"}
    assert details({"details": None}) == {}


def test_the_latest_comes_first_and_what_is_taken_back_does_not_stand() -> None:
    assert ids(rows({}, {}, {})) == ["d2", "d1", "d0"]
    assert ids(rows({}, {"revokes": "d0"})) == ["d1"]
    assert ids(rows({}, {"revokes": "d0"}, {"revokes": "d1"})) == ["d2", "d0"]
    assert ids(rows({}, {"revokes": "d0"}, {"revokes": "d0"}, {"revokes": "d2"})) == ["d3", "d1"]


def test_who_took_it_back_is_named_the_latest_that_stands() -> None:
    assert revoked(rows({}, {"revokes": "d0"}, {"revokes": "d0"})) == {"d0": "d2"}
    assert revoked(rows({}, {"revokes": "d0"}, {"revokes": "d0"}, {"revokes": "d2"})) == {"d0": "d1", "d2": "d3"}


def test_a_decision_may_take_back_what_is_not_on_file_and_changes_nothing() -> None:
    assert ids(rows({}, {"revokes": "elsewhere"})) == ["d1", "d0"]


def test_a_circle_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(DataError, match="circle"):
        standing(rows({"revokes": "d1"}, {"revokes": "d0"}))


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for i in range(draw(st.integers(1, 8))):
        if i and draw(st.booleans()):
            made.append({"outcome": "revoke", "revokes": f"d{draw(st.integers(0, i - 1))}", "subject": "p1"})
        else:
            made.append({"outcome": draw(st.sampled_from(CATEGORIES)), "subject": "p1"})
    return made


def by_hand(made: list[dict[str, Any]]) -> str | None:
    """Return the category that stands: from the last decision back, by plain recursion."""

    def stands(i: int) -> bool:
        return not any(row.get("revokes") == f"d{i}" and stands(j) for j, row in enumerate(made) if j > i)

    left = [row["outcome"] for i, row in enumerate(made) if row["outcome"] != "revoke" and stands(i)]
    return left[-1] if left else None


@given(histories(), st.randoms(use_true_random=False))
def test_the_latest_valid_decision_wins_whatever_was_taken_back_and_however_rows_are_ordered(
    made: list[dict[str, Any]], random: Any
) -> None:
    frame = rows(*made)
    order = list(range(len(frame)))
    random.shuffle(order)
    parties = pl.DataFrame([{"party": "p1", "subject_category": "witness"}], schema=table("parties").schema)
    found = categories(parties, frame[order])
    assert found["subject_category"].to_list() == [by_hand(made) or "witness"]
    assert (found["decision"][0] is None) == (by_hand(made) is None)
