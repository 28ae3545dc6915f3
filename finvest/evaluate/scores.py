"""From findings to scores of accounts, transactions and patterns, window by window.

What a finding says in a window, it says by its evidence dated in it:

* **transactions**: a transaction gets the score of the strongest finding whose evidence holds it. In the ranking of all
  detectors the strongest finding about its originator and the strongest about its beneficiary combine: a transfer that
  stands out in the history of both its ends stands out twice. One finding about both counts once.
* **accounts**, by *ends*: an account gets the score of the strongest finding with an evidence transaction, dated in the
  window, of which it is an end. This is what the answers call positive, and the figure that is reported first. By
  *subjects*: only the subjects of a finding that is so present in the window get its score. In the ranking an account
  gets, by ends, the score of its strongest transaction there.
* **parties**: a party gets the score of the strongest finding that names it and is so present in the window; findings
  that rest on lists only count in the whole period. In the ranking too the strongest one counts.
* **patterns**: found by a finding whose evidence holds at least half of the pattern's transactions, each dated in the
  window. A pattern is judged in a window that holds at least half of its transactions.

In the ranking a finding counts with score times the ceiling of its strength, and the findings of one subject combine as
in `finvest.findings.ranking`. A finding keeps its score in every window that it reaches into. Withdrawn findings count
for nothing, possible victims are not ranked, and who or what has no score ranks last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from finvest.findings.ranking import CEILINGS
from finvest.findings.report import CHECK
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from finvest.findings.report import Report
    from finvest.view import CaseView

By = Literal["ends", "subjects"]

NONE = -1.0
"""Score of whatever no finding is about: below every score that there is."""

_SATURATED = 0.999  # as in the ranking
_LARGE = 1e6


@dataclass(frozen=True, slots=True)
class Suspicions:
    """Findings of one or more detectors that stand, as frames.

    Attributes
    ----------
    view : CaseView
    rows : polars.DataFrame
        ``finding`` (0 …), ``weight``, ``family``, ``indicator``; strongest first.
    evidence : polars.DataFrame
        ``finding``, ``n``: transactions, in order.
    records : polars.DataFrame
        ``finding``, ``record``: evidence of all tables, each record a number of its own.
    subjects : polars.DataFrame
        ``finding``, ``account``.
    parties : polars.DataFrame
        ``finding``, ``party``.
    most_records : int
        Numbers of records are below it.
    """

    view: CaseView
    rows: pl.DataFrame
    evidence: pl.DataFrame
    records: pl.DataFrame
    subjects: pl.DataFrame
    parties: pl.DataFrame
    most_records: int

    @classmethod
    def of(cls, view: CaseView, reports: Sequence[Report], *, weighted: bool) -> Suspicions:
        """Collect what detectors found.

        Parameters
        ----------
        view : CaseView
        reports : sequence of Report
        weighted : bool
            A finding counts with score times the ceiling of its indicator's strength, as in the ranking.
        """
        parts = [_standing(view, report, weighted=weighted) for report in reports if len(report)]
        frame = pl.concat([_EMPTY, *parts]).sort(-pl.col("weight"), "indicator", "row").with_row_index("finding")
        frame = frame.with_columns(pl.col("finding").cast(pl.Int64))
        exploded = frame.select("finding", "records").explode("records", empty_as_null=False).drop_nulls()
        subjects = frame.select("finding", account="subjects").explode("account", empty_as_null=False).drop_nulls()
        evidence = frame.select("finding", n="evidence").explode("n", empty_as_null=False).drop_nulls()
        victims = frame.select(account="victims").explode("account", empty_as_null=False).drop_nulls().unique()
        if len(victims):
            subjects = subjects.join(victims, on="account", how="anti", maintain_order="left")
        parties = frame.select("finding", party="parties").explode("party", empty_as_null=False).drop_nulls()
        spared = frame.select(party="party_victims").explode("party", empty_as_null=False).drop_nulls().unique()
        parties = parties.join(spared, on="party", how="anti", maintain_order="left")
        most = max((int(exploded["records"].max()) + 1) if len(exploded) else 1, 1)  # type: ignore[arg-type]
        rows = frame.select("finding", "weight", "family", "indicator")
        return cls(view, rows, evidence, exploded.rename({"records": "record"}), subjects, parties, most)

    def __len__(self) -> int:
        return len(self.rows)

    def transactions(self, inside: NDArray[np.bool_], *, combine: bool = False) -> NDArray[np.float64]:
        """Return the score of each transaction of the view; `NONE` for those in no evidence or out of the window.

        Parameters
        ----------
        inside : ndarray of bool, shape (transactions,)
            Which ones are dated in the window.
        combine : bool
            Combine the strongest finding about each end, as the ranking does, instead of taking the strongest of all.
        """
        score = np.full(len(inside), NONE)
        n = self.evidence["n"].to_numpy()
        np.maximum.at(score, n, self._weights(self.evidence["finding"]))
        if combine and len(self):
            about_originator, about_beneficiary = (
                self._strongest_about(side) for side in ("originator", "beneficiary")
            )
            both = (about_originator != about_beneficiary) & (about_originator >= 0) & (about_beneficiary >= 0)
            weights = self.rows["weight"].to_numpy()
            ends = 1 - (1 - weights[about_originator]) * (1 - weights[about_beneficiary])
            score[both] = np.maximum(score[both], ends[both])
        score[~inside] = NONE
        return np.round(score, 9).astype(np.float64)

    def _strongest_about(self, side: str) -> NDArray[np.int64]:
        """Return for each transaction the strongest finding that holds it and is about one of its ends, else −1."""
        tx = self.view.frame("transactions", "originator", "beneficiary")
        held = self.evidence.with_columns(account=tx[side].gather(self.evidence["n"]).cast(pl.Int64))
        held = held.join(self.subjects.cast({"account": pl.Int64}), on=["finding", "account"], how="semi")
        best = held.group_by("n").agg(pl.col("finding").min())  # findings are numbered from the strongest down
        strongest = np.full(len(tx), -1, np.int64)
        strongest[best["n"].to_numpy()] = best["finding"].to_numpy()
        return strongest

    def accounts(self, inside: NDArray[np.bool_], by: By = "ends", *, combine: bool = False) -> NDArray[np.float64]:
        """Return the score of each account of the view; `NONE` for those that no finding in the window is about.

        Parameters
        ----------
        inside : ndarray of bool, shape (transactions,)
            Which transactions are dated in the window.
        by : {"ends", "subjects"}
            Ends of evidence, or subjects of findings.
        combine : bool
            As the ranking does: by subjects, combine an account's findings; by ends, take its strongest transaction.
        """
        if combine and by == "ends":
            return self._of_transactions(self.transactions(inside, combine=True))
        about = self._about(inside, by)
        score = np.full(len(self.view.frame("accounts")), NONE)
        account, finding = about["account"].to_numpy(), about["finding"].to_numpy()
        if not combine:
            np.maximum.at(score, account, self._weights(about["finding"]))
        elif len(about):
            first = np.flatnonzero(np.diff(account, prepend=-1))
            score[account[first]] = self._combined(np.append(first, len(account)), finding)
        return score

    def of_parties(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the score of each party of the view; `NONE` for those that no finding in the window names.

        Parameters
        ----------
        inside : ndarray of bool, shape (transactions,)
            Which transactions are dated in the window.
        """
        score = np.full(0 if self.view.lacks(["parties"]) else len(self.view.frame("parties")), NONE)
        named = self.parties.join(self._present(inside), on="finding", how="semi", maintain_order="left")
        np.maximum.at(score, named["party"].to_numpy(), self._weights(named["finding"]))
        return score

    def _present(self, inside: NDArray[np.bool_]) -> pl.DataFrame:
        """Return the findings with evidence in a window; findings that rest on other tables only have no date."""
        if inside.all():
            return self.rows.select("finding")
        return self.evidence.filter(pl.Series(inside[self.evidence["n"].to_numpy()])).select("finding").unique()

    def _of_transactions(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        score = np.full(len(self.view.frame("accounts")), NONE)
        tx = self.view.frame("transactions", "originator", "beneficiary")
        for side in ("originator", "beneficiary"):
            np.maximum.at(score, tx[side].to_numpy(), weights)
        return score

    def _combined(self, starts: NDArray[np.int64], finding: NDArray[np.int64]) -> NDArray[np.float64]:
        from finvest.evaluate.combine import combined

        families = self.rows["family"].rank("dense").to_numpy().astype(np.int64)
        counts = np.bincount(self.records["finding"].to_numpy(), minlength=len(self))
        score, count, total = combined(
            starts.astype(np.int64),
            finding.astype(np.int64),
            self.rows["weight"].to_numpy().astype(np.float64),
            families,
            np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
            self.records["record"].to_numpy().astype(np.int64),
            self.most_records,
            int(families.max()) + 1,
        )
        rounded = np.round(score, 9)
        # Where the top saturates, independent families decide, then the sum of contributions.
        whole: NDArray[np.float64] = np.where(score >= _SATURATED, 1 + count + np.round(total, 9) / _LARGE, rounded)
        return whole

    def _about(self, inside: NDArray[np.bool_], by: By) -> pl.DataFrame:
        """Return which finding is about which account in a window, by account, strongest finding first."""
        present = self.evidence.filter(pl.Series(inside[self.evidence["n"].to_numpy()]))
        if by == "subjects":
            pairs = self.subjects.join(self._present(inside), on="finding", how="semi")
        else:
            tx = self.view.frame("transactions", "originator", "beneficiary")
            n = present["n"]
            sides = [tx[side].gather(n).cast(pl.Int64) for side in ("originator", "beneficiary")]
            pairs = pl.concat(pl.DataFrame({"finding": present["finding"], "account": side}) for side in sides)
        return pairs.unique().sort("account", "finding")  # findings are numbered from the strongest down

    def _weights(self, findings: pl.Series) -> NDArray[np.float64]:
        weights: NDArray[np.float64] = self.rows["weight"].gather(findings).to_numpy()
        return weights

    def patterns(self, members: pl.DataFrame, kinds: Mapping[str, str], inside: NDArray[np.bool_]) -> pl.DataFrame:
        """Return which patterns were found in a window.

        Parameters
        ----------
        members : polars.DataFrame
            ``pattern``, ``n``: patterns, or look-alikes, of `finvest.evaluate.answers.Answers`.
        kinds : mapping of str to str
            Pattern to its kind.
        inside : ndarray of bool, shape (transactions,)
            Which transactions are dated in the window.

        Returns
        -------
        polars.DataFrame
            ``pattern``, ``kind``, ``size`` (its transactions dated in the window), ``covered`` (most of them in one
            finding), ``found``, ``place`` (of the strongest finding that found it, from 1; equal ones share the last).
        """
        here = pl.Series(inside[members["n"].to_numpy()])
        size = members.with_columns(here=here).group_by("pattern").agg(all=pl.len(), size=pl.col("here").sum())
        size = size.filter(pl.col("size") * 2 >= pl.col("all"), pl.col("size") > 0).select("pattern", "size")
        place = self.rows.select("finding", place=(-pl.col("weight")).rank("max").cast(pl.Int64))
        covered = (
            self.evidence.filter(pl.Series(inside[self.evidence["n"].to_numpy()]))
            .with_columns(pl.col("n").cast(pl.Int64))
            .join(members.with_columns(pl.col("n").cast(pl.Int64)), on="n")
            .group_by("finding", "pattern")
            .agg(covered=pl.len())
            .join(size, on="pattern")
            .join(place, on="finding")
            .group_by("pattern")
            .agg(
                pl.col("covered").max(),
                place=pl.col("place").filter(pl.col("covered") * 2 >= pl.col("size")).min(),
            )
        )
        kind = pl.col("pattern").replace_strict(dict(kinds), default="", return_dtype=pl.String)
        return (
            size.join(covered, on="pattern", how="left")
            .with_columns(kind=kind, covered=pl.col("covered").fill_null(0), found=pl.col("place").is_not_null())
            .select("pattern", "kind", "size", "covered", "found", "place")
            .sort("kind", "pattern")
        )


_NUMBERS = pl.List(pl.Int64)
_EMPTY = pl.DataFrame(
    schema={
        "row": pl.Int64,
        "weight": pl.Float64,
        "family": pl.String,
        "indicator": pl.String,
        "evidence": _NUMBERS,
        "records": _NUMBERS,
        "subjects": _NUMBERS,
        "victims": _NUMBERS,
        "parties": _NUMBERS,
        "party_victims": _NUMBERS,
    }
)


def _standing(view: CaseView, report: Report, *, weighted: bool) -> pl.DataFrame:
    """Return a detector's rows that are not withdrawn."""
    card, rows = report.detector.card, report.rows
    clears = [pl.col(CHECK + c.name).fill_null(value=False) for c in card.counter_checks if c.keeps == 0]
    rows = rows.with_row_index("row").filter(~pl.any_horizontal(pl.lit(value=False), *clears))
    none = pl.lit([], _NUMBERS)
    records = []
    for table in sorted({c.partition("_")[2] or "transactions" for c in rows.columns if c.split("_")[0] == "evidence"}):
        column = "evidence" if table == "transactions" else f"evidence_{table}"
        records.append(pl.col(column).cast(_NUMBERS).list.eval(pl.element() + _offset(view, table)))
    subjects: dict[str, list[pl.Expr]] = {"account": [], "party": []}
    hidden: dict[str, list[pl.Expr]] = {"account": [], "party": []}
    for column, (kind, usual) in card.roles.items():
        said = pl.col(f"{column}_role") if f"{column}_role" in rows.columns else pl.lit(None, pl.String)
        role, members = said.fill_null(pl.lit(usual)), pl.col(column).cast(_NUMBERS)
        subjects[kind].append(members)
        hidden[kind].append(pl.when(role == "possible_victim").then(members).otherwise(none))

    def joined(lists: list[pl.Expr]) -> pl.Expr:
        # No member of a role is none, and must not blank the others.
        return pl.concat_list(one.fill_null(none) for one in lists) if lists else none

    ceiling = CEILINGS[card.strength] if weighted else 1.0
    return rows.select(
        pl.col("row").cast(pl.Int64),
        weight=pl.col("score").cast(pl.Float64) * ceiling,
        family=pl.lit(card.family),
        indicator=pl.lit(card.id),
        evidence=pl.col("evidence").cast(_NUMBERS) if "evidence" in rows.columns else none,
        records=pl.concat_list(records) if records else none,
        subjects=joined(subjects["account"]),
        victims=joined(hidden["account"]),
        parties=joined(subjects["party"]),
        party_victims=joined(hidden["party"]),
    )


def _offset(view: CaseView, table: str) -> int:
    """Return the number from which the records of a table count, so that no two tables share one."""
    before = 0
    for name in ("transactions", *(t for t in TABLES if t != "transactions")):
        if name == table:
            break
        before += 0 if view.lacks((name,)) else len(view.frame(name))
    return before
