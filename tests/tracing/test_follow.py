"""Following money from statements as they are loaded: what is known, what is not, and where a trail ends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import NotAssessable, UsageError
from tests.tracing.statements import case_of, number, pair

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.tracing.trail import Trail

TRAP = (
    "A 2025-03-01 +50000.00 - 50000.00",
    "A 2025-03-03 +84000.00 V 134000.00",
    "A 2025-03-05 -84000.00 B 50000.00",
    "B 2025-03-01 +1.00 - 1.00",
    "B 2025-03-05 +84000.00 A 84001.00",
)


def paid(trail: Trail, hop: int = 1) -> tuple[int, int]:
    low, high = trail.movements.filter(pl.col("hop") == hop).select(pl.col("low").sum(), pl.col("high").sum()).row(0)
    return int(low), int(high)


def places(trail: Trail) -> dict[str, tuple[int, int]]:
    return {row["place"]: (row["low"], row["high"]) for row in trail.restitution.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("rule", "cents"),
    [
        ("fifo", 34_000_00),
        ("libr", 34_000_00),
        ("pro_rata", 52_656_72),
        ("lifo", 84_000_00),
        ("taint_first", 84_000_00),
    ],
)
def test_one_transfer_in_two_statements_counts_once(tmp_path: Path, rule: str, cents: int) -> None:
    """A holds 50,000 of its own and 84,000 claimed, and pays B 84,000."""
    trail = pair(case_of(tmp_path, *TRAP), "A_EUR.csv:4", "B_EUR.csv:3").follow("A_EUR.csv:3", rule=rule)
    assert paid(trail) == (cents, cents)
    assert places(trail)["held"] == (84_000_00, 84_000_00)
    assert "dissipated" not in places(trail)
    assert trail.movements["n"].n_unique() == 2


@pytest.mark.parametrize(
    "balances",
    [("", "", "54000.00"), ("", "114000.00", ""), ("30000.00", "", ""), ("30000.00", "114000.00", "54000.00")],
)
def test_an_opening_balance_is_known_by_addition_from_any_balance(tmp_path: Path, balances: tuple[str, ...]) -> None:
    lines = (
        f"A 2025-03-01 +10.00 - {balances[0]}",
        f"A 2025-03-03 +84000.00 V {balances[1]}",
        f"A 2025-03-05 -60000.00 B {balances[2]}",
    )
    assert paid(case_of(tmp_path, *lines).follow("A_EUR.csv:3", rule="fifo")) == (30_000_00, 30_000_00)


def test_an_opening_balance_that_nothing_fixes_gives_an_interval(tmp_path: Path) -> None:
    trail = case_of(tmp_path, "A 2025-03-03 +84000.00 V", "A 2025-03-05 -60000.00 B").follow("A_EUR.csv:2", rule="fifo")
    assert paid(trail) == (0, 60_000_00)
    assert any("opening balance of 1 account is not known" in note for note in trail.notes)


def test_balances_that_contradict_the_entries_give_no_plain_number(tmp_path: Path) -> None:
    lines = ("A 2025-03-01 +10.00 - 10.00", "A 2025-03-03 +100.00 V 500.00", "A 2025-03-05 -60.00 B 20.00")
    trail = case_of(tmp_path, *lines).follow("A_EUR.csv:3", rule="fifo")
    assert paid(trail) == (0, 50_00)
    assert any("do not agree with the entries" in note for note in trail.notes)


@pytest.mark.parametrize(("out", "arrived"), [("2025-03-05", "2025-03-07"), ("2025-03-31", "2025-04-02")])
def test_money_leaves_at_its_debit_and_arrives_at_its_credit(tmp_path: Path, out: str, arrived: str) -> None:
    """What B pays between the two days is not the claimed money; what it pays after is."""
    lines = (
        "A 2025-03-01 +100.00 V 100.00",
        f"A {out} -100.00 B 0.00",
        "B 2025-03-01 +70.00 - 70.00",
        f"B {out} -70.00 C 0.00",
        f"B {arrived} +100.00 A 100.00",
        f"B {arrived[:-1]}9 -40.00 D 60.00",
    )
    trail = pair(case_of(tmp_path, *lines), "A_EUR.csv:3", "B_EUR.csv:4").follow("A_EUR.csv:2", rule="fifo")
    hops = trail.movements.select("day", "high").rows()
    assert (date.fromisoformat(f"{arrived[:-1]}9"), 40_00) in hops
    assert all(high != 70_00 for _, high in hops)


def test_a_credit_booked_before_its_debit_is_taken_at_the_debit(tmp_path: Path) -> None:
    lines = (
        "A 2025-03-01 +100.00 V 100.00",
        "A 2025-03-05 -100.00 B 0.00",
        "B 2025-03-01 +70.00 - 70.00",
        "B 2025-03-04 +100.00 A 170.00",
        "B 2025-03-06 -170.00 C 0.00",
    )
    trail = pair(case_of(tmp_path, *lines), "A_EUR.csv:3", "B_EUR.csv:3").follow("A_EUR.csv:2", rule="fifo")
    assert paid(trail, hop=2) == (100_00, 100_00)
    assert trail.movements["early"].any()
    assert any("taken at the debit" in note for note in trail.notes)


GAP = (
    "A 2025-03-01 +100.00 V 100.00",
    "A 2025-03-02 -30.00 - 70.00",
)


@pytest.mark.parametrize(("day", "place"), [("2025-03-04", "gap"), ("2025-03-03", "held")])
def test_a_trail_ends_at_a_gap(tmp_path: Path, day: str, place: str) -> None:
    """The account's next file begins after a missing day, or on the next day."""
    case = case_of(tmp_path, *GAP)
    later = tmp_path / "later.csv"
    first = (tmp_path / "A_EUR.csv").read_text(encoding="utf-8").splitlines()
    line = first[2].replace("2025-03-02", day).replace("-30.00", "-1.00").replace("70.00", "69.00")
    later.write_text(f"{first[0]}\n{line}\n", encoding="utf-8")
    case.load(later, profile="plain_signed", accept=True)
    trail = case.follow("A_EUR.csv:2", rule="taint_first")
    assert places(trail)[place][1] >= 69_00
    assert any("have gaps" in note for note in trail.notes) is (place == "gap")


def test_items_of_one_day_give_an_interval(tmp_path: Path) -> None:
    """In and out on one day without a time: which came first is not known."""
    lines = ("A 2025-03-01 +50.00 - 50.00", "A 2025-03-03 +84.00 V 134.00", "A 2025-03-03 -50.00 B 84.00")
    trail = case_of(tmp_path, *lines).follow("A_EUR.csv:3", rule="lifo")
    assert paid(trail) == (0, 50_00)
    assert places(trail)["held"] == (34_00, 84_00)


def test_cash_and_missing_books_are_typed_ends(tmp_path: Path) -> None:
    lines = ("A 2025-03-01 +100.00 V 100.00", "A 2025-03-03 -40.00 cash 60.00", "A 2025-03-05 -60.00 C 0.00")
    trail = case_of(tmp_path, *lines).follow("A_EUR.csv:2", rule="fifo")
    assert places(trail) == {
        "claimed": (100_00, 100_00),
        "cash": (40_00, 40_00),
        "no_records": (60_00, 60_00),
    }


UNPAIRED = (
    "A 2025-03-01 +100.00 V 100.00",
    "A 2025-03-03 -100.00 B 0.00",
    "B 2025-03-01 +5.00 - 5.00",
    "B 2025-03-04 +100.00 - 105.00",
    "B 2025-03-05 +100.00 - 205.00",
    "B 2025-03-09 -205.00 C 0.00",
)


def test_an_unpaired_transfer_ends_the_trail_and_goes_on_by_a_hypothesis_only(tmp_path: Path) -> None:
    case = case_of(tmp_path, *UNPAIRED)
    before = case.follow("A_EUR.csv:2", rule="fifo")
    assert places(before)["unpaired"] == (100_00, 100_00)
    assert len(before.movements.filter(pl.col("end") == "unpaired")["candidates"][0]) == 2
    case.assume("A_EUR.csv:3", "B_EUR.csv:3", reason="amount and day fit the chat of 3 March")
    after = case.follow("A_EUR.csv:2", rule="fifo")
    assert places(after)["no_records"] == (100_00, 100_00)
    resting = after.restitution.filter(pl.col("place") == "no_records")["on_hypothesis"]
    assert resting.to_list() == [100_00]
    assert [h.actor for h in after.ledger.hypotheses] == ["test"]


def test_a_hypothesis_does_not_run_backwards(tmp_path: Path) -> None:
    case = case_of(tmp_path, *UNPAIRED)
    with pytest.raises(UsageError, match="backwards"):
        case.assume("A_EUR.csv:3", "B_EUR.csv:2", reason="a slip")


@pytest.mark.parametrize(
    ("claims", "rule", "error", "says"),
    [
        (("A_EUR.csv:3",), None, UsageError, "say which rule"),
        ((), "fifo", UsageError, "say what is claimed"),
        (("A_EUR.csv:99",), "fifo", UsageError, "no transaction is known so"),
        (("A_EUR.csv:3@84000.01",), "fifo", UsageError, "larger than its payment"),
        (("x=A_EUR.csv:3@50000.00", "y=A_EUR.csv:3@50000.00"), "fifo", UsageError, "together are larger"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    tmp_path: Path, claims: Any, rule: str | None, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        case_of(tmp_path, *TRAP).follow(*claims, rule=rule)


def test_deposits_of_a_period(tmp_path: Path) -> None:
    case = case_of(tmp_path, *TRAP)
    claim = case.deposits(number("A"), date(2025, 3, 2), date(2025, 3, 4))
    assert places(case.follow(claim, rule="fifo"))["claimed"] == (84_000_00, 84_000_00)
    with pytest.raises(NotAssessable, match="no books of that account are on file"):
        case.follow(case.deposits(number("A"), date(2024, 1, 1), date(2024, 2, 1)), rule="fifo")
    with pytest.raises(UsageError, match="no account is known so"):
        case.deposits("nobody at all")


def test_what_lay_where_on_a_day(tmp_path: Path) -> None:
    trail = case_of(tmp_path, *TRAP).follow("A_EUR.csv:3", rule="fifo", at=date(2025, 3, 4))
    assert trail.freeze.select("high", "as_of").rows() == [(84_000_00, date(2025, 3, 4))]


def test_a_possible_victims_account_is_a_conduit(tmp_path: Path) -> None:
    """She is the busiest: in no recipients' table, on no freeze list; who controls her account carries the sum."""
    lines = (
        "V 2025-03-01 +200.00 - 200.00",
        "V 2025-03-03 -100.00 B 100.00",
        "B 2025-03-02 +1.00 - 1.00",
        "B 2025-03-03 +100.00 V 101.00",
        "B 2025-03-04 -90.00 C 11.00",
        "C 2025-03-02 +1.00 - 1.00",
        "C 2025-03-04 +90.00 B 91.00",
    )
    case = case_of(tmp_path, *lines)
    pair(case, "V_EUR.csv:3", "B_EUR.csv:3")
    pair(case, "B_EUR.csv:4", "C_EUR.csv:3")
    people = tmp_path / "people.csv"
    people.write_text(
        "Number,Register,Kind,Name,Subject category\n"
        "7,bank account register,person,Ben Sample,possible_victim\n"
        "8,bank account register,person,Cleo Instance,unclassified\n",
        encoding="utf-8",
    )
    links = tmp_path / "links.csv"
    links.write_text(
        "Kind,From kind,From,To kind,To,To bank,Register,Share,Start\n"
        f"holds,person,7,account,{number('B')},QXEEATQ5,bank account register,,2020-01-01\n"
        f"holds,person,8,account,{number('C')},QXEEATQ5,bank account register,,2020-01-01\n"
        f"controls,person,8,account,{number('B')},QXEEATQ5,bank account register,,2020-01-01\n",
        encoding="utf-8",
    )
    case.load(people, profile="parties")
    case.load(links, profile="links")
    trail = case.follow("V_EUR.csv:3", rule="fifo")
    assert trail.recipients["name"].to_list() == ["Cleo Instance"]
    assert trail.recipients.select("received_high", "remaining_high", "through").rows() == [(100_00, 100_00, 1)]
    assert trail.freeze["account"].n_unique() == 1
    everything = "".join(frame.write_json() for frame in (trail.recipients, trail.freeze, trail.movements, trail.hops))
    assert "Ben" not in everything
    assert number("B") not in everything
    page = case.trail_report(trail, tmp_path / "out").read_text(encoding="utf-8")
    assert "Ben Sample" not in page
    assert "Cleo Instance" in page
