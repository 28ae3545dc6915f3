"""Push: a case onto the server, in batches that can be cut at any place and go on where they were.

The watermark is written in the transaction of its batch. Pushing again holds every property that the server has
against the case: what is the same is not written, what finvest wrote and the case changed is set, and what somebody
changed on the server is listed, and set only where that was asked for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from finvest.exchange.neo4j import schema, statements
from finvest.exchange.neo4j.connect import connected, lost
from finvest.exchange.neo4j.rows import held, intact
from finvest.model.errors import ServerError
from finvest.model.identifiers import opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from neo4j import Driver, ManagedTransaction, SummaryCounters, Transaction

    from finvest.exchange.neo4j.connect import Server
    from finvest.exchange.neo4j.material import Part
    from finvest.exchange.neo4j.rows import Batch, Plan
    from finvest.exchange.neo4j.scope import Scope

    AnyTransaction = Transaction | ManagedTransaction

R = TypeVar("R")

PATIENCE = 120.0
"""Seconds for which a server that went away is waited for."""

_COUNTED = ("nodes_created", "nodes_deleted", "relationships_created", "relationships_deleted", "properties_set")
_LABEL = "second label"
_PAUSES = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Changed:
    """An element that somebody changed on the server.

    Attributes
    ----------
    what : str
        Label or type.
    id : str
    keys : tuple of str
        Properties that differ from the case; ``from`` and ``to`` are ends, ``second label`` is Person and the like.
    """

    what: str
    id: str
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.what} {self.id}: {', '.join(self.keys)}"


@dataclass(slots=True)
class Pushed:
    """What a push did, by the server's own counters.

    Attributes
    ----------
    nodes, relationships : int
        How many the case has in this scope.
    counters : dict of str to int
        Nodes and relationships created and deleted, properties set.
    changed : list of Changed
        What somebody changed on the server; set right where that was asked for.
    resumed : int
        Batches that an earlier push had written.
    cuts : int
        How often the connection was lost on the way.
    seconds : float
    """

    nodes: int
    relationships: int
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    changed: list[Changed] = field(default_factory=list)
    resumed: int = 0
    cuts: int = 0
    seconds: float = 0.0

    @property
    def written(self) -> bool:
        """Anything was written."""
        return any(self.counters.values())

    def add(self, counters: SummaryCounters | None) -> None:
        """Add what the server counted."""
        for name in _COUNTED:
            self.counters[name] += int(getattr(counters, name, 0))


def push(
    server: Server,
    plan: Plan,
    scope: Scope,
    *,
    overwrite: bool = False,
    progress: Callable[[str], None] | None = None,
    patience: float = PATIENCE,
) -> Pushed:
    """Push what is planned.

    Parameters
    ----------
    server : Server
    plan : Plan
    scope : Scope
        Part of the case that is planned: what the case no longer has is deleted when all of it is pushed.
    overwrite : bool
        Set right what somebody changed on the server.
    progress : callable, optional
        Told what is being written.
    patience : float
        Seconds for which a server that went away is waited for.

    Raises
    ------
    ServerError
        In one line, with what to do; what was written by then is whole, and pushing again goes on from there.
    """
    begun = time.monotonic()
    with connected(server) as driver:
        pushing = _Pushing(driver, server.database, plan, scope, overwrite, progress or (lambda _: None), patience)
        pushing.all()
    pushing.done.seconds = time.monotonic() - begun
    return pushing.done


def make_schema(server: Server) -> int:
    """Make constraints and indexes where they are missing; return how many were made."""
    with connected(server) as driver:
        return _constraints(driver, server.database)


def _constraints(driver: Driver, database: str) -> int:
    made = 0
    with driver.session(database=database or None) as session:
        for statement in schema.constraints():
            counters = session.run(statement).consume().counters  # pyright: ignore[reportArgumentType]
            made += counters.constraints_added + counters.indexes_added
        session.run(statements.AWAIT).consume()
    return made


class _Pushing:
    """One push on its way."""

    def __init__(
        self,
        driver: Driver,
        database: str,
        plan: Plan,
        scope: Scope,
        overwrite: bool,  # noqa: FBT001
        tell: Callable[[str], None],
        patience: float,
    ) -> None:
        self._driver, self._database = driver, database or None
        self._plan, self._scope, self._overwrite = plan, scope, overwrite
        self._tell, self._patience = tell, patience
        self._mark = {"id": opaque("w", plan.case, scope.name), "case": plan.case, "scope": scope.name}
        self.done = Pushed(plan.nodes, plan.relationships)

    def all(self) -> None:
        """Push everything: constraints, batches, what is no longer there, the end of the watermark."""
        self._tell("making constraints")
        self._patiently(lambda: _constraints(self._driver, self._database or ""))
        self._tell("comparing with what the server has")
        mark = self._patiently(self._read_mark)
        same = mark is not None and mark["plan"] == self._plan.digest
        finished = same and bool(mark and mark["finished"])
        if same and not finished and not self._overwrite and mark is not None:
            self.done.resumed = int(mark["done"] or 0)
        shown = 0
        for batch in self._plan.batches(self.done.resumed):
            shown += len(batch.rows)
            self._tell(f"{batch.part.name}, batch {batch.number:,} of {self._plan.count:,}")
            self._patiently(lambda b=batch: self._batch(b, marked=not finished))  # type: ignore[misc]
        if self._scope.whole:
            self._without_stale()
        if not finished:
            self._patiently(lambda: self._in_transaction(lambda tx: self._set_mark(tx, self._plan.count, end=True)))

    # ---- patience

    def _patiently(self, do: Callable[[], R]) -> R:
        """Do something again while the server is away, for a while."""
        tried, until = 0, float("inf")
        while True:
            try:
                return do()
            except Exception as error:
                if not lost(error) or time.monotonic() > until:
                    raise
                if not tried:  # counted from here: a broken connection can take minutes to show
                    self.done.cuts += 1
                    until = time.monotonic() + self._patience
                    self._tell("the server went away; waiting for it")
                time.sleep(_PAUSES[min(tried, len(_PAUSES) - 1)])
                tried += 1

    def _in_transaction(self, do: Callable[[AnyTransaction], R]) -> R:
        """Do something in one transaction; what the server counted is added once that stands."""
        before = dict(self.done.counters)
        changed = len(self.done.changed)
        try:
            with self._driver.session(database=self._database) as session, session.begin_transaction() as tx:
                found = do(tx)
                tx.commit()
        except BaseException:
            self.done.counters = before
            del self.done.changed[changed:]
            raise
        return found

    def _run(self, tx: AnyTransaction, statement: str, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        result = tx.run(statement, values)  # pyright: ignore[reportArgumentType]
        found = [dict(record) for record in result]
        self.done.add(result.consume().counters)
        return found

    # ---- the watermark

    def _read_mark(self) -> dict[str, Any] | None:
        def read(tx: AnyTransaction) -> dict[str, Any] | None:
            if self._run(tx, statements.OTHERS, case=self._plan.case)[0]["others"]:
                raise ServerError(
                    "this database holds another case, and one database holds one case; name another with --database, "
                    "or empty this one"
                )
            found = self._run(tx, statements.MARK, id=self._mark["id"])
            return found[0] if found else None

        return self._in_transaction(read)

    def _set_mark(self, tx: AnyTransaction, done: int, *, end: bool = False) -> None:
        state = {"plan": self._plan.digest, "done": done, "batches": self._plan.count, "finished": end}
        self._run(tx, statements.SET_MARK, id=self._mark["id"], props=self._mark | state)

    # ---- batches

    def _batch(self, batch: Batch, *, marked: bool) -> None:
        def write(tx: AnyTransaction) -> None:
            self._write(tx, batch)
            if marked:
                self._set_mark(tx, batch.number)

        self._in_transaction(write)

    def _write(self, tx: AnyTransaction, batch: Batch) -> None:
        part, rows = batch.part, {row["id"]: row for row in batch.rows}
        known = {one["id"] for one in self._run(tx, statements.known(part), ids=list(rows))}
        missing = [row for row in batch.rows if row["id"] not in known]
        there = [row for row in batch.rows if row["id"] in known]
        found = self._run(tx, statements.find(part), rows=there) if there else []
        update: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for one in found:
            if one["held"] is None:  # deleted a moment ago
                missing.append(rows[one["id"]])
                continue
            row, has = rows[one["id"]], held(part.element, one["held"])
            ends = {"from": one["start"], "to": one["stop"]} if part.ends else {}
            keys = _different(part, row, has, ends, one["labels"])
            if not keys:
                continue  # people added properties of their own
            if not intact(has, ends) or keys == (_LABEL,):
                self.done.changed.append(Changed(part.element.name, row["id"], keys))
                if not self._overwrite:
                    continue
            gone = dict.fromkeys(has.keys() - row["props"].keys())
            away = bool({"from", "to"} & set(keys))
            (moved if away else update).append(row if away else row | {"props": gone | row["props"]})
        if moved:
            self._run(tx, statements.cut(part), rows=moved)
        if update:
            self._run(tx, statements.update(part), rows=update)
        if missing or moved:
            self._create(tx, part, missing + moved)

    def _create(self, tx: AnyTransaction, part: Part, rows: list[dict[str, Any]]) -> None:
        counted = "relationships_created" if part.ends else "nodes_created"
        before = self.done.counters[counted]
        self._run(tx, statements.create(part), rows=rows)
        if self.done.counters[counted] - before != len(rows):
            raise ServerError(
                "nodes of the case were deleted on the server while it was pushed; push again, and they are made again"
            )

    # ---- what the case no longer has

    def _without_stale(self) -> None:
        """Delete what an earlier push wrote and the case no longer has; what people changed or tied to it stays."""
        for edges, elements in ((True, schema.RELATIONSHIPS), (False, schema.NODES)):
            for element in elements:
                self._patiently(lambda e=element, r=edges: self._stale(e, edges=r))  # type: ignore[misc]

    def _stale(self, element: schema.Element, *, edges: bool) -> None:
        def clear(tx: AnyTransaction) -> None:
            ids = self._plan.ids(element.name)
            known = self._run(tx, statements.count(element.name, edges=edges), case=self._plan.case)[0]["known"]
            if known <= len(ids):
                return
            away = []
            for row in tx.run(statements.listed(element.name, edges=edges), case=self._plan.case):  # pyright: ignore[reportArgumentType]
                if row["id"] in ids:
                    continue
                ends = {"from": row["start"], "to": row["stop"]} if edges else {}
                if not intact(held(element, row["held"]), ends):
                    self.done.changed.append(Changed(element.name, str(row["id"]), ("no longer in the case",)))
                    if not self._overwrite:
                        continue
                away.append(row["id"])
            if away:
                self._run(tx, statements.delete(element.name, edges=edges), ids=away)

        self._in_transaction(clear)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - of any type of the schema
    """Tell whether two values are one, of one type: to Python 1, 1.0 and true are equal."""
    return type(one) is type(other) and bool(one == other)


def _different(
    part: Part, row: dict[str, Any], has: dict[str, Any], ends: dict[str, Any], labels: list[str]
) -> tuple[str, ...]:
    """Return the names of what the server holds otherwise than the case has it."""
    props = row["props"]
    keys = [key for key in part.element.properties if key != "digest" and not _same(has.get(key), props.get(key))]
    keys += [end for end, id_ in ends.items() if id_ != row[end]]
    if part.label and part.label not in labels:
        keys.append(_LABEL)
    if not keys and has.get("digest") != props["digest"]:
        keys.append("digest")
    return tuple(keys)
