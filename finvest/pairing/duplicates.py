"""Which records show the same line of the same account's books, because two sources overlap."""

from __future__ import annotations

import polars as pl

from finvest.model.identifiers import text_keys
from finvest.model.tables import TEXT
from finvest.pairing.coverage import PROVEN
from finvest.pairing.lines import needed, own_lines
from finvest.pairing.references import cleaned, name_start, text_start, usable

SCHEMA = pl.Schema({"transaction_id": TEXT, "duplicate_of": TEXT})
"""Columns of `duplicates`."""

_LINE = ["account", "credit", "amount", "currency", "day"]
"""What records of one line have in common, whatever a source's precision."""

_SAID = (
    "transaction_id", "bank_reference", "reference", "value_date", "originator_name", "beneficiary_name",
    "originator_known_by", "beneficiary_known_by",
)  # fmt: skip


def duplicates(transactions: pl.DataFrame | pl.LazyFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Recognise records of one line of one account's books in several sources.

    Parameters
    ----------
    transactions : polars.DataFrame or polars.LazyFrame
        Rows of the table `transactions`; only booked ones with an amount are compared.
    coverage : polars.DataFrame
        What `finvest.pairing.coverage.coverage` returns.

    Returns
    -------
    polars.DataFrame
        ``transaction_id``, ``duplicate_of``: each record that repeats another, and the smallest id of its class, which
        has no row itself. Sorted by ``transaction_id``.

    Notes
    -----
    Records of one class agree in account, side, amount, currency and local booking day; never are two of them from one
    source, so two equal payments of a day in one source stay two. Sources are compared in four rounds, the k-th record
    with the k-th, later rounds taking only what is left:

    1. an equal reference of the bank;
    2. on days that one of the sources shows completely: an equal text, then an equal start of it, the one text being
       the other's beginning;
    3. on the same days: whatever is left where all sources have equally many;
    4. on days strictly inside sources that prove nothing: texts as in 2, equally many, no other party.

    One complete source is enough for rounds 2 and 3, because the lines of any other are then among its lines. Two
    different references never make one class. Whether a payment was read twice is settled here before pairs are made.
    """
    lines = _comparable(transactions)
    if lines.is_empty():
        return SCHEMA.to_frame()
    lines = _on_days(lines, coverage)
    lines = _link(lines, lines["usable"].is_not_null(), [*_LINE, "usable"])
    with_text = lines["proven"] & lines["start"].is_not_null()
    lines = _link(lines, with_text, [*_LINE, "text"])
    lines = _link(lines, with_text, [*_LINE, "start"], texts_agree=True)
    lines = _link(lines, lines["proven"] & _equally_many(lines, _LINE), _LINE)
    inside = lines["inside"] & ~lines["proven"] & lines["start"].is_not_null()
    inside &= _equally_many(lines, [*_LINE, "start"]) & _one_party(lines)
    lines = _link(lines, inside, [*_LINE, "start"], texts_agree=True)
    found = lines.filter(pl.col("transaction_id") != pl.col("class"))
    return found.select("transaction_id", duplicate_of="class").sort("transaction_id")


def _comparable(transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return lines of which another source may show the same, each a class of its own."""
    lines = own_lines(transactions)
    sources = lines.group_by("account").agg(n=pl.col("source").n_unique()).filter(pl.col("n") > 1)
    lines = lines.join(sources, on="account", how="semi").filter(pl.col("source").n_unique().over(_LINE) > 1)
    said = needed(transactions, _SAID).join(lines.lazy(), on="transaction_id", how="semi").collect()
    name = pl.when("credit").then("originator_name").otherwise("beneficiary_name")
    how = pl.when("credit").then("originator_known_by").otherwise("beneficiary_known_by")
    return (
        lines.join(said, on="transaction_id", how="left")
        .with_columns(
            usable=usable(pl.col("bank_reference")),
            cleaned=cleaned(pl.col("bank_reference")),
            text=text_keys(pl.col("reference").fill_null("")),
            start=text_start(pl.col("reference")),
            name=name_start(name),
            other=pl.when(how == "account").then("other"),
        )
        .select(
            *_LINE,
            "transaction_id",
            "source",
            "record",
            "usable",
            "cleaned",
            "text",
            "start",
            "name",
            "other",
            "value_date",
        )
        .with_columns(pl.col("transaction_id").alias("class"))
    )


def _on_days(lines: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Tell for each line whether a source shows its day completely, and whether its day is inside all its sources."""
    spans = coverage.filter(pl.col("source").is_not_null()).select(
        "account", "currency", "source", "start", "end", proven=pl.col("proof").is_in(PROVEN)
    )
    days = lines.select("account", "currency", "source", "day").unique()
    on = days.join(spans, on=["account", "currency", "source"])
    on = (
        on.filter(pl.col("day").is_between("start", "end"))
        .group_by("account", "currency", "source", "day")
        .agg(
            proven=pl.col("proven").any(),
            inside=((pl.col("start") < pl.col("day")) & (pl.col("day") < pl.col("end"))).any(),
        )
    )
    lines = lines.join(on, on=["account", "currency", "source", "day"], how="left")
    return lines.with_columns(
        proven=pl.col("proven").fill_null(value=False).any().over(_LINE),
        inside=pl.col("inside").fill_null(value=False).all().over(_LINE),
    )


def _equally_many(lines: pl.DataFrame, keys: list[str]) -> pl.Series:
    """Tell for each line whether every source that has lines of these keys has equally many."""
    each = lines.select(*keys, n=pl.len().over([*keys, "source"]))
    return each.select(pl.col("n").n_unique().over(keys) == 1)["n"]


def _one_party(lines: pl.DataFrame) -> pl.Series:
    """Tell for each line whether the lines like it name no two different parties."""
    keys = [*_LINE, "start"]
    names, accounts = (pl.col(c).drop_nulls().n_unique().over(keys) for c in ("name", "other"))
    return lines.select(one=(names <= 1) & (accounts <= 1))["one"]


def _link(lines: pl.DataFrame, which: pl.Series, keys: list[str], *, texts_agree: bool = False) -> pl.DataFrame:
    """Put the k-th line of each source into one class, among the lines of equal keys.

    A class found before keeps together. Where sources order their classes differently, where a class would have two
    lines of one source, or two references, nothing is linked.
    """
    rows = lines.with_columns(
        _size=pl.len().over("class"),
        _text=pl.col("text").max().over("class"),
    ).filter(which)
    # Records of a class stand first, so that they have the same place in each of its sources. Then what all of these
    # lines have puts them in order; the ordinal decides only between lines that look alike.
    known_to_all = [
        pl.when(pl.col(c).is_not_null().all().over(keys)).then(c).alias(f"_by_{c}")
        for c in ("other", "name", "value_date")
    ]
    linked_first = pl.when(pl.col("_size") > 1).then("class").alias("_linked")
    rows = rows.with_columns(*known_to_all, linked_first).sort(
        *keys, "source", "_linked", "_by_other", "_by_name", "_text", "_by_value_date", "record", nulls_last=True
    )
    rows = rows.with_columns(k=pl.int_range(pl.len()).over([*keys, "source"]))
    place = [*keys, "k"]
    rows = rows.with_columns(
        whole=(pl.len().over([*place, "class"]) == pl.col("_size")).all().over(place),
        references=pl.col("cleaned").drop_nulls().n_unique().over(place),
        parties=pl.max_horizontal(pl.col(c).drop_nulls().n_unique().over(place) for c in ("name", "other")),
        several=pl.col("k").max().over(keys) > 0,
        agree=pl.col("_text").max().over(place).str.starts_with(pl.col("_text").min().over(place)),
        joined=pl.col("class").min().over(place),
    )
    # One line on each side is the same line even where banks write its party differently; of several, it is a guess.
    crossed = pl.col("several") & (pl.col("parties") > 1)
    if texts_agree:
        rows = rows.filter("agree")
    linked = rows.filter(pl.col("whole") & (pl.col("references") <= 1) & ~crossed).select("transaction_id", "joined")
    lines = lines.join(linked, on="transaction_id", how="left", maintain_order="left")
    return lines.with_columns(pl.coalesce("joined", "class").alias("class")).drop("joined")
