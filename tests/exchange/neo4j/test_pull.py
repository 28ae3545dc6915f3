"""What analysts add on a real server comes back as proposals, whatever they wrote, and nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from finvest.case import Case
from finvest.cli.neo4j_proposals import command as proposals
from finvest.cli.neo4j_pull import command as pull_command
from finvest.exchange.neo4j.pull import LONGEST
from finvest.model.errors import ServerError, UsageError
from tests.exchange.neo4j.cases import ABOUT, PAYLOADS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.exchange.neo4j.server import Running

WHY = "seen in file 3"
DORA, EMIL, FRED = (f"p00000000000000{letter * 2}" for letter in "abc")
ACCOUNT = "a0000000000000001"
TABLES = {
    "parties": "kind,party,name,subject_category\n"
    f"person,{DORA},Dora Distel,possible_victim\nperson,{EMIL},Emil Esche,\ncompany,{FRED},Farn GmbH,\n",
    "accounts": f"account,kind,holder\n{ACCOUNT},bank,{EMIL}\n",
    "links": f"link,kind,from_kind,from_id,to_kind,to_id\nl1,directs,parties,{EMIL},parties,{FRED}\n",
}


@pytest.fixture
def case(tmp_path: Path, graph: Running) -> Case:  # noqa: ARG001 - an empty server, named by the environment
    made = Case.create(tmp_path / "case", **ABOUT)
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        made.load(tmp_path / f"{name}.csv", table=name, loader="native")
    made.to_neo4j()
    return made


def note(graph: Running, id_: str, **props: Any) -> None:
    graph.ask("MATCH (e {id: $id}) CREATE (n:Note)-[:ABOUT]->(e) SET n = $props", id=id_, props=props)


def decision(graph: Running, id_: str, **props: Any) -> None:
    graph.ask("MATCH (e {id: $id}) CREATE (n:Decision)-[:ABOUT]->(e) SET n = $props", id=id_, props=props)


def link(graph: Running, first: str, type_: str, second: str, **props: Any) -> None:
    statement = f"MATCH (a {{id: $a}}), (b {{id: $b}}) CREATE (a)-[r:`{type_}`]->(b) SET r = $props"
    graph.ask(statement, a=first, b=second, props=props)


def listed(case: Case) -> list[dict[str, Any]]:
    return case.proposals().to_frame().to_dicts()


def test_what_finvest_pushed_is_no_proposal(case: Case) -> None:
    found = case.from_neo4j()
    assert (found.new, found.known, dict(found.set_aside)) == (0, 0, {})


def test_notes_decisions_and_links_come_back_with_user_and_date(case: Case, graph: Running) -> None:
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    note(graph, EMIL, text="drives the van of Dora Distel", by="B 7", at=at)
    note(graph, ACCOUNT, text="closed soon")
    decision(graph, FRED, kind="category", outcome="witness", reason="statement of 3 May", by="B 7", at=at)
    link(graph, EMIL, "OWNS", FRED, share_low=12.5, share_high="50", start=at.date(), by="C 3", at="2026-03-02")
    link(graph, FRED, "CONTROLS", ACCOUNT, start="2025-02-01", by="C 3")
    first = case.from_neo4j()
    assert (first.new, first.known, dict(first.set_aside)) == (5, 0, {})
    said = {(row["kind"], row["about"], row["says"], row["by"], row["at"]) for row in listed(case)}
    assert said >= {
        ("note", "Emil Esche", "drives the van of person 000000", "B 7", "2026-03-01T09:30:00+00:00"),
        ("category", "Farn GmbH", "witness: statement of 3 May", "B 7", "2026-03-01T09:30:00+00:00"),
        ("link", "Emil Esche", "owns 12.5 to 50 % Farn GmbH from 2026-03-01", "C 3", "2026-03-02"),
    }
    assert {row["source"] for row in listed(case)} == {"Neo4j"}
    assert {row["status"] for row in listed(case)} == {"open"}
    assert case.decisions().to_frame().is_empty()
    again = case.from_neo4j()
    assert (again.new, again.known) == (0, 5)
    assert "collection: neo4j pull" in case.log()["event"].to_list()


def test_what_was_accepted_is_pushed_as_the_cases_own_and_not_pulled_again(case: Case, graph: Running) -> None:
    link(graph, EMIL, "OWNS", FRED, share_low="60", by="C 3", at="2026-03-02")
    decision(graph, FRED, kind="category", outcome="contact", reason="x", by="B 7")
    case.from_neo4j()
    made = {row["kind"]: case.accept(row["proposal"], reason=WHY)[0] for row in listed(case)}
    pushed = case.to_neo4j()
    assert pushed.changed == []
    held = graph.ask("MATCH (:Party {id: $a})-[r:OWNS {id: $id}]->() RETURN r.share_low AS s", a=EMIL, id=made["link"])
    assert held == [{"s": "60"}]
    assert graph.ask("MATCH (p:Party {id: $id}) RETURN p.category AS c", id=FRED) == [{"c": "contact"}]
    assert case.from_neo4j().new == 0
    case.revoke(made["link"], reason="mistaken")
    case.to_neo4j()
    assert graph.ask("MATCH ()-[r:OWNS {id: $id}]->() RETURN r", id=made["link"]) == []
    assert graph.ask("MATCH ()-[r:OWNS]->() RETURN count(r) AS n") == [{"n": 1}]  # the analyst's own stays


def test_what_fits_no_form_is_counted_and_left_out(case: Case, graph: Running) -> None:
    note(graph, EMIL, text="  ")
    note(graph, EMIL, by="B 7")
    note(graph, EMIL, text=["a", "list"])
    decision(graph, EMIL, kind="category", outcome="guilty")
    decision(graph, ACCOUNT, kind="category", outcome="suspect")
    decision(graph, EMIL, kind="unmask", outcome="accept")
    link(graph, EMIL, "HOLDS", ACCOUNT)
    link(graph, EMIL, "KNOWS", FRED)
    link(graph, ACCOUNT, "TRANSFER", ACCOUNT, amount_minor=5)
    link(graph, EMIL, "EMPLOYS", FRED, start="2025-02-01", end="2025-01-01")
    found = case.from_neo4j()
    assert found.new == 0
    assert sorted(found.set_aside.values()) == [1, 3, 3, 3]
    assert listed(case) == []


def test_what_belongs_to_another_case_is_left_alone(case: Case, graph: Running) -> None:
    graph.ask("CREATE (:Note {text: 'x'})-[:ABOUT]->(:Party {id: $id, case: 'other'})", id=DORA + "x")
    graph.ask("CREATE (:Note {text: 'x'})-[:ABOUT]->(:Party {id: 'unknown', case: $case})", case=_case_id(graph))
    found = case.from_neo4j()
    assert (found.new, dict(found.set_aside)) == (0, {"about something that this case does not have": 1})


def _case_id(graph: Running) -> str:
    return str(graph.ask("MATCH (p:Party {id: $id}) RETURN p.case AS c", id=EMIL)[0]["c"])


def test_hostile_notes_stay_text(case: Case, graph: Running) -> None:
    for text in PAYLOADS:
        note(graph, EMIL, text=text, by=text, at=text)
        decision(graph, EMIL, kind="category", outcome="witness", reason=text, by=text)
    before = graph.ask("MATCH (n) RETURN count(n) AS n")
    assert case.from_neo4j().new == 2 * len(PAYLOADS)
    assert graph.ask("MATCH (n) RETURN count(n) AS n") == before
    assert {row["says"] for row in listed(case)} >= {text.strip() for text in PAYLOADS}


def test_values_of_any_type_are_read_or_left_out(case: Case, graph: Running) -> None:
    note(graph, EMIL, text=5, by=7, at=9)
    note(graph, EMIL, text="x" * (LONGEST + 5), by="y" * 5_000, at="tomorrow")
    graph.ask(
        "MATCH (e {id: $id}) CREATE (:Note {text: point({x: 1, y: 2}), by: duration('P1D'), at: localdatetime()})"
        "-[:ABOUT]->(e)",
        id=EMIL,
    )
    link(graph, EMIL, "OWNS", FRED, share_low="1e999999", share_high=101, start="31.12.2025", end=12, kind=["a"])
    assert case.from_neo4j().new == 4
    says = [row["says"] for row in listed(case)]
    assert "owns Farn GmbH" in says
    assert "5" in says
    assert "x" * LONGEST in says


def test_no_server_is_one_line(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    with pytest.raises(ServerError, match=r"no Neo4j server answers at bolt://127\.0\.0\.1:1"):
        case.from_neo4j()
    monkeypatch.delenv("NEO4J_PASSWORD")
    with pytest.raises(UsageError, match="NEO4J_PASSWORD"):
        case.from_neo4j()


def test_the_verbs_of_the_command_line(case: Case, graph: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    note(graph, EMIL, text="drives the van", by="B 7", at="2026-03-01")
    link(graph, EMIL, "CONTROLS", FRED, by="C 3")
    monkeypatch.setenv("FINVEST_CASE", str(case.folder))
    monkeypatch.setenv("FINVEST_ACTOR", "A 12")
    monkeypatch.setenv("FINVEST_REASON", "file 1/25")

    def run(*words: str) -> str:
        command = pull_command if words[0] == "pull" else proposals
        result = CliRunner().invoke(command, words[1:])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "new proposals: 2; already here: 0" in run("pull")
    assert "drives the van" in run("proposals", "list")
    ids = {row["kind"]: row["proposal"] for row in listed(case)}
    assert "accepted; d" in run("proposals", "accept", ids["link"][:9], "--from", "2025-03-01", "--reason", WHY)
    assert '"status": "rejected"' in run("proposals", "reject", ids["note"], "--reason", WHY, "--json")
    assert "Proposals: none" in run("proposals", "list", "--open")
    with pytest.raises(UsageError, match="rejected already"):
        run("proposals", "accept", ids["note"], "--reason", WHY)
