"""Which records of a statement carry the money: an entry, or the details inside it.

A bank books one entry for many payments. Where the details add up to the entry they are the transactions; where they
do not, the entry stays one transaction, so that no money is lost, and the details are quarantined.
"""

from __future__ import annotations

import polars as pl

from finvest.model.money import FORMAT, AmountFormat, parse
from finvest.model.tables import MINOR

LOADED, QUARANTINED, HEADER = "loaded", "quarantined", "header"
"""What becomes of an entry or a detail; a header's content is carried by other records of the same entry."""


def settle(rows: pl.DataFrame, written: AmountFormat | None = None) -> pl.DataFrame:
    """Decide what becomes of each entry and each detail.

    Parameters
    ----------
    rows : polars.DataFrame
        Entries, each directly followed by its details. ``entry`` (number of the entry), ``detail`` (Boolean),
        ``mark`` ("CRDT", "DBIT", else unknown), ``amount_written`` (of a detail: only in the entry's currency),
        ``currency``, ``received_written``, ``received_currency``, ``fees_written`` (list of text, a returned one with
        a minus), ``wrong`` (reason code that the whole entry cannot be taken), ``undated`` (reason code that this row
        has no date).
    written : AmountFormat, optional
        How amounts are written.

    Returns
    -------
    polars.DataFrame
        The same rows with ``signed`` (minor units, minus for debits), ``amount``, ``credit``, ``fee``,
        ``received_amount``, ``received_currency``, ``fate`` and ``reason`` (of what is quarantined).

    Notes
    -----
    Details agree with their entry as they stand, or after the fees they name. A single detail without an amount says
    who paid whom; the amount is the entry's. In another currency than the entry nothing can add up, and the entry
    carries the money.
    """
    rows = _with_amounts(rows, written)
    detail, net = pl.col("detail"), pl.col("signed") - pl.col("fee").fill_null(0)
    sums = (
        rows.group_by("entry")
        .agg(
            booked=pl.col("signed").filter(~detail).first(),
            entry_wrong=pl.coalesce("wrong", "amount_wrong").filter(~detail).first(),
            priced=(pl.col("amount_written").is_not_null() & detail).any(),
            complete=pl.col("signed").is_not_null().all(),
            gross=pl.col("signed").filter(detail).sum(),
            net=net.filter(detail).sum(),
        )
        .select(
            "entry",
            "entry_wrong",
            carried=pl.when(~pl.col("priced"))
            .then(pl.lit("entry"))
            .when(pl.col("complete") & (pl.col("gross") == pl.col("booked")))
            .then(pl.lit("gross"))
            .when(pl.col("complete") & (pl.col("net") == pl.col("booked")))
            .then(pl.lit("net"))
            .otherwise(pl.lit("disagree")),
        )
    )
    rows = rows.join(sums, on="entry", how="left", maintain_order="left")
    carried, after_fees = pl.col("carried"), (pl.col("carried") == "net") & detail
    carrier = detail == carried.is_in(["gross", "net"])
    wrong = (
        pl.when(pl.col("entry_wrong").is_not_null())
        .then("entry_wrong")
        .when(detail & (carried == "disagree"))
        .then(pl.coalesce("amount_wrong", pl.lit("DETAILS_DISAGREE")))
        .when(carrier)
        .then("undated")
    )
    rows = rows.with_columns(
        reason=wrong,
        received_amount=pl.when(after_fees & (pl.col("mark") == "DBIT"))
        .then(pl.coalesce("received_amount", pl.col("signed").abs()))
        .otherwise("received_amount"),
        received_currency=pl.when(after_fees & (pl.col("mark") == "DBIT") & pl.col("received_amount").is_null())
        .then("currency")
        .when(pl.col("received_amount").is_not_null())
        .then("received_currency"),
        signed=pl.when(after_fees).then(net).otherwise("signed"),
    )
    return rows.with_columns(
        amount=pl.col("signed").abs(),
        credit=pl.when(pl.col("signed") == 0).then(pl.col("mark") == "CRDT").otherwise(pl.col("signed") > 0),
        fate=pl.when(pl.col("reason").is_not_null())
        .then(pl.lit(QUARANTINED))
        .when(carrier)
        .then(pl.lit(LOADED))
        .otherwise(pl.lit(HEADER)),
    )


def _with_amounts(rows: pl.DataFrame, written: AmountFormat | None) -> pl.DataFrame:
    """Add ``signed``, ``amount_wrong``, ``fee`` and ``received_amount``."""
    minor, reason = parse(rows["amount_written"], rows["currency"], written)
    received, _ = parse(rows["received_written"], rows["received_currency"], written)
    rows = rows.with_row_index("row").with_columns(minor.alias("minor"), reason.alias("reason"))
    fees = rows.select("row", "currency", "fees_written").explode("fees_written", empty_as_null=False)
    fee, _ = parse(fees["fees_written"], fees["currency"], written)
    fees = fees.select("row", fee.alias("fee")).group_by("row").agg(pl.col("fee").sum(), known=pl.col("fee").count())
    rows = rows.join(fees.filter(pl.col("known") > 0).drop("known"), on="row", how="left", maintain_order="left")
    mark, amount = pl.col("mark"), pl.col("minor")
    return rows.with_columns(
        received.alias("received_amount"),
        # The mark alone says which way the money went; a sign beside it is ambiguous.
        signed=pl.when(amount < 0).then(None).when(mark == "CRDT").then(amount).when(mark == "DBIT").then(-amount),
        amount_wrong=pl.coalesce(
            "reason",
            pl.when(amount < 0).then(pl.lit(FORMAT)),
            pl.when(~mark.is_in(["CRDT", "DBIT"]).fill_null(value=False)).then(pl.lit("SIGN_UNKNOWN")),
            pl.when(amount.is_null() & ~pl.col("detail")).then(pl.lit("AMOUNT_MISSING")),
        ),
        fee=pl.col("fee").cast(MINOR),
    ).drop("row", "minor", "reason")
