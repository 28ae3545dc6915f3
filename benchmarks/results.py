"""Results as tables and as a plot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment

PLOT = Path(__file__).with_name("plot.svg.jinja")

REACH = {
    "temporal cycles": (12, 25),
    "scatter-gather, unordered": (10, 25),
    "fan": (80, 300),
    "degree": (80, 300),
    "vertex statistics, 32 values": (15, 50),
    "money passed on in 24 h": (10, 10),
    "simple cycles": (1000, 1000),
}
"""Ratio of CPU times to reach, and the aim."""


def table(head: list[str], rows: list[list[Any]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" for _ in head) + "|"]
    lines += ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
    return f"{value:,}" if isinstance(value, int) else str(value)


def steps(report: dict[str, Any]) -> str:
    """Return the steps of one run, with transactions for each CPU-second: one core's work."""
    m = report["transactions"]
    rows = [[s["step"], s["cpu"], s["wall"], m / max(s["cpu"], 1e-9), s["peak"], s["found"]] for s in report["steps"]]
    rows.append(
        [
            "**all**",
            sum(s["cpu"] for s in report["steps"]),
            sum(s["wall"] for s in report["steps"]),
            m / sum(s["cpu"] for s in report["steps"]),
            max(s["peak"] for s in report["steps"]),
            None,
        ]
    )
    return table(["step", "CPU-s", "wall s", "transactions / s per core", "peak MiB", "found"], rows)


def ratios(rows: list[dict[str, Any]]) -> str:
    """Return ratios beside other tools, with what was to be reached."""
    out = []
    for row in rows:
        reach, aim = REACH.get(row["work"].partition(" ≤")[0], (None, None))
        ratio = row["ratio_cpu"]
        if ratio is None:
            verdict = "results differ: no ratio"
        elif reach is None:
            verdict = "—"
        else:
            verdict = "reached" if ratio >= reach else f"missed by {100 * (1 - ratio / reach):.0f} %"
            verdict += "" if ratio < reach or ratio < aim else ", aim too"
        low, high = row["spread"]
        spread = None if ratio is None else f"{low:.3g} to {high:.3g}"
        goal = None if reach is None else f"≥ {reach}, aim {aim}"
        out.append(
            [row["work"], row["peer"], row["cpu"], row["peer_cpu"], ratio, spread, row["ratio_wall"], goal, verdict]
        )
    head = ["work", "peer", "finvest CPU-s", "peer CPU-s", "ratio CPU", "spread", "ratio wall", "target", "verdict"]
    return table(head, out)


def growth(series: dict[str, dict[str, Any]]) -> str:
    """Return CPU microseconds a transaction by size, and the last over the first."""
    names = list(series)
    per = {
        name: {s["step"]: 1e6 * s["cpu"] / report["transactions"] for s in report["steps"]}
        for name, report in series.items()
    }
    rows = []
    for step in per[names[0]]:
        values = [per[n].get(step) for n in names]
        first, last = values[0], values[-1]
        rows.append([step, *values, last / first if first and last else None])
    return table(["CPU µs a transaction", *names, "last / first"], rows)


def plot(series: dict[str, dict[str, Any]], title: str) -> str:
    """Return an SVG: CPU microseconds a transaction, a bar for each step and size."""
    names = list(series)
    per = [{s["step"]: 1e6 * s["cpu"] / r["transactions"] for s in r["steps"]} for r in series.values()]
    steps_ = [s for s in per[0] if all(s in p for p in per)]
    top = max(p[s] for p in per for s in steps_) or 1.0
    bars = [{"step": s, "bars": [{"width": 440 * p[s] / top, "value": f"{p[s]:.3g}"} for p in per]} for s in steps_]
    page = Environment(autoescape=True).from_string(PLOT.read_text(encoding="utf-8"))
    return page.render(title=title, names=names, rows=bars, colours=["#4477aa", "#ee6677", "#228833", "#ccbb44"])


def document(results: dict[str, Any]) -> str:
    """Return all results in Markdown."""
    m = results["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in m["versions"].items())
    memory = f"{m['memory_gib']} GiB" if m["memory_gib"] else "memory unknown"
    parts = [
        f"{m['processor']}, {m['cores']} cores, {memory}, {m['system']}, Python {m['python']}; {versions}. "
        f"Load before: {m['load_before']}, after: {results.get('load_after')}."
    ]
    for name, report in results.get("runs", {}).items():
        lacking = report["not_assessable"] or "none"
        parts += [f"### Files to ranked findings: {name}", steps(report), f"Not assessable: {lacking}."]
    for name, report in results.get("loads", {}).items():
        parts += [f"### Load: {name}", steps(report)]
    for name, report in results.get("kernels", {}).items():
        parts += [
            f"### Kernels: {name}",
            f"{report['accounts']:,} accounts, {report['largest']:,} transactions at the busiest on one side.",
            steps(report),
        ]
    for name, report in results.get("tracing", {}).items():
        parts += [
            f"### Following money: {name}",
            f"{report['accounts']:,} accounts, {report['claims']} claims, one core. Found: accounts in which claimed "
            "money lies at the end, or that are exposed under poison; sources of a payment.",
            steps(report),
        ]
    if fractions := results.get("fractions"):
        parts += ["### Beside a plain replay with fractions", ratios(fractions["rows"])]
    for name, series in results.get("growth", {}).items():
        parts += [f"### Growth: {name}", growth({n: results["kernels"][n] for n in series})]
    peers = results.get("peers", {})
    rows = [row for report in peers.values() for row in report.get("rows", [])]
    if rows:
        parts += ["### Beside other tools", ratios(rows)]
    members = [row for report in peers.values() for row in report.get("members", [])]
    if members:
        head = ["with members: no peer gives them", "CPU-s", "wall s", "found"]
        parts.append(table(head, [[r["work"], r["cpu"], r["wall"], r["found"]] for r in members]))
    parts += [f"Skipped: {report['skipped']}." for report in peers.values() if "skipped" in report]
    return "\n\n".join(parts) + "\n"
