"""`finvest indirect`: what somebody must have received, worked out from what can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from datetime import datetime

    from finvest.case import Case

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("method")
@of_case
@click.option("--party", help="Whom it is about (net_worth from the case's tables): id, number or name.")
@click.option("--since", type=_DAY, help="First day; the position at the start is that of the day before.")
@click.option("--until", type=_DAY, help="Last day.")
@click.option("--lines", type=click.Path(path_type=Path, dir_okay=False), help="CSV with the lines of the method.")
@click.option("--currency", help="Currency of the lines; the case's base currency where left out.")
@click.option("--question", default="", help="The question, in your words, for the page.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the page.")
@as_json
def command(
    case: Case,
    method: str,
    party: str | None,
    since: datetime | None,
    until: datetime | None,
    lines: Path | None,
    currency: str | None,
    question: str,
    out: Path | None,
    json_: bool,
) -> None:
    """Work out an indirect METHOD of proof: an interval, and on what it depends.

    METHOD is net_worth, source_and_application, bank_deposits, unit_and_volume, percentage_mark_up,
    exploitation_benefit or client_receipts. `finvest indirect net_worth --party P --since DAY --until DAY` reads the
    case's assets, liabilities, incomes and outlays; every method takes --lines FILE.csv with the columns Part, Item,
    Low, Amount, High, Mark (fact, estimate, assumption), Record, Reason and, for exploitation_benefit, Worker.
    """
    first, last = (None if day is None else day.date() for day in (since, until))
    proof = case.prove(method, party=party, since=first, until=last, lines=lines, currency=currency)
    written = None if out is None else case.proof_report(proof, out, question=question)
    if json_:
        output.as_json(
            {
                "method": proof.method.name,
                "currency": proof.currency,
                "low": proof.low,
                "central": proof.central,
                "high": proof.high,
                "lines": output.rows(proof.to_frame()),
                "sentences": proof.sentences(),
                "report": None if written is None else str(written),
            }
        )
        return
    output.table(proof.to_frame().select("part", "item", "value", "mark", "because"), proof.method.title)
    for sentence in proof.sentences():
        output.say(sentence)
    if written is None:
        output.hint("--out FOLDER writes the page, with what the result depends on")
    else:
        output.say(f"page: {written}")
        output.hint(f"open {written} in a browser, and print it from there")
