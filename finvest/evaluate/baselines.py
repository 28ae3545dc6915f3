"""What a set gives away without any pattern: chance, degree, and each column by itself.

A column ranks by its values, largest first and smallest first, each a baseline of its own. An account has the largest
(or smallest) value of its transactions in the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from finvest.evaluate.scores import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from finvest.evaluate.answers import Question
    from finvest.view import CaseView

Family = Literal["chance", "degree", "column"]

DEGREES = ("degree, in", "degree, out", "degree")
"""Baselines that a pattern has to beat."""

_WORDS = {1: "largest first", -1: "smallest first"}
_WEEK = 7


def baselines(
    view: CaseView, question: Question, inside: NDArray[np.bool_], seed: int = 0
) -> Iterator[tuple[str, Family, NDArray[np.float64]]]:
    """Yield baselines of one question: name, family, and the score of each subject.

    Parameters
    ----------
    view : CaseView
    question : Question
    inside : ndarray of bool, shape (transactions,)
        Which transactions are dated in the window.
    seed : int
        Of the one that is chance.

    Notes
    -----
    Degree is the number of others that an account deals with in the window, itself and whatever is no account of the
    set left out. Of a transaction it is that of its originator (out), of its beneficiary (in), or of both (sum).
    """
    yield "chance", "chance", np.random.default_rng(seed).random(len(question))
    if question.task == "parties":
        return  # they deal with nobody: their accounts do
    tx, degree = _measured(view, inside)
    known = question.number >= 0
    place = np.where(known, question.number, 0)
    if question.task == "accounts":
        for name in DEGREES:
            yield name, "degree", np.where(known, degree[name].to_numpy()[place], 0).astype(np.float64)
    else:
        out = degree["degree, out"].gather(tx["originator"]).to_numpy()
        into = degree["degree, in"].gather(tx["beneficiary"]).to_numpy()
        for name, values in zip(DEGREES, (into, out, into + out), strict=True):
            yield name, "degree", np.where(known, values[place], 0).astype(np.float64)
    for name, column in _columns(tx):
        for sign, words in _WORDS.items():
            values = column.cast(pl.Float64).to_numpy() * sign
            if question.task == "accounts":
                values = _of_accounts(tx, values, inside, len(degree))
            lowest = values.min(initial=0.0) + NONE
            yield f"{name}, {words}", "column", np.where(known, values[place], lowest)


def _measured(view: CaseView, inside: NDArray[np.bool_]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the transactions with what is measured of each, and the degrees of each account in the window."""
    accounts = view.frame("accounts")
    held = accounts.select(n="n", held=~pl.col("kind").is_in(["external", "cash", "unknown"]))
    tx = view.frame("transactions", "n", "originator", "beneficiary", "amount", "day", "clock", "earliest")
    is_held = held["held"]
    between = is_held.gather(tx["originator"]) & is_held.gather(tx["beneficiary"])
    between = between & (tx["originator"] != tx["beneficiary"])
    pair = tx.filter(between & pl.Series(inside)).select("originator", "beneficiary").unique()
    degree = accounts.select("n")
    for name, own in (("degree, out", "originator"), ("degree, in", "beneficiary")):
        counted = pair.group_by(n=own).agg(pl.len().cast(pl.Int64).alias(name))
        degree = degree.join(counted, on="n", how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))
    both = pl.concat([pair, pair.select(originator="beneficiary", beneficiary="originator")]).unique()
    counted = both.group_by(n="originator").agg(degree=pl.len().cast(pl.Int64))
    degree = degree.join(counted, on="n", how="left", maintain_order="left").with_columns(pl.col("degree").fill_null(0))
    return tx, degree


def _columns(tx: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    pair = ["originator", "beneficiary"]
    yield "amount", tx["amount"]
    yield "cents", tx["amount"] % 100
    yield "hour", tx["clock"].dt.hour()
    yield "weekday", tx["day"].dt.weekday() % _WEEK
    yield "payments of the pair", tx.select(pl.len().over(pair)).to_series()
    yield "earlier payments of the pair", tx.select(pl.int_range(pl.len()).over(pair)).to_series()
    since = pl.col("earliest").to_physical().diff().over(pair)
    yield "time since the pair's last payment", tx.select(since.fill_null(np.iinfo(np.int64).max)).to_series()


def _of_accounts(
    tx: pl.DataFrame, values: NDArray[np.float64], inside: NDArray[np.bool_], accounts: int
) -> NDArray[np.float64]:
    lowest = values.min(initial=0.0) + NONE
    score = np.full(accounts, lowest)
    for side in ("originator", "beneficiary"):
        np.maximum.at(score, tx[side].to_numpy()[inside], values[inside])
    return score
