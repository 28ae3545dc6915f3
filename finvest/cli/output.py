"""What a command prints: tables, sentences, JSON, and as the last line what to do next."""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

AMOUNTS = frozenset(
    {"amount", "received", "paid", "balance", "opening", "closing", "movements", "difference", "sum", "received_amount"}
)
"""Columns that hold minor units of the row's currency."""

MOST_ROWS = 50

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Make a text safe for a terminal: control and direction characters are shown as a dot."""
    return _CONTROL.sub("·", text)


def cell(name: str, value: Any, row: dict[str, Any]) -> str:
    """Write one cell of a table."""
    from finvest.model.money import show

    if value is None:
        return ""
    if name in AMOUNTS and isinstance(value, int | Decimal):
        return (
            show(int(value), row["currency"]).removesuffix(f" {row['currency']}")
            if row.get("currency")
            else f"{value:,}"
        )
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if row.get("time_known", True) else f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return clean(", ".join(map(str, value)))
    return clean(str(value))


def table(frame: pl.DataFrame, title: str = "", most: int = MOST_ROWS) -> None:
    """Print a frame; rows that are left out are counted."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold", expand=False)
    for name, dtype in frame.schema.items():
        grid.add_column(name.replace("_", " "), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.head(most).iter_rows(named=True):
        grid.add_row(*(Text(cell(name, value, row)) for name, value in row.items()))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(grid)
    if len(frame) > most:
        console.print(f"  {most} of {len(frame):,} rows shown; --out FILE.csv writes all of them")


def say(text: str = "") -> None:
    """Print a sentence."""
    click.echo(clean(text) if "\n" not in text else "\n".join(clean(line) for line in text.split("\n")))


def hint(text: str) -> None:
    """Print what to do next, as the last line."""
    click.secho(f"→ {clean(text)}", fg="cyan")


def as_json(value: Any) -> None:
    """Print a value as JSON; amounts are whole minor units."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a frame as a list for JSON."""
    return frame.to_dicts()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is being worked on, on the error stream."""
    if quiet or not sys.stderr.isatty():
        yield lambda what: None if quiet else click.echo(f"  {clean(what)} …", err=True)
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda what: status.update(clean(what) + " …")
