"""What a step costs: CPU and wall time, and the most memory the process held meanwhile."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STATUS = Path("/proc/self/status")


def peak_mib() -> int:
    """Return the largest resident memory since the last `forget_peak`, MiB; 0 where the system does not tell."""
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def forget_peak() -> None:
    """Let the peak begin anew, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


class Meter:
    """Measures steps of one process, one after the other.

    Attributes
    ----------
    steps : list of dict
        ``step``, ``cpu`` and ``wall`` (seconds), ``peak`` (MiB), ``found`` (a count, or None).
    """

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, Any]]:
        forget_peak()
        row: dict[str, Any] = {"step": name, "found": None}
        wall, cpu = time.perf_counter(), time.process_time()
        yield row
        row["cpu"], row["wall"] = time.process_time() - cpu, time.perf_counter() - wall
        row["peak"] = peak_mib()
        self.steps.append(row)


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return CPU seconds, wall seconds and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def in_child(task: str, **arguments: Any) -> dict[str, Any]:
    """Run a task of `benchmarks.tasks` in a process of its own; return what it reports."""
    command = [sys.executable, "-m", "benchmarks.tasks", task, json.dumps(arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own module
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def load_average() -> float | None:
    """Return the load of the last minute, where the system tells."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """Describe the machine and the versions of what is measured."""
    versions = {}
    for name in ("finvest", "numpy", "numba", "polars", "networkx", "duckdb", "snapml"):
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else None
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": memory and round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
        "load_before": load_average(),
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def median(values: list[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)
