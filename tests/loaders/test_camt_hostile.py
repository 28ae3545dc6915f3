"""Hostile and broken camt files: refused fast, or everything before the break is loaded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.model.errors import SourceError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

CAMT = Registry().loader("camt")

SECONDS = 5
HEAD = "<BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id></Acct>"
TAIL = "</Stmt></BkToCstmrStmt></Document>"


def entry(text: str = "1", inside: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{text}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<BookgDt><Dt>2024-03-12</Dt></BookgDt>{inside}</Ntry>\n"
    )


def read(path: Path, content: str | bytes) -> tuple[dict[str, pl.DataFrame], Tally]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    tally = Tally()
    tables: dict[str, pl.DataFrame] = {}
    start = time.monotonic()
    for item in CAMT.read(Source.of(path)):
        if isinstance(item, Batch):
            known = table(item.table)
            tables[item.table] = pl.concat([tables.get(item.table, known.empty()), known.complete(item.frame)])
        else:
            tally += item
    assert time.monotonic() - start < SECONDS
    return tables, tally


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
DECLARATIONS = {
    "billion laughs": f"<!DOCTYPE Document [<!ENTITY l0 'ha'>{LAUGHS}]><Document>{HEAD}{entry(inside='&l9;')}{TAIL}",
    "in an attribute": f"<!DOCTYPE Document [<!ENTITY l0 'ha'>{LAUGHS}]><Document a='&l9;'>{HEAD}{entry()}{TAIL}",
    "quadratic": f"<!DOCTYPE Document [<!ENTITY q '{'q' * 50_000}'>]><Document>{HEAD}{'&q;' * 50_000}{TAIL}",
    "outside entity": "<!DOCTYPE Document [<!ENTITY x SYSTEM 'SECRET'>]><Document>" + HEAD + entry(inside="&x;") + TAIL,
    "outside parameter": f"<!DOCTYPE Document [<!ENTITY % x SYSTEM 'SECRET'> %x;]><Document>{HEAD}{entry()}{TAIL}",
    "outside subset": f"<!DOCTYPE Document SYSTEM 'SECRET'><Document>{HEAD}{entry()}{TAIL}",
    "nothing in it": f"<!DOCTYPE Document><Document>{HEAD}{entry()}{TAIL}",
    "after a comment": f"<!-- {'x' * 100_000} --><!DOCTYPE Document><Document>{HEAD}{entry()}{TAIL}",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_document_type_is_refused(tmp_path: Path, name: str, encoding: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    content = f'<?xml version="1.0" encoding="{encoding}"?>{DECLARATIONS[name]}'.replace("SECRET", secret.as_uri())
    start = time.monotonic()
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "camt.xml", content.encode(encoding))
    assert time.monotonic() - start < SECONDS
    assert "the secret" not in str(caught.value)
    if name not in {"in an attribute", "outside parameter"}:
        assert "DOCTYPE" in str(caught.value)


TOO_MUCH = {
    "deep": "<a>" * 100_000 + "</a>" * 100_000,
    "deeper than a reader can follow": "<a>" * 1900 + "</a>" * 1900,
    "long text": f"<a>{'x' * 20_000_000}</a>",
    "long comment": f"<!--{'x' * 20_000_000}-->",
    "long name": f"<{'x' * 200_000}/>",
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_beyond_the_limits_is_quarantined(tmp_path: Path, name: str) -> None:
    tables, tally = read(tmp_path / "camt.xml", f"<Document>{HEAD}{entry()}{entry('2', TOO_MUCH[name])}{entry()}{TAIL}")
    assert tables["quarantine"]["reason"].to_list() == ["XML_BROKEN"]
    assert tables["transactions"]["amount"].to_list() == [100]
    assert (tally.loaded, tally.quarantined) == (1, 1)


def test_a_long_attribute_is_quarantined(tmp_path: Path) -> None:
    inside = f"<a b='{'x' * 20_000_000}'/>"
    tables, _ = read(tmp_path / "camt.xml", f"<Document>{HEAD}{entry()}{entry('2', inside)}{TAIL}")
    assert tables["quarantine"]["reason"].to_list() == ["XML_BROKEN"]
    assert tables["transactions"]["amount"][0] == 100


def test_as_deep_as_the_limits_allow_is_read(tmp_path: Path) -> None:
    tables, tally = read(tmp_path / "camt.xml", f"<Document>{HEAD}{entry('2', '<a>' * 240 + 'x' + '</a>' * 240)}{TAIL}")
    assert (tally.loaded, tally.quarantined) == (1, 0)
    assert "/a/a/a" in tables["transactions"]["surplus"][0]


BREAKS = ["<", "&foo;", "<a b='&foo;'/>", "</Stmt>", "\x01", "<a b=1/>", "<a b='1' b='2'/>", "]]>", b"\xff", b"\xc3("]


@pytest.mark.parametrize("broken", BREAKS)
def test_what_stands_before_a_break_is_loaded(tmp_path: Path, broken: str | bytes) -> None:
    before = f"<Document>{HEAD}\n{entry('1')}{entry('2')}".encode()
    cut = broken if isinstance(broken, bytes) else broken.encode()
    after = f"<Ntry>{entry('3')}".encode()
    tables, tally = read(tmp_path / "camt.xml", before + b"<Ntry><Nm>" + cut + b"</Nm></Ntry>\n" + after)
    assert tables["transactions"]["amount"].to_list() == [100, 200]
    (row,) = tables["quarantine"].to_dicts()
    size = (tmp_path / "camt.xml").stat().st_size
    assert (row["reason"], row["record"], row["line"], row["last_byte"]) == ("XML_BROKEN", 3, 4, size)
    assert len(before) <= row["first_byte"] <= len(before) + 40
    assert row["account"] == tables["balances"]["account"][0]
    assert tables["balances"]["proof"].to_list() == ["failed"]
    assert (tally.loaded, tally.quarantined, tally.records) == (2, 1, 3)


@pytest.mark.parametrize("at", range(300, 900, 37))
def test_a_file_cut_anywhere_keeps_its_whole_entries(tmp_path: Path, at: int) -> None:
    content = f"<Document>{HEAD}\n{''.join(entry(str(n)) for n in range(1, 9))}{TAIL}"
    whole = content[:at].count("</Ntry>")
    tables, tally = read(tmp_path / "camt.xml", content[:at])
    amounts = tables["transactions"]["amount"].to_list() if "transactions" in tables else []
    assert amounts == [100 * n for n in range(1, whole + 1)]
    (row,) = tables["quarantine"].to_dicts()
    assert row["first_byte"] <= row["last_byte"] == at
    assert tally.records == whole + 1


def test_a_file_that_breaks_after_its_statements_keeps_their_proof(tmp_path: Path) -> None:
    content = f"<Document>{HEAD}{entry()}</Stmt><Stmt>"
    tables, tally = read(tmp_path / "camt.xml", content)
    assert tables["balances"]["proof"].to_list() == ["assumed"]
    assert (tally.loaded, tally.quarantined) == (1, 1)


@pytest.mark.parametrize(
    "content", ["<Document><BkToCstmrStmt>", "<Document><BkToCstmrStmt></Document>", "<Document>&x;"]
)
def test_a_break_before_any_statement_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match=r"camt\.xml"):
        read(tmp_path / "camt.xml", content)


def test_messages_quote_nothing_of_the_file(tmp_path: Path) -> None:
    name = "Anna Secret"
    content = f"<Document><!DOCTYPE {name}>{HEAD}{entry(name)}{TAIL}"
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "camt.xml", content)
    assert "Secret" not in str(caught.value)
    tables, _ = read(tmp_path / "camt.xml", f"<Document>{HEAD}{entry(name)}{entry()}{TAIL}")
    assert "Secret" not in str(tables["quarantine"].to_dicts())


def test_lines_beyond_two_bytes(tmp_path: Path) -> None:
    newlines = "\n" * 70_000
    tables, _ = read(tmp_path / "camt.xml", f"<Document>{HEAD}{newlines}{entry()}{entry('x')}<Ntry><")
    assert tables["transactions"]["line"].to_list() == [70_001]
    assert tables["quarantine"]["line"].to_list() == [70_002, 70_003]
