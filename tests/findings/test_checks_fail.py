"""A check of an innocent explanation that fails, or says what is no answer, is named with what it should say."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from finvest.findings.card import Check
from finvest.findings.checks import held_together, holds, listed_company, mostly
from finvest.model.errors import ContractError, NotAssessable
from tests.findings.conftest import detector, row, view

TWO = pl.concat([row(), row(who=1, evidence=[1])])


def found(check: Check, frame: pl.DataFrame = TWO) -> Any:
    return detector(frame, innocent={"shop": "A shop. Ask."}, checks={"shop": check}).detect(view())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (pl.Series([True]), "it returned 1 of them"),
        (pl.Series([True, False, None]), "it returned 3 of them"),
        (pl.Series([], dtype=pl.Boolean), "it returned 0 of them"),
        (pl.Series(["yes", "no"]), "it returned String"),
        (pl.Series([1, 0]), "it returned Int64"),
        (pl.Series([0.5, 0.7]), "it returned Float64"),
        ([True, False], "it returned list"),
        (True, "it returned bool"),
        (None, "it returned NoneType"),
        (pl.DataFrame({"a": [True, False]}), "it returned DataFrame"),
        (pl.col("score") > 0, "it returned Expr"),
    ],
    ids=str,
)
def test_what_is_no_answer_a_row_is_refused(answer: Any, said: str) -> None:
    wanted = r"^TST-01: the check 'shop' must return a polars Series of true, false or null, one a row \(2\); "
    with pytest.raises(ContractError, match=wanted + said):
        found(Check(lambda *_: answer))


def test_nulls_alone_are_an_answer() -> None:
    assert [f.checks[0].result for f in found(Check(lambda *_: pl.Series([None, None])))] == ["to ask"] * 2


@pytest.mark.parametrize(
    "check",
    [
        mostly("recurring", of="count"),
        holds("recurring"),
        listed_company("payer"),
        held_together("payer"),
        Check(lambda _, rows: rows["nothing"]),
    ],
)
def test_a_fact_that_is_not_there_is_said_with_those_there_are(check: Check) -> None:
    with pytest.raises(
        ContractError, match=r"^TST-01: the check 'shop' failed \(ColumnNotFoundError at .*\.py:\d+\); "
    ):
        found(check)
    with pytest.raises(ContractError, match=r"it is a function of view and rows, with who, score, evidence.*amounts$"):
        found(check)


@pytest.mark.parametrize(
    "wrong", [lambda rows: rows["who"], lambda _, rows: rows["who"].secret, lambda *_: next(iter([]))]
)
def test_a_check_that_fails_is_named_without_the_words_of_its_error(wrong: Any) -> None:
    with pytest.raises(ContractError, match=r"^TST-01: the check 'shop' failed \(\w+ at .*\.py:\d+\)") as told:
        found(Check(wrong))
    assert "secret" not in str(told.value)


def test_a_check_may_say_that_the_case_cannot_tell() -> None:
    def cannot(*_: Any) -> pl.Series:
        raise NotAssessable("no companies in this case")

    assert found(Check(cannot)).not_assessable == "no companies in this case"
