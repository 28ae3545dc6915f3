"""`finvest explain`: why a finding was reported, on which records, and what to rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import Target, as_json, needs_own_reason, of_case

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case

_RESULTS = {
    "present": "They say so: it lowered the score.",
    "absent": "They do not say so.",
    "to ask": "They cannot tell.",
}


@click.command()
@click.argument("finding")
@of_case
@click.option("--svg", type=Target(), help="Write the flow picture to this file.")
@click.option("--unmask", is_flag=True, help="Say who is masked in it instead; --reason says why, and is kept.")
@click.option("--quick", is_flag=True, help="Do not try other parameters.")
@as_json
def command(case: Case, finding: str, svg: Path | None, quick: bool, unmask: bool, json_: bool) -> None:
    """Explain FINDING (its id, or how it begins): facts, records, innocent explanations, what would change its score.

    For the last its detector runs again with each parameter a fifth lower and higher; --quick leaves that out.
    """
    from finvest.findings.wording import names, sums
    from finvest.findings.wording import told as facts
    from finvest.views.money_columns import decimal_text, money_columns

    if unmask:
        needs_own_reason()
        hidden = case.unmask(finding, reason=case.reason).to_frame()
        if json_:
            output.as_json(output.rows(hidden))
            return
        output.table(hidden, "Who is masked in this finding")
        output.hint("this look is kept with your reason; reports and exports stay masked")
        return
    told = case.explain(finding, moved=not quick)
    if svg is not None:
        if told.picture is None:
            raise click.UsageError("this finding is about no account; leave --svg out")
        told.picture.save(svg)
    if json_:
        output.as_json(
            {
                **told.finding.row(),
                "members": output.rows(told.members),
                "records": {table: output.rows(frame) for table, frame in told.others.items()},
                "changes": output.rows(told.changes()),
            }
        )
        return
    found = told.finding
    output.say(
        f"{found.id}  {found.card.title} ({found.indicator}), score {found.score:.2f} of 1, {found.card.strength}"
    )
    output.say(found.sentence)
    output.say("An assessment, not a fact. It ranks accounts for review.")
    if found.base is not None:
        output.say(f"Sum: {sums(found.amounts, found.base)}; rates: {names(found.facts['rate_sources'])}")
    for subject in found.subjects:
        output.say(f"  {subject.column}: {subject.label}  [{subject.id}]  role hypothesis: {subject.role}")
    for name, value in facts(found.facts):
        output.say(f"  {name}: {value}")
    output.table(told.members.drop("finding").rename({"date": "date as written"}), "Movements")
    for table, frame in told.others.items():
        written = [decimal_text(c, currency) for c, currency in money_columns(frame).items()]
        output.table(frame.with_columns(written), f"{table.capitalize()} (times in UTC)")
    output.say("Innocent explanations (what each would be; what the records of this case say):")
    for check in found.checks:
        output.say(f"  {check.name}: {check.explanation} {_RESULTS[check.result]}")
        if check.result != "absent":
            output.say(f"    {check.ask}")
    output.table(told.changes(), "What would change the score (an explanation the other way, a parameter a fifth away)")
    output.say("Parameters: " + ", ".join(f"{k}={v}" for k, v in found.parameters.items()))
    if svg is not None:
        output.say(f"picture: {svg}")
    output.hint("finvest report writes all findings as one HTML file")
