"""Outside data, where it is there, and one table at the end of a run: what each file holds and what was made of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = "FINVEST_ACCEPTANCE_DATA"
_PROPERTY = "acceptance"
_HEAD = ("folder", "file", "expected", "got", "verdict")


class ReportRow(Protocol):
    """Notes one file for the table that is printed at the end of the run."""

    def __call__(self, folder: str, file: str, expected: str, got: str, verdict: str) -> None: ...


def data_folder() -> Path | None:
    """Return the folder of outside data, or None: for parametrising a test by file while tests are collected."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get(DATA, beside))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def acceptance_data() -> Path:
    """Return the folder of outside data; skip where it is not there."""
    folder = data_folder()
    if folder is None:
        pytest.skip(f"no outside data: set {DATA} to the folder that holds it")
    return folder


@pytest.fixture
def report_row(request: pytest.FixtureRequest) -> ReportRow:
    """Return a function that notes one file; call it before the assertions, so that failures are in the table too."""

    def note(folder: str, file: str, expected: str, got: str, verdict: str) -> None:
        # A test's properties travel with its report, from parallel workers as well.
        request.node.user_properties.append((_PROPERTY, [folder, file, expected, got, verdict]))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows of all tests as one table."""
    rows = sorted(set(_rows(terminalreporter)))
    if not rows:
        return
    widths = [max(len(row[i]) for row in [_HEAD, *rows]) for i in range(len(_HEAD))]
    terminalreporter.section("acceptance: one row a file")
    for row in [_HEAD, tuple("-" * w for w in widths), *rows]:
        terminalreporter.write_line("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
    verdicts = [row[-1] for row in rows]
    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in sorted(set(verdicts)))
    terminalreporter.write_line(f"{len(rows)} files: {counts}")


def _rows(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[str, ...]]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, value in report.user_properties:
                if name == _PROPERTY:
                    yield tuple(str(cell) for cell in value)
