"""`finvest log`: who looked at, loaded, decided or handed over what, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case, to_file

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case


@click.command()
@of_case
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Latest entries to print.")
@to_file
@as_json
def command(case: Case, top: int, out: Path | None, json_: bool) -> None:
    """Show the log, the latest entries last; it holds opaque ids, never a name or number."""
    found = case.log()
    if out is not None:
        output.written(case.export(found, out), len(found), json_=json_)
    elif json_:
        output.as_json(output.rows(found))
    else:
        output.table(found.drop("entry", "subjects").tail(top), f"Latest of {len(found):,} entries")
        output.hint("finvest log --out log.csv writes every entry, with the ids it is about")
