"""AMLSim as published: two graphs and an output, against counts and sums of plain Python."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ReportRow

AMLSIM = Registry().loader("amlsim")
FOLDER = "amlsim"
GRAPHS = {"20K_cycle200": (117_805, 945), "20K_fanin200": (118_250, 954)}
"""Transactions, and accounts flagged, that each graph's metadata.txt names."""

COLUMNS = {"transactions.csv.gz": ("value", "time"), "tx.csv": ("TXN_AMOUNT_ORIG", "start")}
COLUMNS["cash_tx.csv"] = ("TXN_AMOUNT_ORIG", "RUN_DATE")
START = dt.date(2017, 1, 1)


def _load(path: Path, **options: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
    tally = Tally()
    for item in AMLSIM.read(Source.of(path), **options):
        if isinstance(item, Batch):
            frames[item.table].append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def _rows(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", [*(f"{graph}/transactions.csv.gz" for graph in GRAPHS), "tx.csv", "cash_tx.csv"])
def test_transactions_load_without_loss(name: str, acceptance_data: Path, report_row: ReportRow) -> None:
    path = acceptance_data / FOLDER / name
    tables, tally = _load(path)
    rows = _rows(path)
    amount, step = COLUMNS[path.name]
    moved = tables["transactions"].sort("record")
    total = sum(int(Decimal(row[amount]).scaleb(2)) for row in rows)
    good = tally == Tally(loaded=len(rows), headers=1) and int(moved["amount"].sum()) == total
    got = f"{tally.loaded} loaded, {tally.quarantined} quarantined, sum {total / 100:,.2f} equal"
    report_row(FOLDER, name, f"{len(rows)} rows", got, "ok" if good else "wrong")
    assert good
    assert len(rows) == GRAPHS.get(name.partition("/")[0], (len(rows),))[0]
    assert set(moved["currency"]) == {"XXX"}
    assert moved["booked_at"].dt.date().to_list() == [START + dt.timedelta(int(row[step])) for row in rows]
    assert set(moved["precision"]) == {"date"}
    assert set(moved["books"]) == {"both"}


@pytest.mark.parametrize("name", [*(f"{graph}/nodes.csv" for graph in GRAPHS), "accounts.csv"])
def test_accounts_and_their_answers(name: str, acceptance_data: Path, report_row: ReportRow) -> None:
    path = acceptance_data / FOLDER / name
    tables, tally = _load(path)
    rows = _rows(path)
    flagged = [row["isFraud"] in {"1", "true"} for row in rows]
    labels = tables["labels"].sort("record")
    good = tally == Tally(loaded=len(rows), headers=1) and labels["positive"].to_list() == flagged
    report_row(
        FOLDER,
        name,
        f"{len(rows)} rows",
        f"{tally.loaded} accounts, {sum(flagged)} positive",
        "ok" if good else "wrong",
    )
    assert good
    assert sum(flagged) == GRAPHS.get(name.partition("/")[0], (0, 4))[1]
    assert tables["accounts"]["account"].n_unique() == len(rows)
    ends = path.with_name("tx.csv" if name == "accounts.csv" else "transactions.csv.gz")
    moved = _load(ends)[0]["transactions"]
    assert {*moved["originator"], *moved["beneficiary"]} <= set(tables["accounts"]["account"])
    for hidden in ("isFraud", "fraudStep", "positive"):
        assert hidden not in tables["accounts"].columns


def test_cash_is_moved_by_accounts_of_the_set(acceptance_data: Path) -> None:
    folder = acceptance_data / FOLDER
    accounts = set(_load(folder / "accounts.csv")[0]["accounts"]["account"])
    tables, _ = _load(folder / "cash_tx.csv")
    kinds = dict(tables["accounts"].select("account", "kind").iter_rows())
    moved = tables["transactions"]
    assert all(
        (kinds[a] == "cash") != (kinds[b] == "cash") for a, b in moved.select("originator", "beneficiary").iter_rows()
    )
    assert {account for account, kind in kinds.items() if kind == "bank"} <= accounts


def test_alerts_become_labels(acceptance_data: Path, report_row: ReportRow) -> None:
    folder = acceptance_data / FOLDER
    tables, tally = _load(folder / "alerts.csv")
    labels = tables["labels"]
    good = tally == Tally(loaded=2, headers=1) and labels["kind"].to_list() == ["cycle", "cycle"]
    report_row(FOLDER, "alerts.csv", "2 alerts", f"{len(labels)} labels", "ok" if good else "wrong")
    assert good
    answers = _load(folder / "accounts.csv")[0]["labels"]
    assert set(labels["subject"]) <= set(answers.filter("positive")["subject"])
    # The day of an alert is that of a payment of its account: the simulation counts from the start that is the default.
    moved = _load(folder / "tx.csv")[0]["transactions"]
    for row, account in zip(_rows(folder / "alerts.csv"), labels["subject"], strict=True):
        day = dt.datetime.strptime(row["EVENT_DATE"], "%Y%m%d").replace(tzinfo=dt.UTC)
        assert len(moved.filter(pl.col("originator") == account, pl.col("booked_at") == day)) == 1


@pytest.mark.parametrize("name", ["alertPatterns.csv", *(f"{graph}/metadata.txt" for graph in GRAPHS)])
def test_what_is_no_data_is_refused(name: str, acceptance_data: Path, report_row: ReportRow) -> None:
    path = acceptance_data / FOLDER / name
    with pytest.raises(SourceError, match="of no file of AMLSim") as error:
        _load(path)
    report_row(FOLDER, name, "no data: refused", error.value.expected, "ok")
    assert not AMLSIM.recognises(path.read_bytes(), name)


def test_the_card_says_what_was_tried() -> None:
    assert any("nodes.csv" in what for what in AMLSIM.card.tried)
    assert any("tx.csv" in what for what in AMLSIM.card.tried)
    assert AMLSIM.card.untried
