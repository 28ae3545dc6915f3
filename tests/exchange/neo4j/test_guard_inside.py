"""Subqueries inside expressions have no operator of their own in a plan: what they reach for is seen all the same."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from finvest.exchange.neo4j import query
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import neo4j

    from tests.exchange.neo4j.server import Running

INSIDE = (
    "any(y IN [1] WHERE EXISTS { {body} })",
    "any(y IN [1] WHERE EXISTS { CALL () { {body} } RETURN 1 AS one })",
    "any(y IN [1] WHERE EXISTS { MATCH (q) WHERE EXISTS { {body} } RETURN 1 AS one UNION MATCH (q) RETURN 2 AS one })",
    "(reduce(a = 0, y IN [1] | a + COUNT { {body} }) > 0)",
    "(coalesce(null, COUNT { {body} }) > 0)",
    "(size([y IN [1] | COLLECT { {body} }]) > 0)",
)
"""Expressions that the server does not take apart when it plans."""

PLACES = (
    "RETURN {it} AS x",
    "RETURN CASE WHEN {it} THEN 1 ELSE 0 END AS x",
    "RETURN [y IN [1, 2] WHERE {it} | y] AS x",
    "RETURN count(CASE WHEN {it} THEN 1 END) AS x",
    "MATCH (n:Account) RETURN n.label, collect(CASE WHEN {it} THEN 1 END) AS x",
    "MATCH (n:Account) RETURN {it} AS k, count(*) AS x",
    "MATCH (n:Account) WITH n ORDER BY {it} LIMIT 2 RETURN n",
    "MATCH (n:Account) WITH DISTINCT {it} AS k RETURN k",
    "MATCH p = SHORTEST 1 (a:Account {id: 'a'})((x)-[e:TRANSFER]->(y) WHERE {it})+(b:Account {id: 'c'}) RETURN p",
    "MATCH p = ANY SHORTEST (a:Account)(()-[e:TRANSFER WHERE {it}]->())+(b:Account) RETURN p",
    "MATCH (a:Account)-[e:TRANSFER*1..3]->(b) WHERE all(r IN e WHERE {it}) RETURN e",
    "MATCH (a:Account)-[:TRANSFER*1..2 {id: toString({it})}]->(b) RETURN DISTINCT b",
    "MATCH (n:Account {id: CASE WHEN {it} THEN 'a' END}) RETURN n",
    "MATCH (n:Account) WHERE n.id IN [x IN ['a'] WHERE {it}] RETURN n",
    "MATCH (n:Account) WHERE n.id STARTS WITH CASE WHEN {it} THEN 'a' END RETURN n",
    "MATCH (n:Account) WHERE n.id > CASE WHEN {it} THEN 'a' END RETURN n",
    "MATCH (n) WHERE elementId(n) = CASE WHEN {it} THEN 'a' END RETURN n",
    "MATCH (n) WHERE id(n) = CASE WHEN {it} THEN 0 END RETURN n",
    "MATCH ()-[r]->() WHERE id(r) = CASE WHEN {it} THEN 0 END RETURN r",
    "UNWIND CASE WHEN {it} THEN [1] END AS x RETURN x",
    "MATCH (a:Account), (b:Account) WHERE a.label = CASE WHEN {it} THEN b.label END RETURN a",
    "OPTIONAL MATCH (a:Account) WHERE {it} RETURN a",
    "MATCH (a:Account) WHERE NOT (a)-->() OR {it} RETURN a",
    "MATCH (a:Account) RETURN [(a)-->(b) WHERE {it} | b.id] AS x",
    "RETURN [1, 2, 3][CASE WHEN {it} THEN 0 END] AS x",
    "RETURN [1, 2, 3][CASE WHEN {it} THEN 0 END..2] AS x",
    "CALL () { RETURN {it} AS z } RETURN z",
    "RETURN 1 AS z UNION RETURN {it} AS z",
    "RETURN EXISTS { MATCH (a:Account) WHERE {it} } AS z",
    "MATCH (a:Account) RETURN a {.*, z: {it}} AS z",
    "MATCH (a:Account) RETURN count(DISTINCT {it}) AS z",
    "MATCH p = allShortestPaths((a:Account {id: 'a'})-[r*]->(b:Account {id: 'c'})) "
    "WHERE none(x IN nodes(p) WHERE {it}) RETURN p",
    "WITH {it} AS flag WHERE flag RETURN 1 AS x",
    "MATCH (n:$(CASE WHEN {it} THEN 'Account' END)) RETURN n",
    "MATCH (n:Account) WHERE n['id' + toString({it})] IS NULL RETURN n",
    "CALL db.labels() YIELD label WHERE {it} RETURN label",
    "CALL db.awaitIndexes(CASE WHEN {it} THEN 1 END)",
    "SHOW INDEXES YIELD name WHERE {it} RETURN name",
    "SHOW PROCEDURES YIELD name ORDER BY {it} RETURN count(CASE WHEN {it} THEN 1 END) AS x",
)

ALLOWED = ["db.labels", "db.awaitIndexes"]


@pytest.fixture(scope="module")
def asked_for() -> Iterator[list[str]]:
    """Addresses that were asked for on this machine; the first is where."""
    seen: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a,b\n")

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its signature
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as there:
        threading.Thread(target=there.serve_forever, daemon=True).start()
        seen.append(f"http://127.0.0.1:{there.server_port}/x.csv")
        yield seen
        there.shutdown()


@pytest.fixture(scope="module")
def small(server: Running) -> Running:
    """Three accounts, one transfer after another."""
    server.clear()
    server.ask(
        "CREATE (:Account {id: 'a', label: 'x'})-[:TRANSFER {id: 't'}]->(:Account {id: 'b', label: 'y'})"
        "-[:TRANSFER {id: 'u'}]->(:Account {id: 'c', label: 'y'})"
    )
    return server


def put(place: str, inside: str, body: str) -> str:
    return place.replace("{it}", inside.replace("{body}", body))


def test_the_listener_hears_what_is_allowed(small: Running, driver: neo4j.Driver, asked_for: list[str]) -> None:
    text = put(PLACES[0], INSIDE[0], f"LOAD CSV FROM '{asked_for[0]}' AS row RETURN row")
    assert query.ask(driver, text, database=small.database, allowed=["load csv"]).records == ((True,),)
    assert asked_for[1:] == ["/x.csv"]
    del asked_for[1:]


@pytest.mark.parametrize("place", PLACES)
def test_load_csv_inside_an_expression_is_refused_and_asks_nobody(
    place: str, small: Running, driver: neo4j.Driver, asked_for: list[str]
) -> None:
    for inside in INSIDE:
        text = put(place, inside, f"LOAD CSV FROM '{asked_for[0]}' AS row RETURN row[0] AS one")
        with pytest.raises(UsageError, match="LOAD CSV"):
            query.ask(driver, text, database=small.database, allowed=ALLOWED)
    assert asked_for[1:] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_procedure_inside_an_expression_is_refused_by_its_name(
    place: str, small: Running, driver: neo4j.Driver
) -> None:
    for inside in INSIDE:
        text = put(place, inside, "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS one")
        with pytest.raises(UsageError, match=r"calls a procedure, db\.propertyKeys;"):
            query.ask(driver, text, database=small.database, allowed=ALLOWED)


def test_a_procedure_inside_an_expression_is_called_where_it_is_allowed(small: Running, driver: neo4j.Driver) -> None:
    text = put(PLACES[1], INSIDE[0], "CALL db.labels() YIELD label RETURN label AS one")
    assert query.ask(driver, text, database=small.database, allowed=ALLOWED).records == ((1,),)


def test_a_subquery_that_only_reads_is_taken(small: Running, driver: neo4j.Driver) -> None:
    for inside in INSIDE:
        text = put(PLACES[1], inside, "MATCH (n:Account) RETURN n.id AS one")
        assert query.ask(driver, text, database=small.database).records == ((1,),)


def test_no_length_before_it_hides_what_a_query_reaches_for(
    small: Running, driver: neo4j.Driver, asked_for: list[str]
) -> None:
    load = f"LOAD CSV FROM '{asked_for[0]}' AS row RETURN row[0] AS one"
    for many in (10, 600):
        before = " AND ".join(f"y + {n} > {n}" for n in range(many))
        for text in (
            f"RETURN [y IN [1] WHERE {before} AND EXISTS {{ {load} }} | y] AS x",
            f"RETURN any(y IN [1] WHERE '{'a' * 50 * many}' <> toString(y) AND EXISTS {{ {load} }}) AS x",
            f"RETURN [{', '.join('1' for _ in range(many))}, CASE WHEN true THEN COUNT {{ {load} }} END] AS x",
        ):
            with pytest.raises(UsageError, match="LOAD CSV"):
                query.ask(driver, text, database=small.database)
    assert asked_for[1:] == []
