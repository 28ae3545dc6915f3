"""Bank statements, account reports and notifications of ISO 20022: camt.053, camt.052, camt.054, versions 1 to 13."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model.errors import SourceError, UsageError
from finvest.model.money import AmountFormat, parse
from finvest.model.records import BATCH_ROWS, LoaderCard
from finvest.model.tables import TEXT
from finvest.reading import iso20022 as iso
from finvest.reading.totals import Balance, Totals
from finvest.reading.waiting import Reading
from finvest.reading.xml import Broken, drop, elements, leaves, line_of, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from finvest.model.records import Batch, Source, Tally
    from finvest.reading.profile import Profile

STATEMENT, REPORT, NOTIFICATION = "Stmt", "Rpt", "Ntfctn"

_STATUS = {"BOOK": "booked", "PDNG": "pending", "FUTR": "pending", "INFO": "information"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
_BOOKED = ("BookgDt/Dt", "BookgDt/DtTm")
_VALUED = ("ValDt/Dt", "ValDt/DtTm")
_RELATED = ("RltdDts/TxDtTm", "RltdDts/AccptncDtTm", "RltdDts/IntrBkSttlmDt")


class Camt:
    """Reads camt.052, camt.053 and camt.054.

    Options of `read`: ``zone`` (IANA name or offset of dates and of times without an offset; UTC where left out) and
    ``decimals`` (of currencies that ISO 4217 does not know).
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name="camt",
        title="ISO 20022 bank statements, account reports, debit and credit notifications (camt.053, 052, 054)",
        suffixes=(".xml",),
        tried=(
            *(f"camt.052.001.{v:02d}" for v in (1, 2, 4, 6, 8)),
            *(f"camt.053.001.{v:02d}" for v in (2, 3, 4, 8)),
            *(f"camt.054.001.{v:02d}" for v in (2, 4, 8, 10)),
        ),
        untried=(
            *(f"camt.052.001.{v:02d}" for v in (3, 5, 7, 9, 10, 11, 12, 13)),
            *(f"camt.053.001.{v:02d}" for v in (1, 5, 6, 7, 9, 10, 11, 12, 13)),
            *(f"camt.054.001.{v:02d}" for v in (1, 3, 5, 6, 7, 9, 11, 12, 13)),
        ),
        proof="balances: opening + booked entries = closing, by statement and currency",
        notes=(
            "Every entry and every detail is a record. Details that add up to their entry are the transactions and the "
            "entry counts as header; otherwise the entry is the transaction, details without an amount in its currency "
            "count as headers, and details that disagree are quarantined.",
            "The amount is what the bank booked. On a debit `received_amount` is the instructed or countervalue amount "
            "in another currency; on a credit that amount stays in `surplus`.",
            "An entry without booking date takes its value date, a related date of its payment, the statement's day "
            "where it covers one day, or, in a report or notification, the day of creation; `surplus` then names the "
            "element under `booked_at`.",
            "Dates, and times without an offset, are placed in the zone given by option or profile, else UTC.",
            "A reversal is its own event with the sign that is shown; it is marked by `is_return`, and `RvslInd` in "
            "`surplus` tells it from a returned payment. camt does not document its original.",
            "Every element that no column holds is kept in `surplus` by its path.",
            "Notifications have no balances and give no coverage; a report without balances is `assumed`.",
            "One entry with all its details is held in memory at a time.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content decides
        """Tell whether the file is a camt.052, camt.053 or camt.054."""
        text = head.replace(b"\0", b"")  # UTF-16 and UTF-32
        return re.search(rb"BkToCstmr(AcctRpt|Stmt|DbtCdtNtfctn)", text) is not None

    def read(self, source: Source, profile: Profile | None = None, **options: Any) -> Iterator[Batch | Tally]:  # noqa: ANN401
        """Yield transactions, accounts, identifiers, balances, quarantine and tallies.

        Raises
        ------
        SourceError
            If the file is no XML, declares a document type, or holds no statement, report or notification.
        UsageError
            If an option is unknown.
        """
        if unknown := set(options) - {"zone", "decimals"}:
            raise UsageError(f"loader camt has no option {', '.join(sorted(unknown))}; there are zone, decimals")
        zone = options.get("zone") or (profile.zone if profile else None) or "UTC"
        decimals = options.get("decimals", profile.decimals if profile else None)
        reading = Reading(source, self.card.name, str(zone), AmountFormat(decimals=decimals))
        opened: etree._Element | None = None
        statement: _Statement | None = None
        try:
            for event, name, element in elements(source, (STATEMENT, REPORT, NOTIFICATION, "Ntry")):
                parent = element.getparent()
                if name != "Ntry" and event == "start" and parent is not None:
                    if local_name(parent).startswith("BkToCstmr"):
                        opened, statement = element, None
                elif name == "Ntry" and event == "end" and opened is not None and parent is opened:
                    # Account, period and balances stand before the first entry.
                    statement = statement or _Statement(opened, reading)
                    reading.add(_rows(element, statement))
                    drop(element)
                    if len(reading) >= BATCH_ROWS:
                        yield from reading.flush()
                elif event == "end" and opened is not None and element is opened:
                    (statement or _Statement(opened, reading)).close(opened, reading)
                    opened = None
                    drop(element)
        except Broken as broken:
            if opened is None and not reading.statements:
                raise SourceError(source.name, "expected a camt message; the XML breaks in it", broken.line) from None
            if opened is None:
                statement = None
            else:
                statement = statement or _Statement(opened, reading)
                statement.close(opened, reading, whole=False)
            yield from reading.flush()
            yield from reading.rest("XML_BROKEN", broken.line, broken.first_byte, statement)
            return
        if not reading.statements:
            raise SourceError(
                source.name, "expected a camt.052, 053 or 054; there is no statement, report or notification in it"
            )
        yield from reading.flush()


class _Statement(Totals):
    """One statement, report or notification: what stands before its entries, and what they come to."""

    def __init__(self, element: etree._Element, reading: Reading) -> None:
        header = leaves(element, skip=("Ntry", "Bal", "TxsSummry"))
        super().__init__(
            record=reading.record + 1,
            line=line_of(element),
            name=header.get("Id"),
            own={
                "own_number": iso.look(header, iso.ACCOUNT, "Acct/"),
                "own_bank": iso.look(header, iso.AGENT, "Acct/Svcr/"),
                "own_name": iso.look(header, ("Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm", "Acct/Nm")),
                "own_currency": header.get("Acct/Ccy"),
            },
            start=iso.day(iso.look(header, ("FrToDt/FrDtTm", "FrToDt/FrDt"))),
            end=iso.last_day(iso.look(header, ("FrToDt/ToDtTm", "FrToDt/ToDt"))),
        )
        message = element.getparent()
        self.kind = local_name(element)
        self.covers, self.complete = self.kind != NOTIFICATION, self.kind == STATEMENT
        self.created = header.get("CreDtTm") or (None if message is None else message.findtext("{*}GrpHdr/{*}CreDtTm"))
        self.weigh(element, reading.written)
        reading.open(self)

    def close(self, element: etree._Element, reading: Reading, *, whole: bool = True) -> None:
        """Say that it is over; nothing forbids that a balance stands after the entries."""
        self.weigh(element, reading.written)
        self.whole = whole
        reading.close(self)

    def weigh(self, element: etree._Element, written: AmountFormat) -> None:
        """Read the booked balances; a bank that leaves the mark away means credit."""
        found = [leaves(child) for child in element if local_name(child) == "Bal"]
        found = [b for b in found if _type(b) in (*_OPENING, *_CLOSING)]
        codes = [b.get("Amt@Ccy") or self.own["own_currency"] for b in found]
        texts = pl.Series([b.get("Amt") for b in found], dtype=TEXT)
        minor, _ = parse(texts, pl.Series(codes, dtype=TEXT), written)
        days = [iso.day(iso.look(b, ("Dt/Dt", "Dt/DtTm"))) for b in found]
        signs = [{"CRDT": 1, "DBIT": -1}.get(b.get("CdtDbtInd", "CRDT")) for b in found]
        # A sign beside the mark is ambiguous.
        signs = [
            None if "CdtDbtInd" in b and b.get("Amt", "").startswith("-") else s
            for b, s in zip(found, signs, strict=True)
        ]
        self.balances = [
            Balance(
                opening=_type(b) in _OPENING,
                currency=code or "XXX",
                minor=None if value is None or sign is None else int(value) * sign,
                # It closed the day before.
                day=day + timedelta(days=1) if day and _type(b) == "PRCD" else day,
            )
            for b, code, value, sign, day in zip(found, codes, minor, signs, days, strict=True)
            # The previous closing balance is the opening one only where the statement shows no other.
            if _type(b) != "PRCD" or not any(_type(o) == "OPBD" and o.get("Amt@Ccy") == b.get("Amt@Ccy") for o in found)
        ]


def _rows(element: etree._Element, statement: _Statement) -> list[dict[str, Any]]:
    """Return an entry and its details, in document order; a single detail's fields are the entry's too."""
    entry = leaves(element, skip=("NtryDtls", "TxDtls"))
    groups = [child for child in element if local_name(child) == "NtryDtls"]
    # Version 1 has the details directly in the entry.
    details = [child for child in element if local_name(child) == "TxDtls"]
    batch = [_whole(entry.get("Btch/NbOfTxs"))]
    items = [batch[0] if len(details) == 1 else 0] * len(details)
    for group in groups:
        inside = [child for child in group if local_name(child) == "TxDtls"]
        about = leaves(group, skip=("TxDtls",))
        entry |= {f"NtryDtls/{path}": text for path, text in about.items()}
        batch.append(_whole(about.get("Btch/NbOfTxs")))
        # One detail may stand for many payments.
        items += [batch[-1] if len(inside) == 1 else 0] * len(inside)
        details += inside
    number, mark = statement.own["own_number"], entry.pop("CdtDbtInd", None)
    currency = entry.pop("Amt@Ccy", None) or statement.own["own_currency"] or "XXX"
    status = iso.take(entry, "Sts", "Sts/Cd", "Sts/Prtry") or ("BOOK" if statement.kind == STATEMENT else "")
    valued = iso.day(iso.look(entry, _VALUED))
    shared: dict[str, Any] = {
        "line": line_of(element),
        "statement": statement.number,
        "wrong": "STATUS_UNKNOWN" if status not in _STATUS else None if number else "ACCOUNT_MISSING",
        "currency": currency,
        "status": _STATUS.get(status),
        "value_date": valued,
        "bank_reference": entry.pop("AcctSvcrRef", None),
    } | statement.own
    amount = entry.pop("Amt", None)
    found = [leaves(child) for child in details]
    rows = []
    for child, detail, count in zip(details, found, items, strict=True):
        path = next((p for p in _AMOUNTS if p in detail and detail.get(f"{p}@Ccy", currency) == currency), "")
        row = shared | {"detail": True, "line": line_of(child), "amount_written": detail.get(path)}
        side = detail.get("CdtDbtInd") or mark
        row |= _payment(dict(detail), entry, statement, side, currency, alone=len(details) == 1)
        row["batch_items"] = count if count > 1 else None
        rows.append(row)
    many = max(len(details), sum(batch))
    if len(rows) == 1 and rows[0]["mark"] == mark and rows[0]["amount_written"] in {None, amount}:
        row = rows[0]
    else:
        single = found[0] if len(rows) == 1 else {}
        row = shared | _payment(dict(single), entry, statement, mark, currency, carries=False)
    row = row | {
        "detail": False,
        "line": line_of(element),
        "mark": mark,
        "amount_written": amount,
        "batch_items": many if many > 1 else None,
    }
    if len(rows) > 1 and all(r["amount_written"] is None for r in rows):
        apart = {f"TxDtls[{n}]/{path}": text for n, d in enumerate(found, 1) for path, text in d.items()}
        row["surplus"] = _json(entry | apart)
    return [row, *rows]


def _payment(
    detail: dict[str, str],
    entry: dict[str, str],
    statement: _Statement,
    mark: str | None,
    currency: str,
    *,
    alone: bool = True,
    carries: bool = True,
) -> dict[str, Any]:
    """Return the columns of one payment; what no column holds goes to ``surplus``, its amount too if not `carries`."""
    code = {**entry, **detail}
    reversed_, sub_family = entry.get("RvslInd") in {"true", "1"}, code.get("BkTxCd/Domn/Fmly/SubFmlyCd")
    back = reversed_ or sub_family in iso.RETURNS or any(path.startswith("RtrInf") for path in detail)
    received = None
    if mark == "DBIT" and not back:
        abroad = (p for p in reversed(_AMOUNTS) if p in detail and detail.get(f"{p}@Ccy", currency) != currency)
        received = next(abroad, None)
    origin, written, dated = _date(detail, entry, statement)
    row = {
        "mark": mark,
        "received_written": detail.get(received or ""),
        "received_currency": detail.get(f"{received}@Ccy"),
        # A fee on the entry is the entry's, not each detail's.
        "fees_written": iso.fees(detail, currency) or (iso.fees(entry, currency) if alone else []),
        "date_written": dated,
        "booked_as_written": written,
        "channel": iso.channel(code),
        "terminal": iso.take(detail, "CardTx/POI/Id/Id"),
        "country": iso.take(detail, "CardTx/POI/Id/Ctry"),
        "reference": iso.remittance(detail) or iso.take(detail, "AddtlTxInf") or entry.get("AddtlNtryInf"),
        "end_to_end_id": iso.take(detail, "Refs/EndToEndId"),
        "uetr": iso.take(detail, "Refs/UETR"),
        "is_return": back,
    } | iso.counterparty(detail, statement.own["own_number"], credit=(mark == "CRDT"), back=back)
    if reference := iso.take(detail, "Refs/AcctSvcrRef"):
        row["bank_reference"] = reference
    if carries and detail.get("Amt@Ccy", currency) == currency:
        for path in ("Amt", "Amt@Ccy", "CdtDbtInd"):
            detail.pop(path, None)
    rest = entry | {f"TxDtls/{path}": text for path, text in detail.items()}
    if origin not in _BOOKED and origin:
        rest["booked_at"] = origin
    stored = (*_BOOKED, "ValDt/Dt") if iso.day(entry.get("ValDt/Dt")) else _BOOKED
    row["surplus"] = _json({path: text for path, text in rest.items() if path not in stored})
    return row


def _date(
    detail: dict[str, str], entry: dict[str, str], statement: _Statement
) -> tuple[str | None, str | None, str | None]:
    """Return which element says when it was booked, its text, and the text to read.

    Only the booking date itself may be finer than a day.
    """
    for path in _BOOKED:
        if text := entry.get(path):
            return path, text, text
    substitutes = [*((p, entry.get(p)) for p in _VALUED), *((f"TxDtls/{p}", detail.get(p)) for p in _RELATED)]
    if day := statement.only_day():
        substitutes.append((statement.kind, day.isoformat()))
    if statement.kind != STATEMENT:
        substitutes.append(("CreDtTm", statement.created))
    for path, written in substitutes:
        if written:
            offset = re.search(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$", written[10:])
            return path, written, written[:10] + (offset[0] if offset else "")
    return None, None, None


def _type(balance: dict[str, str]) -> str | None:
    return iso.look(balance, ("Tp/CdOrPrtry/Cd", "Tp/Cd"))


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,15}", text) else 0


def _json(rest: dict[str, str]) -> str | None:
    return json.dumps(rest, ensure_ascii=False, separators=(",", ":")) if rest else None
