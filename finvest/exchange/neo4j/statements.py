"""The statements of a push, made of the schema's names only; every value is a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.exchange.neo4j.schema import WATERMARK, quoted

if TYPE_CHECKING:
    from finvest.exchange.neo4j.material import Part

_MARK = quoted(WATERMARK.name)

MARK = f"MATCH (w:{_MARK} {{`id`: $id}}) RETURN w.`plan` AS plan, w.`done` AS done, w.`finished` AS finished"
"""How far a push has come."""

SET_MARK = f"MERGE (w:{_MARK} {{`id`: $id}}) SET w += $props"
"""How far it is now."""

OTHERS = f"MATCH (w:{_MARK}) WHERE w.`case` <> $case RETURN count(w) AS others"
"""Whether the database holds another case."""

_NUMBERS = ("whole", "number")

AWAIT = "CALL db.awaitIndexes(300)"


def _node(part: Part) -> str:
    return f"(n:{quoted(part.element.name)} {{`id`: r.`id`}})"


def _edge(part: Part) -> str:
    return f"(a)-[n:{quoted(part.element.name)} {{`id`: r.`id`}}]->(b)"


def _by_index(what: str, name: str) -> str:
    """Return the hint without which a planner that saw little data looks at everything."""
    return f"USING INDEX {what}:{quoted(name)}(`id`)"


def known(part: Part) -> str:
    """Return the statement that lists which of some ids are there."""
    name = part.element.name
    pattern = f"()-[n:{quoted(name)}]->()" if part.ends else f"(n:{quoted(name)})"
    return f"UNWIND $ids AS id MATCH {pattern} {_by_index('n', name)} WHERE n.`id` = id RETURN id"


def find(part: Part) -> str:
    """Return the statement that lists what differs in any property, label or end; nothing but ids of what is not there.

    It is sent everything that it compares: ask `known` first, and only of those.
    """
    name = part.element.name
    # To Cypher 1 and 1.0 are equal.
    numbers = [quoted(key, of=part.element) for key, kind in part.element.properties.items() if kind in _NUMBERS]
    typed = "".join(f" OR toStringOrNull(n.{key}) <> toStringOrNull(r.`props`.{key})" for key in numbers)
    if part.ends:
        return (
            f"UNWIND $rows AS r OPTIONAL MATCH (a)-[n:{quoted(name)}]->(b) {_by_index('n', name)} "
            "WHERE n.`id` = r.`id` WITH r, a, n, b "
            f"WHERE n IS NULL OR properties(n) <> r.`props`{typed} "
            "OR coalesce(a.`id` <> r.`from`, true) OR coalesce(b.`id` <> r.`to`, true) "
            "RETURN r.`id` AS id, properties(n) AS held, a.`id` AS start, b.`id` AS stop, [] AS labels"
        )
    label = f" OR NOT n:{quoted(part.label)}" if part.label else ""
    return (
        f"UNWIND $rows AS r OPTIONAL MATCH (n:{quoted(name)}) {_by_index('n', name)} WHERE n.`id` = r.`id` WITH r, n "
        f"WHERE n IS NULL OR properties(n) <> r.`props`{typed}{label} "
        "RETURN r.`id` AS id, properties(n) AS held, null AS start, null AS stop, labels(n) AS labels"
    )


def create(part: Part) -> str:
    """Return the statement that makes what is missing."""
    if part.ends:
        first, second = part.ends
        return (
            f"UNWIND $rows AS r MATCH (a:{quoted(first)}) {_by_index('a', first)} WHERE a.`id` = r.`from` "
            f"MATCH (b:{quoted(second)}) {_by_index('b', second)} WHERE b.`id` = r.`to` "
            f"CREATE (a)-[n:{quoted(part.element.name)}]->(b) SET n = r.`props`"
        )
    label = f":{quoted(part.label)}" if part.label else ""
    return f"UNWIND $rows AS r CREATE (n:{quoted(part.element.name)}{label}) SET n = r.`props`"


def update(part: Part) -> str:
    """Return the statement that sets what differs; a property that is null is removed, others of people stay."""
    if part.ends:
        return f"UNWIND $rows AS r MATCH {_edge(part)} SET n += r.`props`"
    wrong = [quoted(label) for label in part.element.more.values() if label != part.label]
    remove = f" REMOVE {', '.join(f'n:{label}' for label in wrong)}" if wrong else ""
    label = f" SET n:{quoted(part.label)}" if part.label else ""
    return f"UNWIND $rows AS r MATCH {_node(part)} SET n += r.`props`{remove}{label}"


def cut(part: Part) -> str:
    """Return the statement that takes relationships away, to be made again between the right ends."""
    return f"UNWIND $rows AS r MATCH {_edge(part)} DELETE n"


def count(name: str, *, edges: bool) -> str:
    """Return the statement that counts the elements of a case by label or type."""
    pattern = f"()-[n:{quoted(name)}]->()" if edges else f"(n:{quoted(name)})"
    return f"MATCH {pattern} WHERE n.`case` = $case RETURN count(n) AS known"


def listed(name: str, *, edges: bool) -> str:
    """Return the statement that lists the elements of a case."""
    pattern = f"(a)-[n:{quoted(name)}]->(b)" if edges else f"(n:{quoted(name)})"
    ends = "a.`id` AS start, b.`id` AS stop" if edges else "null AS start, null AS stop"
    return f"MATCH {pattern} WHERE n.`case` = $case RETURN n.`id` AS id, {ends}, properties(n) AS held"


def delete(name: str, *, edges: bool) -> str:
    """Return the statement that deletes elements by id; a node stays while anything hangs on it."""
    if edges:
        return f"UNWIND $ids AS id MATCH ()-[n:{quoted(name)} {{`id`: id}}]->() DELETE n RETURN count(*) AS gone"
    free = "WHERE NOT EXISTS { (n)--() }"
    return f"UNWIND $ids AS id MATCH (n:{quoted(name)} {{`id`: id}}) {free} DELETE n RETURN count(*) AS gone"
