"""`finvest neo4j push`: the case onto a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.neo4j_options import ask, of_server
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case
    from finvest.exchange.neo4j.push import Pushed


@click.command()
@of_case
@of_server
@click.option("--finding", help="Only what lies around this finding (its id, or how it begins).")
@click.option("--account", help="Only what lies around this account: id, number or holder.")
@click.option("--overwrite", is_flag=True, help="Set right what somebody changed on the server.")
@click.option("--victims", metavar="REASON", help="Show possible victims by name, for this reason; kept in the log.")
@as_json
def command(
    case: Case,
    uri: str | None,
    database: str | None,
    finding: str | None,
    account: str | None,
    overwrite: bool,
    victims: str | None,
    json_: bool,
) -> None:
    """Push the case onto a Neo4j server; again and again: only what differs is written.

    Findings are those on file: run `finvest score` first. A push that is cut goes on where it was.
    """
    with output.progress(json_) as tell:
        tell("putting the case together")
        done = case.to_neo4j(
            uri,
            database=database,
            finding=finding,
            account=account,
            overwrite=overwrite,
            victims=victims,
            ask=ask,
            progress=tell,
        )
    if json_:
        changed = [{"what": c.what, "id": c.id, "properties": list(c.keys)} for c in done.changed]
        sizes = {"nodes": done.nodes, "relationships": done.relationships}
        output.as_json({**sizes, **done.counters, "changed": changed, "resumed": done.resumed, "cuts": done.cuts})
        return
    _say(done, overwrite=overwrite)


def _say(done: Pushed, *, overwrite: bool) -> None:
    output.say(f"{done.nodes:,} nodes and {done.relationships:,} relationships are on the server")
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in done.counters.items() if count)
    output.say(f"written: {counts}" if counts else "nothing was written: the server holds all of it already")
    for one in done.changed:
        state = "was changed on the server and is set right" if overwrite else "was changed on the server, and left so"
        output.say(f"{one} {state}")
    if done.changed and not overwrite:
        output.hint("finvest neo4j push --overwrite sets these right")
    else:
        output.hint("finvest neo4j guide prints questions to ask there")
