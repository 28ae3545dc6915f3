"""A frame as the rows of a table in the report: amounts exact, texts harmless, what is left out said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from finvest.model.money import show
from finvest.views import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

Cell = str | list[str]
"""A text, or lines that stand one under another."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a template needs for a table.

    Attributes
    ----------
    heads : list of str
    rows : list of list of Cell
    right : list of bool
        Columns of numbers.
    classes : list of str
        Style of each column.
    nothing : str
        Said instead of an empty table.
    left_out : str
        Says how many rows are not shown.
    """

    heads: list[str]
    rows: list[list[Cell]]
    right: list[bool]
    classes: list[str]
    nothing: str
    left_out: str = ""


def grid(
    frame: pl.DataFrame,
    heads: Mapping[str, str],
    *,
    say: Callable[[str], str],
    nothing: str,
    most: int,
    money: tuple[str, ...] = (),
) -> Grid:
    """Turn a frame into a table.

    Parameters
    ----------
    frame : polars.DataFrame
    heads : mapping of str to str
        Columns to show, in order, and what stands above them. Columns that the frame lacks are left out.
    say : callable
        Makes a text fit to be shown.
    nothing : str
        Said instead of an empty table.
    most : int
        Rows to show.
    money : tuple of str
        Columns of minor units in the row's ``currency``.
    """
    shown = [c for c in heads if c in frame.columns]
    number = {c: c in money or frame.schema[c].is_numeric() for c in shown}
    rows = [
        [_cell(row[c], row.get("currency") if c in money else None, say) for c in shown]
        for row in frame.head(most).iter_rows(named=True)
    ]
    classes = ["right" if number[c] else _style(c) for c in shown]
    more = len(frame) - len(rows)
    left_out = f"Showing {len(rows):,} of {len(frame):,} rows; the tables of the case hold the rest." if more else ""
    return Grid([heads[c] for c in shown], rows, [number[c] for c in shown], classes, nothing, left_out)


def listed(rows: list[list[Cell]], heads: list[str], *, nothing: str, classes: list[str] | None = None) -> Grid:
    """Turn rows of text into a table."""
    styles = classes or [""] * len(heads)
    return Grid(heads, rows, [c == "right" for c in styles], styles, nothing)


def _style(column: str) -> str:
    if column in {"file", "files"}:
        return "mono" if column == "files" else "hashed"
    return "fixed" if column in {"date", "start", "end", "channel", "loader", "profile", "reason"} else ""


def _cell(value: Any, currency: Any, say: Callable[[str], str]) -> Cell:  # noqa: ANN401
    if value is None:
        return ""
    if currency is not None:
        return show(int(value), str(currency))
    if isinstance(value, list):
        return [say(str(v)) for v in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    return text.label(say(str(value)))
