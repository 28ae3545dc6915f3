"""Options that several commands share: which case, who, why, which part of it, and in which form."""

from __future__ import annotations

import functools
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from finvest.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.case import Case
    from finvest.selection import Selection

F = TypeVar("F", bound="Callable[..., Any]")


class Target(click.Path):
    """A file to write: its folder is there, and it is no folder itself."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check it before any work is done."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r}", param, ctx)
        return path


def as_json(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON for other programs.")(command)


def of_case(command: F) -> F:
    """Add the options that open a case; the command is given the open case first."""

    @click.option(
        "--case",
        "folder",
        envvar="FINVEST_CASE",
        default=".",
        show_envvar=True,
        type=click.Path(path_type=Path),
        help="Folder of the case; the current one where left out.",
    )
    @click.option("--actor", envvar="FINVEST_ACTOR", show_envvar=True, help="Who is looking; written to the log.")
    @click.option("--reason", envvar="FINVEST_REASON", show_envvar=True, help="Why; written to the log.")
    @click.option(
        "--plugins",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Folder with loaders and detectors of your own.",
    )
    @functools.wraps(command)
    def opened(folder: Path, actor: str | None, reason: str | None, plugins: tuple[Path, ...], **rest: Any) -> Any:
        return command(open_case(folder, actor, reason, plugins), **rest)

    return opened  # type: ignore[return-value]


def of_decision(command: F) -> F:
    """Add the options that open a case to decide something; the reason is the decision's own."""

    @of_case
    @functools.wraps(command)
    def decided(case: Case, **rest: Any) -> Any:
        needs_own_reason()
        return command(case, **rest)

    return decided  # type: ignore[return-value]


def needs_own_reason() -> None:
    """Refuse a decision for which only the session's reason was given.

    Raises
    ------
    UsageError
        If the reason comes from the environment, which says why the case is opened.
    """
    context = click.get_current_context()
    if context.get_parameter_source("reason") is click.core.ParameterSource.ENVIRONMENT:
        raise click.UsageError("a decision needs a reason of its own; give --reason", context)


def with_plugins(plugins: tuple[Path, ...]) -> str:
    """Write folders of plugins as options, for a command that a hint names."""
    return "".join(f" --plugins {shlex.quote(str(folder))}" for folder in plugins)


def open_case(folder: Path, actor: str | None, reason: str | None, plugins: tuple[Path, ...] = ()) -> Case:
    """Open a case; ask for actor and reason where there is somebody to ask."""
    from finvest.case import Case

    asking = output.asking()
    actor = actor or (click.prompt("Who are you (for the log)", err=True) if asking else "")
    reason = reason or (click.prompt("Why do you open this case (for the log)", err=True) if asking else "")
    return Case.open(folder, actor=actor, reason=reason, plugins=plugins)


def of_selection(command: F) -> F:
    """Add filters; the command is given a `Selection`."""

    @click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, YYYY-MM-DD.")
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day, YYYY-MM-DD.")
    @click.option("--currency", help="One currency, ISO 4217.")
    @click.option("--account", "accounts", multiple=True, help="Movements of this account only: id, number or holder.")
    @click.option("--without-own", is_flag=True, help="Leave out transfers between accounts of one holder.")
    @functools.wraps(command)
    def selected(
        case: Case,
        since: Any,
        until: Any,
        currency: str | None,
        accounts: tuple[str, ...],
        without_own: bool,
        **rest: Any,
    ) -> Any:
        return command(case, selection(case, since, until, currency, accounts, own=not without_own), **rest)

    return selected  # type: ignore[return-value]


def selection(
    case: Case, since: Any, until: Any, currency: str | None, accounts: tuple[str, ...], *, own: bool
) -> Selection:
    """Make a selection of what was typed."""
    from finvest.naming import account_number
    from finvest.selection import Selection

    view = case.view() if accounts else None
    ids = (
        frozenset(view.id_of("account", account_number(view, a)) for a in accounts) if view is not None else frozenset()
    )
    return Selection(
        since=since and since.date(), until=until and until.date(), currency=currency, accounts=ids, own_transfers=own
    )


def to_file(command: F) -> F:
    """Add ``--out``: the table goes to a file that a spreadsheet can open safely."""
    return click.option("--out", type=Target(), help="Write the table to this .csv or .xlsx file.")(command)
