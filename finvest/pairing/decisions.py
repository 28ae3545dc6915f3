"""What a person decided about pairs."""

from __future__ import annotations

import polars as pl

from finvest.model.decisions import standing
from finvest.model.tables import TEXT
from finvest.pairing.events import representatives

PAIR = "pair"
"""Kind of these decisions."""

_SEPARATOR = "+"

SCHEMA = pl.Schema(
    {"originator_transaction": TEXT, "beneficiary_transaction": TEXT, "accepted": pl.Boolean(), "decision": TEXT}
)


def pair_subject(originator_transaction: str, beneficiary_transaction: str) -> str:
    """Return the subject of a decision about a pair: both transactions, because the pair's id may change."""
    return f"{originator_transaction}{_SEPARATOR}{beneficiary_transaction}"


def pair_of(subject: str) -> tuple[str, str]:
    """Return the two transactions that `pair_subject` put together."""
    debit, _, credit = subject.partition(_SEPARATOR)
    return debit, credit


def decided_pairs(decisions: pl.DataFrame, duplicates: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions about pairs that stand.

    Parameters
    ----------
    decisions : polars.DataFrame
        Rows of the table `decisions`. Of kind ``pair``, with outcome ``accept`` or ``reject`` and the subject that
        `pair_subject` makes; a row with ``revokes`` takes an earlier one back, and may be taken back itself.
    duplicates : polars.DataFrame
        ``transaction_id``, ``duplicate_of``: both transactions are those that stand for their class.

    Returns
    -------
    polars.DataFrame
        ``originator_transaction``, ``beneficiary_transaction``, ``accepted``, ``decision``. The latest word on a pair
        counts; of two accepted pairs that share a record, the later one.
    """
    said = []
    rows = standing(decisions).filter(pl.col("kind") == PAIR, pl.col("outcome").is_in(["accept", "reject"]))
    for row in rows.filter(pl.col("subject") != "").iter_rows(named=True):
        debit, credit = pair_of(row["subject"])
        said.append((debit, credit, row["outcome"] == "accept", row["decision"]))
    found = pl.DataFrame(said, schema=SCHEMA, orient="row")
    sides = ("originator_transaction", "beneficiary_transaction")
    found = found.with_columns(representatives(found[side], duplicates) for side in sides)
    found = found.unique(sides, keep="first", maintain_order=True)
    accepted = found.filter("accepted")
    for side in sides:
        accepted = accepted.unique(side, keep="first", maintain_order=True)
    return pl.concat([accepted, found.filter(~pl.col("accepted"))])
