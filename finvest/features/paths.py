"""Money that goes from one account to another through several others at once: parallel two-hop paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.features.fans import transfer_graph, transfers
from finvest.features.rings import CROSSED_NEVER
from finvest.view import CaseView, feature

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool
    from finvest.graph.index import Index

DAY = 86_400_000_000


def opaque_accounts(view: CaseView) -> Bool:
    """Tell of each account whether the same money cannot be seen again behind it."""
    mask: Bool = view.frame("accounts")["kind"].is_in(list(CROSSED_NEVER)).fill_null(value=False).to_numpy()
    return mask


@feature
def parallel_counts(view: CaseView, days: tuple[int, ...], budget: int = 1_000_000) -> pl.DataFrame:
    """Return for each transfer how many middles lie beside it, between one source and one sink.

    Source: the strongest single signal without labels on the labelled sets; how many paths are parallel depends on
    the window, so it is measured for several.

    Parameters
    ----------
    days : tuple of int
        Lengths of the window.
    budget : int
        Steps after which the search from one account is given up.

    Returns
    -------
    polars.DataFrame
        One row a transfer: ``n`` (transaction number), and for each length ``middles_<days>`` (in possible order) and
        ``middles_certain_<days>``; 0 where no second middle is.
    """
    from finvest.graph.two_hop import parallel_middles

    graph, skip = transfer_graph(view), opaque_accounts(view)
    columns = {"n": transfers(view)["n"]}
    for name, certain in (("middles", False), ("middles_certain", True)):
        windows = [length * DAY for length in days]
        counts, _ = parallel_middles(graph, windows=windows, certain=certain, budget=budget, skip=skip)
        columns |= {f"{name}_{length}": pl.Series(counts[:, i].copy()) for i, length in enumerate(days)}
    return pl.DataFrame(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSearch:
    """What to search for.

    Attributes
    ----------
    days : int
        From the first to the last payment.
    middles : int
        Smallest number of distinct middles.
    alike_percent : int
        Smallest share of the middles in the geometric mean of all whom the source pays and all who pay the sink within
        the period, percent (A. Ochiai's coefficient of likeness, 1957): what hubs have in common is chance.
    keep : (int, int)
        A middle keeps the value if it passes on from low to high percent of what it got, in one currency.
    budget : int
        Steps after which the search from one account is given up.
    """

    days: int
    middles: int
    alike_percent: int
    keep: tuple[int, int]
    budget: int


@feature
def parallel_paths(view: CaseView, search: PathSearch) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return pairs of accounts with enough middles between them, each with its largest window.

    Returns
    -------
    found : polars.DataFrame
        ``source``, ``sink`` (account numbers), ``middles`` (their numbers), ``distinct``, ``certain`` (middles whose
        order and window are certain), ``keeping`` (middles that keep the value), ``recurring`` (middles
        that are paid by the source, and pay the sink, in another period too), ``payers`` (accounts that pay the
        sink within the period, all together), ``payees`` (those that the source pays in it), ``evidence``.
    cut : polars.DataFrame
        ``account`` (sources from which the search was not carried to its end), ``why``.
    """
    from finvest.graph.two_hop import two_hop

    window = search.days * DAY
    rows = two_hop(
        transfer_graph(view),
        window=window,
        least=search.middles,
        budget=search.budget,
        skip=opaque_accounts(view),
    )
    best = (
        pl.DataFrame(
            {
                "source": rows.source.astype(np.uint32),
                "sink": rows.sink.astype(np.uint32),
                "start": rows.start,
                "distinct": rows.distinct,
                "certain": rows.certain,
            }
        )
        .with_row_index("row")
        .sort("source", "sink", -pl.col("distinct"), -pl.col("certain"), "start")
        .unique(["source", "sink"], keep="first", maintain_order=True)
    )
    graph = transfer_graph(view)
    best = best.with_columns(
        payers=pl.Series(_others(graph.incoming, best["sink"], best["start"], window), dtype=pl.Int64),
        payees=pl.Series(_others(graph.outgoing, best["source"], best["start"], window), dtype=pl.Int64),
    )
    both = pl.col("payers") * pl.col("payees") * search.alike_percent**2
    best = best.filter(pl.col("distinct").cast(pl.Int64) ** 2 * 10_000 >= both)
    members = [np.unique(rows.members(row)).astype(np.uint32) for row in best["row"]]
    best = best.drop("row").with_row_index("row")
    flat = pl.DataFrame(
        {
            "row": np.repeat(best["row"].to_numpy(), [len(m) for m in members]),
            "place": np.concatenate([np.empty(0, np.uint32), *members]),
        }
    )
    tx = transfers(view)
    legs = flat.select("row").hstack(tx[flat["place"]].select("n", "originator", "beneficiary", "amount", "currency"))
    found = best.join(_middles(best, legs, tx, search), on="row", how="left", maintain_order="left")
    cut = pl.DataFrame({"account": rows.cut_roots.astype(np.uint32)})
    cut = cut.with_columns(why=pl.lit("the search for who its payees pay was cut"))
    return found.drop("row", "start"), cut


def _middles(best: pl.DataFrame, legs: pl.DataFrame, tx: pl.DataFrame, search: PathSearch) -> pl.DataFrame:
    """Return the middles of each row, how many keep the value, how many do the same in another period."""
    low, high = search.keep
    legs = legs.join(best.select("row", "source", "start"), on="row", maintain_order="left")
    gets = pl.col("originator") == pl.col("source")
    legs = legs.with_columns(middle=pl.when(gets).then("beneficiary").otherwise("originator"), gets=gets)
    sums = legs.group_by("row", "middle").agg(
        got=pl.col("amount").filter("gets").sum(),
        gave=pl.col("amount").filter(~pl.col("gets")).sum(),
        one_currency=pl.col("currency").n_unique() == 1,
    )
    in_bounds = (pl.col("gave") * 100).is_between(pl.col("got") * low, pl.col("got") * high)
    sums = sums.with_columns(keeps=pl.col("one_currency") & in_bounds)
    start = pl.from_epoch("start", time_unit="us").dt.replace_time_zone("UTC")
    pair = ["originator", "beneficiary"]
    again = (
        legs.select("row", "middle", "gets", "start", *pair)
        .unique()
        .join(tx.select(*pair, "earliest", "latest"), on=pair)
        .filter((pl.col("latest") < start) | (pl.col("earliest") > start.dt.offset_by(f"{search.days}d")))
        .group_by("row", "middle")
        .agg(recurs=pl.col("gets").n_unique() == 2)  # noqa: PLR2004 - both legs
    )
    return (
        sums.join(again, on=["row", "middle"], how="left")
        .sort("row", "middle")
        .group_by("row", maintain_order=True)
        .agg(middles="middle", keeping=pl.col("keeps").sum(), recurring=pl.col("recurs").fill_null(value=False).sum())
        .join(legs.group_by("row").agg(evidence=pl.col("n").sort()), on="row", how="left")
    )


def _others(index: Index, accounts: pl.Series, starts: pl.Series, window: int) -> list[int]:
    """Count the distinct others of each account within its period.

    Account by account on the index: a join would hold all payments of a hub once for each row that has it.
    """
    counts = []
    for account, start in zip(accounts, starts, strict=True):
        low, high = index.ptr[account], index.ptr[account + 1]
        low += np.searchsorted(index.latest[low:high], start)
        inside = index.earliest[low:high] <= start + window
        counts.append(len(np.unique(index.other[low:high][inside])))
    return counts
