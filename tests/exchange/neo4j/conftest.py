"""A real server for these tests: one that is started here, or the one that the environment names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.case import Case
from tests.conftest import missing
from tests.exchange.neo4j.server import TEST_BOLT, VERSION, Running, Started, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that answers, empty at first; see `graph` for an empty one in each test."""
    given = os.environ.get(TEST_BOLT)
    if given:
        user, password = os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
        there = Running(given, user, password, os.environ.get("NEO4J_DATABASE", "neo4j"))
        if there.ask("MATCH (n) RETURN count(n) AS n")[0]["n"]:
            pytest.fail(f"the server of {TEST_BOLT} holds data, and these tests empty it; name an empty one")
        yield there
        return
    if reason := lacking():
        missing("neo4j", reason)
    started = Started(tmp_path_factory.mktemp("neo4j"), VERSION)
    started.set_password()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def graph(server: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The server, empty, and named by the environment."""
    server.clear()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def started(graph: Running) -> Started:
    """The same, where it may be killed and started again."""
    if not isinstance(graph, Started):
        pytest.skip(f"the server of {TEST_BOLT} is not to be killed")
    return graph


# ---- the sample case on it, for questions


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The sample case, scored."""
    folder = tmp_path_factory.mktemp("sample") / "case"
    case = Case.create(folder, title="Sample", purpose="p", legal_basis="l", actor="A 12")
    case.load_list(ROOT / "sample_data" / "load.toml")
    lived_at(case, folder.parent)
    case.score()
    return case


def lived_at(case: Case, folder: Path) -> None:
    """Let three people live at two addresses: the lists of the sample case have none."""
    people = pl.Series(
        "from_id", case._state.table("parties").filter(pl.col("kind") == "person")["party"].sort().head(3)
    )
    where = {
        "link": ["l1", "l2", "l3"],
        "kind": "lives_at",
        "from_kind": "parties",
        "to_kind": "addresses",
        "to_id": ["d1", "d1", "d2"],
    }
    pl.DataFrame(where).with_columns(people).write_parquet(folder / "links.parquet")
    pl.DataFrame({"address": ["d1", "d2"], "city": "Northford"}).write_parquet(folder / "addresses.parquet")
    for name in ("links", "addresses"):
        case.load(folder / f"{name}.parquet", table=name, loader="native")


@pytest.fixture(scope="module")
def pushed(server: Running, sample: Case) -> Case:
    """The sample case, which alone is on the server while the tests of a file run."""
    server.clear()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in server.environment.items():
            environment.setenv(name, value)
        sample.to_neo4j()
    return sample


@pytest.fixture(scope="module")
def driver(server: Running) -> Iterator[Driver]:
    with server.driver() as opened:
        yield opened


@pytest.fixture(scope="session")
def database(server: Running) -> str:
    return server.database


@pytest.fixture(scope="session")
def edition(server: Running) -> str:
    return str(server.ask("CALL dbms.components() YIELD edition RETURN edition")[0]["edition"])
