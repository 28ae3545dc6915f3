"""Accounts that gather from several and scatter to several others later, beside what they are used to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.features.fans import history, transfer_graph, transfers
from finvest.features.paths import DAY
from finvest.view import CaseView, feature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.graph.arrays import Int32


@feature
def gatherings(view: CaseView, days: int, least: int, keep: tuple[int, int]) -> pl.DataFrame:
    """Return accounts that enough others pay within some days, and that pay enough others in the days after.

    Parameters
    ----------
    days : int
        Length of either part.
    least : int
        Smallest number of distinct accounts on either side.
    keep : (int, int)
        The value is kept if, currency by currency, from low to high percent of what came in goes out.

    Returns
    -------
    polars.DataFrame
        One row an account, its best split: ``account``, ``senders``, ``receivers``, ``certain`` (see
        `finvest.graph.gather_scatter`), ``evidence``, ``kept``, ``forwarded_percent`` (null in several currencies), and
        by side ``passing_…``, ``recurring_…`` and ``usual_…`` of `finvest.features.fans.history`; ``peers`` (accounts
        with as many others on both sides, or more, this one included) and ``peers_percent`` (of all that both pay and
        are paid).
    """
    from finvest.graph.gather_scatter import gather_scatter

    found = gather_scatter(transfer_graph(view), window=days * DAY, least=least)
    members = [found.members(row) for row in range(len(found))]
    sides = {
        "in": _lists(view, [gathered for gathered, _ in members]),
        "out": _lists(view, [scattered for _, scattered in members]),
    }
    rows = pl.DataFrame(
        {
            "account": found.account.astype(np.uint32),
            "senders": found.senders,
            "receivers": found.receivers,
            "certain": found.certain,
        }
    )
    usual = [
        history(view, rows.select("account", evidence=sides[side]), side, days).select(
            pl.col("passing", "recurring", "usual").name.suffix(f"_{side}")
        )
        for side in ("in", "out")
    ]
    evidence = pl.DataFrame({"in": sides["in"], "out": sides["out"]}).select(evidence=pl.concat_list("in", "out"))
    rows = rows.with_columns(peers=pl.min_horizontal("senders", "receivers").rank("max", descending=True))
    tx = transfers(view)
    active = tx["originator"].unique().is_in(tx["beneficiary"].unique().implode()).sum()
    rows = rows.with_columns(peers_percent=pl.col("peers") * 100 / max(active, 1))
    return pl.concat([rows, *usual, evidence, _forwarded(view, sides, keep)], how="horizontal")


def _lists(view: CaseView, places: Sequence[Int32]) -> pl.Series:
    """Make lists of transaction numbers of places among the transfers."""
    number = transfers(view)["n"]
    return pl.Series([number.gather(part) for part in places], dtype=pl.List(pl.UInt32))


def _forwarded(view: CaseView, sides: dict[str, pl.Series], keep: tuple[int, int]) -> pl.DataFrame:
    """Compare what goes out with what came in, as integers and currency by currency."""
    low, high = keep
    tx = view.frame("transactions", "amount", "currency")
    flat = pl.concat(
        pl.DataFrame({"n": numbers})
        .with_row_index("row")
        .explode("n", empty_as_null=False)
        .select("row", "n", side=pl.lit(side))
        for side, numbers in sides.items()
    )
    money = flat.hstack(tx[flat["n"]])
    sums = money.group_by("row", "currency").agg(
        **{side: pl.col("amount").filter(pl.col("side") == side).sum() for side in ("in", "out")}
    )
    inside = (pl.col("out") * 100).is_between(pl.col("in") * low, pl.col("in") * high)
    single = pl.when(pl.len() == 1).then((pl.col("out") * 100 / pl.col("in")).first())
    compared = sums.group_by("row").agg(kept=inside.all(), forwarded_percent=single).sort("row")
    return compared.drop("row")
