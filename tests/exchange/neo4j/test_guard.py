"""What a query may do is decided from the server's own plan, whatever its text looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.exchange.neo4j import query
from finvest.model.errors import DataError, UsageError

if TYPE_CHECKING:
    import neo4j

LOADS = {
    "plain": "LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "small letters": "load csv from 'http://127.0.0.1:9/x.csv' as row return row",
    "with headers": "LOAD CSV WITH HEADERS FROM 'file:///x.csv' AS row RETURN row",
    "comment inside": "LOAD /* only a comment */ CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "comment to the end of the line": "LOAD // MATCH (n)\nCSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "comment first": "/* MATCH (n) RETURN n */ LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "escapes": r"WITH 1 AS x \u004c\u004f\u0041\u0044 \u0043\u0053\u0056 FROM 'http://127.0.0.1:9/' AS row RETURN row",
    "an escape in the middle": r"LO\u0041D CS\u0056 FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "address as a parameter": "LOAD CSV FROM $address AS row RETURN row",
    "address put together": "MATCH (n) WITH n LIMIT 1 LOAD CSV FROM 'http://127.0.0.1:9/' + n.id AS row RETURN row",
    "subquery": "UNWIND [1] AS x CALL (x) { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row } RETURN row",
    "subquery in a subquery": "UNWIND [1] AS x CALL (x) { CALL (x) { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row "
    "RETURN row } RETURN row } RETURN row",
    "older subquery": "CALL { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row } RETURN row",
    "existence": "RETURN EXISTS { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row } AS there",
    "count": "RETURN COUNT { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row } AS many",
    "collect": "RETURN COLLECT { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row[0] } AS all",
    "second half of a union": "RETURN 1 AS row UNION ALL LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "optional": "OPTIONAL MATCH (n:Nothing) WITH n LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN n, row",
    "never reached": "UNWIND [] AS x CALL (x) { LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row } RETURN x",
    "options first": "CYPHER 5 LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
    "runtime first": "CYPHER runtime=slotted LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS row RETURN row",
}

CALLS = {
    "plain": "CALL db.labels()",
    "yield": "CALL db.labels() YIELD label RETURN label",
    "small letters": "call db.labels() yield label return label",
    "comment inside": "CALL /* MATCH */ db./* x */labels() YIELD label RETURN label",
    "escapes": r"UNWIND [1] AS x \u0043\u0041LL db.labels() YIELD label RETURN label",
    "back-ticks": "CALL `db`.`labels`() YIELD label RETURN label",
    "subquery": "UNWIND [1] AS x CALL (x) { CALL db.labels() YIELD label RETURN label } RETURN label",
    "in the middle": "MATCH (n) WITH n LIMIT 1 CALL db.labels() YIELD label RETURN n, label",
    "optional": "OPTIONAL CALL db.labels() YIELD label RETURN label",
    "second half of a union": "RETURN 'x' AS label UNION CALL db.labels() YIELD label RETURN label",
    "makes a property": "CALL db.createProperty('evil')",
    "makes a label": "CALL db.createLabel('Evil')",
}

WRITES = {
    "create": "CREATE (n:Evil)",
    "merge": "MERGE (n:Evil {id: 'x'}) RETURN n",
    "set": "MATCH (n) SET n.id = 'x'",
    "remove": "MATCH (n) REMOVE n.id",
    "delete": "MATCH (n) DETACH DELETE n",
    "foreach": "FOREACH (x IN [1] | CREATE (:Evil))",
    "escapes": r"MATCH (n) \u0044ETACH \u0044ELETE n",
    "an escape first": r"\u0043REATE (n:Evil)",
    "comment": "MATCH (n) /* RETURN n */ DETACH /* x */ DELETE n",
    "subquery": "UNWIND [1] AS x CALL (x) { CREATE (n:Evil) RETURN n } RETURN n",
    "in transactions": "UNWIND [1] AS x CALL (x) { CREATE (:Evil) } IN TRANSACTIONS",
    "constraint": "CREATE CONSTRAINT evil IF NOT EXISTS FOR (n:Evil) REQUIRE n.id IS UNIQUE",
    "index": "CREATE INDEX evil IF NOT EXISTS FOR (n:Evil) ON (n.id)",
    "drop": "DROP CONSTRAINT finvest_account_id IF EXISTS",
    "user": "CREATE USER evil SET PASSWORD 'a long password'",
    "database": "DROP DATABASE neo4j",
    "end another's transaction": "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
}


def elements(driver: neo4j.Driver, database: str) -> tuple[int, int, int]:
    """Count nodes, relationships and constraints."""
    found = [
        driver.execute_query(text, database_=database).records[0][0]
        for text in ("MATCH (n) RETURN count(n)", "MATCH ()-[t]->() RETURN count(t)")
    ]
    rules = driver.execute_query("SHOW CONSTRAINTS", database_=database).records
    return found[0], found[1], len(rules)


@pytest.mark.parametrize("how", LOADS)
def test_load_csv_is_refused_in_whatever_dress(how: str, driver: neo4j.Driver, database: str) -> None:
    with pytest.raises(UsageError, match="LOAD CSV"):
        query.ask(driver, LOADS[how], {"address": "http://127.0.0.1:9/x.csv"}, database=database)


@pytest.mark.parametrize("how", CALLS)
def test_a_procedure_is_refused_by_its_name(how: str, driver: neo4j.Driver, database: str) -> None:
    name = {"makes a label": "db.createLabel", "makes a property": "db.createProperty"}.get(how, "db.labels")
    with pytest.raises(UsageError, match=f"calls a procedure, {name}; .*--allow-procedure {name}"):
        query.ask(driver, CALLS[how], database=database)


@pytest.mark.parametrize("how", WRITES)
def test_a_query_that_writes_is_refused_and_changes_nothing(how: str, driver: neo4j.Driver, database: str) -> None:
    before = elements(driver, database)
    with pytest.raises((UsageError, DataError)) as raised:
        query.ask(driver, WRITES[how], database=database)
    assert elements(driver, database) == before
    assert "Evil" not in str(raised.value)


@pytest.mark.parametrize("how", [h for h in WRITES if h not in {"user", "database", "end another's transaction"}])
def test_the_server_itself_refuses_to_write_in_a_read_transaction(
    how: str, driver: neo4j.Driver, database: str
) -> None:
    import neo4j

    before = elements(driver, database)
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        tx = session.begin_transaction()
        with pytest.raises(neo4j.exceptions.ClientError):
            tx.run(WRITES[how]).consume()
        tx.close()
    assert elements(driver, database) == before


def test_a_procedure_is_called_where_it_is_allowed_by_name(driver: neo4j.Driver, database: str) -> None:
    for allowed in ("db.labels", "DB.Labels"):
        answer = query.ask(driver, CALLS["yield"], database=database, allowed=[allowed])
        assert answer.columns == ("label",)
    with pytest.raises(UsageError, match=r"calls a procedure, db\.labels"):
        query.ask(driver, CALLS["yield"], database=database, allowed=["db.relationshipTypes", "db"])


def test_a_procedure_that_is_allowed_still_cannot_write(driver: neo4j.Driver, database: str) -> None:
    before = elements(driver, database)
    with pytest.raises((UsageError, DataError)):
        query.ask(driver, CALLS["makes a label"], database=database, allowed=["db.createLabel"])
    assert elements(driver, database) == before


def test_words_that_only_look_like_something_else_are_text(driver: neo4j.Driver, database: str) -> None:
    text = "RETURN 'LOAD CSV FROM x; CALL db.labels(); CREATE (n)' AS told /* CALL db.labels() */ // LOAD CSV"
    answer = query.ask(driver, text, database=database)
    assert answer.records == (("LOAD CSV FROM x; CALL db.labels(); CREATE (n)",),)


def test_two_statements_are_not_one(driver: neo4j.Driver, database: str) -> None:
    with pytest.raises(UsageError, match="one statement"):
        query.ask(driver, "RETURN 1 AS x; CREATE (n:Evil)", database=database)


def test_a_text_cannot_have_itself_run_by_the_explanation(driver: neo4j.Driver, database: str) -> None:
    before = elements(driver, database)
    for text in ("PROFILE CREATE (n:Evil)", "EXPLAIN CREATE (n:Evil)", "CYPHER 5 PROFILE CREATE (n:Evil)"):
        with pytest.raises((UsageError, DataError)):
            query.ask(driver, text, database=database)
    assert elements(driver, database) == before


@pytest.mark.parametrize("first", [LOADS["plain"], CALLS["yield"]])
def test_what_begins_with_an_escape_is_no_statement(first: str, driver: neo4j.Driver, database: str) -> None:
    with pytest.raises(UsageError, match="SyntaxError"):
        query.ask(driver, f"\\u{ord(first[0]):04x}{first[1:]}", database=database)


@pytest.mark.parametrize("text", ["SHOW TRANSACTIONS", "SHOW SETTINGS", "SHOW USERS", "SHOW DATABASES"])
def test_what_others_ask_and_how_the_server_is_run_is_no_question(
    text: str, driver: neo4j.Driver, database: str
) -> None:
    with pytest.raises(UsageError, match="graph"):
        query.ask(driver, text, database=database)
