"""`finvest find`: search names, numbers, references and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case, of_selection, to_file

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case
    from finvest.selection import Selection


@click.command()
@click.argument("text")
@of_case
@of_selection
@to_file
@as_json
def command(case: Case, selection: Selection, text: str, out: Path | None, json_: bool) -> None:
    """Find accounts, parties and transactions by TEXT: a name, number, reference or amount."""
    found = case.find(text, selection).to_frame()
    if out is not None:
        output.written(case.export(found, out), len(found), json_=json_)
    elif json_:
        output.as_json(output.rows(found))
    else:
        output.table(found, "Found" if found.is_empty() else f"{len(found):,} found", rest=output.OUT)
        output.hint("finvest show ID prints an account's statement")
