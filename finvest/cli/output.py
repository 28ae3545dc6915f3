"""What a command prints: tables, sentences, JSON, and as the last line what to do next."""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl
    from rich.status import Status

AMOUNTS = frozenset(
    {
        "amount",
        "received",
        "paid",
        "balance",
        "opening",
        "closing",
        "movements",
        "difference",
        "sum",
        "received_amount",
        "low",
        "high",
        "received_low",
        "received_high",
        "remaining_low",
        "remaining_high",
        "on_hypothesis",
    }
)
"""Columns that hold minor units of the row's currency."""

MOST_ROWS = 50

OUT = "--out FILE.csv"
"""Option that writes every row of a verb's table."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def asking() -> bool:
    """Tell whether there is somebody to ask."""
    return sys.stdin.isatty()


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


def table(frame: pl.DataFrame, title: str = "", most: int = MOST_ROWS, rest: str = "--json") -> None:
    """Print a frame; rows that are left out are counted, with the option (`rest`) that shows them."""
    if frame.is_empty():
        say(f"{title}: none")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heading = Text(clean(title)) if title else None
    grid = Table(title=heading, title_justify="left", title_style="bold", header_style="bold", expand=False)
    shown = {name: dtype for name, dtype in frame.schema.items() if name != "time_known"}
    for name, dtype in shown.items():
        justify: Literal["right", "left"] = "right" if dtype.is_numeric() else "left"
        grid.add_column(Text(clean(name.replace("_", " "))), justify=justify, overflow="fold")
    for row in frame.head(most).iter_rows(named=True):
        grid.add_row(*(Text(cell(name, row[name], row)) for name in shown))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(grid)
    if len(frame) > most:
        say(f"  {most} of {len(frame):,} rows shown; {rest} has all of them")


def say(text: str = "") -> None:
    """Print a sentence."""
    click.echo(clean(text) if "\n" not in text else "\n".join(clean(line) for line in text.split("\n")))


def hint(text: str) -> None:
    """Print what to do next, as the last line."""
    click.secho(f"→ {clean(text)}", fg="cyan")


def as_json(value: Any) -> None:
    """Print a value as JSON; amounts are whole minor units, control and direction characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    click.echo(_CONTROL.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text))


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a frame as a list for JSON."""
    return frame.to_dicts()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def written(path: Path, count: int, *, json_: bool) -> None:
    """Say which file holds the rows now."""
    if json_:
        as_json({"written": str(path), "rows": count})
        return
    say(f"{count:,} rows written")
    hint(f"open {path}")


class Progress:
    """Says what is being worked on; silent while somebody is asked.

    Parameters
    ----------
    quiet : bool
        Say nothing.
    status : rich.status.Status, optional
        Line of a terminal that shows it; without one each is a line of its own.
    """

    def __init__(self, status: Status | None, *, quiet: bool) -> None:
        self._status, self._quiet = status, quiet

    def __call__(self, what: str) -> None:
        """Say what is being worked on now."""
        if self._status is not None:
            self._status.update(f"{clean(what)} …")
        elif not self._quiet:
            click.echo(f"  {clean(what)} …", err=True)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        if self._status is None:
            yield
            return
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Show what is being worked on, on the error stream."""
    if quiet or not sys.stderr.isatty():
        yield Progress(None, quiet=quiet)
        return
    from rich.console import Console

    with Console(stderr=True, markup=False, highlight=False).status("") as status:
        yield Progress(status, quiet=quiet)
