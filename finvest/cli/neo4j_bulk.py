"""`finvest neo4j bulk`: the case as files for `neo4j-admin database import full`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@of_case
@click.option("--database", default="neo4j", show_default=True, help="Database that the command is to fill.")
@click.option("--victims", metavar="REASON", help="Show possible victims by name, for this reason; kept in the log.")
@as_json
def command(case: Case, target: Path, database: str, victims: str | None, json_: bool) -> None:
    """Write the case into FOLDER (new or empty) for an import: beyond a few million transfers, in place of a push.

    Prints the one command to run, on the server's machine, while the database does not run. Push once afterwards: that
    makes the constraints, and finds nothing else to write.
    """
    with output.progress(json_) as tell:
        tell("putting the case together")
        done = case.neo4j_files(target, database=database, victims=victims, progress=tell)
    if json_:
        written = {"nodes": done.nodes, "relationships": done.relationships}
        output.as_json({"written": str(done.folder), **written, "command": done.command})
        return
    output.say(f"{done.nodes:,} nodes and {done.relationships:,} relationships written; with the database stopped, run")
    output.say(f"  {done.command}")
    output.say("It refuses a database that exists; --overwrite-destination replaces what that holds.")
    output.hint("start the database, then finvest neo4j push makes the constraints")
