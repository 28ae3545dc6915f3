"""Groups in step, beside counting by hand; who is staff, and what is sent away."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from finvest.features.synchrony import PERIOD, SERVICE, in_step, remittances, staff
from finvest.findings.make import START, Make
from tests.features.conftest import number


def frame(rows: list[tuple[str, str, int]]) -> pl.DataFrame:
    """Actions of (member, action, minute)."""
    times = [START + timedelta(minutes=minute) for _, _, minute in rows]
    return pl.DataFrame(
        {
            "group": ["g"] * len(rows),
            "action": [action for _, action, _ in rows],
            "member": [member for member, _, _ in rows],
            "n": range(len(rows)),
            "earliest": times,
            "day": [at.date() for at in times],
        },
        schema_overrides={"earliest": pl.Datetime("us", "UTC")},
    )


def by_hand(rows: list[tuple[str, str, int]], hours: int, least: int) -> dict[tuple[str, date], int]:
    best: dict[tuple[str, date], int] = {}
    for _, action, last in rows:
        members = {m for m, a, at in rows if a == action and last - 60 * hours <= at <= last}
        day = (START + timedelta(minutes=last)).date()
        if len(members) >= least:
            best[action, day] = max(best.get((action, day), 0), len(members))
    return best


@pytest.mark.parametrize("seed", range(20))
def test_windows_against_counting_by_hand(seed: int) -> None:
    chosen = random.Random(seed)
    rows = [(chosen.choice("ABCDEF"), chosen.choice("xy"), chosen.choice(range(0, 20_000, 30))) for _ in range(150)]
    found = in_step(frame(rows), 2, 2)
    got = {(action, day): members for action, day, members in found.select("action", "day", "members").iter_rows()}
    assert got == by_hand(rows, 2, 2)


@pytest.mark.parametrize(("apart", "periods"), [(PERIOD - 1, 1), (PERIOD, 2)])
def test_days_close_to_each_other_are_one_pay_period(apart: int, periods: int) -> None:
    rows = [(member, "x", day * 1440) for day in (0, apart) for member in "AB"]
    assert in_step(frame(rows), 2, 2)["period"].n_unique() == periods


def test_without_an_action_nothing_is_the_same() -> None:
    rows = frame([("A", "x", 0), ("B", "x", 0)]).with_columns(action=pl.lit(None, pl.String))
    assert in_step(rows, 2, 1).is_empty()


def test_an_account_of_a_worker_is_known_in_three_ways() -> None:
    make = Make()
    for account in ("paid", "held", "named", "other"):
        make.transfer(account, "x", 1, 0)
    make.row("employments", employer="e", worker="w", payee_account=make.id("paid"), end=date(2025, 1, 31))
    make.row("employments", employer="e", worker=None)
    make.row("links", kind="holds", from_id="w", to_id=make.id("held"))
    make.row("parties", party="w", name="Ada North")
    make.holder("named", "NORTH, Ada")
    view = make.view()
    rows = staff(view)
    assert set(rows["account"]) == {number(view, account) for account in ("paid", "held", "named")}
    assert rows["until"].unique().to_list() == [date(2025, 3, 3)]
    assert rows["start"].null_count() == 3


def test_what_is_sent_away() -> None:
    make = Make()
    abroad, home, same = "DE89370400440532013000", "FR1420041010050500013M02606", "DE75512108001245126199"
    make.transfer(abroad, home, 1, 0)
    make.transfer(abroad, same, 1, 1)
    make.transfer("a", "kin", 1, 2, channel="remittance", terminal="T", other_name="Ada North")
    make.transfer("a", "service", 1, 3, channel="card_pos", mcc="4829", merchant="Sendit")
    make.transfer("a", "shop", 1, 4, channel="card_pos", mcc="5411")
    make.transfer("a", "kin", 1, 5, channel="remittance", dated=True)
    rows = remittances(make.view())
    assert rows["n"].to_list() == [0, 2, 3]
    assert rows["outlet"].to_list() == [None, "T", "Sendit"]
    assert rows["payee"].to_list()[1:] == ["ADA NORTH", None]
    assert rows["payee"][0].startswith("account ")
    assert rows["beneficiary"].null_count() == 1


def payee_of(make: Make) -> set[str | None]:
    return set(remittances(make.view())["payee"])


def test_a_services_account_is_nobodys() -> None:
    make = Make()
    make.transfer("a", "agent", 1, 0, channel="remittance")
    assert None not in payee_of(make)
    make.company("Sendit", "agent")
    assert payee_of(make) == {None}
    busy = Make()
    for i in range(SERVICE):
        busy.transfer(f"a{i}", "agent", 1, 0, channel="remittance", other_name="Ada North" if i == 0 else "")
    assert payee_of(busy) == {None, "ADA NORTH"}
