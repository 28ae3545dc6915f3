"""Files for an import: what the server holds after it is what the case has, hostile texts and all."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest import sharing
from finvest.exchange.neo4j import bulk
from finvest.exchange.neo4j.material import Part
from finvest.exchange.neo4j.schema import relationship
from finvest.model.errors import DataError, UsageError
from tests.exchange.neo4j.bulk_case import bulk_case
from tests.exchange.neo4j.cases import PAYLOADS, hostile
from tests.exchange.neo4j.server import _JAVA, Started, jars

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.case import Case

LONG = "FINVEST_TORTURE"
"""Environment variable that asks for the long form."""

BROKEN = (
    'a "quoted" name',
    '"',
    '""',
    "line\nbreak",
    "line\r\nbreak",
    "carriage\rreturn",
    "comma, semicolon; tab\tpipe|",
    "back\\slash\\",
    "\\",
    "\\n is no break",
    " blanks around ",
    "Ünal ελληνικά עברית 漢字 👩‍👩‍👧",
    '","a1","x"\n"p1"',
    "",
)
"""Texts that a file of texts may trip over."""

TEXTS = (*PAYLOADS, *BROKEN)


def imported(server: Started, command: str) -> None:
    """Run the printed command, by the admin tool of this server, over what it holds."""
    place, _, tool = command.removeprefix("cd ").partition(" && ")
    words = shlex.split(tool)
    assert words[0] == "neo4j-admin"
    server.stop()
    done = subprocess.run(
        ["java", "-Xmx1g", *_JAVA, "-cp", f"{jars(server.version)}/*", "org.neo4j.cli.AdminTool", *words[1:],
         "--overwrite-destination"],
        capture_output=True,
        text=True,
        check=False,
        cwd=shlex.split(place)[0],
        env=os.environ | {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    server.start()


def sums(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {row["currency"]: (row["n"], row["sum"]) for row in rows}


def compared(case: Case, server: Started) -> None:
    """Hold what the server has against the case."""
    movements = case.matched.movements.collect()
    here = movements.group_by("currency").agg(n=pl.len(), sum=pl.col("amount").cast(pl.Int64).sum()).to_dicts()
    there = server.ask(
        "MATCH ()-[t:TRANSFER]->() RETURN t.currency AS currency, count(t) AS n, sum(t.amount_minor) AS sum"
    )
    assert sums(there) == sums(here)
    for part in sharing.parts(case._state):
        found = {row["id"]: row["p"] for row in _some(part, server)}
        for row in part.frame.head(500).iter_rows(named=True):
            held = found[row["id"]]
            texts = {k: v for k, v in row.items() if isinstance(v, str) and k not in {"from", "to"}}
            assert {key: held.get(key) for key in texts} == texts


def _some(part: Part, server: Started) -> list[dict[str, Any]]:
    ids = part.frame["id"].head(500).to_list()
    if part.ends:
        match = f"MATCH ()-[e:`{part.element.name}`]->() WHERE e.id IN $ids"
    else:
        match = f"MATCH (e:`{part.element.name}`) WHERE e.id IN $ids"
    return server.ask(f"{match} RETURN e.id AS id, properties(e) AS p", ids=ids)


@pytest.mark.slow
def test_an_import_gives_what_a_push_would(started: Started, tmp_path: Path) -> None:
    case = bulk_case(tmp_path, 20_000, 2_000, TEXTS)
    done = case.neo4j_files(tmp_path / "files")
    imported(started, done.command)
    counted = started.ask("MATCH (n) RETURN count(n) AS nodes, COUNT { ()-[]->() } AS edges")[0]
    assert (counted["nodes"], counted["edges"]) == (done.nodes, done.relationships)
    assert done.relationships > 20_000
    compared(case, started)
    pushed = case.to_neo4j()
    assert pushed.changed == []
    assert (pushed.nodes, pushed.relationships) == (done.nodes, done.relationships)
    only_the_watermark = {"nodes_created": 1, "relationships_created": 0, "relationships_deleted": 0}
    assert {name: pushed.counters[name] for name in only_the_watermark} == only_the_watermark
    again = case.to_neo4j()
    assert not again.written


def test_hostile_ids_and_texts_stay_text(started: Started, tmp_path: Path) -> None:
    case = hostile(tmp_path)
    done = case.neo4j_files(tmp_path / "files")
    imported(started, done.command)
    counted = started.ask("MATCH (n) RETURN count(n) AS nodes, COUNT { ()-[]->() } AS edges")[0]
    assert (counted["nodes"], counted["edges"]) == (done.nodes, done.relationships)
    compared(case, started)
    assert case.to_neo4j().changed == []


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get(LONG) != "long", reason=f"{LONG} asks for it: `make torture-neo4j`")
def test_an_import_of_a_million(started: Started, tmp_path: Path) -> None:
    case = bulk_case(tmp_path, 1_000_000, 100_000, TEXTS)
    begun = time.monotonic()
    done = case.neo4j_files(tmp_path / "files")
    written = time.monotonic()
    imported(started, done.command)
    seconds = written - begun, time.monotonic() - written
    print(  # noqa: T201 - what `make torture-neo4j` is asked for
        f"\n{done.nodes:,} nodes, {done.relationships:,} relationships: written in {seconds[0]:.0f} s, "
        f"imported by a server that was stopped and started in {seconds[1]:.0f} s"
    )
    counted = started.ask("MATCH (n) RETURN count(n) AS nodes, COUNT { ()-[]->() } AS edges")[0]
    assert (counted["nodes"], counted["edges"]) == (done.nodes, done.relationships)
    assert done.relationships >= 1_000_000
    compared(case, started)


# ---- without a server


def test_the_folder_is_new_and_the_database_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="not empty"):
        bulk.empty(tmp_path / "full", "neo4j")
    for name in ("", "a", "Neo 4j", "--force", "@x", "x" * 64, "neo4j\nx"):
        with pytest.raises(UsageError, match="name of a database"):
            bulk.empty(tmp_path / "new", name)
    assert not (tmp_path / "new").exists()


def test_the_command_names_the_folder_whatever_it_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "a 'b'; rm -rf x"
    words = shlex.split(bulk.command(folder))
    assert words == ["cd", str(folder), "&&", "neo4j-admin", "database", "import", "full", "@import.args"]


def test_texts_are_quoted_and_what_is_missing_is_not(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["1", "2"], "from": "a", "to": "b", "reference": ["", None], "amount_minor": [1, None]})
    part = Part(relationship("TRANSFER"), frame, ("Account", "Account"))
    bulk.write([part], "c1", bulk.empty(tmp_path / "files", "neo4j"))
    first, second = (tmp_path / "files" / "transfer_account_account.csv").read_text("utf-8").splitlines()
    assert ',1,""' in first
    assert second.endswith(",,")
    header = (tmp_path / "files" / "transfer_account_account-header.csv").read_text("utf-8")
    assert header.startswith(":START_ID(Account),:END_ID(Account),id:string,case:string,")
    assert "amount_minor:long" in header


def test_a_text_that_would_be_cut_in_two_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["1"], "from": "a", "to": "b", "records": [["x\x1fy"]]})
    part = Part(relationship("TRANSFER"), frame, ("Account", "Account"))
    with pytest.raises(DataError, match=r"TRANSFER\.records"):
        bulk.write([part], "c1", bulk.empty(tmp_path / "files", "neo4j"))
