"""`finvest decisions`: what people decided, when and why, and what was taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, needs_own_reason, of_case, to_file

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case


@click.command()
@of_case
@click.option("--revoke", metavar="DECISION", help="Take this decision back; --reason says why.")
@click.option("--second", metavar="NAME", help="Second person, where that makes a possible victim a suspect.")
@to_file
@as_json
def command(case: Case, revoke: str | None, second: str | None, out: Path | None, json_: bool) -> None:
    """List decisions, the oldest first: who, when, why, and by what each was taken back."""
    if revoke is not None:
        needs_own_reason()
        take_back(case, revoke, second, json_=json_)
        return
    found = case.decisions().to_frame()
    if out is not None:
        output.written(case.export(found, out), len(found), json_=json_)
    elif json_:
        output.as_json(output.rows(found))
    else:
        filled = [c for c in found.columns if c != "subject" and found[c].null_count() < len(found)]
        output.table(found.select(filled), "Decisions", rest=output.OUT)
        output.hint("finvest decisions --revoke DECISION --reason WHY takes one back")


def take_back(case: Case, decision: str, second: str | None, *, json_: bool) -> None:
    """Take a decision back, and say so."""
    made = case.revoke(decision, reason=case.reason, second=second)
    if json_:
        output.as_json({"decision": made, "revokes": decision})
        return
    output.say(f"taken back by {made}")
    output.hint("finvest decisions lists who decided what, when and why")
