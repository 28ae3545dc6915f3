from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.counting import closed_cycles, degrees, exact_graph, fans, scatter_gather  # noqa: E402
from benchmarks.generate import DAY, PATTERNS, generate  # noqa: E402
from benchmarks.results import document, growth, plot, ratios  # noqa: E402
from benchmarks.tracing import beside_fractions, followed, question  # noqa: E402
from benchmarks.written import balances, transactions  # noqa: E402


def digest(records: Any) -> str:
    columns = records.columns()
    return hashlib.sha256(b"".join(columns[name].tobytes() for name in sorted(columns))).hexdigest()


def test_the_same_arguments_give_the_same_records() -> None:
    assert digest(generate(3_000)) == digest(generate(3_000))
    assert digest(generate(3_000)) != digest(generate(3_000, seed=8))


def test_every_pattern_is_planted_and_records_stand_in_order_of_time() -> None:
    records = generate(3_000)
    assert len(records) == 3_000
    assert set(records.pattern) == set(range(len(PATTERNS)))
    assert (np.diff(records.time) >= 0).all()
    assert (records.sender != records.receiver).all()


def test_copies_have_nothing_to_do_with_each_other() -> None:
    records = generate(4_000, copies=4)
    one = generate(1_000)
    assert records.accounts == 4 * one.accounts
    assert len(records) == 4 * len(one)
    assert np.bincount(records.sender).max() == np.bincount(one.sender).max()
    bank, each = records.accounts - records.cash_points, one.accounts - one.cash_points

    def copy(number: Any) -> Any:
        return np.where(number < bank, number // each, (number - bank) // one.cash_points)

    assert (copy(records.sender) == copy(records.receiver)).all()


def test_balances_add_up() -> None:
    frame = balances(generate(2_000))
    assert (frame["opening"] + frame["movements"] == frame["closing"]).all()
    assert (frame["closing"] > 0).all()


def test_tables_have_the_columns_of_the_model() -> None:
    from finvest.model.tables import TABLES

    frame = transactions(generate(2_000))
    assert all(frame.schema[c] == TABLES["transactions"].schema[c] for c in frame.columns)
    assert frame["city"].null_count() < len(frame)
    assert set(frame["precision"]) == {"second", "date"}
    assert frame.select(pl.col("channel").n_unique()).item() == 6


def test_counts_of_every_transaction_are_what_a_plain_search_finds() -> None:
    records = generate(600, each=20)
    graph = exact_graph(records)
    fan, degree = fans(graph, DAY, 2), degrees(graph, DAY, 2)
    sides = list(zip(records.sender.tolist(), records.receiver.tolist(), records.time.tolist(), strict=True))
    paths = np.zeros((len(sides), 29), np.int64)
    rounds = np.zeros(len(sides), np.int64)
    for e, (a, b, now) in enumerate(sides):
        recent = [(s, r, t) for s, r, t in sides[: e + 1] if t > now - DAY]
        came = [s for s, r, _ in recent if r == b]
        went = [r for s, r, _ in recent if s == a]
        assert fan[:, e].tolist() == [len(set(came)), len(set(went))]
        assert degree[:, e].tolist() == [len(came), len(went)]
        window = {(s, r) for s, r, t in sides[: e + 1] if t >= now - DAY and s != r}
        pays = {s: {r for q, r in window if q == s} for s, _ in window}
        sources = {s for s in pays if a in pays[s] and s != b}
        sinks = pays.get(b, set()) - {a}
        for s, d in [(s, b) for s in sources] + [(a, d) for d in sinks]:
            middles = sum(m not in (s, d) and d in pays.get(m, set()) for m in pays[s])
            if middles >= 2:
                paths[e, min(middles, 30) - 2] += 1
        rounds[e] = any(s == b and r == a and now - DAY <= t < now for s, r, t in sides[:e])
    assert (scatter_gather(graph, DAY, 30, 2) == paths).all()
    assert (closed_cycles(graph, DAY, 3, 1)[:, 0] == rounds).all()


def test_no_ratio_without_equal_results() -> None:
    row = {"work": "fan", "peer": "other", "cpu": 1.0, "wall": 1.0, "peer_cpu": 90.0, "peer_wall": 90.0}
    told = ratios([row | {"ratio_cpu": 90.0, "ratio_wall": 90.0, "spread": [80.0, 95.0]}])
    assert "| reached |" in told
    assert "missed by 10 %" in ratios([row | {"ratio_cpu": 72.0, "ratio_wall": 72.0, "spread": [70.0, 75.0]}])
    assert "no ratio" in ratios([row | {"ratio_cpu": None, "ratio_wall": None, "spread": [1.0, 1.0]}])


def test_claims_are_followed_and_agree_with_fractions() -> None:
    ledger, claims = question(generate(1_000))
    assert claims.number == 10
    assert (ledger.opening > 0).all()
    report = followed(1_000, rounds=1)
    assert len(report["steps"]) == 9
    assert all(step["found"] > 0 for step in report["steps"])
    beside = beside_fractions(1_000, rounds=1)
    assert len(beside["rows"]) == 6
    assert all(row["ratio_cpu"] is not None for row in beside["rows"])
    machine: dict[str, object] = {
        "versions": {},
        "memory_gib": None,
        "processor": "p",
        "cores": 1,
        "system": "s",
        "python": "3",
    }
    text = document(
        {"machine": machine | {"load_before": None}, "tracing": {"1,000 transactions": report}, "fractions": beside}
    )
    assert "follow, pro_rata" in text
    assert "plain replay, fractions" in text


def test_growth_and_plot() -> None:
    step = {"step": "a < b", "wall": 1.0, "peak": 1, "found": 1}
    series = {
        "small": {"transactions": 10, "steps": [step | {"cpu": 1.0}]},
        "large": {"transactions": 100, "steps": [step | {"cpu": 20.0}]},
    }
    assert "| 2 |" in growth(series)
    assert "a &lt; b" in plot(series, "growth")


@pytest.mark.slow
def test_the_short_benchmark_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--size", "short", "--only", "runs", "--whole", "3000"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=ROOT, env=os.environ.copy(), capture_output=True, text=True, check=True
    )
    assert "Not assessable: none." in done.stdout
    assert (tmp_path / "results-short.json").is_file()
