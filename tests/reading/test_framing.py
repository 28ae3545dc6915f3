from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.errors import SourceError
from finvest.reading import framing
from finvest.reading.fields import fields, split_slowly
from finvest.reading.framing import Frames, frames

PIECES = st.sampled_from([b'"', b'""', b",", b"\r", b"\n", b"\r\n", b"a", b'"a"', "é".encode(), b"\xff", b"\0", b" "])
SIGNS = {"encoding": "utf-8", "delimiter": ",", "quote": '"'}


def spans(data: bytes, chunk: int = framing.CHUNK, encoding: str = "utf-8") -> tuple[list[tuple[int, int]], bool]:
    parts = list(frames(io.BytesIO(data), "x.csv", chunk=chunk, encoding=encoding))
    return [(int(a), int(b)) for p in parts for a, b in zip(p.first_byte, p.last_byte, strict=True)], any(
        p.open for p in parts
    )


def reference(data: bytes) -> tuple[list[tuple[int, int]], bool]:
    """The same, byte by byte."""
    found, start, place, state = [], 0, 0, "start"
    while place < len(data):
        byte = data[place : place + 1]
        if state == "quoted":
            if byte == b'"':
                if data[place + 1 : place + 2] == b'"':
                    place += 1
                else:
                    state = "field"
        elif byte in b"\r\n":
            place += data[place : place + 2] == b"\r\n"
            found.append((start, place + 1))
            start, state = place + 1, "start"
        elif byte == b",":
            state = "start"
        else:
            state = "quoted" if byte == b'"' and state == "start" else "field"
        place += 1
    return found + ([(start, len(data))] if start < len(data) else []), state == "quoted"


@given(st.lists(PIECES, max_size=25).map(b"".join), st.integers(1, 9))
def test_records_are_those_of_the_slow_reference_whatever_the_chunk(data: bytes, chunk: int) -> None:
    wanted = reference(data)
    assert spans(data) == wanted
    assert spans(data, chunk) == wanted


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "latin-1", "cp1252", "utf-16-le", "utf-16-be"]))
def test_every_byte_belongs_to_exactly_one_record(data: bytes, encoding: str) -> None:
    found, _ = spans(data, 7, encoding)
    ends = [0, *(b for _, b in found)]
    marks = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
    assert [a for a, _ in found] == ends[:-1]
    assert ends[-1] == len(data) or data in marks


@given(st.lists(PIECES, max_size=25).map(b"".join))
def test_fields_are_those_of_the_slow_reference(data: bytes) -> None:
    for part in frames(io.BytesIO(data), "x.csv"):
        for text, row, reason in fields(part, **SIGNS).select("text", "fields", "reason").iter_rows():
            assert (row is None) == (reason is not None)
            if row is not None:
                assert row == split_slowly(text, ",", '"')


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(
    st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_a_table_written_by_the_csv_module_reads_back_exactly(
    rows: list[list[str]], end: str, quoting: int, encoding: str
) -> None:
    if any(c in text for row in rows for text in row for c in "\r\n"):
        quoting = csv.QUOTE_ALL  # the csv module leaves a CR bare where lines end with an LF
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    text = file.getvalue()
    if text.startswith("\ufeff"):
        return
    found = []
    for part in frames(io.BytesIO(text.encode(encoding)), "x.csv", encoding=encoding, chunk=11):
        found += fields(part, encoding=encoding, delimiter=",", quote='"')["fields"].to_list()
    assert found == rows


def test_lines_are_counted_inside_quotation_marks() -> None:
    (part,) = frames(io.BytesIO(b'a,b\r"x\n\ny",1\r\n2,3\n'), "x.csv")
    assert part.line.tolist() == [1, 2, 5]
    assert not part.open


def test_without_a_quotation_mark_lines_are_records() -> None:
    (part,) = frames(io.BytesIO(b'"a\n"b\n'), "x.csv", quote="")
    assert len(part) == 2


def test_text_without_line_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LONGEST", 50)
    with pytest.raises(SourceError, match="no line end"):
        list(frames(io.BytesIO(b"a\n" + b"x" * 100), "x.csv", chunk=10))


def test_an_open_quotation_mark_makes_one_record_of_the_rest_that_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LONGEST", 50)
    data = b'a\n"' + b"x\n" * 100
    parts: list[Frames] = list(frames(io.BytesIO(data), "x.csv", chunk=10))
    assert parts[-1].open
    assert int(parts[-1].last_byte[-1]) == len(data)
    assert len(parts[-1].data) < 100


def test_utf_16_without_byte_order_is_refused() -> None:
    with pytest.raises(SourceError, match="byte order"):
        list(frames(io.BytesIO("a".encode("utf-16-le")), "x.csv", encoding="utf-16"))


def test_what_is_no_text_is_told_by_record() -> None:
    (part,) = frames(io.BytesIO(b"a,b\n\xff,1\nc\0,2\n\xc3\xa9,3\n"), "x.csv")
    assert fields(part, **SIGNS)["reason"].to_list() == [None, "ENCODING", "ENCODING", None]


def test_a_field_longer_than_the_limit_of_the_csv_module_is_read() -> None:
    long = "x, " * 60_000
    (part,) = frames(io.BytesIO(f'"{long}",1\n'.encode()), "x.csv")
    assert fields(part, **SIGNS)["fields"].to_list() == [[long, "1"]]
