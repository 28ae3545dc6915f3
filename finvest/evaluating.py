"""Labelled sets from folders and cases, ready for `finvest.evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.evaluate.answers import ALL, Answers
from finvest.evaluate.evaluation import evaluate
from finvest.model.errors import DataError, UsageError
from finvest.model.instants import local_days
from finvest.model.packed import packed
from finvest.model.records import Batch, Source
from finvest.model.tables import HIDDEN, INSTANT, TABLES, table
from finvest.pairing.movements import movement_parts, movements
from finvest.view import CaseView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.matching import Matched
    from finvest.registry import Registry
    from finvest.scoring import Findings

LOADER = "labelled"
"""Loader of the files in a folder that is a set."""

_ONCE = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
_NOT_READ = (".txt", ".json", ".md", ".py")
"""Files beside the data that say what they are."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set: what detectors see of it, and its answers.

    Attributes
    ----------
    name : str
    view : CaseView
    answers : Answers
    dated : bool
        Times were cut to dates.
    """

    name: str
    view: CaseView
    answers: Answers
    dated: bool

    def false_alarms(self, findings: Findings) -> list[Finding]:
        """Return the findings that stand and hold no transaction of a planted pattern, strongest first."""
        question = self.answers.question("transactions", ALL)
        planted = {int(n) for n, true in zip(question.number, question.truth, strict=True) if true}
        return [f for f in findings if not planted & set(f.movements)]


def average_precision(detector: Detector, sets: Sequence[LabelledSet], _: object = None) -> float:
    """Return the average precision of a detector for transactions over whole sets: a scorer for scikit-learn.

    ``GridSearchCV(detector, grid, scoring=average_precision, cv=[([0], [0])]).fit([a_set])`` tunes parameters on a set;
    report what comes of it on another one.

    Parameters
    ----------
    detector : Detector
    sets : sequence of LabelledSet
    """
    measured = [
        evaluate(s.name, s.view, s.answers, [detector], windows=(ALL,), resamples=1, beside=False) for s in sets
    ]
    return sum(e.one(detector.card.id, "transactions", ALL).ap for e in measured) / len(measured)


def labelled_set(
    folder: Path, registry: Registry, *, dated: bool = False, progress: Callable[[str], None] | None = None
) -> LabelledSet:
    """Read a folder with a labelled set: each file by its own run of the loader `labelled`, none into a case.

    Parameters
    ----------
    folder : pathlib.Path
    registry : Registry
    dated : bool
        Cut times to dates.
    progress : callable, optional
        Told what is being worked on.

    Raises
    ------
    UsageError
        If there is no such folder.
    DataError
        If it holds no transactions, records that can't be read, or answers that do not fit.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder")
    loader = registry.loader(LOADER)
    frames: dict[str, list[pl.DataFrame]] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith(".") or path.suffix in _NOT_READ:
            continue
        if progress is not None:
            progress(f"reading {folder.name}/{path.name}")
        for item in loader.read(Source.of(path)):
            if isinstance(item, Batch):
                frames.setdefault(item.table, []).append(item.frame)
    tables = {name: pl.concat(parts) for name, parts in frames.items()}
    frames.clear()
    if "transactions" not in tables:
        raise DataError(f"{folder.name}: there are no transactions; a labelled set has a transactions.parquet")
    if "quarantine" in tables:
        lost = tables["quarantine"]
        raise DataError(
            f"{folder.name}: {len(lost):,} records cannot be read ({', '.join(sorted(set(lost['reason'])))}); "
            "measures on the rest would be those of another set"
        )
    if "labels" not in tables:
        raise DataError(f"{folder.name}: there are no answers; a labelled set has labels_*.csv.gz beside its data")
    records = tables.pop("transactions")
    moved = unpaired(dates_only(records) if dated else records)
    ids = records["transaction_id"]
    del records
    return prepared(folder.name, moved, tables, ids, dated=dated)


def prepared(
    name: str, moved: pl.LazyFrame, tables: dict[str, pl.DataFrame], records: pl.Series, *, dated: bool
) -> LabelledSet:
    """Make a set of movements and tables, the answers among them."""
    view = CaseView(moved, {n: f for n, f in tables.items() if n not in HIDDEN and n != "transactions"})
    return LabelledSet(name, view, Answers(tables["labels"], view, records), dated)


def case_set(name: str, matched: Matched, tables: dict[str, pl.DataFrame], *, dated: bool = False) -> LabelledSet:
    """Make a set of a case that has labels."""
    if "labels" not in tables:
        raise DataError("this case has no labels; load the label files of the set into it")
    moved = matched.movements
    if dated:
        moved = movements(dates_only(matched.transactions.collect()), matched.duplicates, matched.pairs).lazy()
    ids = matched.transactions.select("transaction_id").collect().to_series()
    return prepared(name, moved, tables, ids, dated=dated)


def unpaired(records: pl.DataFrame) -> pl.LazyFrame:
    """Return the movements of records that show both sides, each once; kept compressed, so that memory lasts."""
    return packed(part.sort("movement") for part in movement_parts(records, _ONCE, TABLES["pairs"].empty()))


def dates_only(records: pl.DataFrame) -> pl.DataFrame:
    """Return transactions with their times cut to the dates that the books show."""
    from finvest.reading.written import placed

    zone = records["zone"].fill_null("UTC")
    days = local_days(records.select("booked_at", zone=zone)).cast(pl.Datetime("us"))
    return table("transactions").complete(
        records.with_columns(booked_at=placed(days, zone).cast(INSTANT), precision=pl.lit("date"))
    )
