"""The answers of a labelled set, beside the view that detectors saw: who and what is positive in which window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from finvest.model.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finvest.view import CaseView

Task = Literal["accounts", "transactions", "parties"]
TASKS: tuple[Task, ...] = ("accounts", "transactions", "parties")

ALL = "all"
"""The whole period."""

_KIND: dict[Task, str] = {"accounts": "account", "transactions": "transaction", "parties": "party"}
_NOBODY = ["external", "cash", "unknown"]
"""Kinds of accounts that nobody holds: sides of a movement, and none of those that are judged."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked in one window: which accounts, transactions or parties are positive.

    Attributes
    ----------
    task : {"accounts", "transactions", "parties"}
    window : str
    subject : polars.Series of String, shape (n,)
        Ids, as the answers have them.
    number : ndarray of int64, shape (n,)
        Number in the view; -1 for a record that is no movement of it.
    truth : ndarray of bool, shape (n,)
    patterns : list of list of str
        Of each positive, in order.
    """

    task: Task
    window: str
    subject: pl.Series
    number: NDArray[np.int64]
    truth: NDArray[np.bool_]
    patterns: list[list[str]]

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def positives(self) -> int:
        """How many there are to find."""
        return int(self.truth.sum())

    @property
    def pattern_count(self) -> int:
        """How many patterns the positives belong to."""
        return len({p for own in self.patterns for p in own})


class Answers:
    """The answers of a set.

    An account is positive in a window when it is an end of a planted transfer dated in it; everything else is
    negative. Accounts without answers of their own get theirs from the transactions'. Parties are asked for only where
    the set has answers for them.

    Parameters
    ----------
    labels : polars.DataFrame
        The table `labels`.
    view : CaseView
    transactions : polars.Series of String
        Ids of all records of the set, those that are no movement included.

    Attributes
    ----------
    windows : tuple of str
        In order of time, ``all`` last.
    members : polars.DataFrame
        ``pattern``, ``n`` (transaction number): what each pattern consists of.
    look_alikes : polars.DataFrame
        The same of innocent patterns: negatives that a label gives a pattern.
    kinds : dict of str to str
        Pattern to the kind of pattern.

    Raises
    ------
    DataError
        If there are no answers, none that is positive, or answers for what the set does not have.
    """

    def __init__(self, labels: pl.DataFrame, view: CaseView, transactions: pl.Series) -> None:
        rows = labels.filter(pl.col("subject_kind").is_in(list(_KIND.values())))
        if rows.is_empty():
            raise DataError("there are no answers for accounts or transactions; load the label files of the set too")
        for task, kind in _KIND.items():
            own = rows.filter(pl.col("subject_kind") == kind)
            if len(own) and not own["positive"].any():
                raise DataError(f"the labels of {task} hold no positive one; there is nothing to find")
        self.view = view
        named = labels.filter(pl.col("pattern").is_not_null(), pl.col("kind").is_not_null())
        self.kinds: dict[str, str] = dict(
            named.select("pattern", "kind").unique("pattern", keep="first", maintain_order=True).iter_rows()
        )
        moved = rows.filter(pl.col("subject_kind") == "transaction")
        _known(moved, transactions, "transactions")
        numbers = (
            view.frame("transactions", "n", "records")
            .rename({"records": "subject"})
            .explode("subject", empty_as_null=False)
        )
        self._moved = moved.join(numbers, on="subject", how="left", maintain_order="left")
        accounts = view.frame("accounts").select("n", subject="account")
        held = rows.filter(pl.col("subject_kind") == "account")
        _known(held, accounts["subject"], "accounts")
        self._held = held.join(accounts, on="subject", how="left", maintain_order="left")
        part = self._moved.filter(pl.col("n").is_not_null(), pl.col("pattern").is_not_null())
        self.members, self.look_alikes = (
            part.filter(which).select("pattern", "n").unique().sort("pattern", "n")
            for which in (pl.col("positive"), ~pl.col("positive"))
        )
        self._parties = self._numbered_parties(rows.filter(pl.col("subject_kind") == "party"))
        self._starts = self._window_starts()
        self.windows: tuple[str, ...] = (*self._starts["window"], ALL)

    def _numbered_parties(self, rows: pl.DataFrame) -> pl.DataFrame:
        if rows.is_empty():
            return rows.with_columns(n=pl.lit(None, pl.UInt32))
        parties = self.view.frame("parties").select("n", subject="party")
        _known(rows, parties["subject"], "parties")
        return rows.join(parties, on="subject", how="left", maintain_order="left")

    def _window_starts(self) -> pl.DataFrame:
        day = self.view.frame("transactions", "n", "earliest")
        return (
            self._moved.filter(pl.col("window").is_not_null(), pl.col("window") != ALL, pl.col("n").is_not_null())
            .join(day, on="n")
            .group_by("window")
            .agg(start=pl.col("earliest").min())
            .sort("start", "window")
        )

    def inside(self, window: str) -> NDArray[np.bool_]:
        """Tell which transactions of the view are dated in a window.

        A labelled one is in the window that its answer names; any other in the last window that has begun by then.
        """
        tx = self.view.frame("transactions", "n", "earliest")
        if window == ALL:
            return np.ones(len(tx), dtype=bool)
        self.checked([window])
        by_time = tx.with_columns(pl.col("earliest").set_sorted()).join_asof(
            self._starts.rename({"window": "begun"}), left_on="earliest", right_on="start"
        )
        said = self._moved.select("n", "window").drop_nulls().unique("n", keep="first", maintain_order=True)
        placed = by_time.join(said, on="n", how="left", maintain_order="left")
        inside: NDArray[np.bool_] = (
            placed.select((pl.coalesce("window", "begun") == window).fill_null(value=False)).to_series().to_numpy()
        )
        return inside

    def question(self, task: Task, window: str) -> Question:
        """Return what is asked of accounts, transactions or parties in a window.

        Raises
        ------
        UsageError
            If there is no such window.
        """
        self.checked([window])
        if task == "transactions":
            chosen = pl.lit(value=True) if window == ALL else pl.col("window") == window
            rows = self._moved.filter(chosen)
        elif task == "parties":
            rows = self._parties.filter(pl.col("window").fill_null(ALL) == window)
        else:
            rows = self._held.filter(pl.col("window").fill_null(ALL) == window)
            if rows.is_empty():
                rows = self._accounts_of(window)
        # Two records of one movement are one answer.
        found = (
            rows.group_by(pl.coalesce(pl.col("n").cast(pl.String), "subject").alias("one"), maintain_order=True)
            .agg(
                pl.col("subject").first(),
                pl.col("n").first(),
                pl.col("positive").any(),
                patterns=pl.col("pattern").filter("positive").drop_nulls().unique(maintain_order=True),
            )
            .select("subject", "positive", "patterns", number=pl.col("n").cast(pl.Int64).fill_null(-1))
        )
        # A positive without a pattern is one by itself.
        own = pl.when(pl.col("patterns").list.len() == 0).then(pl.concat_list("subject")).otherwise("patterns")
        patterns = found.filter("positive").select(own.alias("patterns"))["patterns"].to_list()
        number, truth = found["number"].to_numpy(), found["positive"].to_numpy()
        return Question(task, window, found["subject"], number, truth, patterns)

    def _accounts_of(self, window: str) -> pl.DataFrame:
        """Answer for accounts from the transactions' answers."""
        chosen = self._moved.filter("positive", pl.col("n").is_not_null())
        chosen = chosen if window == ALL else chosen.filter(pl.col("window") == window)
        tx = self.view.frame("transactions", "n", "originator", "beneficiary")
        ends = chosen.select("n", "pattern").join(tx, on="n")
        sides = pl.concat(ends.select("pattern", n=side) for side in ("originator", "beneficiary")).unique()
        held = self.view.frame("accounts").filter(~pl.col("kind").is_in(_NOBODY)).select("n", subject="account")
        return held.join(sides.with_columns(positive=True), on="n", how="left", maintain_order="left").with_columns(
            pl.col("positive").fill_null(value=False)
        )

    def checked(self, windows: Sequence[str]) -> list[str]:
        """Return windows, each once.

        Raises
        ------
        UsageError
            If there is no such window.
        """
        for window in windows:
            if window not in self.windows:
                raise UsageError(f"no window {window!r} in this set; there are {', '.join(self.windows)}")
        return list(dict.fromkeys(windows))


def _known(rows: pl.DataFrame, ids: pl.Series, what: str) -> None:
    unknown = rows.join(ids.rename("subject").to_frame().unique(), on="subject", how="anti")
    if len(unknown):
        count = unknown["subject"].n_unique()
        lines = sorted(unknown["line"].drop_nulls().to_list())
        where = f", first on line {lines[0]} of the label file" if lines else ""
        raise DataError(f"{count:,} of the labelled {what} are not among those of the set{where}; are both of one set?")
