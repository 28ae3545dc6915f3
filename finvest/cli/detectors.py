"""`finvest detectors`: what finvest looks for, and what this case lacks for it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import as_json, open_case, with_plugins

if TYPE_CHECKING:
    from finvest.findings.detector import Detector


@click.group(invoke_without_command=True)
@click.option(
    "--case",
    "folder",
    envvar="FINVEST_CASE",
    show_envvar=True,
    type=click.Path(path_type=Path),
    help="Say what this case lacks.",
)
@click.option("--actor", envvar="FINVEST_ACTOR", show_envvar=True, help="Who is looking, where a case is opened.")
@click.option("--reason", envvar="FINVEST_REASON", show_envvar=True, help="Why, where a case is opened.")
@click.option("--plugins", multiple=True, type=click.Path(path_type=Path), help="Folder with detectors of your own.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path | None,
    actor: str | None,
    reason: str | None,
    plugins: tuple[Path, ...],
    json_: bool,
) -> None:
    """List the detectors; `finvest detectors show GRF-05` prints one's card."""
    ctx.obj = plugins
    if ctx.invoked_subcommand is not None:
        return
    from finvest.registry import Registry

    registry = Registry(plugins)
    classes, refused = registry.detectors(), registry.refused()
    lacks = {}
    if folder is not None:
        case = open_case(folder, actor, reason, plugins)
        lacks = {row["id"]: row["lacks"] for row in case.detectors().to_frame().to_dicts()}
    rows = [
        {"id": i, "title": c.card.title, "strength": c.card.strength, "what": c.card.what, "lacks": lacks.get(i, "")}
        for i, c in classes.items()
    ]
    for why in refused.values():
        click.echo(f"finvest: {output.clean(why)}", err=True)
    if json_:
        output.as_json(rows)
    else:
        import polars as pl

        listed = pl.DataFrame(rows)
        output.table(listed if folder is not None else listed.drop("lacks"), "Detectors")
        output.hint("finvest detectors show ID prints a card; finvest detectors new NAME writes one to fill in")
    if refused:
        ctx.exit(1)


@command.command("show")
@click.argument("id_", metavar="ID")
@click.option("--plugins", multiple=True, type=click.Path(path_type=Path), help="Folder with detectors of your own.")
@as_json
@click.pass_obj
def show(before: tuple[Path, ...], id_: str, plugins: tuple[Path, ...], json_: bool) -> None:
    """Print the card of a detector: what it looks for, parameters, innocent explanations, sources."""
    from finvest.findings.parameters import bounds
    from finvest.registry import Registry

    folders = tuple(dict.fromkeys((*before, *plugins)))
    detector = Registry(folders).detector(id_)
    if json_:
        output.as_json(card(detector))
        return
    about = detector.card
    output.say(f"{about.id}  {about.title}   strength: {about.strength}   version {about.version}")
    output.say(about.what)
    output.say("Needs: " + ", ".join(about.needs))
    output.say("Roles: " + ", ".join(f"{c} ({kind}, {role})" for c, (kind, role) in about.roles.items()))
    output.say("Parameters:")
    for entry in card(detector)["parameters"]:
        limits = bounds(entry["low"], entry["high"])
        output.say(
            f"  {entry['name']} = {entry['default']}   {entry['meaning']}" + (f"   ({limits})" if limits else "")
        )
    output.say("Innocent explanations:")
    for check in about.counter_checks:
        how = "checked on the data" if check.check else "to ask"
        effect = "withdraws the finding" if check.keeps == 0 else f"leaves {check.keeps:.0%} of the score"
        output.say(f"  {check.name} ({how}; {effect}): {check.explanation}")
        output.say(f"    ask: {check.ask}")
    output.say("Sources (docs/sources.md): " + "; ".join(about.sources))
    output.hint(f"finvest score {about.id}{with_plugins(folders)} runs it")


@command.command("new")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder of plugins, or a clone of finvest; the current one where left out.",
)
@click.option("--family", default="", help="Folder below detectors/, like shapes.")
@click.option("--id", "id_", default="NEW-01", show_default=True, help="Catalogue id.")
@as_json
@click.pass_obj
def new(plugins: tuple[Path, ...], name: str, into: Path, family: str, id_: str, json_: bool) -> None:
    """Write a commented template of a detector, NAME.py, and its tests, to be filled in.

    Each place to fill in is marked; docs/add-a-detector.md goes through them. Nothing is overwritten.
    """
    from finvest.registry import Registry
    from finvest.templating import MARK, new_detector

    written = new_detector(name, into, id_.upper(), Registry(plugins), family)
    if json_:
        output.as_json({"detector": str(written[0]), "tests": str(written[1])})
        return
    for path in written:
        output.say(f"{path}: {path.read_text('utf-8').count(MARK)} places to fill in, marked {MARK}")
    output.hint(f"python -m pytest {written[1]} says whether it keeps to the contract")


def card(detector: type[Detector]) -> dict[str, Any]:
    """Return a card for JSON."""
    about = detector.card
    return {
        "id": about.id,
        "title": about.title,
        "version": about.version,
        "strength": about.strength,
        "what": about.what,
        "needs": about.needs,
        "roles": {c: {"kind": kind, "role": role} for c, (kind, role) in about.roles.items()},
        "parameters": [{"name": f.name, "default": f.default, **f.metadata} for f in fields(detector)],  # type: ignore[arg-type]
        "innocent": [
            {
                "name": c.name,
                "explanation": c.explanation,
                "ask": c.ask,
                "checked": c.check is not None,
                "keeps": c.keeps,
            }
            for c in about.counter_checks
        ],
        "sources": about.sources,
    }
