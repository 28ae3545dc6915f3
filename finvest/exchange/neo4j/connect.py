"""A connection to the server: credentials from the environment or a prompt, and its errors in one line each.

No credential and no word of a server's message passes into an error: a message can quote records.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import finvest
from finvest.model.errors import ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from neo4j import Driver

URI, USER, PASSWORD, DATABASE = "NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE"
"""Environment variables that say where the server is and who asks."""

OLDEST = (5, 7)
"""First version that keeps ids of relationships unique."""

_SYSTEM = "system"

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # else the driver's own words go to the terminal

_SCHEMES = tuple(kind + security for kind in ("bolt", "neo4j") for security in ("", "+s", "+ssc"))

_CODES = {
    "Security.Unauthorized": f"the server refuses this user and password; set {USER} and {PASSWORD}",
    "Security.AuthenticationRateLimit": "too many wrong passwords: the server refuses this user for a while; wait a "
    f"minute, then set {PASSWORD} to the right one",
    "Security.CredentialsExpired": "the server asks for a new password first; change it there (ALTER CURRENT USER SET "
    f"PASSWORD), then set {PASSWORD}",
    "Security.TokenExpired": f"the login has expired; set {PASSWORD} afresh and try again",
    "Security.Forbidden": "this user has no right to do this on the server; ask whoever runs it for a role that may "
    "read and write this database and create constraints",
    "Database.DatabaseNotFound": f"the server has no such database; name one that it has with --database or {DATABASE} "
    "(SHOW DATABASES lists them)",
    "General.DatabaseUnavailable": "the database is not running on the server; start it, then try again",
    "Database.DatabaseUnavailable": "the database is not running on the server; start it, then try again",
    "General.ForbiddenOnReadOnlyDatabase": "the database is read-only; choose another with --database",
    "General.WriteOnReadOnlyAccessDatabase": "the database is read-only; choose another with --database",
    "Statement.AccessMode": "the server refused to write in a transaction that only reads; a query cannot change the "
    "graph",
    "Schema.ConstraintCreationFailed": "the database already holds two elements of one id, or has a constraint of "
    "another kind in the way; push into an empty database",
    "Schema.ConstraintValidationFailed": "somebody else wrote the same elements at the same time; push again, nothing "
    "is twice there",
    "General.MemoryPoolOutOfMemoryError": "the server has too little memory for this; give it more "
    "(server.memory.heap.max_size), or ask for less at a time",
    "General.OutOfMemoryError": "the server ran out of memory; give it more (server.memory.heap.max_size)",
    "Transaction.TransactionTimedOut": "the server ended this after its time limit; ask for less at a time",
    "Transaction.TransactionTimedOutClientConfiguration": "this took longer than its time limit and was ended; ask for "
    "less, or allow more time",
    "Transaction.DeadlockDetected": "the server gave up because somebody else was writing the same elements; try again",
}
"""End of a server's code to what it means and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is and who asks; a password is in no text of it.

    Attributes
    ----------
    uri, user : str
    password : str
    database : str
        Empty: the one that the server takes by itself.
    """

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = ""

    @classmethod
    def of(
        cls,
        uri: str | None = None,
        database: str | None = None,
        ask: Callable[[str, bool], str] | None = None,
    ) -> Server:
        """Return the server that a call, the environment or an answer names.

        Parameters
        ----------
        uri, database : str, optional
            The environment's where left out.
        ask : callable, optional
            Asked for what is missing: told the question and whether the answer is secret.

        Raises
        ------
        UsageError
            If address, user or password is missing and nobody is there to ask, or the address holds a password.
        """
        uri = uri or os.environ.get(URI) or ""
        if not uri:
            raise UsageError(f"which server? Give --uri bolt://HOST:7687 or set {URI}")
        _checked(uri)
        user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
        if ask is not None:
            user = user or ask("User on the server", False)  # noqa: FBT003 - a question that is no secret
            password = password or ask("Password", True)  # noqa: FBT003
        if not user or not password:
            raise UsageError(f"the server asks for a user and a password; set {USER} and {PASSWORD}")
        return cls(uri, user, password, database or os.environ.get(DATABASE) or "")

    @property
    def place(self) -> str:
        """Scheme, host and port, for people."""
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _checked(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError("the address of the server is no URI; it looks like bolt://HOST:7687") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise UsageError(f"the address of the server holds a user or password; give these by {USER} and {PASSWORD}")
    if parts.scheme not in _SCHEMES or not host:
        raise UsageError(f"the address of the server begins with {', '.join(s + '://' for s in _SCHEMES)}")
    if parts.query and "password" in parts.query.lower():
        raise UsageError(f"the address of the server holds a password; give it by {PASSWORD}")


@contextmanager
def connected(server: Server, *, patience: float = 15.0) -> Iterator[Driver]:
    """Open a driver on a server that answers, is new enough, and has the database.

    Parameters
    ----------
    server : Server
    patience : float
        Seconds after which a connection counts as impossible.

    Raises
    ------
    ServerError
        In one line, with what to do.
    """
    import neo4j

    if server.database.casefold() == _SYSTEM:
        raise ServerError(
            f"the database {_SYSTEM} is the server's own and holds no case; name another with --database or {DATABASE}"
        )
    how: dict[str, Any] = {
        "auth": (server.user, server.password),
        "user_agent": f"finvest/{finvest.__version__}",
        "max_connection_pool_size": 4,
        "connection_timeout": patience,
        "connection_acquisition_timeout": patience + 5,
        "max_transaction_retry_time": patience,
    }
    with mapped(server):
        # Servers that are too old do not know this driver's settings: they are asked for their version without these.
        with neo4j.GraphDatabase.driver(server.uri, **how) as driver:
            check_version(driver.get_server_info().agent)
        with neo4j.GraphDatabase.driver(server.uri, notifications_min_severity="OFF", **how) as driver:
            with driver.session(database=server.database or None) as session:
                session.run("RETURN 1").consume()
            yield driver


def version_of(agent: str) -> tuple[int, int] | None:
    """Return major and minor version in what a server calls itself, like ``Neo4j/5.26.25``."""
    found = re.match(r"Neo4j/v?(\d+)\.(\d+)", agent)
    return None if found is None else (int(found[1]), int(found[2]))


def check_version(agent: str) -> None:
    """Refuse a server that is no Neo4j, or too old.

    Raises
    ------
    ServerError
    """
    version = version_of(agent)
    if version is None:
        raise ServerError("this server is no Neo4j; finvest works with Neo4j 5.7 or later")
    if version < OLDEST:
        raise ServerError(
            f"this server is Neo4j {version[0]}.{version[1]}; finvest needs 5.7 or later, which keeps ids of "
            "relationships unique: update the server (5.26 is the long-term line)"
        )


@contextmanager
def mapped(server: Server) -> Iterator[None]:
    """Turn whatever driver and server raise into one line that says what to do."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except (DriverError, Neo4jError) as error:
        raise ServerError(explained(error, server.place)) from None
    except OSError as error:
        if isinstance(error, ServerError) or error.filename:
            raise
        raise ServerError(_absent(server.place)) from None


def explained(error: Exception, place: str) -> str:
    """Return one line on an error of driver or server: what it means, and what to do; no word of its own."""
    from neo4j import exceptions as known

    if isinstance(error, known.IncompleteCommit | known.SessionExpired):
        return (
            f"the connection to {place} broke; what was written is whole: start the server if need be, then do it again"
        )
    if isinstance(error, known.Neo4jError):
        code = error.code or ""
        for end, meaning in _CODES.items():
            if code.endswith(end):
                return meaning
        if error.is_retryable():
            return "the server is busy or starting; try again in a while"
        return f"the server refused this ({code or 'no code'}); its own log says more"
    if isinstance(error, known.UnsupportedServerProduct):
        return f"what answers at {place} is no Neo4j that finvest can speak to; it needs Neo4j 5.7 or later"
    if isinstance(error, known.ConfigurationError):
        return "the address of the server cannot be used; it looks like bolt://HOST:7687"
    if isinstance(error, known.ServiceUnavailable | known.ConnectionPoolError):
        return _absent(place)
    return f"the exchange with the server at {place} failed ({type(error).__name__}); try again"


def _absent(place: str) -> str:
    return (
        f"no Neo4j server answers at {place}; start it, and see that host, port and encryption (bolt:// or bolt+s://) "
        "are right"
    )


def lost(error: Exception) -> bool:
    """Tell whether an error means that the connection or the server went away, so that the same may be tried again."""
    from neo4j import exceptions as known

    if isinstance(error, known.Neo4jError):
        return error.is_retryable()
    away = (known.ServiceUnavailable, known.SessionExpired, known.ConnectionPoolError)
    return isinstance(error, away) or (isinstance(error, OSError) and not isinstance(error, ServerError))
