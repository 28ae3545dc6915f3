"""Identifiers that people share, beside a slow reference."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from finvest.features.hubs import contact_hubs, uses
from finvest.findings.make import START, Make
from tests.features.conftest import number

Contact = tuple[str, int, int | None]

DAYS, ACCOUNTS = 10, 8


def slow(contacts: list[Contact]) -> list[tuple[str, int, int, int]]:
    """Kind, holders, most who began in one period, accounts without a day."""
    found = []
    for value in sorted({v for v, *_ in contacts}):
        days: dict[int, list[int]] = {}
        for v, a, day in contacts:
            if v == value:
                days.setdefault(a, [])
                if day is not None:
                    days[a].append(day)
        if len(days) < 2:
            continue
        first = {a: min(d) for a, d in days.items() if d}
        burst = max((sum(last - DAYS < d <= last for d in first.values()) for last in range(40)), default=0)
        found.append(("phone", len(days), burst, sum(not d for d in days.values())))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_as_counted_day_by_day(seed: int) -> None:
    rng = random.Random(seed)
    contacts: list[Contact] = [
        (
            rng.choice(("+43123", "+43456", "+43789")),
            rng.randrange(ACCOUNTS),
            None if rng.random() < 0.2 else rng.randrange(30),
        )
        for _ in range(rng.randrange(2, 25))
    ]
    make = Make()
    for i in range(ACCOUNTS):
        make.transfer("works", f"a{i}", 1, i)
        make.holder(f"a{i}", f"Person Number{chr(65 + i)}")
    for value, account, day in contacts:
        make.contact(f"a{account}", "phone", value, day)
    found = contact_hubs(make.view(), DAYS)
    assert found.select("kind", "holders", "burst", "undated").rows() == slow(contacts)


def test_members_before_and_of_the_period() -> None:
    make = Make()
    for i, day in enumerate((-500, 0, 3, None, 900)):
        make.transfer("works", f"a{i}", 1, i)
        make.holder(f"a{i}", f"Person Number{chr(65 + i)}")
        make.contact(f"a{i}", "email", "shared@example.org", day)
    of = make.view()
    (row,) = contact_hubs(of, DAYS).iter_rows(named=True)
    assert row["before"] == [number(of, "a0")]
    assert sorted(row["members"]) == sorted(number(of, f"a{i}") for i in (1, 2, 3, 4))
    assert (row["first_day"], row["last_day"]) == (START.date(), START.date() + timedelta(days=3))
    assert (row["listed"], row["carer"], row["family"]) == (None, None, None)


def test_what_is_no_contact_is_left_out() -> None:
    make = Make()
    make.transfer("a0", "a1", 1, 0)
    for kind in ("fax", "", None):
        make.row("contacts", kind=kind, value="+43123", subject=make.id("a0"))
    make.row("contacts", kind="phone", value=None, subject=make.id("a0"))
    make.row("contacts", kind="phone", value="+43123", subject=None)
    make.row("contacts", kind="phone", value="+43123", subject="punknown")
    assert uses(make.view()).filter(uses(make.view())["account"].is_not_null()).is_empty()
    assert contact_hubs(make.view(), DAYS).is_empty()


def test_a_telephone_of_a_party_is_one_of_all_its_accounts() -> None:
    make = Make()
    make.transfer("a0", "a1", 1, 0)
    party = make.person("Ada Adler")
    for i in range(2):
        make.row("links", kind="holds", from_id=party, to_id=make.id(f"a{i}"))
    make.row("contacts", kind="phone", value="+43123", subject=party, start=date(2025, 1, 1))
    (row,) = contact_hubs(make.view(), DAYS).iter_rows(named=True)
    assert (len(row["members"]), row["holders"], row["unrelated"]) == (2, 1, 1)
