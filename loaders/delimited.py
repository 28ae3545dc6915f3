"""Delimited text (CSV and its kin) under a profile: any bank's export, any list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model.errors import SourceError
from finvest.model.records import Batch, LoaderCard, Source, Tally
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.layout import OPTIONS, Layout
from finvest.reading.own_columns import is_native
from finvest.reading.profile import is_unnamed, named
from finvest.reading.profiles import matching_profile, shipped_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.reading.profile import Profile

HEAD = 65_536
"""Bytes by which a file is recognised."""

_BINARY = (b"PK\x03\x04", b"PAR1", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"<", b"{", b"[", b":20:", b"{1:", b"!")


class Delimited:
    """Reads delimited text, strictly: every byte belongs to one record, every column is known to the profile.

    Options of `read`: see `finvest.reading.layout.OPTIONS`.
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name="delimited",
        title="Delimited text (CSV, TSV and the like) under a profile",
        suffixes=(".csv", ".tsv", ".txt"),
        tried=(
            "N26 (French account names)",
            "Outbank",
            "Payoneer",
            "by proposed profiles: GLS Bank, ING Spain, Stripe, Xero, two home budgets",
        ),
        untried=("Revolut", "Wise"),
        notes=(
            "Options: " + "; ".join(f"{name}: {what}" for name, what in OPTIONS.items()) + ".",
            "A column that the profile does not know, or one that is gone, refuses the file.",
            "A row with fewer fields than the header is quarantined; fields beyond the header are kept in `surplus`.",
            "A quotation mark that is never closed makes one quarantined record of the rest of the file.",
            "CSV proves no completeness; where there is a running balance, finvest checks it.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:
        """Tell whether the file is delimited text; whether a profile fits it shows later."""
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        if not start or start.startswith(_BINARY) or (b"\0" in head and not wide) or is_native(head, name):
            return False
        # A .txt may be anything; the two others are tables.
        return name.lower().endswith((".csv", ".tsv")) or matching_profile(head, name, shipped_profiles()) is not None

    def read(self, source: Source, profile: Profile | None = None, **options: Any) -> Iterator[Batch | Tally]:  # noqa: ANN401
        """Yield the rows' tables, quarantine and one tally.

        Raises
        ------
        SourceError
            If the file is empty, no profile fits it, or something stays open that no option answers.
        UsageError
            If an option is unknown.
        """
        with source.path.open("rb") as file:
            head = file.read(HEAD)
            if not head.strip():
                raise SourceError(source.name, "the file is empty; ask for it again")
            profile = profile or matching_profile(head, source.name, shipped_profiles())
            if profile is None:
                raise SourceError(source.name, "no shipped profile fits it; propose one, or give a profile of your own")
            layout = Layout(profile, source, self.card.name, **options)
            header = _Header(profile, layout)
            file.seek(0)
            for part in frames(file, source.name, **profile.signs):
                rows = header.sort(fields(part, **profile.signs))
                if rows is not None:
                    yield from layout.take(rows)
            header.end()
        yield layout.tally


class _Header:
    """The header of one file, and what it makes of each record."""

    def __init__(self, profile: Profile, layout: Layout) -> None:
        self.profile, self.layout, self.name = profile, layout, layout.source.name
        self.row = profile.header_row
        self.text: str | None = None
        self.headers = 0
        self.found = self.row == 0
        if self.found:
            self.names = named(profile.names)
            layout.header(profile.names)

    def sort(self, records: pl.DataFrame) -> pl.DataFrame | None:
        """Turn records into rows of columns, each told as header, blank or set aside; None before the header."""
        if not self.found and not self._find(records):
            self.headers += len(records)
            return None
        wanted = set(self.profile.mapped) | set(self.profile.keep)
        last = max(i for i, name in enumerate(self.names) if not is_unnamed(name))
        text, width, parts = pl.col("text"), pl.col("fields").list.len(), pl.col("fields")
        blank = text.str.strip_chars(" \t\r\n\u00a0" + self.profile.delimiter + self.profile.quote) == ""
        repeated = (text == self.text).fill_null(value=False) if self.text is not None else pl.lit(value=False)
        return records.select(
            "record",
            "line",
            "first_byte",
            "last_byte",
            *(
                parts.list.get(i, null_on_oob=True).alias(f"c{i}")
                for i, name in enumerate(self.names)
                if name in wanted or is_unnamed(name)
            ),
            extra=pl.when(width > len(self.names)).then(parts.list.slice(len(self.names))),
            kind=pl.when((pl.col("record") <= self.row) | repeated)
            .then(pl.lit("header"))
            .when(blank & pl.col("reason").is_null())
            .then(pl.lit("blank")),
            reason=pl.coalesce("reason", pl.when(width <= last).then(pl.lit("FIELDS_MISSING"))),
        )

    def _find(self, records: pl.DataFrame) -> bool:
        row = records.filter(pl.col("record") == self.row)
        if row.is_empty():
            return False
        if row["fields"][0] is None:
            raise SourceError(
                self.name,
                f"the header is no text in {self.profile.encoding}, or a quotation mark in it is never closed",
                int(row["line"][0]),
            )
        self.names = named(row["fields"][0])
        self.text = row["text"][0]
        self.layout.header(self.names)
        self.found = True
        if self.headers:
            self.layout.tally += Tally(headers=self.headers)
        return True

    def end(self) -> None:
        """Refuse a file that ends before its header."""
        if not self.found:
            raise SourceError(self.name, f"it ends before its header, which the profile expects in row {self.row}")
