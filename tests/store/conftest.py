"""A case folder, a file to load, and rows to load from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.records import Batch, Source, Tally
from finvest.store.casefile import CaseFile
from finvest.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

ABOUT: dict[str, Any] = {
    "title": "Orchid",
    "purpose": "trafficking, 12 Js 3/25",
    "legal_basis": "section 163",
    "actor": "A 12",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "case", CaseFile(**ABOUT))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Source]:
    def write(name: str = "a.csv", content: bytes = b"a;b\r\n1;2\r\n\x00\xff") -> Source:
        path = tmp_path / name
        path.write_bytes(content)
        return Source.of(path)

    return write


def rows(*accounts: str, **columns: Any) -> Batch:
    """Rows of `balances`, one for each account."""
    frame = pl.DataFrame({"account": list(accounts), "record": range(1, len(accounts) + 1)})
    return Batch("balances", frame.with_columns(pl.lit(value).alias(name) for name, value in columns.items()))


def load(store: Store, source: Source, *batches: Batch, profile: str = "p", **options: Any) -> Tally:
    def read() -> Iterable[Batch | Tally]:
        for batch in batches:
            yield batch
            yield Tally(loaded=len(batch.frame))
        yield Tally(headers=1)

    return store.load(store.keep(source), read(), loader="made", profile=profile, options=options, actor="A 12")
