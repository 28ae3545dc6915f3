"""ISO 20022 camt.053 version 8: monthly statements with opening and closing balance, numbers, references, batches."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from lxml import etree

from finvest.synth.books import months
from finvest.synth.movements import CARD, CASH, DEBIT, INSTANT, ONLINE, offset_hours, on
from finvest.synth.statements.rows import money

if TYPE_CHECKING:
    from datetime import datetime

    from finvest.synth.books import Export, Line
    from finvest.synth.movements import Movement

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

_FAMILIES = {
    CASH: ("CCRD", "CWDL"),
    CARD: ("CCRD", "POSD"),
    ONLINE: ("CCRD", "POSD"),
    DEBIT: ("RDDT", "ESDD"),
    INSTANT: ("IRCT", "ESCT"),
}
"""Bank transaction codes by channel; an ordinary transfer is issued (ICDT) or received (RCDT)."""


def write(export: Export) -> tuple[bytes, list[int]]:
    """Write one export as monthly statements in one message; every entry and every detail is one record."""
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    message = _add(document, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", f"MSG-{export.name}"[:35])
    _add(header, "CreDtTm", _moment(on(export.last, 23, 50)))
    record, records = 0, list[int]()
    for number, month in enumerate(months(export), 1):
        statement = _statement(message, month, number)
        for entry, (_, lines) in enumerate(groupby(month.lines, _batch), 1):
            together = list(lines)
            _entry(statement, together, f"{number:02d}{entry:05d}")
            # A detail has a record of its own; where it is the only one, it is its entry's.
            records += range(record + 2, record + 2 + len(together))
            record += 1 + len(together)
    for line in (message, *message.iter(f"{{{NAMESPACE}}}Stmt", f"{{{NAMESPACE}}}Ntry")):
        line.tail = "\n"
    content = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return content.replace(b"><Ntry>", b">\n<Ntry>") + b"\n", records


def _batch(line: Line) -> tuple[int, int]:
    """Payments that were ordered as one batch are one entry of the payer's books."""
    movement = line.movement
    if movement is None or not movement.batch or line.credit:
        return (0, id(line))
    return (movement.batch, 0)


def _statement(message: etree._Element, month: Export, number: int) -> etree._Element:
    account = month.account
    statement = _add(message, "Stmt")
    _add(statement, "Id", f"{account.iban[-10:]}-{number:03d}")
    _add(statement, "ElctrncSeqNb", str(number))
    _add(statement, "CreDtTm", _moment(on(month.last, 23, 50)))
    period = _add(statement, "FrToDt")
    _add(period, "FrDtTm", _moment(on(month.first, 0)))
    _add(period, "ToDtTm", _moment(on(month.last, 23, 59, 59)))
    owner = _add(statement, "Acct")
    _add(_add(owner, "Id"), "IBAN", account.iban)
    _add(owner, "Ccy", account.currency)
    _add(_add(owner, "Ownr"), "Nm", account.name)
    _add(_add(_add(owner, "Svcr"), "FinInstnId"), "BICFI", account.bank)
    for code, cents, day in (("OPBD", month.opening, month.first), ("CLBD", month.closing, month.last)):
        balance = _add(statement, "Bal")
        _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
        _amount(balance, cents, account.currency)
        _add(balance, "CdtDbtInd", "CRDT" if cents >= 0 else "DBIT")
        _add(_add(balance, "Dt"), "Dt", f"{day:%Y-%m-%d}")
    return statement


def _entry(statement: etree._Element, lines: list[Line], reference: str) -> None:
    first = lines[0]
    entry = _add(statement, "Ntry")
    _amount(entry, sum(line.cents for line in lines), first.own.currency)
    side = "CRDT" if first.credit else "DBIT"
    _add(entry, "CdtDbtInd", side)
    _add(_add(entry, "Sts"), "Cd", "BOOK")
    booked = _add(entry, "BookgDt")
    if first.own.timed:
        _add(booked, "DtTm", _moment(first.when))
    else:
        _add(booked, "Dt", f"{first.when:%Y-%m-%d}")
    _add(_add(entry, "ValDt"), "Dt", f"{first.when:%Y-%m-%d}")
    _add(entry, "AcctSvcrRef", f"{first.own.iban[-4:]}{reference}")
    _code(entry, first)
    details = _add(entry, "NtryDtls")
    if len(lines) > 1:
        batch = _add(details, "Btch")
        _add(batch, "NbOfTxs", str(len(lines)))
    for line in lines:
        _detail(details, line, side)


def _code(entry: etree._Element, line: Line) -> None:
    movement = line.movement
    channel = movement.channel if movement else ""
    family, kind = _FAMILIES.get(channel, ("RCDT" if line.credit else "ICDT", "ESCT"))
    if channel == INSTANT:
        family = "RRCT" if line.credit else "IRCT"
    if movement and movement.returned:
        kind = "RRTN"
    domain = _add(_add(entry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    sub = _add(domain, "Fmly")
    _add(sub, "Cd", family)
    _add(sub, "SubFmlyCd", kind)


def _detail(details: etree._Element, line: Line, side: str) -> None:
    movement = line.movement
    detail = _add(details, "TxDtls")
    if line.number_shown:
        # Card payments carry no payer's reference; transfers say so where there is none.
        references = _add(detail, "Refs")
        _add(references, "EndToEndId", (movement.end_to_end if movement else "") or "NOTPROVIDED")
        if movement and movement.channel == INSTANT:
            _add(references, "UETR", _unique(movement))
    _amount(detail, line.cents, line.own.currency)
    _add(detail, "CdtDbtInd", side)
    if movement and movement.converted:
        _exchange(detail, movement, credit=line.credit)
    role = "Dbtr" if line.credit else "Cdtr"
    parties = _add(detail, "RltdPties")
    _add(_add(_add(parties, role), "Pty"), "Nm", line.other.name)
    if line.number_shown:
        _add(_add(_add(parties, f"{role}Acct"), "Id"), "IBAN", line.other.iban)
    if line.reference:
        _add(_add(detail, "RmtInf"), "Ustrd", line.reference)
    if movement and movement.returned:
        _add(_add(_add(detail, "RtrInf"), "Rsn"), "Cd", "AC04")


def _exchange(detail: etree._Element, movement: Movement, *, credit: bool) -> None:
    """Write what stands on the other side of a conversion, and the bank's rate."""
    currency, minor, rate = movement.converted or ("", 0, "")
    counter = _add(_add(detail, "AmtDtls"), "CntrValAmt")
    _amount(counter, *((movement.cents, movement.payer.currency) if credit else (minor, currency)))
    exchange = _add(counter, "CcyXchg")
    _add(exchange, "SrcCcy", movement.payer.currency)
    _add(exchange, "TrgtCcy", currency)
    _add(exchange, "XchgRate", rate)


def _unique(movement: Movement) -> str:
    """Return the UETR that instant payments carry from end to end."""
    text = f"{movement.payer.iban}/{movement.payee.iban}/{movement.number}"
    return str(UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))


def _amount(parent: etree._Element, cents: int, currency: str) -> None:
    _add(parent, "Amt", money(abs(cents))).set("Ccy", currency)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+{offset_hours(moment):02d}:00"
