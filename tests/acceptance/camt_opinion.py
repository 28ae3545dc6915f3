"""What the loader makes of a camt file, compared with an outside opinion, field by field."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.money import parse_one
from finvest.model.records import Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAMT = Registry().loader("camt")

NOT_STORED = {
    "GroupHeader": "the message's envelope: who asked for it and when it was made is in the source, kept byte for byte",
    "Recipient": "as above",
    "OriginalBusinessQuery": "as above",
    "Pagination": "pages are told apart by their balances; the number is in the source",
    "Statement.getAdditionalInformation": "text about the statement as a whole; no table has such a row",
    "Statement.getCopyDuplicateIndicator": "duplicates are found by comparing lines, not by a flag",
    "Statement.getCreatedOn": "when the bank made it; used only where an entry of a report or notification has no date",
    "Statement.getElectronicSequenceNumber": "number of the message, not of the statement",
    "Statement.getLegalSequenceNumber": "as above",
    "Entry.getIndex": "ours is the ordinal in the file, of details too",
    "Account.getIssuer": "null in every file",
    "Account.getSchemeName": "null in every file",
    "Balance other than opening and closing": "interim and available balances prove nothing of what was booked",
}
"""What the outside opinion has and no table of ours, and why."""

COMPARED = {
    "Statement": {"getAccount", "getBalances", "getEntries", "getFromDate", "getId", "getToDate"},
    "Entry": {
        *("getAccountServicerReference", "getAdditionalInfo", "getAmount", "getBankTransactionCode"),
        *("getBatchPaymentId", "getBookingDate", "getCharges", "getCreditDebitIndicator", "getRecord", "getReference"),
        *("getReversalIndicator", "getStatus", "getTransactionDetail", "getTransactionDetails", "getValueDate"),
    },
    "EntryTransactionDetail": {
        *("getAdditionalTransactionInformation", "getAmount", "getAmountDetails", "getBankTransactionCode"),
        *("getCharges", "getCreditDebitIndicator", "getReference", "getRelatedAgent", "getRelatedAgents"),
        *("getRelatedDates", "getRelatedParties", "getRelatedParty", "getRemittanceInformation"),
        "getReturnInformation",
    },
    "Account": {"getIban", "getId", "getIdentification", "getName"},
}

REFERENCES = {
    "getAccountOwnerTransactionId": "AcctOwnrTxId",
    "getAccountServicerTransactionId": "AcctSvcrTxId",
    "getChequeNumber": "ChqNb",
    "getClearingSystemReference": "ClrSysRef",
    "getInstructionId": "InstrId",
    "getMandateId": "MndtId",
    "getMarketInfrastructureTransactionId": "MktInfrstrctrTxId",
    "getMessageId": "MsgId",
    "getPaymentInformationId": "PmtInfId",
    "getProcessingId": "PrcgId",
    "getTransactionId": "TxId",
}

ADDRESS = {
    "getBuildingNumber": "BldgNb",
    "getCountry": "Ctry",
    "getCountrySubDivision": "CtrySubDvsn",
    "getDepartment": "Dept",
    "getPostCode": "PstCd",
    "getStreetName": "StrtNm",
    "getSubDepartment": "SubDept",
    "getTownName": "TwnNm",
}

BIRTH = {
    "getCityOfBirth": "CityOfBirth",
    "getCountryOfBirth": "CtryOfBirth",
    "getProvinceOfBirth": "PrvcOfBirth",
}

ROLES = {"Creditor": "Cdtr", "Debtor": "Dbtr", "UltimateCreditor": "UltmtCdtr", "UltimateDebtor": "UltmtDbtr"}


class Loaded:
    """What the loader made of a file."""

    def __init__(self, path: Path) -> None:
        frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self.tally = Tally()
        for item in CAMT.read(Source.of(path)):
            if isinstance(item, Tally):
                self.tally += item
            else:
                frames[item.table].append(table(item.table).complete(item.frame))
        self.tables = {name: pl.concat(parts) for name, parts in frames.items()}

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.tables[name].to_dicts() if name in self.tables else []

    def summary(self) -> str:
        proofs = ",".join(sorted({row["proof"] for row in self.rows("balances")})) or "no balances"
        t = self.tally
        return f"{t.records} records = {t.loaded} loaded + {t.quarantined} quarantined + {t.headers} carried; {proofs}"


class Kept:
    """One transaction, and what it keeps of the payment with the given ordinal inside its entry."""

    def __init__(self, row: dict[str, Any], number: int, numbers: dict[str, str]) -> None:
        self.row, self.numbers = row, numbers
        self.surplus: dict[str, str] = json.loads(row["surplus"] or "{}")
        self.under = f"TxDtls[{number}]/" if f"TxDtls[{number}]" in (row["surplus"] or "") else "TxDtls/"
        self.alone = self.under == "TxDtls/"
        self.credit = row["books"] == "beneficiary"

    def get(self, path: str) -> str | None:
        return self.surplus.get(self.under + path)

    def every(self, path: str) -> list[str]:
        pattern = re.escape(self.under + path) + r"(\[\d+\])?"
        return [text for key, text in self.surplus.items() if re.fullmatch(pattern, key)]

    def party(self, role: str, path: str) -> str | None:
        return self.get(f"RltdPties/{role}/{path}") or self.get(f"RltdPties/{role}/Pty/{path}")

    def name(self, role: str) -> str | None:
        """Return the name kept in its role, else that of the other side."""
        other: str | None = self.row["originator_name" if self.credit else "beneficiary_name"]
        return self.party(role, "Nm") or other

    def number(self, role: str) -> str | None:
        under = f"RltdPties/{role}Acct/Id/"
        kept = next((v for p in ("IBAN", "Othr/Id", "PrtryAcct/Id") if (v := self.get(under + p))), None)
        return kept or self.numbers.get(self.row["originator" if self.credit else "beneficiary"])


def money(value: dict[str, Any]) -> tuple[int, str]:
    return int(value["getAmount"]), value["getCurrency"]["getCode"]


def instant(value: dict[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(value["0"]) if value else None


def of_class(node: object, *names: str) -> Iterator[dict[str, Any]]:
    """Every object of a class, in the order of the file; repeated ones are cut by the outside reader."""
    if isinstance(node, dict):
        if node.get("__CLASS__", "").rpartition("\\")[2] in names:
            yield node
        for value in node.values():
            yield from of_class(value, *names)
    elif isinstance(node, list):
        for value in node:
            yield from of_class(value, *names)


def differences(oracle: dict[str, Any], loaded: Loaded) -> Iterator[str]:
    """Say where the outside opinion and the tables differ."""
    numbers = {r["subject"]: r["value"] for r in loaded.rows("identifiers")}
    rows = loaded.rows("transactions")
    entries = list(of_class(oracle, "Entry"))
    if len(oracle["getRecords"]) > len(entries) == 1:
        # Of several statements the outside reader shows the last one's entries only.
        rows = rows[-1:]
    yield from check("transactions", len(rows), len(entries))
    for entry, row in zip(entries, rows, strict=False):
        every = [entry["getTransactionDetail"], entry["getTransactionDetails"]]
        details = list(of_class(every, "EntryTransactionDetail"))
        yield from entry_differs(entry, Kept(row, 1, numbers), len(details))
        for number, detail in enumerate(details, 1):
            yield from detail_differs(detail, Kept(row, number, numbers), entry)
    for statement in of_class(oracle, "Statement", "Report", "Notification"):
        yield from statement_differs(statement, loaded, numbers)


def check(what: str, ours: object, theirs: object) -> Iterator[str]:
    if ours != theirs:
        yield f"{what}: ours {ours!r}, theirs {theirs!r}"


def statement_differs(theirs: dict[str, Any], loaded: Loaded, numbers: dict[str, str]) -> Iterator[str]:
    account = theirs["getAccount"]
    mine = [
        a for a in loaded.rows("accounts") if a["own_books"] and numbers[a["account"]] == account["getIdentification"]
    ]
    yield from check("own account", len({a["account"] for a in mine}), 1)
    if account.get("getName"):
        yield from check("account name", mine[0]["holder_name"], account["getName"])
    kind = theirs["__CLASS__"].rpartition("\\")[2]
    rows = [b for b in loaded.rows("balances") if b["statement"] == theirs["getId"]]
    if kind == "Notification":
        yield from check("balances of a notification", rows, [])
        return
    booked = defaultdict(list)
    for balance in theirs["getBalances"]:
        minor, currency = money(balance["getAmount"])
        booked[balance["getType"], currency].append((minor, instant(balance["getDate"])))
    for row in rows:
        for end, column, choose in (("opening", "start", min), ("closing", "end", max)):
            known = booked.pop((end, row["currency"]), None)
            ours = None if row[end] is None else int(row[end])
            if known is None:
                yield from check(f"{end} balance", ours, None)
                continue
            if ours not in {minor for minor, _ in known}:
                yield f"{end} balance: ours {ours}"
            declared = instant(theirs["getFromDate" if end == "opening" else "getToDate"])
            day = declared + timedelta(hours=1) if declared else choose(d for _, d in known if d)
            yield from check(f"{column} of the period", row[column], day.date())
    yield from check("balances not found", [key for key in booked if key[0] in {"opening", "closing"}], [])


def entry_differs(theirs: dict[str, Any], kept: Kept, details: int) -> Iterator[str]:
    row, surplus = kept.row, kept.surplus
    amount, currency = money(theirs["getAmount"])
    yield from check("amount", (int(row["amount"]) * (1 if kept.credit else -1), row["currency"]), (amount, currency))
    yield from check("side", "CRDT" if kept.credit else "DBIT", theirs["getCreditDebitIndicator"])
    status = {"BOOK": "booked", "PDNG": "pending"}[theirs["getStatus"]] if amount else "information"
    yield from check("status", row["status"], status)
    yield from check("reversal", bool(row["is_return"]), theirs["getReversalIndicator"])
    booked = instant(theirs["getBookingDate"])
    if booked is None:
        yield from check("date without booking date is named", bool(surplus.get("booked_at")), True)
    else:
        yield from check("booked at", row["booked_at"], booked)
        fine = "T" in row["booked_as_written"]
        yield from check("precision", row["precision"], "second" if fine else "date")
    valued = instant(theirs["getValueDate"])
    yield from check("value date", row["value_date"], valued.date() if valued else None)
    yield from check("bank reference", row["bank_reference"], theirs["getAccountServicerReference"])
    yield from check("entry reference", surplus.get("NtryRef"), theirs["getReference"])
    yield from check("additional information", surplus.get("AddtlNtryInf", ""), theirs["getAdditionalInfo"])
    batch = surplus.get("Btch/PmtInfId") or surplus.get("NtryDtls/Btch/PmtInfId")
    if "Btch/PmtInfId" not in surplus:
        # In version 1, where the batch stands in the entry itself, the outside reader overlooks it.
        yield from check("batch", batch, theirs["getBatchPaymentId"])
    yield from code_differs("", theirs["getBankTransactionCode"], surplus)
    yield from charges_differ("", theirs["getCharges"], surplus)
    written = surplus.get("Btch/NbOfTxs") or surplus.get("NtryDtls/Btch/NbOfTxs")
    items = max(details, int(written or 0))
    yield from check("payments inside", row["batch_items"], items if items > 1 else None)


def code_differs(under: str, theirs: dict[str, Any] | None, surplus: dict[str, str]) -> Iterator[str]:
    domain = (theirs or {}).get("getDomain") or {}
    family = domain.get("getFamily") or {}
    proprietary = (theirs or {}).get("getProprietary") or {}
    for path, value in (
        ("Domn/Cd", domain.get("getCode")),
        ("Domn/Fmly/Cd", family.get("getCode")),
        ("Domn/Fmly/SubFmlyCd", family.get("getSubFamilyCode")),
        ("Prtry/Cd", proprietary.get("getCode")),
        ("Prtry/Issr", proprietary.get("getIssuer") or None),
    ):
        yield from check(path, surplus.get(f"{under}BkTxCd/{path}"), value)


def charges_differ(under: str, theirs: dict[str, Any] | None, surplus: dict[str, str]) -> Iterator[str]:
    if not theirs:
        yield from check("charges", [k for k in surplus if k.startswith(f"{under}Chrgs")], [])
        return
    total, currency = money(theirs["getTotalChargesAndTaxAmount"])
    yield from check("charges", parse_one(surplus[f"{under}Chrgs/TtlChrgsAndTaxAmt"], currency), total)
    for record in of_class(theirs["getRecords"], "ChargesRecord"):
        amount, currency = money(record["getAmount"])
        mark = -1 if surplus[f"{under}Chrgs/Rcrd/CdtDbtInd"] == "DBIT" else 1
        yield from check("charge", mark * parse_one(surplus[f"{under}Chrgs/Rcrd/Amt"], currency), amount)
        included = surplus[f"{under}Chrgs/Rcrd/ChrgInclInd"] == "true"
        yield from check("included", included, record["getChargesIncludedIndicator"])
        yield from check("charge id", surplus[f"{under}Chrgs/Rcrd/Tp/Prtry/Id"], record["getIdentification"])


def detail_differs(theirs: dict[str, Any], kept: Kept, entry: dict[str, Any]) -> Iterator[str]:
    row = kept.row
    sign = 1 if theirs["getCreditDebitIndicator"] == "CRDT" else -1
    if theirs["getAmount"]:
        amount, currency = money(theirs["getAmount"])
        text = kept.get("Amt")
        ours = parse_one(text, currency) if text else int(row["amount"])
        yield from check(
            "amount of the detail", (ours * sign, kept.get("Amt@Ccy") or row["currency"]), (amount, currency)
        )
    if theirs["getAmountDetails"]:
        amount, currency = money(theirs["getAmountDetails"])
        text = kept.get("AmtDtls/TxAmt/Amt")
        yield from check("transaction amount", parse_one(text or "", currency) * sign, amount)
    # The outside reader gives the entry's side to its details.
    yield from check("side of the detail", theirs["getCreditDebitIndicator"], entry["getCreditDebitIndicator"])
    yield from check("additional", None, theirs["getAdditionalTransactionInformation"])
    yield from check("return", any("RtrInf" in k for k in kept.surplus), theirs["getReturnInformation"] is not None)
    yield from check("related dates", any("RltdDts" in k for k in kept.surplus), theirs["getRelatedDates"] is not None)
    own = any(k.startswith(f"{kept.under}BkTxCd") for k in kept.surplus)
    if own or not entry["getBankTransactionCode"]:
        yield from code_differs(kept.under, theirs["getBankTransactionCode"], kept.surplus)
    yield from charges_differ(kept.under, theirs["getCharges"], kept.surplus)
    yield from references_differ(theirs["getReference"], kept)
    yield from agents_differ(theirs, kept)
    for party in of_class([theirs["getRelatedParty"], theirs["getRelatedParties"]], "RelatedParty"):
        yield from party_differs(party, kept)
    yield from remittance_differs(theirs["getRemittanceInformation"], kept)


def references_differ(theirs: dict[str, Any] | None, kept: Kept) -> Iterator[str]:
    theirs = theirs or {}
    alone = kept.alone
    yield from check(
        "end to end", kept.row["end_to_end_id"] if alone else kept.get("Refs/EndToEndId"), theirs.get("getEndToEndId")
    )
    yield from check(
        "uetr", kept.row["uetr"] if alone else kept.get("Refs/UETR"), theirs.get("getUuidEndToEndReference")
    )
    if theirs.get("getAccountServicerReference"):
        yield from check("servicer", kept.row["bank_reference"], theirs["getAccountServicerReference"])
    for field, path in REFERENCES.items():
        yield from check(path, kept.get(f"Refs/{path}"), theirs.get(field))
    proprietary = [
        (p["getType"], p["getReference"]) for p in of_class(theirs.get("getProprietaries"), "ProprietaryReference")
    ]
    yield from check(
        "proprietary", list(zip(kept.every("Refs/Prtry/Tp"), kept.every("Refs/Prtry/Ref"), strict=True)), proprietary
    )


def agents_differ(theirs: dict[str, Any], kept: Kept) -> Iterator[str]:
    for kind, role in (("CreditorAgent", "CdtrAgt"), ("DebtorAgent", "DbtrAgt")):
        for agent in of_class([theirs["getRelatedAgent"], theirs["getRelatedAgents"]], kind):
            under = f"RltdAgts/{role}/FinInstnId/"
            yield from check(kind, kept.get(f"{under}BICFI") or kept.get(f"{under}BIC") or "", agent["getBIC"])
            yield from check(kind, kept.get(f"{under}Nm") or "", agent["getName"])


def party_differs(theirs: dict[str, Any], kept: Kept) -> Iterator[str]:
    party, account = theirs["getRelatedPartyType"], theirs["getAccount"]
    role = ROLES[party["__CLASS__"].rpartition("\\")[2]]
    under = f"RltdPties/{role}/"
    bank = kept.get(f"{under}Agt/FinInstnId/Nm")
    yield from check(f"name of {role}", bank or kept.name(role), party["getName"])
    address = party["getAddress"] or {"getAddressLines": []}
    inside = "Agt/FinInstnId/PstlAdr" if kept.get(f"{under}Agt/FinInstnId/PstlAdr/Ctry") else "PstlAdr"
    for field, path in ADDRESS.items():
        yield from check(path, kept.party(role, f"{inside}/{path}"), address.get(field))
    lines = kept.every(f"{under}PstlAdr/AdrLine") or kept.every(f"{under}Pty/PstlAdr/AdrLine")
    yield from check("address", lines, address["getAddressLines"])
    identity = party["getIdentification"] or {}
    if identity.get("__CLASS__", "").endswith("OrganisationIdentification"):
        yield from check("id", kept.party(role, "Id/OrgId/Othr/Id"), identity["getOtherId"])
        yield from check("issuer", kept.party(role, "Id/OrgId/Othr/Issr"), identity["getOtherIssuer"])
    elif identity:
        yield from check("id", kept.party(role, "Id/PrvtId/Othr/Id"), identity["getOtherId"])
        yield from check("issuer", kept.party(role, "Id/PrvtId/Othr/Issr"), identity["getOtherIssuer"])
        yield from check("scheme", kept.party(role, "Id/PrvtId/Othr/SchmeNm/Cd"), identity["getOtherSchemeName"])
        born = kept.party(role, "Id/PrvtId/DtAndPlcOfBirth/BirthDt")
        yield from check("birth", born, identity["getBirthDate"]["0"][:10])
        for field, path in BIRTH.items():
            yield from check(path, kept.party(role, f"Id/PrvtId/DtAndPlcOfBirth/{path}"), identity[field])
    if account:
        yield from check(f"account of {role}", kept.number(role), account["getIdentification"])
        yield from check("its name", kept.get(f"RltdPties/{role}Acct/Nm"), account.get("getName"))


def remittance_differs(theirs: dict[str, Any] | None, kept: Kept) -> Iterator[str]:
    if not theirs:
        return
    blocks = list(
        of_class([theirs["getStructuredBlock"], theirs["getStructuredBlocks"]], "StructuredRemittanceInformation")
    )
    references = [c["getRef"] for c in of_class(theirs, "CreditorReferenceInformation")]
    more = [b["getAdditionalRemittanceInformation"] for b in blocks if b["getAdditionalRemittanceInformation"]]
    first = list(of_class(theirs["getUnstructuredBlock"], "UnstructuredRemittanceInformation"))
    rest = list(of_class(theirs["getUnstructuredBlocks"], "UnstructuredRemittanceInformation"))
    expected = {*(u["getMessage"] for u in [*first, *rest]), *references, *more, theirs["getMessage"]}
    if kept.alone:
        ours = set((kept.row["reference"] or "").split("\n"))
    else:
        ours = {
            text
            for key, text in kept.surplus.items()
            if key.startswith(f"{kept.under}RmtInf") and not re.search("/Tp/", key)
        }
    yield from check("remittance", ours, expected)
