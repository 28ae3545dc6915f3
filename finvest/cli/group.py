"""How commands are found, named wrongly, and how their errors end: exit code 1 for the data, 2 for the usage."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

VERBS = (
    "init", "load", "rates", "check", "find", "show", "score", "explain", "mark", "control", "follow", "origins",
    "hypothesis", "indirect", "decisions", "detectors", "evaluate", "report", "neo4j", "log", "demo",
)  # fmt: skip
"""Commands in the order in which they are used; each is in a module of its own name."""

DEBUG = "FINVEST_DEBUG"
"""Environment variable: show where finvest itself went wrong. What is shown can hold words of the records."""

_NOT_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
"""A path that was given cannot be read or written."""


class Verbs(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return one command."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"finvest.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], VERBS, 1)
            if near:
                raise click.UsageError(f"no command {args[0]!r}; did you mean {near[0]}?", ctx) from error
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; end finvest's own errors in one line and the right exit code."""
        from finvest.cli.output import clean
        from finvest.model.errors import FinvestError, UsageError

        _announce()
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise click.UsageError(clean(str(error)), ctx) from error
        except FinvestError as error:
            click.echo(f"finvest: {clean(str(error))}", err=True)
            sys.exit(1)
        except BrokenPipeError:
            raise  # click ends quietly where nobody reads on
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"finvest: {clean(f'{place}{error.strerror or error}')}", err=True)
            sys.exit(2 if isinstance(error, _NOT_THERE) else 1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            click.echo(f"finvest: {_fault(error)}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nfinvest: interrupted; nothing was half-done", err=True)
            sys.exit(1)


def _fault(error: Exception) -> str:
    """Say where finvest itself went wrong, without the error's words: they can quote records."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename] or [place]
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return (
        f"a fault in the program ({type(error).__name__} at {where}); please report it. "
        f"{DEBUG}=1 shows more, and can show words of the records"
    )


class _ToScreen(logging.Handler):
    """Prints what finvest has to say while it works, like the first compilation of a kernel."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(f"  {record.getMessage()}", err=True)


def _announce() -> None:
    logger = logging.getLogger("finvest")
    if not any(isinstance(handler, _ToScreen) for handler in logger.handlers):
        logger.addHandler(_ToScreen())
    logger.setLevel(logging.INFO)
