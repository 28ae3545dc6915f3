"""A fan beside its account's own history, counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.features.fans import best_fans, history, unusual_fans
from tests.features.conftest import number, view

if TYPE_CHECKING:
    from finvest.view import CaseView

DAYS = 10


def fan(payers: str, day: float, amount: int = 100) -> list[tuple[str, str, int, float]]:
    return [(p, "hub", amount, day) for p in payers]


def only(of: CaseView, least: int = 3) -> dict[str, Any]:
    return best_fans(of, "in", DAYS, least).filter(pl.col("account") == number(of, "hub")).row(0, named=True)


def test_payers_who_also_pay_in_another_period_recur() -> None:
    found = only(view(*fan("abcde", 100), *fan("ab", 50), *fan("z", 10)))
    assert (found["distinct"], found["passing"], found["recurring"]) == (5, 3, 2)


def test_usual_is_the_average_of_the_rest_of_the_accounts_time() -> None:
    # 100 days are ten periods; nine are left beside the window, with three payers in all.
    found = only(view(*fan("abcde", 100), *fan("ab", 50), *fan("z", 0)))
    assert found["usual"] == pytest.approx(3 / 9)


def test_a_payer_counts_once_a_period_however_often_it_pays() -> None:
    found = only(view(*fan("abcde", 100), *fan("aaaa", 50), *fan("z", 0)))
    assert found["usual"] == pytest.approx(2 / 9)


def test_what_the_account_pays_tells_how_long_it_is_known() -> None:
    found = only(view(*fan("abcde", 100), ("hub", "shop", 1, 0)))
    assert found["usual"] == 0


def test_usual_is_unknown_where_nothing_is_left_beside_the_window() -> None:
    found = only(view(*fan("abcde", 0), *fan("f", 19.9)))
    assert found["usual"] is None
    assert only(view(*fan("abcde", 0), *fan("f", 20)))["usual"] == pytest.approx(1)


def test_payments_of_an_account_to_itself_count_nowhere() -> None:
    plain = only(view(*fan("abcde", 100), *fan("z", 0)))
    loops = only(view(*fan("abcde", 100), *fan("z", 0), ("hub", "hub", 7, 50), ("hub", "hub", 7, 100)))
    assert {k: v for k, v in plain.items() if k not in {"evidence", "account"}} == {
        k: v for k, v in loops.items() if k not in {"evidence", "account"}
    }
    assert len(plain["evidence"]) == len(loops["evidence"])


def test_round_and_alike_amounts_are_told() -> None:
    assert only(view(*fan("abcde", 0, 3000)))["round_share"] == 1
    assert only(view(*fan("abcd", 0, 3000), *fan("e", 0, 3001)))["round_share"] == pytest.approx(0.8)
    assert only(view(*fan("abcde", 0, 3000)))["variation"] == 0
    assert only(view(*fan("abcde", 0)))["variation"] == 0


def test_the_largest_window_of_an_account_stands_and_of_equals_the_first() -> None:
    found = only(view(*fan("abcd", 0), *fan("efghi", 50), *fan("jklmn", 100)))
    assert found["distinct"] == 5
    assert found["evidence"] == [4, 5, 6, 7, 8]


def test_dated_payments_fit_a_window_possibly_and_fewer_certainly() -> None:
    dated = view(*((p, "hub", 1, d) for p, d in zip("abcd", (0, 1, 2, 10), strict=True)), dated=True)
    assert (only(dated, 4)["distinct"], only(dated, 4)["certain"]) == (4, 3)


@pytest.mark.parametrize("side", ["in", "out"])
def test_no_fan_is_an_empty_frame_with_its_columns(side: Any) -> None:
    found = unusual_fans(view(("a", "b", 1, 0)), side, DAYS, 3, 1)
    assert found.is_empty()
    assert {"account", "distinct", "usual", "evidence", "score", "peer_share"} <= set(found.columns)


def test_a_window_is_unusual_from_the_asked_multiple_on() -> None:
    case = view(*fan("abcdef", 100), *fan("uvw", 35), *fan("xyz", 55), *fan("z", 0))
    usual = only(case)["usual"]
    assert usual == pytest.approx(7 / 9)
    assert len(unusual_fans(case, "in", DAYS, 3, 7)) == 1
    assert len(unusual_fans(case, "in", DAYS, 3, 8)) == 0


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60)), min_size=1, max_size=14),
    st.sets(st.integers(0, 13)),
)
def test_history_agrees_with_plain_counting(payments: list[tuple[str, int]], chosen: set[int]) -> None:
    case = view(*((p, "hub", 100, d) for p, d in payments), ("hub", "x", 1, 0))
    tx = case.frame("transactions").filter(pl.col("beneficiary") == number(case, "hub"))
    inside = [n for i, n in enumerate(tx["n"]) if i in chosen] or [tx["n"][0]]
    windows = pl.DataFrame({"account": [number(case, "hub")], "evidence": [inside]}).cast(
        {"account": pl.UInt32, "evidence": pl.List(pl.UInt32)}
    )
    found = history(case, windows, "in", DAYS).row(0, named=True)
    rows = {r["n"]: (r["originator"], r["earliest"]) for r in tx.iter_rows(named=True)}
    members = {rows[n][0] for n in inside}
    others = [rows[n] for n in rows if n not in inside]
    again = members & {who for who, _ in others}
    assert (found["recurring"], found["passing"]) == (len(again), len(members - again))
    slots = {(who, int(at.timestamp()) // (DAYS * 86_400)) for who, at in others}
    times = case.frame("transactions").filter(
        (pl.col("beneficiary") == number(case, "hub")) | (pl.col("originator") == number(case, "hub"))
    )["earliest"]
    rest = (times.max() - times.min()).total_seconds() / (DAYS * 86_400) - 1  # type: ignore[operator,union-attr]
    assert found["usual"] == (pytest.approx(len(slots) / rest) if rest >= 1 else None)
