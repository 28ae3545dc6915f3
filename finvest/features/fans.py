"""An account's largest fan, and how it compares with what the account is used to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from finvest.features.scores import surprise, surprising
from finvest.view import EDGE, CaseView, feature

if TYPE_CHECKING:
    from finvest.graph import MoneyGraph

Side = Literal["in", "out"]

LATTICE = 1_000
"""Ten whole units of a currency with two decimals: prices of services are often multiples of it."""

LEAST_USUAL = 1 / 14
"""New relations a day that no account need explain."""

ALIKE = 0.25
"""Largest coefficient of variation of amounts that are alike."""

MOSTLY_ROUND = 0.7
"""Smallest share of multiples of ten in amounts from a price list (LAT of the catalogue)."""

AT_COUNTER = ("card_pos", "card_online", "cash_atm", "cash_branch")
"""Channels of daily life, in which many others on one account mean nothing."""

OUTSIDE = ("external", "unknown", "cash")
"""Kinds of account that stand for what the records do not show."""

_DAY = 86_400_000_000


@feature
def transfers(view: CaseView) -> pl.DataFrame:
    """Return the transactions that go from account to account: no card payments, no cash, nothing to or from a sink.

    Columns: ``n`` and `finvest.view.EDGE`.

    A sink is an account outside the records that several accounts deal with: the sum of what many people did, like the
    "outside world" of a simulator. One that a single account's books know by name is no sink.
    """
    channel = view.frame("transactions", "channel")["channel"]
    at_counter = channel.is_in(list(AT_COUNTER)).fill_null(value=False)
    tx = view.frame("transactions", "n", *EDGE).filter(~at_counter)
    outside = view.frame("accounts").filter(pl.col("kind").is_in(list(OUTSIDE)))["n"]
    dealings = pl.concat(
        [
            tx.select(account="beneficiary", other="originator"),
            tx.select(account="originator", other="beneficiary"),
        ]
    ).filter(pl.col("account").is_in(outside.implode()))
    many = dealings.group_by("account").agg(pl.col("other").n_unique()).filter(pl.col("other") > 1)["account"].implode()
    return tx.filter(~pl.col("originator").is_in(many), ~pl.col("beneficiary").is_in(many))


@feature
def transfer_graph(view: CaseView) -> MoneyGraph:
    """Return the graph of `transfers`; edge numbers are places among these."""
    return view.graph_of(transfers(view))


def unusual_fans(view: CaseView, side: Side, days: int, least: int, times_usual: int) -> pl.DataFrame:
    """Return the largest window of each account in which it deals with far more others than it is used to.

    Parameters
    ----------
    side, days, least
        See `best_fans`.
    times_usual : int
        Others in the window as a multiple of those in an average period of the rest of the account's time.

    Returns
    -------
    polars.DataFrame
        Columns of `best_fans`, ``amounts_alike`` and ``score``: the surprise of so many others who deal with the
        account in this period only; amounts that are alike or round raise it by half.
    """
    alike = ((pl.col("variation") <= ALIKE) | (pl.col("round_share") >= MOSTLY_ROUND)).fill_null(value=False)
    usual = pl.col("usual").fill_null(0)
    nats = surprise(pl.col("passing"), usual + LEAST_USUAL * days)
    rows = best_fans(view, side, days, least).filter(pl.col("distinct") >= usual * times_usual)
    return rows.with_columns(amounts_alike=alike, score=surprising(nats * pl.when(alike).then(1.5).otherwise(1.0)))


@feature
def best_fans(view: CaseView, side: Side, days: int, least: int) -> pl.DataFrame:
    """Return the largest window of transfers of each account that has one, beside the account's own history.

    Parameters
    ----------
    side : {"in", "out"}
        Payments received or made.
    days : int
        Length of the window.
    least : int
        Smallest number of distinct others.

    Returns
    -------
    polars.DataFrame
        One row an account: ``account`` (number), ``distinct``, ``certain`` (distinct others that certainly fit one
        window), ``peer_share`` (share of accounts on this side with a smaller fan), ``evidence`` (transaction
        numbers), and the columns of `history`.
    """
    from finvest.graph.fans import fans

    moved = transfers(view)
    found = fans(transfer_graph(view), side=side, window=days * _DAY, least=least)
    best = (
        pl.DataFrame(
            {"account": found.account, "start": found.start, "distinct": found.distinct, "certain": found.certain}
        )
        .with_row_index("window")
        .sort("account", -pl.col("distinct"), "start")
        .unique("account", keep="first", maintain_order=True)
    )
    members = [found.members(window) for window in best["window"]]
    listed = pl.DataFrame(
        {
            "window": np.repeat(best["window"].to_numpy(), [len(m) for m in members]),
            "evidence": moved["n"].gather(np.concatenate([np.empty(0, np.int32), *members])),
        }
    )
    busy = moved["beneficiary" if side == "in" else "originator"].n_unique()
    best = best.with_columns(
        pl.col("account").cast(pl.UInt32),
        peer_share=1 - pl.col("distinct").rank("max", descending=True) / max(busy, 1),
    ).join(listed.group_by("window").agg(pl.col("evidence").sort()), on="window", maintain_order="left")
    best = best.drop("window", "start")
    return best.hstack(history(view, best, side, days))


def history(view: CaseView, windows: pl.DataFrame, side: Side, days: int) -> pl.DataFrame:
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
    tx = transfers(view)
    inside = (
        windows.select("account", n="evidence")
        .with_row_index("row")
        .explode("n", empty_as_null=False)
        .join(tx.select("n", "amount", other=other, at="earliest"), on="n", maintain_order="left")
    )
    outside = (
        windows.select("account")
        .with_row_index("row")
        .join(
            tx.filter(pl.col("originator") != pl.col("beneficiary")).select(
                "n", account=own, other=other, at="earliest"
            ),
            on="account",
        )
        .join(inside.select("row", "n"), on=["row", "n"], how="anti")
    )
    seen = outside.select("row", "other").unique()
    members = inside.select("row", "other").unique()
    again = members.join(seen, on=["row", "other"], how="semi")
    period = days * _DAY
    slot = pl.col("at").to_physical() // period
    times = outside.select("row", "other", slot).unique()
    active = pl.concat([tx.select(account=s, at="earliest") for s in ("originator", "beneficiary")])
    span = active.group_by("account").agg(span=(pl.col("at").max() - pl.col("at").min()).dt.total_microseconds())
    amounts = inside.group_by("row").agg(
        variation=pl.when(pl.len() > 1).then(pl.col("amount").std() / pl.col("amount").mean()),
        round_share=(pl.col("amount") % LATTICE == 0).mean(),
    )
    count = {"members": members, "recurring": again, "outside": times}
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
