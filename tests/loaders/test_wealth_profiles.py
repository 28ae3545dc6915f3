"""Assets, liabilities, incomes and outlays through their profiles; the example file of each loads whole."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from finvest.model.people_tables import CHOICES as PEOPLE
from finvest.model.records import Tally
from finvest.model.tables import TABLES
from finvest.model.wealth_tables import CHOICES
from tests.loaders.test_profiles import load

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = files("finvest.loaders") / "examples"
TABLE_OF = {"relatives": "links", "account_openings": "accounts", "account_records": "transactions"}


@pytest.mark.parametrize("name", sorted(f.name for f in EXAMPLES.iterdir()))
def test_an_example_file_loads_whole(name: str, tmp_path: Path) -> None:
    text = (EXAMPLES / name).read_text("utf-8")
    tables, tally = load(tmp_path / name, text)
    rows = text.count("\n") - 1
    assert tally == Tally(loaded=rows, headers=1)
    stem = name.removesuffix(".csv")
    assert len(tables[TABLE_OF.get(stem, stem)]) == rows


def test_every_table_of_wealth_and_work_has_an_example() -> None:
    stems = {f.name.removesuffix(".csv") for f in EXAMPLES.iterdir()}
    assert {*CHOICES, *PEOPLE} <= {TABLE_OF.get(stem, stem) for stem in stems}


def test_examples_are_about_the_same_people(tmp_path: Path) -> None:
    def example(name: str) -> dict[str, set[str]]:
        tables, _ = load(tmp_path / name, (EXAMPLES / name).read_text("utf-8"))
        return {t: set(f[c]) for t, f in tables.items() for c in ("party", "from_id") if c in f.columns}

    people = example("parties.csv")["parties"]
    assert len(people) == 2
    for name, table in (("assets.csv", "assets"), ("incomes.csv", "incomes"), ("relatives.csv", "links")):
        assert example(name)[table] <= people


def test_every_column_arrives(tmp_path: Path) -> None:
    tables, _ = load(
        tmp_path / "a.csv",
        "Asset,Owner,Register,Kind,Description,Country,Valued on,Acquired,Disposed of,Amount,Low,High,Currency,"
        "Paid from,Paid from bank,Mark,Known by\n"
        "h,P-1,main,property,house,RO,2025-03-10,2025-03-09,2025-04-01,1.50,1,2,EUR,77,INGDDEFF,estimate,deed\n"
        ",P-1,main,cash,,,2025-03-10,,,0,,,EUR,,,,\n",
    )
    people, _ = load(tmp_path / "p.csv", "Number,Register,Kind,Name\nP-1,main,person,Ann Lee\n")
    first, second = tables["assets"].rows(named=True)
    assert {first["party"]} == set(people["parties"]["party"])
    assert (first["asset"], first["kind"], first["description"], first["country"]) == ("h", "property", "house", "RO")
    assert [str(first[c]) for c in ("day", "began", "ended")] == ["2025-03-10", "2025-03-09", "2025-04-01"]
    assert [int(first[c]) for c in ("amount", "amount_low", "amount_high")] == [150, 100, 200]
    assert (first["mark"], first["known_by"], first["currency"]) == ("estimate", "deed", "EUR")
    assert first["paid_from"]
    assert second["asset"]
    assert int(second["amount"]) == 0
    assert (second["mark"], second["paid_from"]) == (None, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",wage,2024-01-01,2024-12-31,1,,,EUR,fact", "ID_MISSING"),
        ("P,wage,2024-01-01,2024-12-31,,,,EUR,fact", "AMOUNT_MISSING"),
        ("P,wage,2024-01-01,2024-12-31,-1,,,EUR,fact", "BOUNDS"),
        ("P,wage,2024-01-01,2024-12-31,5,6,,EUR,fact", "BOUNDS"),
        ("P,wage,2024-01-01,2024-12-31,5,-1,,EUR,fact", "BOUNDS"),
        ("P,wage,2024-01-01,2024-12-31,5,,4,EUR,fact", "BOUNDS"),
        ("P,wage,2024-01-02,2024-01-01,5,,,EUR,fact", "BOUNDS"),
        ("P,theft,2024-01-01,2024-12-31,5,,,EUR,fact", "TYPE"),
        ("P,wage,2024-01-01,2024-12-31,5,,,EUR,certain", "TYPE"),
        ("P,wage,1 January,2024-12-31,5,,,EUR,fact", "DATE_FORMAT"),
        ("P,wage,2024-01-01,2024-12-31,0.001,,,EUR,fact", "AMOUNT_SCALE"),
        ("P,wage,2024-01-01,2024-12-31,5,,,,fact", "CURRENCY_UNKNOWN"),
    ],
)
def test_what_cannot_be_counted_is_set_aside(row: str, reason: str, tmp_path: Path) -> None:
    head = "Receiver,Kind,Start,End,Amount,Low,High,Currency,Mark\n"
    tables, tally = load(tmp_path / "i.csv", f"{head}{row}\nP,wage,2024-01-01,2024-12-31,5,5,5,EUR,fact\n")
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["quarantine"]["reason"].to_list() == [reason]
    assert set(tables) == {"incomes", "quarantine"} <= set(TABLES)
