"""`finvest neo4j pull`: what analysts added on the server, brought back as proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.neo4j_options import ask, of_server
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case


@click.command(name="pull")
@of_case
@of_server
@as_json
def command(case: Case, uri: str | None, database: str | None, json_: bool) -> None:
    """Bring back what analysts added on the server: notes, decisions, links between parties.

    All of it comes as proposals with user and date; nothing changes until somebody accepts one.
    """
    found = case.from_neo4j(uri, database=database, ask=ask)
    if json_:
        output.as_json(found.as_dict())
        return
    for line in found.lines():
        output.say(line)
    output.hint("finvest neo4j proposals list shows them")
