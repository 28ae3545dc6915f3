"""The manifest of a case: which sources, loads and parts it has, what was decided, and who looked at what.

One SQLite file. `decisions`, `proposals` and `log` only grow: triggers refuse to change or delete a row.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from finvest.model.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from finvest.model.records import Source, Tally

_TABLES = """
create table sources (
    sha256 text primary key, name text not null, size integer not null, received_at text not null,
    received_by text not null
) strict;
create table loads (
    load integer primary key, source text not null references sources, loader text not null, profile text not null,
    options text not null, records integer not null, loaded integer not null, quarantined integer not null,
    headers integer not null, blanks integer not null, loaded_at text not null, loaded_by text not null,
    replaced_by integer references loads
) strict;
create table parts (
    path text primary key, tbl text not null, load integer references loads, rows integer not null, sha256 text not null
) strict;
create table decisions (
    decision text primary key, kind text not null, subject text not null, outcome text not null, reason text not null,
    actor text not null, at text not null, revokes text references decisions, details text
) strict;
create table log (
    entry integer primary key autoincrement, at text not null, actor text not null, event text not null,
    reason text not null, subjects text not null
) strict;
"""

_PROPOSALS = """
create table proposals (
    proposal text primary key, kind text not null, subject text not null, source text not null, said_by text,
    said_at text, details text not null, pulled_by text not null, pulled_at text not null
) strict;
"""

_GROW_ONLY = """
create trigger {table}_no_{verb} before {verb} on {table}
begin select raise(abort, '{table} only grows'); end;
"""

# "insert or replace" deletes without asking the trigger on delete.
_NO_REPLACE = """
create trigger {table}_no_replace before insert on {table}
when exists (select 1 from {table} where {key} = new.{key})
begin select raise(abort, '{table} only grows'); end;
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a table.

    Attributes
    ----------
    path : str
        Relative to the case folder.
    table : str
    rows : int
    sha256 : str
    """

    path: str
    table: str
    rows: int
    sha256: str


def now() -> str:
    """Return the time in UTC, ISO 8601 to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def written(options: dict[str, Any]) -> str:
    """Return options as they stand in the manifest."""
    return json.dumps(options, sort_keys=True, default=str)


def _growing(table: str, key: str) -> str:
    """Return the triggers by which a table only grows."""
    parts = [_GROW_ONLY.format(table=table, verb=verb) for verb in ("update", "delete")]
    return "".join([*parts, _NO_REPLACE.format(table=table, key=key)])


class Manifest:
    """The SQLite file of a case.

    Parameters
    ----------
    path : pathlib.Path
        `manifest.sqlite` of the case.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise CaseError(f"{path} is missing: the case folder is damaged")
        self._path = path

    @classmethod
    def create(cls, path: Path) -> Manifest:
        """Make an empty manifest."""
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(_TABLES)
            for table, key in (("decisions", "decision"), ("log", "entry")):
                db.executescript(_growing(table, key))
        return cls(path)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as db, db:
            db.execute("pragma foreign_keys = on")
            yield db

    def _read(self, query: str, *values: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        with closing(sqlite3.connect(self._path)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(query, values)]

    # ---- sources, loads, parts

    def sources(self) -> list[dict[str, Any]]:
        """Return every source with the figures of its current load, in order of arrival."""
        return self._read(
            "select s.*, l.load, l.loader, l.profile, l.options, l.records, l.loaded, l.quarantined, l.headers, "
            "l.blanks, l.loaded_at from sources s left join loads l on l.source = s.sha256 and l.replaced_by is null "
            "order by s.rowid"
        )

    def current_load(self, source: str) -> dict[str, Any] | None:
        """Return the load of a source that holds now, or None."""
        rows = self._read("select * from loads where source = ? and replaced_by is null", source)
        return rows[0] if rows else None

    def loads(self) -> int:
        """Return how many loads there were, replaced ones included."""
        return int(self._read("select count(*) as loads from loads")[0]["loads"])

    def add_load(
        self,
        source: Source,
        loader: str,
        profile: str,
        options: dict[str, Any],
        tally: Tally,
        parts: Sequence[Part],
        actor: str,
    ) -> None:
        """Record a load, all of it or nothing; an earlier load of the same source is replaced."""
        with self._write() as db:
            db.execute(
                "insert or ignore into sources values (?, ?, ?, ?, ?)",
                (source.sha256, source.name, source.size, now(), actor),
            )
            counts = (tally.records, tally.loaded, tally.quarantined, tally.headers, tally.blanks)
            load = db.execute(
                "insert into loads values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)",
                (
                    source.sha256,
                    loader,
                    profile,
                    written(options),
                    *counts,
                    now(),
                    actor,
                ),
            ).lastrowid
            db.execute(
                "update loads set replaced_by = ? where source = ? and load <> ? and replaced_by is null",
                (load, source.sha256, load),
            )
            db.executemany(
                "insert or replace into parts values (?, ?, ?, ?, ?)",
                [(p.path, p.table, load, p.rows, p.sha256) for p in parts],
            )

    def replace_part(self, part: Part) -> list[str]:
        """Let a derived table consist of one part; return the paths of the parts that are no longer used."""
        with self._write() as db:
            old = [
                row[0]
                for row in db.execute("select path from parts where tbl = ? and path <> ?", (part.table, part.path))
            ]
            db.execute("delete from parts where tbl = ?", (part.table,))
            db.execute("insert into parts values (?, ?, null, ?, ?)", (part.path, part.table, part.rows, part.sha256))
        return old

    def parts(self, table: str) -> list[Part]:
        """Return the parts of a table that hold now, ordered by source."""
        rows = self._read(
            "select p.path, p.tbl, p.rows, p.sha256 from parts p left join loads l on l.load = p.load "
            "where p.tbl = ? and l.replaced_by is null order by l.source, p.path",
            table,
        )
        return [Part(r["path"], r["tbl"], r["rows"], r["sha256"]) for r in rows]

    # ---- decisions, proposals and log

    def add_decision(self, decision: dict[str, Any]) -> None:
        """Keep a person's decision."""
        self.add_decisions([decision])

    def add_decisions(self, decisions: Sequence[dict[str, Any]]) -> None:
        """Keep decisions, all of them or none."""
        with self._write() as db:
            if "details" not in {row[1] for row in db.execute("pragma table_info(decisions)")}:
                db.execute("alter table decisions add column details text")  # a case made before decisions had any
            db.executemany(
                "insert into decisions (decision, kind, subject, outcome, reason, actor, at, revokes, details) values "
                "(:decision, :kind, :subject, :outcome, :reason, :actor, :at, :revokes, :details)",
                [{"revokes": None, "details": None, **decision} for decision in decisions],
            )

    def decisions(self) -> list[dict[str, Any]]:
        """Return every decision, oldest first."""
        return self._read("select * from decisions order by rowid")

    def add_proposals(self, proposals: Sequence[dict[str, Any]]) -> int:
        """Keep what somebody proposed elsewhere, all of it or nothing; what is kept already is left as it is.

        Returns
        -------
        int
            How many are new.
        """
        with self._write() as db:
            if not self._has_proposals():
                db.executescript(_PROPOSALS + _growing("proposals", "proposal"))
            before = db.total_changes
            db.executemany(
                "insert into proposals select :proposal, :kind, :subject, :source, :said_by, :said_at, :details, "
                ":pulled_by, :pulled_at where not exists (select 1 from proposals where proposal = :proposal)",
                proposals,
            )
            return db.total_changes - before

    def proposals(self) -> list[dict[str, Any]]:
        """Return every proposal, in the order in which they came."""
        return self._read("select * from proposals order by rowid") if self._has_proposals() else []

    def _has_proposals(self) -> bool:
        return bool(self._read("select 1 from sqlite_master where type = 'table' and name = 'proposals'"))

    def add_log(self, event: str, actor: str, reason: str, subjects: Sequence[str] = ()) -> None:
        """Append to the log: an open, a look, a load, an export.

        Parameters
        ----------
        event : str
            collection, alteration, consultation, disclosure, combination or erasure, and what was done.
        actor, reason : str
        subjects : sequence of str
            Opaque ids; never a name or number.
        """
        with self._write() as db:
            db.execute(
                "insert into log (at, actor, event, reason, subjects) values (?, ?, ?, ?, ?)",
                (now(), actor, event, reason, json.dumps(list(subjects))),
            )

    def log(self) -> list[dict[str, Any]]:
        """Return the log, oldest first."""
        return self._read("select * from log order by entry")
