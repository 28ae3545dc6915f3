"""A case of many transfers in finvest's own columns, with texts that try to break out of a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from finvest.case import Case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CURRENCIES = ("EUR", "USD", "JPY")
START = datetime(2025, 1, 1, tzinfo=UTC)


def bulk_case(folder: Path, transfers: int, accounts: int, texts: Sequence[str]) -> Case:
    """Make a case in which each text is a name, an address, a contact and a reference."""
    case = Case.create(folder / "case", title="Bulk", purpose="a load", legal_basis="invented", actor="A 12")
    n = pl.int_range(transfers, eager=True)
    moved = pl.DataFrame({"n": n}).select(
        transaction_id=pl.format("t{}", pl.col("n").cast(pl.String).str.zfill(9)),
        originator=pl.format("a{}", pl.col("n") * 7919 % accounts),
        beneficiary=pl.format("a{}", (pl.col("n") * 7919 + 1 + pl.col("n") % (accounts - 1)) % accounts),
        amount=pl.col("n") * 104_729 % 9_999_991 + 1,
        currency=pl.lit(pl.Series(CURRENCIES)).gather(pl.col("n") % len(CURRENCIES)),
        booked_at=pl.lit(START) + pl.duration(seconds=pl.col("n") * 17),
        reference=pl.lit(pl.Series(texts, dtype=pl.String)).gather(pl.col("n") % len(texts)),
    )
    moved.write_parquet(folder / "transactions.parquet")
    people = pl.DataFrame(
        {
            "party": [f"p{i}" for i in range(len(texts))],
            "kind": ["person"] * len(texts),
            "name": texts,
            "subject_category": ["possible_victim" if i == 0 else None for i in range(len(texts))],
        }
    )
    people.write_parquet(folder / "parties.parquet")
    links = pl.DataFrame(
        {
            "kind": ["directs", "lives_at", "holds"] * len(texts),
            "from_kind": "parties",
            "from_id": [f"p{i}" for i in range(len(texts)) for _ in range(3)],
            "to_kind": ["parties", "addresses", "accounts"] * len(texts),
            "to_id": [x for i in range(len(texts)) for x in (f"p{(i + 1) % len(texts)}", f"d{i}", f"a{i}")],
            "start": START.date() + timedelta(days=3),
        }
    )
    links.write_parquet(folder / "links.parquet")
    places = pl.DataFrame({"address": [f"d{i}" for i in range(len(texts))], "text": texts, "city": texts})
    places.write_parquet(folder / "addresses.parquet")
    ids = pl.DataFrame(
        {"contact": [f"k{i}" for i in range(len(texts))], "subject": [f"p{i}" for i in range(len(texts))]}
    )
    reached = ids.with_columns(pl.Series("value", texts), kind=pl.lit("handle"))
    reached.write_parquet(folder / "contacts.parquet")
    for name in ("transactions", "parties", "links", "addresses", "contacts"):
        case.load(folder / f"{name}.parquet", table=name, loader="native")
    return case
