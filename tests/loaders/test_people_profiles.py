"""Payroll, hours, bills, rules of pay, adverts, openings, contacts, sessions, and records of many accounts."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from finvest.model.identifiers import IBAN, account_id
from finvest.model.records import Tally
from tests.loaders.test_profiles import OWN, load

if TYPE_CHECKING:
    from pathlib import Path

PAY = "Employer,Employer register,Worker,Start,End,Hours,Gross,Net,Currency,Deductions\n"
SHIFT = "Employer,Worker,Start,End,Hours,Kind\n"
BILL = "Invoice,Supplier,Customer,Issued,Start,End,Hours,Amount,Currency\n"
RULE = "Country,Kind,Start,End,Value\n"
ADVERT = "Site,Kind,Posted at,Time zone,Price,Currency\n"
CONTACT = "Subject,Subject kind,Kind,Value,Start,End\n"
DEVICE = "Device,Account,Kind,Seen at,Time zone\n"
OPENING = "Account,Holder,Holder kind,Opened\n"
RECORD = "Booked at,Time zone,Account,Amount,Currency,Debit or credit,Channel\n"


def test_a_payroll_meets_the_companies_and_persons_of_other_lists(tmp_path: Path) -> None:
    firms, _ = load(tmp_path / "c.csv", "Number,Name,Register\n00123,Alpha Ltd,CH\n")
    people, _ = load(
        tmp_path / "p.csv", "Number,Register,Kind,Name\nP-1,main,person,Ann Lee\nP-2,main,person,Ben Ray\n"
    )
    head = (
        "Employer,Employer register,Employer kind,Worker,Worker register,Start,End,Gross,Currency,Deductions,Paid to\n"
    )
    tables, tally = load(
        tmp_path / "e.csv",
        f"{head}00123,CH,,P-1,main,2025-01-01,2025-01-31,2000.00,EUR,housing 250.00; work clothes 60,{OWN}\n"
        "P-2,CH,person,P-1,main,2025-01-01,2025-01-31,90.5,EUR,,\n",
    )
    first, second = tables["employments"].sort("record").rows(named=True)
    assert tally == Tally(loaded=2, headers=1)
    assert first["employer"] == firms["companies"]["party"][0]
    assert {first["worker"], second["worker"]} == {people["parties"].sort("record")["party"][0]}
    assert second["employer"] == people["parties"].sort("record")["party"][1]
    assert json.loads(first["deductions"]) == {"housing": "250.00", "work clothes": "60"}
    assert (int(first["gross"]), int(second["gross"])) == (200000, 9050)
    assert (first["payee_account"], second["payee_account"]) == (account_id(IBAN, "", OWN), None)
    assert (first["hours"], first["posted"], second["deductions"]) == (None, None, None)


def test_an_opening_names_its_holder_and_stays_one_account(tmp_path: Path) -> None:
    people, _ = load(tmp_path / "p.csv", "Number,Register,Kind,Name\nP-1,main,person,Ann Lee\n")
    firms, _ = load(tmp_path / "c.csv", "Number,Name,Register\n00123,Alpha Ltd,CH\n")
    tables, _ = load(
        tmp_path / "o.csv",
        "Account,Bank,Holder,Holder kind,Holder register,Holder name,Opened,Channel,Branch\n"
        f"{OWN},,P-1,,main,Ann Lee,2024-11-04,branch,North 2\n77,Bank,00123,company,CH,,2024-11-05,app,\n",
    )
    first, second = tables["accounts"].sort("record").rows(named=True)
    assert (first["account"], first["holder"]) == (account_id(IBAN, "", OWN), people["parties"]["party"][0])
    assert second["holder"] == firms["companies"]["party"][0]
    assert (str(first["opened"]), first["channel"], first["branch"]) == ("2024-11-04", "branch", "North 2")
    assert not first["own_books"]


def test_contacts_are_compared_by_kind(tmp_path: Path) -> None:
    people, _ = load(tmp_path / "p.csv", "Number,Kind,Name\nP-1,person,Ann Lee\n")
    tables, _ = load(
        tmp_path / "k.csv",
        "Subject,Subject kind,Kind,Value\n"
        f"{OWN},,phone,+49 (0)30 555-01\nP-1,person,phone,0049 30 55501\nP-1,person,email, Ann@Lee.Example\n"
        'P-1,person,address,"Mill Lane 1, Northford"\nP-1,person,address,mill lane 1 northford\n',
    )
    rows = tables["contacts"].sort("record")
    assert rows["key"].to_list() == ["+493055501", "+493055501", "ann@lee.example", *["MILLLANE1NORTHFORD"] * 2]
    assert rows["subject"].to_list() == [account_id(IBAN, "", OWN), *[people["parties"]["party"][0]] * 4]


def test_instants_stand_in_the_zone_of_their_row(tmp_path: Path) -> None:
    tables, tally = load(
        tmp_path / "a.csv",
        ADVERT + "ads,job,2025-07-01 10:00,Europe/Berlin,3.50,EUR\nads,job,2025-07-01T10:00:00,+01:00,,\n"
        "ads,job,2025-07-01 10:00,,,\nads,job,2025-07-01 10:00,Atlantis,,\n",
        zone="Europe/Riga",
    )
    assert [at.hour for at in tables["adverts"].sort("record")["posted_at"]] == [8, 9, 7]
    assert tables["quarantine"]["reason"].to_list() == ["DATE_FORMAT"]
    assert tally == Tally(loaded=3, quarantined=1, headers=1)


@pytest.mark.parametrize(
    ("head", "good", "row", "reason"),
    [
        (PAY, "1,R,P,2025-01-01,2025-01-31,160,5,4,EUR,", ",R,P,2025-01-01,2025-01-31,160,5,4,EUR,", "ID_MISSING"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,,5,4,EUR,", "1,R,,2025-01-01,2025-01-31,160,5,4,EUR,", "ID_MISSING"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,7.5,5,4,EUR,", "1,R,P,2025-01-01,2025-01-31,many,5,4,EUR,", "TYPE"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,0,5,4,EUR,", "1,R,P,2025-01-01,2025-01-31,-8,5,4,EUR,", "BOUNDS"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,1,5,4,EUR,", "1,R,P,2025-01-01,2025-01-31,1,-5,4,EUR,", "BOUNDS"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,1,5,4,EUR,", "1,R,P,2025-02-01,2025-01-31,1,5,4,EUR,", "BOUNDS"),
        (PAY, "1,R,P,2025-01-01,2025-01-31,1,5,4,EUR,rent 1", "1,R,P,2025-01-01,2025-01-31,1,5,4,EUR,rent", "TYPE"),
        (SHIFT, "1,P,2025-01-02,,9,roster", "1,P,2025-01-02,,9,gossip", "TYPE"),
        (SHIFT, "1,P,2025-01-02,,9,roster", "1,P,2025-01-02,,9:30,roster", "TYPE"),
        (BILL, "1,A,B,2025-01-02,,,10,5,EUR", "1,A,,2025-01-02,,,10,5,EUR", "ID_MISSING"),
        (BILL, "1,A,B,2025-01-02,,,,5,EUR", "1,A,B,2025-01-02,,,10,-5,EUR", "BOUNDS"),
        (RULE, "XX,hourly_minimum,2025-01-01,,12.5", "XX,hourly_minimum,2025-01-01,,", "ID_MISSING"),
        (RULE, "XX,hourly_minimum,2025-01-01,,12.5", "XX,generosity,2025-01-01,,12", "TYPE"),
        (ADVERT, "s,job,2025-01-02 10:00,,,", "s,sexual_service,2025-01-02 10:00,,-3,EUR", "BOUNDS"),
        (ADVERT, "s,job,2025-01-02 10:00,,,", "s,poem,2025-01-02 10:00,,3,EUR", "TYPE"),
        (CONTACT, f"{OWN},,phone,1,,", f"{OWN},,pigeon,1,,", "TYPE"),
        (CONTACT, f"{OWN},,phone,1,,", f"{OWN},ghost,phone,1,,", "TYPE"),
        (CONTACT, f"{OWN},,phone,1,,", f"{OWN},,phone,,,", "ID_MISSING"),
        (DEVICE, f"F,{OWN},phone,2025-01-02 10:00,", "F,,phone,2025-01-02 10:00,", "ID_MISSING"),
        (DEVICE, f"F,{OWN},phone,2025-01-02 10:00,", f"F,{OWN},phone,yesterday,", "DATE_FORMAT"),
        (OPENING, f"{OWN},P,,2025-01-02", ",P,,2025-01-02", "ID_MISSING"),
        (RECORD, f"2025-01-02,,{OWN},5,EUR,credit,", f"2025-01-02,,{OWN},5,EUR,sideways,", "SIGN_UNKNOWN"),
        (RECORD, f"2025-01-02,,{OWN},5,EUR,credit,", "2025-01-02,,,5,EUR,credit,", "ACCOUNT_MISSING"),
    ],
)
def test_what_says_nothing_is_set_aside_with_a_reason(
    head: str, good: str, row: str, reason: str, tmp_path: Path
) -> None:
    tables, tally = load(tmp_path / "x.csv", f"{head}{good}\n{row}\n")
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["quarantine"]["reason"].to_list() == [reason]


def test_records_of_many_accounts_are_each_in_its_own_books(tmp_path: Path) -> None:
    text = (files("finvest.loaders") / "examples" / "account_records.csv").read_text("utf-8")
    tables, _ = load(tmp_path / "r.csv", text)
    wage, cash, card, counter = tables["transactions"].sort("record").rows(named=True)
    own = account_id(IBAN, "", OWN)
    assert (wage["beneficiary"], cash["originator"], card["originator"]) == (own, own, own)
    assert counter["beneficiary"] not in {own, None}
    assert (wage["booked_at"].isoformat(), wage["precision"]) == ("2025-03-28T08:00:00+00:00", "second")
    assert counter["precision"] == "date"
    assert (cash["channel"], cash["terminal"], cash["country"]) == ("cash_atm", "ATM-7", "DE")
    assert (card["mcc"], card["merchant"], counter["conductor"]) == ("5411", "Corner Shop", "ID-77")
    holders = tables["accounts"].filter(tables["accounts"]["own_books"])["holder_name"]
    assert set(holders) == {"Ada Example", "Example Ltd"}
    # The receiver as written is no holder, and where nobody wrote one the holder stands.
    assert wage["beneficiary_name"] == "Ben Example"
    assert wage["originator_name"] == "Example Ltd"


def test_a_minus_is_enough_where_no_column_says_debit_or_credit(tmp_path: Path) -> None:
    head = "Booked at,Account,Amount,Currency,Counterparty name,Payee as written\n"
    tables, _ = load(
        tmp_path / "r.csv", f"{head}2025-01-02 10:00,{OWN},-5,EUR,Cy Doe,C. Doe\n2025-01-03,{OWN},5,EUR,,\n"
    )
    out, came = tables["transactions"].sort("record").rows(named=True)
    assert (out["books"], out["beneficiary_name"], came["books"]) == ("originator", "C. Doe", "beneficiary")


def test_protected_attributes_have_a_place_in_the_list_of_persons(tmp_path: Path) -> None:
    head = "Number,Kind,Name,Nationality,Ethnicity,Religion,Sex,Sexual orientation,Health,Migration status\n"
    tables, _ = load(tmp_path / "p.csv", f"{head}P-1,person,Ann Lee,a,b,c,d,e,f,g\n")
    row = tables["parties"].row(0, named=True)
    names = ("nationality", "ethnicity", "religion", "sex", "sexual_orientation", "health", "migration_status")
    assert [row[name] for name in names] == list("abcdefg")
