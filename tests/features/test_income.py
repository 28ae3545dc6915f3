"""Which credits are income: cycles, records of jobs and benefits, and what never is."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from finvest.features.income import CYCLES, income
from finvest.findings.make import Make
from finvest.model.identifiers import opaque
from tests.features.conftest import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.view import CaseView


def paid(days: Sequence[float], **columns: Any) -> Make:
    make = Make()
    for day in days:
        make.transfer("employer", "worker", 1_000_00, day, **columns)
    return make


def kinds(case: Make) -> list[tuple[str, int | None, int]]:
    return income(case.view()).select("kind", "cycle", "in_a_row").rows()


@pytest.mark.parametrize(
    ("days", "cycle"),
    [
        ((0, 6), 7),
        ((0, 8), 7),
        ((0, 9), None),
        ((0, 12), 14),
        ((0, 16), 14),
        ((0, 17), None),
        ((0, 25), None),
        ((0, 26), 30),
        ((0, 35), 30),
        ((0, 36), None),
        ((0, 1), None),
    ],
)
def test_borders_of_the_cycles(days: tuple[int, ...], cycle: int | None) -> None:
    assert kinds(paid(days)) == ([] if cycle is None else [("series", cycle, 2)] * 2)


def test_a_gap_and_a_change_of_cycle_begin_a_new_series() -> None:
    assert [row[2] for row in kinds(paid((0, 30, 60, 160, 190)))] == [3, 3, 3, 2, 2]
    assert [row[1:] for row in kinds(paid((0, 7, 14, 44, 74)))] == [(7, 3)] * 3 + [(30, 3)] * 2
    assert [row[1:] for row in kinds(paid((0, 7, 37, 67)))] == [(7, 2)] + [(30, 3)] * 3


def test_two_payments_on_one_payday_are_one_payday() -> None:
    assert kinds(paid((0, 0, 30, 30))) == [("series", 30, 2)] * 4


@pytest.mark.parametrize(
    "columns", [{"channel": "card_pos"}, {"channel": "cash_branch"}, {"is_return": True}, {"channel": "direct_debit"}]
)
def test_what_is_never_income(columns: dict[str, Any]) -> None:
    assert kinds(paid((0, 30, 60), **columns)) == []


def test_a_channel_that_nobody_wrote_is_no_reason_to_leave_it_out() -> None:
    assert len(kinds(paid((0, 30, 60), channel=None))) == 3


def test_transfers_between_accounts_of_one_holder_are_no_income() -> None:
    make = paid((0, 30, 60))
    make.holder("employer", "Ada North")
    make.holder("worker", "NORTH, Ada")
    assert kinds(make) == []


def test_a_wage_is_known_by_the_job_on_file_whatever_its_days() -> None:
    make = paid((0, 9))
    make.company("Firm", "employer")
    firm = opaque("p", "name", "FIRM")
    make.row("employments", employer=firm, worker="w", payee_account=make.id("worker"))
    make.row("employments", employer=firm, worker=None, payee_account=None)
    assert kinds(make) == [("wage", None, 1)] * 2


def test_a_job_elsewhere_makes_no_wage() -> None:
    make = paid((0, 9))
    make.company("Firm", "somebody")
    make.row("employments", employer=opaque("p", "name", "FIRM"), worker="w", payee_account=make.id("worker"))
    assert kinds(make) == []


def test_a_benefit_is_known_by_account_amount_and_currency() -> None:
    make = paid((0, 9))
    make.row("benefits", claimant="c", payee_account=make.id("worker"), amount=1_000_00, currency="EUR")
    assert kinds(make) == [("benefit", None, 1)] * 2
    other = paid((0, 9))
    other.row("benefits", claimant="c", payee_account=other.id("worker"), amount=1_000_00, currency="CHF")
    other.row("benefits", claimant="c", payee_account=other.id("worker"), amount=None, currency="EUR")
    assert kinds(other) == []


def by_hand(view: CaseView) -> dict[int, tuple[int | None, int]]:
    """Cycle and paydays in a row by transaction, one payer and account after the other."""
    groups: dict[tuple[int, int], dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in view.frame("transactions", "n", "originator", "beneficiary", "day").iter_rows():
        groups[row[1], row[2]][row[3]].append(row[0])
    told: dict[int, tuple[int | None, int]] = {}
    for days in groups.values():
        order = sorted(days)
        runs: list[tuple[int, list[Any]]] = []
        for before, day in pairwise(order):
            cycle = next((name for name, low, high in CYCLES if low <= (day - before).days <= high), None)
            if cycle is None:
                continue
            if runs and runs[-1][0] == cycle and runs[-1][1][-1] == before:
                runs[-1][1].append(day)
            else:
                runs.append((cycle, [before, day]))
        for day in order:
            of = [(len(members), cycle) for cycle, members in runs if day in members]
            if of:
                longest = max(of, key=lambda run: run[0])
                told |= dict.fromkeys(days[day], (longest[1], longest[0]))
    return told


@pytest.mark.parametrize("seed", range(15))
def test_against_counting_by_hand(seed: int) -> None:
    chosen = random.Random(seed)
    make = Make()
    for payer in range(3):
        day = 0
        for _ in range(25):
            make.transfer(f"p{payer}", f"a{chosen.randrange(2)}", 100, day)
            day += chosen.choice([0, 1, 3, 7, 7, 8, 14, 15, 30, 31, 40])
    view = make.view()
    found = {n: (cycle, count) for n, cycle, count in income(view).select("n", "cycle", "in_a_row").iter_rows()}
    assert found == by_hand(view)


def test_names_keep_series_apart_and_typing_errors_do_not() -> None:
    make = Make()
    for month in range(2):
        for day, name in ((0, "Ilja Brook"), (9, "Tomas Field")):
            make.transfer("employer", "account", 100, 30 * month + day, other_name=name)
    make.transfer("employer", "account", 100, 60, other_name="Ilja Brok")
    rows = income(make.view())
    assert rows["account"].unique().to_list() == [number(make.view(), "account")]
    assert rows.select("who", "in_a_row").rows() == [
        ("BROK ILJA", 3),
        ("FIELD TOMAS", 2),
        ("BROK ILJA", 3),
        ("FIELD TOMAS", 2),
        ("BROK ILJA", 3),
    ]
