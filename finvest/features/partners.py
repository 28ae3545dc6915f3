"""Who pays an account, or is paid by it, inside a period and outside of it: an account's own history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from finvest.view import CaseView

Side = Literal["in", "out"]

LATTICE = 1_000
"""Ten whole units of a currency with two decimals: prices of services are often multiples of it."""


def partners(view: CaseView, windows: pl.DataFrame, side: Side, days: int) -> pl.DataFrame:
    """Compare the other side of an account's payments in a period with the rest of its time on file.

    Parameters
    ----------
    windows : polars.DataFrame
        ``account`` (number) and ``evidence`` (list of transaction numbers: the payments in the period).
    side : {"in", "out"}
        Payments received or made.
    days : int
        Length of the period.

    Returns
    -------
    polars.DataFrame, same rows
        ``passing`` (others who deal with the account on this side in this period only), ``recurring`` (those who also
        do in another), ``usual`` (others in an average period of the rest; null where nothing is left of it),
        ``variation`` (coefficient of variation of the amounts), ``round_share`` (share of amounts that are multiples
        of ten).
    """
    own, other = ("beneficiary", "originator") if side == "in" else ("originator", "beneficiary")
    tx = view.frame("transactions")
    inside = (
        windows.select("account", n="evidence").with_row_index("row").explode("n", empty_as_null=False)
        .join(tx.select("n", "amount", other=other, at="earliest"), on="n", maintain_order="left")
    )
    outside = (
        windows.select("account").with_row_index("row")
        .join(tx.filter(pl.col("originator") != pl.col("beneficiary")).select("n", account=own, other=other), on="account")
        .join(inside.select("row", "n"), on=["row", "n"], how="anti")
    )
    seen = outside.select("row", "other").unique()
    members = inside.select("row", "other").unique()
    again = members.join(seen, on=["row", "other"], how="semi")
    period = days * 86_400_000_000
    active = pl.concat([tx.select(account=s, at="earliest") for s in ("originator", "beneficiary")])
    span = active.group_by("account").agg(span=(pl.col("at").max() - pl.col("at").min()).dt.total_microseconds())
    amounts = inside.group_by("row").agg(
        variation=pl.when(pl.len() > 1).then(pl.col("amount").std() / pl.col("amount").mean()),
        round_share=(pl.col("amount") % LATTICE == 0).mean(),
    )
    count = {"members": members, "recurring": again, "outside": seen}
    rows = windows.select("account").with_row_index("row").join(span, on="account", how="left", maintain_order="left")
    for name, frame in count.items():
        counted = frame.group_by("row").agg(pl.len().cast(pl.Int64).alias(name))
        rows = rows.join(counted, on="row", how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))
    rows = rows.join(amounts, on="row", how="left", maintain_order="left")
    rest = pl.col("span") / period - 1
    return rows.select(
        passing=pl.col("members") - pl.col("recurring"),
        recurring="recurring",
        usual=pl.when(rest >= 1).then(pl.col("outside") / rest),
        variation="variation",
        round_share="round_share",
    )
