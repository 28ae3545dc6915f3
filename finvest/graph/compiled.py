"""How kernels are compiled, cached and run in threads.

A kernel is compiled by Numba the first time it is called on a machine and read from the user's cache
folder from then on. Kernels release the GIL; threads come from here, and results come back in the order
of the work, so that the number of threads never changes a result.
"""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger("finvest.graph")

Function = TypeVar("Function", bound=Callable[..., Any])
Kind = TypeVar("Kind", bound=np.generic)
Own = TypeVar("Own")
Result = TypeVar("Result")

CHUNKS = 256
"""Most chunks that a search is cut into: enough to keep threads busy to the end."""


def cache_folder() -> Path:
    """Where compiled kernels are kept: below the user's cache folder, as the platform has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "finvest" / "numba" / _sources()


def _sources() -> str:
    """Digest of where kernels live. Numba notes when a kernel's own file changes, not when one it calls does."""
    packages = Path(__file__).parents[1]
    files = [file for package in ("graph", "tracing") for file in sorted((packages / package).glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


# Numba reads the variable when it is imported, so it is set before that; a user's own choice stays.
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))


def kernel(function: Function) -> Function:
    """Compile ``function`` with Numba when it is first called; cached, without the GIL.

    Parameters
    ----------
    function : callable
        Takes and returns plain arrays, numbers and (named) tuples of them.

    Returns
    -------
    callable
        Numba's dispatcher, which other kernels can call too.
    """
    import numba

    _announce_compilation()
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder that can be written: compiled anew in every process
        logger.warning("kernels cannot be cached in %s", os.environ["NUMBA_CACHE_DIR"])
        compiled = numba.njit(nogil=True)(function)
    return cast("Function", compiled)


@cache
def _announce_compilation() -> None:
    """Log each compilation; Numba raises this event only when its cache has no entry."""
    from numba.core import event

    class Announcer(event.Listener):
        depth = 0  # numba compiles under one lock, and what a kernel calls inside it

        def on_start(self, event: event.Event) -> None:
            function = (event.data or {})["dispatcher"].py_func
            if self.depth == 0 and function.__module__.startswith("finvest."):
                logger.info("compiling %s.%s, once on this machine", function.__module__, function.__name__)
            self.depth += 1

        def on_end(self, event: event.Event) -> None:  # noqa: ARG002 - the interface has it
            self.depth -= 1

    event.register("numba:compile", Announcer())  # type: ignore[no-untyped-call]


def in_chunks(
    work: Callable[[int, int, Own], Result],
    total: int,
    *,
    threads: int,
    own: Callable[[], Own],
    least: int = 256,
) -> list[Result]:
    """Run ``work(low, high, own)`` over 0…total in chunks; each thread takes the next one when free.

    Parameters
    ----------
    work : callable
        Does the units ``low`` to ``high - 1``. Its result may depend on these only.
    total : int
        Number of units.
    threads : int
        Number of threads. An input of one chunk is done by the calling thread alone.
    own : callable
        Makes the scratch arrays of one thread.
    least : int
        Smallest size of a chunk, in units.

    Returns
    -------
    list
        Results in the order of the chunks, whatever the number of threads.
    """
    size = max(least, -(-total // CHUNKS))
    starts = range(0, total, size)
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for low in starts:
        todo.put(low)
    done: dict[int, Result] = {}

    def empty() -> None:
        while True:
            try:
                todo.get_nowait()
            except queue.Empty:
                return

    def run() -> None:
        scratch = own()
        try:
            while True:
                try:
                    low = todo.get_nowait()
                except queue.Empty:
                    return
                done[low] = work(low, min(total, low + size), scratch)
        except BaseException:
            empty()  # an error or Ctrl-C: the others finish their chunk and stop
            raise

    helpers = min(threads, len(starts)) - 1
    if helpers < 1:
        run()
    else:
        with ThreadPoolExecutor(helpers) as pool:
            others = [pool.submit(run) for _ in range(helpers)]
            run()
            for other in others:
                other.result()
    return [done[low] for low in starts]


def collect(
    search: Callable[..., tuple[int, int]], *arguments: object, width: int, kind: type[Kind]
) -> Callable[[int, int, object], NDArray[Kind]]:
    """Give ``search`` a table to write rows into, and a larger one whenever it is full.

    Parameters
    ----------
    search : callable
        ``search(low, high, *arguments, own, found, used)`` writes rows into ``found`` from ``used`` on. It
        returns ``(next, used)``: ``next < high`` where a unit did not fit, which is then repeated.
    *arguments : arrays and numbers
        What it reads.
    width, kind
        Columns of the table and their kind.

    Returns
    -------
    callable
        For `in_chunks`: ``run(low, high, own)`` returns the rows found, shape (rows, width).
    """

    def run(low: int, high: int, own: object) -> NDArray[Kind]:
        found, used = np.empty((64, width), kind), 0
        while True:
            low, used = search(low, high, *arguments, own, found, used)
            if low == high:
                return found[:used].copy()
            found = np.concatenate((found, np.empty_like(found)))

    return run
