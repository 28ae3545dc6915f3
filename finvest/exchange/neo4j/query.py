"""A question in Cypher to a server: in a read transaction, guarded by the server's own plan; the answer as it is used.

Values come back as Python and Polars know them: times as native instants and days, whole numbers exact, nodes and
relationships as one column per property.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finvest.exchange.neo4j import guard
from finvest.exchange.neo4j.values import as_frame, name_of, plain
from finvest.model.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import neo4j
    import networkx as nx
    import polars as pl

LONGEST = 600.0
"""Seconds after which the server ends a query."""

_OPAQUE = re.compile(r"[a-z][0-9a-f]{16}")
_EXPLAIN = "EXPLAIN\n"
_PLACE = re.compile(r"\(line (\d+), column (\d+)")
_PARAMETER = re.compile(r"([A-Za-z]\w*)(:?=)(.*)", re.DOTALL)
_VALUES = {
    "ArithmeticError": "the query divides by zero or leaves the whole numbers of 64 bits; leave such values out",
    "TypeError": "the query asks something of a value that is of another kind, such as a property of a number; see "
    "what it holds there",
    "ProcedureNotFound": "the server has no such procedure; leave it out",
}
"""End of a server's code to what it means, where the query is Cypher and yet cannot be answered."""
_PLAN = "the query asks for its plan, and that is no answer; leave EXPLAIN or PROFILE out"
_MISSING = re.compile(r"Expected parameter\(s\): ([\w, ]+)")


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes
    ----------
    columns : tuple of str
    records : tuple of tuple
        Values as the driver hands them over.
    notice : str
        What whoever asked should know of the server; empty where there is nothing.
    """

    columns: tuple[str, ...]
    records: tuple[tuple[Any, ...], ...]
    notice: str = ""

    def to_frame(self) -> pl.DataFrame:
        """Return a table: a node ``a`` becomes ``a:labels`` and ``a.id`` …, a relationship ``t:type``, ``t:from`` ….

        Lists of one kind stay lists; maps and mixed lists are JSON text.
        """
        return as_frame(self.columns, self.records)

    def rows(self) -> list[dict[str, Any]]:
        """Return the same as plain values for JSON: nodes, relationships and paths as objects."""
        return [dict(zip(self.columns, map(plain, record), strict=True)) for record in self.records]

    def about(self) -> list[str]:
        """Return whom or what the answer is about, for the log: opaque ids, 1,000 at most."""
        nodes, relationships = _elements(self.records)
        texts = {value for value in _flat(self.records) if isinstance(value, str)}
        texts |= {name_of(one) for one in (*nodes.values(), *relationships.values())}
        return sorted(text for text in texts if _OPAQUE.fullmatch(text))[:1000]

    def as_graph(self) -> nx.MultiDiGraph[str]:
        """Return every node and relationship of the answer, whether in paths or lists, once.

        Returns
        -------
        networkx.MultiDiGraph
            Nodes and keys of edges by their property ``id``, else by the server's own; ``labels`` or ``type`` and the
            properties as attributes. An end that the query did not return is there without properties.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        nodes, relationships = _elements(self.records)
        for one in nodes.values():
            graph.add_node(name_of(one), labels=sorted(one.labels), **_attributes(one))
        for edge in relationships.values():
            start, end = edge.nodes
            if start is not None and end is not None:
                graph.add_edge(name_of(start), name_of(end), key=name_of(edge), type=edge.type, **_attributes(edge))
        return graph


def _attributes(element: neo4j.graph.Entity) -> dict[str, Any]:
    return {key: plain(value) for key, value in sorted(element.items()) if key not in {"labels", "type"}}


def _elements(
    records: Iterable[Any],
) -> tuple[dict[str, neo4j.graph.Node], dict[str, neo4j.graph.Relationship]]:
    """Return nodes and relationships of an answer by the server's ids, in the order in which they come."""
    from neo4j.graph import Node, Path, Relationship

    nodes: dict[str, neo4j.graph.Node] = {}
    relationships: dict[str, neo4j.graph.Relationship] = {}
    for value in _flat(records):
        parts = (*value.nodes, *value.relationships) if isinstance(value, Path) else (value,)
        for part in parts:
            if isinstance(part, Node):
                nodes[part.element_id] = part
            elif isinstance(part, Relationship):
                relationships.setdefault(part.element_id, part)
    for edge in relationships.values():
        for end in edge.nodes:
            if end is not None:
                nodes.setdefault(end.element_id, end)
    return nodes, relationships


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, dict):
            yield from _flat(value.values())
        elif isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield value


def parameters(given: Iterable[str]) -> dict[str, Any]:
    """Read parameters as they are typed: ``name=text``, or ``name:=JSON`` for numbers and lists.

    Raises
    ------
    UsageError
        If one is neither, or named twice.
    """
    found: dict[str, Any] = {}
    for one in given:
        parts = _PARAMETER.fullmatch(one)
        if parts is None:
            raise UsageError("a parameter is written name=text, or name:=JSON for a number or a list")
        name, sign, value = parts.groups()
        if name in found:
            raise UsageError(f"the parameter {name} is given twice")
        try:
            found[name] = json.loads(value) if sign == ":=" else value
        except ValueError:
            raise UsageError(f"the parameter {name} is no JSON; write {name}=text for a text") from None
    return found


def ask(
    driver: neo4j.Driver,
    text: str,
    given: Mapping[str, Any] | None = None,
    *,
    database: str | None = None,
    allowed: Collection[str] = (),
    longest: float = LONGEST,
) -> Answer:
    """Ask a server one question in Cypher.

    Parameters
    ----------
    driver : neo4j.Driver
    text : str
        One statement. Values go in as parameters, ``$name``.
    given : mapping, optional
        Parameters by name.
    database : str, optional
        The user's own where left out.
    allowed : collection of str
        Procedures that may be called, see `guard.check`.
    longest : float
        Seconds after which the server ends it.

    Returns
    -------
    Answer

    Raises
    ------
    UsageError
        If the query is not understood, lacks a parameter, writes, or reaches beyond the graph.
    DataError
        If it takes too long. Other errors of the server are the driver's own, see `connect.mapped`.
    """
    import neo4j

    if not text.strip():
        raise UsageError("there is no query; give it as text, or --file FILE")
    values = dict(given or {})

    @neo4j.unit_of_work(timeout=longest)
    def work(tx: neo4j.ManagedTransaction) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        try:
            summary = tx.run(_statement(_EXPLAIN + text), values).consume()
        except neo4j.exceptions.Neo4jError as error:
            raise _refused(error, longest, above=1) or error from None
        guard.check(summary.plan, summary.query_type, allowed)  # first: after some commands nothing else can be asked
        guard.check(summary.plan, summary.query_type, allowed, tx.run(guard.FUNCTIONS).value())
        result = tx.run(_statement(text), values)
        answer = tuple(result.keys()), tuple(tuple(record.values()) for record in result)
        if result.consume().plan is not None:  # an empty answer to EXPLAIN reads as if nothing was found
            raise UsageError(_PLAN)
        return answer

    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        try:
            columns, records = session.execute_read(work)
            notice = guard.notice(session)
        except neo4j.exceptions.Neo4jError as error:
            refused = _refused(error, longest)
            if refused is None:
                raise
            raise refused from None
        except neo4j.exceptions.BrokenRecordError:
            raise DataError("a day of the answer is before year 1 or after 9999; ask for toString(…)") from None
        except (OverflowError, TypeError, ValueError) as error:
            if isinstance(error, UsageError | DataError):
                raise
            raise UsageError(
                "a parameter is of a kind that the server does not take; give text, numbers, lists"
            ) from None
    return Answer(columns, records, notice)


def _statement(text: str) -> Any:  # noqa: ANN401 - the driver asks for a literal, which an analyst's text is not
    return text


def _refused(error: neo4j.exceptions.Neo4jError, longest: float, above: int = 0) -> UsageError | DataError | None:
    """Say what a refusal of the query itself means; the server's own words can quote the query, and are left out."""
    code, said = str(error.code or ""), str(error.message or "")
    last = code.rpartition(".")[2]
    place = _PLACE.search(said)
    line = int(place[1]) - above if place else 0
    where = f" at line {line}, column {place[2]}" if place and line > 0 else ""
    if last == "ParameterMissing":
        names = _MISSING.search(said)
        which = f": {names[1]}" if names else ""
        return UsageError(f"the query needs parameters{which}; give each with --param NAME=VALUE")
    if last in {"AccessMode", "ForbiddenOnReadOnlyDatabase"}:
        return UsageError(guard.WRITES)
    if last == "ArgumentError" and "execution mode" in said:
        return UsageError(_PLAN)
    if last in _VALUES:
        return UsageError(_VALUES[last])
    if last == "SyntaxError" and not above and not place:
        return UsageError(
            "the server cannot read a value that the query turns into another kind; a day is written YYYY-MM-DD"
        )
    if last in {"TransactionTimedOut", "TransactionTimedOutClientConfiguration"}:
        return DataError(f"the query took longer than {longest:g} seconds; ask for less, or for fewer hops")
    if code.startswith(("Neo.ClientError.Statement.", "Neo.ClientError.Procedure.")):
        return UsageError(f"the server does not take this query ({last}{where}); it is one statement of Cypher")
    return None
