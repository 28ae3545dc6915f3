"""A case on a real server: the same counts and sums, nothing written twice, what people changed is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest import sharing
from finvest.exchange.neo4j import connect, push, rows, schema, statements
from finvest.exchange.neo4j.material import Part
from finvest.exchange.neo4j.scope import Scope
from finvest.model.errors import ServerError, UsageError
from tests.exchange.neo4j.cases import PAYLOADS, hostile, many, of_tables, sample

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case
    from finvest.exchange.neo4j.push import Pushed
    from tests.exchange.neo4j.server import Running

NOTHING = {
    "nodes_created": 0,
    "nodes_deleted": 0,
    "relationships_created": 0,
    "relationships_deleted": 0,
    "properties_set": 0,
}


@pytest.fixture(scope="module")
def orchid(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return sample(tmp_path_factory.mktemp("sample") / "case")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return many(tmp_path_factory.mktemp("small"), 600)


def sums(server: Running) -> dict[str, tuple[int, int]]:
    found = server.ask("MATCH ()-[t:TRANSFER]->() RETURN t.currency AS c, count(t) AS n, sum(t.amount_minor) AS s")
    return {row["c"]: (row["n"], row["s"]) for row in found}


def expected(case: Case) -> dict[str, tuple[int, int]]:
    moved = case.matched.movements.group_by("currency").agg(n=pl.len(), s=pl.col("amount").cast(pl.Int64).sum())
    return {row["currency"]: (row["n"], row["s"]) for row in moved.collect().iter_rows(named=True)}


def test_the_sample_case_is_there_whole_and_a_second_push_writes_nothing(orchid: Case, graph: Running) -> None:
    first = orchid.to_neo4j()
    assert sums(graph) == expected(orchid)
    assert first.counters["relationships_created"] == first.relationships
    assert graph.ask("MATCH ()-[t:TRANSFER]->() RETURN count(t) = count(DISTINCT t.id) AS once") == [{"once": True}]
    for part in sharing.parts(orchid._state):
        if not part.ends:
            label = part.label or part.element.name
            found = graph.ask(f"MATCH (n:{label}) RETURN collect(n.id) AS ids")[0]["ids"]
            assert set(part.frame["id"]) <= set(found)
    second = orchid.to_neo4j()
    assert (second.counters, second.changed, second.written) == (NOTHING, [], False)
    assert graph.ask("MATCH (f:Finding)-[:INVOLVES]->() RETURN count(f) > 0 AS some") == [{"some": True}]


def test_times_are_instants_days_are_days_and_amounts_are_whole(orchid: Case, graph: Running) -> None:
    orchid.to_neo4j()
    row = graph.ask("MATCH ()-[t:TRANSFER]->() RETURN t ORDER BY t.id LIMIT 1")[0]["t"]
    moved = orchid.matched.movements.sort("movement").head(1).collect().row(0, named=True)
    assert row["earliest"].to_native() == moved["earliest"].astimezone(UTC)
    assert row["latest"].to_native() == moved["latest"].astimezone(UTC)
    assert (row["amount_minor"], row["currency"]) == (int(moved["amount"]), moved["currency"])
    assert row["precision"] == moved["precision"]
    assert type(row["booked_on"]).__name__ == "Date"
    assert (row["source"], row["record"], row["handling"]) == (moved["source"], moved["record"], moved["handling"])
    assert list(row["records"]) == moved["records"]


def test_no_possible_victim_is_named_unless_a_reason_is_given_and_kept(orchid: Case, graph: Running) -> None:
    hidden = orchid.view().hidden
    assert hidden
    orchid.to_neo4j()
    texts = "\n".join(everything(graph))
    for known in hidden.values():
        for text in (known, known.partition(" (")[0]):
            assert text not in texts or len(text) < 6
    orchid.to_neo4j(victims="a judge's order")
    named = "\n".join(everything(graph))
    assert all(known in named for (kind, _), known in hidden.items() if kind == "account")
    last = orchid.log().filter(pl.col("event").str.contains("disclosure: neo4j")).row(-1, named=True)
    assert ("victims by name" in last["event"], last["reason"]) == (True, "a judge's order")
    with pytest.raises(UsageError, match="needs a reason"):
        orchid.to_neo4j(victims=" ")
    orchid.to_neo4j()
    again = "\n".join(everything(graph))
    assert not any(known in again for known in hidden.values() if len(known) > 5)


def everything(server: Running) -> list[str]:
    found = server.ask("MATCH (n) RETURN properties(n) AS p UNION ALL MATCH ()-[r]->() RETURN properties(r) AS p")
    return [str(value) for row in found for value in row["p"].values()]


def test_60_payloads_are_text_and_in_no_statement(tmp_path: Path, graph: Running, monkeypatch: Any) -> None:
    assert len(set(PAYLOADS)) == 60
    case, said = hostile(tmp_path), []
    run = push._Pushing._run

    def heard(self: Any, tx: Any, statement: str, **values: Any) -> Any:
        said.append(statement)
        return run(self, tx, statement, **values)

    monkeypatch.setattr(push._Pushing, "_run", heard)
    before = graph.ask("SHOW CONSTRAINTS YIELD name RETURN count(name) AS n")
    done = case.to_neo4j()
    assert done.nodes == graph.ask("MATCH (n) WHERE NOT n:FinvestPush RETURN count(n) AS n")[0]["n"]
    assert done.relationships == graph.ask("MATCH ()-[r]->() RETURN count(r) AS n")[0]["n"]
    assert said
    assert not [text for text in PAYLOADS for statement in said if text in statement]
    moved = case.matched.movements.collect()
    stored = graph.ask("MATCH (a)-[t:TRANSFER]->(b) RETURN a.id AS a, b.id AS b, t.id AS id, t.reference AS r")
    assert {(r["a"], r["b"], r["id"], r["r"]) for r in stored} == set(
        moved.select("originator", "beneficiary", "movement", "reference").iter_rows()
    )
    names = graph.ask("MATCH (p:Party) RETURN collect(p.name) AS n")[0]["n"]
    assert set(PAYLOADS) <= set(names)
    values = graph.ask("MATCH (c:Contact) RETURN collect(c.value) AS n")[0]["n"]
    assert set(PAYLOADS) <= set(values)
    assert len(graph.ask("MATCH (a:Account) WHERE a.label CONTAINS 'x01' RETURN a")) == 1
    labels = {row["l"] for row in graph.ask("CALL db.labels() YIELD label AS l RETURN l")}
    assert labels <= {n.name for n in (*schema.NODES, schema.WATERMARK)} | {"Person", "Company", "Public"}
    assert graph.ask("SHOW CONSTRAINTS YIELD name RETURN count(name) AS n")[0]["n"] >= before[0]["n"]
    assert case.to_neo4j().counters == NOTHING


def test_what_somebody_changed_is_listed_and_left_then_set_right(small: Case, graph: Running) -> None:
    small.to_neo4j()
    for change in (
        "MATCH ()-[t:TRANSFER {id: 't000000001'}]->() SET t.amount_minor = 1",
        "MATCH ()-[t:TRANSFER {id: 't000000002'}]->() REMOVE t.reference",
        "MATCH ()-[t:TRANSFER {id: 't000000003'}]->() DELETE t",
        "MATCH (a)-[t:TRANSFER {id: 't000000004'}]->(b) WITH a, b, t, properties(t) AS p DELETE t "
        "CREATE (b)-[u:TRANSFER]->(a) SET u = p",
        "MATCH (a:Account {id: 'a0000001'}) SET a.label = 'somebody else', a.note = 'seen'",
        "MATCH (a:Account {id: 'a0000002'}) DETACH DELETE a",
        "MATCH ()-[t:TRANSFER {id: 't000000005'}]->() SET t.amount_minor = toFloat(t.amount_minor)",
    ):
        graph.ask(change)
    listed = small.to_neo4j()
    assert {(c.what, c.id, c.keys) for c in listed.changed} == {
        ("TRANSFER", "t000000001", ("amount_minor",)),
        ("TRANSFER", "t000000002", ("reference",)),
        ("TRANSFER", "t000000004", ("from", "to")),
        ("TRANSFER", "t000000005", ("amount_minor",)),
        ("Account", "a0000001", ("label",)),
    }
    assert graph.ask("MATCH ()-[t:TRANSFER {id: 't000000001'}]->() RETURN t.amount_minor AS n") == [{"n": 1}]
    assert sums(graph) != expected(small)
    small.to_neo4j(overwrite=True)
    assert sums(graph) == expected(small)
    assert graph.ask("MATCH (a:Account {id: 'a0000001'}) RETURN a.note AS note, a.label <> 'somebody else' AS ok") == [
        {"note": "seen", "ok": True}
    ]
    last = small.to_neo4j()
    assert (last.counters, last.changed) == (NOTHING, [])


def test_what_the_case_no_longer_has_goes_and_what_it_has_otherwise_is_set(tmp_path: Path, graph: Running) -> None:
    case = many(tmp_path, 300)
    case.to_neo4j()
    server, parts = connect.Server.of(), sharing.parts(case._state)
    fewer = [
        p
        if p.element.name != "TRANSFER"
        else Part(p.element, p.frame.head(100).with_columns(channel=pl.lit("card")), p.ends)
        for p in parts
    ]
    done = push.push(server, sharing.plan(case._state, fewer), Scope())
    assert (done.counters["relationships_deleted"], done.changed) == (200, [])
    found = graph.ask("MATCH ()-[t:TRANSFER]->() RETURN t.channel AS c, count(t) AS n")
    assert found == [{"c": "card", "n": 100}]


def test_an_account_and_a_finding_with_what_lies_around_them(orchid: Case, graph: Running) -> None:
    finding = orchid._state.store.frame("findings")["finding"][0]
    around = orchid.to_neo4j(finding=finding)
    assert [row["id"] for row in graph.ask("MATCH (f:Finding) RETURN f.id AS id")] == [finding]
    assert 0 < around.relationships < sum(n for n, _ in expected(orchid).values())
    graph.clear()
    account = orchid.matched.movements.select("originator").sort("originator").head(1).collect().item()
    orchid.to_neo4j(account=account)
    one = pl.any_horizontal(pl.col("originator", "beneficiary") == account)
    wanted = orchid.matched.movements.filter(one).select(pl.len()).collect().item()
    assert graph.ask("MATCH ()-[t:TRANSFER]->() RETURN count(t) AS n") == [{"n": wanted}]
    assert orchid.to_neo4j(account=account).counters == NOTHING
    whole = orchid.to_neo4j()
    assert sums(graph) == expected(orchid)
    assert whole.changed == []
    with pytest.raises(UsageError, match="not both"):
        orchid.to_neo4j(account=account, finding=finding)
    with pytest.raises(UsageError, match="begin so"):
        orchid.to_neo4j(finding="F-nonsense")


def test_relations_that_the_graph_cannot_hold_are_counted_aloud(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case = many(tmp_path, 20)
    ends = {"from_kind": "parties", "from_id": ["p1", "p2"], "to_kind": ["parties", "vessels"]}
    pl.DataFrame({"kind": "directs", **ends, "to_id": ["p2", "v1"]}).write_parquet(tmp_path / "links.parquet")
    case.load(tmp_path / "links.parquet", table="links", loader="native")
    found = sharing.parts(case._state)
    assert [len(part.frame) for part in found if part.element.name == "DIRECTS"] == [1]
    assert "not in the graph: 1; an end is not known" in caplog.text


def test_a_finding_carries_the_strictest_handling_code_of_its_records(tmp_path: Path) -> None:
    codes: dict[str, tuple[str | None, ...]] = {
        "club": ("H1",) * 12,
        "circle": (*("H1",) * 11, "H3"),
        "shop": (None,) * 12,
    }
    payments: list[dict[str, Any]] = [
        {"transaction_id": f"{to}-{i}", "originator": f"{to}-{i}", "beneficiary": to, "amount": 30_000 + i,
         "currency": "EUR", "booked_at": datetime(2025, 1, 6 + i // 4, 9, i, tzinfo=UTC), "handling": code}
        for to, given in codes.items() for i, code in enumerate(given)
    ]  # fmt: skip
    payments += [
        payments[12 * n] | {"transaction_id": f"{to} later", "booked_at": datetime(2025, 6, 2, tzinfo=UTC)}
        for n, to in enumerate(codes)
    ]
    ids = {payment[end] for payment in payments for end in ("originator", "beneficiary")}
    accounts = pl.DataFrame({"account": sorted(ids), "kind": "bank"})
    moved = pl.DataFrame(payments, infer_schema_length=None)
    case = of_tables(tmp_path, {"accounts": accounts, "transactions": moved})
    case.score("GRF-01")
    (found,) = (part.frame for part in sharing.parts(case._state) if part.element.name == "Finding")
    carried = found.select(pl.col("movements").list.first().str.split("-").list.first(), "handling").rows()
    assert sorted(carried, key=str) == [("circle", "H3"), ("club", "H1"), ("shop", "H0")]


def test_another_case_is_not_mixed_in(small: Case, tmp_path: Path, graph: Running) -> None:
    small.to_neo4j()
    with pytest.raises(ServerError, match="holds another case"):
        many(tmp_path, 20, seed=2).to_neo4j()
    assert sums(graph) == expected(small)


def test_a_cut_push_goes_on_where_it_was(small: Case, graph: Running) -> None:
    server, within = connect.Server.of(), Scope()
    made = sharing.parts(small._state)
    plan = rows.Plan(sharing.case_id(small.about), made, size=100)

    class _Enough(Exception):  # noqa: N818
        pass

    def stop(text: str) -> None:
        if "batch 4 " in text:
            raise _Enough

    with pytest.raises(_Enough):
        push.push(server, plan, within, progress=stop)
    mark = graph.ask("MATCH (w:FinvestPush) RETURN w.done AS done, w.finished AS finished")
    assert mark == [{"done": 3, "finished": False}]
    done: Pushed = push.push(server, rows.Plan(sharing.case_id(small.about), made, size=100), within)
    assert done.resumed == 3
    assert sums(graph) == expected(small)


def test_ids_are_found_by_index_and_not_by_looking_at_everything(small: Case, graph: Running) -> None:
    small.to_neo4j()
    for part in sharing.parts(small._state):
        for statement in (statements.known(part), statements.find(part), statements.create(part)):
            with graph.driver() as driver, driver.session(database=graph.database) as session:
                plan = str(session.run(f"EXPLAIN {statement}", rows=[], ids=[]).consume().plan)
            assert "IndexSeek" in plan or (not part.ends and "CREATE" in statement), part.name
            assert "Scan" not in plan
