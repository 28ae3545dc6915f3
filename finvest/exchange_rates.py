"""Rates of exchange of a case: kept as sources, read again from the originals whenever amounts are converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.loading import Loaded
from finvest.matching import Matched, match
from finvest.model import rates
from finvest.model.errors import CaseError, SourceError, UsageError
from finvest.model.rates import SCHEMA, Rates
from finvest.model.records import Source

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.registry import Registry
    from finvest.store.store import Store

TABLE, HISTORY = "rates", "ecb"
"""What stands as loader of a user's table, and of the ECB's history, in the list of sources."""

_READERS = {TABLE: rates.read_table, HISTORY: rates.read_history}

ON_FILE = {"table": pl.String, "currency": pl.String, "rates": pl.Int64, "first": pl.Date, "last": pl.Date}
"""Columns of what rates are on file."""


def load(store: Store, path: Path | None, actor: str, *, ecb: bool) -> Loaded:
    """Load a user's table, or the ECB's history of the installed package, into a case.

    Raises
    ------
    SourceError
        If it is refused; nothing of it was loaded then.
    UsageError
        If it is not said which one, there is no such file, or the package is not installed.
    """
    if (path is None) is not ecb:
        raise UsageError("give a table of rates (CSV), or ask for the ECB's history")
    if path is not None and not path.is_file():
        raise UsageError(f"{path}: {'it is a folder; give its files' if path.is_dir() else 'there is no such file'}")
    source = rates.find_history() if path is None else Source.of(path)
    loader = HISTORY if path is None else TABLE
    _, tally = _READERS[loader](source)
    before = store.manifest.current_load(source.sha256)
    if before is not None and before["loader"] != loader:
        raise SourceError(source.name, "the same file was loaded as records before")
    if before is None:
        kept = store.keep(source)
        store.load(kept, [tally], loader=loader, profile="", options={}, actor=actor)
    return Loaded(source.name, source.sha256, loader, "", tally, already=before is not None)


def on_file(store: Store) -> Rates | None:
    """Return the rates of a case; None where there are none.

    Raises
    ------
    CaseError
        If an original is missing or was changed.
    """
    found: dict[str, list[pl.DataFrame]] = {TABLE: [], HISTORY: []}
    for row in store.manifest.sources():
        if row["loader"] in found:
            path = store.folder / "sources" / row["sha256"]
            if not path.is_file() or Source.of(path).sha256 != row["sha256"]:
                raise CaseError(f"{path} is missing or was changed; load its source again")
            source = Source(path, row["name"], row["sha256"], row["size"])
            found[row["loader"]].append(_READERS[row["loader"]](source)[0])
    if not any(found.values()):
        return None
    empty = pl.DataFrame(schema=SCHEMA)
    return Rates(*(pl.concat([empty, *found[loader]]) for loader in (TABLE, HISTORY)))


def listed(store: Store) -> pl.DataFrame:
    """Return which rates are on file: ``table``, ``currency``, ``rates`` (how many), ``first``, ``last`` (days)."""
    known = on_file(store)
    if known is None:
        return pl.DataFrame(schema=ON_FILE)
    both = [known.own.with_columns(table=pl.lit("yours")), known.ecb.with_columns(table=pl.lit(rates.ECB))]
    grouped = pl.concat(both).group_by("table", "currency", maintain_order=True)
    counted = grouped.agg(rates=pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
    return counted.cast({"rates": pl.Int64}).select(*ON_FILE)


def match_case(store: Store, registry: Registry) -> Matched:
    """Match the records of a case and convert its movements."""
    needed = ("accounts", "identifiers", "balances", "quarantine")
    known = on_file(store)
    decimals = {} if known is None else {name: loader.card.decimals for name, loader in registry.loaders().items()}
    tables = {n: store.frame(n) for n in needed}
    return match(
        store.scan("transactions"), tables, store.manifest.decisions(), known, store.casefile.base_currency, decimals
    )
