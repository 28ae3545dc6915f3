"""What is measured in a process of its own: ``python -m benchmarks.tasks TASK JSON`` reports one line of JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.generate import DAY, Records, generate
from benchmarks.measure import Meter, timed
from benchmarks.written import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.case import Case
    from finvest.graph import MoneyGraph


def files(folder: str, parquet: bool = False, lists: bool = True, **how: Any) -> dict[str, Any]:  # noqa: FBT001, FBT002 - from JSON
    """Write the records that another task reads; without lists of people and companies where nobody asks for them."""
    records = generate(**how)
    write(records, Path(folder), parquet=parquet, lists=lists)
    return {"transactions": len(records), "bytes": sum(f.stat().st_size for f in Path(folder).iterdir())}


def new_case(folder: Path) -> Case:
    from finvest.case import Case

    return Case.create(folder, title="Benchmark", purpose="measuring", legal_basis="none: made up", actor="benchmark")


def load(folder: str, suffix: str) -> dict[str, Any]:
    """Load accounts, balances and transactions into a new case."""
    meter = Meter()
    with tempfile.TemporaryDirectory() as there:
        with meter.step("start: import finvest, make a case"):
            case = new_case(Path(there) / "case")
        _load(case, Path(folder), suffix, meter)
    return {"steps": meter.steps}


def _load(case: Case, folder: Path, suffix: str, meter: Meter) -> None:
    lists = sorted(
        f.name for f in folder.iterdir() if f.suffix == ".csv" and f.stem not in {"accounts", "transactions"}
    )
    for name in ("accounts.csv", *lists, f"transactions.{suffix}"):
        with meter.step(f"load {name}") as row:
            done = case.load(folder / name, table=name.partition(".")[0])
            row["found"] = done.tally.loaded
            if done.tally.quarantined:
                raise ValueError(f"{done.tally.quarantined} records of {name} were not loaded")


def whole_run(folder: str, suffix: str, families: list[str] | None = None) -> dict[str, Any]:
    """From files to ranked findings of all detectors, or of some families, step by step."""
    meter = Meter()
    with tempfile.TemporaryDirectory() as there:
        with meter.step("start: import finvest, make a case"):
            case = new_case(Path(there) / "case")
        _load(case, Path(folder), suffix, meter)
        with meter.step("matching: coverage, duplicates, pairs, movements") as row:
            row["found"] = movements = case.matched.movements.select(pl.len()).collect().item()
        found, missing = _look(case, meter, families)
    return {"steps": meter.steps, "findings": found, "not_assessable": missing, "transactions": movements}


def _look(case: Case, meter: Meter, families: list[str] | None) -> tuple[dict[str, int], dict[str, str]]:
    from finvest.scoring import score

    with meter.step("view"):
        view = case.view()
    with meter.step("graph") as row:
        row["found"] = view.graph.edges
        _ = view.graph.outgoing, view.graph.incoming
    every = case.registry.detectors().values()
    detectors = [cls() for cls in every if not families or cls.card.family in families]
    reports = []
    counts: dict[str, int] = {}
    for place, detector in enumerate(detectors):
        if place and detector.card.family != detectors[place - 1].card.family:
            view.forget(graph=False)  # as `finvest.scoring.score` does
        with meter.step(f"detector {detector.card.id} {detector.card.title}") as row:
            reports.append(detector.detect(view))
            row["found"] = len(reports[-1])
        counts[detector.card.id] = len(reports[-1])
        print(f"  {detector.card.id} {row['wall']:.1f} s, {row['found']} findings", file=sys.stderr)
    with meter.step("ranking, findings kept") as row:
        ready = [_Ready(detector.card, report) for detector, report in zip(detectors, reports, strict=True)]
        findings = score(view, ready)  # type: ignore[arg-type]
        case._store.replace("findings", findings.to_frame())
        row["found"] = len(findings.ranking.to_frame())
    return counts, findings.not_assessable


class _Ready:
    """A detector that has looked already."""

    def __init__(self, card: object, report: object) -> None:
        self.card, self.report = card, report

    def detect(self, _: object) -> object:
        return self.report


# ---- kernels


def graph_of(records: Records) -> MoneyGraph:
    """Return the graph of records; what is known by its day can have happened at any instant of it."""
    from finvest.graph import MoneyGraph

    earliest = np.where(records.dated, records.time // DAY * DAY, records.time)
    latest = np.where(records.dated, earliest + DAY - 1, records.time)
    order = np.lexsort((latest, earliest))
    return MoneyGraph.from_arrays(
        accounts=records.accounts,
        originator=records.sender[order],
        beneficiary=records.receiver[order],
        earliest=earliest[order],
        latest=latest[order],
        amount=records.amount[order],
        currency=records.currency[order],
    )


def kernel_runs(graph: MoneyGraph, cash_points: int, threads: int) -> dict[str, Callable[[], Any]]:
    """Return the kernels with what they are asked, each returning how much it found."""
    from finvest.graph.blocks import blocks
    from finvest.graph.bursts import bursts
    from finvest.graph.chains import chains
    from finvest.graph.cycles import cycles
    from finvest.graph.fans import fans
    from finvest.graph.forwarded import forwarded
    from finvest.graph.gather_scatter import gather_scatter
    from finvest.graph.index import build_index
    from finvest.graph.lots import fifo_lots, pass_through
    from finvest.graph.two_hop import parallel_middles, two_hop

    skip = np.arange(graph.accounts) >= graph.accounts - cash_points
    ends = (graph.accounts, graph.originator, graph.beneficiary, graph.earliest, graph.latest)
    common: dict[str, Any] = {"window": DAY, "threads": threads}
    weight = np.full(graph.edges, 1_000_000, np.int64)
    member = np.ones(graph.edges, np.bool_)
    rules: dict[str, Any] = {"windows": (DAY, 3 * DAY), "through": DAY, "reach": 3 * DAY, "rate": 1e-12}
    return {
        "index, one side": lambda: len(build_index(*ends).edge),
        "fans in, ≥ 5": lambda: len(fans(graph, side="in", least=5, **common)),
        "pass-through by amount, 90 %": lambda: len(forwarded(graph, share=90, **common)),
        "lots, first in first out": lambda: len(fifo_lots(graph, order="possible", threads=threads)),
        "pass-through by lots": lambda: len(pass_through(graph, order="possible", **common)),
        "cycles of 3-6, value kept": lambda: len(cycles(graph, longest=6, keep=(80, 102), skip=skip, **common)),
        "cycles of 3-4, any value": lambda: len(cycles(graph, longest=4, skip=skip, **common)),
        "chains, ≥ 5, value kept": lambda: len(chains(graph, keep=(80, 102), hops=5, skip=skip, **common)),
        "parallel two-hop paths, ≥ 3": lambda: len(two_hop(graph, least=3, skip=skip, **common)),
        "parallel middles of each edge": lambda: int(
            parallel_middles(graph, windows=[DAY], skip=skip, threads=threads)[0].astype(bool).sum()
        ),
        "gather-scatter, ≥ 3": lambda: len(gather_scatter(graph, least=3, **common)),
        "blocks, 3 × 3": lambda: len(blocks(graph, skip=skip, **common)),
        "bursts": lambda: len(
            bursts(graph, weight=weight, member=member, shortest=3 * DAY, least=40.0, threads=threads, **rules)
        ),
    }


def kernels(threads: int = 1, rounds: int = 3, **how: Any) -> dict[str, Any]:
    """Measure every kernel on the same graph: the median of the rounds after a first one, which compiles."""
    records = generate(**how)
    warm = graph_of(generate(2_000))
    for run in kernel_runs(warm, records.cash_points, threads).values():
        run()
    meter = Meter()
    with meter.step("graph from arrays") as row:
        graph = graph_of(records)
        row["found"] = graph.edges
    with meter.step("index, both sides"):
        _ = graph.outgoing, graph.incoming
    for name, run in kernel_runs(graph, records.cash_points, threads).items():
        taken = []
        with meter.step(name) as row:
            for _ in range(rounds):
                cpu, wall, row["found"] = timed(run)
                taken.append((cpu, wall))
        row["cpu"], row["wall"] = (float(np.median([t[i] for t in taken])) for i in range(2))
        print(f"  {name}: {row['cpu']:.2f} CPU-s, {row['found']} found", file=sys.stderr)
    largest = int(max(np.bincount(records.sender).max(), np.bincount(records.receiver).max()))
    return {"steps": meter.steps, "transactions": len(records), "accounts": records.accounts, "largest": largest}


def _of(module: str, name: str) -> Callable[..., dict[str, Any]]:
    def run(**how: Any) -> dict[str, Any]:
        from importlib import import_module

        report: dict[str, Any] = getattr(import_module(f"benchmarks.{module}"), name)(**how)
        return report

    return run


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "files": files,
    "load": load,
    "whole_run": whole_run,
    "kernels": kernels,
    **{name: _of("peers", name) for name in ("beside_snapml", "beside_networkx", "beside_tables")},
    **{name: _of("tracing", name) for name in ("followed", "beside_fractions")},
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
