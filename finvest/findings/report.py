"""What one detector found in one view: a frame inside, findings when somebody iterates."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.finding import Checked, Finding, Result, Subject, finding_id
from finvest.findings.returned import TABLE
from finvest.findings.wording import fill, names, period, sums
from finvest.model.errors import ContractError
from finvest.model.subjects import known_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.findings.card import Card, CounterCheck
    from finvest.findings.detector import Detector
    from finvest.view import CaseView

CHECK = "check "
"""Prefix of the columns that hold the results of counter-checks."""

_OWN = (
    "start", "end", "first_day", "last_day", "amounts", "amount_base", "rate_sources", "score", "found_score",
    "not_assessable",
)  # fmt: skip


class Report:
    """What one detector found in one view.

    Attributes
    ----------
    detector : Detector
    view : CaseView
    rows : polars.DataFrame
        One row a suspicion, withdrawn ones (score 0) included.
    gaps : polars.DataFrame
        Rows that could not be judged, with the reason in ``not_assessable``.
    not_assessable : str or None
        Why nothing can be said on this case.
    """

    def __init__(
        self, detector: Detector, view: CaseView, rows: pl.DataFrame, not_assessable: str | None = None
    ) -> None:
        self.detector, self.view, self.not_assessable = detector, view, not_assessable
        gap = pl.col("not_assessable").is_not_null()
        self.gaps = rows.filter(gap) if rows.width else rows
        self.rows = rows.filter(~gap) if rows.width else rows

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        state = self.not_assessable or f"{len(self.rows)} suspicions"
        return f"<Report {self.detector.card.id}: {state}>"

    def __iter__(self) -> Iterator[Finding]:
        columns = [c for c in self.rows.columns if c.split("_")[0] == "evidence"]
        tables = {c: c.partition("_")[2] or "transactions" for c in columns}
        found = {table: self.view.records_of(table, self.rows[c]) for c, table in tables.items()}
        parameters = self.detector.get_params()
        for place, row in enumerate(self.rows.iter_rows(named=True)):
            evidence = {table: ids[place] for table, ids in found.items() if ids[place]}
            yield self._finding(row, evidence, parameters)

    def victims(self) -> pl.DataFrame:
        """Return whom the rows that stand hold for a possible victim: ``kind``, ``id``."""
        card, found = self.detector.card, [pl.DataFrame(schema={"kind": pl.String, "id": pl.String})]
        cleared = [pl.col(CHECK + c.name).fill_null(value=False) for c in card.counter_checks if c.keeps == 0]
        for column, (kind, role) in card.roles.items() if len(self.rows) else ():
            refined = f"{column}_role"
            said = pl.coalesce(refined, pl.lit(role)) if refined in self.rows.columns else pl.lit(role)
            rows = self.rows.filter(~pl.any_horizontal(*cleared, pl.lit(value=False)), said == "possible_victim")
            numbers = rows[column].explode(empty_as_null=False).unique().sort()
            if len(numbers):
                ids = self.view.frame(TABLE[kind], kind)[kind].gather(numbers)
                found.append(pl.DataFrame({"kind": [kind] * len(ids), "id": ids}))
        return pl.concat(found).unique().sort("kind", "id")

    def unjudged(self) -> tuple[str, ...]:
        """Say of each row that could not be judged, whom it is about and why."""
        return tuple(
            f"{names([s.label for s in self._subjects(row)])}: {row['not_assessable']}"
            for row in self.gaps.iter_rows(named=True)
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the rows."""
        return self.rows

    def _finding(
        self, row: dict[str, Any], evidence: dict[str, tuple[str, ...]], parameters: dict[str, Any]
    ) -> Finding:
        card = self.detector.card
        withdrawn = any(c.keeps == 0 and row[CHECK + c.name] for c in card.counter_checks)
        subjects = tuple(self._subjects(row, withdrawn=withdrawn))
        numbers = {c.partition("_")[2] or "transactions": row[c] for c in row if c.split("_")[0] == "evidence"}
        checks = tuple(_checked(c, row[CHECK + c.name]) for c in card.counter_checks)
        amounts = tuple((a["currency"], a["amount"]) for a in row["amounts"] or ())
        gone = {*_OWN, *card.roles, *(c for c in row if c.startswith(("evidence", CHECK)) or c.endswith("_role"))}
        facts = {c: v for c, v in row.items() if c not in gone}
        if any(s.role == "possible_victim" for s in subjects):
            facts = {c: self._cleared(v, subjects) for c, v in facts.items()}
        base = None
        if row.get("amount_base") is not None and self.view.base is not None:
            base = (self.view.base, row["amount_base"])
            facts |= {"base_currency": base[0], "amount_base": base[1], "rate_sources": row["rate_sources"]}
        words = {
            **parameters,
            **facts,
            **{role: names([s.label for s in subjects if s.column == role]) for role in card.roles},
            "start": row["first_day"],
            "end": row["last_day"],
            "period": period((row["first_day"], row["last_day"]) if row["first_day"] else None),
            "amounts": sums(amounts, base),
            "score": row["score"],
        }
        return Finding(
            id=finding_id(card, parameters, subjects, evidence),
            card=card,
            parameters=parameters,
            subjects=subjects,
            start=row["start"],
            end=row["end"],
            days=None if row["first_day"] is None else (row["first_day"], row["last_day"]),
            amounts=amounts,
            base=base,
            score=row["score"],
            found_score=row["found_score"],
            withdrawn=withdrawn,
            evidence=evidence,
            movements=tuple(numbers.get("transactions", ())),
            facts=facts,
            checks=checks,
            sentence=_told(card, words),
        )

    def _cleared(self, fact: Any, subjects: tuple[Subject, ...]) -> Any:  # noqa: ANN401
        """Return a fact without the names and numbers of possible victims among its subjects."""
        if isinstance(fact, list):
            return [self._cleared(one, subjects) for one in fact]
        if isinstance(fact, str):
            for s in subjects:
                for part in known_by(self.view.hidden.get((s.kind, s.id), "")):
                    fact = re.sub(re.escape(part).replace(r"\ ", r"\s+"), s.label, fact, flags=re.IGNORECASE)
        return fact

    def _subjects(self, row: dict[str, Any], *, withdrawn: bool = False) -> Iterator[Subject]:
        for column, (kind, role) in self.detector.card.roles.items():
            refined = row.get(f"{column}_role") or role  # a row may know more than the card
            if withdrawn:
                refined = "undetermined"  # the hypothesis falls with its finding
            for number in row[column]:
                of_victim = self.view.is_victims(kind, number)
                hypothesis = "possible_victim" if of_victim else refined
                yield Subject(column, kind, self.view.id_of(kind, number), hypothesis, self.view.label(kind, number))


def _told(card: Card, words: dict[str, Any]) -> str:
    try:
        return fill(card.sentence, words)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        # A KeyError's text is a name in the card; the others' can be of the data.
        why = f"has no {error}" if isinstance(error, KeyError) else f"cannot be filled ({type(error).__name__})"
        raise ContractError(f"{card.id}: the sentence {why}; look() returns what it may use") from error


@cache
def _checked(check: CounterCheck, held: bool | None) -> Checked:  # noqa: FBT001
    """Return what became of a check: one object for all findings."""
    result: Result = "to ask" if held is None else "present" if held else "absent"
    return Checked(check.name, check.explanation, check.ask, result)
