"""`finvest neo4j query`: a question in Cypher to a case on a graph server."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.neo4j_options import ask, of_server
from finvest.cli.options import as_json, of_case, to_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.case import Case


@click.command()
@click.argument("text", required=False)
@of_case
@of_server
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="Read the query from this file.")
@click.option("--question", metavar="NAME", help="Ask this question of `finvest neo4j guide`.")
@click.option("--param", "given", multiple=True, metavar="NAME=TEXT", help="A parameter; NAME:=JSON for a number.")
@click.option(
    "--allow-procedure",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Let the query call this procedure, or 'LOAD CSV'.",
)
@click.option("--seconds", type=click.FloatRange(min=1), default=600.0, show_default=True, help="Longest it may take.")
@to_file
@as_json
def command(
    case: Case,
    text: str | None,
    file: Path | None,
    question: str | None,
    given: tuple[str, ...],
    allowed: tuple[str, ...],
    uri: str | None,
    database: str | None,
    seconds: float,
    out: Path | None,
    json_: bool,
) -> None:
    """Ask the server a question in Cypher, TEXT, --file FILE or --question NAME; nothing is written there.

    User and password come from NEO4J_USER and NEO4J_PASSWORD, or are asked for. LOAD CSV and procedures are refused
    unless allowed by name. `finvest neo4j guide` has questions ready to use.
    """
    from finvest.exchange.neo4j.guide import filled, named
    from finvest.exchange.neo4j.query import parameters

    if [text, file, question].count(None) != 2:  # noqa: PLR2004
        raise click.UsageError("give the query as text, --file FILE, or --question NAME")
    values = parameters(given)
    if question is not None:
        values = filled(named(question), values)
    asked = text if text is not None else _read(file) if file is not None else named(str(question)).text
    answer = case.ask_neo4j(
        asked,
        values,
        uri=uri,
        database=database,
        allowed=allowed,
        longest=seconds,
        ask=ask,
    )
    if answer.notice:
        click.echo(f"finvest: {answer.notice}", err=True)
    if out is not None:
        frame = answer.to_frame()
        output.written(case.export(frame, out), len(frame), json_=json_)
        return
    if json_:
        output.as_json(answer.rows())
        return
    output.table(answer.to_frame(), "Answer")
    unknown = _no_ids(question, values) if not answer.records else ""
    output.hint(
        f"{unknown} is an id, as `finvest find` shows it"
        if unknown
        else "--out FILE.csv writes every row; finvest neo4j guide has more questions"
    )


def _no_ids(question: str | None, values: Mapping[str, Any]) -> str:
    """Return the parameter of a question that asks for an id and was given what looks like none."""
    from finvest.exchange.neo4j.guide import named

    asked = named(question).parameters if question is not None else {}
    ids = (name for name, meaning in asked.items() if meaning.startswith("id of"))
    return next((name for name in ids if not re.fullmatch(r"[a-z][0-9a-f]{16}", str(values.get(name)))), "")


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{os.fspath(file)} is not UTF-8; save the query as UTF-8 text") from None
