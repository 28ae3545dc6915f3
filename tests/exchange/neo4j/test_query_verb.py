"""`finvest neo4j query` on a case and a server."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Protocol

import pytest
from click.testing import CliRunner

from finvest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from finvest.case import Case
    from tests.exchange.neo4j.server import Running


class Ask(Protocol):
    def __call__(self, *words: str, **environment: str) -> Result: ...


@pytest.fixture
def ask(pushed: Case, server: Running) -> Ask:
    who = {"FINVEST_CASE": str(pushed.folder), "FINVEST_ACTOR": "A 12", "FINVEST_REASON": "file 1/25"}

    def run(*words: str, **environment: str) -> Result:
        given = who | server.environment | environment
        done = CliRunner(env=given).invoke(main, ["neo4j", "query", *words])
        assert server.password not in done.output
        return done

    return run


COUNT = "MATCH (a:Account) RETURN count(a) AS accounts"


def test_a_text_a_file_or_a_question_by_name(ask: Ask, tmp_path: Path, pushed: Case) -> None:
    (tmp_path / "count.cypher").write_text(COUNT, "utf-8-sig")
    expected = [{"accounts": len(pushed.view().frame("accounts"))}]
    for words in ([COUNT], ["--file", str(tmp_path / "count.cypher")]):
        assert json.loads(ask(*words, "--json").stdout) == expected
    found = json.loads(ask("--question", "directors", "--param", "least:=2", "--json").stdout)
    assert found
    assert "party" in ask("--question", "directors", "--param", "least:=2").stdout


def test_one_of_them_only(ask: Ask, tmp_path: Path) -> None:
    for words in ([], [COUNT, "--question", "cycles"], [COUNT, "--file", str(tmp_path / "x")]):
        done = ask(*words)
        assert (done.exit_code, "give the query as text" in done.stderr) == (2, True)


def test_a_file_for_a_spreadsheet(ask: Ask, tmp_path: Path) -> None:
    done = ask("UNWIND ['=1+1', 'plain'] AS text RETURN text", "--out", str(tmp_path / "a.csv"))
    assert done.exit_code == 0, done.output
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["'=1+1", "plain"]


def test_every_look_is_logged_without_the_query(ask: Ask, pushed: Case) -> None:
    account = pushed.view().frame("accounts")["account"][0]
    assert ask("MATCH (a:Account {id: $id}) RETURN a.id AS account", "--param", f"id={account}").exit_code == 0
    last = pushed.log().tail(1).to_dicts()[0]
    assert "consultation: neo4j query" in str(last)
    assert account in str(last)
    assert "MATCH" not in str(last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("LOAD CSV FROM 'http://127.0.0.1:9/' AS row RETURN row", "--allow-procedure 'LOAD CSV'"),
        ("CALL db.labels()", "--allow-procedure db.labels"),
        ("CREATE (n:Evil)", "queries only read"),
        ("MATCH (a:Account {id: $id}) RETURN a", "needs parameters: id"),
        ("MATCH (", "SyntaxError at line 1"),
        ("EXPLAIN MATCH (n) RETURN n", "leave EXPLAIN or PROFILE out"),
        ("PROFILE MATCH (n) RETURN n", "leave EXPLAIN or PROFILE out"),
        ("/* a */ CYPHER EXPLAIN MATCH (n) RETURN n", "leave EXPLAIN or PROFILE out"),
        ("UNWIND [0] AS x RETURN 1 / x AS y", "divides by zero"),
        ("UNWIND [1, 'a'] AS x RETURN x.id AS y", "of another kind"),
        ("UNWIND ['3.5.2025'] AS x RETURN date(x) AS y", "a day is written YYYY-MM-DD"),
        ("CALL no.such()", "no such procedure"),
    ],
)
def test_what_is_refused_is_said_in_one_line(ask: Ask, text: str, said: str) -> None:
    done = ask(text)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error")]) == 1


def test_a_procedure_that_is_allowed(ask: Ask) -> None:
    found = json.loads(ask("CALL db.labels()", "--allow-procedure", "db.labels", "--json").stdout)
    assert {"label": "Account"} in found


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"NEO4J_PASSWORD": "wrong"}, "refuses this user and password"),
        ({"NEO4J_URI": "bolt://127.0.0.1:9"}, "no Neo4j server answers"),
        ({"NEO4J_DATABASE": "absent"}, "no such database"),
        ({"NEO4J_DATABASE": "System"}, "holds no case"),
    ],
)
def test_a_server_that_cannot_be_asked(ask: Ask, environment: dict[str, str], said: str) -> None:
    done = ask(COUNT, **environment)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_number_for_a_question_is_a_number_however_it_is_typed(ask: Ask) -> None:
    """As a text it would be compared with numbers, and the answer be empty without a word."""
    typed, text = (ask("--question", "directors", "--param", one, "--json") for one in ("least:=2", "least=2"))
    assert json.loads(typed.stdout)
    assert typed.stdout == text.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["directors", "--param", "least=two"], "least is a whole number"),
        (["directors", "--param", "least:=2.5"], "least is a whole number"),
        (["directors", "--param", "least:=true"], "least is a whole number"),
        (["directors", "--param", "least=2", "--param", "most=3"], "no parameter most; it takes least"),
        (["controllers", "--param", "account=a", "--param", "day=3.5.2025"], "day is a day, written YYYY-MM-DD"),
        (["controllers", "--param", "account=a", "--param", "day=20250503"], "day is a day, written YYYY-MM-DD"),
        (["group", "--param", "accounts=a"], "accounts is a list"),
    ],
)
def test_a_parameter_of_another_kind_than_the_question_takes(ask: Ask, words: list[str], said: str) -> None:
    done = ask("--question", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_number_of_an_account_where_an_id_is_asked_for(ask: Ask, pushed: Case) -> None:
    done = ask("--question", "counterparties", "--param", "account=DE49999999017857296207")
    assert "account is an id, as `finvest find` shows it" in done.stdout
    account = pushed.view().frame("accounts")["account"][0]
    assert "is an id" not in ask("--question", "owners-above", "--param", f"account={account}").stdout
