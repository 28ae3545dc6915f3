"""`finvest mark`: what a party is to the case, like a suspect or a possible victim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.decisions import take_back
from finvest.cli.options import as_json, of_decision

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@click.argument("party", required=False)
@click.argument("category", required=False)
@of_decision
@click.option("--second", metavar="NAME", help="Second person who says so: where a possible victim becomes a suspect.")
@click.option("--revoke", metavar="DECISION", help="Take this earlier decision back instead.")
@as_json
def command(
    case: Case, party: str | None, category: str | None, second: str | None, revoke: str | None, json_: bool
) -> None:
    """Say what PARTY (id, number, name, or an account: its holders) is to the case.

    CATEGORY is suspect, convicted, victim, possible_victim, witness, contact or unclassified. It comes before what
    records say; --reason says why. A possible victim is masked, drawn in a neutral colour and never ranked.
    """
    if revoke is not None:
        if party is not None:
            raise click.UsageError("give PARTY and CATEGORY, or --revoke DECISION")
        take_back(case, revoke, second, json_=json_)
        return
    if party is None or category is None:
        raise click.UsageError("give PARTY and CATEGORY, or --revoke DECISION")
    made = case.mark(party, category, reason=case.reason, second=second)
    if json_:
        output.as_json({"decisions": list(made), "category": category})
        return
    people = "one party" if len(made) == 1 else f"{len(made)} parties, the holders of the account"
    output.say(f"{category}: {people}; {', '.join(made)}")
    output.hint("finvest score ranks again; finvest decisions lists who decided what, when and why")
