"""`finvest neo4j guide`: questions in Cypher that are ready to use."""

from __future__ import annotations

import click

from finvest.cli import output
from finvest.cli.options import as_json


@click.command()
@click.argument("name", required=False)
@as_json
def command(name: str | None, json_: bool) -> None:
    """Print the Cypher guide for analysts, or its question NAME."""
    from finvest.exchange.neo4j.guide import guide, named
    from finvest.exchange.neo4j.questions import QUESTIONS

    told = guide(name)
    if json_:
        chosen = [named(name)] if name else QUESTIONS.values()
        output.as_json(
            [{"name": q.name, "title": q.title, "text": q.text, "parameters": dict(q.parameters)} for q in chosen]
        )
        return
    output.say(told)
    output.hint("finvest neo4j query --question NAME --param NAME=VALUE asks one")
