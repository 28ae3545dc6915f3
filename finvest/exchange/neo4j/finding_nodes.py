"""Findings as nodes: with the movements behind them, and the strictest handling code of their records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from finvest.exchange.neo4j import schema
from finvest.exchange.neo4j.material import Part, shaped

if TYPE_CHECKING:
    from finvest.exchange.neo4j.material import Material


def findings(of: Material) -> Part:
    """Return the findings of a case."""
    element = schema.node("Finding")
    rows = of.findings.with_columns(id="finding", record=pl.lit(None, pl.Int64))
    titles = {id_: title for id_, (title, _) in of.cards.items()}
    strengths = {id_: strength for id_, (_, strength) in of.cards.items()}
    behind = _behind(rows)
    moved = of.movements.select("movement", "handling", record="records").explode("record", empty_as_null=False)
    flat = behind.filter(pl.col("table") == "transactions").lazy()
    movements = flat.join(moved, on="record").select("id", "handling", movements="movement").unique().collect()
    listed = movements.group_by("id").agg(pl.col("movements").unique().sort())
    codes = pl.concat([movements.select("id", "handling"), _codes(of, behind)])
    rows = (
        rows.with_columns(
            title=pl.col("indicator").replace_strict(titles, default=None, return_dtype=pl.String),
            strength=pl.col("indicator").replace_strict(strengths, default=None, return_dtype=pl.String),
        )
        .join(listed, on="id", how="left", maintain_order="left")
        .join(codes.group_by("id").agg(strictest=pl.col("handling").max()), on="id", how="left", maintain_order="left")
        .with_columns(handling=pl.max_horizontal("handling", "strictest"))
    )
    return Part(element, shaped(element, rows.drop("source")))


def _behind(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the records behind findings: ``id``, ``table``, ``record``."""
    found = [
        (id_, table, record)
        for id_, text in rows.select("id", "evidence").iter_rows()
        for table, records in json.loads(text).items()
        for record in records
    ]
    return pl.DataFrame(found, schema={"id": pl.String, "table": pl.String, "record": pl.String}, orient="row")


def _codes(of: Material, behind: pl.DataFrame) -> pl.DataFrame:
    """Return the handling codes of records that are no transactions: ``id``, ``handling``."""
    found = [pl.DataFrame(schema={"id": pl.String, "handling": pl.String})]
    for (table,), asked in behind.filter(pl.col("table") != "transactions").group_by("table", maintain_order=True):
        record = pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record"))
        coded = of.table(str(table)).filter(pl.col("handling").is_not_null()).select("handling", record=record)
        found.append(asked.join(coded, on="record").select("id", "handling"))
    return pl.concat(found)
