"""A push while the server is killed and started again and the connection is cut: nothing is lost, nothing twice.

The short form runs with the other tests; `make torture-neo4j` runs the long one.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest import sharing
from finvest.exchange.neo4j import connect, push
from finvest.exchange.neo4j.scope import Scope
from finvest.model.errors import ServerError
from tests.exchange.neo4j.cases import many
from tests.exchange.neo4j.server import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.case import Case
    from tests.exchange.neo4j.server import Started

LONG = os.environ.get("FINVEST_TORTURE") == "long"
TRANSFERS, RESTARTS, CUTS = (1_000_000, 10, 20) if LONG else (50_000, 2, 3)
NOTHING = dict.fromkeys(push._COUNTED, 0)


def _totals(server: Started) -> dict[str, tuple[int, int, int]]:
    asked = (
        "MATCH ()-[t:TRANSFER]->() "
        "RETURN t.currency AS c, count(t) AS n, count(DISTINCT t.id) AS ids, sum(t.amount_minor) AS s"
    )
    return {row["c"]: (row["n"], row["ids"], row["s"]) for row in server.ask(asked)}


def _wanted(case: Case) -> dict[str, tuple[int, int, int]]:
    moved = case.matched.movements.group_by("currency").agg(
        n=pl.len(), ids=pl.col("movement").n_unique(), s=pl.col("amount").cast(pl.Int64).sum()
    )
    return {r["currency"]: (r["n"], r["ids"], r["s"]) for r in moved.collect().iter_rows(named=True)}


class Trouble:
    """Kills the server and cuts the connection at batches of the push, each a moment after the batch began."""

    def __init__(self, server: Started, proxy: Proxy, at: dict[int, Callable[[], object]]) -> None:
        self.server, self.proxy, self.at = server, proxy, at
        self.happened = 0
        self._threads: list[threading.Thread] = []

    def __call__(self, text: str) -> None:
        _, _, rest = text.partition(", batch ")
        number = rest.partition(" of ")[0].replace(",", "")
        event = self.at.pop(int(number), None) if number else None
        if event is not None:
            thread = threading.Thread(target=self._later, args=(event, 0.02 * (int(number) % 7)))
            thread.start()
            self._threads.append(thread)

    def _later(self, event: Callable[[], object], wait: float) -> None:
        time.sleep(wait)
        event()
        self.happened += 1

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


@pytest.mark.slow
def test_killed_and_cut_on_the_way(tmp_path: Path, started: Started) -> None:
    case = many(tmp_path, TRANSFERS)
    plan = sharing.plan(case._state, sharing.parts(case._state))
    proxy = Proxy(started.port)

    def restart() -> None:
        started.kill()
        started.start()

    events: list[Callable[[], object]] = [restart] * RESTARTS + [proxy.cut] * CUTS
    step = plan.count / (len(events) + 1)
    order = sorted(range(len(events)), key=lambda n: (n * 7) % len(events))
    trouble = Trouble(started, proxy, {max(1, round(step * (i + 1))): events[n] for i, n in enumerate(order)})
    assert len(trouble.at) == len(events)
    server = connect.Server(proxy.uri, started.user, started.password, started.database)
    try:
        first = push.push(server, plan, Scope(), progress=trouble)
    finally:
        trouble.join()
        proxy.close()
    assert (trouble.happened, trouble.at) == (len(events), {})
    assert first.cuts >= RESTARTS
    assert _totals(started) == _wanted(case)
    begun = time.monotonic()
    second = case.to_neo4j()
    seconds = time.monotonic() - begun
    assert (second.counters, second.changed) == (NOTHING, [])
    speed = first.relationships / first.seconds
    print(  # noqa: T201 - what `make torture-neo4j` is asked for
        f"\n{first.relationships:,} relationships in {first.seconds:,.1f} s with {RESTARTS} restarts and {CUTS} cuts: "
        f"{speed:,.0f} a second; cut {first.cuts} times; compared again in {seconds:,.1f} s"
    )


def test_a_server_that_dies_for_good_in_the_middle_is_one_line_and_the_next_push_heals(
    tmp_path: Path, started: Started
) -> None:
    case = many(tmp_path, 12_000)
    plan = sharing.plan(case._state, sharing.parts(case._state))
    trouble = Trouble(started, Proxy(started.port), {plan.count - 1: started.kill})
    server = connect.Server.of()
    try:
        with pytest.raises(ServerError, match=r"no Neo4j server answers|connection to .* broke") as caught:
            push.push(server, plan, Scope(), progress=trouble, patience=2)
    finally:
        trouble.join()
        trouble.proxy.close()
        started.start()
    assert "\n" not in str(caught.value)
    assert started.password not in str(caught.value)
    done = case.to_neo4j()
    assert done.resumed > 0
    assert _totals(started) == _wanted(case)
    assert case.to_neo4j().counters == NOTHING
