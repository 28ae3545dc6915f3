"""The traps of whole camt statements: balances, refusals, batches."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from finvest.model.errors import SourceError, UsageError
from tests.loaders.camt_messages import (
    CAMT,
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
