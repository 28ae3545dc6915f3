"""Awkward input loads whole; bad input is refused or set aside with its reason, and leaves no trace and no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import ANNA, HEADER, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = "Date,Account,Amount,Currency,Counterparty name,Reference\n"
ROW = f"2025-01-02,{ANNA},-12.50,EUR,Anna Ahorn,Wohnwagen 7\n"
CAMT = f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2025-03-31T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2025-03-31T06:00:00</CreDtTm><Acct><Id><IBAN>{ANNA}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">84000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2025-03-03</Dt></BookgDt><AddtlNtryInf>Wohnwagen 7</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2025-03-04</Dt></BookgDt><AddtlNtryInf>Darlehen 31</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


@pytest.fixture
def load(case: Any, as_json: Any, quiet: Any) -> Callable[..., dict[str, Any]]:
    """Load a file; every record is counted, and no message holds anything of it."""

    def loaded(name: str, *options: str, code: int = 0) -> dict[str, Any]:
        result = case("load", name, *options, "--json")
        assert result.exit_code == code, result.output
        quiet(result)
        (row,) = as_json(result)["loaded"]
        assert row["records"] == row["loaded"] + row["quarantined"] + row["headers"] + row["blanks"]
        return dict(row)

    return loaded


@pytest.fixture
def table(case: Any, as_json: Any) -> Callable[[str], list[dict[str, Any]]]:
    return lambda name: list(as_json(case("show", "--table", name, "--json")))


# ---- awkward


def test_line_ends_of_carriage_returns_only(load: Any, write: Any, table: Any) -> None:
    write("a.csv", (PLAIN + ROW + ROW).replace("\n", "\r"))
    assert load("a.csv")["loaded"] == 2
    assert [row["line"] for row in table("transactions")] == [2, 3]


def test_latin_1(load: Any, write: Any, table: Any) -> None:
    text = "Buchungstag;Betrag;Währung;Verwendungszweck\n13.01.2025;-12,50;EUR;Miete Köln\n"
    write("a.csv", text.encode("latin-1"))
    assert load("a.csv", "--account", ANNA, "--yes", "--encoding", "latin-1")["loaded"] == 1
    assert table("transactions")[0]["reference"] == "Miete Köln"


def test_rows_longer_than_the_header_keep_their_surplus(load: Any, write: Any, table: Any) -> None:
    write("a.csv", PLAIN + ROW.rstrip("\n") + ",more,and more\n")
    assert load("a.csv")["loaded"] == 1
    assert "and more" in table("transactions")[0]["surplus"]


def test_a_doubled_header(load: Any, write: Any) -> None:
    write("a.csv", PLAIN + PLAIN + ROW + PLAIN + ROW)
    row = load("a.csv")
    assert (row["loaded"], row["headers"]) == (2, 3)


def test_several_currencies(load: Any, write: Any, table: Any) -> None:
    rows = [("1.50", "EUR"), ("150", "JPY"), ("1.505", "KWD")]
    write("a.csv", PLAIN + "".join(f"2025-01-02,{ANNA},-{amount},{code},x,y\n" for amount, code in rows))
    assert load("a.csv")["loaded"] == 3
    assert [(row["amount"], row["currency"]) for row in table("transactions")] == [
        (150, "EUR"),
        (150, "JPY"),
        (1505, "KWD"),
    ]


def test_one_number_at_two_banks_is_two_accounts(load: Any, write: Any, table: Any, case: Any) -> None:
    for bank in ("North", "South"):
        write(f"{bank}.csv", f"Date,Account,Bank,Amount,Currency\n2025-01-02,4711,{bank} Bank,-1.00,EUR\n")
        load(f"{bank}.csv")
    own = {row["account"]: row["bank"] for row in table("accounts") if row["own_books"]}
    assert sorted(own.values()) == ["North Bank", "South Bank"]
    result = case("show", "4711")
    assert result.exit_code == 2
    assert all(account in result.stderr for account in own)
    assert case("show", next(iter(own))).exit_code == 0


# ---- bad: some records


def test_an_amount_with_too_many_decimals_is_set_aside(load: Any, write: Any, table: Any, case: Any) -> None:
    write("a.csv", PLAIN + ROW + ROW.replace("-12.50", "-12.505") + ROW.replace("-12.50", "-12.500"))
    row = load("a.csv", code=1)
    assert (row["loaded"], row["quarantined"]) == (2, 1)
    (lost,) = table("quarantine")
    assert (lost["reason"], lost["line"]) == ("AMOUNT_SCALE", 3)
    checked = case("check")
    assert checked.exit_code == 1
    assert "more decimals" in checked.stdout


def test_a_truncated_csv_loses_its_last_record_with_a_reason(load: Any, write: Any, table: Any) -> None:
    write("a.csv", (PLAIN + ROW + ROW)[:-25])
    row = load("a.csv", code=1)
    assert (row["loaded"], row["quarantined"]) == (1, 1)
    assert [lost["reason"] for lost in table("quarantine")] == ["FIELDS_MISSING"]


def test_a_truncated_camt_keeps_what_is_whole(load: Any, write: Any, table: Any) -> None:
    write("a.xml", CAMT[: CAMT.index("Darlehen")])
    row = load("a.xml", code=1)
    assert (row["loaded"], row["quarantined"]) == (1, 1)
    assert {lost["reason"] for lost in table("quarantine")} == {"XML_BROKEN"}


# ---- bad: the whole file


BOMB = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "Ahorn"><!ENTITY b "&a;&a;&a;">]>' + CAMT.split("?>")[1].replace(
    "Wohnwagen 7", "&b;"
)
AMBIGUOUS = "Date,Amount,Description\n2/8/15,-12.50,Wohnwagen 7\n3/8/15,84000.00,Darlehen 31\n"
REFUSED: dict[str, tuple[str, str | bytes, tuple[str, ...]]] = {
    "empty": ("a.csv", b"", ()),
    "blank": ("a.csv", b" \r\n\n", ()),
    "binary": ("a.csv", bytes(range(256)) * 20, ()),
    "binary without a known name": ("a.bin", bytes(range(255, 0, -1)) * 20, ()),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), ()),
    "no table": ("a.txt", "Anna Ahorn pays Bert Birke\nWohnwagen 7\n", ()),
    "wrong profile": ("a.csv", PLAIN + ROW, ("--profile", "revolut")),
    "wrong loader": ("a.csv", PLAIN + ROW, ("--loader", "camt")),
    "day or month": ("a.csv", AMBIGUOUS, ("--account", ANNA, "--currency", "EUR", "--yes")),
    "new layout": ("a.csv", AMBIGUOUS, ("--account", ANNA, "--currency", "EUR", "--day-first")),
    "no account": ("a.csv", "Date,Amount,Currency\n2025-01-02,84000.00,EUR\n", ()),
    "xml bomb": ("a.xml", BOMB, ()),
    "other xml": ("a.xml", "<html><p>Anna Ahorn</p></html>", ()),
    "cut before its first record": ("a.xml", CAMT[:60], ()),
    "no workbook": ("a.xlsx", b"PK\x03\x04" + b"Ahorn" * 40, ()),
    "no parquet": ("a.parquet", b"PAR1" + b"Ahorn" * 40 + b"PAR1", ()),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_file_leaves_no_trace(
    loaded: Any, as_json: Any, quiet: Any, write: Any, tmp_path: Path, what: str
) -> None:
    name, content, options = REFUSED[what]
    write(name, content)
    before = as_json(loaded("check", "--json"))
    files = {folder: _files(tmp_path / "case" / folder) for folder in ("parts", "sources")}
    result = loaded("load", name, *options)
    assert result.exit_code == 1, result.output
    assert result.stderr.count("refused: ") == 1
    assert name in result.stderr
    quiet(result)
    assert as_json(loaded("check", "--json")) == before
    assert {folder: _files(tmp_path / "case" / folder) for folder in files} == files


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_refused_file_in_a_list_does_not_hold_up_the_rest(case: Any, as_json: Any, write: Any) -> None:
    write("bad.csv", b"")
    write("good.csv", PLAIN + ROW)
    result = case("load", "bad.csv", "good.csv", "--json")
    assert result.exit_code == 1
    told = as_json(result)
    assert [row["file"] for row in told["loaded"]] == ["good.csv"]
    assert len(told["refused"]) == 1


def test_dates_that_are_both_load_with_the_option_and_as_it_says(load: Any, write: Any, table: Any) -> None:
    write("a.csv", AMBIGUOUS)
    given = ("--account", ANNA, "--currency", "EUR", "--yes")
    load("a.csv", *given, "--day-first")
    assert {str(row["booked_at"])[:10] for row in table("transactions")} == {"2015-08-02", "2015-08-03"}
    load("a.csv", *given, "--month-first")
    assert {str(row["booked_at"])[:10] for row in table("transactions")} == {"2015-02-08", "2015-03-08"}


def test_every_open_question_is_told_at_once(case: Any, write: Any) -> None:
    write("a.csv", AMBIGUOUS)
    told = case("load", "a.csv").stderr
    for option in ("--day-first or --month-first", "--account", "--currency"):
        assert option in told


# ---- wrong usage


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("none.csv",), "no such file"),
        (("case",), "folder"),
        (("anna.csv", "--loader", "delimted"), "did you mean delimited"),
        (("anna.csv", "--profile", "revolt"), "revolut"),
        (("anna.csv", "--profile", "none.toml"), "no such file"),
        (("anna.csv", "--zone", "Nowhere/X"), "IANA"),
        (("anna.csv", "--encoding", "nope"), "encoding"),
        (("anna.csv", "--table", "nothing"), "table"),
        (("a.xml", "--profile", "n26"), "takes no profile"),
        (("a.xml", "--account", "1"), "no option account"),
    ],
)
def test_wrong_usage(loaded: Any, quiet: Any, write: Any, args: tuple[str, ...], says: str) -> None:
    write("a.xml", CAMT)
    result = loaded("load", *args)
    assert (result.exit_code, says in result.stderr) == (2, True), result.output
    quiet(result)


def test_nothing_is_loaded_where_one_of_the_files_is_not_there(case: Any, as_json: Any, write: Any) -> None:
    write("good.csv", PLAIN + ROW)
    assert case("load", "good.csv", "none.csv").exit_code == 2
    assert as_json(case("check", "--json"))["sources"] == []


# ---- again, and otherwise


def test_the_same_file_again_changes_nothing(loaded: Any, as_json: Any) -> None:
    before = as_json(loaded("check", "--json"))
    told = as_json(loaded("load", *STATEMENTS, "--json"))
    assert all(row["already"] for row in told["loaded"])
    assert as_json(loaded("check", "--json")) == before


def test_the_same_file_under_another_profile_or_option_replaces_its_rows(load: Any, write: Any, table: Any) -> None:
    write("a.csv", HEADER + f"2025-02-03,{ANNA},Anna Ahorn,1200.00,EUR,50000.00,,Werk,Lohn,\n")
    load("a.csv")
    (before,) = table("transactions")
    row = load("a.csv", "--zone", "Pacific/Auckland")
    assert not row["already"]
    (after,) = table("transactions")
    assert after["transaction_id"] == before["transaction_id"]
    assert after["zone"] == "Pacific/Auckland"
    assert load("a.csv", "--zone", "Pacific/Auckland")["already"]
