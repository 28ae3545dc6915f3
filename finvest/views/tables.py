"""A table for readers: one line in text, a self-contained table in a notebook, never cut silently."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from finvest.model.money import show
from finvest.views import text
from finvest.views.export import written
from finvest.views.money_columns import money_columns
from finvest.views.template import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

MOST_ROWS = 50
"""Rows that a notebook shows; how many there are is said."""

UNBROKEN = 26
"""A column whose cells are all this short is not broken into lines."""


class TableView:
    """A frame as a reader sees it.

    Parameters
    ----------
    frame : polars.DataFrame
    title : str
        What the table holds, a few words.
    money : mapping of str to str, optional
        Columns of minor units, each with the column of its currency; recognised where left out.
    most : int
        Rows to show.
    """

    def __init__(
        self,
        frame: pl.DataFrame,
        title: str = "Table",
        *,
        money: Mapping[str, str] | None = None,
        most: int = MOST_ROWS,
    ) -> None:
        self._frame, self.title, self.most = frame, title, most
        self.money = money_columns(frame, money)

    def __len__(self) -> int:
        return len(self._frame)

    def __repr__(self) -> str:
        return f"<{text.plain(self.title)}: {_count(len(self), 'row')}, {_count(self._frame.width, 'column')}>"

    def _repr_html_(self) -> str:
        cells = self.cells()
        shown = len(cells)
        how_many = f"showing {shown:,} of {_count(len(self), 'row')}" if shown < len(self) else _count(len(self), "row")
        return render(
            "table.html.j2",
            title=text.plain(self.title),
            columns=[text.shorten(c.replace("_", " ")) for c in self.columns],
            right=[c in self.money or self._frame.schema[c].is_numeric() for c in self.columns],
            whole=[max((len(row[i]) for row in cells), default=0) <= UNBROKEN for i in range(len(self.columns))],
            rows=cells,
            how_many=how_many,
        )

    @property
    def columns(self) -> list[str]:
        """Columns that are shown: a currency stands in the cells of its amounts and not by itself."""
        return [c for c in self._frame.columns if c not in self.money.values()]

    def to_frame(self) -> pl.DataFrame:
        """Return the frame, whole and unformatted."""
        return self._frame

    def cells(self) -> list[list[str]]:
        """Return what is shown of the first rows, as text: amounts exact, with their currency."""
        head = self._frame.head(self.most)
        columns = []
        for name in self.columns:
            dtype = head.schema[name]
            values = head[name].to_list()
            if name in self.money:
                currencies = head[self.money[name]].to_list()
                columns.append([_amount(v, c) for v, c in zip(values, currencies, strict=True)])
            elif dtype.is_nested():
                columns.append([_cell(v) for v in written(head[name]).to_list()])
            else:
                columns.append([_cell(v) for v in values])
        return [list(row) for row in zip(*columns, strict=True)]


def _amount(minor: Any, currency: Any) -> str:  # noqa: ANN401
    return "" if minor is None else show(int(minor), str(currency or "XXX"))


def _cell(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" + (" UTC" if value.tzinfo else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}"
    return text.shorten(str(value))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
