"""Groups of accounts that pay groups of accounts, in one layer or two, beside what they are used to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.features.fans import transfer_graph, transfers
from finvest.features.paths import DAY, opaque_accounts
from finvest.view import CaseView, feature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finvest.graph.arrays import Bool, Int32, Int64
    from finvest.graph.blocks import Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSearch:
    """What to search for.

    Attributes
    ----------
    days : int
        Length of the period.
    sources, targets : int
        Smallest number of accounts on either side.
    percent : int
        Share of the other side that each account deals with.
    busiest : int
        Accounts with more others on either side, in all their time on file, are left out.
    budget : int
        Steps after which the search from one account is given up.
    """

    days: int
    sources: int
    targets: int
    percent: int
    busiest: int
    budget: int


@feature
def _busy(view: CaseView, busiest: int) -> Bool:
    tx = transfers(view).filter(pl.col("originator") != pl.col("beneficiary"))
    mask = np.zeros(len(view.frame("accounts")), np.bool_)
    for own, other in (("originator", "beneficiary"), ("beneficiary", "originator")):
        counted = tx.group_by(own).agg(others=pl.col(other).n_unique())
        mask[counted.filter(pl.col("others") > busiest)[own].to_numpy()] = True
    return mask


def _left_out(view: CaseView, busiest: int) -> Bool:
    mask: Bool = opaque_accounts(view) | _busy(view, busiest)
    return mask


def _unsearched(view: CaseView, found: Blocks, search: GroupSearch) -> pl.DataFrame:
    """Return ``account`` and ``why`` of accounts from which, or through which, nothing or not all was searched."""
    busy = np.flatnonzero(_busy(view, search.busiest) & ~opaque_accounts(view))
    reasons: dict[str, Int32 | Int64] = {
        "the search from it was cut": found.cut_roots,
        f"left out: it deals with more than {search.busiest:,} others on one side": busy,
    }
    return pl.concat(
        pl.DataFrame({"account": accounts.astype(np.uint32)}).with_columns(why=pl.lit(why))
        for why, accounts in reasons.items()
    )


@feature
def _blocks(view: CaseView, search: GroupSearch) -> Blocks:
    from finvest.graph.blocks import blocks

    return blocks(
        transfer_graph(view),
        window=search.days * DAY,
        sources=search.sources,
        targets=search.targets,
        percent=search.percent,
        budget=search.budget,
        skip=_left_out(view, search.busiest),
    )


@feature
def bipartite(view: CaseView, search: GroupSearch) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return groups of accounts that pay groups of accounts, no payment in two of them, the largest first.

    Returns
    -------
    found : polars.DataFrame
        ``sources``, ``targets`` (account numbers), ``evidence``, and the columns of `_measured`.
    cut : polars.DataFrame
        See `_unsearched`.
    """
    found = _blocks(view, search)
    rows = _apart(np.diff(found.offsets), [found.members(row) for row in range(len(found))])
    sides = pl.DataFrame(
        {
            "sources": _lists(found.sources_of(row) for row in rows.tolist()),
            "targets": _lists(found.targets_of(row) for row in rows.tolist()),
        }
    )
    measured = _measured(view, sides["targets"], [found.members(row) for row in rows], found.start[rows], search.days)
    return sides.hstack(measured), _unsearched(view, found, search)


@feature
def stacked(view: CaseView, search: GroupSearch, keep: tuple[int, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return groups that pay groups that pay groups, no payment in two of them, the largest first.

    Parameters
    ----------
    search : GroupSearch
        Its ``targets`` hold for the second layer and for the third.
    keep : (int, int)
        The middle keeps the value if, currency by currency, from low to high percent of what came in goes out.

    Returns
    -------
    found : polars.DataFrame
        ``sources``, ``middles``, ``targets`` (account numbers), ``evidence``, ``kept``, ``order_certain`` (each
        payment of the middle certainly follows one to its payer), and the columns of `_measured`.
    cut : polars.DataFrame
        See `_unsearched`.
    """
    from finvest.graph.stacks import stacks

    graph, found = transfer_graph(view), _blocks(view, search)
    layers = stacks(
        graph,
        found,
        window=search.days * DAY,
        targets=search.targets,
        percent=search.percent,
        skip=_left_out(view, search.busiest),
    )
    members = [(found.members(int(row)), layers.members(i)) for i, row in enumerate(layers.block)]
    sizes = np.array([len(first) + len(second) for first, second in members], np.int64)
    chosen = _apart(sizes, [np.concatenate(pair) for pair in members])
    rows = layers.block[chosen]
    money = [_passed_on(view, members[i][0], members[i][1], keep) for i in chosen.tolist()]
    sides = pl.DataFrame(
        {
            "sources": _lists(found.sources_of(row) for row in rows.tolist()),
            "middles": _lists(found.targets_of(row) for row in rows.tolist()),
            "targets": _lists(np.unique(graph.beneficiary[members[i][1]]) for i in chosen.tolist()),
            "kept": pl.Series([kept for kept, _ in money], dtype=pl.Boolean),
            "order_certain": pl.Series([sure for _, sure in money], dtype=pl.Boolean),
        }
    )
    evidence = [np.sort(np.concatenate(members[i])) for i in chosen.tolist()]
    measured = _measured(view, sides["targets"], evidence, found.start[rows], search.days)
    return sides.hstack(measured), _unsearched(view, found, search)


def _lists(groups: Iterable[Int32]) -> pl.Series:
    return pl.Series([group.tolist() for group in groups], dtype=pl.List(pl.UInt32))


def _apart(sizes: Int64, members: list[Int32]) -> Int64:
    """Choose rows that share no payment, the largest first, of several the first."""
    taken: set[int] = set()
    chosen = []
    for row in np.argsort(-sizes, kind="stable").tolist():
        edges = members[row].tolist()
        if taken.isdisjoint(edges):
            taken.update(edges)
            chosen.append(row)
    return np.array(chosen, np.int64)


def _measured(view: CaseView, targets: pl.Series, members: list[Int32], start: Int64, days: int) -> pl.DataFrame:
    """Return ``evidence``, ``pairs``, ``recurring`` and ``payers`` of groups of payments.

    ``pairs`` counts distinct pairs of accounts, ``recurring`` those that deal in another period too, ``payers`` all
    accounts that pay any of the targets within the period.
    """
    tx = transfers(view)
    lists = pl.Series([tx["n"].gather(part) for part in members], dtype=pl.List(pl.UInt32))
    begin = pl.from_epoch(pl.Series(start, dtype=pl.Int64), time_unit="us").dt.replace_time_zone("UTC")
    rows = pl.DataFrame({"targets": targets, "evidence": lists, "begin": begin}).with_row_index("row")
    end = pl.col("begin").dt.offset_by(f"{days}d")
    inside = (pl.col("latest") >= pl.col("begin")) & (pl.col("earliest") <= end)
    legs = rows.select("row", "begin", n="evidence").explode("n", empty_as_null=False)
    pair = ["originator", "beneficiary"]
    pairs = legs.join(tx.select("n", *pair), on="n").select("row", "begin", *pair).unique()
    times = tx.select(*pair, "earliest", "latest")
    again = pairs.join(times, on=pair).filter(~inside).select("row", *pair).unique()
    paying = (
        rows.select("row", "begin", beneficiary="targets")
        .explode("beneficiary", empty_as_null=False)
        .join(times, on="beneficiary")
        .filter(inside)
    )
    counts = {
        "pairs": pairs.group_by("row").agg(pairs=pl.len().cast(pl.Int64)),
        "recurring": again.group_by("row").agg(recurring=pl.len().cast(pl.Int64)),
        "payers": paying.group_by("row").agg(payers=pl.col("originator").n_unique().cast(pl.Int64)),
    }
    for counted in counts.values():
        rows = rows.join(counted, on="row", how="left", maintain_order="left")
    return rows.select("evidence", pl.col(*counts).fill_null(0))


def _passed_on(view: CaseView, first: Int32, second: Int32, keep: tuple[int, int]) -> tuple[bool, bool]:
    """Tell whether a middle keeps the value, currency by currency, and whether its order is certain."""
    graph = transfer_graph(view)
    low, high = keep
    kept = True
    for currency in np.union1d(graph.currency[first], graph.currency[second]):
        came, went = (int(graph.amount[part][graph.currency[part] == currency].sum()) for part in (first, second))
        kept = kept and low * came <= 100 * went <= high * came
    over: dict[int, int] = {}
    for account, latest in zip(graph.beneficiary[first].tolist(), graph.latest[first].tolist(), strict=True):
        over[account] = min(over.get(account, latest), latest)
    paid = zip(graph.originator[second].tolist(), graph.earliest[second].tolist(), strict=True)
    return kept, all(over[account] < earliest for account, earliest in paid)
