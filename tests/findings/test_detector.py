"""The contract: what a detector may return, what becomes of it, and what is refused with the detector's name."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.findings.card import Check
from finvest.findings.make import Make
from finvest.model.errors import NotAssessable, UsageError
from tests.findings.conftest import detector, row, view

if TYPE_CHECKING:
    from finvest.findings.finding import Finding
    from finvest.view import CaseView


def only(frame: Any, on: CaseView | None = None, **card: Any) -> Finding:
    (found,) = detector(frame, **card).detect(on or view())
    return found


# ---- what is refused


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"score": [0.5], "evidence": [[0]]}),
        pl.DataFrame({"who": [0], "evidence": [[0]]}),
        pl.DataFrame({"who": [0], "score": [0.5]}),
        pl.DataFrame(),
    ],
)
def test_a_column_too_few_is_refused_with_what_is_wanted(frame: pl.DataFrame) -> None:
    with pytest.raises(TypeError, match=r"TST-01: look\(\) must return who, score, evidence"):
        detector(frame).detect(view())


@pytest.mark.parametrize("returned", [None, [], {"who": 0}])
def test_anything_but_a_frame_is_refused(returned: object) -> None:
    with pytest.raises(TypeError, match=r"TST-01: look\(\) must return a frame"):
        detector(lambda _: returned).detect(view())


@pytest.mark.parametrize("score", [-0.001, 1.001, math.nan, math.inf, None, 2])
def test_a_score_that_is_none_is_refused(score: float | None) -> None:
    frame = pl.concat([row(), row()]).with_columns(score=pl.Series([0.5, score], strict=False))
    with pytest.raises(TypeError, match="TST-01: every score"):
        detector(frame).detect(view())


@pytest.mark.parametrize("column", ["who", "evidence"])
@pytest.mark.parametrize("value", [None, [], [None]])
def test_a_suspicion_about_nobody_or_without_proof_is_refused(column: str, value: Any) -> None:
    frame = row().with_columns(pl.Series(column, [value], pl.List(pl.UInt32)))
    with pytest.raises(TypeError, match=f"TST-01: every row .* must have {column}"):
        detector(frame).detect(view())


@pytest.mark.parametrize("score", [0, 1, 0.0, 1.0])
def test_scores_at_the_bounds_are_taken(score: float) -> None:
    found = only(row(score=score))
    assert found.score == score
    assert not found.withdrawn


# ---- lists


NESTED = [[3, 1], None, [], [1, None, 0]]


@pytest.mark.parametrize("nested", [NESTED, [NESTED], [[NESTED], []], [0, 1, 3, 3, None]], ids=str)
def test_lists_of_any_depth_become_one_sorted_list_without_repeats(nested: list[Any]) -> None:
    found = only(row(evidence=nested))
    assert found.movements == (0, 1, 3)
    assert found.amounts == (("EUR", 100 + 200 + 400),)


def test_roles_may_be_numbers_or_lists_with_repeats_and_gaps() -> None:
    frame = pl.DataFrame({"who": [[1, 0, 1, None]], "also": [1], "none": [None], "score": [1.0], "evidence": [[0]]})
    roles = dict.fromkeys(("who", "also", "none"), ("account", "undetermined"))
    found = only(frame.cast({"none": pl.UInt32}), roles=roles)
    names = view().labels
    assert [(s.column, s.label) for s in found.subjects] == [("who", names[0]), ("who", names[1]), ("also", names[1])]


def test_order_inside_lists_and_of_rows_changes_no_result() -> None:
    frame = pl.DataFrame({"who": [[0, 1], [1]], "score": [0.5, 0.5], "evidence": [[2, 0], [1]]})
    turned = frame.reverse().with_columns(pl.col("who", "evidence").list.reverse())
    results = [[(f.id, f.sentence) for f in detector(f).detect(view())] for f in (frame, turned)]
    assert results[0] == results[1]


# ---- period and amounts


def test_period_and_sums_are_those_of_the_evidence() -> None:
    found = only(row(evidence=[3, 1]))
    assert (found.start, found.end) == (datetime(2025, 1, 7, 9, tzinfo=UTC), datetime(2025, 1, 9, 9, tzinfo=UTC))
    assert found.sentence.endswith(": 6.00 EUR from 7 January 2025 to 9 January 2025.")


@given(
    st.lists(st.tuples(st.sampled_from(["EUR", "JPY", "BHD", "XXX"]), st.integers(1, 10**9)), min_size=1, max_size=6)
)
def test_sums_are_exact_in_each_currency(payments: list[tuple[str, int]]) -> None:
    make = Make()
    for currency, amount in payments:
        make.transfer("x", "y", amount, 0, currency=currency)
    found = only(row(evidence=list(range(len(payments)))), make.view())
    sums = {c: sum(a for code, a in payments if code == c) for c, _ in payments}
    assert dict(found.amounts) == sums
    assert [c for c, _ in found.amounts] == sorted(sums)


def test_what_the_detector_says_of_period_and_amounts_stands() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    found = only(row(start=start, end=start, amounts=[{"currency": "JPY", "amount": 7}]))
    assert found.start == start
    assert found.amounts == (("JPY", 7),)
    assert found.days is None
    assert "7 JPY from not known to not known" in found.sentence


def test_evidence_from_another_table_alone_has_no_period_and_no_amount() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.row("links", kind="owns")
    found = only(row(evidence_links=[0]).drop("evidence"), make.view())
    assert found.evidence == {"links": ("000000000000-1",)}
    assert found.sentence.endswith("no amount from not known to not known.")
    assert found.movements == ()


# ---- ids


def test_the_id_depends_on_exact_things_only() -> None:
    plain = only(row()).id
    assert only(row(score=0.9), title="Another title", sentence="{who}!", strength="strong").id == plain
    assert only(row(), **explained(check(present=True))).id == plain
    assert only(row(fact="new")).id == plain
    assert only(row(), on=view(holder="A New Name")).id == plain
    assert only(row(), on=view(seed=3)).id == plain
    other = [
        only(row(), version=2).id,
        only(row(), id="TST-02").id,
        only(row(evidence=[0, 1])).id,
        only(row(evidence=[1])).id,
        only(row(who=1)).id,
        only(row(evidence_links=[0]), on=with_link()).id,
        next(iter(detector(row()).set_params(days=11).detect(view()))).id,
    ]
    assert len({plain, *other}) == len(other) + 1


def with_link() -> CaseView:
    make = Make()
    make.transfer("x", "y", 100, 0)
    make.row("links", kind="owns")
    return make.view()


def test_a_parameter_from_numpy_gives_the_same_id() -> None:
    ids = {next(iter(detector(row()).set_params(days=d).detect(view()))).id for d in (7, np.int64(7), np.int32(7))}
    assert len(ids) == 1


def test_evidence_of_other_tables_is_named_whatever_the_order_of_rows() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    for i in range(5):
        make.row("links", kind="owns", link=f"l{i}")

    def look(on: CaseView) -> pl.DataFrame:
        n = on.frame("links").filter(pl.col("link").is_in(["l1", "l3"]))["n"].to_list()
        return row(evidence_links=n)

    ids = {next(iter(detector(look).detect(make.view(seed)))).id for seed in (None, 1, 2, 3, 4)}
    assert len(ids) == 1


# ---- counter-checks


def check(*, present: bool | None, keeps: float = 0.0) -> Check:
    return Check(lambda _, rows: pl.Series([present] * len(rows), dtype=pl.Boolean), keeps)


def explained(*checks: Check) -> dict[str, Any]:
    names = "abc"[: len(checks)]
    return {"innocent": {n: f"{n}. Ask." for n in names}, "checks": dict(zip(names, checks, strict=True))}


@pytest.mark.parametrize(
    ("checks", "score", "withdrawn", "results"),
    [
        ([check(present=True)], 0.0, True, ["present"]),
        ([check(present=False)], 0.5, False, ["absent"]),
        ([check(present=None)], 0.5, False, ["to ask"]),
        ([check(present=True, keeps=0.5)], 0.25, False, ["present"]),
        ([check(present=True, keeps=0.5), check(present=True, keeps=0.5)], 0.125, False, ["present"] * 2),
        ([check(present=True, keeps=0.5), check(present=True)], 0.0, True, ["present"] * 2),
        ([check(present=False), check(present=None, keeps=0.1)], 0.5, False, ["absent", "to ask"]),
        ([Check()], 0.5, False, ["to ask"]),
    ],
)
def test_what_a_counter_check_finds_decides_the_score(
    checks: list[Check], score: float, withdrawn: bool, results: list[str]
) -> None:
    found = only(row(), **explained(*checks))
    assert (found.score, found.withdrawn) == (score, withdrawn)
    assert [c.result for c in found.checks] == results
    assert found.row()["status"] == ("withdrawn" if withdrawn else "unreviewed")


def test_each_row_has_its_own_results() -> None:
    def result(_: CaseView, rows: pl.DataFrame) -> pl.Series:
        return rows.select(pl.when(pl.col("evidence").list.len() > 0).then(pl.col("odd"))).to_series()

    frame = pl.DataFrame(
        {"who": [0, 0, 0], "score": [0.5] * 3, "evidence": [[0], [1], [2]], "odd": [True, False, None]}
    )
    found = detector(frame, **explained(Check(result))).detect(view())
    by_movement = {f.movements[0]: f.checks[0].result for f in found}
    assert by_movement == {0: "present", 1: "absent", 2: "to ask"}
    assert [f.withdrawn for f in found] == [False, False, True]


@pytest.mark.parametrize(
    ("present", "keeps", "role"),
    [
        (True, 0.0, "undetermined"),
        (True, 0.5, "exploiter"),
        (False, 0.0, "exploiter"),
        (None, 0.0, "exploiter"),
    ],
)
def test_what_is_withdrawn_says_no_role_of_anybody(present: bool | None, keeps: float, role: str) -> None:
    checked = explained(check(present=present, keeps=keeps))
    found = only(row(), roles={"who": ("account", "exploiter")}, **checked)
    refined = only(row(who_role="exploiter"), roles={"who": ("account", "undetermined")}, **checked)
    assert [s.role for s in (*found.subjects, *refined.subjects)] == [role, role]


def test_a_score_of_nothing_is_no_withdrawal() -> None:
    assert not only(row(score=0.0), **explained(check(present=False))).withdrawn


# ---- not assessable, at three levels


def test_a_missing_table_or_column_is_said_and_look_is_not_called() -> None:
    def never(_: CaseView) -> pl.DataFrame:
        raise AssertionError

    for need, reason in (("employments", "no employments"), ("transactions.terminal", "have no terminal")):
        report = detector(never, needs=("transactions", need)).detect(view())
        assert reason in (report.not_assessable or "")
        assert list(report) == []
        assert report.unjudged() == ()
        assert "TST-01" in repr(report)


def test_the_whole_case_can_be_not_assessable() -> None:
    def look(_: CaseView) -> pl.DataFrame:
        raise NotAssessable("too few days")

    report = detector(look).detect(view())
    assert (report.not_assessable, len(report)) == ("too few days", 0)


def test_a_single_row_can_be_not_assessable_and_needs_no_proof() -> None:
    frame = pl.concat(
        [
            row().with_columns(not_assessable=pl.lit(None, pl.String)),
            row(who=1).with_columns(
                evidence=pl.Series([[]], dtype=pl.List(pl.Int64)), not_assessable=pl.lit("no books")
            ),
            row(who=1, evidence=[1]).with_columns(not_assessable=pl.lit("no dates")),
        ],
        how="vertical_relaxed",
    )
    report = detector(frame, **explained(check(present=True, keeps=0.5))).detect(view())
    assert [f.movements for f in report] == [(0,)]
    assert next(iter(report)).amounts == (("EUR", 100),)
    name = view().labels[1]
    assert set(report.unjudged()) == {f"{name}: no books", f"{name}: no dates"}


# ---- parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("days", v) for v in (0, 61, -1, 10.0, 2.5, "10", None, math.nan)),
        *(("share", v) for v in (-0.1, 1.1, math.nan, math.inf, "0.5", None)),
    ],
)
def test_a_parameter_out_of_bounds_or_of_another_type_is_refused(name: str, value: Any) -> None:
    made = detector(row()).set_params(**{name: value})
    with pytest.raises(UsageError, match=f"TST-01: {name} must be"):
        made.detect(view())


@pytest.mark.parametrize(("name", "value"), [("days", 1), ("days", 60), ("share", 0), ("share", 1.0)])
def test_bounds_are_included(name: str, value: float) -> None:
    assert len(detector(row()).set_params(**{name: value}).detect(view())) == 1


def test_repr_shows_what_was_changed() -> None:
    assert repr(detector(row())) == "Made()"
    assert repr(detector(row()).set_params(days=3)) == "Made(days=3)"


def test_a_wrong_parameter_is_named_with_those_there_are_and_nothing_is_set() -> None:
    made = detector(row())
    with pytest.raises(UsageError, match="TST-01 has no parameter dayz; it has days, share"):
        made.set_params(days=3, dayz=4)
    assert made.get_params() == {"days": 10, "share": 0.5}


def test_scikit_learn_tunes_a_detector_over_views() -> None:
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV

    from finvest.registry import Registry

    fan_in = Registry().detector("GRF-01")
    views, answers = [], []
    for payers in (4, 8, 4, 8):
        make = Make()
        for i in range(payers):
            make.transfer(f"p{i}", "c", 100, i / 10)
        views.append(make.view())
        answers.append(payers == 8)

    def right(made: Any, given: list[CaseView], wanted: list[bool]) -> float:
        return float(np.mean([bool(len(made.detect(v))) == w for v, w in zip(given, wanted, strict=True)]))

    search = GridSearchCV(fan_in(), {"senders": [3, 6, 20]}, scoring=right, cv=2).fit(views, answers)
    assert search.best_params_ == {"senders": 6}
    assert search.best_score_ == 1.0
    assert search.best_estimator_.get_params()["senders"] == 6
    assert clone(search.best_estimator_).senders == 6


# ---- victims


def test_the_account_of_a_victim_is_a_possible_victim_whatever_the_detector_says() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.holder("x", "Ana Example")
    make.row("parties", party="p1", name="Ana Example", subject_category="victim")
    on = make.view()
    n = on.frame("transactions")["originator"][0]
    found = only(row(who=n), on, roles={"who": ("account", "exploiter")})
    assert found.subjects[0].role == "possible_victim"
    assert "Ana" not in found.sentence
    assert "Ana" not in str(found.row())


def test_a_row_may_know_a_role_better_than_the_card() -> None:
    assert only(row(who_role="facilitator")).subjects[0].role == "facilitator"
