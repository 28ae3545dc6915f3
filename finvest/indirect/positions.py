"""Net worth from a case's tables: what a party owned, owed, received and spent, as lines of the method."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.indirect.line import Line
from finvest.indirect.methods import net_worth_from
from finvest.model.errors import NotAssessable
from finvest.model.tables import table
from finvest.model.wealth_tables import ASSUMPTION, CASH, CHANGING, ESTIMATE, FACT, NO_INCOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from finvest.indirect.proof import Proof

Row = dict[str, Any]

USED = ("assets", "liabilities", "incomes", "outlays")
"""Tables that net worth is worked out from."""


def net_worth(
    tables: Mapping[str, pl.DataFrame],
    party: str,
    start: date,
    end: date,
    *,
    files: Mapping[str, str] | None = None,
    about: str = "",
) -> Proof:
    """Work out what a party acquired and spent in a period beyond its lawful means on file.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        The tables `USED`, as far as there are any.
    party : str
        Id.
    start, end : datetime.date
        First and last day. The position at the start is that at the end of the day before.
    files : mapping of str to str, optional
        Name of each source by its hash, for the lines.
    about : str
        Whom and which period it is about, for a reader.

    Raises
    ------
    NotAssessable
        If the cash at the start is not proven; if what an account, a debt or anything else that changes by itself was
        worth on either day is not on file; if amounts are in several currencies.

    Notes
    -----
    What stands in the tables and leaves something open is settled in the person's favour: income that nobody calls
    lawful or not counts as lawful, a thing that was owned on an unknown day counts as owned before. What lies partly
    in the period counts by days, from nothing to all of it.
    """
    every = {name: _rows(tables, name, party) for name in USED}
    rows = {name: [row for row in listed if row["amount"] is not None] for name, listed in every.items()}
    currency = _one_currency(rows)
    say = _Wording(files or {})
    before = start - timedelta(days=1)
    owned, owes = _by_thing(rows["assets"], "asset"), _by_thing(rows["liabilities"], "liability")
    opening = [line for things in owned for line in _position(things, before, say)]
    cash = [line for line in opening if line[0]["kind"] == CASH]
    inside = {name: [(row, say.of_period(row, start, end)) for row in rows[name]] for name in ("incomes", "outlays")}
    received = [(row, line) for row, line in inside["incomes"] if line is not None and row["lawful"] is not False]
    return net_worth_from(
        currency,
        opening_cash=[line for _, line in cash],
        opening_assets=[line for row, line in opening if row["kind"] != CASH],
        opening_debts=[line for things in owes for _, line in _position(things, before, say)],
        closing_assets=[line for things in owned for _, line in _position(things, end, say)],
        closing_debts=[line for things in owes for _, line in _position(things, end, say)],
        outlays=[line for _, line in inside["outlays"] if line is not None],
        receipts=[line for row, line in received if row["kind"] in NO_INCOME],
        income=[line for row, line in received if row["kind"] not in NO_INCOME],
        about=about,
        notes=_notes(rows["incomes"], sum(len(every[name]) - len(rows[name]) for name in USED)),
    )


def documented_days(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the first and the last day for which a party's cash on hand is on record.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        The table ``assets``, if there is one.

    Returns
    -------
    polars.DataFrame
        One row a party with two such days or more: ``party``, ``first``, ``last``. A day whose cash is only assumed
        is none.
    """
    assets = tables.get("assets", table("assets").empty())
    proven = pl.col("mark").fill_null(ASSUMPTION) != ASSUMPTION
    cash = assets.filter(pl.col("kind") == CASH, proven, pl.col("day").is_not_null())
    days = cash.group_by("party").agg(first=pl.col("day").min(), last=pl.col("day").max())
    return days.filter(pl.col("first") < pl.col("last"), pl.col("party").is_not_null()).sort("party")


class _Wording:
    """Makes lines of rows."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def line(self, row: Row, low: int, central: int, high: int, *, open_: str = "") -> Line:
        """Return a row as a line; `open_` says what about it is not exact."""
        mark = row["mark"] or ASSUMPTION
        if mark == FACT and low != high:
            mark = ESTIMATE
        what = row.get("description") or row.get("payer") or row.get("creditor") or ""
        item = f"{row['kind'] or 'other'}: {what}" if what and what != row["kind"] else row["kind"] or "other"
        because = "; ".join(text for text in (row["known_by"] or "", open_) if text)
        where = f"{self._files.get(row['source'], row['source'][:12])}:{row.get('line') or row['record']}"
        return Line(item=item, low=low, central=central, high=high, mark=mark, record=where, reason=because)

    def of_period(self, row: Row, start: date, end: date) -> Line | None:
        """Return what of a sum falls into a period; None where nothing does."""
        low, central, high = _amounts(row)
        first, last = row["start"] or row["end"], row["end"] or row["start"]
        if first is None:
            favours = "lawful" in row
            return self.line(row, 0, central if favours else 0, high, open_="no day is given")
        days = (min(last, end) - max(first, start)).days + 1
        if days <= 0:
            return None
        every = (last - first).days + 1
        if days == every:
            return self.line(row, low, central, high)
        part = round(Fraction(central * days, every))
        return self.line(row, 0, part, high, open_=f"{days} of {every} days are in the period")


def _rows(tables: Mapping[str, pl.DataFrame], name: str, party: str) -> list[Row]:
    frame = tables.get(name, table(name).empty())
    return frame.filter(pl.col("party") == party).sort("source", "record").to_dicts()


def _one_currency(rows: Mapping[str, list[Row]]) -> str:
    codes = {row["currency"] for listed in rows.values() for row in listed}
    if len(codes) != 1 or None in codes:
        raise NotAssessable(
            "net worth needs lines of assets, income and outlays in one currency; this party's are in "
            f"{', '.join(sorted(str(code) for code in codes)) or 'none'}: convert the lists first"
        )
    return str(codes.pop())


def _amounts(row: Row) -> tuple[int, int, int]:
    central = int(row["amount"])
    low, high = row["amount_low"], row["amount_high"]
    return central if low is None else int(low), central, central if high is None else int(high)


def _by_thing(rows: Iterable[Row], name: str) -> list[list[Row]]:
    """Group rows by what they value; a row without a name is a thing of its own."""
    things: dict[Any, list[Row]] = {}
    for row in rows:
        things.setdefault(row[name] or (row["source"], row["record"]), []).append(row)
    return list(things.values())


def _position(rows: list[Row], day: date, say: _Wording) -> list[tuple[Row, Line]]:
    """Return what a thing counts with at the end of a day: nothing, or one line."""
    began = min((row["began"] for row in rows if row["began"]), default=None)
    ended = max((row["ended"] for row in rows if row["ended"]), default=None)
    valued = {row["day"]: row for row in reversed(rows)}  # of two rows of one day the first
    if (began and began > day) or (ended and ended <= day):
        return []
    if day in valued:
        return [(valued[day], say.line(valued[day], *_amounts(valued[day])))]
    row = rows[0]
    if "liability" in row or row["kind"] in CHANGING:
        raise NotAssessable(
            f"net worth needs what was {'owed' if 'liability' in row else 'held'} ({row['kind'] or 'other'}) at the "
            f"end of {day}: ask for a statement of that day"
        )
    earlier = [d for d in valued if d and d <= day]
    if began or earlier:
        row = valued[max(earlier)] if earlier else row
        return [(row, say.line(row, *_amounts(row)))]
    low, central, high = _amounts(row)
    return [(row, say.line(row, 0, central, high, open_="it is not known when it was acquired"))] if low or high else []


def _notes(incomes: list[Row], without: int) -> list[str]:
    said = []
    if without:
        said.append(f"lines without an amount are left out: {without}; ask for the records behind them")
    if any(row["lawful"] is False for row in incomes):
        said.append("income that is known to come from an offence explains nothing and is left out")
    if any(row["lawful"] is None for row in incomes):
        said.append("income of which nobody said whether it is lawful counts as lawful")
    return said
