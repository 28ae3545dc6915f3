"""The traps of camt statements, each in a message as small as it can be."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import REASONS, Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CAMT = Registry().loader("camt")

OWN = "NL26VAYB8060476890"
OTHER = "NL56AGDH9619008421"
OPENING = (
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{}</Amt>{}<Dt><Dt>2024-03-11</Dt></Dt></Bal>'
)
CLOSING = (
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{}</Amt>{}<Dt><Dt>2024-03-12</Dt></Dt></Bal>'
)
BOOKED = "<BookgDt><Dt>2024-03-12</Dt></BookgDt>"


class Loaded:
    """What the loader made of a message."""

    def __init__(self, path: Path, **options: Any) -> None:
        frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self.tally = Tally()
        for item in CAMT.read(Source.of(path), **options):
            if isinstance(item, Tally):
                self.tally += item
            else:
                assert not item.frame.is_empty()
                frames[item.table].append(table(item.table).complete(item.frame))
        self.tables = {name: pl.concat(parts) for name, parts in frames.items()}

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.tables[name].to_dicts() if name in self.tables else []

    @property
    def transactions(self) -> list[dict[str, Any]]:
        return self.rows("transactions")

    @property
    def only(self) -> dict[str, Any]:
        (row,) = self.transactions
        return row

    @property
    def surplus(self) -> dict[str, str]:
        return dict(json.loads(self.only["surplus"] or "{}"))

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.rows("quarantine")]

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.tally.loaded, self.tally.quarantined, self.tally.headers

    @property
    def signed(self) -> list[int]:
        return [int(r["amount"]) * (1 if r["books"] == "beneficiary" else -1) for r in self.transactions]


Load = "Callable[..., Loaded]"


def statement(
    entries: str, *, balances: str = "", account: str = f"<Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy>", head: str = ""
) -> str:
    return f"<Stmt><Id>S1</Id>{head}<Acct>{account}</Acct>{balances}{entries}</Stmt>"


def message(body: str, kind: str = "BkToCstmrStmt", version: str = "053.001.08") -> str:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.{version}"
    head = "<GrpHdr><MsgId>M</MsgId><CreDtTm>2024-03-13T01:00:00+02:00</CreDtTm></GrpHdr>"
    return f'<?xml version="1.0"?>\n<Document xmlns="{namespace}"><{kind}>{head}\n{body}\n</{kind}></Document>'


def entry(
    amount: str = "10.00",
    inside: str = "",
    *,
    mark: str = "CRDT",
    status: str = "<Sts>BOOK</Sts>",
    when: str = BOOKED,
    currency: str = "EUR",
) -> str:
    return f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{status}{when}{inside}</Ntry>'


def details(*inside: str, batch: str = "") -> str:
    return "<NtryDtls>" + batch + "".join(f"<TxDtls>{d}</TxDtls>" for d in inside) + "</NtryDtls>"


def amount(text: str, mark: str = "", currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{text}</Amt>' + (f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else "")


def party(role: str, name: str, number: str = "") -> str:
    account = f"<{role}Acct><Id><IBAN>{number}</IBAN></Id></{role}Acct>" if number else ""
    return f"<{role}><Nm>{name}</Nm></{role}>{account}"


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Loaded]:
    """Load a message, or the entries of one statement."""

    def run(text: str, *, raw: bool = False, **options: Any) -> Loaded:
        path = tmp_path / "camt.xml"
        if not raw:
            text = text if text.startswith("<?xml") else message(statement(text))
        path.write_text(text, encoding="utf-8")
        return Loaded(path, **options)

    return run


# Entries and details


def test_an_entry_without_details_is_a_transaction(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("10.05", "<AcctSvcrRef>R1</AcctSvcrRef><AddtlNtryInf>Standing order</AddtlNtryInf>"))
    row = loaded.only
    assert (row["amount"], row["currency"], row["status"], row["books"]) == (1005, "EUR", "booked", "beneficiary")
    assert (row["bank_reference"], row["reference"], row["batch_items"]) == ("R1", "Standing order", None)
    assert (row["record"], row["precision"], row["booked_as_written"]) == (1, "date", "2024-03-12")
    assert loaded.counts == (1, 0, 0)


def test_details_that_add_up_are_the_transactions(load: Callable[..., Loaded]) -> None:
    batch = details(
        amount("60.00"), amount("50.00"), amount("10.00", "DBIT"), batch="<Btch><NbOfTxs>3</NbOfTxs></Btch>"
    )
    loaded = load(entry("100.00", batch) + entry("1"))
    assert loaded.signed == [6000, 5000, -1000, 100]
    assert [r["record"] for r in loaded.transactions] == [2, 3, 4, 5]
    assert [r["batch_items"] for r in loaded.transactions] == [None] * 4
    assert loaded.counts == (4, 0, 1)


def test_details_without_amounts_leave_the_money_on_the_entry(load: Callable[..., Loaded]) -> None:
    parties = [f"<RltdPties>{party('Cdtr', name)}</RltdPties>" for name in ("Anna", "Ben")]
    loaded = load(entry("100", details(*parties), mark="DBIT"))
    assert (loaded.signed, loaded.only["batch_items"], loaded.counts) == ([-10000], 2, (1, 0, 2))
    assert loaded.only["beneficiary_known_by"] == "none"
    assert [loaded.surplus[f"TxDtls[{n}]/RltdPties/Cdtr/Nm"] for n in (1, 2)] == ["Anna", "Ben"]


@pytest.mark.parametrize(
    ("inside", "reasons"),
    [
        ((amount("60"), amount("50")), ["DETAILS_DISAGREE"] * 2),
        ((amount("60"), amount("40"), "<Refs/>"), ["DETAILS_DISAGREE"] * 3),
        ((amount("60"), amount("40.001")), ["DETAILS_DISAGREE", "AMOUNT_SCALE"]),
        ((amount("60"), amount("40", "DBIT")), ["DETAILS_DISAGREE"] * 2),
        ((amount("160"), amount("-60")), ["DETAILS_DISAGREE", "AMOUNT_FORMAT"]),
    ],
)
def test_details_that_disagree_never_lose_the_entry(
    load: Callable[..., Loaded], inside: tuple[str, ...], reasons: list[str]
) -> None:
    loaded = load(entry("100", details(*inside)))
    assert (loaded.signed, loaded.only["record"], loaded.only["batch_items"]) == ([10000], 1, len(inside))
    assert loaded.reasons == reasons
    assert loaded.counts == (1, len(reasons), 0)


def test_a_single_detail_that_disagrees_still_says_who_paid(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("100", details(amount("105") + f"<RltdPties>{party('Dbtr', 'Anna', OTHER)}</RltdPties>")))
    assert (loaded.signed, loaded.reasons, loaded.only["originator_name"]) == ([10000], ["DETAILS_DISAGREE"], "Anna")
    assert loaded.surplus["TxDtls/Amt"] == "105"


def test_one_detail_may_stand_for_many_payments(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("100", details(amount("100"), batch="<Btch><NbOfTxs>101</NbOfTxs></Btch>")))
    assert (loaded.only["batch_items"], loaded.counts) == (101, (1, 0, 1))


def test_several_groups_of_details_are_one_batch(load: Callable[..., Loaded]) -> None:
    assert load(entry("100", details(amount("70")) + details(amount("30")))).signed == [7000, 3000]


def test_version_1_has_details_directly_in_the_entry(load: Callable[..., Loaded]) -> None:
    inside = "<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>10</Amt></TxAmt></AmtDtls></TxDtls>"
    account = f"<Id><PrtryAcct><Id>{OWN}</Id></PrtryAcct></Id>"
    text = message(statement(entry("10", inside), account=account), "BkToCstmrStmtV01", "053.001.01")
    loaded = load(text)
    assert (loaded.signed, loaded.counts) == ([1000], (1, 0, 1))


def test_the_booked_amount_wins_over_the_instructed_one(load: Callable[..., Loaded]) -> None:
    inside = (
        amount("110", currency="USD")
        + '<AmtDtls><InstdAmt><Amt Ccy="USD">110</Amt></InstdAmt>'
        + '<CntrValAmt><Amt Ccy="EUR">100</Amt><CcyXchg><XchgRate>1.1</XchgRate></CcyXchg></CntrValAmt></AmtDtls>'
    )
    out = load(entry("100", details(inside), mark="DBIT"))
    assert (out.only["amount"], out.only["currency"], out.counts) == (10000, "EUR", (1, 0, 1))
    assert (out.only["received_amount"], out.only["received_currency"]) == (11000, "USD")
    assert out.surplus["TxDtls/AmtDtls/CntrValAmt/CcyXchg/XchgRate"] == "1.1"
    # What the sender paid in another currency is not what reached this account.
    into = load(entry("100", details(inside)))
    assert (into.only["amount"], into.only["received_amount"]) == (10000, None)
    assert into.surplus["TxDtls/AmtDtls/InstdAmt/Amt"] == "110"


def test_details_in_another_currency_only_leave_the_entry(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("100", details(amount("55", currency="USD"), amount("54", currency="USD"))))
    assert (loaded.signed, loaded.only["batch_items"], loaded.counts) == ([10000], 2, (1, 0, 2))


@pytest.mark.parametrize(("mark", "booked", "received"), [("CRDT", "95", None), ("DBIT", "105", 10000)])
def test_fees_explain_a_difference(load: Callable[..., Loaded], mark: str, booked: str, received: int | None) -> None:
    charge = (
        '<Chrgs><Rcrd><Amt Ccy="EUR">5</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>'
    )
    loaded = load(entry(booked, details(amount("100") + charge), mark=mark))
    row = loaded.only
    assert (abs(loaded.signed[0]), row["fee"], row["received_amount"]) == (int(booked) * 100, 500, received)
    assert loaded.counts == (1, 0, 1)


@pytest.mark.parametrize(
    ("charges", "fee"),
    [
        ('<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3</TtlChrgsAndTaxAmt></Chrgs>', 300),
        ('<Chrgs><Amt Ccy="EUR">3</Amt></Chrgs><Chrgs><Amt Ccy="EUR">4</Amt></Chrgs>', 700),
        ('<Chrgs><Rcrd><Amt Ccy="EUR">3</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>', -300),
        ('<Chrgs><Rcrd><Amt Ccy="EUR">3</Amt><ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>', None),
        ('<Chrgs><Rcrd><Amt Ccy="USD">3</Amt></Rcrd></Chrgs>', None),
    ],
)
def test_fees(load: Callable[..., Loaded], charges: str, fee: int | None) -> None:
    assert load(entry("10", charges)).only["fee"] == fee


# Status, side, reversals


@pytest.mark.parametrize(
    ("written", "status"),
    [("BOOK", "booked"), ("PDNG", "pending"), ("FUTR", "pending"), ("INFO", "information")],
)
@pytest.mark.parametrize("form", ["<Sts>{}</Sts>", "<Sts><Cd>{}</Cd></Sts>", "<Sts><Prtry>{}</Prtry></Sts>"])
def test_status(load: Callable[..., Loaded], written: str, status: str, form: str) -> None:
    assert load(entry(status=form.format(written))).only["status"] == status


def test_a_missing_status_is_booked_in_a_statement_only(load: Callable[..., Loaded]) -> None:
    assert load(entry(status="")).only["status"] == "booked"
    body = statement(entry(status="")).replace("Stmt>", "Rpt>")
    assert load(message(body, "BkToCstmrAcctRpt", "052.001.08")).reasons == ["STATUS_UNKNOWN"]
    assert load(entry(status="<Sts>XXXX</Sts>")).reasons == ["STATUS_UNKNOWN"]


def test_a_zero_amount_is_information(load: Callable[..., Loaded]) -> None:
    assert load(entry("0.00")).only["status"] == "information"


def test_a_reversal_keeps_the_sign_that_is_shown(load: Callable[..., Loaded]) -> None:
    """ISO 20022: with CRDT and a reversal indicator, the original was a debit; so the reversal itself is a credit."""
    parties = f"<RltdPties>{party('Dbtr', 'Own name')}{party('Cdtr', 'Shop', OTHER)}</RltdPties>"
    loaded = load(entry("10", "<RvslInd>true</RvslInd>" + details(amount("10") + parties)))
    row = loaded.only
    assert (loaded.signed, row["is_return"], row["originator_name"], row["status"]) == ([1000], True, "Shop", "booked")
    assert (row["reversal_of"], loaded.surplus["RvslInd"]) == (None, "true")


@pytest.mark.parametrize(
    "sign",
    [
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>",
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>",
    ],
)
def test_a_return_comes_back_from_whom_it_was_sent_to(load: Callable[..., Loaded], sign: str) -> None:
    parties = f"<RltdPties>{party('Dbtr', 'Own name', OWN)}{party('Cdtr', 'Shop', OTHER)}</RltdPties>"
    row = load(entry("10", details(amount("10") + sign + parties))).only
    assert (row["is_return"], row["originator_name"]) == (True, "Shop")
    only_payer = load(
        entry("10", details(amount("10") + sign + f"<RltdPties>{party('Dbtr', 'Shop')}</RltdPties>"))
    ).only
    assert only_payer["originator_name"] == "Shop"


# Parties, accounts, references


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


@pytest.mark.parametrize(
    ("opening", "entries", "closing", "proof"),
    [
        (("100", "CRDT"), entry("10") + entry("30", mark="DBIT"), ("80", "CRDT"), "reconciled"),
        (("100", ""), entry("10"), ("110", ""), "reconciled"),
        (("5", "DBIT"), entry("10"), ("5", "CRDT"), "reconciled"),
        (("5", "DBIT"), entry("2"), ("3", "DBIT"), "reconciled"),
        (("100", "CRDT"), entry("10") + entry("5", status="<Sts>PDNG</Sts>"), ("110", "CRDT"), "reconciled"),
        (("100", "CRDT"), entry("10"), ("111", "CRDT"), "failed"),
        (("100", "CRDT"), entry("10.001"), ("110", "CRDT"), "failed"),
        (("100.001", "CRDT"), "", ("100.001", "CRDT"), "failed"),
        (("100", "CRDT"), "", ("100", "CRDT"), "reconciled"),
    ],
)
def test_opening_and_entries_make_closing(
    load: Callable[..., Loaded], opening: tuple[str, str], entries: str, closing: tuple[str, str], proof: str
) -> None:
    marks = [f"<CdtDbtInd>{m}</CdtDbtInd>" if m else "" for _, m in (opening, closing)]
    balances = OPENING.format(opening[0], marks[0]) + CLOSING.format(closing[0], marks[1])
    (row,) = load(message(statement(entries, balances=balances))).rows("balances")
    assert (row["proof"], row["start"], row["end"]) == (proof, date(2024, 3, 11), date(2024, 3, 12))
    assert (row["statement"], row["currency"]) == ("S1", "EUR")


def test_interim_and_available_balances_are_not_taken_for_booked_ones(load: Callable[..., Loaded]) -> None:
    others = "".join(OPENING.format(9, "").replace("OPBD", code) for code in ("ITBD", "CLAV", "OPAV", "FWAV", "INFO"))
    (row,) = load(message(statement(entry(), balances=others))).rows("balances")
    assert (row["opening"], row["closing"], row["proof"], row["movements"]) == (None, None, "assumed", 1000)


def test_the_previous_closing_balance_opens_where_there_is_no_other(load: Callable[..., Loaded]) -> None:
    previous = OPENING.format(5, "").replace("OPBD", "PRCD")
    rows = load(message(statement("", balances=previous))).rows("balances")
    assert (rows[0]["opening"], rows[0]["start"]) == (500, date(2024, 3, 12))
    rows = load(message(statement("", balances=previous + OPENING.format(7, "")))).rows("balances")
    assert rows[0]["opening"] == 700


def test_each_currency_is_proved_by_itself(load: Callable[..., Loaded]) -> None:
    eur = OPENING.format(0, "") + CLOSING.format(10, "")
    usd = eur.replace("EUR", "USD").replace(">10<", ">11<")
    loaded = load(message(statement(entry() + entry(currency="USD"), balances=eur + usd)))
    assert [(r["currency"], r["proof"]) for r in loaded.rows("balances")] == [("EUR", "reconciled"), ("USD", "failed")]


def test_several_statements_and_an_empty_one(load: Callable[..., Loaded]) -> None:
    other = f"<Id><IBAN>{OTHER}</IBAN></Id><Ccy>EUR</Ccy>"
    declared = "<FrToDt><FrDt>2024-03-01</FrDt><ToDt>2024-03-31</ToDt></FrToDt>"
    empty = statement("", account=other, head=declared).replace("S1", "S2")
    nothing = statement("", account=other).replace("S1", "S3")
    loaded = load(message(statement(entry()) + empty + nothing))
    values = {r["subject"]: r["value"] for r in loaded.rows("identifiers")}
    found = [(values[r["account"]], r["statement"], r["proof"], r["entries"]) for r in loaded.rows("balances")]
    assert found == [(OWN, "S1", "assumed", 1), (OTHER, "S2", "declared", 0)]
    assert {values[a["account"]] for a in loaded.rows("accounts") if a["own_books"]} == {OWN, OTHER}


def test_the_account_of_a_balance_is_the_account_of_its_lines(load: Callable[..., Loaded]) -> None:
    account = "<Id><Othr><Id>12</Id></Othr></Id><Svcr><FinInstnId><Nm>Bank Two</Nm></FinInstnId></Svcr>"
    loaded = load(message(statement(entry(), account=account)))
    assert loaded.rows("balances")[0]["account"] == loaded.only["beneficiary"]


# The file as a whole


def test_a_message_without_statement_is_refused(load: Callable[..., Loaded]) -> None:
    with pytest.raises(SourceError, match=r"camt\.xml: expected a camt.*no statement, report or notification"):
        load(message(""))


@pytest.mark.parametrize("text", ["", "no xml", "<a>", "<a/>", "\x00\x01"])
def test_what_is_no_camt_is_refused(load: Callable[..., Loaded], text: str) -> None:
    with pytest.raises(SourceError):
        load(text, raw=True)
    assert not CAMT.recognises(text.encode(), "a.xml")


@pytest.mark.parametrize("options", [{"zone": "Mars/Olympus"}, {"zone": "+x"}, {"zones": "UTC"}, {"decimals": 30}])
def test_a_wrong_option_is_refused(load: Callable[..., Loaded], options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        load(entry(), **options)


def test_a_bank_envelope_and_a_prefix_do_not_matter(load: Callable[..., Loaded]) -> None:
    plain = message(statement(entry()))
    wrapped = plain.replace("<Document", "<Envelope><AppHdr/><c:Document").replace("xmlns=", "xmlns:c=")
    for name in ("BkToCstmrStmt", "Stmt", "Ntry", "Amt", "CdtDbtInd", "Acct", "Id", "IBAN", "BookgDt", "Dt"):
        wrapped = wrapped.replace(f"<{name}", f"<c:{name}").replace(f"</{name}>", f"</c:{name}>")
    wrapped = wrapped.replace("</Document>", "</c:Document></Envelope>").replace("c:AcctSvcr", "AcctSvcr")
    assert load(wrapped).signed == [1000]


def test_batches_are_bounded_and_join_without_a_seam(
    load: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = message(
        statement(
            "".join(entry("2", details(amount("1"), amount("1"))) for _ in range(10)),
            balances=OPENING.format(0, "") + CLOSING.format(20, ""),
        )
        * 3
    )
    whole = load(text)
    monkeypatch.setattr("finvest.loaders.camt.BATCH_ROWS", 7)
    parts = load(text)
    assert parts.tally == whole.tally
    for name in ("transactions", "balances"):
        assert parts.tables[name].equals(whole.tables[name])
    assert [r["proof"] for r in parts.rows("balances")] == ["reconciled"] * 3


def test_a_payment_sent_back_has_no_received_amount(load: Callable[..., Loaded]) -> None:
    inside = (
        amount("100")
        + '<AmtDtls><InstdAmt><Amt Ccy="USD">110</Amt></InstdAmt></AmtDtls><RtrInf><AddtlInf>x</AddtlInf></RtrInf>'
    )
    assert load(entry("100", details(inside), mark="DBIT")).only["received_amount"] is None


def test_a_single_detail_without_an_amount_is_no_batch(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("100", "<RvslInd>1</RvslInd>" + details("<Refs><EndToEndId>E</EndToEndId></Refs>")))
    row = loaded.only
    assert (row["batch_items"], row["end_to_end_id"], row["record"], row["is_return"]) == (None, "E", 1, True)
    assert loaded.counts == (1, 0, 1)


def test_a_single_detail_of_the_other_side_does_not_turn_the_entry(load: Callable[..., Loaded]) -> None:
    parties = f"<RltdPties>{party('Dbtr', 'Anna')}{party('Cdtr', 'Ben')}</RltdPties>"
    loaded = load(entry("100", details(amount("100", "CRDT") + parties), mark="DBIT"))
    assert (loaded.signed, loaded.reasons) == ([-10000], ["DETAILS_DISAGREE"])
    assert loaded.only["beneficiary_name"] == "Ben"


def test_details_with_dates_of_their_own_need_none_on_the_entry(load: Callable[..., Loaded]) -> None:
    days = [f"<RltdDts><IntrBkSttlmDt>2024-03-{d}</IntrBkSttlmDt></RltdDts>" for d in (11, 12)]
    loaded = load(entry("30", details(*(amount("15") + d for d in days)), when=""))
    assert [r["booked_at"].day for r in loaded.transactions] == [11, 12]
    assert loaded.counts == (2, 0, 1)


def test_an_entry_with_many_details_is_one_booked_entry(load: Callable[..., Loaded]) -> None:
    (row,) = load(entry("30", details(*[amount("10")] * 3))).rows("balances")
    assert (row["entries"], row["movements"]) == (1, 3000)


def test_of_several_balances_the_first_opens_and_the_last_closes(load: Callable[..., Loaded]) -> None:
    earlier = OPENING.format(0, "").replace("-11", "-01") + CLOSING.format(1, "").replace("-12", "-01")
    balances = OPENING.format(5, "") + earlier + CLOSING.format(10, "")
    (row,) = load(message(statement(entry(), balances=balances))).rows("balances")
    assert (row["opening"], row["closing"], row["proof"]) == (0, 1000, "reconciled")
    assert (row["start"], row["end"]) == (date(2024, 3, 1), date(2024, 3, 12))


def test_a_balance_with_a_sign_beside_its_mark_proves_nothing(load: Callable[..., Loaded]) -> None:
    for mark, proof in (("", "reconciled"), ("<CdtDbtInd>CRDT</CdtDbtInd>", "failed")):
        balances = OPENING.format(-5, mark) + CLOSING.format(5, "")
        assert load(message(statement(entry(), balances=balances))).rows("balances")[0]["proof"] == proof


def test_the_own_account_in_the_other_role_is_still_the_own_one(load: Callable[..., Loaded]) -> None:
    both = party("Dbtr", "Own", OWN) + party("Cdtr", "Shop", OTHER)
    row = load(entry("10", details(amount("10") + f"<RltdPties>{both}</RltdPties>"))).only
    assert row["originator_name"] == "Shop"


def test_without_account_nothing_is_invented(load: Callable[..., Loaded]) -> None:
    balances = OPENING.format(0, "") + CLOSING.format(0, "")
    loaded = load(message(statement(entry(), account="<Ccy>EUR</Ccy>", balances=balances)))
    assert [r["account"] for r in loaded.rows("quarantine")] == [None]
    assert loaded.rows("accounts") == loaded.rows("balances") == []


def test_instant_payments_by_local_instrument(load: Callable[..., Loaded]) -> None:
    inside = amount("10") + "<LclInstrm><Cd>INST</Cd></LclInstrm>"
    assert load(entry("10", details(inside))).only["channel"] == "instant"


def test_zone_and_decimals_of_a_profile_are_taken(load: Callable[..., Loaded]) -> None:
    profile = SimpleNamespace(zone="Europe/Vilnius", decimals=3)
    row = load(entry("1.5", currency="ZZZ"), profile=profile).only
    assert (row["zone"], row["amount"], row["booked_at"].hour) == ("Europe/Vilnius", 1500, 22)
    row = load(entry("1.5", currency="ZZZ"), profile=profile, zone="+01:00", decimals=1).only
    assert (row["zone"], row["amount"], row["booked_at"].hour) == ("+01:00", 15, 23)


def test_the_fee_of_a_batch_is_not_each_payments(load: Callable[..., Loaded]) -> None:
    charge = '<Chrgs><Rcrd><Amt Ccy="EUR">5</Amt></Rcrd></Chrgs>'
    loaded = load(entry("30", charge + details(amount("10"), amount("20"))))
    assert [r["fee"] for r in loaded.transactions] == [None, None]
    assert load(entry("30", charge + details("<Refs/>", "<Refs/>"))).only["fee"] == 500
    assert load(entry("30", charge + details(amount("30")))).only["fee"] == 500


def test_a_value_date_that_is_none_is_kept_as_written(load: Callable[..., Loaded]) -> None:
    loaded = load(entry("10", "<ValDt><Dt>31.12.2023</Dt></ValDt>"))
    assert (loaded.only["value_date"], loaded.surplus["ValDt/Dt"]) == (None, "31.12.2023")
