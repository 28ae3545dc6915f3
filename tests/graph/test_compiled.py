from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from finvest.graph.compiled import collect, in_chunks

ROOT = Path(__file__).parents[2]

BUILD = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
from finvest.graph import MoneyGraph
graph = MoneyGraph.from_arrays(
    accounts=1, originator=[0], beneficiary=[0], earliest=[0], latest=[0], amount=[0], currency=[0]
)
print(len(graph.outgoing.edge))
"""


def _run(code: str, **environment: str) -> str:
    inherited = {k: v for k, v in os.environ.items() if k not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**inherited, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_graph_imports_no_numba() -> None:
    code = "import sys; from finvest.graph import MoneyGraph, order; print('numba' in sys.modules)"
    assert _run(code).strip() == "False"


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the cache folder there is the platform's")
def test_compiled_once_on_a_machine_and_said_so(tmp_path: Path) -> None:
    first = _run(BUILD, XDG_CACHE_HOME=str(tmp_path)).splitlines()
    assert "compiling finvest.graph.index._by_account, once on this machine" in first
    assert any((tmp_path / "finvest" / "numba").rglob("*.nbc"))
    assert _run(BUILD, XDG_CACHE_HOME=str(tmp_path)).splitlines() == ["1"]


def test_a_users_own_cache_folder_stays(tmp_path: Path) -> None:
    code = "import os, finvest.graph.compiled; print(os.environ['NUMBA_CACHE_DIR'])"
    assert _run(code, NUMBA_CACHE_DIR=str(tmp_path)).strip() == str(tmp_path)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_chunks_come_back_in_order(threads: int) -> None:
    for total in (0, 1, 255, 1_000, 100_000):
        chunks = in_chunks(lambda low, high, _: range(low, high), total, threads=threads, own=lambda: None)
        assert [unit for chunk in chunks for unit in chunk] == list(range(total))


@pytest.mark.parametrize("threads", [1, 4])
def test_an_error_ends_all_threads(threads: int) -> None:
    done = []

    def work(low: int, _high: int, _own: None) -> None:
        done.append(low)
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        in_chunks(work, 100_000, threads=threads, own=lambda: None)
    assert len(done) <= threads


def test_a_full_table_is_enlarged_and_its_unit_repeated() -> None:
    def search(
        low: int, high: int, each: int, _own: None, found: np.ndarray[tuple[int, int], np.dtype[np.int32]], used: int
    ) -> tuple[int, int]:
        for unit in range(low, high):
            if used + each > len(found):
                return unit, used
            found[used : used + each] = unit
            used += each
        return high, used

    run = collect(search, 100, width=2, kind=np.int32)
    rows = run(0, 50, None)
    assert rows[:, 0].tolist() == [unit for unit in range(50) for _ in range(100)]
