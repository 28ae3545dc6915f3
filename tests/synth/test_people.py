"""The story of labour exploitation is what the key says, by the files alone and in plain Python."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest

from finvest.model.tables import PROTECTED
from tests.synth.conftest import SEEDS, made

if TYPE_CHECKING:
    from finvest.synth.key import Pattern
    from tests.synth.conftest import Made

Rows = list[dict[str, str]]
MINIMUM, COST = Decimal("12.00"), Decimal("12.00") * Decimal("1.31")


@cache
def table(seed: int, name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(made(seed).files[f"{name}.csv"].decode())))


def rows_of(case: Made, pattern: Pattern, name: str) -> Rows:
    return [table(case.seed, name)[p.record - 2] for p in pattern.records if p.file == f"{name}.csv"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


def by_day(rows: Rows) -> dict[str, Rows]:
    days: dict[str, Rows] = {}
    for row in rows:
        days.setdefault(row["Booked at"][:10], []).append(row)
    return days


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["residents", "holders"])
def test_every_protected_attribute_of_every_person_is_there(seed: int, name: str) -> None:
    people = table(seed, name)
    columns = [attribute.replace("_", " ").capitalize() for attribute in PROTECTED]
    assert all(row[column] for row in people for column in columns)
    assert all(len({row[column] for row in people}) > 1 for column in columns)


def test_places_of_the_key_are_rows(case: Made) -> None:
    for pattern in case.key.patterns:
        for place in pattern.records:
            assert 2 <= place.record <= len(table(case.seed, place.file.removesuffix(".csv"))) + 1
        assert bool(pattern.accounts) or bool(pattern.parties)


def test_books_are_of_accounts_whose_holders_are_known(case: Made) -> None:
    own = {row["Account"] for row in table(case.seed, "account_records")}
    held = {row["To"] for row in table(case.seed, "relations") if row["Kind"] == "holds"}
    assert len(own) == case.key.owners
    assert own <= held
    # Only one side of each movement is on file, so that none of it pairs.
    assert not own & {row["Counterparty account"] for row in table(case.seed, "account_records")}


def test_the_suspects_house_costs_what_was_sent(case: Made) -> None:
    pattern = case.pattern("AST-02 house of a relative")
    amounts = [int(row["Amount"].replace(".", "")) for row in rows_of(case, pattern, "account_records")]
    assert sum(amounts) == 0
    (house,) = rows_of(case, pattern, "assets")
    assert -min(amounts) == int(house["Amount"].replace(".", ""))
    suspects = {row["Number"] for row in table(case.seed, "residents") if row["Subject category"] == "suspect"}
    assert len(suspects) == 1


def test_the_crew_opened_accounts_with_one_telephone(case: Made) -> None:
    pattern = case.pattern("CTL-01 one telephone")
    contacts = rows_of(case, pattern, "contacts")
    assert {row["Subject"] for row in contacts} == {m.account for m in pattern.accounts}
    assert (len({row["Value"] for row in contacts}), len(contacts)) == (1, 6)
    days = [day(row["Start"]) for row in contacts]
    assert (max(days) - min(days)).days <= 90
    names = {row["Number"]: row["Name"].split()[-1] for row in table(case.seed, "residents")}
    holders = {row["Account"]: names.get(row["Holder"]) for row in table(case.seed, "account_openings")}
    assert len({holders[row["Subject"]] for row in contacts}) == 6


def test_the_operator_makes_most_sessions(case: Made) -> None:
    pattern = case.pattern("CTL-07 operator")
    (device,) = {row["Device"] for row in rows_of(case, pattern, "sessions")}
    for member in pattern.accounts:
        sessions = [row["Device"] for row in table(case.seed, "sessions") if row["Account"] == member.account]
        assert sessions.count(device) * 2 > len(sessions)


def test_one_person_pays_in_for_four(case: Made) -> None:
    rows = rows_of(case, case.pattern("CTL-07 counter"), "account_records")
    days = [day(row["Booked at"][:10]) for row in rows]
    assert len({row["Account"] for row in rows}) == 4
    assert (max(days) - min(days)).days < 30
    (who,) = {row["Conductor"] for row in rows}
    assert who not in {row["Account holder"] for row in rows}
    others = {row["Conductor"] for row in table(case.seed, "account_records") if row["Channel"] == "cash_branch"}
    assert others - {""} == {who}


def test_the_shared_flat_shares_nothing_but_the_address(case: Made) -> None:
    pattern = case.pattern("CTL-01 look-alike shared flat")
    assert len({row["Value"] for row in rows_of(case, pattern, "contacts")}) == 1
    phones = [row["Value"] for row in table(case.seed, "contacts")
              if row["Subject"] in {m.account for m in pattern.accounts}]  # fmt: skip
    assert len(set(phones)) == len(phones) == 5


def test_wages_are_swept_within_two_days(case: Made) -> None:
    rows = rows_of(case, case.pattern("CTL-03 sweeps"), "account_records")
    origins = {row["Account"] for row in rows}
    assert len(origins) == 6
    assert len({row["Counterparty account"] for row in rows if row["Amount"].startswith("-")}) == 1
    for origin in origins:
        for wage, sweep in zip(*[iter([row for row in rows if row["Account"] == origin])] * 2, strict=True):
            assert at(sweep["Booked at"]) - at(wage["Booked at"]) <= timedelta(hours=48)
            assert -Decimal(sweep["Amount"]) >= Decimal("0.8") * Decimal(wage["Amount"])


def test_the_collector_gets_wages_of_four_others(case: Made) -> None:
    rows = rows_of(case, case.pattern("CTL-02 collector of wages"), "account_records")
    for paid in by_day(rows).values():
        names = {row["Payee as written"] for row in paid}
        assert len(names) == 4
        assert not {name.split()[-1] for name in names} & {row["Account holder"].split()[-1] for row in paid}


def test_the_convoy_comes_again_and_the_bus_brings_others(case: Made) -> None:
    def occasions(name: str) -> list[set[str]]:
        rows = by_day(rows_of(case, case.pattern(name), "account_records"))
        for queue in rows.values():
            assert len({row["Terminal"] for row in queue}) == 1
            times = sorted(at(row["Booked at"]) for row in queue)
            assert all(b - a <= timedelta(minutes=5) for a, b in pairwise(times))
            assert times[-1] - times[0] <= timedelta(minutes=20)
        return [{row["Account"] for row in queue} for queue in rows.values()]

    convoy, bus = occasions("CTL-04 convoy"), occasions("CTL-04 look-alike works bus")
    assert len(convoy) == 8
    assert all(cards == convoy[0] for cards in convoy)
    assert all(5 * len(a & b) < 3 * len(a | b) for a, b in combinations(bus, 2))


def test_cleaners_send_to_two_and_bakers_to_eight(case: Made) -> None:
    for name, receivers in (("LAB-07 senders in step", 2), ("LAB-07 look-alike payday", 8)):
        evenings = by_day(rows_of(case, case.pattern(name), "account_records"))
        assert len(evenings) == 6
        for rows in evenings.values():
            times = [at(row["Booked at"]) for row in rows]
            assert max(times) - min(times) <= timedelta(hours=2)
            assert len({row["Terminal"] for row in rows}) == 1
            assert len({row["Counterparty account"] for row in rows}) == receivers


def _hours(case: Made, worker: str, month: str) -> Decimal:
    rosters = [r for r in table(case.seed, "rosters") if (r["Worker"], r["Start"][:7]) == (worker, month)]
    sheets = [Decimal(r["Hours"]) for r in rosters if r["Kind"] == "timesheet"]
    return sum(sheets, Decimal())


def _kept(row: dict[str, str], *lawful: str) -> Decimal:
    parts = [part.strip().rpartition(" ") for part in row["Deductions"].split(";")]
    return sum((Decimal(cents) for kind, _, cents in parts if kind not in lawful), Decimal())


def test_the_farm_pays_less_than_the_minimum_and_the_bakery_does_not(case: Made) -> None:
    for row in rows_of(case, case.pattern("LAB-02 short pay"), "payroll"):
        paid = Decimal(row["Net"]) + Decimal("95.00")
        assert paid < MINIMUM * Decimal("0.9") * _hours(case, row["Worker"], row["Start"][:7])
    for row in rows_of(case, case.pattern("LAB-02 look-alike apprentice and part-month"), "payroll"):
        hours = _hours(case, row["Worker"], row["Start"][:7]) or Decimal(row["Hours"])
        assert Decimal(row["Gross"]) >= MINIMUM * hours


def test_gross_pay_is_net_and_deductions(case: Made) -> None:
    for row in table(case.seed, "payroll"):
        assert Decimal(row["Gross"]) == Decimal(row["Net"]) + _kept(row)


def test_lodging_takes_more_than_a_quarter_and_a_court_may(case: Made) -> None:
    for row in rows_of(case, case.pattern("LAB-03 lodging"), "payroll"):
        assert _kept(row, "income tax") * 4 > Decimal(row["Gross"])
    for row in rows_of(case, case.pattern("LAB-03 look-alike court order"), "payroll"):
        assert _kept(row, "income tax") * 4 > Decimal(row["Gross"])
        assert _kept(row, "income tax", "garnishment", "advance repayment") == 0


def test_prices_by_the_hour(case: Made) -> None:
    def below(name: str) -> list[bool]:
        rows = rows_of(case, case.pattern(name), "invoices")
        return [Decimal(row["Amount"]) < COST * Decimal(row["Hours"]) for row in rows]

    assert all(below("AGY-01 cheap labour"))
    assert sum(below("AGY-01 look-alike partial bill")) <= 1


def test_the_cluster_hands_staff_on_and_the_franchise_does_not(case: Made) -> None:
    for name, moving in (("AGY-03 cluster", True), ("AGY-03 look-alike franchise family", False)):
        pattern = case.pattern(name)
        members = {party.number for party in pattern.parties}
        firms = [row for row in table(case.seed, "company_extracts") if row["Number"] in members]
        born = [day(row["Incorporated"]) for row in firms]
        assert len(firms) >= 10
        assert len({row["Address"] for row in firms}) == 1
        assert (max(born) - min(born)).days <= 30
        jobs: dict[str, set[str]] = {}
        for row in table(case.seed, "payroll"):
            if row["Employer"] in members:
                jobs.setdefault(row["Worker"], set()).add(row["Employer"])
        moved = sum(len(employers) > 1 for employers in jobs.values())
        assert (moved * 5 >= len(jobs)) == moving
        assert moving == all(row["Dissolved"] for row in firms)


def test_only_the_nominee_directs_ten_companies_of_many_sectors(case: Made) -> None:
    sectors = {row["Number"]: row["Activity"][:2] for row in table(case.seed, "company_extracts")}
    posts: dict[str, list[str]] = {}
    for row in table(case.seed, "relations"):
        if row["Kind"] == "directs" and not row["End"]:
            posts.setdefault(row["From"], []).append(sectors[row["To"]])
    many = [who for who, held in posts.items() if len(held) >= 10 and len(set(held)) >= 10]
    assert many == [party.number for party in case.pattern("REG-02 nominee").parties]
    assert max(len(held) for held in posts.values() if len(set(held)) == 1) >= 10
    names = Counter(row["Name"] for row in table(case.seed, "residents"))
    assert max(names.values()) >= 2


def test_adverts_follow_payments_of_their_price_and_the_musicians_do_not(case: Made) -> None:
    for name, soon in (("ADV-04 adverts", True), ("ADV-04 look-alike touring musician", False)):
        pattern = case.pattern(name)
        payments = rows_of(case, pattern, "account_records")
        adverts = rows_of(case, pattern, "adverts")
        assert len({row["Phone"] for row in adverts}) == 1
        for advert in adverts:
            before = [
                at(advert["Posted at"]) - at(row["Booked at"])
                for row in payments
                if row["Amount"] == f"-{advert['Price']}"
            ]
            assert any(timedelta() <= gap <= timedelta(minutes=10) for gap in before) == soon
