"""`finvest neo4j schema`: the labels, types and properties of a case on a server, and its constraints."""

from __future__ import annotations

import click

from finvest.cli import output
from finvest.cli.neo4j_options import ask, of_server
from finvest.cli.options import as_json


@click.command()
@of_server
@click.option("--make", is_flag=True, help="Make the constraints on the server; `push` does so by itself.")
@as_json
def command(uri: str | None, database: str | None, make: bool, json_: bool) -> None:
    """Print what a case is on a server; with --make, make its constraints there."""
    from finvest.exchange.neo4j import annotations, connect, push, schema

    if make:
        made = push.make_schema(connect.Server.of(uri, database, ask))
        if json_:
            output.as_json({"made": made})
        else:
            output.say(f"{made} constraints and indexes made; the others were there")
        return
    nodes, relationships = schema.described(schema.NODES), schema.described(schema.RELATIONSHIPS)
    added = annotations.described()
    if json_:
        told = {"nodes": nodes, "relationships": relationships, "constraints": schema.constraints()}
        output.as_json(told | {"analysts": added})
        return
    import polars as pl

    output.table(pl.DataFrame(nodes).drop("ends"), "Nodes")
    output.table(pl.DataFrame(relationships), "Relationships")
    output.table(pl.DataFrame(added), "What analysts add, which `pull` brings back")
    for statement in schema.constraints():
        output.say(f"{statement};")
