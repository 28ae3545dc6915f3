"""The shipped profiles: what each makes of the smallest file of its layout."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.identifiers import IBAN, account_id
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.profiles import shipped_profiles
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = "Number,Kind,Name,Subject category\nP-1,person,Ann Lee,victim\nP2,dragon,Smaug,\n"
OWN = "DE02100100100006820101"


def load(path: Path, content: str, **options: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    path.write_text(content, encoding="utf-8")
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in Registry().loader("delimited").read(Source.of(path), **options):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


@pytest.mark.parametrize("name", sorted(shipped_profiles()))
def test_the_header_in_the_comment_is_the_header_that_is_read(name: str) -> None:
    from importlib.resources import files

    profile = shipped_profiles()[name]
    lines = (files("finvest.loaders") / "profiles" / f"{name}.toml").read_text("utf-8").splitlines()
    shown = [line[2:] for line in lines if line.startswith("# ")]
    headers = [next(csv.reader(io.StringIO(line), delimiter=profile.delimiter)) for line in shown]
    assert any(profile.matches(header) for header in headers)


def test_plain_statements_carry_every_column(tmp_path: Path) -> None:
    profile = shipped_profiles()["plain_signed"]
    values = dict.fromkeys(profile.headers, "")
    values |= {
        "Date": "2026-11-25T13:05:59",
        "Value date": "2026-11-26",
        "Account": OWN,
        "Account holder": "Own Ltd",
        "Amount": "-12.34",
        "Currency": "EUR",
        "Balance": "-1.00",
        "Fee": "0.10",
        "Counterparty account": "77",
        "Counterparty bank": "INGDDEFF",
        "Counterparty name": "Other Ltd",
        "Reference": "rent",
        "Channel": "card_pos",
        "Merchant": "Shop",
        "Merchant category": "5411",
        "Terminal": "T1",
        "City": "Riga",
        "Country": "LV",
        "Bank reference": "B1",
        "End-to-end reference": "E1",
        "Time zone": "Europe/Riga",
    }
    tables, tally = load(tmp_path / "x.csv", ",".join(values) + "\n" + ",".join(values.values()) + "\n")
    assert tally == Tally(loaded=1, headers=1)
    row = tables["transactions"].row(0, named=True)
    assert row["booked_at"].isoformat() == "2026-11-25T11:05:59+00:00"
    assert (int(row["amount"]), int(row["balance_after"]), int(row["fee"]), row["status"]) == (1234, -100, 10, "booked")
    got = (row["channel"], row["mcc"], row["merchant"], row["terminal"], row["city"], row["country"], row["reference"])
    assert got == ("card_pos", "5411", "Shop", "T1", "Riga", "LV", "rent")
    assert (row["bank_reference"], row["end_to_end_id"], row["beneficiary_name"]) == ("B1", "E1", "Other Ltd")
    assert row["originator"] == account_id(IBAN, "", OWN)


def test_a_list_of_companies_gives_parties_identifiers_and_directors(tmp_path: Path) -> None:
    tables, tally = load(
        tmp_path / "list.csv",
        "Number,Name,Country,Register,Incorporated,Declared staff,Directors\n"
        "00123,Alpha Ltd,GB,CH,2020-01-02,5,Ann Lee; Ben Ray\n"
        "00123,Alpha Limited,GB,CH,,,Ann Lee\n"
        "77,Beta SIA,LV,,,many,\n"
        ",,LV,,,,\n"
        "78,Gamma SIA,LV,,2020-13-01,,\n",
    )
    assert tally == Tally(loaded=2, quarantined=3, headers=1)
    assert tables["companies"]["party"].n_unique() == 1
    assert tables["companies"]["number"].to_list() == ["00123", "00123"]
    assert str(tables["companies"]["incorporated"][0]) == "2020-01-02"
    assert tables["quarantine"]["reason"].to_list() == ["TYPE", "ID_MISSING", "DATE_FORMAT"]
    assert tables["links"]["kind"].unique().to_list() == ["directs"]
    assert tables["links"]["link"].n_unique() == 2
    assert set(tables["parties"]["kind"]) == {"company", "person"}
    assert set(tables["links"]["to_id"]) == set(tables["companies"]["party"])


def test_links_meet_the_parties_companies_and_accounts_of_other_files(tmp_path: Path) -> None:
    people, _ = load(tmp_path / "p.csv", PEOPLE)
    firms, _ = load(tmp_path / "c.csv", "Number,Name,Register\n00123,Alpha Ltd,CH\n")
    books, _ = load(tmp_path / "b.csv", f"Date,Account,Amount,Currency\n2024-01-02,{OWN},-1,EUR\n")
    links, tally = load(
        tmp_path / "l.csv",
        "Kind,From kind,From,To kind,To,Register,Share,Start\n"
        f"holds,,P-1,account,{OWN},,,2020-01-02\n"
        "owns,person,P-1,company,00123,CH,25-50,\n"
        "owns,person,P-1,company,00123,CH,lots,\n"
        "owns,person,,company,00123,CH,,\n"
        "owns,ghost,1,company,00123,CH,,\n",
    )
    assert tally == Tally(loaded=2, quarantined=3, headers=1)
    first, second = links["links"].sort("record").rows(named=True)
    assert people["quarantine"]["reason"].to_list() == ["TYPE"]
    assert first["to_id"] == books["transactions"]["originator"][0]
    assert (first["from_kind"], first["to_kind"]) == ("parties", "accounts")
    assert (second["share_low"], second["share_high"]) == ("25", "50")
    assert second["to_id"] == firms["companies"]["party"][0]
    assert not links["accounts"]["own_books"].any()
    # A person of a list and one of a relation are the same where they bear the same number of the same register.
    assert first["from_id"] == people["parties"]["party"][0]


def test_any_other_table_loads_by_its_columns(tmp_path: Path) -> None:
    from finvest.reading.profile import Profile

    adverts = Profile.from_toml(
        'name = "ads"\ntable = "adverts"\nignore = ["No"]\n[columns]\nposted_at = "When"\nphone = "Phone"\n'
        'text = "Text"\nprice = "Price"\ncurrency = { value = "EUR" }\n'
        '[dates]\nformats = ["%Y-%m-%d %H:%M"]\nzone = "Europe/Riga"\n'
    )
    path = tmp_path / "ads.csv"
    path.write_text(
        "No,When,Phone,Text,Price\n1,2024-01-02 10:00,371,hello,20\n2,2024-01-02 10:00,371,hello,x\n3,,,,,,x\n"
    )
    items = list(Registry().loader("delimited").read(Source.of(path), adverts))
    frames = {item.table: item.frame for item in items if isinstance(item, Batch)}
    row = table("adverts").complete(frames["adverts"]).row(0, named=True)
    assert (row["posted_at"].isoformat(), int(row["price"])) == ("2024-01-02T08:00:00+00:00", 2000)
    assert sorted(frames["quarantine"]["reason"]) == ["AMOUNT_FORMAT", "FIELDS_SURPLUS"]
