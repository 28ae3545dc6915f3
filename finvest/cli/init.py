"""`finvest init`: make a case."""

from __future__ import annotations

from pathlib import Path

import click

from finvest.cli import output
from finvest.cli.options import as_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", prompt="Title of the case")
@click.option("--purpose", prompt="Purpose: what is investigated")
@click.option("--legal-basis", prompt="Legal basis: law, order, file number")
@click.option("--actor", envvar="FINVEST_ACTOR", show_envvar=True, prompt="Who opens the case")
@click.option("--currency", default="EUR", show_default=True, help="Base currency, ISO 4217.")
@as_json
def command(folder: Path, title: str, purpose: str, legal_basis: str, actor: str, currency: str, json_: bool) -> None:
    """Make a case in a new FOLDER; asks for purpose, legal basis and actor where no option gives them."""
    from finvest.case import Case

    case = Case.create(
        folder, title=title, purpose=purpose, legal_basis=legal_basis, actor=actor, base_currency=currency
    )
    if json_:
        output.as_json({"case": str(folder), "title": case.about.title, "opened_at": case.about.opened_at})
        return
    output.say(f"{folder} is a case now: {case.about.title}.")
    output.hint(f"load records into it: finvest load FILE… --case {folder}")
