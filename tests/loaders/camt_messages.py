"""Small camt messages for tests, and what the loader makes of them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.records import Source, Tally
from finvest.model.tables import table
from finvest.registry import Registry

if TYPE_CHECKING:
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
