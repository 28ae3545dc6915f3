"""`finvest show`: one account's statement."""

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
@click.argument("account", required=False)
@of_case
@of_selection
@click.option("--table", help="Show a table of the case instead, like transactions or quarantine.")
@to_file
@as_json
def command(
    case: Case, selection: Selection, account: str | None, table: str | None, out: Path | None, json_: bool
) -> None:
    """Show the statement of ACCOUNT (id, number, or holder): running balance, counterparties, coverage."""
    if (account is None) == (table is None):
        raise click.UsageError("give an account, or --table NAME")
    if account is None:
        _show_table(case, str(table), out, json_=json_)
        return
    statement = case.show(account, selection)
    if out is not None:
        output.written(case.export(statement.movements, out), len(statement.movements), json_=json_)
        return
    if json_:
        parts = ("people", "movements", "counterparties", "coverage")
        rows = {name: output.rows(getattr(statement, name)) for name in parts}
        output.as_json({"id": statement.id, "label": statement.label, **rows})
        return
    import polars as pl

    output.say(f"{statement.label}  [{statement.id}]")
    if len(statement.people):
        output.table(statement.people, "Holders, and who controls it")
    output.table(statement.coverage, "Own books on file")
    output.table(statement.counterparties, "Counterparties", most=20)
    known = pl.when("time_known").then(pl.col("booked").dt.to_string("%Y-%m-%d %H:%M")).alias("time (UTC)")
    moves = statement.movements.select("day", known, pl.exclude("booked", "day", "time_known"))
    output.table(moves, "Movements", rest=output.OUT)
    if statement.movements["balance"].null_count():
        output.say("Balance: not known where no statement fixes it.")
    output.hint(f"finvest show {statement.id} --out statement.xlsx writes it for a spreadsheet")


def _show_table(case: Case, name: str, out: Path | None, *, json_: bool) -> None:
    from finvest.views.masking import Masks

    frame = Masks(case.view().hidden).records(case.table(name))
    if out is not None:
        output.written(case.export(frame, out), len(frame), json_=json_)
    elif json_:
        output.as_json(output.rows(frame))
    else:
        filled = [c for c in frame.columns if frame[c].null_count() < len(frame)]
        output.table(frame.select(filled), name, rest=output.OUT)
        output.hint(f"finvest show --table {name} --out {name}.csv writes every row and column")
