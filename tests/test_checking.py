"""What a check says is what is in the case: complete, reconciled, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.case import Case
from tests.cli.conftest import ANNA, STATEMENTS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "case", title="O", purpose="p", legal_basis="l", actor="a")


def put(case: Case, folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    case.load(folder / name)


def test_a_case_without_records_is_fine_and_says_nothing_wrong(case: Case) -> None:
    checks = case.check()
    assert checks.fine
    assert all(frame.is_empty() for name, (_, frame) in checks.tables().items() if name != "pairs")


def test_statements_reconcile_and_pairs_are_counted(case: Case, tmp_path: Path) -> None:
    for name, text in STATEMENTS.items():
        put(case, tmp_path, name, text)
    checks = case.check()
    assert checks.fine
    assert set(checks.statements["proof"]) <= {"reconciled", "assumed"}
    assert dict(checks.pairs.iter_rows()) == {"end_to_end": 3, "duplicate records": 0}
    assert checks.doubles.is_empty()
    assert checks.sentence.endswith("0 records were not loaded; 0 may be counted twice.")


def test_a_changed_amount_fails_the_balance(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path, "anna.csv", STATEMENTS["anna.csv"].replace(",-84000.00,", ",-83999.99,"))
    checks = case.check()
    assert not checks.fine
    assert checks.failed == 1


def test_a_record_in_two_exports_is_a_duplicate(case: Case, tmp_path: Path) -> None:
    lines = STATEMENTS["anna.csv"].splitlines(keepends=True)
    put(case, tmp_path, "one.csv", "".join(lines[:4]))
    put(case, tmp_path, "two.csv", lines[0] + "".join(lines[2:]))
    assert dict(case.check().pairs.iter_rows())["duplicate records"] == 2
    assert case.show(ANNA).movements["balance"].to_list()[-1] == 5_000_000
    assert len(case.view().frame("transactions")) == 5


def test_what_was_not_loaded_is_listed_with_file_line_and_meaning(case: Case, tmp_path: Path) -> None:
    put(
        case, tmp_path, "a.csv", f"Date,Account,Amount,Currency\n2025-01-02,{ANNA},1.005,EUR\n2025-99-02,{ANNA},1,EUR\n"
    )
    checks = case.check()
    rows = checks.quarantine.select("file", "line", "reason").rows()
    assert rows == [("a.csv", 2, "AMOUNT_SCALE"), ("a.csv", 3, "DATE_FORMAT")]
    assert not checks.quarantine["meaning"].has_nulls()
    assert not checks.fine
    assert "2 records were not loaded" in repr(checks)
    assert "AMOUNT_SCALE" in checks._repr_html_()


def test_unpaired_sides_of_one_transfer_may_be_counted_twice(case: Case, tmp_path: Path) -> None:
    for name, text in STATEMENTS.items():
        lines = [line for line in text.splitlines(keepends=True) if "Lohn" not in line and "Kasse" not in line]
        for reference in ("AX7731QQ", "BR5520KL", "CV9904TZ"):
            lines = [line.replace(reference, "") for line in lines]
        put(case, tmp_path, name, "".join(lines))
    checks = case.check()
    assert checks.doubles["count"].sum() == 3
    assert set(checks.doubles["currency"]) == {"EUR"}
    assert set(checks.doubles["amount"].cast(int)) == {8_400_000}
