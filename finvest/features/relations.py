"""Relations between accounts: who deals with whom how often, and when an account suddenly deals with many new ones."""

from __future__ import annotations

import numpy as np
import polars as pl

from finvest.features.fans import transfer_graph, transfers
from finvest.view import CaseView, feature

_DAY = 86_400_000_000

WINDOWS = (1, 3, 10)
"""Days before and after: a ring moves within a day, or takes its time."""

THROUGH = 20
"""Days within which money that comes in and goes out belongs together."""

SHORTEST = 30
"""Days that an account counts as having been on file, at least: a shorter history says little."""


@feature
def repeats(view: CaseView) -> pl.Series:
    """Return for each of `finvest.features.fans.transfers` how often its originator pays its beneficiary in all."""
    return transfers(view).select(pl.len().over("originator", "beneficiary").cast(pl.Int64)).to_series()


@feature
def once(view: CaseView) -> pl.Series:
    """Return for each transaction whether it is the only one from its originator to its beneficiary."""
    tx = view.frame("transactions", "originator", "beneficiary")
    return tx.select(pl.len().over("originator", "beneficiary") == 1).to_series()


def new_share(view: CaseView, evidence: pl.Series) -> pl.Series:
    """Return for each list of transactions the share of those that are the only ones between their accounts.

    Parameters
    ----------
    evidence : polars.Series of List(UInt32), shape (n,)

    Returns
    -------
    polars.Series of Float64, shape (n,)
    """
    flat = evidence.rename("n").to_frame().with_row_index("row").explode("n", empty_as_null=False)
    flat = flat.with_columns(new=once(view).gather(flat["n"]))
    return flat.group_by("row").agg(pl.col("new").mean()).sort("row")["new"]


@feature
def new_relations(view: CaseView, reach: int, fortnight: float, least: float) -> pl.DataFrame:
    """Return when accounts deal with many others whom they deal with only once.

    Parameters
    ----------
    reach : int
        Days around its centre that a burst covers.
    fortnight : float
        New relations in fourteen days, each way, that no account need explain.
    least : float
        Smallest surprise, nats.

    Returns
    -------
    polars.DataFrame
        One row a burst: ``account``, ``surprise`` (nats; `finvest.graph.bursts`), ``evidence`` (transaction numbers of
        transfers whose relation has this one alone), ``came`` and ``went`` (how many of them come in and go out).

    Notes
    -----
    A relation with n transfers weighs 1/n² in the sums: rent and wages weigh next to nothing, whenever they are paid.
    """
    from finvest.graph.bursts import WHOLE, bursts

    moved, count = transfers(view), repeats(view).to_numpy()
    found = bursts(
        transfer_graph(view),
        weight=WHOLE // count**2,
        member=count == 1,
        windows=tuple(days * _DAY for days in WINDOWS),
        through=THROUGH * _DAY,
        reach=reach * _DAY,
        rate=2 * fortnight / (14 * _DAY),
        shortest=SHORTEST * _DAY,
        least=least,
    )
    burst = np.repeat(np.arange(len(found)), np.diff(found.offsets))
    rows = moved[found.edges].select(evidence="n", came=pl.col("beneficiary") == found.account[burst])
    listed = rows.with_columns(burst=pl.Series(burst)).group_by("burst", maintain_order=True)
    return listed.agg("evidence", came=pl.col("came").sum(), went=(~pl.col("came")).sum()).with_columns(
        account=pl.Series(found.account).cast(pl.UInt32), surprise=pl.Series(found.surprise)
    )
