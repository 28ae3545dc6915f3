"""The guide to a case on a graph server for analysts: what is there, how to ask, and questions ready to use."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from finvest.exchange.neo4j import schema
from finvest.exchange.neo4j.questions import CHAPTERS, QUESTIONS, Question
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEAD = """# Cypher guide

A case on a Neo4j server, and questions to ask it. `finvest neo4j push` puts the case there; the queries below work in
the server's browser (values go in with `:param`, colours with `:style` and `neo4j.grass`), in any driver, and with
finvest, where each has a name:

```sh
finvest neo4j guide cycles
finvest neo4j query --question cycles --param account=ID --param days:=14
finvest neo4j query --file question.cypher --param account=ID --out answer.csv
```

`finvest neo4j query` asks in a read transaction, in which the server itself refuses to write. `LOAD CSV`, procedures
and plug-ins' functions are refused unless `--allow-procedure NAME` allows one by name; what a query does is read from
the plan that the server makes of it (`EXPLAIN`), whatever its text looks like. Neo4j's Community edition has no roles:
there every user can write in the browser. On a server with roles, give analysts a user who can only read.

The questions need Neo4j 5.9 or later; pushing and pulling work from 5.7 on.

A value is a parameter: `--param name=text`, or `--param name:=JSON` for a number or a list; `finvest find` shows ids.

Amounts are whole minor units (`amount_minor` 1250 of EUR is 12.50) beside their currency: never add two currencies.
A transfer happened at one unknown instant from `earliest` to `latest` (UTC); `precision` says how well it is known. "In
time order" means that it can have been so: no transfer's latest lies before the earliest of one before it. A reversal
and what it takes back are not `counted`: sums and paths leave them out. Possible victims have no names here, unless
somebody pushed them for a reason. What is found is an assessment, and every question has innocent answers.

"""

_MOST_ENDS = 4
_NUMBERS = frozenset({"least", "minor", "hours", "days", "low", "high"})
_DAYS = frozenset({"since", "until", "day"})
_LISTS = frozenset({"accounts"})
_CARRIED = "Every node and relationship carries `id`, `case`, `source`, `record`, `handling` and `digest`."


def guide(name: str | None = None) -> str:
    """Return the guide as Markdown, or one question of it.

    Parameters
    ----------
    name : str, optional
        Of a question.

    Raises
    ------
    UsageError
        If there is no such question.
    """
    if name is not None:
        return _question(named(name))
    parts = [_HEAD, "## What is there\n", _elements(schema.NODES), _elements(schema.RELATIONSHIPS), f"{_CARRIED}\n"]
    for chapter, questions in CHAPTERS.items():
        parts += [f"## {chapter}\n", *(_question(q) for q in questions)]
    return "\n".join(parts)


def named(name: str) -> Question:
    """Return a question by its name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in QUESTIONS:
        raise UsageError(f"the guide has no question of this name; it has {', '.join(QUESTIONS)}")
    return QUESTIONS[name]


def filled(question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a question's parameters, each of the kind that the question takes.

    A number that came as text would be compared with numbers, and the answer be empty without a word.

    Parameters
    ----------
    question : Question
    given : mapping
        Values by name, as they were typed; those left out are for the server to miss.

    Raises
    ------
    UsageError
        If a value is of another kind, or the question has no such parameter.
    """
    for name in given:
        if name not in question.parameters:
            takes = f"it takes {', '.join(question.parameters)}" if question.parameters else "it takes none"
            raise UsageError(f"the question {question.name} has no parameter {name}; {takes}")
    return {name: _of_kind(name, value) for name, value in given.items()}


def _of_kind(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever was typed
    if name in _NUMBERS:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
        if type(value) is not int:
            raise UsageError(f"{name} is a whole number; write --param {name}=5")
    elif name in _LISTS:
        if not isinstance(value, list):
            raise UsageError(f'{name} is a list; write --param \'{name}:=["ID", "ID"]\'')
    elif not isinstance(value, str):
        raise UsageError(f"{name} is a text; write --param {name}=TEXT")
    elif name in _DAYS and not _is_day(value):
        raise UsageError(f"{name} is a day, written YYYY-MM-DD")
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _elements(elements: Sequence[schema.Element]) -> str:
    runs = any(one.ends for one in elements)
    lines = ["| name | what it is | runs | properties |" if runs else "| name | what it is | properties |"]
    lines.append("|---" * (4 if runs else 3) + "|")
    for one in elements:
        labels = "".join(f", `{label}`" for label in one.more.values())
        cells = [f"`{one.name}`{labels}", one.meaning, ", ".join(f"`{key}`" for key in one.own)]
        if runs:
            cells.insert(
                2, ", ".join(f"{a} → {b}" for a, b in one.ends) if len(one.ends) <= _MOST_ENDS else "between any"
            )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _question(question: Question) -> str:
    lines = [f"### {question.name}: {question.title}", "", "```cypher", question.text, "```", ""]
    lines += [f"* `${name}`: {meaning}" for name, meaning in question.parameters.items()]
    if question.parameters:
        lines.append("")
    if question.note:
        lines += [question.note, ""]
    return "\n".join(lines)
