"""The byte ledger of delimited text: where each record begins and ends. Every byte belongs to exactly one record.

A record ends at CR, LF or CRLF outside quotation marks. A quotation mark opens a quoted field only where a field
begins, as in Python's `csv`; anywhere else it is a character like any other. No reader of another library is trusted
with this: those that were tried lose rows without a word.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from finvest.model.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK = 8 << 20
"""Bytes read at a time."""

LONGEST = 16 << 20
"""Bytes of the longest record; text without a line end for longer is no table."""

_LF, _CR = 10, 13
_FOLLOWS, _FOUR = 0x80, 0xF0
_BOMS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


@dataclass(frozen=True, slots=True)
class Frames:
    """Whole records of a stretch of a file.

    Attributes
    ----------
    data : bytes
        The stretch, in the file's encoding, or in UTF-8 where the file is UTF-16.
    start, stop : ndarray of int64, shape (n,)
        Where the text of each record begins and ends in `data`, its line end left out.
    first_byte, last_byte : ndarray of int64, shape (n,)
        Offset of each record in the file, and the offset after its last byte.
    line : ndarray of int64, shape (n,)
        First line of each record in the file, from 1.
    first : int
        Ordinal of the first record in the file, from 1.
    open : bool
        The last record has a quotation mark that is never closed.
    """

    data: bytes
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    first_byte: NDArray[np.int64]
    last_byte: NDArray[np.int64]
    line: NDArray[np.int64]
    first: int
    open: bool = False

    def __len__(self) -> int:
        return len(self.start)


def frames(
    file: BinaryIO, name: str, *, encoding: str = "utf-8", delimiter: str = ",", quote: str = '"', chunk: int = CHUNK
) -> Iterator[Frames]:
    """Split a file into records.

    Parameters
    ----------
    file : binary file
        Read from its start to its end.
    name : str
        Name of the file, for messages.
    encoding : str
        UTF-8, UTF-16, or any encoding in which ASCII is ASCII.
    delimiter, quote : str
        One ASCII character each; `quote` may be empty.
    chunk : int
        Bytes read at a time.

    Raises
    ------
    SourceError
        If a line is longer than `LONGEST`, or UTF-16 does not say its byte order.
    """
    stream = _stream(file, name, encoding)
    grammar = _grammar(delimiter, quote)
    held, begun, line, record, byte = b"", False, 1, 1, stream.skipped
    more = True
    while more:
        new = stream.read(chunk)
        more = bool(new)
        data = held + new
        ends = _line_ends(data, final=not more)
        whole, is_open = _record_ends(data, ends, grammar, delimiter, quote, final=not more)
        used = int(ends[whole[-1]]) if len(whole) else 0
        if len(data) - used > LONGEST and more:
            if not quote or grammar.match(data, used):
                raise SourceError(name, f"no line end within {LONGEST >> 20} MiB: not delimited text", line)
            # An open quotation mark: whatever follows it is one record, which need not be held to be told.
            ends, whole, is_open, more = np.append(ends, len(data)), np.append(whole, len(ends)), True, False
        if len(whole):
            stop = ends[whole]
            start = np.concatenate([[0], stop[:-1]])
            last_byte = byte + np.cumsum(stream.widths(data, stop))
            if not more:
                last_byte[-1] = stream.size
            first_byte = np.concatenate([[byte if begun else 0], last_byte[:-1]])
            lines = line + np.concatenate([[0], whole[:-1] + 1])
            yield Frames(data, start, _texts(data, stop), first_byte, last_byte, lines, record, is_open)
            begun, byte, line, record = True, int(last_byte[-1]), line + int(whole[-1]) + 1, record + len(whole)
        held = data[used:]


def _line_ends(data: bytes, *, final: bool) -> NDArray[np.int64]:
    """Return the offset after each line end; a CR at the end waits to see whether an LF follows."""
    buffer = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(buffer == _LF) + 1
    returns = np.flatnonzero(buffer == _CR) + 1
    if len(returns):
        followed = np.append(buffer, _LF if not final else 0)[returns] == _LF
        ends = np.union1d(ends, returns[~followed])
    if final and data and (not len(ends) or ends[-1] < len(data)):
        ends = np.append(ends, len(data))
    return ends.astype(np.int64)


def _grammar(delimiter: str, quote: str) -> re.Pattern[bytes]:
    """Return the pattern of one record with its line end.

    Every repetition is possessive, so a match takes time in proportion to its length, whatever the text.
    """
    d, q = re.escape(delimiter.encode()), re.escape(quote.encode())
    plain = rb"[^%b\r\n]*+" % d
    field = rb"(?:%b[^%b]*+(?:%b%b[^%b]*+)*+%b%b|(?!%b)%b)" % (q, q, q, q, q, q, plain, q, plain) if quote else plain
    return re.compile(rb"%b(?:%b%b)*+(?:\r\n|\r|\n|\Z)" % (field, d, field))


def _record_ends(
    data: bytes, ends: NDArray[np.int64], grammar: re.Pattern[bytes], delimiter: str, quote: str, *, final: bool
) -> tuple[NDArray[np.int64], bool]:
    """Return which lines end a record, and whether the last record is open."""
    if not quote or not len(ends) or data.find(quote.encode()) < 0:
        return np.arange(len(ends)), False
    inside = np.zeros(len(ends), bool)
    starts = np.concatenate([[0], ends[:-1]])
    done = -1
    for number in _doubtful(data, starts, ends, delimiter, quote).tolist():
        if number <= done:
            continue
        found = grammar.match(data, int(starts[number]))
        done = int(np.searchsorted(ends, found.end())) if found else len(ends)
        if found is None or done == len(ends) or ends[done] != found.end():
            if not final:
                return np.flatnonzero(~inside[:number]), False
            inside[number:-1] = True
            return np.flatnonzero(~inside), True
        inside[number:done] = True
    return np.flatnonzero(~inside), False


def _doubtful(
    data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], delimiter: str, quote: str
) -> NDArray[np.int64]:
    """Return the lines whose quotation marks do not plainly open before and close after a field.

    In every other line each odd mark stands after a delimiter or at the start, each even one before a delimiter or the
    end, and there are as many of both: such a line is whole.
    """
    buffer = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(buffer[: ends[-1]] == ord(quote))
    lines = np.searchsorted(ends, marks, side="right")
    count = np.bincount(lines, minlength=len(ends))
    place = np.arange(len(marks)) - (np.cumsum(count) - count)[lines]
    before, after = buffer[marks - 1], np.append(buffer, _LF)[marks + 1]
    opens = (marks == starts[lines]) | (before == ord(delimiter))
    closes = (after == ord(delimiter)) | (after == _LF) | (after == _CR)
    wrong = lines[~np.where(place % 2 == 0, opens, closes)]
    return np.union1d(wrong, np.flatnonzero(count % 2))


def _texts(data: bytes, stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the text of each record ends: before its LF, CR or CRLF."""
    buffer = np.frombuffer(data, np.uint8)
    last = buffer[stop - 1]
    crlf = (last == _LF) & (stop > 1) & (buffer[stop - 2] == _CR)
    texts: NDArray[np.int64] = stop - ((last == _LF) | (last == _CR)) - crlf
    return texts


class _Plain:
    """Bytes in an encoding in which ASCII is ASCII."""

    def __init__(self, file: BinaryIO, size: int, mark: bytes) -> None:
        self.file, self.size, self.skipped = file, size, len(mark)

    def read(self, wanted: int) -> bytes:
        return self.file.read(wanted)

    def widths(self, data: bytes, stop: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the bytes of each record in the file."""
        del data
        return np.diff(stop, prepend=0)


class _Utf16(_Plain):
    """UTF-16, recoded to UTF-8; what is no character becomes a lone surrogate, which no later step decodes."""

    def __init__(self, file: BinaryIO, size: int, mark: bytes, encoding: str) -> None:
        super().__init__(file, size, mark)
        self.decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self.odd = b""

    def read(self, wanted: int) -> bytes:
        while raw := self.odd + self.file.read(wanted):
            if len(raw) == 1:  # half a code unit at the end of the file
                self.odd = b""
                return (self.decoder.decode(b"", final=True) + "\udcff").encode("utf-8", "surrogatepass")
            even = len(raw) // 2 * 2
            self.odd = raw[even:]
            if text := self.decoder.decode(raw[:even]):
                return text.encode("utf-8", "surrogatepass")
        text = self.decoder.decode(b"", final=True)
        self.decoder.reset()
        return text.encode("utf-8", "surrogatepass")

    def widths(self, data: bytes, stop: NDArray[np.int64]) -> NDArray[np.int64]:
        buffer = np.frombuffer(data, np.uint8)
        # One code unit a character, two where UTF-8 takes four bytes.
        follows, four = (buffer & 0xC0) == _FOLLOWS, buffer >= _FOUR
        units = (~follows).astype(np.int64) + four
        return 2 * np.diff(np.cumsum(units)[stop - 1], prepend=0)


def _stream(file: BinaryIO, name: str, encoding: str) -> _Plain:
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(3)
    codec = codecs.lookup(encoding).name
    if codec == "utf-16":
        codec = next((c for c, mark in _BOMS.items() if head.startswith(mark)), "")
        if not codec:
            raise SourceError(name, "UTF-16 without a byte order mark; give the encoding as utf-16-le or utf-16-be")
    mark = _BOMS.get(codec, codecs.BOM_UTF8 if codec in {"utf-8", "utf-8-sig"} else b"")
    mark = mark if mark and head.startswith(mark) else b""
    file.seek(len(mark))
    return _Utf16(file, size, mark, codec) if codec in _BOMS else _Plain(file, size, mark)
