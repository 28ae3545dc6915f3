"""What is said of a finding is what its records say; the report opens offline and lets nothing in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from finvest.case import Case
from tests.cli.conftest import STATEMENTS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case", title="O & <Co>", purpose="p", legal_basis="l", actor="A 12")
    for name, text in STATEMENTS.items():
        (tmp_path / name).write_text(text.replace("Wohnwagen 7", "<script>alert(1)</script>"), encoding="utf-8")
        made.load(tmp_path / name)
    return made


def test_members_are_in_order_of_time_with_every_file_behind_them(case: Case) -> None:
    told = case.explain(case.score("GRF-05")[0])
    assert told.members["date"].to_list() == ["2025-03-03", "2025-03-04", "2025-03-05"]
    assert told.members["amount"].cast(int).to_list() == [8_400_000] * 3
    assert [sorted(places) for places in told.members["files"]] == [
        ["anna.csv:3", "cora.csv:3"],
        ["anna.csv:4", "bert.csv:3"],
        ["bert.csv:4", "cora.csv:4"],
    ]
    assert told.to_frame() is told.members
    assert "3 movements" in repr(told)
    assert told.picture is not None
    assert told.picture.svg.startswith("<svg")


def test_the_report_lets_nothing_in(case: Case, tmp_path: Path) -> None:
    page = case.report(tmp_path / "r.html").read_text("utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"\s+content="([^"]+)">', page)
    assert policy is not None
    assert policy[1].split(";")[0] == "default-src 'none'"
    assert "<script" not in page
    assert "O &amp; &lt;Co&gt;" in page


def test_the_report_names_sources_findings_and_who_wrote_it(case: Case, tmp_path: Path) -> None:
    findings = case.score()
    page = case.report(tmp_path / "r.html").read_text("utf-8")
    for part in (*STATEMENTS, *(f.id for f in findings.standing), "A 12", "anna.csv:3"):
        assert part in page
    assert case.log()["event"].to_list()[-1] == "disclosure: report"


def test_a_report_of_a_case_without_records_can_be_written(tmp_path: Path) -> None:
    empty = Case.create(tmp_path / "empty", title="O", purpose="p", legal_basis="l", actor="a")
    page = empty.report(tmp_path / "r.html").read_text("utf-8")
    assert "default-src 'none'" in page
