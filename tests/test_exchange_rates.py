"""A case keeps rates as sources; movements, pairs, checks, findings and statements use them."""

from __future__ import annotations

import hashlib
import json
from importlib import util
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.case import Case
from finvest.exchange_rates import listed, on_file
from finvest.model import rates
from finvest.model.errors import CaseError, SourceError, UsageError
from finvest.model.records import Source, Tally
from tests.cli.conftest import ANNA, BERT, CORA, HEADER

if TYPE_CHECKING:
    from pathlib import Path

needs_history = pytest.mark.skipif(
    util.find_spec(rates.MODULE) is None, reason=f"the package {rates.PACKAGE} is not installed (extra fx)"
)

FILES = {
    "anna.csv": HEADER
    + f"2025-02-03,{ANNA},Anna Ahorn,1000.00,EUR,1000.00,,Werk,Lohn,\n"
    + f"2025-03-04,{ANNA},Anna Ahorn,-840.00,EUR,160.00,{BERT},Bert Birke,Darlehen 31,BR5520KL\n"
    + f"2025-03-05,{ANNA},Anna Ahorn,-100.00,EUR,60.00,{CORA},Cora Clement,Rate 5,CV9904TZ\n"
    + f"2025-03-28,{ANNA},Anna Ahorn,-10.00,EUR,50.00,,Werk,Kasse,\n",
    "bert.csv": HEADER
    + f"2025-02-03,{BERT},Bert Birke,300.00,GBP,300.00,,Werk,Lohn,\n"
    + f"2025-03-04,{BERT},Bert Birke,697.20,GBP,997.20,{ANNA},Anna Ahorn,Darlehen 31,BR5520KL\n"
    + f"2025-03-05,{BERT},Bert Birke,-690.00,GBP,307.20,{CORA},Cora Clement,Rate 5,CV9904TZ\n"
    + f"2025-03-28,{BERT},Bert Birke,-10.00,GBP,297.20,,Werk,Kasse,\n",
}
HEAD = "date,currency,rate,source\n"
RATES = HEAD + "".join(f"2025-{day},GBP,0.83,court\n" for day in ("02-03", "03-04", "03-28"))


def filled(folder: Path, base: str = "EUR") -> Case:
    case = Case.create(folder / base, title="O", purpose="p", legal_basis="l", actor="a", base_currency=base)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
        case.load(folder / name)
    return case


def put(case: Case, name: str, text: str) -> None:
    path = case.folder.parent / name
    path.write_text(text, encoding="utf-8")
    case.rates(path)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return filled(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_bytes(RATES.encode())
    return path


# ---- kept


def test_a_table_is_a_source_with_its_hash_and_its_line_in_the_log(case: Case, file: Path) -> None:
    done = case.rates(file)
    digest = hashlib.sha256(RATES.encode()).hexdigest()
    assert (done.source, done.already, done.tally.loaded) == (digest, False, 3)
    assert (case.folder / "sources" / digest).read_bytes() == RATES.encode()
    (row,) = (r for r in case.sources().to_frame().to_dicts() if r["name"] == "rates.csv")
    assert (row["loader"], row["records"], row["loaded"], row["headers"], row["sha256"]) == ("rates", 4, 3, 1, digest)
    entry = case.log().row(-1, named=True)
    assert (entry["event"], json.loads(entry["subjects"])) == ("collection: rates", [digest])
    assert case.rates(file).already
    assert len(case.log()) == entry["entry"]


def test_what_is_refused_leaves_no_trace(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(HEAD + "2025-03-04,USD,none,x\n")
    with pytest.raises(SourceError, match=r"^r\.csv:2: expected a rate"):
        case.rates(path)
    assert on_file(case._store) is None
    assert listed(case._store).is_empty()
    assert len(list((case.folder / "sources").iterdir())) == len(FILES)


def test_a_call_without_one_table_is_wrong_usage(case: Case, tmp_path: Path, file: Path) -> None:
    with pytest.raises(UsageError, match="give a table"):
        case.rates()
    with pytest.raises(UsageError, match="give a table"):
        case.rates(file, ecb=True)
    with pytest.raises(UsageError, match="no such file"):
        case.rates(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="it is a folder"):
        case.rates(tmp_path)


def test_a_changed_original_is_noticed(case: Case, file: Path) -> None:
    kept = case.folder / "sources" / case.rates(file).source
    kept.chmod(0o644)
    kept.write_text(RATES.replace("0.83", "0.38"))
    with pytest.raises(CaseError, match="was changed"):
        _ = case.matched


def moved(case: Case) -> pl.DataFrame:
    return case.matched.movements.collect()


@needs_history
def test_the_ecbs_history_is_kept_in_the_case_with_its_version(case: Case) -> None:
    done = case.rates(ecb=True)
    assert f"{rates.PACKAGE} " in done.name
    assert case.rates(ecb=True).already
    assert case.matched.unconverted.is_empty()
    days = {f"ECB 2025-{day}" for day in ("02-03", "03-04", "03-05", "03-28")}
    assert set(moved(case)["rate_source"].drop_nulls()) <= days
    assert set(listed(case._store)["table"]) == {"ECB"}


# ---- used


def test_records_stay_as_they_are_and_movements_are_converted(case: Case, file: Path) -> None:
    before = case.table("transactions")
    assert moved(case)["amount_base"].null_count() == len(moved(case))
    case.rates(file)
    assert case.table("transactions").equals(before)
    rows = case.view().frame("transactions").select("amount", "currency", "amount_base", "rate", "rate_source").rows()
    assert (69_000, "GBP", 83_133, "1/0.83", "court 2025-03-04") in rows
    assert (84_000, "EUR", 84_000, "1", None) in rows


def test_a_case_opened_again_has_the_same_rates(case: Case, file: Path) -> None:
    case.rates(file)
    again = Case.open(case.folder, actor="b", reason="second look")
    assert moved(again).equals(moved(case))


def test_a_transfer_in_two_currencies_is_paired_once_its_rate_is_known(case: Case, file: Path) -> None:
    assert case.matched.pairs.is_empty()
    assert len(moved(case)) == 8
    case.rates(file)
    assert case.matched.pairs["how"].to_list() == ["reference_other_amount"]
    assert len(moved(case)) == 7
    assert moved(case)["amount_base"].null_count() == 0


def test_a_check_counts_what_has_no_rate(case: Case, file: Path) -> None:
    checks = case.check()
    assert checks.unconverted.select("currency", "count").rows() == [("GBP", 4)]
    assert checks.sentence.endswith("; 4 have no amount in the base currency.")
    put(case, "r.csv", HEAD + "2025-03-04,USD,1.1,x\n")
    assert case.check().unconverted["why"].to_list() == ["there is no rate of GBP"]
    case.rates(file)
    assert case.check().unconverted.is_empty()
    assert case.check().sentence.endswith("may be counted twice.")


def test_a_table_loaded_later_corrects_an_earlier_one(case: Case, file: Path) -> None:
    case.rates(file)
    put(case, "right.csv", HEAD + "2025-03-04,GBP,0.84,court of appeal\n")
    rows = moved(case).filter(pl.col("amount") == 69_000)
    assert rows.select("rate", "rate_source").rows() == [("1/0.84", "court of appeal 2025-03-04")]


@pytest.mark.parametrize("base", ["CHF", "JPY"])
def test_a_base_without_a_rate_leaves_everything_empty(tmp_path: Path, file: Path, base: str) -> None:
    case = filled(tmp_path, base)
    case.rates(file)
    assert set(case.matched.unconverted["why"]) == {f"there is no rate of {base}"}
    assert case.matched.unconverted["count"].sum() == len(moved(case))
    assert moved(case)["rate"].null_count() == len(moved(case))


def test_counterparties_are_sorted_by_what_they_are_worth(case: Case, tmp_path: Path) -> None:
    (tmp_path / "yen.csv").write_text(HEADER + f"2025-03-05,{ANNA},Anna Ahorn,-50000,JPY,0,{CORA},Cora Clement,Rate,\n")
    case.load(tmp_path / "yen.csv")

    def order() -> list[tuple[str, int]]:
        rows = case.show(ANNA).counterparties.filter(pl.col("paid") > 1000, pl.col("currency") != "GBP")
        return rows.select("currency", pl.col("paid").cast(pl.Int64)).rows()

    assert order() == [("EUR", 84_000), ("JPY", 50_000), ("EUR", 10_000)]
    gbp = "2025-02-03,GBP,0.83,x\n2025-03-04,GBP,0.83,x\n2025-03-28,GBP,0.83,x\n"
    put(case, "r.csv", HEAD + gbp + "2025-03-05,JPY,10,x\n")
    assert order() == [("JPY", 50_000), ("EUR", 84_000), ("EUR", 10_000)]


AMLWORLD = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
    "Payment Format,Is Laundering\n"
    "2022/09/01 00:06,021174,800737690,012,80011F990,1352779.07,Yen,0.00012345,Bitcoin,Bitcoin,0\n"
    "2022/09/02 00:06,021174,800737690,012,80011F990,1352779.07,Yen,1352779.07,Yen,Wire,0\n"
)


def test_the_simulators_yen_and_bitcoin_are_converted_in_their_own_units(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", title="O", purpose="p", legal_basis="l", actor="a")
    (tmp_path / "X_Trans.csv").write_text(AMLWORLD)
    case.load(tmp_path / "X_Trans.csv")
    put(case, "r.csv", HEAD + "2022-09-01,JPY,139.32,court\n")
    assert case.matched.unconverted.select("currency", "why").rows() == [("BTC", "there is no rate of BTC")]
    put(case, "b.csv", HEAD + "2022-09-01,BTC,0.00005,exchange\n")
    rows = case.view().frame("transactions").select("currency", "amount_base", "rate", "rate_source").rows()
    assert rows == [
        ("BTC", 247, "1/0.00005", "exchange 2022-09-01"),  # 0.00012345 BTC are 2.469 EUR
        ("YEN", 970_987, "1/139.32", "court 2022-09-01 (JPY)"),  # 1,352,779.07 yen are 9,709.869… EUR
    ]


def test_a_file_that_was_loaded_as_records_is_no_table_of_rates(case: Case, file: Path) -> None:
    store = case._store
    kept = store.keep(Source.of(file))
    store.load(kept, [Tally(blanks=1)], loader="delimited", profile="", options={}, actor="a")
    with pytest.raises(SourceError, match="loaded as records before"):
        case.rates(file)
