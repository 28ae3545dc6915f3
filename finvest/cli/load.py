"""`finvest load`: read files into a case."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import Target, as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case
    from finvest.loading import Loaded
    from finvest.reading.propose import Proposal, Question


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@of_case
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Load list: TOML with [[file]] path and options.",
)
@click.option("--profile", help="Shipped profile, or a profile file of your own.")
@click.option("--loader", help="Loader, where finvest should not choose.")
@click.option("--table", help="Table, for files with finvest's own columns.")
@click.option("--account", help="Whose books these are, where the file does not say.")
@click.option("--bank", help="Bank that keeps the books, where the file does not say.")
@click.option("--currency", help="Currency, where the file does not say.")
@click.option("--decimals", type=int, help="Decimals of amounts, where the currency does not say.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign, where the file leaves it open.")
@click.option("--positive", type=click.Choice(["credit", "debit"]), help="What an amount without a minus is.")
@click.option("--zone", help="Time zone of the books, like Europe/Berlin.")
@click.option("--day-first/--month-first", default=None, help="Order of dates like 2/8/15.")
@click.option("--encoding", help="Encoding of the text, where the file leaves it open.")
@click.option("--register", help="Register or list that numbers of companies and persons belong to.")
@click.option(
    "--save-profile", "saved", type=Target(), help="Write the profile that was used, to be given with --profile again."
)
@click.option("--yes", is_flag=True, help="Take the profile that is proposed for a new layout without looking at it.")
@as_json
def command(
    case: Case,
    files: tuple[Path, ...],
    lists: tuple[Path, ...],
    saved: Path | None,
    yes: bool,
    json_: bool,
    **options: Any,
) -> None:
    """Load FILES: statements, company lists, tables. A file that is loaded already is left as it is."""
    from finvest.loading import read_list
    from finvest.model.errors import DataError, UsageError

    given = {k: v for k, v in options.items() if v is not None}
    wanted = [(file, given) for file in files] + [(f, {**given, **own}) for path in lists for f, own in read_list(path)]
    if not wanted:
        raise click.UsageError("give files, or --list FILE")
    if missing := [str(file) for file, _ in wanted if not file.exists()]:
        raise click.UsageError(output.clean(f"there is no such file: {', '.join(missing)}; nothing was loaded"))
    done: list[Loaded] = []
    refused: list[str] = []
    misused = False
    with output.progress(json_) as tell:
        asker = None if json_ or not output.asking() else Terminal(tell)
        for file, how in wanted:
            tell(f"reading {file.name}")
            try:
                done.append(case.load(file, **{"ask": asker, "accept": yes, **how}))
            except (DataError, UsageError) as error:
                refused.append(str(error))
                misused |= isinstance(error, UsageError)
    if saved is not None and (layouts := [d.layout for d in done if d.layout is not None]):
        saved.write_text(layouts[-1].to_toml(), encoding="utf-8")
    if json_:
        output.as_json({"loaded": [d.row() for d in done], "refused": refused})
    else:
        _show(done, refused)
    sys.exit(2 if misused else 1 if refused or any(d.tally.quarantined for d in done) else 0)


class Terminal:
    """Asks the person at the terminal; see `finvest.loading.Asker`.

    Parameters
    ----------
    progress : finvest.cli.output.Progress
        What is silent while a question is asked.
    """

    def __init__(self, progress: output.Progress) -> None:
        self._progress = progress

    def show(self, proposal: Proposal) -> None:
        """Show how a proposed profile reads the first rows."""
        with self._progress.pause():
            output.table(proposal.sample, "New layout: how finvest would read it")
            for note in proposal.notes:
                output.say(note)

    def answer(self, question: Question) -> str:
        """Ask one question."""
        text = output.clean(question.text)
        with self._progress.pause():
            if question.option == "day_first":
                first = click.prompt(text, type=click.Choice(("yes", "no")), err=True)
                return "true" if first == "yes" else "false"
            kind = click.Choice(question.choices) if question.choices else int if question.option == "decimals" else str
            return str(click.prompt(text, type=kind, err=True))

    def accepts(self) -> bool:
        """Ask whether to read the file so."""
        with self._progress.pause():
            return click.confirm("Read the file so?", err=True)


def _show(done: list[Loaded], refused: list[str]) -> None:
    import polars as pl

    if done:
        output.table(pl.DataFrame([d.row() for d in done]).drop("source"), "Loaded")
    for reason in refused:
        click.secho(f"refused: {output.clean(reason)}", fg="red", err=True)
    if any(d.tally.quarantined for d in done):
        output.hint("finvest check shows why records were not loaded")
    else:
        output.hint("finvest check shows whether the records are complete")
