"""`finvest hypothesis`: take two records to be the same money, where the records themselves do not join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_decision

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@click.argument("debit")
@click.argument("credit")
@of_decision
@as_json
def command(case: Case, debit: str, credit: str, json_: bool) -> None:
    """Take the money that left with DEBIT to be what arrived with CREDIT (file:line or id each).

    Kept as a decision with your name and the reason that --reason gives; a trail goes on over it, and every sum behind
    it says that it rests on a hypothesis.
    """
    decision = case.assume(debit, credit, reason=case.reason)
    if json_:
        output.as_json({"decision": decision})
    else:
        output.say(f"kept as decision {decision}")
        output.hint("finvest follow goes on over it")
