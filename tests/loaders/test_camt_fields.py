"""The traps of camt fields: parties, references, channels, dates, amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from finvest.model.records import REASONS
from tests.loaders.camt_messages import (
    CLOSING,
    OPENING,
    OTHER,
    OWN,
    Loaded,
    amount,
    details,
    entry,
    message,
    party,
    statement,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "inside",
    [
        "<Dbtr><Nm>Anna</Nm></Dbtr>",
        "<Dbtr><Pty><Nm>Anna</Nm></Pty></Dbtr>",
        "<Dbtr><Agt><FinInstnId><Nm>Anna</Nm></FinInstnId></Agt></Dbtr>",
        "<UltmtDbtr><Nm>Anna</Nm></UltmtDbtr>",
        "<UltmtDbtr><Pty><Nm>Anna</Nm></Pty></UltmtDbtr>",
    ],
)
def test_a_name_in_any_version(load: Callable[..., Loaded], inside: str) -> None:
    row = load(entry("10", details(amount("10") + f"<RltdPties>{inside}</RltdPties>"))).only
    assert (row["originator_name"], row["originator_known_by"]) == ("Anna", "name")


@pytest.mark.parametrize("mark", ["CRDT", "DBIT"])
def test_the_other_side_is_the_one_that_is_not_the_own_account(load: Callable[..., Loaded], mark: str) -> None:
    both = party("Dbtr", "Anna", OTHER if mark == "CRDT" else OWN) + party(
        "Cdtr", "Ben", OWN if mark == "CRDT" else OTHER
    )
    loaded = load(entry("10", details(amount("10") + f"<RltdPties>{both}</RltdPties>"), mark=mark))
    values = {r["subject"]: r["value"] for r in loaded.rows("identifiers")}
    row = loaded.only
    assert (values[row["originator"]], values[row["beneficiary"]]) == ((OTHER, OWN) if mark == "CRDT" else (OWN, OTHER))
    kept = "Cdtr" if mark == "CRDT" else "Dbtr"
    assert loaded.surplus[f"TxDtls/RltdPties/{kept}/Nm"] == ("Ben" if mark == "CRDT" else "Anna")


@pytest.mark.parametrize("bank", ["<BICFI>BANKNL2A</BICFI>", "<BIC>BANKNL2A</BIC>"])
def test_a_local_number_is_known_with_its_bank(load: Callable[..., Loaded], bank: str) -> None:
    account = f"<Id><Othr><Id>0012</Id></Othr></Id><Svcr><FinInstnId>{bank}</FinInstnId></Svcr>"
    other = (
        "<RltdPties><DbtrAcct><Id><Othr><Id>77</Id></Othr></Id></DbtrAcct></RltdPties>"
        "<RltdAgts><DbtrAgt><FinInstnId><BICFI>OTHRNL2A</BICFI></FinInstnId></DbtrAgt></RltdAgts>"
    )
    loaded = load(message(statement(entry("10", details(amount("10") + other)), account=account)))
    found = {r["value"]: (r["scheme"], r["issuer"], r["key"]) for r in loaded.rows("identifiers")}
    assert found == {"0012": ("local", "BANKNL2A", "0012"), "77": ("local", "OTHRNL2A", "77")}
    assert loaded.only["originator_known_by"] == "account"


def test_a_statement_without_account_is_quarantined(load: Callable[..., Loaded]) -> None:
    loaded = load(message(statement(entry("1") + entry("2", details(amount("2"))), account="<Ccy>EUR</Ccy>")))
    assert (loaded.reasons, loaded.counts) == (["ACCOUNT_MISSING"] * 3, (0, 3, 0))


def test_references(load: Callable[..., Loaded]) -> None:
    inside = (
        "<Refs><AcctSvcrRef>A</AcctSvcrRef><InstrId>I</InstrId><EndToEndId>E</EndToEndId><UETR>U</UETR></Refs>"
        + amount("10")
        + "<RmtInf><Ustrd>one</Ustrd><Ustrd>two</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf>"
        + "<AddtlRmtInf>three</AddtlRmtInf></Strd></RmtInf><AddtlTxInf>bank's words</AddtlTxInf>"
    )
    loaded = load(entry("10", "<AcctSvcrRef>B</AcctSvcrRef>" + details(inside)))
    row = loaded.only
    assert [row[c] for c in ("bank_reference", "end_to_end_id", "uetr")] == ["A", "E", "U"]
    assert row["reference"] == "one\ntwo\nRF18\nthree"
    assert (loaded.surplus["TxDtls/Refs/InstrId"], loaded.surplus["TxDtls/AddtlTxInf"]) == ("I", "bank's words")


@pytest.mark.parametrize(
    ("domain", "family", "sub_family", "channel"),
    [
        ("PMNT", "CCRD", "POSD", "card_pos"),
        ("PMNT", "CCRD", "CWDL", "cash_atm"),
        ("PMNT", "CNTR", "CDPT", "cash_branch"),
        ("PMNT", "RDDT", "ESDD", "direct_debit"),
        ("PMNT", "IDDT", "ESDD", "direct_debit"),
        ("PMNT", "ICDT", "ESCT", "transfer"),
        ("PMNT", "RCDT", "XBCT", "wire"),
        ("PMNT", "RRCT", "ESCT", "instant"),
        ("PMNT", "IRCT", "ESCT", "instant"),
        ("PMNT", "RCHQ", "CCHQ", "cheque"),
        ("PMNT", "NTAV", "NTAV", None),
        ("ACMT", "MDOP", "FEES", "other"),
    ],
)
def test_channel(load: Callable[..., Loaded], domain: str, family: str, sub_family: str, channel: str | None) -> None:
    code = f"<Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn>"
    loaded = load(entry("10", f"<BkTxCd>{code}</BkTxCd>"))
    assert loaded.only["channel"] == channel
    assert loaded.surplus["BkTxCd/Domn/Fmly/SubFmlyCd"] == sub_family


def test_a_withdrawal_goes_to_cash(load: Callable[..., Loaded]) -> None:
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>CCRD</Cd><SubFmlyCd>CWDL</SubFmlyCd></Fmly></Domn></BkTxCd>"
    card = "<CardTx><POI><Id><Id>ATM7</Id><Ctry>NL</Ctry></Id></POI></CardTx>"
    loaded = load(entry("10", code + details(amount("10") + card), mark="DBIT"))
    kinds = {a["account"]: a["kind"] for a in loaded.rows("accounts")}
    row = loaded.only
    assert (kinds[row["beneficiary"]], row["terminal"], row["country"]) == ("cash", "ATM7", "NL")


def test_a_comment_does_not_cut_an_amount(load: Callable[..., Loaded]) -> None:
    assert load(entry("1<!-- 1 -->00<?x y?>.<![CDATA[5]]>0")).signed == [10050]


# Time


@pytest.mark.parametrize(
    ("written", "zone", "at", "precision", "kept"),
    [
        ("<Dt>2024-03-12</Dt>", None, datetime(2024, 3, 12), "date", "UTC"),
        ("<Dt>2024-03-12</Dt>", "Europe/Vilnius", datetime(2024, 3, 11, 22), "date", "Europe/Vilnius"),
        ("<Dt>2024-03-12+01:00</Dt>", "Europe/Vilnius", datetime(2024, 3, 11, 23), "date", "+01:00"),
        ("<DtTm>2024-03-12T10:15:30+02:00</DtTm>", None, datetime(2024, 3, 12, 8, 15, 30), "second", "+02:00"),
        ("<DtTm>2024-03-12T10:15:30Z</DtTm>", "+05:00", datetime(2024, 3, 12, 10, 15, 30), "second", "UTC"),
        ("<DtTm>2024-03-12T10:15:30</DtTm>", "+05:00", datetime(2024, 3, 12, 5, 15, 30), "second", "+05:00"),
        ("<DtTm>2024-03-12T10:15</DtTm>", None, datetime(2024, 3, 12, 10, 15), "minute", "UTC"),
        ("<DtTm>2024-03-12T10:15:30.024</DtTm>", None, datetime(2024, 3, 12, 10, 15, 30, 24000), "millisecond", "UTC"),
        (
            "<DtTm>2024-03-12T10:15:30.123456789</DtTm>",
            None,
            datetime(2024, 3, 12, 10, 15, 30, 123456),
            "microsecond",
            "UTC",
        ),
        ("<DtTm>2024-03-12T24:00:00</DtTm>", None, datetime(2024, 3, 13), "second", "UTC"),
    ],
)
def test_when(
    load: Callable[..., Loaded], written: str, zone: str | None, at: datetime, precision: str, kept: str
) -> None:
    options = {"zone": zone} if zone else {}
    row = load(entry(when=f"<BookgDt>{written}</BookgDt>"), **options).only
    assert (row["booked_at"], row["precision"], row["zone"]) == (at.replace(tzinfo=UTC), precision, kept)
    assert row["booked_as_written"] in written


@pytest.mark.parametrize(
    "day", ["2024-02-30", "12.03.2024", "2024-03-12T25:00:00", "2024-03-12+99:00", "9999-12-31", "soon"]
)
def test_a_date_that_is_none_is_quarantined(load: Callable[..., Loaded], day: str) -> None:
    loaded = load(entry(when=f"<BookgDt><Dt>{day}</Dt></BookgDt>") + entry())
    assert (loaded.reasons, loaded.counts) == (["DATE_FORMAT"], (1, 1, 0))


def test_without_booking_date_the_value_date_is_taken_and_named(load: Callable[..., Loaded]) -> None:
    loaded = load(entry(when="<ValDt><DtTm>2024-03-14T08:00:00+02:00</DtTm></ValDt>"))
    row = loaded.only
    assert (row["booked_at"], row["precision"]) == (datetime(2024, 3, 13, 22, tzinfo=UTC), "date")
    assert (row["value_date"], loaded.surplus["booked_at"]) == (date(2024, 3, 14), "ValDt/DtTm")


def test_without_any_date_a_statement_of_one_day_gives_its_day(load: Callable[..., Loaded]) -> None:
    one = OPENING.format(0, "").replace("11", "12") + CLOSING.format(10, "")
    assert load(message(statement(entry(when=""), balances=one))).only["booked_at"].date() == date(2024, 3, 12)
    declared = "<FrToDt><FrDtTm>2024-03-12T00:00:00</FrDtTm><ToDtTm>2024-03-13T00:00:00</ToDtTm></FrToDt>"
    assert load(message(statement(entry(when=""), head=declared))).only["booked_at"].date() == date(2024, 3, 12)
    two = OPENING.format(0, "") + CLOSING.format(10, "")
    loaded = load(message(statement(entry(when=""), balances=two)))
    assert (loaded.reasons, loaded.rows("balances")[0]["proof"]) == (["DATE_MISSING"], "failed")


def test_a_notification_gives_its_day_of_creation(load: Callable[..., Loaded]) -> None:
    body = statement(entry(when="")).replace("Stmt>", "Ntfctn>")
    loaded = load(message(body, "BkToCstmrDbtCdtNtfctn", "054.001.08"))
    assert (loaded.only["booked_at"], loaded.only["precision"]) == (datetime(2024, 3, 12, 22, tzinfo=UTC), "date")
    assert loaded.surplus["booked_at"] == "CreDtTm"
    assert loaded.rows("balances") == []


# Money


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("10.001", "EUR", "AMOUNT_SCALE"),
        ("10.5", "JPY", "AMOUNT_SCALE"),
        ("10", "ZZZ", "CURRENCY_UNKNOWN"),
        ("1e3", "EUR", "AMOUNT_FORMAT"),
        ("-10", "EUR", "AMOUNT_FORMAT"),
        ("10,00", "EUR", "AMOUNT_FORMAT"),
        ("9" * 40, "EUR", "AMOUNT_RANGE"),
        ("", "EUR", "AMOUNT_MISSING"),
    ],
)
def test_an_amount_that_is_not_exact_is_quarantined(
    load: Callable[..., Loaded], text: str, currency: str, reason: str
) -> None:
    loaded = load(entry(text, details(amount("1")), currency=currency) + entry())
    assert (loaded.reasons, loaded.counts) == ([reason, reason], (1, 2, 0))
    (first, second) = loaded.rows("quarantine")
    assert (first["record"], second["record"], first["day"]) == (1, 2, date(2024, 3, 12))
    assert first["expected"] == REASONS[reason]
    own = {a["account"] for a in loaded.rows("accounts") if a["own_books"]}
    assert first["account"] in own


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("18.1500", "EUR", 1815), ("1.234", "KWD", 1234), ("7", "JPY", 7), ("7.00", "JPY", 7), (".5", "EUR", 50)],
)
def test_decimals_of_the_currency(load: Callable[..., Loaded], text: str, currency: str, minor: int) -> None:
    row = load(entry(text, currency=currency)).only
    assert (row["amount"], row["currency"]) == (minor, currency)


def test_decimals_of_an_unknown_currency_can_be_declared(load: Callable[..., Loaded]) -> None:
    assert load(entry("1.5", currency="ZZZ"), decimals=3).signed == [1500]


def test_a_side_that_is_not_said_is_quarantined(load: Callable[..., Loaded]) -> None:
    assert load(entry(mark="").replace("<CdtDbtInd></CdtDbtInd>", "")).reasons == ["SIGN_UNKNOWN"]
    assert load(entry(mark="C")).reasons == ["SIGN_UNKNOWN"]


# Balances
