"""`finvest neo4j query` and `finvest neo4j guide`: questions in Cypher to a case on a graph server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case, to_file

if TYPE_CHECKING:
    from finvest.case import Case


@click.command("query")
@click.argument("text", required=False)
@of_case
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
@click.option("--uri", help="Where the server is, bolt://HOST:7687; NEO4J_URI where left out.")
@click.option("--database", help="Which database of it; NEO4J_DATABASE where left out.")
@click.option("--seconds", type=click.FloatRange(min=1), default=600.0, show_default=True, help="Longest it may take.")
@to_file
@as_json
def query(
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
    from finvest.exchange.neo4j.guide import named
    from finvest.exchange.neo4j.query import parameters

    if [text, file, question].count(None) != 2:  # noqa: PLR2004
        raise click.UsageError("give the query as text, --file FILE, or --question NAME")
    asked = text if text is not None else _read(file) if file is not None else named(str(question)).text
    answer = case.ask_neo4j(
        asked,
        parameters(given),
        uri=uri,
        database=database,
        allowed=allowed,
        longest=seconds,
        ask=_ask if output.asking() else None,
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
    output.hint("--out FILE.csv writes every row; finvest neo4j guide has more questions")


def _ask(question: str, secret: bool) -> str:
    return str(click.prompt(question, hide_input=secret, err=True))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{os.fspath(file)} is not UTF-8; save the query as UTF-8 text") from None


@click.command("guide")
@click.argument("name", required=False)
@as_json
def guide(name: str | None, json_: bool) -> None:
    """Print the Cypher guide for analysts, or its question NAME."""
    from finvest.exchange.neo4j.guide import guide as text
    from finvest.exchange.neo4j.guide import named
    from finvest.exchange.neo4j.questions import QUESTIONS

    told = text(name)
    if json_:
        chosen = [named(name)] if name else QUESTIONS.values()
        output.as_json(
            [{"name": q.name, "title": q.title, "text": q.text, "parameters": dict(q.parameters)} for q in chosen]
        )
        return
    output.say(told)
    output.hint("finvest neo4j query --question NAME --param NAME=VALUE asks one")
