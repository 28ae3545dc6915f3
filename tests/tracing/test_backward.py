"""Where did this come from: cases worked out by hand, what cannot be answered, and what is only assumed."""

from __future__ import annotations

import pytest

from finvest.model.errors import NotAssessable, UsageError
from finvest.tracing.backward import KINDS, Origins, Target, origins
from finvest.tracing.hypotheses import Hypothesis
from tests.tracing.cases import Books, Case, account, case, into, on, out


def ask(made: Case, rule: str, target: Target, *hypotheses: Hypothesis) -> Origins:
    ledger = made.ledger(*hypotheses)
    return origins(ledger, rule, target, made.sources(ledger))


def paid(made: Case, owner: str, place: int, rule: str = "fifo", *hypotheses: Hypothesis) -> Origins:
    return ask(made, rule, Target(transaction=made.records[owner][place]), *hypotheses)


def at_end_of(made: Case, owner: str, day: int, rule: str = "fifo") -> Origins:
    return ask(made, rule, Target(account=account(owner).id, day=on(day)))


def figures(found: Origins) -> set[tuple[str, str | None, int, int]]:
    """Return kind, payer's name (of balances and credit: the holder's), low and high."""
    rows = found.to_frame()
    names = {account(n).id: n for n in ("x", "y", "A", "B", "boss")}
    listed = rows.select("kind", "originator", "beneficiary", "low", "high").iter_rows()
    return {(kind, names.get(payer or payee), low, high) for kind, payer, payee, low, high in listed}


def two_accounts() -> Case:
    """A begins with 30, gets 84 of x, pays B 60; B begins with 6, and pays 33 to the shop."""
    return case(
        Books("A", [into("x", 8_400, 2), out("B", 6_000, 4, "t")], opening=3_000),
        Books("B", [into("A", 6_000, 4, "t"), out("shop", 3_300, 6)], opening=600),
    )


@pytest.mark.parametrize(
    ("rule", "from_x", "from_a", "from_b"),
    [
        ("fifo", 0, 2_700, 600),  # B's own 6, then the oldest of the 60: A's own 30, of which 27
        ("lifo", 3_300, 0, 0),  # A's 60 are all of x
        # of 66: 6 B's own, 60 from A, of which 84/114 of x: 33 × (6, 60 × 30/114, 60 × 84/114) / 66
        ("pro_rata", 2_211, 789, 300),  # 22.1052 …, 7.8947 …, 3.00
    ],
)
def test_a_payment(rule: str, from_x: int, from_a: int, from_b: int) -> None:
    found = paid(two_accounts(), "B", 1, rule)
    expected = {("outside", "x", from_x), ("opening", "A", from_a), ("opening", "B", from_b)}
    assert figures(found) == {(kind, who, much, much) for kind, who, much in expected if much}
    assert found.to_frame()["low"].sum() == found.amount == 3_300


def test_a_balance_at_a_date() -> None:
    made = two_accounts()
    assert figures(at_end_of(made, "A", 3)) == {("outside", "x", 8_400, 8_400), ("opening", "A", 3_000, 3_000)}
    assert figures(at_end_of(made, "A", 20)) == {("outside", "x", 5_400, 5_400)}
    assert figures(at_end_of(made, "A", 20, "lifo")) == {("outside", "x", 2_400, 2_400), ("opening", "A", 3_000, 3_000)}
    assert figures(at_end_of(made, "B", 0)) == {("opening", "B", 600, 600)}
    after = at_end_of(made, "B", 20)
    assert (after.amount, after.currency) == (3_300, "EUR")


def test_an_empty_account_came_from_nowhere() -> None:
    made = case(Books("A", [into("x", 100, 2), out("shop", 100, 3)]))
    for rule in ("fifo", "pro_rata"):
        assert at_end_of(made, "A", 20, rule).to_frame().is_empty()


def test_a_source_says_where_it_stands() -> None:
    made = two_accounts()
    row = paid(made, "B", 1, "lifo").to_frame().row(0, named=True)
    assert (row["n"], row["kind"], row["day"], row["paid"]) == (0, "outside", on(2), 8_400)
    assert (row["originator"], row["beneficiary_label"]) == (account("x").id, "A")
    assert row["records"] == [made.records["A"][0]]
    assert row["where"] == ["file:00"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("fifo", {("outside", "x", 0, 100), ("unknown", "A", 0, 100)}),
        ("lifo", {("outside", "x", 100, 100)}),
        ("pro_rata", {("outside", "x", 0, 100), ("unknown", "A", 0, 100)}),
    ],
)
def test_money_before_the_records_is_a_source(rule: str, expected: set[tuple[str, str, int, int]]) -> None:
    made = case(Books("A", [into("x", 120, 2), out("shop", 100, 3)], opening=None))
    found = paid(made, "A", 1, rule)
    assert figures(found) == expected
    assert any("opening balance" in note for note in found.notes)


def test_what_the_bank_lent_is_a_source() -> None:
    made = case(Books("A", [into("x", 20, 2), out("shop", 100, 3)], opening=30))
    for rule in ("fifo", "lifo", "pro_rata"):
        assert figures(paid(made, "A", 1, rule)) == {
            ("outside", "x", 20, 20),
            ("opening", "A", 30, 30),
            ("credit", "A", 50, 50),
        }


def test_the_first_payment_of_all_may_be_on_credit() -> None:
    made = case(Books("A", [out("shop", 100, 3)], opening=30))
    rows = paid(made, "A", 0).to_frame()
    assert rows.select("kind", "high", "n", "paid").rows() == [("credit", 70, 0, 100), ("opening", 30, None, 30)]
    assert rows["records"].to_list() == [made.records["A"], []]


def test_a_payer_without_books_is_the_source() -> None:
    found = paid(two_accounts(), "A", 0)
    assert figures(found) == {("outside", "x", 8_400, 8_400)}
    assert any("payer's books" in note for note in found.notes)


def test_items_of_one_day_give_an_interval() -> None:
    """Last in, first out: the credit of the payment's day came before it, or after."""
    made = case(Books("A", [into("x", 100, 2), out("shop", 60, 3), into("y", 100, 3)]))
    found = paid(made, "A", 1, "lifo")
    assert figures(found) == {("outside", "x", 0, 60), ("outside", "y", 0, 60)}
    assert "not a proven bound" in found.notes[0]


def test_what_came_through_a_hypothesis_is_marked() -> None:
    """A takes out 100 in cash, B has 80 paid in: a person takes them to be the same money."""
    made = case(
        Books("A", [into("x", 100, 2), out(None, 100, 3, channel="cash_atm")]),
        Books("B", [into(None, 80, 4, channel="cash_atm"), out("shop", 50, 6)], opening=10),
    )
    plain = paid(made, "B", 1).to_frame()
    assert plain.select("kind", "high", "on_hypothesis").rows() == [("outside", 40, 0), ("opening", 10, 0)]
    assumed = Hypothesis("d", made.records["A"][1], made.records["B"][0], "Officer", "2025-04-01", "same notes")
    for rule, through in (("fifo", 40), ("lifo", 50), ("pro_rata", 44)):
        found = paid(made, "B", 1, rule, assumed)
        rows = found.to_frame().filter(kind="outside")
        assert rows.select("originator", "high", "on_hypothesis").rows() == [(account("x").id, through, through)]
        assert any("hypothesis" in note for note in found.notes)


def test_a_gap_before_an_opening_balance_is_said() -> None:
    made = case(
        Books("A", [into("x", 100, 2)], last=10),
        Books("A", [out("shop", 40, 16)], opening=100, first=15),
    )
    found = paid(made, "A", 1)
    assert figures(found) == {("opening", "A", 40, 40)}
    assert any("gap" in note for note in found.notes)


def test_a_source_that_may_be_a_payment_on_file_is_doubtful() -> None:
    """Two equal transfers cannot be told apart: what came into B may be what left A."""
    made = case(
        Books("A", [out("B", 100, 4), out("B", 100, 4)], opening=300),
        Books("B", [into("A", 100, 4), into("A", 100, 5), out("shop", 150, 7)]),
    )
    found = paid(made, "B", 2)
    assert found.to_frame()["doubtful"].all()
    assert any("may be a payment that is on file" in note for note in found.notes)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("libr", "defined by what is claimed"),
        ("taint_first", "defined by what is claimed"),
        ("poison", "no amounts"),
        (None, "say which rule"),
        ("fair", "no rule of that name"),
    ],
)
def test_a_rule_that_cannot_answer_says_so(rule: str | None, why: str) -> None:
    made = two_accounts()
    ledger = made.ledger()
    with pytest.raises(UsageError, match=why):
        origins(ledger, rule, Target(transaction=made.records["B"][1]), made.sources(ledger))


def test_what_cannot_be_asked() -> None:
    made = two_accounts()
    with pytest.raises(UsageError, match="no movement of this case"):
        ask(made, "fifo", Target(transaction="t-unknown"))
    with pytest.raises(NotAssessable, match="no books of that account"):
        at_end_of(made, "shop", 20)
    unknown = case(Books("A", [into("x", 120, 2), out("shop", 100, 3)], opening=None))
    with pytest.raises(NotAssessable, match=r"is not known.*ask the bank"):
        at_end_of(unknown, "A", 2)
    for wrong in ({}, {"transaction": "t", "account": "a"}, {"account": "a"}, {"transaction": "t", "day": on(1)}):
        with pytest.raises(UsageError):
            Target(**wrong)


def test_it_shows_itself() -> None:
    shown = repr(paid(two_accounts(), "B", 1))
    assert shown == "<Origins of 33.00 EUR under first in, first out: 2 sources, 2 of them known>"
    assert set(KINDS) >= set(paid(two_accounts(), "B", 1).to_frame()["kind"])
