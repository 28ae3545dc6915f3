"""Income that leaves at once, beside counting by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from finvest.features.income import income
from finvest.features.sweeps import MOST, PAID, PAYERS, STAR, sweeps, swept_to
from finvest.findings.make import Make
from finvest.model.identifiers import opaque

if TYPE_CHECKING:
    from finvest.view import CaseView

LEAST = 3


def by_hand(view: CaseView) -> dict[tuple[int, int], int]:
    """Longest run of swept paydays by origin and recipient."""
    tx = view.frame("transactions", "n", "originator", "beneficiary", "amount", "earliest").rows()
    paid = [row for row in income(view).to_dicts() if row["kind"] != "series" or row["in_a_row"] >= LEAST]
    staff = [(row["payer"], row["cycle"], row["account"]) for row in paid]
    of = {(payer, cycle): len({a for p, c, a in staff if (p, c) == (payer, cycle)}) for payer, cycle, _ in staff}
    paid = [row for row in paid if of[row["payer"], row["cycle"]] >= PAID]
    counts = [(row["account"], row["payer"]) for row in paid]
    paid = [row for row in paid if counts.count((row["account"], row["payer"])) >= LEAST]
    left: dict[tuple[int, int], int] = {}
    for _, origin, recipient, amount, at in tx:
        before = [row for row in paid if row["account"] == origin and row["earliest"] <= at]
        if before:
            last = max(before, key=lambda row: (row["earliest"], row["n"]))
            if at <= last["earliest"] + timedelta(hours=48):
                left[last["n"], recipient] = left.get((last["n"], recipient), 0) + amount
    best: dict[tuple[int, int], int] = {}
    for recipient in {recipient for _, recipient in left}:
        for account, payer in set(counts):
            run = 0
            for row in paid:
                if (row["account"], row["payer"]) != (account, payer) or payer == recipient:
                    continue
                share = left.get((row["n"], recipient), 0) * 100 / row["amount"]
                run = run + 1 if 80 <= share <= MOST else 0
                if run >= LEAST:
                    best[account, recipient] = max(run, best.get((account, recipient), 0))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_runs_against_counting_by_hand(seed: int) -> None:
    chosen = random.Random(seed)
    make = Make()
    for worker in range(4):
        for payday in range(8):
            for employer in range(chosen.choice([1, 1, 2])):
                make.transfer(f"e{employer}", f"w{worker}", 1_000, 7 * payday + chosen.choice([0, 0.1, 0.5]) + employer)
            for _ in range(chosen.choice([0, 1, 1, 2])):
                out = chosen.choice([500, 900, 900, 1_000])
                make.transfer(f"w{worker}", f"r{chosen.randrange(2)}", out, 7 * payday + chosen.choice([0.6, 1, 2, 3]))
    view = make.view()
    found = {(row["origin"], row["recipient"]): row["paydays"] for row in sweeps(view, 48, 80, LEAST).to_dicts()}
    assert found == by_hand(view)


def test_a_job_on_file_needs_no_cycle_and_a_series_does() -> None:
    make = Make()
    for day in (0, 5, 17):
        make.transfer("farm", "ana", 1_000, day)
        make.transfer("ana", "keeper", 900, day + 0.5)
    assert sweeps(make.view(), 48, 80, LEAST).is_empty()
    make.company("Farm", "farm")
    make.row("employments", employer=opaque("p", "name", "FARM"), worker="ana", payee_account=make.id("ana"))
    (row,) = sweeps(make.view(), 48, 80, LEAST).to_dicts()
    assert (row["paydays"], row["came"], row["left"], row["kind"]) == (3, 3_000, 2_700, "wage")


@pytest.mark.parametrize("origins", [STAR - 1, STAR])
def test_a_star_needs_three_origins(origins: int) -> None:
    make = Make()
    for worker in range(origins):
        for month in range(3):
            make.transfer("farm", f"w{worker}", 1_000, 30 * month)
            make.transfer(f"w{worker}", "keeper", 900, 30 * month + 0.5)
            make.transfer("farm", "another", 1_000, 30 * month)
    rows = swept_to(make.view(), 48, 80, LEAST)
    assert rows["star"].to_list() == [True] if origins == STAR else [False] * origins
    assert rows["payments"].sum() == 3 * origins


@pytest.mark.parametrize(("others", "many"), [(3 * PAYERS - 3, 1), (3 * PAYERS - 2, 0)])
def test_whom_everybody_pays_is_no_star(others: int, many: int) -> None:
    make = Make()
    for worker in range(3):
        for month in range(3):
            make.transfer("farm", f"w{worker}", 1_000, 30 * month)
            make.transfer(f"w{worker}", "shop", 900, 30 * month + 0.5)
    for customer in range(others):
        make.transfer(f"customer {customer}", "shop", 70, customer)
    assert len(swept_to(make.view(), 48, 80, LEAST)) == many


def test_a_payer_of_two_is_no_employer() -> None:
    make = Make()
    for worker in ("ana", "bo"):
        for month in range(3):
            make.transfer("friend", worker, 1_000, 30 * month)
            make.transfer(worker, "keeper", 900, 30 * month + 0.5)
    assert sweeps(make.view(), 48, 80, LEAST).is_empty()
