"""Whatever a statement says, its rows give the amounts back exactly and every record is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.model.currencies import DECIMALS
from finvest.model.records import Batch, Source, Tally
from finvest.registry import Registry

if TYPE_CHECKING:
    import pytest

CAMT = Registry().loader("camt")

CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}


@dataclass(frozen=True)
class Entry:
    currency: str
    details: tuple[int, ...]
    off: int
    booked: bool
    zeros: int

    @property
    def signed(self) -> int:
        return sum(self.details) + self.off

    @property
    def carried(self) -> bool:
        """The details carry the money."""
        return bool(self.details) and self.off == 0

    def xml(self) -> str:
        inside = "".join(f"<TxDtls>{self.money(d)}</TxDtls>" for d in self.details)
        status = "BOOK" if self.booked else "PDNG"
        when = "<BookgDt><Dt>2024-03-12</Dt></BookgDt>"
        return f"<Ntry>{self.money(self.signed)}<Sts>{status}</Sts>{when}<NtryDtls>{inside}</NtryDtls></Ntry>"

    def money(self, signed: int) -> str:
        digits = DECIMALS[self.currency]
        whole = str(abs(signed)).rjust(digits + 1, "0")
        text = (whole[:-digits] + "." + whole[-digits:] + "0" * self.zeros) if digits else whole
        mark = "DBIT" if signed < 0 else "CRDT"
        return f'<Amt Ccy="{self.currency}">{text}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


minor = st.integers(-(10**20), 10**20)
entries = st.builds(
    Entry,
    currency=st.sampled_from(sorted(CURRENCIES)),
    details=st.lists(minor, max_size=4).map(tuple),
    off=st.one_of(st.just(0), st.integers(-3, 3)),
    booked=st.booleans(),
    zeros=st.integers(0, 3),
)


def write(statements: list[list[Entry]], opening: int) -> str:
    body = ""
    for number, lines in enumerate(statements):
        closing = opening + sum(e.signed for e in lines if e.booked and e.currency == "EUR")
        ends = [("OPBD", opening), ("CLBD", closing)]
        balances = "".join(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{Entry('EUR', (), 0, True, 0).money(value)}</Bal>"
            for code, value in ends
        )
        account = f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id></Acct>"
        body += f"<Stmt><Id>{number}</Id>{account}{balances}{''.join(e.xml() for e in lines)}</Stmt>"
    return f"<Document><BkToCstmrStmt>{body}</BkToCstmrStmt></Document>"


@settings(max_examples=60)
@given(statements=st.lists(st.lists(entries, max_size=6), min_size=1, max_size=3), opening=minor)
def test_rows_give_the_amounts_back(
    tmp_path_factory: pytest.TempPathFactory, statements: list[list[Entry]], opening: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "camt.xml"
    path.write_text(write(statements, opening))
    tally = Tally()
    tables: dict[str, list[pl.DataFrame]] = {}
    for item in CAMT.read(Source.of(path)):
        if isinstance(item, Batch):
            tables.setdefault(item.table, []).append(item.frame)
        else:
            tally += item
    lines = [e for statement in statements for e in statement]
    expected = [amount for e in lines for amount in (e.details if e.carried else (e.signed,))]
    rows = pl.concat(tables["transactions"]).to_dicts() if "transactions" in tables else []
    assert [int(r["amount"]) * (1 if r["books"] == "beneficiary" else -1) for r in rows] == expected
    assert [r["currency"] for r in rows] == [e.currency for e in lines for _ in (e.details if e.carried else (0,))]
    assert tally.records == len(lines) + sum(len(e.details) for e in lines)
    assert (tally.loaded, tally.blanks) == (len(expected), 0)
    assert tally.quarantined == sum(len(e.details) for e in lines if not e.carried)
    assert tally.headers == sum(e.carried for e in lines)
    proofs = [r for frame in tables["balances"] for r in frame.to_dicts() if r["currency"] == "EUR"]
    assert [r["proof"] for r in proofs] == ["reconciled"] * len(statements)
    assert [r["movements"] for r in proofs] == [
        sum(e.signed for e in statement if e.booked and e.currency == "EUR") for statement in statements
    ]
