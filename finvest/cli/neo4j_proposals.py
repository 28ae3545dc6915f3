"""`finvest neo4j proposals`: what analysts said on the server, made a decision of the case or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case, of_decision, to_file

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case


@click.group(name="proposals")
def command() -> None:
    """List what was pulled from the server, and accept or reject it; nothing is taken over by itself."""


@command.command(name="list")
@of_case
@click.option("--open", "only_open", is_flag=True, help="Only those about which nobody has decided.")
@to_file
@as_json
def list_(case: Case, only_open: bool, out: Path | None, json_: bool) -> None:
    """List proposals: who said what on the server, when, and what became of it."""
    found = case.proposals().to_frame()
    if only_open:
        found = found.filter(found["status"] == "open")
    if out is not None:
        output.written(case.export(found, out), len(found), json_=json_)
    elif json_:
        output.as_json(output.rows(found))
    else:
        shown = ["proposal", "kind", "about", "says", "by", "at", "status", "decision"]
        output.table(found.select(shown), "Proposals", rest=output.OUT)
        output.hint("finvest neo4j proposals accept PROPOSAL --reason WHY makes one a decision; reject refuses it")


@command.command()
@click.argument("proposal")
@of_decision
@click.option("--second", metavar="NAME", help="Second person, where that makes a possible victim a suspect.")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day of control, where the proposal has none."
)
@as_json
def accept(case: Case, proposal: str, second: str | None, since: Any, json_: bool) -> None:
    """Make PROPOSAL (its id, or how it begins) a decision of the case; --reason says why."""
    made = case.accept(proposal, reason=case.reason, second=second, since=since and since.date())
    _told("accepted", list(made), json_=json_)


@command.command()
@click.argument("proposal")
@of_decision
@as_json
def reject(case: Case, proposal: str, json_: bool) -> None:
    """Refuse PROPOSAL (its id, or how it begins); --reason says why."""
    _told("rejected", [case.reject(proposal, reason=case.reason)], json_=json_)


def _told(what: str, made: list[str], *, json_: bool) -> None:
    if json_:
        output.as_json({"status": what, "decisions": made})
        return
    output.say(f"{what}; {', '.join(made)}")
    output.hint(f"finvest decisions --revoke {made[0]} --reason WHY takes it back")
