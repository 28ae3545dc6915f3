"""From records of delimited text to their fields."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.reading.framing import Frames

_FIELDS = pl.List(pl.String)
_UNIT = "\x1f"


def fields(frames: Frames, *, encoding: str, delimiter: str, quote: str) -> pl.DataFrame:
    """Split records into fields.

    Parameters
    ----------
    frames : Frames
        Records.
    encoding, delimiter, quote : str
        As in `finvest.reading.framing.frames`.

    Returns
    -------
    polars.DataFrame
        ``record``, ``line``, ``first_byte``, ``last_byte``, ``text`` (the record, null where it is no text), ``fields``
        (its fields; null where they can't be told) and ``reason`` (``ENCODING`` or ``QUOTE_OPEN``; else null).
    """
    count = len(frames)
    texts = _decoded(frames, encoding)
    frame = pl.DataFrame(
        {
            "record": np.arange(frames.first, frames.first + count),
            "line": frames.line,
            "first_byte": frames.first_byte,
            "last_byte": frames.last_byte,
            "text": pl.Series(texts, dtype=pl.String),
        }
    )
    is_open = pl.int_range(pl.len()) == (count - 1 if frames.open else -1)
    frame = frame.with_columns(
        reason=pl.when(pl.col("text").is_null()).then(pl.lit("ENCODING")).when(is_open).then(pl.lit("QUOTE_OPEN"))
    )
    pieces = pl.col("text").str.split(delimiter)
    if not quote or frames.data.find(quote.encode()) < 0:
        return frame.with_columns(fields=pl.when(pl.col("reason").is_null()).then(pieces))
    frame = frame.with_columns(quoted=pl.col("text").str.contains(quote, literal=True))
    plain = frame.filter(~pl.col("quoted") & pl.col("reason").is_null()).select("record", fields=pieces)
    quoted = frame.filter(pl.col("quoted") & pl.col("reason").is_null()).select("record", "text")
    parts = [plain, *_quoted(quoted, delimiter, quote)]
    # Sorted, so that a record finds its fields by binary search rather than by hashing them all.
    return frame.drop("quoted").join(pl.concat(parts), on="record", how="left", maintain_order="left")


def _decoded(frames: Frames, encoding: str) -> list[str | None]:
    codec = "utf-8" if encoding.lower().replace("_", "-").startswith("utf-16") else encoding
    spans = list(zip(frames.start.tolist(), frames.stop.tolist(), strict=True))
    data = frames.data
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return [_one(data[a:b], codec) for a, b in spans]
    texts = [text[a:b] for a, b in spans] if len(text) == len(data) else [data[a:b].decode(codec) for a, b in spans]
    # A NUL is in no text; where there is one, the file is something else or was damaged.
    return [None if "\0" in t else t for t in texts] if "\0" in text else list(texts)


def _one(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _quoted(records: pl.DataFrame, delimiter: str, quote: str) -> Iterator[pl.DataFrame]:
    """Yield the fields of records with quotation marks.

    Where each piece between delimiters has no mark or is wrapped in its only two, the marks just come off; the rest,
    with delimiters, line ends or marks inside a field, goes through `csv`.
    """
    pieces = records.select("record", piece=pl.col("text").str.split(delimiter)).explode("piece")
    piece = pl.col("piece")
    marks = piece.str.count_matches(quote, literal=True)
    wrapped = (marks == 2) & piece.str.starts_with(quote) & piece.str.ends_with(quote)  # noqa: PLR2004
    pieces = pieces.with_columns(simple=(marks == 0) | wrapped, bare=pl.when(wrapped).then(piece.str.slice(1)))
    bare = pl.coalesce(pl.col("bare").str.head(-1), piece)
    by_record = pieces.group_by("record", maintain_order=True).agg(fields=bare, simple=pl.col("simple").all())
    yield by_record.filter("simple").select("record", "fields")
    rest = records.filter(~by_record["simple"])
    rows = _split(rest["text"].to_list(), delimiter, quote)
    if rest["text"].str.contains(_UNIT, literal=True).any():
        yield rest.select("record", fields=pl.Series(rows, dtype=_FIELDS))
    else:  # one text a record is handed over many times faster than a list of texts
        joined = pl.Series([_UNIT.join(row) for row in rows], dtype=pl.String)
        yield rest.select("record", fields=joined.str.split(_UNIT))


def _split(texts: list[str], delimiter: str, quote: str) -> list[list[str]]:
    try:
        return list(csv.reader(texts, delimiter=delimiter, quotechar=quote))
    except csv.Error:  # a field longer than csv's limit, which is one for the whole process
        return [split_slowly(text, delimiter, quote) for text in texts]


def split_slowly(text: str, delimiter: str, quote: str) -> list[str]:
    """Split one whole record character by character: the reference for the fast ways."""
    row, field, place = [], "", 0
    while True:
        if text[place : place + 1] == quote:
            while True:
                end = text.index(quote, place + 1)
                field += text[place + 1 : end]
                place = end + 1
                if text[place : place + 1] != quote:
                    break
                field += quote
        end = text.find(delimiter, place)
        row.append(field + (text[place:] if end < 0 else text[place:end]))
        if end < 0:
            return row
        field, place = "", end + 1
