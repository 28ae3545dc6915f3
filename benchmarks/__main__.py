"""``python -m benchmarks``: measure finvest and write tables, numbers and a plot."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

THREADS = 2
os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))  # read when Polars is imported, here and in every child

PARTS = ("runs", "kernels", "tracing", "peers")
SIZES = {"short": (10_000,), "normal": (100_000, 1_000_000), "large": (100_000, 1_000_000, 10_000_000)}
PEERS = {"short": (5_000, 2_000, 2_000, 20_000), "normal": (200_000, 20_000, 100_000, 1_000_000)}
"""Transactions beside snapml, of these compared one by one, beside networkx, beside tables."""

TRACING = {"short": (10_000, 1_000), "normal": (1_000_000, 10_000)}
"""Transactions that are followed, and those beside a plain replay with fractions."""

WHOLE = {"short": (10_000,), "normal": (100_000, 1_000_000), "large": (2_000_000, 5_000_000)}
SPARSE = 90
"""Days over which the records of a whole run lie; detectors compare an account with its other periods."""


def main() -> None:
    from benchmarks import results
    from benchmarks.measure import in_child, load_average, machine

    options = _options()
    out: dict[str, Any] = {"machine": machine(), "size": options.size, "runs": {}, "loads": {}, "kernels": {}}
    only = set(options.only or PARTS)
    if "runs" in only:
        for size in options.whole or WHOLE[options.size]:
            _whole(size, options.families, out, in_child)
    if "kernels" in only:
        out["growth"] = _kernels(SIZES[options.size], out, in_child)
    if "tracing" in only:
        many, few = TRACING["short" if options.size == "short" else "normal"]
        _say(f"{many:,} transactions, claims followed")
        out["tracing"] = {f"{many:,} transactions": in_child("followed", transactions=many)}
        out["fractions"] = in_child("beside_fractions", transactions=few)
    if "peers" in only:
        beside, check, day, rows = PEERS["short" if options.size == "short" else "normal"]
        _say("beside other tools")
        out["peers"] = {
            "snapml": in_child("beside_snapml", transactions=beside, check=check, threads=THREADS),
            "networkx": in_child("beside_networkx", transactions=day),
            "tables": in_child("beside_tables", transactions=rows, threads=THREADS),
        }
    out["load_after"] = load_average()
    text = results.document(out)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / f"results-{options.size}.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
        (options.out / f"results-{options.size}.md").write_text(text, encoding="utf-8")
        for place, (name, series) in enumerate(out.get("growth", {}).items()):
            picture = results.plot({n: out["kernels"][n] for n in series}, f"CPU microseconds a transaction: {name}")
            (options.out / f"growth-{options.size}-{place + 1}.svg").write_text(picture, encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast finvest is.")
    parser.add_argument("--size", choices=sorted(SIZES), default="normal")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone")
    parser.add_argument("--whole", nargs="+", type=int, help="transactions of the whole runs, instead of the size's")
    parser.add_argument("--families", nargs="+", help="whole runs with these detectors alone, like GRF, without lists")
    parser.add_argument("--out", type=Path, help="folder for results-SIZE.json, .md and the plots")
    return parser.parse_args()


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def _whole(size: int, families: list[str] | None, out: dict[str, Any], in_child: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _say(f"{size:,} transactions, files to ranked findings")
        in_child("files", folder=folder, transactions=size, days=SPARSE, lists=not families)
        name = f"{size:,} transactions, {SPARSE} days, CSV" + (f", {', '.join(families)} alone" if families else "")
        out["runs"][name] = in_child("whole_run", folder=folder, suffix="csv", families=families)
        if families:
            return
        in_child("files", folder=folder, transactions=size, days=SPARSE, parquet=True)
        loaded = in_child("load", folder=folder, suffix="parquet")
        out["loads"][f"{size:,} transactions, Parquet"] = {**loaded, "transactions": size}


def _kernels(sizes: tuple[int, ...], out: dict[str, Any], in_child: Any) -> dict[str, list[str]]:
    """Measure with growing hubs, and the largest size as disjoint copies of the one before."""
    hubs = []
    for size in sizes:
        _say(f"{size:,} transactions, kernels")
        hubs.append(f"{size:,}, ten days, hubs grow")
        out["kernels"][hubs[-1]] = in_child("kernels", transactions=size, threads=THREADS)
    if len(sizes) == 1:
        return {}
    small, large = sizes[-2:]
    copies = f"{large:,}, disjoint copies"
    _say(f"{large:,} transactions in {large // small} disjoint copies, kernels")
    out["kernels"][copies] = in_child("kernels", transactions=large, threads=THREADS, copies=large // small)
    return {"growing hubs": hubs, "disjoint copies": [hubs[-2], copies]}


if __name__ == "__main__":
    main()
