"""AMLworld: names to codes, exact amounts, answers kept apart, patterns matched by content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.model.identifiers import LOCAL, account_id
from finvest.model.records import Batch, Source, Tally
from finvest.model.statements import batches
from finvest.model.tables import HIDDEN, table
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AMLWORLD = Registry().loader("amlworld")
HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
    "Payment Format,Is Laundering"
)
FIRST = "2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1"
SECOND = "2022/09/01 00:07,012,80011F990,021174,800737690,10.50,US Dollar,10.50,US Dollar,Wire,1"
INNOCENT = "2022/09/01 00:08,012,80011F990,012,80011F990,10.50,US Dollar,10.50,US Dollar,Reinvestment,0"
Load = tuple[dict[str, pl.DataFrame], Tally]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Load]:
    """Write files and load the last one."""

    def run(*files: tuple[str, str], **options: Any) -> Load:
        for name, text in files:
            (tmp_path / name).write_text(text, encoding="utf-8")
        frames: dict[str, list[pl.DataFrame]] = {}
        tally = Tally()
        for item in AMLWORLD.read(Source.of(tmp_path / files[-1][0]), **options):
            if isinstance(item, Batch):
                frames.setdefault(item.table, []).append(table(item.table).complete(item.frame))
            else:
                tally += item
        return {name: pl.concat(parts) for name, parts in frames.items()}, tally

    return run


def trans(*rows: str) -> tuple[str, str]:
    return "X_Trans.csv", "\n".join([HEADER, *rows]) + "\n"


def patterns(*attempts: list[str], kind: str = "FAN-OUT") -> tuple[str, str]:
    blocks = (
        [f"BEGIN LAUNDERING ATTEMPT - {kind}:  Max 2-degree", *rows, f"END LAUNDERING ATTEMPT - {kind}", ""]
        for rows in attempts
    )
    return "X_Patterns.txt", "\n".join(line for block in blocks for line in block) + "\n"


def test_a_transaction_shows_both_sides(load: Callable[..., Load]) -> None:
    tables, tally = load(trans(FIRST))
    row = tables["transactions"].row(0, named=True)
    assert tally == Tally(loaded=1, headers=1)
    assert (row["originator"], row["beneficiary"]) == (
        account_id(LOCAL, "021174", "800737690"),
        account_id(LOCAL, "012", "80011F990"),
    )
    assert (row["books"], row["amount"], row["currency"], row["channel"]) == ("both", 284896, "EUR", "transfer")
    assert (row["booked_at"].isoformat(), row["precision"]) == ("2022-09-01T00:06:00+00:00", "minute")
    assert (row["received_amount"], row["received_currency"], row["surplus"]) == (None, None, None)
    assert tables["accounts"].select("bank", "own_books").rows() == [("021174", False), ("012", False)]


def test_ids_are_those_that_a_bank_statement_would_give(load: Callable[..., Load], tmp_path: Path) -> None:
    tables, _ = load(trans(FIRST))
    line = pl.DataFrame(
        {"record": [2], "own_number": ["8007 37690"], "own_bank": ["021174"], "other_number": ["80011f990"]}
    ).with_columns(
        other_bank=pl.lit("012"),
        credit=pl.lit(value=False),
        amount=pl.lit(1).cast(pl.Decimal(38, 0)),
        currency=pl.lit("EUR"),
    )
    made = {b.table: b.frame for b in batches(line, Source.of(tmp_path / "X_Trans.csv"), "other", both=True)}
    ours = tables["transactions"]
    for column in ("transaction_id", "originator", "beneficiary", "originator_known_by", "beneficiary_known_by"):
        assert made["transactions"][column].to_list() == ours[column].to_list()
    for column in ("subject", "scheme", "issuer", "key"):
        assert made["identifiers"][column].to_list() == tables["identifiers"][column].to_list()


def test_amounts_are_exact_in_what_the_simulator_pays(load: Callable[..., Load]) -> None:
    yen = FIRST.replace("2848.96,Euro,2848.96,Euro", "1352779.07,Yen,0.00012345,Bitcoin")
    row = load(trans(yen))[0]["transactions"].row(0, named=True)
    assert (row["amount"], row["currency"]) == (12345, "BTC")
    assert (row["received_amount"], row["received_currency"]) == (135277907, "YEN")


def test_answers_are_in_no_table_that_a_view_shows(load: Callable[..., Load]) -> None:
    tables, _ = load(trans(FIRST, INNOCENT))
    assert tables["labels"].select("subject_kind", "subject", "positive").rows() == [
        ("transaction", tables["transactions"]["transaction_id"][0], True),
        ("transaction", tables["transactions"]["transaction_id"][1], False),
    ]
    assert "labels" in HIDDEN
    assert tables["transactions"]["surplus"].to_list() == [None, '{"Payment Format":"Reinvestment"}']
    flipped = load(trans(FIRST[:-1] + "0", INNOCENT))[0]
    provenance = ("source", "transaction_id")
    for name in tables.keys() - HIDDEN:
        assert tables[name].drop(provenance, strict=False).equals(flipped[name].drop(provenance, strict=False))


def test_a_transfer_to_oneself_loads(load: Callable[..., Load]) -> None:
    tables, tally = load(trans(INNOCENT))
    assert tally.loaded == 1
    assert tables["transactions"]["originator"].to_list() == tables["transactions"]["beneficiary"].to_list()
    assert len(tables["accounts"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "reason", "column"),
    [
        ("2848.96,Euro,ACH", "2848.961,Euro,ACH", "AMOUNT_SCALE", "Amount Paid"),
        ("2848.96,Euro,ACH", ",Euro,ACH", "AMOUNT_MISSING", "Amount Paid"),
        ("2848.96,Euro,ACH", "-1,Euro,ACH", "SIGN_UNKNOWN", "Amount Paid"),
        ("2848.96,Euro,2", "1e3,Euro,2", "AMOUNT_FORMAT", "Amount Received"),
        ("2848.96,Euro,2", "1.001,Yen,2", "AMOUNT_SCALE", "Amount Received"),
        ("Euro,ACH", "Ducat,ACH", "CURRENCY_UNKNOWN", "Payment Currency"),
        ("2022/09/01", "2022/09/31", "DATE_FORMAT", "Timestamp"),
        (",012,", ",,", "ACCOUNT_MISSING", "To Bank"),
        (",ACH,1", ",ACH,2", "TYPE", "Is Laundering"),
        (",ACH,1", ",ACH", "FIELDS_MISSING", ""),
        (",ACH,1", ",ACH,1,1", "FIELDS_SURPLUS", ""),
    ],
)
def test_what_cannot_be_read_is_set_aside(
    old: str, new: str, reason: str, column: str, load: Callable[..., Load]
) -> None:
    tables, tally = load(trans(FIRST.replace(old, new, 1), "", SECOND))
    assert tally == Tally(loaded=1, quarantined=1, headers=1, blanks=1)
    row = tables["quarantine"].row(0, named=True)
    assert (row["reason"], row["column"], row["line"]) == (reason, column, 2)
    assert len(tables["labels"]) == len(tables["transactions"]) == 1


def test_patterns_become_labels(load: Callable[..., Load]) -> None:
    file = trans(INNOCENT, SECOND, FIRST)
    tables, tally = load(file, patterns([FIRST, SECOND], [SECOND], kind="GATHER-SCATTER"))
    ids = load(file)[0]["transactions"]["transaction_id"].to_list()
    rows = tables["labels"]
    one, two = rows.filter(pl.col("subject_kind") == "pattern")["pattern"]
    assert tally == Tally(loaded=5, headers=2, blanks=2)
    assert rows["kind"].unique().to_list() == ["gather_scatter"]
    assert rows["positive"].all()
    moved = rows.filter(pl.col("subject_kind") == "transaction").select("pattern", "subject").rows()
    assert moved == [(one, ids[2]), (one, ids[1]), (two, ids[1])]


def test_transactions_that_read_the_same_are_told_apart(load: Callable[..., Load]) -> None:
    tables, _ = load(trans(FIRST, FIRST), patterns([FIRST, FIRST]))
    assert tables["labels"].filter(pl.col("subject_kind") == "transaction")["subject"].n_unique() == 2
    with pytest.raises(SourceError, match="1 of its 3 transactions are not in X_Trans"):
        load(trans(FIRST, FIRST), patterns([FIRST, FIRST, FIRST]))


def test_patterns_of_another_set_are_refused_in_one_line(load: Callable[..., Load], tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"^X_Patterns.txt:3: 1 of its 2 transactions are not in X_Trans.csv"
    ) as error:
        load(trans(FIRST), patterns([FIRST, SECOND]))
    assert "\n" not in str(error.value)
    assert "800737690" not in str(error.value)
    (tmp_path / "X_Trans.csv").unlink()
    with pytest.raises(SourceError, match="give the option transactions"):
        load(patterns([FIRST]))
    with pytest.raises(SourceError, match="give the option transactions"):
        load(("rings.txt", patterns([FIRST])[1]))
    with pytest.raises(SourceError, match="no such file"):
        load(patterns([FIRST]), transactions=tmp_path / "none.csv")
    with pytest.raises(SourceError, match="no transactions file"):
        load(patterns([FIRST]), transactions=tmp_path / "X_Patterns.txt")


def test_the_transactions_may_lie_elsewhere(load: Callable[..., Load], tmp_path: Path) -> None:
    name, text = trans(FIRST)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / name).write_text(text, encoding="utf-8")
    assert load(patterns([FIRST]), transactions=str(tmp_path / "elsewhere" / name))[1].loaded == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BEGIN LAUNDERING ATTEMPT - CYCLE\nEND LAUNDERING ATTEMPT - CYCLE\n", "expected BEGIN"),
        (f"BEGIN LAUNDERING ATTEMPT - CYCLE\n{INNOCENT}\nEND LAUNDERING ATTEMPT - CYCLE\n", "not marked as laundering"),
        (f"BEGIN LAUNDERING ATTEMPT - CYCLE\n{FIRST}\n", "does not end"),
        (f"BEGIN LAUNDERING ATTEMPT - CYCLE\n{FIRST}\nEND LAUNDERING ATTEMPT - STACK\n", "expected BEGIN"),
        (f"BEGIN LAUNDERING ATTEMPT - CYCLE\nBEGIN LAUNDERING ATTEMPT - CYCLE\n{FIRST}\n", "expected BEGIN"),
        (f"BEGIN LAUNDERING ATTEMPT - CYCLE\n{FIRST}\nEND LAUNDERING ATTEMPT - CYCLE\n{FIRST}\n", "expected BEGIN"),
        ("BEGIN LAUNDERING ATTEMPT - CYCLE\na\0b\n", "expected text"),
        ("Timestamp,From Bank\n", "no AMLworld file"),
    ],
)
def test_a_broken_patterns_file_is_refused(text: str, why: str, load: Callable[..., Load]) -> None:
    with pytest.raises(SourceError, match=why):
        load(trans(FIRST), ("X_Patterns.txt", text))


def test_accounts_with_their_holders(load: Callable[..., Load]) -> None:
    text = (
        "Bank Name,Bank ID,Account Number,Entity ID,Entity Name\nBank #7,012,80011F990,800E1,Corporation #1\n"
        "Bank #7,012,80011F991,800E1,Corporation #1\nBank #8,,1,2,x\n"
    )
    tables, tally = load(("X_accounts.csv", text))
    assert tally == Tally(loaded=2, quarantined=1, headers=1)
    assert tables["accounts"]["account"][0] == load(trans(FIRST))[0]["transactions"]["beneficiary"][0]
    assert tables["parties"]["name"].to_list() == ["Corporation #1"]
    assert tables["accounts"]["holder"].unique().to_list() == tables["parties"]["party"].to_list()
    assert not tables["accounts"]["own_books"].any()


def test_files_are_known_by_their_first_line() -> None:
    assert AMLWORLD.recognises(HEADER.encode() + b"\r\n", "any.csv")
    assert AMLWORLD.recognises(b"BEGIN LAUNDERING ATTEMPT - CYCLE", "any.txt")
    assert not AMLWORLD.recognises(b"Date,Amount\n", "X_Trans.csv")


def test_an_option_that_there_is_not(load: Callable[..., Load]) -> None:
    with pytest.raises(UsageError, match="there are transactions"):
        load(trans(FIRST), zone="UTC")
