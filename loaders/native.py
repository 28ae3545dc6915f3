"""finvest's own columns, as Parquet or CSV: what another tool writes for finvest, or an analyst by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, LoaderCard, Source, Tally
from finvest.model.statements import quarantine
from finvest.model.tables import DAY, INSTANT, MINOR, TABLES, table
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.lines import Reasons
from finvest.reading.own_columns import LOADABLE, is_native, required, table_of
from finvest.reading.rolls import typed
from finvest.reading.sheets import shortest
from finvest.reading.written import placed, times, zone_name, zones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.reading.profile import Profile

_ROWS = 100_000
_OFFSET = r"(:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)$"
_INSTANTS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_REPLACED = {"source", "record", "line", "loader"}
_DEFAULTS = {
    "status": "booked",
    "books": "both",
    "origin": "observed",
    "originator_known_by": "account",
    "beneficiary_known_by": "account",
}


class Native:
    """Reads files whose columns are finvest's own.

    Options of `read`: ``table`` (where the file's name does not say), ``decimals`` (amounts are in units of their
    currency with that many decimals, floats included; without it they are whole minor units), ``zone`` (of instants
    that are written without).
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name="native",
        title="finvest's own columns of any table, as Parquet or CSV (comma, UTF-8)",
        suffixes=(".parquet", ".csv"),
        notes=(
            "The table is the option `table`, or the file's name without suffix (transactions.parquet).",
            "Amounts are whole minor units. With the option `decimals` they are units of the currency with that many "
            "decimals; only then are floats taken, each by its shortest text.",
            "Account columns hold account ids as they are, or any text that tells accounts apart.",
            "Columns source, record, line and loader of the file give way to the file's own name and rows.",
            "A foreign Parquet file is read by Polars; load it in a process of its own.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:
        """Tell whether it is Parquet, or CSV with finvest's own columns."""
        return head.startswith(b"PAR1") or is_native(head, name)

    def read(
        self,
        source: Source,
        profile: Profile | None = None,
        **options: Any,  # noqa: ANN401 - each is checked below
    ) -> Iterator[Batch | Tally]:
        """Yield the table, quarantine and one tally.

        Raises
        ------
        SourceError
            If the file is damaged, its table is not known, or its columns are not the table's.
        UsageError
            If an option is unknown.
        """
        if unknown := set(options) - {"table", "decimals", "zone"}:
            raise UsageError(
                f"loader native has no option {', '.join(sorted(unknown))}; there are table, decimals, zone"
            )
        del profile
        with source.path.open("rb") as file:
            magic = file.read(4)
        parts = _parquet(source) if magic == b"PAR1" else _csv(source)
        reader: _Reader | None = None
        tally = Tally()
        for records, counts in parts:
            if reader is None:
                reader = _Reader(source, records, **options)
            batches, wrong = reader.take(records)
            yield from batches
            tally += counts + Tally(loaded=len(records) - wrong, quarantined=wrong)
        yield tally


def _parquet(source: Source) -> Iterator[tuple[pl.DataFrame, Tally]]:
    try:
        rows = pl.scan_parquet(source.path)
        count = rows.select(pl.len()).collect().item()
        for start in range(0, max(count, 1), _ROWS):
            part = rows.slice(start, _ROWS).collect()
            yield part.with_columns(_record=pl.int_range(start + 1, start + len(part) + 1)), Tally()
    except (pl.exceptions.PolarsError, OSError):
        raise SourceError(source.name, "expected a Parquet file; this one is damaged") from None


def _csv(source: Source) -> Iterator[tuple[pl.DataFrame, Tally]]:
    names: list[str] = []
    with source.path.open("rb") as file:
        for part in frames(file, source.name):
            rows = fields(part, encoding="utf-8", delimiter=",", quote='"')
            headers = 0
            if not names:
                names, rows, headers = _names(rows["fields"][0]), rows.slice(1), 1
                if len(set(names)) != len(names) or not names:
                    raise SourceError(source.name, "the header is no text, or names a column twice", 1)
            blank = rows["text"].str.strip_chars(' ,"\t') == ""
            width, row = pl.col("fields").list.len(), pl.col("fields")
            kept = rows.filter(~blank.fill_null(value=False)).select(
                *(
                    pl.when(row.list.get(i, null_on_oob=True) != "").then(row.list.get(i, null_on_oob=True)).alias(c)
                    for i, c in enumerate(names)
                ),
                _record="record",
                _line=pl.col("line").cast(pl.Int64),
                _first="first_byte",
                _last="last_byte",
                _reason=pl.coalesce(
                    "reason",
                    pl.when(width < len(names))
                    .then(pl.lit("FIELDS_MISSING"))
                    .when(width > len(names))
                    .then(pl.lit("FIELDS_SURPLUS")),
                ),
            )
            yield kept, Tally(headers=headers, blanks=len(rows) - len(kept))
    if not names:
        raise SourceError(source.name, "the file is empty; ask for it again")


def _without_offset(given: pl.Series) -> pl.Series:
    return given.str.replace(_OFFSET, "$1")


def _names(header: pl.Series | None) -> list[str]:
    return [] if header is None else [str(name).strip() for name in header]


class _Reader:
    """Rows of one file of one table."""

    def __init__(
        self,
        source: Source,
        first: pl.DataFrame,
        table: str | None = None,
        decimals: int | None = None,
        zone: str | None = None,
    ) -> None:
        self.source, self.decimals = source, decimals
        self.zone = zone_name(zone) if zone else None
        columns = [c for c in first.columns if not c.startswith("_")]
        self.name = table or table_of(columns, source.name) or source.path.stem
        if self.name not in LOADABLE:
            raise SourceError(source.name, f"say with the option table which one it is: {', '.join(LOADABLE)}")
        self.schema = TABLES[self.name].schema
        if foreign := sorted(set(columns) - set(self.schema)):
            raise SourceError(
                source.name,
                f"table {self.name} has no column {', '.join(foreign)}; drop it, or load the file through a profile",
            )
        if missing := [c for c in required(self.name) if c not in columns]:
            raise SourceError(source.name, f"table {self.name} needs the column {', '.join(missing)}")
        self.columns = [c for c in columns if c not in _REPLACED]
        for column in self.columns:
            self._allowed(column, first.schema[column])

    def _allowed(self, column: str, given: pl.DataType) -> None:
        wanted = self.schema[column]
        fits = given in {wanted, pl.Null(), pl.String()}
        if wanted == MINOR:
            fits = fits or given.is_integer() or given.is_decimal()
            if given.is_float() or (isinstance(given, pl.Decimal) and given.scale):
                if self.decimals is None:
                    raise SourceError(
                        self.source.name,
                        f"the amounts in {column} have decimals ({given}); say with the option decimals how many",
                    )
                fits = True
        elif wanted == INSTANT:
            if isinstance(given, pl.Datetime) and given.time_zone is None and self.zone is None:
                raise SourceError(self.source.name, f"the times in {column} have no zone; give the option zone")
            fits = fits or given == pl.Date() or isinstance(given, pl.Datetime)
        elif wanted == pl.Int64():
            fits = fits or given.is_integer()
        if not fits:
            raise SourceError(self.source.name, f"column {column} must be {wanted}, not {given}")

    def take(self, rows: pl.DataFrame) -> tuple[list[Batch], int]:
        """Return the batches of some rows, and how many rows are set aside."""
        reasons = Reasons(len(rows))
        if "_reason" in rows.columns:
            reasons.add(rows["_reason"], "")
        out = rows.select(record="_record", line="_line" if "_line" in rows.columns else pl.lit(None, pl.Int64))
        for column in self.columns:
            value = self._value(rows, column, reasons)
            out = out.with_columns(value.alias(column))
        for column in required(self.name):
            reason = {MINOR: "AMOUNT_MISSING", INSTANT: "DATE_MISSING", DAY: "DATE_MISSING"}
            reasons.where(out[column].is_null(), reason.get(self.schema[column], "ID_MISSING"), column)
        if self.name == "transactions":
            out = self._completed(out, reasons, rows)
        where = {"_record": "record", "_line": "line", "_first": "first_byte", "_last": "last_byte"}
        lost = rows.select(pl.col(c).alias(n) for c, n in where.items() if c in rows.columns)
        lost = lost.hstack(reasons.frame).filter(pl.col("reason").is_not_null())
        good = out.filter(reasons.frame["reason"].is_null())
        provenance = {"source": pl.lit(self.source.sha256), "loader": pl.lit("native")}
        batches = [Batch(self.name, table(self.name).complete(good.with_columns(**provenance)))] if len(good) else []
        return batches + ([quarantine(lost, self.source, "native")] if len(lost) else []), len(lost)

    def _completed(self, out: pl.DataFrame, reasons: Reasons, rows: pl.DataFrame) -> pl.DataFrame:
        reasons.where((out["amount"] < 0).fill_null(value=False), "SIGN_UNKNOWN", "amount")
        out = out.with_columns(pl.lit(None, pl.String).alias(c) for c in _DEFAULTS if c not in out.columns)
        out = out.with_columns(pl.col(c).fill_null(default) for c, default in _DEFAULTS.items())
        if "precision" not in out.columns:
            out = out.with_columns(precision=self._precision(rows["booked_at"]))
        if "zone" not in out.columns and self.zone is not None:
            out = out.with_columns(zone=pl.lit(self.zone))
        numbered = pl.format("{}-{}", pl.lit(self.source.sha256[:12]), pl.col("record").cast(pl.String).str.zfill(8))
        given = pl.col("transaction_id") if "transaction_id" in out.columns else pl.lit(None, pl.String)
        status = pl.when(pl.col("amount") == 0).then(pl.lit("information")).otherwise("status")
        return out.with_columns(transaction_id=pl.coalesce(given, numbered), status=status)

    def _precision(self, given: pl.Series) -> pl.Expr | pl.Series:
        """Return how precisely each time was written, as far as the file's type tells."""
        if given.dtype == pl.String():
            return times(_without_offset(given), _INSTANTS)["precision"]
        return pl.lit("date" if given.dtype == pl.Date() else "microsecond")

    def _value(self, rows: pl.DataFrame, column: str, reasons: Reasons) -> pl.Series:
        given, wanted = rows[column], self.schema[column]
        if given.dtype == pl.Null():
            return given.cast(wanted)
        if wanted == MINOR:
            return self._minor(rows, given, reasons)
        if given.dtype == wanted:
            return given
        if isinstance(given.dtype, pl.Datetime):
            return self._instants(given)
        if given.dtype == pl.Date():
            return self._instants(given.cast(pl.Datetime("us")))
        if given.dtype.is_integer():
            return given.cast(pl.Int64)
        if wanted == INSTANT:
            value, reason = self._written_instants(given), "DATE_FORMAT"
        else:
            value, reason = typed(given, wanted, ("%Y-%m-%d",), None)
        reasons.where(given.is_not_null() & value.is_null(), reason, column)
        return value

    def _written_instants(self, given: pl.Series) -> pl.Series:
        """Read ISO 8601; a time without an offset is none without the option zone, a day may be."""
        at = times(_without_offset(given), _INSTANTS)
        zone = zones(given.str.extract(_OFFSET, 2))
        zone = zone if self.zone is None else zone.fill_null(self.zone)
        sure = zone.is_not_null() | (at["precision"] == "date").fill_null(value=False)
        return placed(at["at"], zone).set(~sure, None)

    def _instants(self, given: pl.Series) -> pl.Series:
        dtype = given.dtype
        if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
            given = placed(given.cast(pl.Datetime("us")), pl.Series([self.zone]).new_from_index(0, len(given)))
        return given.dt.convert_time_zone("UTC").cast(INSTANT)

    def _minor(self, rows: pl.DataFrame, given: pl.Series, reasons: Reasons) -> pl.Series:
        whole = given.dtype.is_integer() or (isinstance(given.dtype, pl.Decimal) and not given.dtype.scale)
        if whole and self.decimals is None:
            return given.cast(MINOR)
        if given.dtype.is_float():
            values = given.unique().drop_nulls().to_list()
            texts = given.replace_strict({v: shortest(v) for v in values}, default=None, return_dtype=pl.String)
        else:
            texts = given.cast(pl.String)
        code = (
            rows["currency"].fill_null(UNKNOWN) if "currency" in rows.columns and self.decimals is not None else UNKNOWN
        )
        value, reason = money.parse(texts, code, money.AmountFormat(decimals=self.decimals or 0))
        reasons.add(reason, given.name)
        part = texts.str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0)
        reasons.where(part > (self.decimals or 0), "AMOUNT_SCALE", given.name)
        return value
