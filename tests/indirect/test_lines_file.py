"""Lines from a file: read exactly, refused with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.indirect import PARTS, from_file
from finvest.model.errors import DataError, NotAssessable, UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "Part,Item,Low,Amount,High,Mark,Record,Reason,Worker\n"


def lines(folder: Path, text: str) -> Path:
    path = folder / "lines.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_unit_and_volume(tmp_path: Path) -> None:
    """10 to 14 kilograms a week, 3 towels a kilogram, 50 weeks, 80.00 each; 20,000.00 declared."""
    path = lines(
        tmp_path,
        "volume,kilograms a week,10,12,14,estimate,laundry.csv:3,,\n"
        "volume,towels a kilogram,,3,,assumption,,usual weight,\n"
        "volume,weeks,,50,,fact,laundry.csv:1,,\n"
        "price,price,,80.00,,fact,advert.csv:2,,\n"
        "declared,tax return,,20000.00,,fact,tax.pdf,,\n",
    )
    proof = from_file("unit_and_volume", path, "EUR")
    assert (proof.low, proof.central, proof.high) == (100_000_00, 124_000_00, 148_000_00)


def test_exploitation_benefit_by_worker(tmp_path: Path) -> None:
    """One is owed 1,000.00 less 400.00; the other was paid more than due, and a fee of 50.00 was taken."""
    path = lines(
        tmp_path,
        "due,pay due,,1000.00,,fact,r:1,,A\npaid,pay,,400.00,,fact,r:2,,A\n"
        "hours,hours,,10,,fact,r:3,,B\nrate,wage,,12.50,,fact,r:4,,B\npaid,pay,,200.00,,fact,r:5,,B\n"
        "fees,fee,,50.00,,estimate,r:6,,B\n",
    )
    assert from_file("exploitation_benefit", path, "EUR").central == 650_00


def test_a_line_without_a_record_names_the_file(tmp_path: Path) -> None:
    path = lines(tmp_path, "receipts,paid,,10.00,,fact,,,\nretained,kept,,0.00,,fact,,,\n")
    proof = from_file("client_receipts", path, "EUR")
    assert proof.to_frame()["because"].to_list() == ["lines.csv:2", "lines.csv:3"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nothing,x,,1.00,,fact,,,\n", r"lines\.csv:2: Part must be one of receipts, retained"),
        ("receipts,x,,1.001,,fact,,,\n", r"lines\.csv:2: Low, Amount and High"),
        ("receipts,x,,,,fact,,,\n", r"lines\.csv:2: Low, Amount and High"),
        ("receipts,x,2.00,1.00,3.00,estimate,,,\n", r"lines\.csv:2: a line's low, central and high"),
        ("receipts,x,,1.00,,sure,,,\n", r"lines\.csv:2: a line's mark"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        from_file("client_receipts", lines(tmp_path, text), "EUR")


def test_what_lacks_or_is_unknown(tmp_path: Path) -> None:
    path = lines(tmp_path, "receipts,x,,1.00,,fact,,,\n")
    with pytest.raises(NotAssessable, match="what the person could keep"):
        from_file("client_receipts", path, "EUR")
    with pytest.raises(UsageError, match="there are net_worth"):
        from_file("guess", path, "EUR")
    with pytest.raises(UsageError, match="ISO 4217"):
        from_file("client_receipts", path, "EURO")
    path.write_text("Item,Amount\nx,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column Mark, Part"):
        from_file("client_receipts", path, "EUR")
    lines(tmp_path, "volume,v,,1,,fact,,,\nprice,a,,1.00,,fact,,,\nprice,b,,2.00,,fact,,,\n")
    with pytest.raises(DataError, match="price is one line; there are 2"):
        from_file("unit_and_volume", path, "EUR")


def test_every_method_has_parts() -> None:
    assert all(parts and callable(work) for work, parts in PARTS.values())
