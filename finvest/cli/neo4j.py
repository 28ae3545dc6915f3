"""`finvest neo4j`: a case on a graph server; each verb is in a module `finvest.cli.neo4j_VERB` of its own."""

from __future__ import annotations

import importlib
import importlib.util

import click

VERBS = ("push", "schema", "query", "guide", "pull", "proposals", "bulk")
"""Verbs in the order in which they are used."""


class _Verbs(click.Group):
    """Verbs that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [verb for verb in VERBS if importlib.util.find_spec(f"finvest.cli.neo4j_{verb}") is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"finvest.cli.neo4j_{cmd_name}").command
        return command


@click.group(cls=_Verbs)
def command() -> None:
    """Share the case on a Neo4j server, a place to ask one's own questions; nothing is detected there.

    Address and login come from NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD and NEO4J_DATABASE, or are asked for.
    """
