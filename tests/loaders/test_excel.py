from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlsxwriter

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.profile import Profile
from finvest.reading.propose import propose
from finvest.reading.sheets import is_sure, shortest
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXCEL = Registry().loader("excel")
OWN = "DE02100100100006820101"
HEADER = ["Date", "Account", "Amount", "Currency", "Counterparty account", "Reference"]
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write(path: Path, *pages: Sequence[Sequence[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    day, moment = (book.add_format({"num_format": f}) for f in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm"))
    for rows in pages:
        page = book.add_worksheet()
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(r, c, value, moment)
                elif isinstance(value, date):
                    page.write_datetime(r, c, value, day)
                elif isinstance(value, str):
                    page.write_string(r, c, value)
                elif value is not None:
                    page.write(r, c, value)
    book.close()
    return path


def load(path: Path, profile: Profile | None = None, **options: Any) -> tuple[dict[str, pl.DataFrame], Tally]:
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in EXCEL.read(Source.of(path), profile, **options):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


def test_a_sheet_loads_with_real_dates_and_text_amounts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.xlsx",
        [
            HEADER,
            [date(2024, 1, 2), OWN, "-12.50", "EUR", "0012", "é"],
            [],
            [datetime(2024, 1, 3, 12, 30), OWN, "1", "EUR", 12, "x"],
            ["2024-01-04", OWN, "1.005", "EUR", None, None],
            HEADER,
        ],
    )
    tables, tally = load(path)
    assert tally == Tally(loaded=2, quarantined=1, headers=2, blanks=1)
    rows = tables["transactions"]
    assert rows["booked_at"].to_list() == [datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 3, 12, 30, tzinfo=UTC)]
    assert rows["precision"].to_list() == ["date", "second"]
    assert rows["record"].to_list() == [2, 4]
    assert tables["quarantine"]["reason"].to_list() == ["AMOUNT_SCALE"]
    assert tables["identifiers"].filter(pl.col("scheme") == "local")["value"].to_list() == ["0012", "12"]


def test_floats_need_declared_decimals_and_must_fit_them(tmp_path: Path) -> None:
    amounts = [-12.5, 0.125, 0.1 + 0.2, 1234567890123.45]
    path = write(tmp_path / "x.xlsx", [HEADER, *([date(2024, 1, 2), OWN, a, "EUR"] for a in amounts)])
    with pytest.raises(SourceError, match="decimals"):
        load(path)
    tables, tally = load(path, decimals=2)
    assert tally == Tally(loaded=3, quarantined=1, headers=1)  # the writer keeps sixteen digits, so 0.1 + 0.2 is 0.3
    assert tables["transactions"]["amount"].cast(pl.Int64).to_list() == [1250, 30, 123456789012345]
    assert tables["quarantine"]["reason"].to_list() == ["AMOUNT_SCALE"]


def test_floats_follow_the_points_not_the_signs_of_the_profile(tmp_path: Path) -> None:
    german = Profile.from_toml(
        'name = "x"\n[columns]\ndate = "Datum"\namount = "Betrag"\nown_number = { value = "1" }\n'
        'currency = { value = "EUR" }\n[amounts]\ndecimal = ","\nthousands = "."\ndecimals = 2\n'
    )
    path = write(tmp_path / "x.xlsx", [["Datum", "Betrag"], [date(2024, 1, 2), 1.5], [date(2024, 1, 2), "1.234,5"]])
    tables, _ = load(path, german)
    assert tables["transactions"]["amount"].cast(pl.Int64).to_list() == [150, 123450]


def test_numbers_that_may_have_lost_digits_are_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", [HEADER, [date(2024, 1, 2), OWN, "1", "EUR", 1234567890123456]])
    tables, _ = load(path)
    assert tables["quarantine"].select("reason", "line").rows() == [("TYPE", 2)]


def test_every_sheet_must_be_known(tmp_path: Path) -> None:
    good: list[list[object]] = [[*HEADER], [date(2024, 1, 2), OWN, "1", "EUR"]]
    path = write(tmp_path / "x.xlsx", good, [], good)
    tables, tally = load(path)
    assert tally == Tally(loaded=2, headers=2)
    assert tables["transactions"]["record"].to_list() == [2, 4]
    path = write(tmp_path / "y.xlsx", good, [["Notes"]])
    with pytest.raises(SourceError, match="sheet 2"):
        load(path)
    assert load(path, sheet=1)[1] == Tally(loaded=1, headers=1)
    with pytest.raises(UsageError, match="no sheet"):
        load(path, sheet="Other")


def test_a_list_of_companies(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", [["Number", "Name", "Incorporated"], ["00123", "Alpha", date(2020, 1, 2)]])
    tables, _ = load(path)
    assert tables["companies"].select("number", "name", "incorporated").rows() == [("00123", "Alpha", date(2020, 1, 2))]


def test_a_proposal_asks_for_the_decimals_of_floats(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", [["Datum", "Betrag"], [date(2024, 1, 2), -1.5]])
    proposal = propose(path)
    assert [q.option for q in proposal.questions] == ["account", "currency", "decimals"]
    tables, tally = load(path, proposal.answers(account=OWN, currency="EUR", decimals=2))
    assert tally == Tally(loaded=1, headers=1)
    assert int(tables["transactions"]["amount"][0]) == 150


def hostile(path: Path, sheet: bytes, **changed: bytes) -> Path:
    donor = write(path.with_name("donor.xlsx"), [["Date"]])
    with zipfile.ZipFile(donor) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else changed.get(part, old.read(part)))
    return path


@pytest.mark.parametrize(
    "sheet",
    [
        b'<c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c>',
        b'<c r="A1"><v>1</v></c></row><row r="1048576"><c r="&#88;FD1048576"><v>1</v></c>',
        b"<c s='>' r='XFD1048576'><v>1</v></c>",
    ],
)
def test_a_sheet_of_two_cells_far_apart_is_refused_before_the_reader_sees_it(sheet: bytes, tmp_path: Path) -> None:
    xml = (
        b'<worksheet xmlns="'
        + NAMESPACE.encode()
        + b'"><sheetData><row r="1">'
        + sheet
        + b"</row></sheetData></worksheet>"
    )
    with pytest.raises(SourceError, match="cells"):
        load(hostile(tmp_path / "x.xlsx", xml))


def test_a_wide_dimension_is_refused(tmp_path: Path) -> None:
    xml = f'<worksheet xmlns="{NAMESPACE}"><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'.encode()
    with pytest.raises(SourceError, match="cells"):
        load(hostile(tmp_path / "x.xlsx", xml))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    xml = f'<worksheet xmlns="{NAMESPACE}">{" " * 50_000_000}<sheetData/></worksheet>'.encode()
    with pytest.raises(SourceError, match="unpacks"):
        load(hostile(tmp_path / "x.xlsx", xml))


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    xml = f'<!DOCTYPE a [<!ENTITY b "c">]><worksheet xmlns="{NAMESPACE}"><sheetData/></worksheet>'.encode()
    with pytest.raises(SourceError, match=r"document type|damaged"):
        load(hostile(tmp_path / "x.xlsx", xml))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"Date,Amount\n"])
def test_what_is_no_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        load(path)


def test_empty_and_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="empty"):
        load(write(tmp_path / "x.xlsx", []))
    whole = write(tmp_path / "y.xlsx", [HEADER]).read_bytes()
    (tmp_path / "z.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged"):
        load(tmp_path / "z.xlsx")


def test_numbers_are_written_with_the_fewest_digits() -> None:
    assert [shortest(v) for v in (1.0, -0.5, 1e21, 1e-7, 0.1 + 0.2, 100.0)] == [
        "1", "-0.5", "1000000000000000000000", "0.0000001", "0.30000000000000004", "100",
    ]  # fmt: skip
    assert [is_sure(t) for t in ("123456789012345", "1234567890123456", "1234567890123450", "0.30000000000000004")] == [
        True, False, False, False,
    ]  # fmt: skip
