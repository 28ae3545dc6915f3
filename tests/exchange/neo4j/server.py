"""A real Neo4j server without Docker, for the tests and for trying: the jars by Maven, started by Java, on a free port.

`python -m tests.exchange.neo4j.server` runs one until it is interrupted.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neo4j import Driver

VERSION = "5.26.25"
TOO_OLD = "5.1.0"
TEST_BOLT = "FINVEST_TEST_BOLT"
"""Environment variable: address of a server that runs already, empty; user and password as finvest takes them."""

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
 <groupId>local</groupId><artifactId>neo4j-run</artifactId><version>1</version><packaging>pom</packaging>
 <dependencies>
  <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
 </dependencies></project>
"""
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_CONF = """server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.config.strict_validation.enabled=false
server.memory.pagecache.size=256m
"""
_JAVA = (
    "-XX:+UseSerialGC",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
)
_UP = 600.0


def lacking() -> str:
    """Say what this machine lacks to start a server; empty where nothing is missing."""
    absent = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return f"no {' and no '.join(absent)} on this machine, with which a Neo4j server is started" if absent else ""


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "finvest" / "neo4j"


def jars(version: str = VERSION) -> Path:
    """Return the folder of a version's jars, fetched where they are not there yet."""
    folder = cache() / version
    if folder.is_dir():
        return folder
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as fresh:
        pom, lib = Path(fresh) / "pom.xml", Path(fresh) / "lib"
        pom.write_text(_POM.format(version=version), "utf-8")
        asked = ["mvn", "-q", "-B", "-f", str(pom), _COPY, "-DincludeScope=runtime", f"-DoutputDirectory={lib}"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=fresh)
        if done.returncode:
            raise RuntimeError(f"Maven could not fetch Neo4j {version}: {done.stdout[-2000:]}")
        try:
            lib.rename(folder)
        except OSError:  # somebody else fetched it at the same time
            if not folder.is_dir():
                raise
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A server that runs: where it is, and who may ask."""

    def __init__(self, uri: str, user: str, password: str, database: str = "neo4j") -> None:
        self.uri, self.user, self.password, self.database = uri, user, password, database

    @property
    def environment(self) -> dict[str, str]:
        return {
            "NEO4J_URI": self.uri,
            "NEO4J_USER": self.user,
            "NEO4J_PASSWORD": self.password,
            "NEO4J_DATABASE": self.database,
        }

    def driver(self) -> Driver:
        from neo4j import GraphDatabase

        return GraphDatabase.driver(self.uri, auth=(self.user, self.password))

    def ask(self, cypher: str, **values: Any) -> list[dict[str, Any]]:
        """Return the rows of a statement."""
        with self.driver() as driver, driver.session(database=self.database) as session:
            return [dict(record) for record in session.run(cypher, values)]

    def clear(self) -> None:
        """Delete every node and relationship."""
        # Relationships first: what hangs on some thousand nodes can be more than a transaction holds.
        self.ask("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS")
        self.ask("MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")


class Started(Running):
    """A server of the test's own, which it may stop, kill and start again."""

    def __init__(self, folder: Path, version: str = VERSION, heap: str = "512m") -> None:
        self.home, self.version, self.heap = folder, version, heap
        self.port = free_port()
        super().__init__(f"bolt://127.0.0.1:{self.port}", "neo4j", secrets.token_urlsafe(12))
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "plugins", "data", "logs", "import", "run"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "conf" / "neo4j.conf").write_text(_CONF.format(port=self.port), "utf-8")

    def admin(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the admin tool on this server's folder."""
        given = ["java", "-Xmx1g", *_JAVA, "-cp", f"{jars(self.version)}/*", "org.neo4j.cli.AdminTool", *arguments]
        places = {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        return subprocess.run(given, capture_output=True, text=True, check=False, env=os.environ | places)

    def set_password(self, password: str | None = None) -> None:
        """Set the password before the first start."""
        self.password = password or self.password
        done = self.admin("dbms", "set-initial-password", self.password)
        if done.returncode:
            raise RuntimeError(f"the admin tool could not set a password: {done.stderr[-500:]}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        path = f"{self.home}/plugins/*:{self.home}/conf/*:{jars(self.version)}/*"
        entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}", f"--config-dir={self.home}/conf"]
        places = {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        with (self.home / "logs" / "console.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["java", f"-Xmx{self.heap}", *_JAVA, "-cp", path, *entry, "--console-mode"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=os.environ | places,
            )
        self._wait()

    def _wait(self) -> None:
        from neo4j.exceptions import DriverError, Neo4jError

        until = time.monotonic() + _UP
        while time.monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                self.ask("RETURN 1 AS one")
            except (DriverError, Neo4jError, OSError):
                time.sleep(0.3)
            else:
                return
        log = (self.home / "logs" / "console.log").read_text("utf-8", "replace")
        self.kill()
        raise RuntimeError(f"the Neo4j server did not come up: {log[-2000:]}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None


class Proxy:
    """A door in front of a server that can cut every connection through it."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                inside, _ = self._listening.accept()
            except OSError:
                return
            try:
                outside = socket.create_connection(("127.0.0.1", self._to), 5)
                outside.settimeout(None)
            except OSError:
                inside.close()
                continue
            with self._lock:
                self._open += [inside, outside]
            for source, target in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who reads
                end.close()

    def cut(self) -> int:
        """Cut every connection; return how many ends were open."""
        with self._lock:
            ends, self._open = self._open, []
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        return len(ends)

    def close(self) -> None:
        self._listening.close()
        self.cut()


def main() -> None:
    """Run a server in a fresh folder until it is interrupted."""
    if reason := lacking():
        sys.exit(f"{reason}; on Debian: apt install default-jre-headless maven")
    password = os.environ.get("NEO4J_PASSWORD") or getpass.getpass(
        "Password for the new server (8 characters or more): "
    )
    say = sys.stderr.write
    say(f"Neo4j {VERSION}: fetching what is missing, starting …\n")
    with tempfile.TemporaryDirectory(prefix="finvest-neo4j-") as folder:
        server = Started(Path(folder), heap="1g")
        server.set_password(password)
        server.start()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # or Java would outlive it
        say(f"it answers. In another terminal: export NEO4J_URI={server.uri} NEO4J_USER=neo4j NEO4J_PASSWORD=…\n")
        say("what is put on it is gone when it stops: Ctrl-C\n")
        try:
            while server.runs:
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("\nstopping\n")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
