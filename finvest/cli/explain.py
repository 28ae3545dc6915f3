"""`finvest explain`: why a finding was reported, on which records, and what to rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import Target, as_json, of_case

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case


@click.command()
@click.argument("finding")
@of_case
@click.option("--svg", type=Target(), help="Write the flow picture to this file.")
@as_json
def command(case: Case, finding: str, svg: Path | None, json_: bool) -> None:
    """Explain FINDING (its id, or how it begins): facts, records, innocent explanations."""
    from finvest.findings.wording import names, sums

    told = case.explain(finding)
    if svg is not None:
        told.picture.save(svg)
    if json_:
        output.as_json({**told.finding.row(), "members": output.rows(told.members)})
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
    output.table(told.members.drop("finding"), "Records")
    output.say("Innocent explanations:")
    for check in found.checks:
        output.say(f"  {check.name}: {check.result}. {check.explanation}")
        if check.result != "absent":
            output.say(f"    {check.ask}")
    output.say("Parameters: " + ", ".join(f"{k}={v}" for k, v in found.parameters.items()))
    if svg is not None:
        output.say(f"picture: {svg}")
    output.hint("finvest report writes all findings as one HTML file")
