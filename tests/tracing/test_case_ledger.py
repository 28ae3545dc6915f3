"""From records to a ledger: which day and order, what passes, what a person may join and what not."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.model.errors import UsageError
from finvest.tracing.hypotheses import Hypothesis
from finvest.tracing.ledger import NO_POT
from tests.tracing.cases import Books, Case, Line, account, case, into, out

if TYPE_CHECKING:
    from finvest.tracing.case_ledger import CaseLedger, Order


def order_of(ledger: CaseLedger, order: Order = "ledger") -> list[tuple[int, str]]:
    """Return amount and direction of each step that a pot's books show, in the order of the replay."""
    built, _ = ledger.ledger(order)
    found = []
    for step in built.steps.tolist():
        n, way = step // 2, "in" if step % 2 else "out"
        pot = built.beneficiary[n] if step % 2 else built.originator[n]
        if pot != NO_POT:
            found.append((int(built.received[n] if step % 2 else built.amount[n]), way))
    return found


DAY = (into("x", 10, 3), out("shop", 4, 3), into("y", 7, 3), out("shop", 9, 3))


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("ledger", [(10, "in"), (4, "out"), (7, "in"), (9, "out")]),
        ("debits_first", [(4, "out"), (9, "out"), (10, "in"), (7, "in")]),
        ("credits_first", [(10, "in"), (7, "in"), (4, "out"), (9, "out")]),
    ],
)
def test_items_of_one_day(order: Order, expected: list[tuple[int, str]], newest_first: bool) -> None:
    """Whichever way a file runs: its running balances say which line is the oldest of the day."""
    ledger = case(Books("A", DAY, running=100, newest_first=newest_first)).ledger()
    assert ledger.orders == ("ledger", "debits_first", "credits_first")
    assert order_of(ledger, order) == expected


def test_a_file_that_ends_with_its_oldest_day_runs_downwards() -> None:
    lines = (into("x", 10, 2), *DAY)
    ledger = case(Books("A", lines, newest_first=True)).ledger()
    assert order_of(ledger) == [(10, "in"), (10, "in"), (4, "out"), (7, "in"), (9, "out")]


@pytest.mark.parametrize(
    ("lines", "orders"),
    [
        (DAY, 3),
        ((into("x", 10, 3, at="09:00"), out("shop", 4, 3, at="08:00")), 1),  # known to the minute
        ((into("x", 10, 3), into("y", 4, 3)), 1),  # both came in
        ((into("x", 10, 3), out("shop", 4, 4)), 1),
    ],
)
def test_only_what_is_open_is_tried(lines: tuple[Line, ...], orders: int) -> None:
    assert len(case(Books("A", lines)).ledger().orders) == orders


def test_openings_are_tried_where_one_is_not_known() -> None:
    known, unknown = Books("A", DAY), Books("B", DAY, opening=None)
    assert case(known).ledger().openings == ("none",)
    assert case(known, unknown).ledger().openings == ("none", "all")


def test_a_time_of_day_comes_before_the_place_in_the_file() -> None:
    lines = (out("shop", 4, 3, at="15:00"), into("x", 10, 3, at="09:00"))
    assert order_of(case(Books("A", lines)).ledger()) == [(10, "in"), (4, "out")]


# ---- transfers whose two days differ


def transfer(left: int, arrived: int) -> Case:
    """A has 100 of x and pays B 100; B pays the shop 30 on day 5 and 30 on day 9, and had 60 of its own."""
    return case(
        Books("A", [into("x", 100, 1), out("B", 100, left, "t")]),
        Books("B", [into("A", 100, arrived, "t"), out("shop", 30, 5), out("shop", 30, 9)], opening=60),
    )


@pytest.mark.parametrize(
    ("left", "arrived", "early", "traced"),
    [
        (4, 6, False, [0, 30]),  # on day 5 it has left A and not come to B
        (3, 4, False, [30, 30]),
        (6, 4, True, [0, 30]),  # booked at B before it left A: taken at the debit
    ],
)
def test_money_leaves_at_its_debit_and_arrives_at_its_credit(
    left: int,
    arrived: int,
    early: bool,
    traced: list[int],
) -> None:
    made = transfer(left, arrived)
    trail = made.follow(made.claim("A", 0), rule="taint_first")
    assert trail.ledger.movements["early"].any() is early
    rows = trail.movements.filter(pl.col("hop") == 2).select("low", "high").rows()
    assert rows == [(much, much) for much in traced if much]
    assert any("taken at the debit" in note for note in trail.notes) is early


def test_the_other_sides_record_alone_moves_nothing_in_an_account() -> None:
    """B's books do not show what A says it paid B: nothing arrives there, and the trail ends as unpaired."""
    made = case(
        Books("A", [into("x", 100, 1), out("B", 100, 3)]),
        Books("B", [into("y", 5, 3), out("shop", 5, 5)]),
    )
    ledger = made.ledger()
    paid = ledger.movements.filter(pl.col("originator") == account("A").id)
    assert paid["in_pot"].to_list() == [None]
    trail = made.follow(made.claim("A", 0))
    assert trail.movements["end"].to_list() == [None, "unpaired"]


# ---- currencies


def converted(same_holder: bool, same: str) -> Case:
    """A changes 100 EUR into 110 USD at B, and pays 55 of them on."""
    holder = "Ada Example"
    return case(
        Books("A", [into("x", 100, 1), out("B", 100, 3, same)], holder=holder),
        Books(
            "B",
            [into("A", 110, 3, same), out("shop", 55, 5)],
            currency="USD",
            holder=holder if same_holder else "Ben Other",
        ),
    )


def test_a_conversion_between_one_holders_accounts_goes_on() -> None:
    made = converted(same_holder=True, same="t")
    trail = made.follow(made.claim("A", 0))
    hops = trail.movements.select("hop", "high", "currency", "end").rows()
    assert hops == [(0, 100, "EUR", None), (1, 100, "EUR", None), (2, 55, "USD", "no_records")]
    assert trail.restitution.filter(pl.col("place") == "held").select("currency", "high").rows() == [("USD", 55)]


def test_a_conversion_between_two_holders_ends_the_trail() -> None:
    made = converted(same_holder=False, same="t")
    assert made.follow(made.claim("A", 0)).movements["end"].to_list() == [None, "fx"]


def test_a_conversion_that_no_records_join_ends_the_trail() -> None:
    made = converted(same_holder=True, same="")
    trail = made.follow(made.claim("A", 0))
    assert trail.movements["end"].to_list() == [None, "unpaired"]
    assumed = taken_as(made, ("A", 1), ("B", 0))
    after = made.follow(made.claim("A", 0), hypotheses=[assumed])
    assert after.movements.filter(pl.col("hop") == 3).select("high", "on_hypothesis", "currency").rows() == [
        (55, 55, "USD")
    ]


# ---- hypotheses


def taken_as(made: Case, debit: tuple[str, int], credit: tuple[str, int]) -> Hypothesis:
    one, two = (made.records[owner][place] for owner, place in (debit, credit))
    return Hypothesis(f"{one}+{two}", one, two, "Officer", "2025-04-01", "as a witness says")


def cash_case(*paid_in: int, taken_out: tuple[int, ...] = (60, 40)) -> Case:
    return case(
        Books("A", [into("x", 100, 1), *(out(None, much, 3, channel="cash_atm") for much in taken_out)]),
        Books("B", [into(None, much, 4 + i, channel="cash_atm") for i, much in enumerate(paid_in)]),
    )


def in_b(made: Case, *hypotheses: Hypothesis) -> tuple[int, int, int]:
    trail = made.follow(made.claim("A", 0), hypotheses=hypotheses)
    rows = trail.hops.filter(pl.col("account") == account("B").id)
    return tuple(int(rows[c].sum()) for c in ("remaining_low", "remaining_high", "on_hypothesis"))  # type: ignore[return-value]


def test_one_debit_taken_to_be_one_credit() -> None:
    made = cash_case(60, 40)
    assert in_b(made) == (0, 0, 0)
    assert in_b(made, taken_as(made, ("A", 1), ("B", 0))) == (60, 60, 60)


def test_several_debits_taken_to_be_one_credit() -> None:
    made = cash_case(100)
    both = [taken_as(made, ("A", place), ("B", 0)) for place in (1, 2)]
    assert in_b(made, *both) == (100, 100, 100)
    assert in_b(made, *reversed(both)) == (100, 100, 100)
    assert in_b(made, both[0]) == (60, 60, 60)


def test_one_debit_taken_to_be_several_credits() -> None:
    made = cash_case(30, 20, taken_out=(60,))
    both = [taken_as(made, ("A", 1), ("B", place)) for place in (0, 1)]
    assert in_b(made, *both) == (50, 50, 50)
    rest = made.follow(made.claim("A", 0), hypotheses=both).restitution
    assert rest.filter(pl.col("place") == "unassigned")["high"].to_list() == [10]


def test_a_credit_is_no_more_than_it_is() -> None:
    """60 taken out, 90 paid in: 30 of them came from elsewhere."""
    made = cash_case(90, taken_out=(60,))
    assert in_b(made, taken_as(made, ("A", 1), ("B", 0))) == (60, 60, 60)


@pytest.mark.parametrize(
    ("debit", "credit", "why"),
    [
        (("A", 2), ("B", 0), "runs backwards"),
        (("A", 1), ("B", 1), "already follow"),
        (("A", 2), ("B", 1), "already on file"),
    ],
)
def test_a_hypothesis_that_cannot_stand_is_refused(debit: tuple[str, int], credit: tuple[str, int], why: str) -> None:
    made = case(
        Books("A", [into("x", 100, 1), out("B", 10, 4, "t"), out(None, 50, 6, channel="cash_atm")]),
        Books("B", [into(None, 50, 2, channel="cash_atm"), into("A", 10, 4, "t")]),
    )
    with pytest.raises(UsageError, match=why):
        made.ledger(taken_as(made, debit, credit))


def test_several_records_are_not_joined_across_currencies() -> None:
    made = case(
        Books("A", [into("x", 100, 1), out(None, 50, 3), out(None, 50, 3)]),
        Books("B", [into(None, 110, 4)], currency="USD"),
    )
    with pytest.raises(UsageError, match="one debit and one credit only"):
        made.ledger(taken_as(made, ("A", 1), ("B", 0)), taken_as(made, ("A", 2), ("B", 0)))


def test_a_hypothesis_names_records_of_the_case() -> None:
    made = cash_case(60)
    with pytest.raises(UsageError, match="no movement of this case"):
        made.ledger(replace(taken_as(made, ("A", 1), ("B", 0)), credit="other"))


# ---- until, and the order of rows


def test_what_left_after_the_last_day_asked_for_did_not() -> None:
    made = transfer(3, 4)
    assert made.follow(made.claim("A", 0), until=2).freeze["account"].to_list() == [account("A").id]
    assert made.follow(made.claim("A", 0), until=7).freeze["account"].to_list() == [account("B").id]


def test_the_order_of_rows_changes_nothing() -> None:
    made = case(Books("A", DAY, newest_first=True), Books("B", [into("A", 9, 3, "t"), *DAY], opening=None))
    chance = random.Random(3)

    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame[chance.sample(range(len(frame)), len(frame))] if len(frame) else frame

    turned = replace(
        made,
        tables={name: mixed(rows) for name, rows in made.tables.items()},
        coverage=mixed(made.coverage),
        movements=mixed(made.movements),
    )
    for order in ("ledger", "debits_first", "credits_first"):
        one, two = (c.ledger().ledger(order)[0] for c in (made, turned))
        assert one.steps.tolist() == two.steps.tolist()
        assert one.opening.tolist() == two.opening.tolist()
