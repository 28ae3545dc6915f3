"""`finvest report`: one HTML file that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import Target, as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@of_case
@click.option("--out", type=Target(), default=Path("report.html"), show_default=True, help="File to write.")
@as_json
def command(case: Case, out: Path, json_: bool) -> None:
    """Write sources, checks, ranked findings with records, pictures and innocent explanations into one HTML file."""
    with output.progress(json_) as tell:
        tell("writing the report")
        path = case.report(out)
    if json_:
        output.as_json({"report": str(path.resolve()), "findings": len(case.findings)})
    else:
        output.say(f"{len(case.findings)} findings")
        for name, why in case.findings.failed.items():
            output.say(f"failed: {name}, {why}")
        output.hint(f"open {path.resolve()}")
    if case.findings.failed:
        click.get_current_context().exit(1)
