"""Sheets of Excel workbooks under a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, LoaderCard, Source, Tally
from finvest.model.tables import DAY, MINOR, table
from finvest.reading.layout import OPTIONS, Layout
from finvest.reading.profile import Profile, named
from finvest.reading.profiles import best, shipped_profiles
from finvest.reading.sheets import Sheet, is_sure, is_workbook, sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMOUNTS = {"amount", "debit", "credit", "balance_after", "fee", "received_amount"}


class Excel:
    """Reads the tables of a workbook; every sheet that is not empty must be one that the profile knows.

    Options of `read`: ``sheet`` (name or number, from 1, of the only sheet to read), and those of
    `finvest.reading.layout.OPTIONS`.
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name="excel",
        title="Excel workbooks (.xlsx) under a profile",
        suffixes=(".xlsx", ".xlsm"),
        untried=(".xlsx written by Excel itself",),
        notes=(
            "Options: sheet: name or number of the only sheet to read; "
            + "; ".join(f"{name}: {what}" for name, what in OPTIONS.items())
            + ".",
            "A number cell is a float. As an amount it is accepted only where profile or option declares the decimals "
            "and its shortest text fits them. A number of more than fifteen digits may have lost some in the sheet: "
            "its row is quarantined.",
            "`record` counts rows over all sheets that are read, `line` is the row in its sheet.",
            "A date cell at midnight is a date without a time.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:
        """Tell whether the file is a workbook."""
        return is_workbook(head, name)

    def read(
        self,
        source: Source,
        profile: Profile | None = None,
        sheet: str | int | None = None,
        **options: Any,  # noqa: ANN401
    ) -> Iterator[Batch | Tally]:
        """Yield the rows' tables, quarantine and one tally for each sheet.

        Raises
        ------
        SourceError
            If it is no workbook, a sheet does not fit the profile, or amounts are floats of undeclared decimals.
        UsageError
            If there is no such option or sheet.
        """
        before, found = 0, False
        for page in sheets(source.path, source.name):
            if sheet is not None and str(sheet) not in {page.name, str(page.number)}:
                continue
            found = True
            fitting = profile or best([p for p in shipped_profiles().values() if p.matches(_header(page, p))])
            if fitting is None:
                raise SourceError(
                    source.name, f"no shipped profile fits sheet {page.number}; propose one, or give sheet"
                )
            layout = Layout(fitting, source, self.card.name, sheet=True, **options)
            rows = _rows(page, layout, before)
            for part in rows.iter_slices(100_000):
                yield from layout.take(part)
            yield layout.tally
            before += len(rows)
        if not found:
            if sheet is not None:
                raise UsageError(f"{source.name}: there is no sheet {sheet!r} with anything in it")
            raise SourceError(source.name, "every sheet is empty; ask for it again")


def _header(page: Sheet, profile: Profile) -> list[str]:
    """Return the headers of a sheet; columns after the last that holds anything are none."""
    if profile.header_row == 0:
        return list(profile.names)
    if profile.header_row > len(page.cells):
        return []
    return named(text or "" for text in page.cells.row(profile.header_row - 1))


def _rows(page: Sheet, layout: Layout, before: int) -> pl.DataFrame:
    """Return rows for `Layout.take`."""
    profile = layout.profile
    names = _header(page, profile)
    try:
        layout.header(names)
    except SourceError as error:
        raise SourceError(error.source, f"sheet {page.number}: {error.expected}", error.line) from None
    at = pl.int_range(1, pl.len() + 1)
    blank = pl.all_horizontal(pl.all().is_null())
    headers = page.cells.row(profile.header_row - 1) if profile.header_row else ()
    repeated = pl.all_horizontal(pl.col(f"c{i}").eq_missing(pl.lit(t, pl.String)) for i, t in enumerate(headers))
    header_rows = (at <= profile.header_row) | (repeated if headers else pl.lit(value=False))
    rows = page.cells.select(
        pl.all(),
        record=at + before,
        line=at,
        kind=pl.when(header_rows).then(pl.lit("header")).when(blank).then(pl.lit("blank")),
    )
    loaded = rows["kind"].is_null()
    reason = pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
    schema = table(profile.table).schema
    for name, header in ((n, c) for n, how in profile.columns.items() for c in how.columns if c in layout.where):
        place = layout.where[header]
        is_number = page.numbers[place] & loaded
        if name in _AMOUNTS or schema.get(name) == MINOR:
            if is_number.any() and profile.decimals is None:
                raise SourceError(
                    layout.source.name,
                    f"sheet {page.number}: the amounts in '{header}' are floats; say with the option decimals how many "
                    "digits they have after the decimal sign",
                )
            digits = rows[place].str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0)
            reason = _first(reason, is_number & (digits > (profile.decimals or 0)), "AMOUNT_SCALE")
            written = pl.when(is_number).then(pl.col(place).str.replace(".", profile.decimal, literal=True))
            rows = rows.with_columns(written.otherwise(place).alias(place))
        unsure = {text: not is_sure(text) for text in page.cells[place].filter(is_number).unique()}
        lost = page.cells[place].replace_strict(unsure, default=False, return_dtype=pl.Boolean)
        reason = _first(reason, is_number & lost, "TYPE")
        if name in {"date", "value_date"} or schema.get(name) == DAY:
            rows = rows.with_columns(pl.col(place).str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1"))
    return rows.with_columns(reason=reason)


def _first(reason: pl.Series, wrong: pl.Series, code: str) -> pl.Series:
    return pl.select(pl.coalesce(reason, pl.when(wrong).then(pl.lit(code)))).to_series()
