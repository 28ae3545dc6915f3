"""Options that the verbs of `finvest neo4j` share: which server, and who is asked for its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from finvest.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def of_server(command: F) -> F:
    """Add ``--uri`` and ``--database``; there is no option for a password, which a process list would show."""
    named = click.option("--database", help="Database on the server; NEO4J_DATABASE, or the server's own choice.")
    placed = click.option("--uri", help="Address of the server, like bolt://localhost:7687; NEO4J_URI where left out.")
    return placed(named(command))


def ask(question: str, secret: bool) -> str:
    """Ask for user or password where somebody is there to answer."""
    return str(click.prompt(question, hide_input=secret, err=True)) if output.asking() else ""
