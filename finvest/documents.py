"""The pages of `docs/` that come from the code: cards of detectors and loaders, the command line, the Cypher guide.

``python -m finvest.documents`` (or ``make docs``) writes them; a test fails where one is stale.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.evaluate.evaluation import RANKING
from finvest.exchange.neo4j.guide import guide
from finvest.figures import section
from finvest.findings.parameters import bounds
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.findings.detector import Detector
    from finvest.model.records import LoaderCard

DOCS = Path(__file__).parents[1] / "docs"

_NOTE = "<!-- Written by `make docs`; change the code, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Return the text of each generated page by file name."""
    return {
        "detectors.md": _detectors(),
        "loaders.md": _loaders(),
        "command-line.md": _command_line(),
        "cypher.md": _NOTE + guide(),
    }


def _detectors() -> str:
    head = (
        "# Detectors\n\nWhat finvest looks for. Every finding is an assessment that ranks accounts for review; it "
        "never says that somebody is guilty. Strength is about trafficking in human beings, not about laundering.\n\n"
    )
    measured = section(RANKING, None)
    together = "\n".join(["## All together", "", "The ranking of all detectors.", "", *measured]) if measured else ""
    return _NOTE + head + "\n".join([*(_detector(cls) for cls in Registry().detectors().values()), together])


def _detector(cls: type[Detector]) -> str:
    card = cls.card
    roles = ", ".join(f"`{c}` ({kind}, {role.replace('_', ' ')})" for c, (kind, role) in card.roles.items())
    lines = [
        f"## {card.id} {card.title}",
        "",
        card.what,
        "",
        f"Strength: {card.strength}. Version {card.version}. Roles: {roles}. "
        f"Needs: {', '.join(f'`{n}`' for n in card.needs)}.",
        "",
        f"> {card.sentence}",
        "",
        "| parameter | default | bounds | meaning |",
        "|---|---|---|---|",
    ]
    for f in fields(cls):  # type: ignore[arg-type]
        low, high = f.metadata["low"], f.metadata["high"]
        lines.append(f"| `{f.name}` | {f.default} | {bounds(low, high)} | {f.metadata['meaning']} |")
    lines += ["", "| innocent explanation | how it is ruled out | effect | what to ask |", "|---|---|---|---|"]
    for check in card.counter_checks:
        effect = "withdraws the finding" if check.keeps == 0 else f"leaves {check.keeps:.0%} of the score"
        how = "on the data" if check.check else "by asking"
        lines.append(f"| **{check.name}**: {check.explanation} | {how} | {effect} | {check.ask} |")
    return "\n".join(
        [*lines, "", "[Sources](sources.md): " + "; ".join(card.sources) + ".", "", *section(card.id, cls)]
    )


def _loaders() -> str:
    head = (
        "# Loaders\n\nThe files that finvest reads. Profiles (`loaders/profiles/`) tell the table loaders how a bank "
        "writes.\n\n"
    )
    return _NOTE + head + "\n".join(_loader(loader.card) for loader in Registry().loaders().values())


def _loader(card: LoaderCard) -> str:
    lines = [f"## {card.name}", "", f"{card.title}. Usual file names end in {', '.join(card.suffixes)}.", ""]
    lines += [f"* Tried on files made by others: {'; '.join(card.tried) or 'none'}."]
    lines += [f"* No outside file at hand: {'; '.join(card.untried) or 'none'}."]
    lines += [f"* Completeness: {card.proof}."]
    return "\n".join([*lines, *(f"* {note}" for note in card.notes), ""])


def _command_line() -> str:
    from finvest.cli import main

    return _NOTE + "# Command line\n\n" + "\n".join(_commands(main, "finvest", None))


def _commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    ctx = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
    yield f"## `{ctx.command_path}`\n\n```text\n{command.get_help(ctx)}\n```\n"
    if isinstance(command, click.Group):
        for sub in command.list_commands(ctx):
            found = command.get_command(ctx, sub)
            if found is not None:
                yield from _commands(found, sub, ctx)


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for page, text in pages().items():
        (DOCS / page).write_text(text, encoding="utf-8")
