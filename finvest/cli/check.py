"""`finvest check`: whether the records are complete, and whether anything stands twice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@of_case
@as_json
def command(case: Case, json_: bool) -> None:
    """Check balances, gaps, duplicates, pairs, what may be counted twice, and what was not loaded.

    Exit code 1 where a balance does not reconcile or a record was not loaded.
    """
    checks = case.check()
    if json_:
        output.as_json({name: output.rows(frame) for name, (_, frame) in checks.tables().items()})
    else:
        for title, frame in checks.tables().values():
            output.table(frame, title)
        output.say(checks.sentence)
        output.hint("finvest score looks for suspicious patterns")
    sys.exit(0 if checks.fine else 1)
