from __future__ import annotations

import gzip
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.lines import Reasons
from finvest.reading.sheets import shortest
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

LABELLED = Registry().loader("labelled")
_cents = vars(sys.modules[type(LABELLED).__module__])["_cents"]

Load = tuple[dict[str, pl.DataFrame], Tally]
TX = "tx_id,window,label,pattern_type,pattern_id\n"


def read(path: Path, **options: Any) -> Load:
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in LABELLED.read(Source.of(path), **options):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def moved(path: Path, **columns: list[Any]) -> Path:
    rows = max((len(v) for v in columns.values()), default=1)
    frame = {
        "tx_id": [f"T{i}" for i in range(rows)],
        "timestamp": [datetime(2025, 3, 1, 12, 30, 5)] * rows,
        "src": ["A1"] * rows,
        "dst": ["A2"] * rows,
        "amount": [10.25] * rows,
        "type": ["TRANSFER"] * rows,
        "src_bank": ["bank_a"] * rows,
        "dst_bank": ["bank_b"] * rows,
    }
    pl.DataFrame({**frame, **columns}, strict=False).write_parquet(path / "transactions.parquet")
    return path / "transactions.parquet"


def packed(path: Path, name: str, text: str) -> Path:
    (path / name).write_bytes(gzip.compress(text.encode(), mtime=0))
    return path / name


def test_transactions_become_exact_minor_units(tmp_path: Path) -> None:
    tables, tally = read(moved(tmp_path, amount=[10.25, 0.0, 341625.88, 0.1]))
    tx = tables["transactions"]
    assert tx["amount"].cast(pl.Int64).to_list() == [1025, 0, 34162588, 10]
    assert tx["status"].to_list() == ["booked", "information", "booked", "booked"]
    assert tx["transaction_id"].to_list() == ["T0", "T1", "T2", "T3"]
    assert set(tx["currency"]) == {"XXX"}
    assert set(tx["books"]) == {"both"}
    assert tx["booked_at"][0].isoformat() == "2025-03-01T12:30:05+00:00"
    assert tables["accounts"].select("account", "kind", "bank").rows() == [
        ("A1", "bank", "bank_a"),
        ("A2", "bank", "bank_b"),
    ]
    assert tally == Tally(loaded=4)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("amount", 10.001, "AMOUNT_SCALE"),
        ("amount", 0.1 + 0.2, "AMOUNT_SCALE"),
        ("amount", float("nan"), "AMOUNT_FORMAT"),
        ("amount", float("inf"), "AMOUNT_FORMAT"),
        ("amount", -1.0, "SIGN_UNKNOWN"),
        ("amount", 1e300, "AMOUNT_RANGE"),
        ("amount", None, "AMOUNT_MISSING"),
        ("src", None, "ID_MISSING"),
        ("tx_id", "", "ID_MISSING"),
        ("timestamp", None, "DATE_MISSING"),
    ],
)
def test_what_is_not_exact_is_set_aside(tmp_path: Path, column: str, value: Any, reason: str) -> None:
    good = {"amount": 1.5, "src": "A1", "tx_id": "T1", "timestamp": datetime(2025, 3, 1)}[column]
    tables, tally = read(moved(tmp_path, **{column: [good, value]}))
    assert len(tables["transactions"]) == 1
    assert tables["quarantine"].select("record", "reason", "column").rows() == [(2, reason, column)]
    assert tally == Tally(loaded=1, quarantined=1)


@given(st.lists(st.one_of(st.floats(0, 1e12), st.integers(0, 10**13).map(lambda c: c / 100)), min_size=1, max_size=20))
def test_an_amount_is_taken_exactly_where_its_shortest_text_has_two_decimals(values: list[float]) -> None:
    reasons = Reasons(len(values))
    cents = _cents(pl.Series("amount", values, pl.Float64), reasons)
    for value, got, reason in zip(values, cents.to_list(), reasons.frame["reason"], strict=True):
        whole, _, part = shortest(value).partition(".")
        if len(part) > 2:
            assert reason == "AMOUNT_SCALE"
        else:
            assert (reason, got) == (None, int(whole + part.ljust(2, "0")))


def test_outside_the_set_is_external_and_kept_as_it_was_called(tmp_path: Path) -> None:
    path = moved(tmp_path, src=["EXT_SOURCE", "A1"], dst=["A1", "EXT_SINK"], type=["INCOME", "SPEND"])
    tables, _ = read(path)
    kinds = dict(tables["accounts"].select("account", "kind").iter_rows())
    assert kinds == {"EXT_SOURCE": "external", "A1": "bank", "EXT_SINK": "external"}
    assert tables["transactions"]["surplus"].to_list() == ['{"type":"INCOME"}', '{"type":"SPEND"}']
    assert tables["transactions"]["channel"].to_list() == ["other", "other"]
    assert set(tables["identifiers"]["subject"]) == set(kinds)


def test_accounts_with_and_without_names(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(
        "account_id,bank,first_name,last_name,city,init_balance\nA1,bank_a,Ada,Example,x,1\nA2,bank_a,,,x,1\n\n"
    )
    tables, tally = read(path)
    assert tables["accounts"].select("account", "holder_name").rows() == [("A1", "Ada Example"), ("A2", "")]
    assert tally == Tally(loaded=2, headers=1, blanks=1)


def test_answers_have_a_row_for_each_pattern(tmp_path: Path) -> None:
    text = (
        TX.replace("tx_id", "account_id")
        + "A1,val,1,cycle;fan_in,7;9\nA2,all,0,,\nA3,all,1,cycle,7;8\nA4,all,2,,\nA5,all\n"
    )
    tables, tally = read(packed(tmp_path, "labels_accounts.csv.gz", text))
    rows = tables["labels"].select("subject_kind", "subject", "pattern", "kind", "window", "positive").rows()
    assert rows == [
        ("account", "A1", "7", "cycle", "val", True),
        ("account", "A1", "9", "fan_in", "val", True),
        ("account", "A2", None, None, "all", False),
        ("account", "A3", "7", None, "all", True),  # which kind is whose is not said
        ("account", "A3", "8", None, "all", True),
    ]
    assert tables["quarantine"].select("line", "reason").rows() == [(5, "TYPE"), (6, "FIELDS_MISSING")]
    assert tally == Tally(loaded=3, quarantined=2, headers=1)
    assert tally.records == 6


def test_patterns_say_their_kind(tmp_path: Path) -> None:
    text = "pattern_id,pattern_type,transactions,accounts,first,last,amount\n7,cycle,3,3,2025-01-01,2025-01-02,5.5\n"
    tables, _ = read(packed(tmp_path, "labels_patterns.csv.gz", text))
    assert tables["labels"].select("subject_kind", "subject", "pattern", "kind", "positive").rows() == [
        ("pattern", "7", "7", "cycle", True)
    ]


def test_files_are_recognised_by_their_columns(tmp_path: Path) -> None:
    loader = LABELLED
    tx = moved(tmp_path).read_bytes()
    assert loader.recognises(tx, "x.parquet")
    assert loader.recognises(packed(tmp_path, "a", TX).read_bytes(), "a.csv.gz")
    assert loader.recognises(b"account_id,bank,age,monthly_salary,city,init_balance\nA1", "accounts.csv")
    for head in (b"PAR1", b"\x1f\x8b", b"", b"account_id,bank\n", gzip.compress(b"a,b\n"), b"\x1f\x8b" + b"x" * 50):
        assert not loader.recognises(head, "transactions.parquet")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels.csv.gz", gzip.compress(TX.encode(), mtime=0)[:-6], "packed with gzip; this one is damaged"),
        ("labels.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0), "its columns are others"),
        ("labels.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("x.parquet", b"PAR1 and nothing", "damaged"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_whole(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        read(tmp_path / name)


def test_a_foreign_parquet_file_and_options_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(SourceError, match="expected the columns of a labelled set"):
        read(path)
    with pytest.raises(SourceError, match="expected numbers with decimals"):
        read(moved(tmp_path, amount=["1"]))
    with pytest.raises(UsageError, match="no options"):
        read(moved(tmp_path), zone="UTC")
