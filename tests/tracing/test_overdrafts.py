"""Claimed money that repays an overdraft: gone, or, when asked for, in what the overdraft had paid for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest import following
from finvest.model.errors import UsageError
from finvest.tracing import reference
from finvest.tracing.overdrafts import attributed, overdraft_named
from finvest.tracing.replay import replay
from finvest.tracing.rules import RULES
from tests.tracing.cases import Books, Case, account, case, into, on, out
from tests.tracing.ledgers import plain
from tests.tracing.statements import case_of
from tests.tracing.test_replay import CONSERVING, random_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.tracing.ledger import Claims, Ledger
    from finvest.tracing.trail import Trail


def linked(ledger: Ledger, claims: Claims, rule: str) -> dict[tuple[int, int, int], int]:
    """Return what is attributed, by movement that repaid, movement paid, and label."""
    found = attributed(ledger, replay(ledger, claims, rule))
    rows = zip(found.repaid.tolist(), found.paid.tolist(), found.parts.tolist(), strict=True)
    return {(m, paid, label): part for m, paid, parts in rows for label, part in enumerate(parts) if part}


def defined(ledger: Ledger, claims: Claims, rule: str) -> dict[tuple[int, int, int], int]:
    """Return the same by the reference."""
    rows = reference.replay(ledger, claims, rule).credit
    return {(m, paid, label): int(part) for m, paid, label, part in rows if part and paid != reference.BEFORE}


@pytest.mark.parametrize("rule", RULES)
def test_the_kernel_equals_the_reference(rule: str) -> None:
    some = 0
    for seed in range(1_000):
        ledger, claims = random_ledger(seed)
        found = linked(ledger, claims, rule)
        assert found == defined(ledger, claims, rule), seed
        some += len(found)
    assert (some > 100) is (rule != "poison")


@pytest.mark.parametrize("rule", CONSERVING)
def test_sums_that_do_not_fit_are_attributed_by_the_reference(rule: str) -> None:
    some = 0
    for seed in range(300):
        ledger, claims = random_ledger(seed)
        huge = replace(ledger, amount=ledger.amount * 2**20 + 2**50, received=ledger.received * 2**20 + 2**50)
        found = linked(huge, claims, rule)
        assert found == defined(huge, claims, rule)
        some += len(found)
    assert some


@pytest.mark.parametrize("rule", CONSERVING)
def test_the_oldest_credit_is_repaid_first(rule: str) -> None:
    """A holds 20, pays Z 50 and Y 40: credit of 30, then 40. 50 claimed repay 30 and 20 of them, 30 more the rest."""
    ledger, claims, _ = plain("A>Z 50", "A>Y 40", "+A 50 X", "+A 30 X", opening={"A": 20})
    million = 10**6
    assert linked(ledger, claims, rule) == {
        (2, 0, 0): 30 * million,
        (2, 1, 0): 20 * million,
        (3, 1, 0): 20 * million,
    }


def test_what_came_before_the_records_stays_dissipated() -> None:
    ledger, claims, _ = plain("A>Z 10", "+A 25 X", opening={"A": -20})
    assert linked(ledger, claims, "fifo") == {(1, 0, 0): 5 * 10**6}
    assert replay(ledger, claims, "fifo").dissipated.sum() == 25 * 10**6


# ---- trails


def overdrawn(opening: int | None = 20_00, **more: tuple[str, ...]) -> Case:
    """A holds 20, pays the shop 50, gets 50 claimed, pays B 10 (T5)."""
    return case(
        Books("A", [out("shop", 50_00, 2), into("payer", 50_00, 4), out("B", 10_00, 6, "t")], opening=opening),
        Books("B", [into("A", 10_00, 6, "t")]),
        **more,  # type: ignore[arg-type]
    )


def followed(made: Case, rule: str = "fifo", at: int = 1) -> Trail:
    return replace(made.follow(made.claim("A", at), rule=rule), overdraft="backwards")


def places(trail: Trail) -> dict[str, tuple[int, int]]:
    return {row["place"]: (row["low"], row["high"]) for row in trail.restitution.iter_rows(named=True)}


@pytest.mark.parametrize("rule", CONSERVING)
def test_it_is_a_place_of_its_own_and_adds_up(rule: str) -> None:
    made = overdrawn()
    asked = followed(made, rule)
    gone = places(replace(asked, overdraft="dissipation"))
    assert gone == {"claimed": (50_00, 50_00), "held": (20_00, 20_00), "dissipated": (30_00, 30_00)}
    assert places(asked) == {"claimed": (50_00, 50_00), "held": (20_00, 20_00), "overdraft": (30_00, 30_00)}
    assert asked.overdrafts.select("paid_day", "payee", "paid_amount", "repaid_day", "low", "high").rows() == [
        (on(2), account("shop").id, 50_00, on(4), 30_00, 30_00)
    ]
    assert asked.overdrafts["paid_where"].to_list() == [["file:00"]]
    assert asked.overdrafts["repaid_where"].to_list() == [["file:01"]]
    assert asked.hops.filter(account=account("A").id)["dissipated_high"].item() == 30_00
    assert any("Backwards tracing was asked for" in note for note in asked.notes)


def test_nothing_is_attributed_unless_it_is_asked_for() -> None:
    trail = overdrawn().follow(overdrawn().claim("A", 1))
    assert trail.overdraft == "dissipation"
    assert trail.overdrafts.is_empty()
    assert trail.overdrafts.schema == followed(overdrawn()).overdrafts.schema
    assert not any("Backwards" in note for note in trail.notes)


def test_poison_has_no_amounts_to_attribute() -> None:
    asked = followed(overdrawn(), "poison")
    assert asked.overdrafts.is_empty()
    assert "overdraft" not in places(asked)


def test_a_balance_below_zero_at_the_start_is_not_made_up() -> None:
    made = case(Books("A", [into("payer", 50_00, 2)], opening=-30_00))
    asked = followed(made, at=0)
    assert places(asked) == {"claimed": (50_00, 50_00), "held": (20_00, 20_00), "dissipated": (30_00, 30_00)}


def test_an_unknown_opening_balance_is_no_overdraft() -> None:
    asked = followed(overdrawn(opening=None))
    assert asked.overdrafts.is_empty()
    assert places(asked)["held"] == (50_00, 50_00)


def test_the_order_of_a_day_makes_it_an_interval() -> None:
    """In and out on one day: the account was overdrawn by 30, or not at all."""
    made = case(Books("A", [out("shop", 50_00, 4), into("payer", 50_00, 4)], opening=20_00))
    asked = followed(made, "lifo")
    assert asked.overdrafts.select("low", "high").rows() == [(0, 30_00)]
    assert places(asked)["overdraft"] == (0, 30_00)


def test_cents_of_many_payments_add_up() -> None:
    lines = [out(f"shop{i}", 33, 2) for i in range(3)]
    made = case(Books("A", [*lines, into("payer", 50, 4), into("other", 47, 4, at="10:00")], opening=0))
    asked = followed(made, "pro_rata", at=3)
    assert asked.overdrafts["high"].sum() == places(asked)["overdraft"][1]
    assert places(asked)["overdraft"][1] + places(asked).get("held", (0, 0))[1] == 50


def test_a_controlled_account_is_masked_in_it() -> None:
    asked = followed(overdrawn(controlled=("A",)))
    assert asked.overdrafts["account_label"].item() == f"controlled account {account('A').id[1:7]}"


def test_it_stands_in_every_rule_of_a_comparison() -> None:
    found = followed(overdrawn()).compare().filter(place="overdraft")
    assert found["rule"].to_list() == CONSERVING


# ---- cases

LINES = (
    "A 2025-03-01 +20.00 - 20.00",
    "A 2025-03-03 -50.00 C -30.00",
    "A 2025-03-05 +50.00 V 20.00",
)


def test_a_case_keeps_how_it_was_asked(tmp_path: Path) -> None:
    made = case_of(tmp_path, *LINES)
    made.follow("A_EUR.csv:4", rule="fifo")
    asked = made.follow("A_EUR.csv:4", rule="fifo", overdraft="backwards")
    assert asked.overdrafts.select("high").item() == 30_00
    kept = made._store.frame("trails")
    assert kept.select("rule", "overdraft").rows() == [("fifo", "dissipation"), ("fifo", "backwards")]
    assert kept["trail"].n_unique() == 2
    with pytest.raises(UsageError, match="dissipation or backwards"):
        made.follow("A_EUR.csv:4", rule="fifo", overdraft="forgiven")


def test_trails_that_were_kept_before_there_was_a_choice_stay(tmp_path: Path) -> None:
    made = case_of(tmp_path, *LINES)
    trail = made.follow("A_EUR.csv:4", rule="fifo")
    made._store.replace("trails", made._store.frame("trails").drop("overdraft"))
    following.keep(made._store, replace(trail, overdraft="backwards"))
    kept = made._store.frame("trails")
    assert kept["overdraft"].to_list() == [None, "backwards"]


def test_names_of_ways() -> None:
    assert overdraft_named("backwards") == "backwards"
    with pytest.raises(UsageError):
        overdraft_named("")


def test_a_trail_without_overdrafts_is_the_same_either_way() -> None:
    made = case(Books("A", [into("payer", 50_00, 2), out("shop", 10_00, 4)]))
    plainly = made.follow(made.claim("A", 0))
    asked = replace(plainly, overdraft="backwards")
    assert asked.restitution.equals(plainly.restitution)
    assert isinstance(asked.overdrafts, pl.DataFrame)
