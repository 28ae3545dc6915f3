"""The manifest: decisions and log only grow, whatever SQL is tried; a load holds all at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from finvest.model.errors import CaseError
from finvest.store.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

DECISION = {
    "decision": "d1",
    "kind": "pair",
    "subject": "s",
    "outcome": "accept",
    "reason": "r",
    "actor": "a",
    "at": "t",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    manifest = Manifest.create(tmp_path / "manifest.sqlite")
    manifest.add_log("consultation: open", "A 12", "why", ["a1", "a2"])
    manifest.add_decision(DECISION)
    return tmp_path / "manifest.sqlite"


@pytest.mark.parametrize(
    "statement",
    [
        "update log set reason = 'x'",
        "delete from log",
        "insert or replace into log select entry, at, actor, event, 'x', subjects from log",
        "replace into log (entry, at, actor, event, reason, subjects) values (1, '', '', '', '', '')",
        "update or replace log set entry = 2",
        "update decisions set outcome = 'reject'",
        "delete from decisions",
        "insert or replace into decisions select decision, kind, subject, 'reject', reason, actor, at, revokes, "
        "details from decisions",
    ],
)
def test_no_statement_changes_or_deletes_what_only_grows(path: Path, statement: str) -> None:
    before = Manifest(path).log(), Manifest(path).decisions()
    with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.IntegrityError, match="only grows"):
        db.execute(statement)
    assert (Manifest(path).log(), Manifest(path).decisions()) == before


def test_log_and_decisions_keep_their_order(path: Path) -> None:
    manifest = Manifest(path)
    for i in range(3):
        manifest.add_log(f"e{i}", "A", "r")
        manifest.add_decision({**DECISION, "decision": f"d{9 - i}", "revokes": "d1"})
    assert [e["event"] for e in manifest.log()] == ["consultation: open", "e0", "e1", "e2"]
    assert [d["decision"] for d in manifest.decisions()] == ["d1", "d9", "d8", "d7"]
    assert manifest.log()[0]["subjects"] == '["a1", "a2"]'


@pytest.mark.parametrize("wrong", [{"revokes": "d7"}, {"decision": "d1"}, {"reason": None}])
def test_a_decision_that_makes_no_sense_is_refused(path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        Manifest(path).add_decision({**DECISION, "decision": "d2", **wrong})
    assert len(Manifest(path).decisions()) == 1


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"manifest\.sqlite is missing"):
        Manifest(tmp_path / "manifest.sqlite")
    assert not (tmp_path / "manifest.sqlite").exists()


def test_decisions_are_kept_all_or_none(path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        Manifest(path).add_decisions([{**DECISION, "decision": "d2"}, DECISION])
    assert [row["decision"] for row in Manifest(path).decisions()] == ["d1"]


def test_a_case_made_before_decisions_had_details_takes_one_that_has(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("alter table decisions drop column details")
    Manifest(path).add_decision({**DECISION, "decision": "d2", "details": "{}"})
    assert [row["details"] for row in Manifest(path).decisions()] == [None, "{}"]
