"""`finvest neo4j bulk` and `proposals` where no server is: what they write and print, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import ANNA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.case import Case


def test_bulk_writes_files_and_prints_the_one_command(loaded: Any, as_json: Any, tmp_path: Path) -> None:
    result = loaded("neo4j", "bulk", "files")
    assert result.exit_code == 0, result.output
    assert "cd files && neo4j-admin database import full @import.args" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("→ ")
    arguments = (tmp_path / "files" / "import.args").read_text("utf-8").splitlines()
    assert arguments[0] == "neo4j"
    named = [a.rpartition("=")[2].split(",") for a in arguments if a.startswith(("--nodes=", "--relationships="))]
    assert {name for pair in named for name in pair} == {p.name for p in (tmp_path / "files").iterdir()} - {
        "import.args"
    }
    told = as_json(loaded("neo4j", "bulk", "more", "--database", "orchid", "--json"))
    assert told["relationships"] > 0
    assert (tmp_path / "more" / "import.args").read_text("utf-8").startswith("orchid\n")


def test_bulk_leaves_a_folder_that_holds_something_alone(loaded: Any, quiet: Any, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mine.txt").write_text("mine", encoding="utf-8")
    result = loaded("neo4j", "bulk", "files")
    assert result.exit_code == 2
    assert "not empty" in result.stderr
    quiet(result)
    assert [p.name for p in (tmp_path / "files").iterdir()] == ["mine.txt"]


def test_victims_are_masked_in_the_files_unless_somebody_says_why(
    loaded: Any, opened: Callable[[], Case], tmp_path: Path
) -> None:
    loaded("mark", ANNA, "possible_victim", "--reason", "statement of 3 May")
    loaded("neo4j", "bulk", "masked")
    masked = "".join(p.read_text("utf-8") for p in (tmp_path / "masked").iterdir())
    assert "Ahorn" not in masked
    assert ANNA not in masked
    assert "controlled account " in masked
    assert loaded("neo4j", "bulk", "none", "--victims", " ").exit_code == 2
    assert loaded("neo4j", "bulk", "named", "--victims", "asked by the court").exit_code == 0
    assert ANNA in "".join(p.read_text("utf-8") for p in (tmp_path / "named").iterdir())
    row = opened().log().filter(event="disclosure: neo4j files, victims by name, case")
    assert row["reason"].to_list() == ["asked by the court"]


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_a_proposal_that_is_not_there_is_wrong_usage(loaded: Any, quiet: Any, verb: str) -> None:
    assert "Proposals: none" in loaded("neo4j", "proposals", "list").stdout
    result = loaded("neo4j", "proposals", verb, "q1", "--reason", "statement of 3 May")
    assert result.exit_code == 2
    assert "proposals list" in result.stderr
    quiet(result)
    result = loaded("neo4j", "proposals", verb, "q1")
    assert result.exit_code == 2
    assert "reason of its own" in result.stderr


def test_pull_says_what_is_missing(loaded: Any) -> None:
    result = loaded("neo4j", "pull", env={"NEO4J_URI": None, "NEO4J_USER": None, "NEO4J_PASSWORD": None})
    assert result.exit_code == 2
    assert "NEO4J_URI" in result.stderr
