from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.layout import answer
from finvest.reading.profile import Profile
from finvest.reading.profiles import shipped_profiles
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DELIMITED = Registry().loader("delimited")
HEADER = "Date,Account,Amount,Currency,Counterparty account,Counterparty name,Reference"
OWN = "DE02100100100006820101"
Load = tuple[dict[str, pl.DataFrame], Tally]


def read(path: Path, profile: Profile | None = None, **options: Any) -> Load:
    frames: dict[str, list[pl.DataFrame]] = {}
    tally = Tally()
    for item in DELIMITED.read(Source.of(path), profile, **options):
        if isinstance(item, Batch):
            frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
        else:
            tally += item
    return {name: pl.concat(parts) for name, parts in frames.items()}, tally


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Load]:
    def loaded(content: str | bytes, profile: Profile | None = None, **options: Any) -> Load:
        path = tmp_path / "statement.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        tables, tally = read(path, profile, **options)
        lost = tables.get("quarantine")
        assert tally.quarantined == (0 if lost is None else len(lost))
        return tables, tally

    return loaded


def profile(more: str = "", columns: str = "", **top: str) -> Profile:
    first = "".join(f"{k} = {v}\n" for k, v in top.items())
    return Profile.from_toml(
        f'name = "x"\n{first}[columns]\ndate = "Date"\namount = "Amount"\nown_number = {{ value = "1" }}\n'
        f'currency = {{ value = "EUR" }}\n{columns}{more}'
    )


def test_a_plain_statement_loads(load: Callable[..., Load]) -> None:
    tables, tally = load(
        f'{HEADER}\n2024-01-02,{OWN},-12.50,EUR,,Shop,"a, b"\n\n2024-01-03 12:30,{OWN},100,JPY,12 3,Ann,x\n'
    )
    assert tally == Tally(loaded=2, headers=1, blanks=1)
    first, second = tables["transactions"].rows(named=True)
    assert (first["books"], int(first["amount"]), first["reference"], first["precision"]) == (
        "originator",
        1250,
        "a, b",
        "date",
    )
    assert (second["books"], int(second["amount"]), second["precision"]) == ("beneficiary", 100, "minute")
    assert first["originator"] == second["beneficiary"]
    assert (first["record"], first["line"], second["record"], second["line"]) == (2, 2, 4, 4)
    assert first["transaction_id"].endswith("-00000002")


def test_rows_that_cannot_be_read_are_set_aside_with_place_and_reason(load: Callable[..., Load]) -> None:
    text = (
        f"{HEADER}\n2024-01-02,{OWN},12.505,EUR,,,\n2024-02-30,{OWN},1,EUR,,,\n2024-01-02,{OWN},1e5,EUR,,,\n"
        f"2024-01-02,{OWN},,EUR,,,\n2024-01-02,{OWN},1,QQQ,,,\n,{OWN},1,EUR,,,\n2024-01-02,,1,EUR,,,\n"
        f"2024-01-02,{OWN},1\n2024-01-02,{OWN},7,EUR,,,\n"
    )
    tables, tally = load(text)
    lost = tables["quarantine"].sort("record")
    assert tally == Tally(loaded=1, quarantined=8, headers=1)
    assert lost["reason"].to_list() == [
        "AMOUNT_SCALE",
        "DATE_FORMAT",
        "AMOUNT_FORMAT",
        "AMOUNT_MISSING",
        "CURRENCY_UNKNOWN",
        "DATE_MISSING",
        "ACCOUNT_MISSING",
        "FIELDS_MISSING",
    ]
    assert lost["column"].to_list() == ["Amount", "Date", "Amount", "Amount", "Amount", "Date", "Account", None]
    row = lost.row(0, named=True)
    assert text.encode()[row["first_byte"] : row["last_byte"]].startswith(b"2024-01-02,DE02100100100006820101,12.505")
    assert str(row["day"]) == "2024-01-02"
    assert row["account"] == tables["transactions"]["beneficiary"][0]
    assert not any("DE021" in str(v) for v in lost.select("column", "expected").to_series())


def test_zero_is_information(load: Callable[..., Load]) -> None:
    tables, _ = load(f"{HEADER}\n2024-01-02,{OWN},0.00,EUR,,,\n")
    assert tables["transactions"]["status"].to_list() == ["information"]


def test_awkward_files_load_without_loss(load: Callable[..., Load]) -> None:
    rows = f"2024-01-02,{OWN},1.5,EUR,,Ä,x\r2024-01-03,{OWN},2,USD,,,y,more,\r{HEADER}\r2024-01-04,{OWN},3,JPY,,,z"
    plain = Profile.from_toml(profile().to_toml().replace('encoding = "utf-8"', 'encoding = "latin-1"'))
    assert plain.encoding == "latin-1"
    tables, tally = load(f"{HEADER}\r{HEADER}\r{rows}")
    assert tally == Tally(loaded=3, headers=3)
    assert tables["transactions"]["currency"].to_list() == ["EUR", "USD", "JPY"]
    assert tables["transactions"]["surplus"].to_list() == [None, '{"":["more",""]}', None]


def test_latin_1(load: Callable[..., Load]) -> None:
    wanted = profile('[file]\nencoding = "latin-1"\n', columns='other_name = "Näme"\n')
    tables, _ = load("Date,Amount,Näme\n2024-01-02,1,Jürgen\n".encode("latin-1"), wanted)
    assert tables["transactions"]["originator_name"].to_list() == ["Jürgen"]
    with pytest.raises(SourceError, match="no text in utf-8"):
        load("Date,Amount,Näme\n2024-01-02,1,Jürgen\n".encode("latin-1"), profile(columns='other_name = "Näme"\n'))


def test_utf_16_and_byte_order_mark(load: Callable[..., Load]) -> None:
    text = f'"Date",Account,Amount,Currency,Reference\n2024-01-02,{OWN},1,EUR,"Müller 💶"\n2024-01-03,{OWN},x,EUR,\n'
    sixteen = Profile.from_toml(
        'name = "x"\nkeep = ["Reference"]\n[file]\nencoding = "utf-16"\n[columns]\ndate = "Date"\namount = "Amount"\n'
        'own_number = "Account"\ncurrency = "Currency"\n'
    )
    tables, tally = load(text.encode("utf-16"), sixteen)
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["transactions"]["surplus"].to_list() == ['{"Reference":"Müller 💶"}']
    data, row = text.encode("utf-16"), tables["quarantine"].row(0, named=True)
    assert data[row["first_byte"] : row["last_byte"]].decode("utf-16-le").startswith("2024-01-03")
    _, tally = load(text.encode("utf-8-sig"))
    assert tally == Tally(loaded=1, quarantined=1, headers=1)


def test_one_number_at_two_banks_is_two_accounts(load: Callable[..., Load]) -> None:
    tables, _ = load(
        "Date,Account,Bank,Amount,Currency\n2024-01-02,123,INGDDEFF,1,EUR\n2024-01-02,123,COBADEFF,1,EUR\n"
    )
    assert tables["transactions"]["beneficiary"].n_unique() == 2


def test_a_quotation_mark_that_is_never_closed(load: Callable[..., Load]) -> None:
    tables, tally = load(f'{HEADER}\n2024-01-02,{OWN},1,EUR,,,x\n2024-01-02,{OWN},1,EUR,,,"abc\n2024-01-0')
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["quarantine"]["reason"].to_list() == ["QUOTE_OPEN"]


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes, load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError, match=r"empty|fits"):
        load(content)


def test_a_binary_file_is_refused(load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError):
        load(bytes(range(256)) * 20)
    with pytest.raises(SourceError, match=r"does not fit|no text"):
        load(bytes(range(256)) * 20, profile())


def test_nul_bytes_set_their_record_aside(load: Callable[..., Load]) -> None:
    tables, tally = load(f"{HEADER}\n2024-01-02,{OWN},1,EUR,,,a\0b\n2024-01-02,{OWN},1,EUR,,,x\n")
    assert tally == Tally(loaded=1, quarantined=1, headers=1)
    assert tables["quarantine"]["reason"].to_list() == ["ENCODING"]


def test_a_wrong_profile_names_missing_and_unknown_columns(load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError, match="lacks 'Amount' and it has 'Sum'"):
        load("Date,Sum\n2024-01-02,1\n", profile())


def test_a_file_that_ends_before_its_header_is_refused(load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError, match="row 5"):
        load("a\nb\n", profile("[file]\nheader_row = 5\n"))


def test_rows_before_the_header_are_headers(load: Callable[..., Load]) -> None:
    tables, tally = load("Some bank\n\nDate,Amount\n2024-01-02,1\n", profile("[file]\nheader_row = 3\n"))
    assert tally == Tally(loaded=1, headers=3)
    assert tables["transactions"]["record"].to_list() == [4]


def test_a_file_without_header(load: Callable[..., Load]) -> None:
    _, tally = load("2024-01-02,1\n", profile('[file]\nheader_row = 0\nnames = ["Date", "Amount"]\n'))
    assert tally == Tally(loaded=1)


def test_debit_and_credit_columns(load: Callable[..., Load]) -> None:
    tables, tally = load(
        f"Date,Account,Currency,Debit,Credit\n2024-01-02,{OWN},EUR,5.00,\n2024-01-02,{OWN},EUR,0.00,6\n"
        f"2024-01-02,{OWN},EUR,5,6\n2024-01-02,{OWN},EUR,-5,\n2024-01-02,{OWN},EUR,,\n"
    )
    assert tally == Tally(loaded=2, quarantined=3, headers=1)
    assert tables["transactions"]["books"].to_list() == ["originator", "beneficiary"]
    assert tables["quarantine"]["reason"].to_list() == ["SIGN_UNKNOWN", "SIGN_UNKNOWN", "AMOUNT_MISSING"]


def test_debits_with_a_minus(load: Callable[..., Load]) -> None:
    signed = Profile.from_toml(
        'name = "x"\n[columns]\ndate = "D"\ndebit = "Soll"\ncredit = "Haben"\nown_number = { value = "1" }\n'
        'currency = { value = "EUR" }\n[file]\ndelimiter = ";"\n[amounts]\ndecimal = ","\nthousands = "."\n'
        "signed_debits = true\n"
    )
    tables, _ = load("D;Soll;Haben\n2024-01-02;-1.234,50;\n2024-01-02;;2,00\n", signed)
    assert tables["transactions"]["amount"].cast(pl.Int64).to_list() == [123450, 200]
    assert tables["transactions"]["books"].to_list() == ["originator", "beneficiary"]


def test_unsigned_amounts_with_words(load: Callable[..., Load]) -> None:
    words = profile('[words.sign]\nAf = "debit"\nBij = "credit"\n', columns='sign = "Af Bij"\n')
    tables, tally = load(
        "Date,Amount,Af Bij\n2024-01-02,1,AF\n2024-01-02,-1,Af\n2024-01-02,2,bij\n2024-01-02,-2,Bij\n2024-01-02,2,?\n",
        words,
    )
    assert tally == Tally(loaded=3, quarantined=2, headers=1)
    assert tables["transactions"]["books"].to_list() == ["originator", "originator", "beneficiary"]


def test_files_that_show_both_sides(load: Callable[..., Load]) -> None:
    both = Profile.from_toml(
        'name = "x"\n[columns]\ndate = "Date"\namount = "Amount"\noriginator_number = "From"\noriginator_bank = "B1"\n'
        'beneficiary_number = "To"\nbeneficiary_bank = "B2"\ncurrency = "Ccy"\n[words.currency]\n"US Dollar" = "USD"\n'
    )
    tables, tally = load("Date,Amount,From,B1,To,B2,Ccy\n2024-01-02,1,0012,A,12,A,US Dollar\n", both)
    row = tables["transactions"].row(0, named=True)
    assert (row["books"], row["currency"]) == ("both", "USD")
    assert row["originator"] != row["beneficiary"]
    assert not tables["accounts"]["own_books"].any()
    assert tally == Tally(loaded=1, headers=1)


def test_ambiguous_dates_need_an_answer(load: Callable[..., Load]) -> None:
    either = profile('[dates]\nformats = ["%?/%?/%Y"]\n')
    text = "Date,Amount\n05/03/2021,1\n13/01/2021,1\n05/03/21,1\n"
    with pytest.raises(SourceError, match="day_first"):
        load(text, either)
    tables, tally = load(text, either, day_first=True)
    assert [str(d.date()) for d in tables["transactions"]["booked_at"]] == ["2021-03-05", "2021-01-13"]
    assert tally.quarantined == 1
    _, tally = load(text, either, day_first=False)
    assert tally.quarantined == 2


def test_zones(load: Callable[..., Load]) -> None:
    zoned = profile(columns='zone = "Z"\ntime = "Time"\n', more='[dates]\ntimes = ["%H:%M:%S"]\n')
    text = (
        "Date,Amount,Time,Z\n2024-07-01,1,12:00:00,Europe/Berlin\n2024-07-01,1,12:00:00,UTC+2\n"
        "2024-07-01,1,,Nowhere\n2024-07-01,1,,\n"
    )
    tables, tally = load(text, zoned, zone="Europe/Vilnius")
    times = [t.isoformat() for t in tables["transactions"]["booked_at"]]
    assert times == ["2024-07-01T10:00:00+00:00", "2024-07-01T10:00:00+00:00", "2024-06-30T21:00:00+00:00"]
    assert tables["transactions"]["zone"].to_list() == ["Europe/Berlin", "+02:00", "Europe/Vilnius"]
    assert tally.quarantined == 1
    with pytest.raises(UsageError, match="time zone"):
        load(text, zoned, zone="Mars/Olympus")


def test_options_complete_and_override(load: Callable[..., Load]) -> None:
    text = "Date,Amount\n2024-01-02,1.5\n"
    with pytest.raises(SourceError, match=r"account .*currency"):
        load(text)
    tables, _ = load(text, account=OWN, currency="eur", bank="INGDDEFF")
    assert tables["transactions"]["currency"].to_list() == ["EUR"]
    tables, _ = load(text, account=OWN, decimals=3)
    assert (tables["transactions"]["currency"].to_list(), int(tables["transactions"]["amount"][0])) == (["XXX"], 1500)
    with pytest.raises(UsageError, match="no option 'acount'"):
        load(text, acount="1")


def test_an_account_is_not_given_to_the_rows_of_several(load: Callable[..., Load]) -> None:
    text = "Date,Account,Amount,Currency\n2024-01-02,1,1,EUR\n2024-01-02,2,1,EUR\n"
    with pytest.raises(SourceError, match="more than one value"):
        load(text, account="3")
    tables, _ = load(text.replace(",2,", ",1,"), account="3")
    assert tables["transactions"]["surplus"].to_list() == ['{"Account":"1"}'] * 2


def test_an_account_that_was_answered_before_is_not_given_to_the_rows_of_several(load: Callable[..., Load]) -> None:
    answered = answer(shipped_profiles()["plain_signed"], account="3")
    with pytest.raises(SourceError, match="more than one value"):
        load("Date,Account,Amount,Currency\n2024-01-02,1,1,EUR\n2024-01-02,2,1,EUR\n", answered)


def test_what_stands_where_a_header_should_be_is_not_quoted(load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError) as refused:
        load("2024-01-02,Ann Lee\n2024-01-02,Ben Ray\n", profile())
    assert "Lee" not in str(refused.value)


def test_spaces_of_n26_are_accounts_of_their_own(load: Callable[..., Load]) -> None:
    header = (
        "Booking Date,Value Date,Partner Name,Partner Iban,Type,Payment Reference,Account Name,Amount (EUR),"
        "Original Amount,Original Currency,Exchange Rate"
    )
    row = "2024-01-02,,Ann,,Credit Transfer,,{},1.00,,,\n"
    tables, _ = load(f"{header}\n{row.format('Main Account')}{row.format('Savings')}", account=OWN)
    assert tables["transactions"]["beneficiary"].n_unique() == 2


def test_revolut(load: Callable[..., Load]) -> None:
    tables, tally = load(
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "CARD_PAYMENT,Current,2024-01-02 10:00:00,2024-01-03 11:00:00,Shop,-10.00,0.50,EUR,COMPLETED,89.50\n"
        "TRANSFER,Current,2024-01-04 10:00:00,,To somebody,-5.00,0.00,EUR,REVERTED,\n"
        "ATM,Current,2024-01-05 10:00:00,,Cash,-20.00,0.00,GBP,PENDING,\n"
        "TRANSFER,Savings,2024-01-05 10:00:00,2024-01-05 10:00:00,Pocket,20.00,0.00,EUR,COMPLETED,20.00\n"
        "TOPUP,Current,2024-01-05 10:00:00,2024-01-05 10:00:00,In,20.00,0.00,EUR,LOST,20.00\n",
        account="R1",
    )
    assert tally == Tally(loaded=4, quarantined=1, headers=1)
    rows = tables["transactions"]
    assert rows["status"].to_list() == ["booked", "reverted", "pending", "booked"]
    assert rows["fee"].cast(pl.Int64).to_list() == [50, 0, 0, 0]
    assert rows["channel"].to_list() == [None, "transfer", "cash_atm", "transfer"]
    assert rows["booked_as_written"].to_list()[:2] == ["2024-01-03 11:00:00", "2024-01-04 10:00:00"]
    assert rows["originator"][0] != rows["beneficiary"][3]
    assert tables["quarantine"]["reason"].to_list() == ["STATUS_UNKNOWN"]


def test_wise_takes_the_name_of_the_other_side(load: Callable[..., Load]) -> None:
    tables, _ = load(
        "TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Payer Name,Payee Name\n"
        "T-1,02-01-2024,-5.00,EUR,Sent,,95.00,Own,Ann\nT-2,03-01-2024,7.00,EUR,Received,rent,102.00,Ben,Own\n",
        account="W1",
    )
    rows = tables["transactions"]
    assert rows["beneficiary_name"].to_list() == ["Ann", None]
    assert rows["originator_name"].to_list() == [None, "Ben"]
    assert rows["reference"].to_list() == ["Sent", "Received rent"]


def test_recognition() -> None:
    loader = DELIMITED
    assert loader.recognises(b"Date,Amount\n", "x.csv")
    assert loader.recognises(b"Date,Amount\n", "x.dat")
    assert not loader.recognises(b"%PDF-1.7", "x.csv")
    assert not loader.recognises(b"PK\x03\x04", "x.csv")
    assert not loader.recognises(b"<?xml?>", "x.txt")
    assert not loader.recognises(b"a\0b", "x.csv")
    assert not loader.recognises(b"originator,beneficiary,amount,currency,booked_at\n", "transactions.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.binary(max_size=150))
def test_any_bytes_after_a_header_are_loaded_or_accounted_for(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"Date,Account,Amount,Currency\n2024-01-02,1,1,EUR\n" + data)
    tables, tally = read(path)
    records = len(set(tables["transactions"]["record"]))
    assert tally.loaded == records
    assert tally.quarantined == len(tables.get("quarantine", []))
    assert tally.records >= 2


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Zs", "Cc", "Zl", "Zp"]), max_size=9
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(-(10**9), 10**9), CELL, CELL), min_size=1, max_size=9),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_written_table_reads_back_exactly(rows: list[tuple[int, str, str]], end: str, tmp_path: Path) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end)
    writer.writerow(["Date", "Account", "Amount", "Currency", "Counterparty name", "Reference"])
    for minor, name, reference in rows:
        writer.writerow(
            [
                "2024-01-02",
                "1",
                f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}",
                "EUR",
                name,
                reference,
            ]
        )
    path = tmp_path / "x.csv"
    path.write_bytes(file.getvalue().encode())
    tables, tally = read(path)
    assert tally == Tally(loaded=len(rows), headers=1)
    found = tables["transactions"].with_columns(
        signed=pl.when(pl.col("books") == "originator").then(-pl.col("amount")).otherwise("amount").cast(pl.Int64),
        name=pl.when(pl.col("books") == "originator").then("beneficiary_name").otherwise("originator_name"),
    )
    assert found.select("signed", "name", "reference").rows() == [(m, n or None, r or None) for m, n, r in rows]
