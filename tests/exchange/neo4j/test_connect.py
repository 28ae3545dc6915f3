"""What can be wrong with a server ends in one line that says what to do, and holds no credential."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from finvest.exchange.neo4j import connect, push
from finvest.model.errors import ServerError, UsageError
from tests.conftest import missing
from tests.exchange.neo4j.server import TOO_OLD, Started, free_port, lacking

if TYPE_CHECKING:
    from pathlib import Path

    from tests.exchange.neo4j.server import Running

SECRET = "correct-horse-battery"  # noqa: S105 - invented


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (connect.URI, connect.DATABASE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(connect.USER, "neo4j")
    monkeypatch.setenv(connect.PASSWORD, SECRET)


def refusal(server: connect.Server) -> str:
    with pytest.raises(ServerError) as caught, connect.connected(server, patience=3):
        pass
    text = str(caught.value)
    assert "\n" not in text
    assert server.password not in text
    return text


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("uri", "said"),
    [
        (None, "--uri"),
        ("http://localhost:7474", "begins with bolt://"),
        ("localhost", "begins with bolt://"),
        (f"bolt://neo4j:{SECRET}@localhost", "holds a user or password"),
        ("bolt://localhost:port", "is no URI"),
    ],
)
def test_an_address_that_is_none_is_refused_and_not_quoted(uri: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        connect.Server.of(uri)
    assert SECRET not in str(caught.value)


@pytest.mark.usefixtures("nowhere")
def test_who_asks_comes_from_the_environment_or_a_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connect.Server.of("bolt://h").user == "neo4j"
    assert SECRET not in repr(connect.Server.of("bolt://h"))
    monkeypatch.delenv(connect.PASSWORD)
    with pytest.raises(UsageError, match="NEO4J_PASSWORD"):
        connect.Server.of("bolt://h")
    asked = []

    def ask(question: str, secret: bool) -> str:
        asked.append((question, secret))
        return "x"

    assert connect.Server.of("bolt://h", "cases", ask).password == "x"  # noqa: S105 - invented
    assert asked == [("Password", True)]


@pytest.mark.usefixtures("nowhere")
def test_no_server(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        text = refusal(connect.Server.of(f"bolt://127.0.0.1:{free_port()}"))
    assert "no Neo4j server answers at bolt://127.0.0.1" in text
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("nowhere")
def test_something_else_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        text = refusal(connect.Server.of(f"bolt://127.0.0.1:{other.getsockname()[1]}"))
    assert "answer" in text


def test_wrong_password_and_unknown_database(graph: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such database" in refusal(connect.Server.of(database="elsewhere"))
    with connect.connected(connect.Server.of()) as driver:
        assert connect.version_of(driver.get_server_info().agent) is not None
    monkeypatch.setenv(connect.PASSWORD, SECRET)
    assert "refuses this user and password" in refusal(connect.Server.of(graph.uri))


def test_versions() -> None:
    connect.check_version("Neo4j/5.7.0")
    connect.check_version("Neo4j/2026.08.0")
    for agent in ("Neo4j/5.6.0", "Neo4j/4.4.12"):
        with pytest.raises(ServerError, match=r"finvest needs 5\.7 or later"):
            connect.check_version(agent)
    with pytest.raises(ServerError, match="no Neo4j"):
        connect.check_version("ArcadeDB/26.1")


def test_a_server_that_is_too_old(tmp_path: Path) -> None:
    if reason := lacking():
        missing("neo4j", reason)
    old = Started(tmp_path, TOO_OLD)
    old.set_password()
    old.start()
    try:
        text = refusal(connect.Server(old.uri, old.user, old.password, "neo4j"))
    finally:
        old.stop()
    assert text.startswith("this server is Neo4j 5.1; finvest needs 5.7 or later")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("Neo.ClientError.Security.Forbidden", "no right"),
        ("Neo.ClientError.Security.CredentialsExpired", "new password first"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "too many wrong passwords"),
        ("Neo.ClientError.Statement.AccessMode", "refused to write"),
        ("Neo.TransientError.General.DatabaseUnavailable", "not running"),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", "push again"),
        ("Neo.ClientError.Some.ThingNew", "Neo.ClientError.Some.ThingNew"),
    ],
)
def test_errors_are_known_by_the_server_s_codes_and_its_words_are_not_repeated(code: str, said: str) -> None:
    """Community has no roles: an error of rights cannot be had from it, so its code is what is tried here."""
    from neo4j.exceptions import Neo4jError

    error = Neo4jError._hydrate_neo4j(code=code, message="Anna Ahorn")
    text = connect.explained(error, "bolt://h")
    assert said in text
    assert "Ahorn" not in text


def test_constraints_are_made_once(graph: Running) -> None:
    push.make_schema(connect.Server.of(graph.uri))
    assert push.make_schema(connect.Server.of(graph.uri)) == 0
    kinds = {row["t"]: row["n"] for row in graph.ask("SHOW CONSTRAINTS YIELD type AS t RETURN t, count(*) AS n")}
    assert set(kinds) == {"UNIQUENESS", "RELATIONSHIP_UNIQUENESS"}


def test_the_drivers_own_words_do_not_go_to_the_terminal() -> None:
    code = "import logging, finvest.exchange.neo4j.connect; logging.getLogger('neo4j.io').error('defunct connection')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_that_a_server_went_away_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from neo4j.exceptions import ServiceUnavailable

    monkeypatch.setattr(push, "_PAUSES", (0.0,))
    told: list[str] = []
    away = [ServiceUnavailable()] * 3
    none: Any = SimpleNamespace(case="c", name="case", nodes=0, relationships=0)
    pushing = push._Pushing(none, "", none, none, False, told.append, 60.0)

    def do() -> str:
        if away:
            raise away.pop()
        return "done"

    assert pushing._patiently(do) == "done"
    assert (told, pushing.done.cuts) == (["the server went away; waiting for it"], 1)
