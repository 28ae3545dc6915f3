"""What files of simulators share: a known first line, columns by name, answers beside data, one file about another."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import polars as pl

from finvest.model import identifiers as known
from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.statements import quarantine
from finvest.model.tables import table
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.lines import Reasons
from finvest.reading.profile import named
from finvest.reading.written import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

LARGEST = 1 << 30
"""Bytes that a packed file may unpack to."""

PLACE = ("record", "line", "first_byte", "last_byte")
"""Columns that say where a row stands in its file."""

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 20


def layout_of(head: bytes, headers: Mapping[str, str]) -> str | None:
    """Return which of the layouts a file begins with, packed or not; None for none.

    Parameters
    ----------
    head : bytes
        Start of the file.
    headers : mapping of str to str
        First line by layout.
    """
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _PIECE)
        except zlib.error:
            return None
    first = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].strip()
    return next((layout for layout, header in headers.items() if first == header.encode()), None)


def unpacked(source: Source, largest: int = LARGEST) -> BinaryIO:
    """Open a file, unpacked where it is packed with gzip.

    Raises
    ------
    SourceError
        If it is damaged, or unpacks to more than `largest` bytes.
    """
    file = source.path.open("rb")
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file
    file.close()
    with gzip.open(source.path) as stream:
        try:
            size = 0
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > largest:
                    raise SourceError(source.name, f"it unpacks to more than {largest:,} bytes; unpack it yourself")
        except (OSError, EOFError, zlib.error):
            raise SourceError(source.name, "the gzip file is damaged or cut off; ask for it again") from None
    return cast("BinaryIO", gzip.open(source.path))


def rows_of(source: Source, header: str, largest: int = LARGEST) -> Iterator[tuple[pl.DataFrame, Reasons, Tally]]:
    """Yield the rows below a header, as text.

    Parameters
    ----------
    source : Source
        A file whose first line is `header`.
    header : str
        Names of its columns; a second ``Account`` is ``Account (2)`` in the frames.
    largest : int
        Bytes that it may unpack to.

    Yields
    ------
    rows : polars.DataFrame
        `PLACE` and the columns; blank is null.
    reasons : Reasons
        Of the rows that cannot be read.
    counted : Tally
        Headers and blanks among them.
    """
    names = named(header.split(","))
    with unpacked(source, largest) as file:
        for part in frames(file, source.name):
            records = fields(part, encoding="utf-8", delimiter=",", quote='"')
            headers = int(part.first == 1)
            blank = (records["text"].str.strip_chars(" ,\t") == "").fill_null(value=False)
            blank[0] = blank[0] and not headers
            rows = records.slice(headers).filter(~blank.slice(headers))
            width = rows["fields"].list.len()
            reasons = Reasons(len(rows))
            reasons.add(rows["reason"], "")
            reasons.where((width < len(names)).fill_null(value=False), "FIELDS_MISSING", "")
            reasons.where((width > len(names)).fill_null(value=False), "FIELDS_SURPLUS", "")
            wide = rows.select(
                *(pl.col(c).cast(pl.Int64) for c in PLACE),
                *(pl.col("fields").list.get(i, null_on_oob=True).alias(name) for i, name in enumerate(names)),
            )
            yield wide.with_columns(clean(n) for n in names), reasons, Tally(headers=headers, blanks=int(blank.sum()))


def close(rows: pl.DataFrame, reasons: Reasons, counted: Tally, source: Source, loader: str) -> Iterator[Batch | Tally]:
    """Yield the quarantine of rows that have a reason, and the tally of all."""
    lost = rows.select(PLACE).hstack(reasons.frame).filter(pl.col("reason").is_not_null())
    if len(lost):
        yield quarantine(lost, source, loader)
    yield counted + Tally(loaded=len(rows) - len(lost), quarantined=len(lost))


def flags(rows: pl.DataFrame, column: str, words: Mapping[str, bool], reasons: Reasons) -> pl.Series:
    """Return a column of answers as truth values; any other word is a reason."""
    truth = rows[column].str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    reasons.where(truth.is_null(), "TYPE", column)
    return truth


def given(name: str, rows: pl.DataFrame, source: Source, loader: str) -> Batch:
    """Return rows of a table with where they come from."""
    return Batch(name, rows.with_columns(source=pl.lit(source.sha256), loader=pl.lit(loader)))


def other_file(source: Source, option: str, path: str | Path | None, beside: str) -> Source:
    """Return the file that a file is about: the one that the option names, or the one that lies beside it.

    Raises
    ------
    SourceError
        If there is none.
    """
    wanted = Path(path) if path is not None else source.path.with_name(beside)
    if not wanted.is_file() or (path is None and beside == source.name):
        what = f"option {option}: there is no such file"
        if path is None:
            what = f"give the option {option}, the path of the {option} that it is about"
        raise SourceError(source.name, what)
    return Source.of(wanted)


def movements(lines: pl.DataFrame, source: Source, loader: str) -> list[Batch]:
    """Turn movements between numbered accounts of named banks into transactions, accounts and identifiers.

    Parameters
    ----------
    lines : polars.DataFrame
        ``record``, ``line``, ``amount`` (Decimal(38, 0), not negative), ``currency``, ``from_bank``, ``from_number``,
        ``to_bank``, ``to_number``, none of them null; every other column is one of `transactions`.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.

    Notes
    -----
    For files where each side has both bank and number: ids are those that `finvest.model.statements.batches` gives,
    which also takes sides that are less well known, one number at a time.
    """
    sides = {"originator": "from", "beneficiary": "to"}
    ends = pl.concat(
        lines.select("record", "line", number=f"{side}_number", bank=f"{side}_bank") for side in sides.values()
    )
    accounts = account_ids(ends.sort("record").unique(["number", "bank"], keep="first", maintain_order=True))
    frame = lines
    for side, end in sides.items():
        ids = accounts.select(pl.col("account").alias(side), pl.col("number", "bank").name.prefix(f"{end}_"))
        frame = frame.join(ids, on=[f"{end}_number", f"{end}_bank"], how="left", maintain_order="left")
    frame = frame.with_columns(
        transaction_id=transaction_ids(source),
        books=pl.lit("both"),
        status=pl.when(pl.col("amount") == 0).then(pl.lit("information")).otherwise(pl.lit("booked")),
        origin=pl.lit("observed"),
        originator_known_by=pl.lit("account"),
        beneficiary_known_by=pl.lit("account"),
    )
    transactions = frame.select(c for c in table("transactions").schema if c in frame.columns)
    return [given("transactions", transactions, source, loader), *held(accounts, source, loader)]


def transaction_ids(source: Source) -> pl.Expr:
    """Return the id of the transaction of each record, see `Source.transaction_id`."""
    return pl.format("{}-{}", pl.lit(source.sha256[:12]), pl.col("record").cast(pl.String).str.zfill(8))


def account_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the id of each row's account, and its keys, from ``number`` and ``bank``."""
    banks = rows.select("bank").unique()
    keys = [known.bank_key(bank) if known.is_bic(bank) else None for bank in banks["bank"]]
    banks = banks.with_columns(issuer=pl.coalesce(pl.Series(keys, dtype=pl.String), known.text_keys(pl.col("bank"))))
    rows = rows.join(banks, on="bank", how="left", maintain_order="left").with_columns(
        key=pl.col("number").str.to_uppercase().str.replace_all("[^0-9A-Z]", "")
    )
    ids = [known.account_id(known.LOCAL, issuer, key) for issuer, key in rows.select("issuer", "key").iter_rows()]
    return rows.with_columns(account=pl.Series(ids, dtype=pl.String))


def held(rows: pl.DataFrame, source: Source, loader: str) -> list[Batch]:
    """Turn rows of `account_ids` into accounts and identifiers; columns of `accounts` are handed through."""
    of_account = rows.with_columns(kind=pl.lit("bank"), own_books=pl.lit(value=False))
    accounts = of_account.select(c for c in table("accounts").schema if c in of_account.columns)
    identifiers = rows.select(
        "record",
        "line",
        "issuer",
        "key",
        subject="account",
        subject_kind=pl.lit("account"),
        scheme=pl.lit(known.LOCAL),
        value="number",
    )
    return [given("accounts", accounts, source, loader), given("identifiers", identifiers, source, loader)]


def only(loader: str, options: Collection[str], valid: Collection[str]) -> None:
    """Refuse options that a loader does not have.

    Raises
    ------
    UsageError
        If there is one.
    """
    if unknown := sorted(set(options) - set(valid)):
        raise UsageError(f"loader {loader} has no option {', '.join(unknown)}; there are {', '.join(valid)}")
