"""`finvest follow`: where claimed money went under a rule, to the judge's page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from datetime import datetime

    from finvest.case import Case
    from finvest.tracing.trail import Trail

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@of_case
@click.option("--rule", help="fifo, lifo, pro_rata, libr, taint_first or poison; there is no default.")
@click.option(
    "--payment",
    "payments",
    multiple=True,
    metavar="[NAME=]RECORD[@AMOUNT]",
    help="A claimed payment: file:line or id, and how much of it. Payments of one NAME are one claim.",
)
@click.option("--deposits", metavar="ACCOUNT", help="Claim everything that came into this account …")
@click.option("--since", type=_DAY, help="… from this day on …")
@click.option("--until", type=_DAY, help="… until this day.")
@click.option("--at", type=_DAY, help="Say what lay where at the end of this day.")
@click.option("--depth", type=click.IntRange(min=0), help="Follow over so many hops at most.")
@click.option("--least", help="Do not follow parts of a payment below this amount, like 50.00.")
@click.option(
    "--overdraft",
    type=click.Choice(["dissipation", "backwards"]),
    default="dissipation",
    show_default=True,
    help="Claimed money that repays an overdraft is gone, or stands in what the overdraft had paid for.",
)
@click.option("--question", default="", help="The question, in your words, for the report.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the judge's report.")
@as_json
def command(case: Case, json_: bool, out: Path | None, question: str, **asked: Any) -> None:
    """Follow claimed money: where it went, where it lies, and under which rule.

    The result is an interval where the records leave something open. The report answers the same question under every
    other rule too.
    """
    if not asked["deposits"] and (asked["since"] or asked["until"]):
        raise click.UsageError("--since and --until belong to --deposits; --at says until when money is followed")
    claims: list[Any] = list(asked["payments"])
    if asked["deposits"]:
        claims.append(case.deposits(asked["deposits"], _day(asked["since"]), _day(asked["until"])))
    how = {name: asked[name] for name in ("depth", "least", "overdraft")}
    trail = case.follow(*claims, rule=asked["rule"], at=_day(asked["at"]), **how)
    written = None if out is None else case.trail_report(trail, out, question=question)
    if json_:
        output.as_json(_rows(trail) | {"report": None if written is None else str(written)})
        return
    output.table(trail.movements.select(_PAYMENTS).rename(_HEADS), f"Payments: {trail.rule.title.lower()}")
    output.table(trail.restitution, "What became of the claim")
    if not trail.overdrafts.is_empty():
        paid = trail.overdrafts.select(_OVERDRAFTS).rename(_OVERDRAFT_HEADS)
        output.table(paid, "What repaid overdrafts had paid for: backwards tracing")
    output.table(trail.recipients.drop("person"), "Who received it")
    output.table(trail.freeze.drop("account"), "Where it lies")
    for note in trail.notes:
        output.say(note)
    if written is None:
        output.hint("--out FOLDER writes the judge's report, with the same question under every other rule")
    else:
        output.say(f"report: {written}")
        output.hint(f"open {written} in a browser, and print it from there")


_PAYMENTS = (
    "hop",
    "day",
    "originator_label",
    "beneficiary_label",
    "amount",
    "low",
    "high",
    "currency",
    "claim",
    "end",
    "where",
)
_OVERDRAFTS = ("claim", "account_label", "paid_day", "payee_label", "low", "high", "currency", "paid_where")
_OVERDRAFT_HEADS = {"account_label": "account", "payee_label": "payee", "paid_where": "where"}
_HEADS = {"originator_label": "originator", "beneficiary_label": "beneficiary"}


def _day(given: datetime | None) -> Any:
    return None if given is None else given.date()


def _rows(trail: Trail) -> dict[str, Any]:
    return {
        "rule": trail.rule.name,
        "overdraft": trail.overdraft,
        "movements": output.rows(trail.movements.drop("n")),
        "hops": output.rows(trail.hops),
        "restitution": output.rows(trail.restitution),
        "overdrafts": output.rows(trail.overdrafts),
        "recipients": output.rows(trail.recipients),
        "freeze": output.rows(trail.freeze),
        "under_each_rule": output.rows(trail.compare()),
        "notes": trail.notes,
    }
