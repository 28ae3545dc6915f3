"""Labelled sets: synthetic transfers with the answers beside them, a file each; a set is a folder of them.

Which file of the set one is, its columns tell. Answers go into the table `labels`, which no view contains.
"""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import BATCH_ROWS, Batch, LoaderCard, Source, Tally
from finvest.model.statements import quarantine
from finvest.model.tables import INSTANT, MINOR, table
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.lines import Reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.reading.profile import Profile

EXTERNAL = ("EXT_SOURCE", "EXT_SINK")
"""Where money comes from and goes to outside the set: no accounts, but sides of a transfer."""

_GZIP = b"\x1f\x8b"
_LARGEST = 1 << 28
"""Bytes of an unpacked file."""

_MOVED = {"tx_id", "timestamp", "src", "dst", "amount", "type", "src_bank", "dst_bank"}
_CENTS, _MOST_CENTS = 100, 10**15
_LABEL = ("window", "label", "pattern_type", "pattern_id")
_HEADERS: dict[str, tuple[str, ...]] = {
    "label_transactions": ("tx_id", *_LABEL),
    "label_accounts": ("account_id", *_LABEL),
    "label_patterns": ("pattern_id", "pattern_type", "transactions", "accounts", "first", "last", "amount"),
    "accounts": ("account_id", "bank"),
}
"""Columns by which a text file of the set is known; of `accounts` the first two."""

_ACCOUNT_ONLY = {"city", "init_balance"}
_SUBJECT = {"label_transactions": "transaction", "label_accounts": "account", "label_patterns": "pattern"}


class Labelled:
    """Reads the files of a labelled set: transactions, accounts, and the answers for each of them and for patterns."""

    card: ClassVar[LoaderCard] = LoaderCard(
        name="labelled",
        title="Labelled sets: transactions.parquet, accounts.csv and labels_*.csv.gz",
        suffixes=(".parquet", ".csv", ".csv.gz"),
        tried=("three sets made with AMLGentex and AMLSim",),
        notes=(
            "A set is a folder; each file is loaded by itself. `finvest evaluate --on FOLDER` does it in one step; "
            "into a case, load its files with `--loader labelled`.",
            "Which file it is, its columns tell. Answers go into the table `labels`, which no view contains.",
            "Account ids and transaction ids are those of the set, so that the answers fit them.",
            "Amounts are floats in the file: each is taken only if its shortest text has two decimals or fewer. The "
            "currency is XXX. A zero amount is information.",
            "Times are read as UTC and as exact as their type, to the microsecond.",
            "EXT_SOURCE and EXT_SINK become accounts of the kind external.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content decides
        """Tell by the columns whether it is a file of a labelled set; of a long Parquet file they can't be seen."""
        if head.startswith(b"PAR1"):
            return all(column.encode() in head for column in _MOVED)
        if head.startswith(_GZIP):
            try:
                head = zlib.decompressobj(wbits=31).decompress(head, 4096)
            except zlib.error:
                return False
        return _layout(head.splitlines()[:1]) is not None

    def read(
        self,
        source: Source,
        profile: Profile | None = None,
        **options: Any,  # noqa: ANN401 - there are none
    ) -> Iterator[Batch | Tally]:
        """Yield transactions with accounts and identifiers, accounts, or labels; quarantine; and tallies.

        Raises
        ------
        SourceError
            If the file is damaged or none of a labelled set.
        UsageError
            If there is an option.
        """
        if options:
            raise UsageError(f"loader labelled has no options; it was given {', '.join(sorted(options))}")
        del profile
        with source.path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            yield from _transactions(source)
        else:
            yield from _texts(source, packed=magic.startswith(_GZIP))


def _layout(header: list[bytes]) -> str | None:
    """Return which file of a set has this first line."""
    line = header[0].decode("utf-8", "replace").lstrip("\ufeff").strip() if header else ""
    columns = tuple(c.strip() for c in line.split(","))
    for name, wanted in _HEADERS.items():
        if name != "accounts" and columns == wanted:
            return name
    named = columns[:2] == _HEADERS["accounts"] and set(columns) >= _ACCOUNT_ONLY | {"bank"}
    return "accounts" if named else None


def _transactions(source: Source) -> Iterator[Batch | Tally]:
    try:
        lazy = pl.scan_parquet(source.path)
        schema = lazy.collect_schema()
        if missing := _MOVED - set(schema):
            raise SourceError(
                source.name, f"expected the columns of a labelled set; {', '.join(sorted(missing))} lacks"
            )
        at = schema["timestamp"]
        if not isinstance(at, pl.Datetime) or at.time_zone is not None:
            raise SourceError(source.name, f"expected times without zone in timestamp, not {at}")
        if not schema["amount"].is_float():
            raise SourceError(source.name, f"expected numbers with decimals in amount, not {schema['amount']}")
        count = lazy.select(pl.len()).collect().item()
        known: set[str] = set()
        for start in range(0, count, BATCH_ROWS):
            rows = lazy.slice(start, BATCH_ROWS).collect()
            yield from _batch(rows.with_columns(record=pl.int_range(start + 1, start + len(rows) + 1)), source, known)
    except (pl.exceptions.PolarsError, OSError):
        raise SourceError(source.name, "expected a Parquet file; this one is damaged") from None


def _batch(rows: pl.DataFrame, source: Source, known: set[str]) -> Iterator[Batch | Tally]:
    reasons = Reasons(len(rows))
    for column in ("tx_id", "src", "dst"):
        reasons.where((rows[column].cast(pl.String).fill_null("") == ""), "ID_MISSING", column)
    reasons.where(rows["timestamp"].is_null(), "DATE_MISSING", "timestamp")
    cents = _cents(rows["amount"], reasons)
    word = pl.col("type")
    out = rows.select(
        "record",
        transaction_id=pl.col("tx_id").cast(pl.String),
        books=pl.lit("both"),
        status=pl.when(cents == 0).then(pl.lit("information")).otherwise(pl.lit("booked")),
        booked_at=pl.col("timestamp").dt.cast_time_unit("us").dt.replace_time_zone("UTC").cast(INSTANT),
        precision=pl.lit("microsecond"),
        booked_as_written=pl.col("timestamp").dt.to_string("%Y-%m-%d %H:%M:%S"),
        zone=pl.lit("UTC"),
        originator=pl.col("src").cast(pl.String),
        beneficiary=pl.col("dst").cast(pl.String),
        originator_known_by=pl.lit("account"),
        beneficiary_known_by=pl.lit("account"),
        amount=cents.cast(MINOR),
        currency=pl.lit("XXX"),
        channel=pl.when(word == "TRANSFER").then(pl.lit("transfer")).otherwise(pl.lit("other")),
        origin=pl.lit("observed"),
        surplus=pl.when(word != "TRANSFER").then(pl.struct(type=word).struct.json_encode()),
    )
    bad = reasons.frame["reason"].is_not_null()
    yield from _given("transactions", out.filter(~bad), source)
    sides = pl.concat(
        rows.select("record", account=pl.col(side).cast(pl.String), bank=f"{side}_bank") for side in ("src", "dst")
    )
    new = sides.filter(pl.col("account").fill_null("") != "", ~pl.col("account").is_in(list(known)))
    new = new.sort("record").unique("account", keep="first", maintain_order=True)
    known.update(new["account"])
    external = pl.col("account").is_in(list(EXTERNAL))
    accounts = new.select(
        "record",
        "account",
        kind=pl.when(external).then(pl.lit("external")).otherwise(pl.lit("bank")),
        own_books=pl.lit(value=False),
        bank=pl.when(~external).then("bank"),
    )
    yield from _given("accounts", accounts, source)
    yield from _given("identifiers", _identifiers(new), source)
    yield from _set_aside(rows.select("record", line=pl.lit(None, pl.Int64)).hstack(reasons.frame), source)
    yield Tally(loaded=len(rows) - int(bad.sum()), quarantined=int(bad.sum()))


def _cents(amount: pl.Series, reasons: Reasons) -> pl.Series:
    """Return whole cents where the shortest text of a float has two decimals or fewer.

    That is so exactly where the float is the one nearest to a whole number of hundredths, and a division of two whole
    numbers is rounded to the nearest.
    """
    reasons.where(amount.is_null(), "AMOUNT_MISSING", "amount")
    number = amount.fill_null(0).cast(pl.Float64)
    finite = number.is_finite()
    reasons.where(~finite, "AMOUNT_FORMAT", "amount")
    reasons.where(finite & (number < 0), "SIGN_UNKNOWN", "amount")
    small = finite & (number.abs() < _MOST_CENTS / _CENTS)
    reasons.where(finite & ~small, "AMOUNT_RANGE", "amount")
    cents = pl.select(pl.when(small).then((number * _CENTS).round()).otherwise(0.0)).to_series().cast(pl.Int64)
    nearest = pl.Series(cents.to_numpy() / np.float64(_CENTS))  # Polars multiplies by the reciprocal, which is another
    reasons.where(small & (nearest != number), "AMOUNT_SCALE", "amount")
    return cents.alias("amount")


def _identifiers(accounts: pl.DataFrame) -> pl.DataFrame:
    return accounts.select(
        *(c for c in ("record", "line") if c in accounts.columns),
        subject="account",
        subject_kind=pl.lit("account"),
        scheme=pl.lit("local"),
        issuer="bank",
        value="account",
        key="account",
    )


def _texts(source: Source, *, packed: bool) -> Iterator[Batch | Tally]:
    names: list[str] = []
    layout: str | None = None
    with BytesIO(_unpacked(source)) if packed else source.path.open("rb") as file:
        for part in frames(file, source.name):
            rows = fields(part, encoding="utf-8", delimiter=",", quote='"')
            headers = 0
            if layout is None:
                layout = _layout([str(rows["text"][0]).encode()])
                names, rows, headers = [str(n).strip() for n in rows["fields"][0]], rows.slice(1), 1
                if layout is None:
                    raise SourceError(source.name, "expected a file of a labelled set; its columns are others", 1)
            yield from _rows(rows, names, layout, source, headers)
    if layout is None:
        raise SourceError(source.name, "the file is empty; ask for it again")


def _unpacked(source: Source) -> bytes:
    try:
        with gzip.open(source.path) as file:
            data = file.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise SourceError(source.name, "expected a file packed with gzip; this one is damaged") from None
    if len(data) > _LARGEST:
        raise SourceError(source.name, "it unpacks to more than 256 MiB; no list of answers is that long")
    return data


def _rows(rows: pl.DataFrame, names: list[str], layout: str, source: Source, headers: int) -> Iterator[Batch | Tally]:
    blank = (rows["text"].str.strip_chars(' ,"\t') == "").fill_null(value=False)
    kept = rows.filter(~blank)
    width, row = pl.col("fields").list.len(), pl.col("fields")
    value = [row.list.get(i, null_on_oob=True).str.strip_chars() for i in range(len(names))]
    read = kept.select(
        *(pl.when(v != "").then(v).alias(c) for c, v in zip(names, value, strict=True)),
        record=pl.col("record").cast(pl.Int64),
        line=pl.col("line").cast(pl.Int64),
    )
    reasons = Reasons(len(read))
    reasons.add(kept["reason"], "")
    counted = kept.select(width).to_series()
    reasons.where((counted < len(names)).fill_null(value=False), "FIELDS_MISSING", "")
    reasons.where((counted > len(names)).fill_null(value=False), "FIELDS_SURPLUS", "")
    reasons.where(read[names[0]].is_null(), "ID_MISSING", names[0])
    if layout in {"label_transactions", "label_accounts"}:
        reasons.where(~read["label"].is_in(["0", "1"]).fill_null(value=False), "TYPE", "label")
    bad = reasons.frame["reason"].is_not_null()
    good = read.filter(~bad)
    if layout == "accounts":
        yield from _given("accounts", _accounts(good), source)
        yield from _given("identifiers", _identifiers(good.rename({"account_id": "account"})), source)
    else:
        yield from _given("labels", _labels(good, _SUBJECT[layout]), source)
    where = ("record", "line", "first_byte", "last_byte")
    yield from _set_aside(kept.select(pl.col(c).cast(pl.Int64) for c in where).hstack(reasons.frame), source)
    wrong = int(bad.sum())
    yield Tally(loaded=len(good), quarantined=wrong, headers=headers, blanks=len(rows) - len(kept))


def _accounts(rows: pl.DataFrame) -> pl.DataFrame:
    named = [c for c in ("first_name", "last_name") if c in rows.columns]
    holder = pl.concat_str(*named, separator=" ", ignore_nulls=True) if named else pl.lit(None, pl.String)
    return rows.select(
        "record",
        "line",
        account="account_id",
        kind=pl.lit("bank"),
        own_books=pl.lit(value=False),
        bank="bank",
        holder_name=holder,
    )


def _labels(rows: pl.DataFrame, subject: str) -> pl.DataFrame:
    """Return a row for each subject and each pattern that it is part of; a negative has no pattern."""
    column = {"transaction": "tx_id", "account": "account_id", "pattern": "pattern_id"}[subject]
    if subject == "pattern":
        return rows.select(
            "record",
            "line",
            subject_kind=pl.lit(subject),
            subject=column,
            pattern=column,
            kind="pattern_type",
            window=pl.lit(None, pl.String),
            positive=pl.lit(value=True),
        )
    patterns, kinds = pl.col("pattern_id").str.split(";"), pl.col("pattern_type").str.split(";")
    fits = patterns.list.len() == kinds.list.len()
    none = pl.lit([None], pl.List(pl.String))
    return (
        rows.select(
            "record",
            "line",
            subject_kind=pl.lit(subject),
            subject=column,
            pattern=patterns.fill_null(none),
            # Where they are not one beside the other, the kind of each pattern is not said here.
            kind=pl.when(fits).then(kinds).otherwise(patterns.list.eval(pl.lit(None, pl.String))).fill_null(none),
            window="window",
            positive=pl.col("label") == "1",
        )
        .explode("pattern", "kind", empty_as_null=True)
        .select("record", "line", "subject_kind", "subject", "pattern", "kind", "window", "positive")
    )


def _given(name: str, rows: pl.DataFrame, source: Source) -> Iterator[Batch]:
    if len(rows):
        yield Batch(
            name, table(name).complete(rows.with_columns(source=pl.lit(source.sha256), loader=pl.lit("labelled")))
        )


def _set_aside(rows: pl.DataFrame, source: Source) -> Iterator[Batch]:
    lost = rows.filter(pl.col("reason").is_not_null())
    if len(lost):
        yield quarantine(lost, source, "labelled")
