"""What a person decided stands, until it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from finvest.model.tables import table
from finvest.pairing.decisions import decided_pairs, pair_subject
from finvest.pairing.duplicates import SCHEMA as DUPLICATES
from tests.pairing.small import ANNA, BELA, DAY, case_of, credit, debit, moved, paired

SENT = debit(ANNA, BELA, 10_000)
GOT = credit(BELA, ANNA, 10_000, DAY + 1)


def decisions(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return decisions, one an hour; the last is the latest."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = [
        {"kind": "pair", "outcome": "accept", "decision": f"x{i}", "at": start + timedelta(hours=i), **row}
        for i, row in enumerate(rows)
    ]
    instant = table("decisions").schema["at"]
    return table("decisions").complete(pl.DataFrame(made, schema_overrides={"at": instant}, infer_schema_length=None))


def ids(pairs: pl.DataFrame) -> list[tuple[str, str, str, str]]:
    return pairs.select("originator_transaction", "beneficiary_transaction", "state", "how").rows()


def test_an_accepted_pair_takes_its_records_and_leaves_no_rival() -> None:
    """Two equal debits and credits: which is which is decided once, and the rest is unique."""
    case = case_of([SENT, debit(ANNA, BELA, 10_000, DAY + 1)], [GOT, credit(BELA, ANNA, 10_000, DAY + 2)])
    one, two, three, four = case.transactions["transaction_id"]
    assert paired(case).is_empty()
    found = paired(case, decisions=decisions({"subject": pair_subject(one, three)}))
    assert set(ids(found)) == {(one, three, "paired", "decision"), (two, four, "paired", "unique")}
    assert found.filter(pl.col("how") == "decision")["decision"].to_list() == ["x0"]
    assert len(moved(case, decisions({"subject": pair_subject(one, three)}))) == 2


def test_an_accepted_pair_may_be_what_no_rule_would_make() -> None:
    case = case_of([debit(ANNA, None, 10_000)], [credit(BELA, None, 9_000, DAY + 30)])
    sent, got = case.transactions["transaction_id"]
    row = paired(case, decisions=decisions({"subject": pair_subject(sent, got)})).row(0, named=True)
    assert (row["amount"], row["received_amount"], row["days"], row["reasons"]) == (10_000, 9_000, 30, "[]")


def test_a_rejected_pair_is_not_made_and_makes_no_other() -> None:
    case = case_of([SENT, debit(ANNA, BELA, 10_000, DAY + 2)], [GOT])
    one, two, got = case.transactions["transaction_id"]
    found = paired(case, decisions=decisions({"subject": pair_subject(two, got), "outcome": "reject"}))
    assert ids(found) == [(two, got, "rejected", "decision")]
    alone = case_of([SENT], [GOT])
    one, got = alone.transactions["transaction_id"]
    found = paired(alone, decisions=decisions({"subject": pair_subject(one, got), "outcome": "reject"}))
    assert ids(found) == [(one, got, "rejected", "decision")]
    assert len(moved(alone, decisions({"subject": pair_subject(one, got), "outcome": "reject"}))) == 2


def test_what_is_revoked_is_as_if_never_decided_and_a_revocation_can_be_revoked() -> None:
    case = case_of([SENT], [GOT])
    subject = pair_subject(*case.transactions["transaction_id"])
    rejected = {"subject": subject, "outcome": "reject"}
    taken_back = {"kind": "pair", "outcome": None, "subject": None, "revokes": "x0"}
    assert [row[3] for row in ids(paired(case, decisions=decisions(rejected, taken_back)))] == ["unique"]
    again = decisions(rejected, taken_back, {**taken_back, "revokes": "x1"})
    assert [row[2] for row in ids(paired(case, decisions=again))] == ["rejected"]


def test_the_latest_word_counts() -> None:
    none = DUPLICATES.to_frame()
    rows = decided_pairs(
        decisions(
            {"subject": "d1+c1"}, {"subject": "d1+c1", "outcome": "reject"}, {"subject": "d2+c2"}, {"subject": "d2+c3"}
        ),
        none,
    )
    assert rows.sort("decision").select("decision", "accepted").rows() == [("x1", False), ("x3", True)]


def test_a_decision_about_a_duplicate_is_about_the_line() -> None:
    """The record that a person saw is, since another file came, the copy of an older id."""
    lines = [debit(ANNA, None, 10_000, bank_reference="000417")]
    case = case_of(lines, lines, [credit(BELA, None, 10_000)])
    first, second = sorted(case.transactions.filter(pl.col("books") == "originator")["transaction_id"])
    got = case.transactions.filter(pl.col("books") == "beneficiary")["transaction_id"].item()
    found = paired(case, decisions=decisions({"subject": pair_subject(second, got)}))
    assert ids(found) == [(first, got, "paired", "decision")]


def test_a_decision_about_records_that_are_not_on_file_waits() -> None:
    case = case_of([SENT], [GOT])
    found = paired(case, decisions=decisions({"subject": "gone-1+gone-2"}, {"kind": "finding", "subject": "f1"}))
    assert [row[3] for row in ids(found)] == ["unique"]
