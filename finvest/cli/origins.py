"""`finvest origins`: where a payment or a balance came from under a rule, to the page that can be printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from datetime import datetime

    from finvest.case import Case
    from finvest.tracing.backward import Origins


@click.command()
@of_case
@click.option("--rule", help="fifo, lifo or pro_rata; there is no default.")
@click.option("--payment", metavar="RECORD", help="A payment: file:line or id.")
@click.option("--account", metavar="ACCOUNT", help="In its place: what this account held …")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="… at the end of this day …")
@click.option("--currency", help="… in this currency, where it has several.")
@click.option("--question", default="", help="The question, in your words, for the report.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the report.")
@as_json
def command(case: Case, json_: bool, out: Path | None, question: str, day: datetime | None, **asked: Any) -> None:
    """Say where money came from: the sources of a payment, or of what an account held on a day.

    The result is an interval where the records leave something open. The report answers the same question under every
    other rule that can answer it.
    """
    found = case.origins(day=None if day is None else day.date(), **asked)
    written = None if out is None else case.origins_report(found, out, question=question)
    if json_:
        output.as_json(_rows(found) | {"report": None if written is None else str(written)})
        return
    output.table(found.to_frame().select(_COLUMNS).rename(_HEADS), f"Sources: {found.rule.title.lower()}")
    output.table(found.kinds, "What they add up to")
    for note in found.notes:
        output.say(note)
    if written is None:
        output.hint("--out FOLDER writes the report, with the same question under every rule that can answer it")
    else:
        output.say(f"report: {written}")
        output.hint(f"open {written} in a browser, and print it from there")


_COLUMNS = (
    "kind",
    "day",
    "originator_label",
    "beneficiary_label",
    "low",
    "high",
    "on_hypothesis",
    "currency",
    "doubtful",
    "where",
)
_HEADS = {"originator_label": "originator", "beneficiary_label": "beneficiary"}


def _rows(found: Origins) -> dict[str, Any]:
    return {
        "rule": found.rule.name,
        "amount": found.amount,
        "currency": found.currency,
        "sources": output.rows(found.to_frame().drop("n")),
        "kinds": output.rows(found.kinds),
        "under_each_rule": output.rows(found.compare_kinds()),
        "notes": found.notes,
    }
