"""A real server for these tests: one that is started here, or the one that the environment names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.conftest import missing
from tests.exchange.neo4j.server import TEST_BOLT, VERSION, Running, Started, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator


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
