"""AMLSim: days become dates, the bank is one, answers are kept apart, packed files are capped."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.reading.simulated import unpacked
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AMLSIM = Registry().loader("amlsim")
EDGES = "sourceNodeId,targetNodeId,value,time\n"
NODES = "nodeid,isFraud,init_balance,fraudStep\n"
ACCOUNTS = "ACCOUNT_ID,PRIMARY_CUSTOMER_ID,init_balance,start,end,country,business,suspicious,isFraud,modelID\n"
TX = "TXN_ID,ACCOUNT_ID,COUNTER_PARTY_ACCOUNT_NUM,TXN_SOURCE_TYPE_CODE,tx_count,TXN_AMOUNT_ORIG,start,end\n"
CASH = "TXN_ID,ACCOUNT_ID,BRANCH_ID,TXN_SOURCE_TYPE_CODE,tx_count,TXN_AMOUNT_ORIG,RUN_DATE,end\n"
ALERTS = "ALERT_KEY,ALERT_TEXT,ACCOUNT_ID,CUSTOMER_ID,EVENT_DATE,CHECK_NAME,"
ALERTS += "Organization_Type,Escalated_To_Case_Investigation\n"
Load = tuple[dict[str, pl.DataFrame], Tally]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Load]:
    def run(content: str | bytes, **options: Any) -> Load:
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        frames: dict[str, list[pl.DataFrame]] = {}
        tally = Tally()
        for item in AMLSIM.read(Source.of(path), **options):
            if isinstance(item, Batch):
                frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
            else:
                tally += item
        return {name: pl.concat(parts) for name, parts in frames.items()}, tally

    return run


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
def test_steps_become_days(pack: Callable[[str], bytes], load: Callable[..., Load]) -> None:
    tables, tally = load(pack(EDGES + "280,15349,147.8,1\n7,7,0.00,31\n"), start="2020-02-28")
    first, second = tables["transactions"].rows(named=True)
    assert tally == Tally(loaded=2, headers=1)
    assert (first["booked_at"].isoformat(), first["precision"]) == ("2020-02-29T00:00:00+00:00", "date")
    assert (first["booked_as_written"], first["amount"], first["currency"]) == ("1", 14780, "XXX")
    assert (second["booked_at"].date().isoformat(), second["status"]) == ("2020-03-30", "information")
    assert second["originator"] == second["beneficiary"]


def test_decimals_are_declared(load: Callable[..., Load]) -> None:
    assert load(EDGES + "1,2,147.8,1\n", decimals=3)[0]["transactions"]["amount"].to_list() == [147800]
    tables, tally = load(EDGES + "1,2,147.85,1\n", decimals=1)
    assert (tally.quarantined, tables["quarantine"]["reason"].to_list()) == (1, ["AMOUNT_SCALE"])


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("1,2,x,1", "AMOUNT_FORMAT", "value"),
        ("1,2,,1", "AMOUNT_MISSING", "value"),
        ("1,2,-3,1", "SIGN_UNKNOWN", "value"),
        ("1,2,3,1.5", "DATE_FORMAT", "time"),
        ("1,2,3,999999", "DATE_FORMAT", "time"),
        ("1,2,3,", "DATE_MISSING", "time"),
        (",2,3,1", "ACCOUNT_MISSING", "sourceNodeId"),
        ("1,2,3", "FIELDS_MISSING", ""),
    ],
)
def test_what_cannot_be_read_is_set_aside(row: str, reason: str, column: str, load: Callable[..., Load]) -> None:
    tables, tally = load(f"{EDGES}{row}\n\n1,2,3,1\n")
    assert tally == Tally(loaded=1, quarantined=1, headers=1, blanks=1)
    assert tables["quarantine"].select("reason", "column", "line").row(0) == (reason, column, 2)


def test_flags_are_answers_about_accounts(load: Callable[..., Load]) -> None:
    tables, tally = load(NODES + "1,0,1.50,-1\n2,1,1.50,7\n3,maybe,1,1\n")
    assert tally == Tally(loaded=2, quarantined=1, headers=1)
    assert tables["labels"].select("subject_kind", "positive").rows() == [("account", False), ("account", True)]
    assert tables["labels"]["subject"].to_list() == tables["accounts"]["account"].to_list()
    edges = load(EDGES + "1,2,1,1\n")[0]["transactions"]
    assert edges.select("originator", "beneficiary").row(0) == tuple(tables["accounts"]["account"])
    other = load(EDGES + "1,2,1,1\n", bank="second graph")[0]["transactions"]
    assert other["originator"][0] != edges["originator"][0]


def test_an_output(load: Callable[..., Load]) -> None:
    accounts, _ = load(ACCOUNTS + "11,C_11,1,1,50,US,I,False,true,0\n12,C_12,1,1,50,US,I,False,false,0\n")
    assert accounts["accounts"]["holder_name"].to_list() == ["C_11", "C_12"]
    assert accounts["labels"]["positive"].to_list() == [True, False]
    tx, _ = load(TX + "2,11,12,CHECK,1,125.05,1,1\n3,12,11,CREDIT,1,1,2,2\n")
    assert tx["transactions"]["channel"].to_list() == ["cheque", "other"]
    assert tx["transactions"]["surplus"][1] == '{"TXN_SOURCE_TYPE_CODE":"CREDIT","tx_count":"1","end":"2"}'
    assert tx["transactions"]["originator"].to_list() == accounts["accounts"]["account"].to_list()


def test_cash_at_a_branch(load: Callable[..., Load]) -> None:
    tables, tally = load(CASH + "1,0,11,CASH-OUT,1,99.87,1,1\n17,11,0,CASH-IN,1,77.58,5,5\n18,1,0,GIFT,1,1,5,5\n")
    out, paid_in = tables["transactions"].rows(named=True)
    assert tally == Tally(loaded=2, quarantined=1, headers=1)
    assert tables["quarantine"]["reason"].to_list() == ["SIGN_UNKNOWN"]
    assert out["originator"] == paid_in["beneficiary"] == load(EDGES + "11,2,1,1\n")[0]["transactions"]["originator"][0]
    assert out["beneficiary"] == paid_in["originator"]
    assert (out["channel"], out["books"], out["terminal"]) == ("cash_branch", "both", "0")
    assert sorted(tables["accounts"]["kind"].unique()) == ["bank", "cash"]
    assert not tables["accounts"]["own_books"].any()


def test_alerts_name_a_pattern(load: Callable[..., Load], tmp_path: Path) -> None:
    alert = ALERTS + "0,1,25,25,20170218,fan-in,INDIVIDUAL,YES\n"
    tables, tally = load(alert)
    row = tables["labels"].row(0, named=True)
    assert tally == Tally(loaded=1, headers=1)
    assert (row["kind"], row["positive"], row["pattern"][-2:]) == ("fan_in", True, "-0")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS + "25,C_25,1,1,50,US,I,False,true,0\n")
    assert load(alert)[1].loaded == 1
    (tmp_path / "accounts.csv").write_text(ACCOUNTS + "24,C_24,1,1,50,US,I,False,true,0\n")
    with pytest.raises(SourceError, match=r"^file.csv:2: 1 of its alerts are about accounts that accounts.csv lacks"):
        load(alert)
    (tmp_path / "other.csv").write_text(NODES)
    with pytest.raises(SourceError, match="no accounts file"):
        load(alert, accounts=tmp_path / "other.csv")
    with pytest.raises(SourceError, match="no such file"):
        load(alert, accounts=tmp_path / "none.csv")


def test_alerts_without_an_alert_are_refused(load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError, match="nothing positive"):
        load(ALERTS)


def test_a_packed_file_may_not_grow_without_end(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"\0" * (5 << 20)))
    with pytest.raises(SourceError, match=r"more than 1,000,000 bytes"):
        unpacked(Source.of(path), 1_000_000)


@pytest.mark.parametrize("cut", [-20, -4])
def test_a_damaged_packed_file_is_refused(cut: int, load: Callable[..., Load]) -> None:
    text = EDGES + "".join(f"{i},{i + 1},{i}.5,1\n" for i in range(2000))
    with pytest.raises(SourceError, match="damaged or cut off"):
        load(gzip.compress(text.encode())[:cut])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"start": "1 May"}, "start must be a date"),
        ({"bank": " "}, "bank must be a name"),
        ({"decimals": 30}, "decimals"),
        ({"zone": "UTC"}, "there are start, decimals, bank, accounts"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], why: str, load: Callable[..., Load]) -> None:
    with pytest.raises(UsageError, match=why):
        load(EDGES + "1,2,3,1\n", **options)


def test_files_are_known_by_their_first_line(load: Callable[..., Load]) -> None:
    for header in (EDGES, NODES, ACCOUNTS, TX, CASH, ALERTS):
        assert AMLSIM.recognises(header.encode(), "any")
    assert AMLSIM.recognises(gzip.compress(EDGES.encode()), "any")
    assert not AMLSIM.recognises(b"\x1f\x8bnot packed", "any.gz")
    with pytest.raises(SourceError, match="of no file of AMLSim"):
        load("count,type\n1,cycle\n")
