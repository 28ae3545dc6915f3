"""The extract of AMLworld HI-Small: loaded without loss, against sums and counts of plain Python."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest import Case
from finvest.model.errors import NotAssessable
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ReportRow

AMLWORLD = Registry().loader("amlworld")
FOLDER = "amlworld"
TRANS, PATTERNS = "HI-Small_extract_Trans.csv", "HI-Small_extract_Patterns.txt"

CODES = {"US Dollar": "USD", "Euro": "EUR", "UK Pound": "GBP", "Swiss Franc": "CHF", "Yuan": "CNY", "Rupee": "INR"}
CODES |= {"Ruble": "RUB", "Canadian Dollar": "CAD", "Australian Dollar": "AUD", "Mexican Peso": "MXN", "Yen": "YEN"}
CODES |= {"Brazil Real": "BRL", "Saudi Riyal": "SAR", "Shekel": "ILS"}
"""Every currency of the extract; all amounts in it are in hundredths."""


def _load(path: Path, **options: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
    tally = Tally()
    for item in AMLWORLD.read(Source.of(path), **options):
        if isinstance(item, Batch):
            frames[item.table].append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def _attempts(path: Path) -> list[tuple[str, list[str]]]:
    """Return kind and lines of each attempt, read in another way than the loader's."""
    blocks = re.findall(
        r"BEGIN LAUNDERING ATTEMPT - ([A-Z-]+).*?\n(.*?)END LAUNDERING", path.read_text("utf-8"), re.DOTALL
    )
    return [(kind.lower().replace("-", "_"), lines.splitlines()) for kind, lines in blocks]


def test_transactions_load_without_loss(acceptance_data: Path, report_row: ReportRow) -> None:
    path = acceptance_data / FOLDER / TRANS
    tables, tally = _load(path)
    rows = _rows(path)
    sums: Counter[str] = Counter()
    for row in rows:
        sums[CODES[row[8]]] += int(Decimal(row[7]).scaleb(2))
    moved = tables["transactions"]
    ours = {code: int(total) for code, total in moved.group_by("currency").agg(pl.col("amount").sum()).iter_rows()}
    good = tally == Tally(loaded=len(rows), headers=1) and ours == sums
    got = f"{tally.loaded} loaded, {tally.quarantined} quarantined, {len(ours)} sums by currency equal"
    report_row(FOLDER, TRANS, f"{len(rows)} rows", got, "ok" if good else "wrong")
    assert good
    assert tally.records == len(path.read_bytes().splitlines())
    assert moved["transaction_id"].n_unique() == len(rows)
    assert (
        len(moved.filter(pl.col("originator") == pl.col("beneficiary"))) == sum(r[1:3] == r[3:5] for r in rows) == 738
    )
    assert tables["accounts"]["account"].n_unique() == len({(r[i], r[i + 1]) for r in rows for i in (1, 3)})
    assert set(moved["precision"]) == {"minute"}
    answers = tables["labels"].sort("record")["positive"].to_list()
    assert answers == [row[10] == "1" for row in rows]


def test_every_attempt_becomes_labels(acceptance_data: Path, report_row: ReportRow) -> None:
    folder = acceptance_data / FOLDER
    tables, tally = _load(folder / PATTERNS)
    attempts, labels = _attempts(folder / PATTERNS), tables["labels"]
    of_lines = Counter((kind, tuple(lines)) for kind, lines in attempts)
    written = dict(zip(range(2, 10**6), map(",".join, _rows(folder / TRANS)), strict=False))
    moved = labels.filter(pl.col("subject_kind") == "transaction").sort("record")
    ours = Counter(
        (kind, tuple(written[int(s.partition("-")[2])] for s in subjects))
        for kind, subjects in moved.group_by("pattern", maintain_order=True)
        .agg(pl.col("kind").first(), "subject")
        .select("kind", "subject")
        .iter_rows()
    )
    planted = labels.filter(pl.col("subject_kind") == "pattern")
    good = len(planted) == len(attempts) == 185 and ours == of_lines
    got = f"{len(planted)} patterns, {len(moved)} transactions labelled"
    report_row(FOLDER, PATTERNS, f"{len(attempts)} attempts", got, "ok" if good else "wrong")
    assert good
    assert tally == Tally(loaded=185 + len(moved), headers=185, blanks=185)
    assert tally.records == len((folder / PATTERNS).read_bytes().splitlines())
    assert set(moved["subject"]) <= set(_load(folder / TRANS)[0]["transactions"]["transaction_id"])
    assert planted.group_by("kind").len().sort("kind").rows() == sorted(Counter(kind for kind, _ in attempts).items())


def test_a_case_holds_the_answers_and_no_view_does(acceptance_data: Path, tmp_path: Path) -> None:
    folder = acceptance_data / FOLDER
    case = Case.create(tmp_path / "case", title="t", purpose="p", legal_basis="l", actor="a")
    case.load(folder / TRANS, loader="amlworld")
    done = case.load(folder / PATTERNS, loader="amlworld", transactions=str(folder / TRANS))
    view = case.view()
    assert done.tally.loaded == 185 + 1497
    assert len(case.table("labels")) == 2497 + 185 + 1497
    assert len(view.frame("transactions")) == 2497
    with pytest.raises(NotAssessable):
        view.frame("labels")
    for name in ("transactions", "accounts", "identifiers"):
        assert not {"positive", "pattern"} & set(view.frame(name).columns)


def test_the_card_says_what_was_not_tried() -> None:
    assert any("accounts" in what for what in AMLWORLD.card.untried)
    assert any("HI-Small" in what for what in AMLWORLD.card.tried)
