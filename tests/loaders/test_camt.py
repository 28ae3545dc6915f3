"""The traps of camt entries and their details, each in a message as small as it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.camt_messages import (
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
