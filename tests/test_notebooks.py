"""Every notebook runs from a clean copy, and what it shows can be seen."""

from __future__ import annotations

import base64
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import missing
from tests.exchange.neo4j.server import TEST_BOLT, Running, Started, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


NEEDS_A_SERVER = {"04_neo4j"}


@contextmanager
def a_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run an empty Neo4j server, or take the one that the environment names; say where it is."""
    if given := os.environ.get(TEST_BOLT):
        there = Running(given, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
        there.clear()
        yield there.environment
        there.clear()
        return
    if reason := lacking():
        missing("neo4j", reason)
    started = Started(folder)
    started.set_password()
    started.start()
    try:
        yield started.environment
    finally:
        started.stop()


def executed(path: Path, folder: Path, environment: Mapping[str, str]) -> NotebookNode:
    import nbformat
    from nbclient import NotebookClient

    work = folder / "notebooks"
    work.mkdir()
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(work)}})
    return client.execute(env=os.environ | dict(environment))


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda p: p.stem)
def notebook(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    folder = tmp_path_factory.mktemp("notebook")
    if request.param.stem not in NEEDS_A_SERVER:
        return executed(request.param, folder, {})
    with a_server(tmp_path_factory.mktemp("neo4j")) as environment:
        return executed(request.param, folder, environment)


def outputs(notebook: NotebookNode) -> list[dict[str, Any]]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_notebook_runs_and_its_objects_show_themselves(notebook: NotebookNode) -> None:
    shown = outputs(notebook)
    assert not [output for output in shown if output["output_type"] == "error"]
    pages = [output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert len(pages) >= 5
    assert all("<script" not in page for page in pages)


def test_notebook_has_a_flow_picture(notebook: NotebookNode) -> None:
    pages = "".join(output.get("data", {}).get("text/html", "") for output in outputs(notebook))
    pictures = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", pages)
    assert pictures
    assert all(b"<svg" in base64.b64decode(picture) for picture in pictures)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_committed_without_output(path: Path) -> None:
    import nbformat

    cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")
