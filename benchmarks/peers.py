"""finvest beside other tools: the same records, in turn, in one process, and no ratio unless the results agree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks import counting
from benchmarks.generate import DAY, generate
from benchmarks.measure import median, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.generate import Records

TOP = 30
"""Largest pattern with a bin of its own."""

LONGEST = 40
"""Accounts of a cycle; longer than any in the records, so that the bound changes nothing."""

CLOSE = 1e-6


def paired(work: str, agree: bool | None, runs: dict[str, Callable[[], Any]], rounds: int = 3) -> dict[str, Any]:  # noqa: FBT001
    """Time runs in turn; the first is finvest's.

    Parameters
    ----------
    work : str
    agree : bool, optional
        Whether the results were found equal elsewhere; None: compare what the runs return here.
    runs : dict of str to callable
    rounds : int
        Rounds after a first one, which is not counted.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    results: dict[str, Any] = {}
    for place in range(rounds + 1):
        for name, run in runs.items():
            cpu, wall, results[name] = timed(run)
            if place:
                taken[name].append((cpu, wall))
    ours, *others = runs
    rows = []
    same = [results[name] == results[ours] for name in others] if agree is None else [agree] * len(others)
    mine = [median([t[i] for t in taken[ours]]) for i in range(2)]
    for name, equal in zip(others, same, strict=True):
        theirs = [median([t[i] for t in taken[name]]) for i in range(2)]
        spread = [b[0] / a[0] for a, b in zip(taken[ours], taken[name], strict=True)]
        row = {
            "work": work, "peer": name, "cpu": mine[0], "wall": mine[1], "peer_cpu": theirs[0],
            "peer_wall": theirs[1], "equal": equal, "ratio_cpu": theirs[0] / mine[0] if equal else None,
            "ratio_wall": theirs[1] / mine[1] if equal else None, "spread": [min(spread), max(spread)],
        }  # fmt: skip
        rows.append(row)
        print(
            f"  {work} beside {name}: {row['cpu']:.3f} / {row['peer_cpu']:.3f} CPU-s, ratio "
            + (f"{row['ratio_cpu']:.1f} (wall {row['ratio_wall']:.1f})" if equal else "none: the results differ"),
            file=sys.stderr,
        )
    return {"rows": rows, "results": {n: repr(r)[:80] for n, r in results.items()}}


# ---- snapml


def _snapml(feature: str, records: Records, batch: int, threads: int) -> np.ndarray:
    from snapml import GraphFeaturePreprocessor

    settings: dict[str, Any] = {"num_threads": threads, "time_window": DAY // 1_000_000, "vertex_stats_cols": [4]}
    for name in ("fan", "degree", "scatter-gather", "temp-cycle", "lc-cycle", "vertex_stats"):
        on = name == feature
        settings |= {name: on, f"{name}_tw": DAY // 1_000_000 if on else 1}
        if on and name != "vertex_stats":
            settings[f"{name}_bins"] = list(range(2, (LONGEST if name == "temp-cycle" else TOP) + 1))
    peer = GraphFeaturePreprocessor()
    peer.set_params(settings)
    seconds = (records.time - records.time[0]) // 1_000_000
    rows = np.column_stack([np.arange(len(seconds)), records.sender, records.receiver, seconds, records.amount / 100])
    rows = np.ascontiguousarray(rows, np.float64)
    return np.concatenate([peer.transform(rows[i : i + batch])[:, 5:] for i in range(0, len(rows), batch)])


def _binned(sizes: np.ndarray) -> np.ndarray:
    """Return one column a size from 2 to TOP and more, as a histogram of one value."""
    hist = np.zeros((len(sizes), TOP - 1))
    some = sizes >= 2  # noqa: PLR2004
    hist[np.flatnonzero(some), np.minimum(sizes[some], TOP) - 2] = 1
    return hist


def _counts(feature: str, records: Records, threads: int) -> np.ndarray:
    graph = counting.exact_graph(records)
    if feature == "scatter-gather":
        return counting.scatter_gather(graph, DAY, TOP, threads)
    if feature == "temp-cycle":
        return counting.closed_cycles(graph, DAY, LONGEST, threads)
    if feature == "vertex_stats":
        return counting.vertex_statistics(graph, records.amount / 100, DAY, threads)
    return (counting.fans if feature == "fan" else counting.degrees)(graph, DAY, threads)


def _agree(feature: str, records: Records) -> dict[str, Any]:
    """Compare with the peer fed one transaction at a time: then no row sees a later one."""
    ours, theirs = _counts(feature, records, 1), _snapml(feature, records, 1, 1)
    if feature in {"fan", "degree"}:
        ours = np.hstack([_binned(ours[0]), _binned(ours[1])])
    if feature == "vertex_stats":
        ours = np.hstack(list(ours))
        near = np.abs(ours - theirs) <= CLOSE * np.maximum(np.abs(theirs), 1)
        sums = np.arange(ours.shape[1]) % counting.STATISTICS < 5  # noqa: PLR2004 - fan, degree, ratio, mean, sum
        share, moments = float(near[:, sums].mean()), float(near[:, ~sums].mean())
        equal = share >= 0.9995 and moments >= 0.98  # noqa: PLR2004 - either side's sums of powers drift
        return {"equal": equal, "share": share, "share_of_moments": moments, "rows": len(records)}
    total = int(theirs.sum())
    return {"equal": bool((ours == theirs).all()), "total": total, "ours": int(ours.sum()), "rows": len(records)}


SNAPML = {
    "temp-cycle": "temporal cycles",
    "scatter-gather": "scatter-gather, unordered",
    "fan": "fan",
    "degree": "degree",
    "vertex_stats": "vertex statistics, 32 values",
}


def beside_snapml(transactions: int = 200_000, check: int = 20_000, threads: int = 2) -> dict[str, Any]:
    """Histograms of a day, batches of 2,048; finvest's time includes its graph and index."""
    try:
        import snapml  # noqa: F401
    except ImportError:
        return {"skipped": "snapml is not installed"}
    small, records = generate(check), generate(transactions)
    rows, checks = [], {}
    for feature, work in SNAPML.items():
        checks[feature] = _agree(feature, small)
        print(f"  {work}, one by one on {check:,}: {checks[feature]}", file=sys.stderr)
        runs = {
            "finvest": lambda f=feature: _counts(f, records, threads).shape,
            "snapml": lambda f=feature: _snapml(f, records, 2048, threads).shape,
        }
        rows += paired(work, checks[feature]["equal"], runs)["rows"]
    return {"rows": rows, "checks": checks, "transactions": transactions, "members": _members(records, threads)}


def _members(records: Records, threads: int) -> list[dict[str, Any]]:
    """Time the kernels that give members, on the same records: no peer does."""
    from finvest.graph.cycles import cycles
    from finvest.graph.two_hop import two_hop

    def graph() -> Any:
        return counting.exact_graph(records)

    big: dict[str, Any] = {"budget": counting.UNBOUNDED, "threads": threads, "window": DAY}
    runs = {
        "cycles of 2-16 with members": lambda: len(
            cycles(graph(), shortest=2, longest=16, most=counting.UNBOUNDED, **big)
        ),
        "cycles of 3-6, value kept, with members": lambda: len(cycles(graph(), longest=6, keep=(80, 102), **big)),
        "two-hop paths in order of time, ≥ 2, with members": lambda: len(two_hop(graph(), least=2, **big)),
    }
    rows = []
    for work, run in runs.items():
        run()
        taken = [timed(run) for _ in range(3)]
        rows.append(
            {"work": work, "cpu": median([t[0] for t in taken]), "wall": median([t[1] for t in taken]),
             "found": taken[0][2]}
        )  # fmt: skip
        print(f"  {work}: {rows[-1]['cpu']:.3f} CPU-s, {rows[-1]['found']} found", file=sys.stderr)
    return rows


# ---- networkx, DuckDB, Polars


def beside_networkx(transactions: int = 100_000, longest: int = 4) -> dict[str, Any]:
    """Simple cycles of the distinct pairs of one day, in no order of time.

    finvest has no other cycles than those in time: here every movement can have happened at any instant of the day.
    """
    import networkx as nx

    from finvest.graph import MoneyGraph
    from finvest.graph.cycles import cycles

    whole = generate(transactions * 10)
    day = np.flatnonzero(whole.time // DAY == whole.time[len(whole) // 2] // DAY)[:transactions]
    pairs = np.unique(np.column_stack((whole.sender[day], whole.receiver[day])), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    zeros = np.zeros(len(pairs), np.int64)

    def ours() -> int:
        graph = MoneyGraph.from_arrays(
            accounts=whole.accounts, originator=pairs[:, 0], beneficiary=pairs[:, 1], earliest=zeros,
            latest=zeros + DAY, amount=zeros + 1, currency=zeros,
        )  # fmt: skip
        found = cycles(
            graph, window=DAY, shortest=2, longest=longest, budget=counting.UNBOUNDED, most=counting.UNBOUNDED
        )
        return len(found)

    def theirs() -> int:
        edges = nx.DiGraph(pairs.tolist())
        return sum(1 for _ in nx.simple_cycles(edges, length_bound=longest))

    work = f"simple cycles ≤ {longest}, {len(day):,} transactions of one day, {len(pairs):,} pairs"
    return paired(work, None, {"finvest, with members": ours, "networkx": theirs}, 1)


def beside_tables(transactions: int = 1_000_000, threads: int = 2) -> dict[str, Any]:
    """Money passed on beside a range join of DuckDB, fans beside rolling windows of Polars."""
    from finvest.graph.forwarded import forwarded

    records = generate(transactions)
    # A window of a table holds later rows of the same instant too: let instants differ.
    records.time = np.maximum.accumulate(records.time - np.arange(len(records))) + np.arange(len(records))
    frame = pl.DataFrame({"tx": np.arange(len(records)), "t": records.time, "amount": records.amount}).with_columns(
        src=records.sender, dst=records.receiver
    )

    def passed() -> tuple[int, int]:
        found = forwarded(counting.exact_graph(records), window=DAY, share=90, threads=threads)
        return len(found), int(found.possible.sum())

    def fans_and_degrees() -> tuple[int, ...]:
        graph = counting.exact_graph(records)
        both = zip(counting.fans(graph, DAY, threads), counting.degrees(graph, DAY, threads), strict=True)
        return tuple(int(counts.sum()) for side in both for counts in side)

    def rolling() -> tuple[int, ...]:
        sums: list[int] = []
        for own, other in (("dst", "src"), ("src", "dst")):
            rolled = frame.lazy().sort(own, "t").rolling("t", period=f"{DAY}i", closed="right", group_by=own)
            counts = rolled.agg(fan=pl.col(other).n_unique(), degree=pl.len()).select(pl.all().exclude(own, "t").sum())
            sums += counts.collect().row(0)
        return tuple(sums)

    out = paired("fans and degrees, one day", None, {"finvest": fans_and_degrees, "polars rolling": rolling}, 3)
    try:
        import duckdb
    except ImportError:
        return {**out, "skipped": "duckdb is not installed"}
    base = duckdb.connect()
    base.execute(f"SET threads={threads}")
    base.register("arrow", frame.to_arrow())
    base.execute("CREATE TABLE t AS SELECT * FROM arrow")
    query = f"""SELECT count(*), sum(possible)::BIGINT FROM (
        SELECT i.tx, any_value(i.amount) AS amount, sum(o.amount) AS possible FROM t i JOIN t o
        ON o.src = i.dst AND o.t >= i.t AND o.t <= i.t + {DAY}
        WHERE o.amount <= i.amount AND o.dst <> o.src AND i.dst <> i.src GROUP BY i.tx
        HAVING 100 * sum(o.amount) >= 90 * any_value(i.amount))"""  # noqa: S608 - our own numbers

    def joined() -> tuple[int, int]:
        return base.execute(query).fetchall()[0]

    work = "money passed on in 24 h"
    more = paired(work, None, {"finvest, with members": passed, "duckdb range join": joined}, 3)
    return {"rows": out["rows"] + more["rows"], "results": out["results"] | more["results"]}
