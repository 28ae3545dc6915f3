"""Nine exports in layouts of real banks, against what another project makes of them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.propose import propose
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ReportRow

DELIMITED = Registry().loader("delimited")
FOLDER = "csv_layouts"

ANSWERS: dict[str, dict[str, Any]] = {
    "creditunion.csv": {"account": "1", "currency": "TZS", "positive": "credit"},
    "default.csv": {"currency": "TZS", "positive": "credit"},
    "gls.csv": {"encoding": "latin-1", "day_first": True},
    "ingesp.csv": {"account": "1", "currency": "EUR"},
    "n26-fr.csv": {"account": "DE02100100100006820101"},
    "outbank.csv": {},
    "payoneer.csv": {"account": "1", "day_first": False},
    "stripe-default.csv": {"account": "1", "positive": "credit"},
    "xero.csv": {"currency": "TZS"},
}
"""What the file does not say and its owner would."""

ROWS = {"creditunion": 8, "default": 8, "gls": 1, "ingesp": 10, "n26-fr": 2, "outbank": 4, "payoneer": 2}
ROWS |= {"stripe-default": 5, "xero": 13}

OPINIONS = {
    "creditunion.csv": "expected_creditunion.qif",
    "default.csv": "expected_default.ofx",
    "gls.csv": "expected_gls.ofx",
    "ingesp.csv": "expected_ingesp.ofx",
    "n26-fr.csv": "expected_n26.ofx",
    "outbank.csv": "expected_outbank.ofx",
    "payoneer.csv": "expected_payoneer.ofx",
    "stripe-default.csv": "expected_stripe-default.ofx",
}

DISAGREE = {
    ("ingesp.csv", "2022-04-08"): "the other reader takes 08/04/2022 for 4 August, beside 13/04/2022 in the same file",
}
"""Days on which the outside opinion is another one, and why ours stands."""


def _load(path: Path, **answers: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    profile = propose(path).answers(**answers)
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in DELIMITED.read(Source.of(path), profile):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def _ours(transactions: pl.DataFrame) -> Counter[tuple[str, str]]:
    signed = pl.when(pl.col("books") == "originator").then(-pl.col("amount")).otherwise(pl.col("amount"))
    rows = transactions.select(pl.col("booked_at").dt.strftime("%Y-%m-%d"), signed.cast(pl.Int64))
    return Counter((day, f"{minor / 100:.2f}") for day, minor in rows.iter_rows())


def _opinion(text: str) -> Counter[tuple[str, str]]:
    if "<OFX>" in text:
        found = re.findall(r"<DTPOSTED>(\d{4})(\d\d)(\d\d)\d*</DTPOSTED>\s*<TRNAMT>([-\d.]+)", text)
        return Counter((f"{y}-{m}-{d}", amount) for y, m, d, amount in found)
    found = re.findall(r"D(\d\d)/(\d\d)/(\d{4})\r?\nP[^\n]*\nT([-\d.]+)", text)
    return Counter((f"{y}-{m}-{d}", amount) for m, d, y, amount in found)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_layout_loads(name: str, acceptance_data: Path, report_row: ReportRow) -> None:
    tables, tally = _load(acceptance_data / FOLDER / name, **ANSWERS[name])
    expected = ROWS[name.removesuffix(".csv")]
    good = (tally.loaded, tally.quarantined, tally.headers) == (expected, 0, 1)
    got = f"{tally.loaded} loaded, {tally.quarantined} quarantined"
    report_row(FOLDER, name, f"{expected} rows", got, "ok" if good else "wrong")
    assert good
    assert len(tables["transactions"]) == expected


@pytest.mark.parametrize("name", OPINIONS)
def test_dates_signs_and_amounts_agree_with_the_outside_opinion(
    name: str, acceptance_data: Path, report_row: ReportRow
) -> None:
    folder = acceptance_data / FOLDER
    tables, _ = _load(folder / name, **ANSWERS[name])
    ours, theirs = _ours(tables["transactions"]), _opinion((folder / OPINIONS[name]).read_text("utf-8"))
    only_ours = [key for key in ours - theirs if (name, key[0]) not in DISAGREE]
    only_theirs = theirs - ours
    explained = len(list((ours - theirs).elements())) - len(only_ours)
    good = not only_ours and sum(only_theirs.values()) == explained
    got = f"{sum((ours & theirs).values())} agree, {explained} differ with a reason"
    report_row(FOLDER, OPINIONS[name], f"{sum(theirs.values())} movements", got, "ok" if good else "wrong")
    assert not only_ours
    assert sum(only_theirs.values()) == explained


def test_journal_rows_of_one_entry_add_up(acceptance_data: Path, report_row: ReportRow) -> None:
    # The outside opinion folds a journal's rows into splits with the other side's sign, so rows can't be compared.
    tables, _ = _load(acceptance_data / FOLDER / "xero.csv", **ANSWERS["xero.csv"])
    signed = pl.when(pl.col("books") == "originator").then(-pl.col("amount")).otherwise(pl.col("amount"))
    journal = pl.col("surplus").str.json_path_match("$.JournalNumber")
    sums = tables["transactions"].group_by(journal).agg(signed.sum().alias("sum"))
    good = (sums["sum"] == 0).all()
    report_row(FOLDER, "expected_xero.qif", "journals add up to 0", f"{len(sums)} journals", "ok" if good else "wrong")
    assert good
    assert tables["accounts"].filter("own_books")["account"].n_unique() == 3


def test_a_comma_in_a_quoted_field_makes_no_further_field(acceptance_data: Path) -> None:
    tables, _ = _load(acceptance_data / FOLDER / "stripe-default.csv", **ANSWERS["stripe-default.csv"])
    rows = tables["transactions"]
    assert rows["reference"][0] == "Entry ID: 316, Product: Big Event 2021"
    assert not rows["surplus"].str.contains('"":', literal=True).any()
    assert rows["fee"].cast(pl.Int64).to_list() == [103, 110, 103, 103, 59]


def test_nothing_is_guessed_where_day_and_month_cannot_be_told_apart(acceptance_data: Path) -> None:
    path = acceptance_data / FOLDER / "payoneer.csv"
    with pytest.raises(UsageError, match="day_first"):
        propose(path).answers(account="1")
    with pytest.raises(SourceError, match="day_first"):
        list(DELIMITED.read(Source.of(path), account="1"))


def test_time_and_zone_are_read(acceptance_data: Path) -> None:
    tables, _ = _load(acceptance_data / FOLDER / "payoneer.csv", **ANSWERS["payoneer.csv"])
    row = tables["transactions"].row(0, named=True)
    assert (row["booked_at"].isoformat(), row["precision"], row["zone"]) == (
        "2021-05-03T12:31:46+00:00",
        "second",
        "UTC",
    )


def test_latin_1_is_read(acceptance_data: Path) -> None:
    tables, _ = _load(acceptance_data / FOLDER / "gls.csv", **ANSWERS["gls.csv"])
    row = tables["transactions"].row(0, named=True)
    assert (int(row["amount"]), int(row["balance_after"]), row["currency"]) == (9876, 123456, "EUR")
    assert propose(acceptance_data / FOLDER / "gls.csv").profile.columns["other_name"].columns == (
        "Auftraggeber/Empfänger",
    )
