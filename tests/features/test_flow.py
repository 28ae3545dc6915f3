"""What passes through, beside plain Python; and whom it goes on to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.features.flow import onward, pass_through, passed_on
from finvest.findings.make import Make
from tests.features.conftest import number, view

if TYPE_CHECKING:
    from finvest.view import CaseView

accounts, currencies = st.sampled_from("abc"), st.sampled_from(["EUR", "JPY"])
payment = st.tuples(accounts, accounts, st.integers(1, 9), st.integers(0, 72), currencies)
payments = st.lists(payment, min_size=1, max_size=14)


def plainly(of: CaseView, hours: int) -> dict[tuple[int, str], tuple[int, int, int, int, list[int]]]:
    """Credited, passed, came, passed came and evidence, by a queue that spends the oldest money first."""
    rows = [r for r in of.frame("transactions").iter_rows(named=True) if r["originator"] != r["beneficiary"]]
    result = {}
    for account, currency in {(r["beneficiary"], r["currency"]) for r in rows}:
        mine = [r for r in rows if r["currency"] == currency]
        came = [r for r in mine if r["beneficiary"] == account]
        left = {r["n"]: r["amount"] for r in came}
        passed: dict[int, int] = defaultdict(int)
        evidence = set()
        for debit in (r for r in mine if r["originator"] == account):
            need = debit["amount"]
            for credit in came:
                if credit["earliest"] > debit["earliest"] or not need:
                    continue
                part = min(need, left[credit["n"]])
                left[credit["n"]] -= part
                need -= part
                if part and (debit["earliest"] - credit["earliest"]).total_seconds() <= hours * 3600:
                    passed[credit["n"]] += part
                    evidence |= {credit["n"], debit["n"]}
        enough = sum(passed[c["n"]] * 100 >= c["amount"] * 90 for c in came)
        total = sum(c["amount"] for c in came)
        result[account, currency] = (total, sum(passed.values()), len(came), enough, sorted(evidence))
    return result


@settings(max_examples=60)
@given(payments, st.sampled_from([1, 24, 48]))
def test_agrees_with_a_plain_queue(made: list[tuple[str, str, int, int, str]], hours: int) -> None:
    of = view(*((o, b, amount, hour / 24, {"currency": c}) for o, b, amount, hour, c in made))
    members = passed_on(of, hours, range(len(of.frame("accounts"))))
    evidence = {(r["account"], r["currency"]): r["evidence"] for r in members.iter_rows(named=True)}
    found = {
        (r["account"], r["code"]): (
            r["credited"],
            r["passed"],
            r["credits"],
            r["passed_credits"],
            evidence.get((r["account"], r["currency"]), []),
        )
        for r in pass_through(of, hours).iter_rows(named=True)
    }
    assert found == plainly(of, hours)


def test_dates_pass_possibly_and_not_certainly() -> None:
    of = view(("a", "hub", 100, 0), ("hub", "b", 100, 1), dated=True)
    row = pass_through(of, 24).filter(pl.col("account") == number(of, "hub")).row(0, named=True)
    assert (row["passed"], row["passed_certain"]) == (100, 0)


def test_money_does_not_pass_into_another_currency() -> None:
    of = view(("a", "hub", 100, 0), ("hub", "b", 100, 0.1, {"currency": "USD"}))
    assert pass_through(of, 24).filter(pl.col("account") == number(of, "hub"))["passed"].to_list() == [0]


# ---- onward


def own_share(known: dict[str, str], *paid: tuple[str, int]) -> tuple[int | None, int | None]:
    make = Make()
    for to, amount in paid:
        make.transfer("hub", to, amount, 0)
    make.transfer("else", "hub", 1000, 0)
    for account, name in known.items():
        make.holder(account, name)
    of = make.view()
    hub = pl.Series([number(of, "hub")], dtype=pl.UInt32)
    everything = pl.Series([of.frame("transactions")["n"].to_list()], dtype=pl.List(pl.UInt32))
    return onward(of, hub, everything).row(0)


@pytest.mark.parametrize(
    ("known", "paid", "expected"),
    [
        ({"hub": "Ada", "b": "ADA", "c": "Bob"}, [("b", 60), ("c", 40)], (100, 60)),
        ({"hub": "Ada", "b": "Bob", "c": "Bob"}, [("b", 60), ("c", 40)], (100, 0)),
        ({"b": "Ada", "c": "Bob"}, [("b", 60), ("c", 40)], (100, None)),
        ({"hub": "Ada", "c": "Bob"}, [("b", 60), ("c", 40)], (100, None)),
        ({"hub": "Ada", "c": "Bob"}, [("b", 40), ("c", 60)], (100, 0)),
        ({"hub": "Ada", "b": "Ada"}, [("b", 60), ("c", 40)], (100, 60)),
        ({"hub": "Ada"}, [], (None, None)),
    ],
)
def test_what_goes_on_to_the_same_holder_is_unknown_where_unknown_receivers_decide(
    known: dict[str, str], paid: list[tuple[str, int]], expected: tuple[int | None, int | None]
) -> None:
    assert own_share(known, *paid) == expected
