"""The movements of money that a case knows: a pair once, anything else by itself; they become the graph's edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model.columns import lean
from finvest.model.tables import INSTANT, table
from finvest.pairing.events import PRECISIONS, events, representatives
from finvest.pairing.lines import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = 100_000
"""Records that are merged at a time: only memory depends on it."""

_LINKED_ROWS = 250_000
"""Movements of records that have to do with others, at a time: each time all records are read."""

_REVERSALS = -1

_PAYEE_FIRST = frozenset({"beneficiary", "beneficiary_known_by", "originator_name"})
"""What a pair takes from the payee's record; anything else comes from the payer's, where it has it."""

_ADDED: dict[str, pl.DataType] = {
    "movement": pl.String(),
    "earliest": INSTANT,
    "latest": INSTANT,
    "time_known": pl.Boolean(),
    "booked_out": INSTANT,
    "booked_out_latest": INSTANT,
    "booked_in": INSTANT,
    "booked_in_latest": INSTANT,
    "originator_balance_after": pl.Decimal(38, 0),
    "beneficiary_balance_after": pl.Decimal(38, 0),
    "in_shapes": pl.Boolean(),
    "pair_id": pl.String(),
    "how": pl.String(),
    "records": pl.List(pl.String()),
}

SCHEMA = pl.Schema({**{c: t for c, t in table("transactions").schema.items() if c != "duplicate_of"}, **_ADDED})
"""Columns of `movements`: those of `transactions`, and what a movement adds."""


def movements(transactions: pl.DataFrame | pl.LazyFrame, duplicates: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return what `movement_parts` yields as one frame, sorted by ``movement``."""
    moved = lean(pl.concat(movement_parts(transactions, duplicates, pairs)))
    return moved if moved["movement"].is_sorted() else lean(moved.sort("movement"))


def movement_parts(
    transactions: pl.DataFrame | pl.LazyFrame, duplicates: pl.DataFrame, pairs: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield one row a movement of money, in parts of bounded size, at least one.

    Parameters
    ----------
    transactions : polars.DataFrame or polars.LazyFrame
        Rows of the table `transactions`. Pending, reverted and informational records and zero amounts are no movement.
    duplicates : polars.DataFrame
        ``transaction_id``, ``duplicate_of``; may be empty.
    pairs : polars.DataFrame
        Rows of the table `pairs`; those with state ``paired`` and kind ``transfer`` make one movement of two records.
        May be empty.

    Yields
    ------
    polars.DataFrame
        Columns as in `SCHEMA`: every column of `transactions` but ``duplicate_of``, and

        * ``movement``: id, the payer's transaction, else the payee's (the smallest id among duplicates);
        * ``originator``, ``beneficiary``: account ids, each from its own books where those are on file;
        * ``amount`` in minor units of ``currency`` left the payer, ``received_amount`` in minor units of
          ``received_currency`` reached the payee (never null: the same where nothing else is known); ``fee`` is the
          difference of a pair in one currency;
        * ``earliest``, ``latest``: when it happened, the intersection of both bookings, or their hull where they do
          not meet; ``precision`` is the finer of both, or the coarser for a hull; ``time_known``: finer than a date;
        * ``booked_out`` to ``booked_out_latest`` and ``booked_in`` to ``booked_in_latest``: the payer's and the
          payee's booking (the only one known, where one is), by which tracing orders each account;
        * ``balance_after``: of the account whose books gave the representative record;
          ``originator_balance_after``, ``beneficiary_balance_after``: of each account by its own books;
        * ``reversal_of``: the movement that this one reverses; ``in_shapes`` is false for both of them;
        * ``books`` is ``both`` and ``origin`` ``corroborated`` for a pair; ``pair_id``, ``how``: the pair;
        * ``records``: ids of all records behind it, the payer's before the payee's, duplicates included.

    Notes
    -----
    A pair takes both bookings' times, the payee's name from the payer's record and the payer's from the payee's, and
    the reference from the payer unless that is a prefix of the payee's, which a bank cut.
    """
    rows = transactions.lazy()
    said = needed(rows, ("transaction_id", "reversal_of")).filter(pl.col("reversal_of").is_not_null()).collect()
    paired = _paired(duplicates, pairs)
    places = _together(said, duplicates, pairs, paired)
    for (part,), members in places.sort("part").group_by("part", maintain_order=True):
        records = rows.join(members.lazy(), on="transaction_id", how="semi").collect()
        moved = _moved(records, duplicates, paired)
        yield _with_reversals(moved, said) if part == _REVERSALS else _in_shapes(moved)
    size = rows.select(pl.len()).collect().item()
    for start in range(0, max(size, 1), _ROWS):
        alone = rows.slice(start, _ROWS).collect()
        if len(places):
            alone = alone.join(places, on="transaction_id", how="anti", maintain_order="left")
        if len(alone) or (not len(places) and not start):
            yield _in_shapes(_moved(alone, duplicates.clear(), paired.clear()))


def _paired(duplicates: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return which events belong together: ``pair_id``, ``how``, ``_out`` (the payer's), ``_in`` (the payee's)."""
    valid = pairs.filter((pl.col("state") == "paired") & (pl.col("kind") == "transfer")).sort("pair_id")
    paired = valid.select(
        "pair_id",
        "how",
        _out=representatives(valid["originator_transaction"], duplicates),
        _in=representatives(valid["beneficiary_transaction"], duplicates),
    )
    return paired.unique("_out", keep="first", maintain_order=True).unique("_in", keep="first", maintain_order=True)


def _together(said: pl.DataFrame, duplicates: pl.DataFrame, pairs: pl.DataFrame, paired: pl.DataFrame) -> pl.DataFrame:
    """Put records that have to do with others into parts: ``transaction_id``, ``part``.

    Those of one movement are in one part; reversals and what they reverse in the part `_REVERSALS`.
    """
    linked = [duplicates[c].cast(pl.String) for c in ("transaction_id", "duplicate_of")]
    linked += [pairs[f"{side}_transaction"].cast(pl.String) for side in ("originator", "beneficiary")]
    linked += [said[c].cast(pl.String) for c in ("transaction_id", "reversal_of")]
    ids = pl.concat([column.rename("transaction_id") for column in linked]).drop_nulls().unique().sort()
    rows = pl.DataFrame({"transaction_id": ids, "event": representatives(ids, duplicates)})
    rows = rows.join(paired.select("_out", event="_in"), on="event", how="left", maintain_order="left")
    rows = rows.with_columns(movement=pl.coalesce("_out", "event"))
    reverses = pl.col("transaction_id").is_in(pl.concat([said[c] for c in said.columns]).implode())
    part = pl.col("movement").rank("dense").cast(pl.Int64) // _LINKED_ROWS
    return rows.select("transaction_id", part=pl.when(reverses.any().over("movement")).then(_REVERSALS).otherwise(part))


def _moved(transactions: pl.DataFrame, duplicates: pl.DataFrame, paired: pl.DataFrame) -> pl.DataFrame:
    """Merge records into movements, all but their reversals."""
    lines = events(transactions, duplicates)
    credit = pl.col("books") == "beneficiary"
    payer = lines.filter(~credit).rename({c: f"out_{c}" for c in lines.columns}).with_columns(_out="out_transaction_id")
    payee = lines.filter(credit).rename({c: f"in_{c}" for c in lines.columns}).with_columns(_in="in_transaction_id")
    known = paired.join(payer, on="_out", how="semi").join(payee, on="_in", how="semi")
    return _merge(payer.join(known, on="_out", how="left").join(payee, on="_in", how="full", coalesce=True)).select(
        c for c in SCHEMA.names() if c != "in_shapes"
    )


def _in_shapes(moved: pl.DataFrame) -> pl.DataFrame:
    return moved.with_columns(in_shapes=pl.lit(value=True)).select(SCHEMA.names())


def _merge(rows: pl.DataFrame) -> pl.DataFrame:
    """Turn both sides' columns into a movement's."""
    pair = pl.col("pair_id").is_not_null()
    plain = {
        c: pl.coalesce(f"in_{c}", f"out_{c}") if c in _PAYEE_FIRST else pl.coalesce(f"out_{c}", f"in_{c}")
        for c in table("transactions").schema
        if c != "duplicate_of"
    }
    rows = rows.with_columns(**{**plain, **_time()}, movement=pl.coalesce("out_transaction_id", "in_transaction_id"))
    rows = rows.with_columns(**_money(pair), **_text(), **_codes(pair))
    return rows.with_columns(booked_at="earliest", time_known=pl.col("precision") != "date")


def _time() -> dict[str, pl.Expr]:
    starts = pl.max_horizontal("out_earliest", "in_earliest")
    ends = pl.min_horizontal("out_latest", "in_latest")
    meet = starts <= ends
    rank = {c: i for i, c in enumerate(PRECISIONS)}
    finer, coarser = (
        f(
            pl.col(c).replace_strict(rank, default=None, return_dtype=pl.Int64)
            for c in ("out_precision", "in_precision")
        )
        for f in (pl.min_horizontal, pl.max_horizontal)
    )
    precision = pl.when(meet).then(finer).otherwise(coarser)
    return {
        "earliest": pl.when(meet).then(starts).otherwise(pl.min_horizontal("out_earliest", "in_earliest")),
        "latest": pl.when(meet).then(ends).otherwise(pl.max_horizontal("out_latest", "in_latest")),
        "precision": precision.replace_strict(range(len(PRECISIONS)), PRECISIONS, default=None, return_dtype=pl.String),
        "booked_out": pl.coalesce("out_earliest", "in_earliest"),
        "booked_out_latest": pl.coalesce("out_latest", "in_latest"),
        "booked_in": pl.coalesce("in_earliest", "out_earliest"),
        "booked_in_latest": pl.coalesce("in_latest", "out_latest"),
    }


def _money(pair: pl.Expr) -> dict[str, pl.Expr]:
    arrived = pl.coalesce("in_received_amount", "in_amount", "out_received_amount", "out_amount")
    arrived_in = pl.coalesce("in_received_currency", "in_currency", "out_received_currency", "out_currency")
    difference = pl.col("amount") - arrived
    same_currency = pl.col("currency") == arrived_in
    return {
        "received_amount": arrived,
        "received_currency": arrived_in,
        "fee": pl.when(pair & same_currency & (difference >= 0)).then(difference).otherwise(pl.col("fee")),
        "originator_balance_after": pl.when(pl.col("out_books") == "originator").then("out_balance_after"),
        "beneficiary_balance_after": pl.col("in_balance_after"),
    }


def _text() -> dict[str, pl.Expr]:
    # A bank that cuts a reference leaves its beginning: the other bank's is then the whole one.
    whole = pl.col("in_reference").str.starts_with(pl.col("out_reference")).fill_null(value=False)
    specific = pl.when(pl.col("out_channel") != "other").then("out_channel")
    return {
        "reference": pl.when(whole).then("in_reference").otherwise(pl.col("reference")),
        "channel": pl.coalesce(specific, "in_channel", "out_channel"),
    }


def _codes(pair: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "books": pl.when(pair).then(pl.lit("both")).otherwise(pl.col("books")),
        "origin": pl.when(pair).then(pl.lit("corroborated")).otherwise(pl.col("origin")),
        "handling": pl.max_horizontal("out_handling", "in_handling"),
        "is_return": pl.any_horizontal("out_is_return", "in_is_return"),
        "records": pl.concat_list(
            pl.col(c).fill_null(pl.lit([], pl.List(pl.String))) for c in ("out_records", "in_records")
        ),
    }


def _with_reversals(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Point each reversal to the movement it reverses, and keep both out of shapes."""
    of = rows.select("movement", transaction_id="records").explode("transaction_id", empty_as_null=False)
    originals = of.rename({"movement": "original", "transaction_id": "reversal_of"})
    reversals = (
        said.join(of, on="transaction_id")
        .join(originals, on="reversal_of", how="left")
        .with_columns(reversal_of=pl.coalesce("original", "reversal_of"))
        .sort("transaction_id")
        .unique("movement", keep="first", maintain_order=True)
    )
    out = pl.concat([reversals["movement"], reversals["original"].drop_nulls()])
    rows = rows.drop("reversal_of").join(reversals.select("movement", "reversal_of"), on="movement", how="left")
    return rows.with_columns(in_shapes=~pl.col("movement").is_in(out.implode())).select(SCHEMA.names())
