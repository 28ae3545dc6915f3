"""`finvest neo4j push` and `schema` as they are typed, on a real server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner

from finvest import sharing
from finvest.case import Case
from finvest.cli import main
from finvest.model.errors import UsageError
from tests.exchange.neo4j.cases import many

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.exchange.neo4j.server import Running


@pytest.fixture
def typed(tmp_path: Path, graph: Running) -> Any:
    del graph
    many(tmp_path, 200)
    runner = CliRunner(env={"FINVEST_CASE": str(tmp_path / "case"), "FINVEST_ACTOR": "A 12", "FINVEST_REASON": "1/25"})

    def run(*args: str, **env: str) -> Result:
        result = runner.invoke(main, ["neo4j", *args], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_push_says_what_was_written_and_then_that_nothing_was(typed: Any, graph: Running) -> None:
    first = typed("push")
    assert first.exit_code == 0, first.output
    assert "10 nodes and 200 relationships are on the server" in first.stdout
    assert "TRANSFER, batch 2 of 2" in first.stderr
    assert "nothing was written: the server holds all of it already" in typed("push").stdout
    graph.ask("MATCH ()-[t:TRANSFER {id: 't000000007'}]->() SET t.amount_minor = 1")
    third = typed("push")
    assert "TRANSFER t000000007: amount_minor was changed on the server, and left so" in third.stdout
    assert third.stdout.splitlines()[-1] == "→ finvest neo4j push --overwrite sets these right"
    assert "is set right" in typed("push", "--overwrite").stdout
    assert json.loads(typed("push", "--json").stdout)["changed"] == []


def test_what_goes_wrong_is_one_line_without_the_password(typed: Any) -> None:
    wrong = typed("push", NEO4J_PASSWORD="not-this-one")  # noqa: S106 - invented
    assert wrong.exit_code == 1
    assert "not-this-one" not in wrong.output
    assert wrong.stderr.splitlines()[-1].startswith(
        "finvest: the server refuses this user and password; set NEO4J_USER"
    )
    nobody = typed("push", NEO4J_PASSWORD="")
    assert (nobody.exit_code, "set NEO4J_USER and NEO4J_PASSWORD" in nobody.stderr) == (2, True)
    away = typed("push", "--uri", "bolt://127.0.0.1:1")
    assert (away.exit_code, "no Neo4j server answers" in away.stderr) == (1, True)
    assert typed("push", "--uri", "bolt://a:b@h").exit_code == 2


def test_the_schema_is_printed_and_made(typed: Any, graph: Running) -> None:
    shown = json.loads(typed("schema", "--json").stdout)
    assert [r["name"] for r in shown["relationships"]][:2] == ["TRANSFER", "HOLDS"]
    assert "TRANSFER" in typed("schema").stdout
    for row in graph.ask("SHOW CONSTRAINTS YIELD name RETURN name"):
        graph.ask(f"DROP CONSTRAINT `{row['name']}`")
    assert json.loads(typed("schema", "--make", "--json").stdout)["made"] >= len(shown["constraints"]) - 1
    assert json.loads(typed("schema", "--make", "--json").stdout)["made"] == 0


def test_a_finding_that_is_not_on_file(tmp_path: Path) -> None:
    """Whoever has scored is not told to score first."""
    many(tmp_path, 20)
    state = Case.open(tmp_path / "case", actor="A 12", reason="1/25")._state
    with pytest.raises(UsageError, match="0 findings on file begin so; run finvest score first"):
        sharing.scope(state, "F-1", None)
    listed = pl.DataFrame({"finding": ["F-00aa"]})
    scored: Any = SimpleNamespace(store=SimpleNamespace(frame=lambda _: listed))
    with pytest.raises(UsageError, match="0 findings on file begin so; finvest score lists them"):
        sharing.scope(scored, "F-1", None)
