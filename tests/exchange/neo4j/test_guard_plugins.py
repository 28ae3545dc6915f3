"""A plug-in's function can do anything and has no operator in a plan: it is refused by its name."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from finvest.exchange.neo4j import query
from finvest.model.errors import UsageError
from tests.conftest import missing
from tests.exchange.neo4j.server import VERSION, Started, jars, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    import neo4j

_FUNCTION = """package local;
import org.neo4j.procedure.*;
public class Shout {
  @UserFunction("local.shout")
  public String shout(@Name("text") String text) { return text.toUpperCase(); }
}
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[neo4j.Driver]:
    """A server with a plug-in that was compiled here."""
    reason = lacking() or ("" if shutil.which("javac") and shutil.which("jar") else "no javac and jar on this machine")
    if reason:
        missing("neo4j", reason)
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "Shout.java").write_text(_FUNCTION, "utf-8")
    made = ["javac", "-cp", f"{jars(VERSION)}/*", "-d", str(folder / "out"), str(folder / "Shout.java")]
    subprocess.run(made, check=True, capture_output=True)
    server = Started(tmp_path_factory.mktemp("extended"), VERSION)
    packed = ["jar", "cf", str(server.home / "plugins" / "shout.jar"), "-C", str(folder / "out"), "local"]
    subprocess.run(packed, check=True, capture_output=True)
    server.set_password()
    server.start()
    with server.driver() as driver:
        yield driver
    server.stop()


@pytest.mark.parametrize(
    "text",
    [
        "RETURN local.shout('a') AS x",
        "RETURN `local`./* a comment */`shout`('a') AS x",
        r"RETURN loc\u0061l.shout('a') AS x",
        "RETURN [y IN ['a'] | local.shout(y)] AS x",
        "MATCH (n {id: local.shout('a')}) RETURN n",
        "UNWIND ['a'] AS y CALL (y) { RETURN local.shout(y) AS x } RETURN x",
        "RETURN any(y IN [1] WHERE EXISTS { MATCH (n) WHERE n.id = local.shout('a') }) AS x",
        "RETURN count(CASE WHEN local.shout('a') = 'A' THEN 1 END) AS x",
    ],
)
def test_a_function_of_a_plug_in_is_refused_by_its_name(text: str, extended: neo4j.Driver) -> None:
    with pytest.raises(UsageError, match=r"a plug-in's function, local\.shout;.*--allow-procedure local\.shout"):
        query.ask(extended, text, database="neo4j")


def test_it_is_called_where_it_is_allowed(extended: neo4j.Driver) -> None:
    answer = query.ask(extended, "RETURN local.shout('a') AS x", database="neo4j", allowed=["local.shout"])
    assert answer.records == (("A",),)


def test_the_servers_own_functions_are_not_refused(extended: neo4j.Driver) -> None:
    answer = query.ask(extended, "RETURN toUpper('a') AS x, date('2025-01-02').year AS y", database="neo4j")
    assert answer.records == (("A", 2025),)
