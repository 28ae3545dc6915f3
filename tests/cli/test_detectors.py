"""`finvest detectors`, and detectors of one's own that fail: one clear line each, and the others run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

WRONG = """
import polars as pl
from finvest.findings.detector import Card, param
from finvest.findings.detector import Detector

class Own(Detector):
    card = Card(id="XYZ-91", title="t", what="w", strength="weak", roles={"who": ("account", "undetermined")},
                needs=(), sentence="{who}", innocent={}, sources=())
    days: int = param("days", default=1, low=1)

    def look(self, view):
        return view.frame("accounts")
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    folder = tmp_path / "own" / "detectors"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text("def (", encoding="utf-8")
    (folder / "judges.py").write_text("x = 'nationality'", encoding="utf-8")
    (folder / "wrong.py").write_text(WRONG, encoding="utf-8")
    return tmp_path / "own"


def test_scoring_goes_on_and_ends_with_1(loaded: Any, as_json: Any, plugins: Path) -> None:
    result = loaded("score", "--plugins", plugins)
    assert result.exit_code == 1
    assert "GRF-05" in result.stdout
    failed = [line for line in result.stdout.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 3
    for part in ("broken.py cannot be loaded: SyntaxError", "judges.py:1 names the protected", "XYZ-91: look() must"):
        assert sum(part in line for line in failed) == 1
    told = loaded("score", "--plugins", plugins, "--json")
    assert told.exit_code == 1
    assert len(as_json(told)["failed"]) == 3
    assert loaded("score", "--plugins", plugins, "GRF-05").exit_code == 0


def test_the_report_says_what_did_not_run(loaded: Any, plugins: Path, tmp_path: Path) -> None:
    result = loaded("report", "--plugins", plugins, "--out", "r.html")
    assert result.exit_code == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "could not run, so nothing was looked for" in page


def test_the_list_names_what_was_refused(finvest: Any, as_json: Any, plugins: Path) -> None:
    result = finvest("detectors", "--plugins", plugins, "--json", env={"FINVEST_CASE": None})
    assert result.exit_code == 1
    assert "XYZ-91" in {row["id"] for row in as_json(result)}
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == [
        "broken.py cannot be loaded",
        "judges.py",
    ]


def test_evaluating_all_wants_them_all(loaded: Any, plugins: Path) -> None:
    result = loaded("evaluate", "--plugins", plugins, "--on", "case")
    assert result.exit_code == 2
    assert "broken.py cannot be loaded" in result.stderr


def test_ones_own_is_shown_with_the_folder_before_or_after_and_hints_keep_it(
    loaded: Any, finvest: Any, tmp_path: Path
) -> None:
    own = tmp_path / "my own"
    (own / "detectors").mkdir(parents=True)
    (own / "detectors" / "own.py").write_text(WRONG.replace("XYZ-91", "XMP-01"), encoding="utf-8")
    for words in (("show", "XMP-01", "--plugins", own), ("--plugins", own, "show", "xmp-01")):
        result = finvest("detectors", *words)
        assert result.exit_code == 0, result.output
        assert "days = 1   days   (1 or more)" in result.stdout
        assert f"finvest score XMP-01 --plugins '{own}' runs it" in result.output
    found = loaded("score", "--plugins", own, "GRF-05")
    assert f" --plugins '{own}' says why" in found.output
