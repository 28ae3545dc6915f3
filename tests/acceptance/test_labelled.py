"""The labelled sets: loaded whole, and average precision equal to a plain count on the same scores."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from finvest.evaluate.evaluation import RANKING, evaluate
from finvest.evaluating import labelled_set
from finvest.registry import Registry
from finvest.scoring import chosen

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ReportRow

FOLDER = "labelled"
ONLY = ("GRF-01", "GRF-02")

SETS = {
    "amlsim_dev": {"rows": 257_916, "moved": 257_916, "tx": 1_425, "test_tx": 353, "accounts": 1_367, "test": 326},
    "gentex_a": {"rows": 1_485_031, "moved": 117_937, "tx": 2_286, "test_tx": 323, "accounts": 575, "test": 216},
    "hybrid_a": {"rows": 1_483_862, "moved": 116_768, "tx": 1_117, "test_tx": 345, "accounts": 1_197, "test": 302},
}
"""What `labels_stats.json` of each set says."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_set_is_loaded_whole_and_measured_as_by_hand(name: str, acceptance_data: Path, report_row: ReportRow) -> None:
    folder, expected = acceptance_data / FOLDER / name, SETS[name]
    registry = Registry()
    of = labelled_set(folder, registry)
    done = evaluate(name, of.view, of.answers, chosen(registry, ONLY, None), resamples=50, beside=False)
    ask = of.answers.question
    got = {
        "moved": len(ask("transactions", "all")),
        "tx": ask("transactions", "all").positives,
        "test_tx": ask("transactions", "test").positives,
        "accounts": ask("accounts", "all").positives,
        "test": ask("accounts", "test").positives,
    }
    ours = {(m.task, m.window): m.ap for m in done.measured if m.method == RANKING}
    plain = {}
    for task in ("accounts", "transactions"):
        labels = _labels(folder / f"labels_{task}.csv.gz")
        for window in ("test", "all"):
            score = dict(done.scores[RANKING, task, window].iter_rows())
            plain[task, window] = _average_precision(labels[window], score)
    # What is no movement of the view: zero amounts.
    lost = expected["rows"] - len(of.view.frame("transactions"))
    right = got == {k: v for k, v in expected.items() if k != "rows"} and lost in {0, 26}
    right = right and ours == pytest.approx(plain, abs=1e-12)
    told = ", ".join(f"{task} {window} AP {ap:.3f}" for (task, window), ap in ours.items())
    report_row(
        FOLDER,
        name,
        f"{expected['rows']:,} rows, AP by hand",
        f"{told}; {lost} zero amounts",
        "as expected" if right else "WRONG",
    )
    assert right, (got, lost, ours, plain)


def _labels(path: Path) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for id_, window, label, *_ in rows:
            found[window][id_] = label == "1"
            if path.name == "labels_transactions.csv.gz":
                found["all"][id_] = label == "1"
    return found


def _average_precision(labels: dict[str, bool], score: dict[str, Any]) -> float:
    """One threshold for each distinct score; who has none ranks last."""
    by_score: dict[float, list[bool]] = defaultdict(list)
    for id_, positive in labels.items():
        by_score[score.get(id_, float("-inf"))].append(positive)
    positives = sum(labels.values())
    called = hits = 0
    total = 0.0
    for threshold in sorted(by_score, reverse=True):
        new = sum(by_score[threshold])
        called, hits = called + len(by_score[threshold]), hits + new
        total += new / positives * hits / called
    return total
