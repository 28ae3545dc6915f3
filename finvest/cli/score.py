"""`finvest score`: look for suspicious patterns and rank accounts for review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case, of_selection, to_file, with_plugins

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case
    from finvest.registry import Registry
    from finvest.scoring import Findings
    from finvest.selection import Selection


@click.command()
@click.argument("indicators", nargs=-1)
@of_case
@of_selection
@click.option(
    "--set", "settings", multiple=True, metavar="ID.NAME=VALUE", help="Change a parameter, like GRF-05.days=5."
)
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="Rows to print.")
@to_file
@as_json
def command(
    case: Case,
    selection: Selection,
    indicators: tuple[str, ...],
    settings: tuple[str, ...],
    top: int,
    out: Path | None,
    json_: bool,
) -> None:
    """Run detectors (all, or INDICATORS like GRF-05) and rank accounts for review."""
    with output.progress(json_) as tell:
        found = case.score(
            *indicators, selection=selection, parameters=parameters(case.registry, settings), progress=tell
        )
    if out is not None:
        output.written(case.export(found.to_frame(), out), len(found.all), json_=json_)
    elif json_:
        output.as_json(as_dict(found))
    else:
        print_findings(found, top)
        if len(found):
            plugins = with_plugins(case.registry.plugins)
            output.hint(f"finvest explain {found[0].id}{plugins} says why, and what to rule out")
        else:
            output.hint("finvest detectors lists what each one needs")
    if found.failed:
        click.get_current_context().exit(1)


def parameters(registry: Registry, settings: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Turn ``GRF-05.days=5`` into parameters of the right type."""
    given: dict[str, dict[str, Any]] = {}
    for setting in settings:
        place, _, value = setting.partition("=")
        id_, _, name = place.partition(".")
        if not (id_ and name and value):
            raise click.UsageError(f"--set wants ID.NAME=VALUE, like GRF-05.days=5; it is {setting!r}")
        detector = registry.detector(id_)()
        if name not in detector.get_params():
            detector.set_params(**{name: value})  # says which parameters there are
        default = detector.get_params()[name]
        try:
            given.setdefault(id_.upper(), {})[name] = type(default)(value)
        except ValueError as error:
            raise click.UsageError(f"--set {place}: a whole number is wanted, like {default}") from error
    return given


def print_findings(found: Findings, top: int) -> None:
    """Print ranking, findings, what was withdrawn and what could not be judged."""
    import polars as pl

    rows = [
        {
            "rank": r.rank,
            "account": r.label,
            "score": r.score,
            "findings": [f"{c.finding.indicator} {c.finding.id}" for c in r.contributions if c.share > 0],
        }
        for r in found.ranking
    ]
    if rows:
        title = "Accounts to review (an assessment, never a finding of guilt)"
        output.table(pl.DataFrame(rows), title, most=top, rest=f"--top {len(rows)}")
    for finding in found.standing[:top]:
        output.say(f"{finding.id}  {finding.indicator}  {finding.score:.2f}  {finding.sentence}")
    if len(found) > top:
        output.say(f"… and {len(found) - top} more findings; --top {len(found)} prints all")
    for finding in found.withdrawn:
        held = ", ".join(c.name for c in finding.checks if c.result == "present")
        output.say(f"withdrawn: {finding.id} {finding.indicator} ({held})")
    for name, why in found.failed.items():
        output.say(f"failed: {name}, {why}")
    for id_, why in found.not_assessable.items():
        output.say(f"not assessable: {id_}, {why}")
    for id_, gaps in found.unjudged.items():
        for gap in gaps:
            output.say(f"not searched to the end: {id_}, {gap}")


def as_dict(found: Findings) -> dict[str, Any]:
    """Return findings and ranking for JSON."""
    return {
        "ranking": found.ranking.to_frame().to_dicts(),
        "findings": [f.row() for f in found.all],
        "not_assessable": found.not_assessable,
        "failed": found.failed,
        "not_searched": {id_: list(gaps) for id_, gaps in found.unjudged.items()},
    }
