"""A file of statements while it is read: rows that wait to be yielded, and the totals of their statements.

For formats whose statements hold entries, and entries details: a loader says what stands where, and here it becomes
batches of bounded size, quarantine and tallies.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import UsageError
from finvest.model.records import Tally
from finvest.model.statements import batches, quarantine
from finvest.model.tables import DAY, TEXT, TRUTH, WHOLE, table
from finvest.reading import totals
from finvest.reading.entries import HEADER, LOADED, QUARANTINED, settle
from finvest.reading.iso20022 import instants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finvest.model.money import AmountFormat
    from finvest.model.records import Batch, Source
    from finvest.reading.totals import Totals

ROW = pl.Schema(
    {
        **dict.fromkeys(("record", "line", "statement", "entry"), WHOLE),
        "detail": TRUTH,
        **dict.fromkeys(("mark", "wrong", "amount_written", "currency"), TEXT),
        **dict.fromkeys(("received_written", "received_currency"), TEXT),
        "fees_written": pl.List(TEXT),
        **dict.fromkeys(("own_number", "own_bank", "own_name", "own_currency"), TEXT),
        **dict.fromkeys(("other_number", "other_bank", "other_name"), TEXT),
        **dict.fromkeys(("status", "date_written", "booked_as_written"), TEXT),
        "value_date": DAY,
        **dict.fromkeys(("channel", "terminal", "country", "reference", "bank_reference", "end_to_end_id"), TEXT),
        "uetr": TEXT,
        "is_return": TRUTH,
        "batch_items": WHOLE,
        "surplus": TEXT,
    }
)
"""What a loader says of an entry or a detail; `finvest.reading.entries.settle` and `transactions` tell what it means.
``date_written`` is an ISO date, or date and time."""


class Reading:
    """Rows and statements of one source.

    Parameters
    ----------
    source : Source
    loader : str
        Name of the loader.
    zone : str
        IANA name, or offset, of dates and of times without an offset.
    written : AmountFormat
        How amounts are written.

    Raises
    ------
    UsageError
        If there is no such zone.
    """

    def __init__(self, source: Source, loader: str, zone: str, written: AmountFormat) -> None:
        try:
            instants(pl.Series(["2000-01-01"]), zone)
        except (pl.exceptions.PolarsError, ValueError):
            raise UsageError("zone must be an IANA name like Europe/Vilnius, or an offset like +02:00") from None
        self.source, self.loader, self.zone, self.written = source, loader, zone, written
        self.record = 0
        self.statements = 0
        self._rows: list[dict[str, Any]] = []
        self._live: dict[int, Totals] = {}
        self._over: list[int] = []

    def __len__(self) -> int:
        """Return how many rows wait."""
        return len(self._rows)

    def open(self, statement: Totals) -> None:
        """Take a statement whose entries follow."""
        self.statements += 1
        statement.number = self.statements
        self._live[statement.number] = statement

    def close(self, statement: Totals) -> None:
        """Note that a statement is over."""
        self._over.append(statement.number)

    def add(self, entry: Iterable[dict[str, Any]]) -> None:
        """Take an entry, and its details behind it."""
        first = self.record + 1
        for row in entry:
            self.record += 1
            self._rows.append(row | {"record": self.record, "entry": first})

    def flush(self) -> Iterator[Batch | Tally]:
        """Yield what waits: rows, totals of statements that are over, quarantine, tally."""
        frame = pl.DataFrame(self._rows, schema=ROW)
        self._rows = []
        frame = pl.concat([frame, instants(frame["date_written"], self.zone)], how="horizontal").with_columns(
            undated=pl.when(pl.col("date_written").is_null())
            .then(pl.lit("DATE_MISSING"))
            .when(pl.col("booked_at").is_null())
            .then(pl.lit("DATE_FORMAT"))
        )
        frame = settle(frame, self.written)
        loaded, lost = (frame.filter(pl.col("fate") == fate) for fate in (LOADED, QUARANTINED))
        totals.count(loaded, self._live)
        known = table("transactions").schema
        wanted = [c for c in loaded.columns if c in known or c.startswith(("own_", "other_")) or c == "credit"]
        yield from batches(loaded.select(wanted), self.source, self.loader)
        yield from totals.batches([self._live.pop(number) for number in self._over], self.source, self.loader)
        self._over = []
        if len(lost):
            yield quarantine(lost, self.source, self.loader)
        fates = Counter(frame["fate"])
        yield Tally(loaded=fates[LOADED], quarantined=fates[QUARANTINED], headers=fates[HEADER])

    def rest(self, reason: str, line: int, first_byte: int, statement: Totals | None) -> Iterator[Batch | Tally]:
        """Yield the quarantine of everything from a byte on, as one record.

        Parameters
        ----------
        reason : str
            Reason code.
        line, first_byte : int
            Where it begins.
        statement : Totals or None
            Statement in which it begins.
        """
        self.record += 1
        row: dict[str, Any] = {"record": self.record, "line": line, "first_byte": first_byte}
        row |= {"last_byte": self.source.size}
        schema = dict.fromkeys(row, WHOLE) | {"reason": TEXT}
        if statement is not None:
            row |= statement.own
            schema |= dict.fromkeys(statement.own, TEXT)
        yield quarantine(pl.DataFrame([row | {"reason": reason}], schema=schema), self.source, self.loader)
        yield Tally(quarantined=1)
