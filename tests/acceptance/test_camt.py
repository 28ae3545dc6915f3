"""camt.052, 053 and 054 made by others: every field of the outside opinion, every batch, every balance."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from finvest.model.errors import SourceError
from tests.acceptance.camt_opinion import (
    CAMT,
    COMPARED,
    NOT_STORED,
    Loaded,
    check,
    differences,
    of_class,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FILES = (
    "camt052.v1",
    "camt052.v2",
    "camt052.v2.other-account",
    "camt052.v2.with-account-name",
    "camt052.v4",
    "camt052.v6",
    "camt052.v6.Amt-zero",
    "camt052.v8",
    "camt053.v2.all-balance-types",
    "camt053.v2.five.decimals",
    "camt053.v2.minimal",
    "camt053.v2.minimal.ultimate",
    "camt053.v2.multi.statement",
    "camt053.v2.with-account-name",
    "camt053.v2.with-party-ids",
    "camt053.v3",
    "camt053.v4",
    "camt053.v8",
    "camt054.v2",
    "camt054.v2.with-account-name",
    "camt054.v4",
    "camt054.v8",
    "camt054.v8-with-UETR",
    "camt054.v8-with-financial-institution",
    "camt53.only-Dt-with-DtTm",
)


def test_every_field_of_the_outside_opinion_is_compared_or_left_out_with_a_reason(acceptance_data: Path) -> None:
    same = {"Report": "Statement", "Notification": "Statement", "IbanAccount": "Account", "OtherAccount": "Account"}
    same["ProprietaryAccount"] = "Account"
    unknown = set()
    for file in FILES:
        oracle = json.loads((acceptance_data / "camt" / f"{file}.json").read_text())
        for kind in ("Statement", "Report", "Notification", "Entry", "EntryTransactionDetail", *same):
            name = same.get(kind, kind)
            for node in of_class(oracle, kind):
                for field in set(node) - {"__CLASS__"} - COMPARED[name]:
                    if f"{name}.{field}" not in NOT_STORED and field != "getPagination":
                        unknown.add(f"{name}.{field}")
    assert not unknown


@pytest.mark.parametrize("file", FILES)
def test_equals_the_outside_opinion(acceptance_data: Path, report_row: Any, file: str) -> None:
    oracle = json.loads((acceptance_data / "camt" / f"{file}.json").read_text())
    loaded = Loaded(acceptance_data / "camt" / f"{file}.xml")
    wrong = list(differences(oracle, loaded))
    entries = len(list(of_class(oracle, "Entry")))
    details = len(list(of_class(oracle, "EntryTransactionDetail")))
    report_row(
        "camt",
        f"{file}.xml",
        f"{entries} entries, {details} details",
        loaded.summary(),
        "differs" if wrong else "equal",
    )
    assert not wrong


def test_a_message_without_statement_is_refused(acceptance_data: Path, report_row: Any) -> None:
    path = acceptance_data / "camt" / "camt053.v2.wrong.xml"
    with pytest.raises(SourceError, match="no statement, report or notification"):
        Loaded(path)
    report_row("camt", path.name, "refused", "refused: no statement in it", "equal")


def test_five_decimals_that_are_zeros_are_exact(acceptance_data: Path) -> None:
    loaded = Loaded(acceptance_data / "camt" / "camt053.v2.five.decimals.xml")
    (balance,) = loaded.rows("balances")
    (row,) = loaded.rows("transactions")
    assert (balance["opening"], row["amount"], balance["closing"]) == (1815, 885, 2705)
    assert balance["proof"] == "failed"  # 18.150 + 8.850 is not 27.050: the file's own mistake


LIVE = 58
LIVE_DETAILS = 4985


def test_every_live_file(acceptance_data: Path, report_row: Any) -> None:
    paths = sorted((acceptance_data / "camt_live").glob("*.xml"))
    wrong, total = [], 0
    for path in paths:
        loaded = Loaded(path)
        found = list(live_differs(path, loaded))
        entries, details = counted(path)
        wrong += found
        total += loaded.tally.records - entries
        expected = f"{entries} entries, {details} details"
        report_row("camt_live", path.name, expected, loaded.summary(), "differs" if found else "equal")
    assert not wrong
    assert (len(paths), total) == (LIVE, LIVE_DETAILS)


def counted(path: Path) -> tuple[int, int]:
    root = etree.parse(path).getroot()
    return len(root.findall(".//{*}Ntry")), len(root.findall(".//{*}TxDtls"))


def live_differs(path: Path, loaded: Loaded) -> Iterator[str]:
    """Compare with a plain reading: sums by entry, sides, agents, balances."""
    rows = loaded.rows("transactions")
    at = 0
    for entry in etree.parse(path).getroot().iter("{*}Ntry"):
        details = entry.findall("{*}NtryDtls/{*}TxDtls")
        mine = rows[at : at + len(details)]
        at += len(details)
        ours = [int(r["amount"]) * (1 if r["books"] == "beneficiary" else -1) for r in mine]
        yield from check(f"{path.name}: details", ours, [cents(d, entry) for d in details])
        yield from check(f"{path.name}: sum", sum(ours), cents(entry, entry))
        status = "information" if entry.findtext("{*}Sts") == "INFO" else "booked"
        yield from check(f"{path.name}: status", {r["status"] for r in mine}, {status})
        kept = [json.loads(r["surplus"]) for r in mine]
        for role in ("DbtrAgt", "CdtrAgt"):
            bic = f"{{*}}RltdAgts/{{*}}{role}/{{*}}FinInstnId/{{*}}BICFI"
            theirs = [d.findtext(bic) for d in details]
            yield from check(role, [k.get(f"TxDtls/RltdAgts/{role}/FinInstnId/BICFI") for k in kept], theirs)
    yield from check(f"{path.name}: rows", len(rows), at)
    yield from check(f"{path.name}: quarantined", loaded.tally.quarantined, 0)
    statements = len(etree.parse(path).getroot().findall(".//{*}Stmt"))
    proofs = [b["proof"] for b in loaded.rows("balances") if b["opening"] is not None]
    yield from check(f"{path.name}: proof", proofs, ["reconciled"] * statements)
    for row in loaded.rows("balances"):
        if row["opening"] is not None:
            yield from check(f"{path.name}: sum", row["opening"] + row["movements"], row["closing"])


def cents(element: Any, entry: Any) -> int:
    mark = element.findtext("{*}CdtDbtInd") or entry.findtext("{*}CdtDbtInd")
    return int(Decimal(element.findtext("{*}Amt")) * 100) * (1 if mark == "CRDT" else -1)


@pytest.mark.parametrize("version", [f"{n:02d}" for n in range(1, 14)])
@pytest.mark.parametrize("message", ["052", "053", "054"])
def test_a_copy_under_another_versions_namespace_reads_the_same(
    acceptance_data: Path, tmp_path: Path, message: str, version: str
) -> None:
    """No outside file of some versions is at hand: this shows only that the namespace decides nothing."""
    original = acceptance_data / "camt" / f"camt{message}.v8.xml"
    copy = tmp_path / "copy.xml"
    copy.write_text(original.read_text().replace(f"camt.{message}.001.08", f"camt.{message}.001.{version}"))
    assert_same(Loaded(copy), Loaded(original))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_copy_in_another_encoding_reads_the_same(acceptance_data: Path, tmp_path: Path, encoding: str) -> None:
    original = acceptance_data / "camt" / "camt053.v2.with-party-ids.xml"
    copy = tmp_path / "copy.xml"
    copy.write_text(original.read_text().replace("UTF-8", encoding), encoding=encoding)
    assert CAMT.recognises(copy.read_bytes()[:65536], copy.name)
    assert_same(Loaded(copy), Loaded(original))


def assert_same(ours: Loaded, theirs: Loaded) -> None:
    assert ours.tally == theirs.tally
    assert ours.tables.keys() == theirs.tables.keys()
    for name, frame in ours.tables.items():
        hidden = ["source", "transaction_id"] if name == "transactions" else ["source"]
        assert frame.drop(hidden).equals(theirs.tables[name].drop(hidden))


def test_the_card_says_which_versions_were_tried(acceptance_data: Path) -> None:
    found = set()
    for path in [*(acceptance_data / "camt").glob("*.xml"), *(acceptance_data / "camt_live").glob("*.xml")]:
        found.add(str(etree.parse(path).getroot().tag).partition("}")[0].rpartition(":")[2])
        assert CAMT.recognises(path.read_bytes()[:65536], path.name)
    assert set(CAMT.card.tried) == found
    every = {f"camt.{m}.001.{v:02d}" for m in ("052", "053", "054") for v in range(1, 14)}
    assert {*CAMT.card.tried, *CAMT.card.untried} == every
    assert not {*CAMT.card.tried} & {*CAMT.card.untried}
