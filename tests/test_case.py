"""The door: one transfer is one edge however it is loaded, and what comes out does not depend on the order."""

from __future__ import annotations

import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import finvest
from finvest.case import Case
from finvest.model.errors import CaseError, UsageError
from tests.cli.conftest import ANNA, SECRETS, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ABOUT = {"title": "Orchid", "purpose": "a group", "legal_basis": "an order", "actor": "A 12"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name, text in STATEMENTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in STATEMENTS}


def made(folder: Path, paths: Iterable[Path]) -> Case:
    case = Case.create(folder, **ABOUT)
    for path in paths:
        case.load(path)
    return case


def told(case: Case) -> dict[str, Any]:
    """Everything that a reader sees of a case."""
    statement, findings, checks = case.show(ANNA), case.score(), case.check()
    return {
        "movements": statement.movements.to_dicts(),
        "counterparties": statement.counterparties.to_dicts(),
        "findings": [f.row() for f in findings.all],
        "ranking": findings.ranking.to_frame().to_dicts(),
        "pairs": case.table("pairs").drop("loader", strict=False).sort(pl.all()).to_dicts(),
        "checks": [
            frame.sort(pl.all()).to_dicts() for name, (_, frame) in checks.tables().items() if name != "sources"
        ],
        "edges": len(case.view().frame("transactions")),
    }


def test_one_transfer_in_two_statements_is_one_edge_in_any_order_of_loading(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    results = [
        told(made(tmp_path / f"case{number}", [files[name] for name in order]))
        for number, order in enumerate(permutations(files))
    ]
    first = results[0]
    assert all(result == first for result in results)
    assert [m["balance"] for m in first["movements"]] == [5_000_000, 13_400_000, 5_000_000, 4_999_000, 5_000_000]
    assert first["edges"] == 9
    (circle,) = [f for f in first["findings"] if f["indicator"] == "GRF-05"]
    assert len(json.loads(circle["evidence"])["transactions"]) == 6


def test_the_balance_holds_with_one_statement_with_two_and_with_all(tmp_path: Path, files: dict[str, Path]) -> None:
    case = Case.create(tmp_path / "case", **ABOUT)
    for path in files.values():
        case.load(path)
        own = case.show(ANNA).movements["balance"].drop_nulls()
        assert own[-1] == 5_000_000


def test_findings_are_the_same_in_a_second_run_and_after_opening_again(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    ids = [f.id for f in case.score().all]
    assert ids
    assert [f.id for f in case.score().all] == ids
    again = Case.open(tmp_path / "case", actor="B 7", reason="second look")
    assert [f.id for f in again.findings.all] == ids
    assert sorted(again.table("findings")["finding"]) == sorted(ids)


def test_findings_survive_a_corrected_profile(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    ids = [f.id for f in case.score("GRF-05").all]
    assert not case.load(files["bert.csv"], zone="Europe/London").already
    assert [f.id for f in case.score("GRF-05").all] == ids


def test_loading_again_is_no_load_and_is_not_logged(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    before = len(case.log())
    assert all(case.load(path).already for path in files.values())
    assert len(case.log()) == before
    assert repr(case) == "<Case 'Orchid': 3 sources, 12 records>"


def test_a_file_under_another_name_is_the_same_source(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    copy = tmp_path / "copy.csv"
    copy.write_bytes(files["anna.csv"].read_bytes())
    assert case.load(copy).already
    assert case.matched.duplicates.is_empty()


@pytest.mark.parametrize(("actor", "reason"), [("", "x"), (" ", "x"), ("x", ""), ("x", "\t")])
def test_nobody_opens_a_case_without_a_name_and_a_reason(tmp_path: Path, actor: str, reason: str) -> None:
    case = Case.create(tmp_path / "case", **ABOUT)
    before = len(case.log())
    with pytest.raises(UsageError, match="actor and a reason"):
        Case.open(tmp_path / "case", actor=actor, reason=reason)
    assert len(case.log()) == before


@pytest.mark.parametrize("missing", ["purpose", "legal_basis", "actor"])
def test_no_case_without_purpose_basis_and_actor(tmp_path: Path, missing: str) -> None:
    with pytest.raises(UsageError):
        Case.create(tmp_path / "case", **(ABOUT | {missing: " "}))
    assert not (tmp_path / "case").exists()


def test_a_folder_that_is_no_case_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="finvest init"):
        Case.open(tmp_path, actor="x", reason="y")


def test_a_decision_is_kept_with_its_reason(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    pair = case.table("pairs")[0]
    subject = str(pair["debit"].item() if "debit" in pair.columns else pair.row(0)[0])
    with pytest.raises(UsageError, match="reason"):
        case.decide("finding", subject, "dismiss", reason=" ")
    id_ = case.decide("finding", subject, "dismiss", reason="paid off")
    (row,) = case.table("decisions").to_dicts()
    assert (row["decision"], row["reason"], row["actor"]) == (id_, "paid off", "A 12")


def test_the_log_holds_no_name_and_no_number(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    case.find("Ahorn")
    case.show("Anna Ahorn")
    case.explain(case.score()[0])
    case.export(case.table("transactions"), tmp_path / "o.csv")
    text = str(case.log().rows())
    assert [secret for secret in SECRETS if secret in text] == []


def test_results_show_themselves(tmp_path: Path, files: dict[str, Path]) -> None:
    case = made(tmp_path / "case", files.values())
    findings = case.score()
    for shown in (case, case.show(ANNA), case.check(), findings, case.explain(findings[0]), case.find("Ahorn")):
        assert "\n" not in repr(shown) or hasattr(shown, "to_frame")
        page = shown._repr_html_()
        assert "<script" not in page
        assert "http" not in page.replace("http://www.w3.org/", "")


def test_the_package_opens_the_door() -> None:
    assert finvest.Case is Case
