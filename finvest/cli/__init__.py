"""The command line: the verbs of `finvest.Case`, for people who live in a terminal.

Nothing heavy is imported before a command runs, so that `finvest --help` answers at once.
"""

from __future__ import annotations

import click

from finvest import __version__
from finvest.cli.group import Verbs


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="finvest")
def main() -> None:
    """Follow the money: load bank records, find suspicious patterns, see why, and what to rule out.

    A case is a folder. Make one with `finvest init`, load statements into it, check them, score, explain, report.
    `finvest demo` shows all of it on invented records.
    """


__all__ = ["main"]
