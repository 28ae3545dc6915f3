"""What a query may do on a server: read the graph, and nothing else that was not allowed by name.

A server refuses writes in a read transaction by itself. It does not refuse ``LOAD CSV``, which asks other machines,
nor procedures, which can do anything. Whether a query has them is read from the plan that the server makes of it
(``EXPLAIN``) and never from its text: a text can hide a word in comments, escapes and subqueries, a plan cannot.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import neo4j

READS, SCHEMA = "r", "s"
"""What the server calls a query that only reads, and one about schema, users or databases."""

WRITES = "the query writes, and queries only read; change the case with finvest, then push it again"
"""What a query that writes is told."""

LOADS, CALLS = "LoadCSV", "ProcedureCall"
"""Operators of a plan that reach beyond the graph."""

LOAD_CSV = "LOAD CSV"
"""By this name it is allowed."""

ELSEWHERE = ("Remote", "Exec", "Terminate", "Transaction", "ShowTransactions", "ShowSettings")
"""How operators begin whose work the plan does not show, that end what others do, or tell what others ask."""

_LOADING = re.compile(r"\bLOAD\s+CSV\b", re.IGNORECASE)
_CALLING = re.compile(r"\b\w*Call\(\s*([\w.`]*)|\bCALL\s+([\w.`]+)")
"""What the server writes of a subquery inside an expression, which is no operator of its own."""

_NAME = re.compile(r"^\s*`?([\w.`]+)\s*(?:\(|$)")
_WRITING = frozenset(
    {"write", "create_element", "delete_element", "set_property", "set_label", "remove_label", "merge", "all"}
)


def operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Walk a plan and all its children.

    Parameters
    ----------
    plan : mapping
        As the driver hands it over: ``operatorType``, ``args``, ``children``.

    Yields
    ------
    tuple of (str, str)
        The operator without the database it runs on, and what the server says of it.
    """
    waiting = [plan]
    while waiting:
        one = waiting.pop()
        name = str(one.get("operatorType", "")).partition("@")[0]
        yield name, str(one.get("args", {}).get("Details", ""))
        waiting += one.get("children", [])


def reaches(plan: Mapping[str, Any]) -> Iterator[str]:
    """Find what reaches beyond the graph: operators, and subqueries inside expressions, which have no operator.

    Parameters
    ----------
    plan : mapping

    Yields
    ------
    str
        ``LOAD CSV``, or the name of a procedure as the server writes it; empty where it does not name it.
    """
    for operator, told in operators(plan):
        if operator == LOADS or _LOADING.search(told):
            yield LOAD_CSV
        if operator == CALLS:
            found = _NAME.match(told)
            yield found[1].replace("`", "") if found else ""
        for call in _CALLING.finditer(told):
            yield (call[1] or call[2] or "").replace("`", "")


def check(plan: Mapping[str, Any] | None, kind: str | None, allowed: Collection[str] = ()) -> None:
    """Refuse a query that does more than read the graph.

    Parameters
    ----------
    plan : mapping or None
        The server's own plan.
    kind : str or None
        What kind of query the server takes it for.
    allowed : collection of str
        Procedures that may be called, by their full names, whatever case; ``LOAD CSV`` is allowed by that name.

    Raises
    ------
    UsageError
        If the server gave no plan, the query writes, or it reaches beyond the graph.
    """
    if plan is None:
        raise UsageError(
            "the server gave no plan of this query, and only a plan says what it does; write it as a MATCH"
        )
    known = {name.casefold() for name in allowed}
    for reached in reaches(plan):
        if reached == LOAD_CSV and reached.casefold() not in known:
            raise UsageError(
                "the query reads a file or asks another machine (LOAD CSV); leave that out, "
                "or allow it with --allow-procedure 'LOAD CSV'"
            )
        if reached.casefold() not in known:
            raise UsageError(
                f"the query calls a procedure, {reached or 'which the server does not name'}; leave it out, "
                f"or allow it by name with --allow-procedure {reached or 'NAME'}"
            )
    for operator, _ in operators(plan):
        if operator.startswith(ELSEWHERE):
            raise UsageError(f"the query does more than read this graph ({operator}); leave that out")
    if kind == SCHEMA:
        raise UsageError("the query is about the schema or the users of the server; queries only read the graph")
    if kind != READS and not (kind == "rw" and known):
        raise UsageError(WRITES)


def notice(session: neo4j.Session) -> str:
    """Tell a user who may write so, where the server has roles.

    Returns
    -------
    str
        Empty on the Community edition, which has no roles: every user can write there, and what keeps a query from
        it is the read transaction. Servers with roles were not tried: none was at hand.
    """
    import neo4j

    edition = session.run("CALL dbms.components() YIELD edition RETURN edition").value()
    if "community" in edition:
        return ""
    try:
        rows = session.run("SHOW USER PRIVILEGES YIELD access, action RETURN access, action").values()
    except neo4j.exceptions.Neo4jError:
        return ""
    if any(access == "GRANTED" and str(action).lower() in _WRITING for access, action in rows):
        return "this user may write on the server; ask for one that only reads"
    return ""
