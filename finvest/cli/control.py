"""`finvest control`: who controls an account or a party, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.decisions import take_back
from finvest.cli.options import as_json, of_decision

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@click.argument("controller", required=False)
@click.argument("what", metavar="ACCOUNT_OR_PARTY", required=False)
@of_decision
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day of control, YYYY-MM-DD.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of control; open where left out.")
@click.option("--revoke", metavar="DECISION", help="Take this earlier decision back instead.")
@as_json
def command(
    case: Case, controller: str | None, what: str | None, since: Any, until: Any, revoke: str | None, json_: bool
) -> None:
    """Say that CONTROLLER (id, number, name, or an account: its holder) controls ACCOUNT_OR_PARTY from a day on.

    The link stands beside those that come from records; `finvest show` prints who controls an account.
    """
    if revoke is not None:
        if controller is not None:
            raise click.UsageError("give CONTROLLER and ACCOUNT_OR_PARTY, or --revoke DECISION")
        take_back(case, revoke, None, json_=json_)
        return
    if controller is None or what is None or since is None:
        raise click.UsageError("give CONTROLLER, ACCOUNT_OR_PARTY and --from DATE, or --revoke DECISION")
    made = case.control(controller, what, since.date(), until and until.date(), reason=case.reason)
    if json_:
        output.as_json({"decision": made, "from": since.date(), "until": until and until.date()})
        return
    output.say(f"controls, from {since.date()}{f' to {until.date()}' if until else ''}; {made}")
    output.hint(f"finvest decisions lists it; finvest control --revoke {made} takes it back")
