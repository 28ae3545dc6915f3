"""What look() returns: columns of another type and numbers that nothing bears are refused by their names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from finvest.model.errors import ContractError
from finvest.scoring import score
from tests.findings.conftest import detector, row, view

DAY = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"who": "x"}, "who must be numbers of accounts, or lists of them; it is String"),
        ({"who": 0.0}, "who must be numbers of accounts, or lists of them; it is Float64"),
        ({"who": [["x"]]}, "who must be numbers of accounts, or lists of them; it is List(List(String))"),
        ({"who": 99}, "who has the number 99, and of accounts there are 2, counted from 0"),
        ({"who": [0, -1]}, "who has the number -1, and of accounts there are 2, counted from 0"),
        ({"evidence": "t-1"}, "evidence must be numbers of transactions, or lists of them; it is String"),
        ({"evidence": [0.5]}, "evidence must be numbers of transactions, or lists of them; it is List(Float64)"),
        ({"evidence": [[0], [4]]}, "evidence has the number 4, and of transactions there are 4, counted from 0"),
        ({"evidence_links": [0]}, "evidence_links has the number 0, and of links there are 0, counted from 0"),
        (
            {"evidence_count": 3},
            "evidence_count is of no table 'count'; evidence_<table> lists rows, a fact has another",
        ),
        ({"score": "high"}, "score must be a number in [0, 1]; it is String"),
        ({"score": [0.5]}, "score must be a number in [0, 1]; it is List(Float64)"),
        ({"score": True}, "score must be a number in [0, 1]; it is Boolean"),
        ({"not_assessable": False}, "not_assessable must be the reason as a text, or null; it is Boolean"),
        ({"start": "2025-01-01"}, "start must be an instant in UTC; it is String"),
        ({"start": DAY.replace(tzinfo=None)}, "start must be an instant in UTC; it is Datetime"),
        ({"end": 1}, "end must be an instant in UTC; it is Int64"),
        ({"first_day": DAY}, "first_day must be a date; it is Datetime"),
        ({"amounts": 5}, "amounts must be lists of structs of currency and amount; it is Int64"),
        ({"amounts": [5]}, "amounts must be lists of structs of currency and amount; it is List(Int64)"),
        ({"amounts": [{"currency": "EUR", "amount": 5.5}]}, "amounts must be lists of structs of currency and amount"),
        ({"who_role": "boss"}, "who_role must be exploiter, facilitator, possible_victim, buyer or undetermined"),
        ({"who_role": 1}, "who_role must be exploiter, facilitator, possible_victim, buyer or undetermined"),
    ],
    ids=str,
)
def test_a_column_of_another_type_is_refused_by_its_name(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match="^" + re.escape(f"TST-01: look() returned what it must not: {said}")):
        list(detector(row(**columns)).detect(view()))


def test_a_frame_that_cannot_be_worked_out_is_said_without_the_words_of_the_error() -> None:
    lazy = row().lazy().filter(pl.col("secret") > 1)
    with pytest.raises(ContractError, match=r"^TST-01: the frame of look\(\) cannot be worked out \(ColumnNotFoundErr"):
        detector(lambda _: lazy).detect(view())
    with pytest.raises(ContractError) as told:
        detector(lambda _: lazy).detect(view())
    assert "secret" not in str(told.value)


def test_what_one_detector_returns_ends_nobody_elses_work() -> None:
    found = score(view(), [detector(row(start="x")), detector(row(), id="TST-02")])
    assert [f.indicator for f in found.all] == ["TST-02"]
    assert len(found.to_frame()) == 1
    assert list(found.failed) == ["TST-01"]


@pytest.mark.parametrize(
    "columns",
    [
        {"start": DAY, "end": None, "first_day": None, "last_day": DAY.date()},
        {"amounts": None},
        {"amounts": [{"currency": "EUR", "amount": 5}]},
        {"amounts": []},
        {"who_role": None},
        {"who_role": "buyer"},
        {"not_assessable": None},
        {"evidence_links": []},
        {"evidence_links": None},
        {"score": 1},
    ],
    ids=str,
)
def test_what_is_not_known_may_be_null(columns: dict[str, Any]) -> None:
    assert len(list(detector(row(**columns)).detect(view()))) == 1


def test_a_frame_without_rows_needs_no_types() -> None:
    nothing = pl.DataFrame(schema={"who": pl.String, "score": pl.Float64, "evidence": pl.String})
    assert list(detector(nothing).detect(view())) == []
