from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import MINOR, table
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

NATIVE = Registry().loader("native")
HEADER = "originator,beneficiary,amount,currency,booked_at"


def load(path: Path, **options: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in NATIVE.read(Source.of(path), **options):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def text(tmp_path: Path, content: str, name: str = "transactions.csv") -> Path:
    path = tmp_path / name
    path.write_text(content)
    return path


def parquet(tmp_path: Path, name: str = "transactions.parquet", **columns: Any) -> Path:
    base: dict[str, Any] = {
        "originator": ["a", "b"],
        "beneficiary": ["b", "a"],
        "amount": pl.Series([1250, 1], dtype=MINOR),
        "currency": ["EUR", "EUR"],
        "booked_at": pl.Series([datetime(2024, 1, 2)] * 2).dt.replace_time_zone("UTC"),
    }
    path = tmp_path / name
    pl.DataFrame({k: v for k, v in (base | columns).items() if v is not None}).write_parquet(path)
    return path


def test_csv_loads_in_minor_units(tmp_path: Path) -> None:
    tables, tally = load(
        text(
            tmp_path,
            f"{HEADER}\na,b,1250,EUR,2024-01-02\na,b,12.50,EUR,2024-01-02\na,b,3,EUR,2024-01-02T10:00:00\n\n"
            "a,,3,EUR,2024-01-02\na,b,-3,EUR,2024-01-02T10:00:00+02:00\na,b\na,b,1,EUR,2024-01-02,x\n"
            "a,b,0,EUR,2024-01-02 10:00:00.5+02:00\na,b,,EUR,2024-01-02\na,b,1,EUR,\n",
        )
    )
    assert tally == Tally(loaded=2, quarantined=8, headers=1, blanks=1)
    rows = tables["transactions"]
    assert rows["amount"].cast(pl.Int64).to_list() == [1250, 0]
    assert rows["status"].to_list() == ["booked", "information"]
    assert rows["precision"].to_list() == ["date", "millisecond"]
    assert rows["booked_at"][1] == datetime(2024, 1, 2, 8, 0, 0, 500_000, tzinfo=UTC)
    assert tables["quarantine"].sort("record")["reason"].to_list() == [
        "AMOUNT_SCALE", "DATE_FORMAT", "ID_MISSING", "SIGN_UNKNOWN", "FIELDS_MISSING", "FIELDS_SURPLUS",
        "AMOUNT_MISSING", "DATE_MISSING",
    ]  # fmt: skip


def test_declared_decimals_make_amounts_units(tmp_path: Path) -> None:
    tables, _ = load(text(tmp_path, f"{HEADER}\na,b,12.5,EUR,2024-01-02\na,b,7,XXX,2024-01-02\n"), decimals=2)
    assert tables["transactions"]["amount"].cast(pl.Int64).to_list() == [1250, 700]


def test_parquet_loads(tmp_path: Path) -> None:
    tables, tally = load(parquet(tmp_path, reference=["x", None]))
    assert tally == Tally(loaded=2)
    rows = tables["transactions"]
    assert rows["amount"].to_list() == [Decimal(1250), Decimal(1)]
    assert rows["record"].to_list() == [1, 2]
    assert rows["books"].to_list() == ["both", "both"]
    assert rows["transaction_id"].str.ends_with("-00000001").to_list() == [True, False]


def test_parquet_floats_need_declared_decimals(tmp_path: Path) -> None:
    path = parquet(tmp_path, amount=[12.5, 0.125], currency=["XXX", "XXX"])
    with pytest.raises(SourceError, match="decimals"):
        load(path)
    tables, tally = load(path, decimals=2)
    assert tally == Tally(loaded=1, quarantined=1)
    assert tables["transactions"]["amount"].to_list() == [Decimal(1250)]
    assert tables["quarantine"]["reason"].to_list() == ["AMOUNT_SCALE"]
    path = parquet(tmp_path, amount=pl.Series(["12.50", "0.10"]).str.to_decimal(scale=2))
    with pytest.raises(SourceError, match="decimals"):
        load(path)
    assert load(path, decimals=2)[0]["transactions"]["amount"].to_list() == [Decimal(1250), Decimal(10)]


def test_parquet_types_are_strict(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="zone"):
        load(parquet(tmp_path, booked_at=[datetime(2024, 7, 1)] * 2))
    tables, _ = load(parquet(tmp_path, booked_at=[datetime(2024, 7, 1)] * 2), zone="Europe/Berlin")
    assert tables["transactions"]["booked_at"][0] == datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert tables["transactions"]["zone"].to_list() == ["Europe/Berlin"] * 2
    tables, _ = load(parquet(tmp_path, booked_at=[date(2024, 7, 1)] * 2))
    assert tables["transactions"]["precision"].to_list() == ["date"] * 2
    with pytest.raises(SourceError, match="originator must be String, not Int64"):
        load(parquet(tmp_path, originator=[1, 2]))
    with pytest.raises(SourceError, match="batch_items must be Int64"):
        load(parquet(tmp_path, batch_items=[1.5, 2.5]))


def test_missing_and_foreign_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="needs the column currency"):
        load(parquet(tmp_path, currency=None))
    with pytest.raises(SourceError, match="no column colour"):
        load(parquet(tmp_path, colour=["x", "y"]))
    with pytest.raises(SourceError, match="option table"):
        load(text(tmp_path, "x,y\n1,2\n", "thing.csv"))
    with pytest.raises(SourceError, match="option table"):
        load(text(tmp_path, "decision,kind\n1,2\n", "decisions.csv"))
    with pytest.raises(UsageError, match="no option tabel"):
        load(parquet(tmp_path), tabel="transactions")


def test_any_table_loads(tmp_path: Path) -> None:
    tables, tally = load(
        text(tmp_path, "party,name,birth_year\np1,Ann,1980\np2,Ben,old\n", "people.csv"), table="parties"
    )
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["parties"].select("party", "name", "birth_year").rows() == [("p1", "Ann", 1980)]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1", b""])
def test_damaged_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "transactions.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        load(path)


def test_recognition(tmp_path: Path) -> None:
    assert NATIVE.recognises(parquet(tmp_path).read_bytes(), "x.parquet")
    assert NATIVE.recognises(f"{HEADER}\n".encode(), "transactions.csv")
    assert not NATIVE.recognises(b"Date,Amount\n", "x.csv")
    assert not NATIVE.recognises(b"", "x.csv")
