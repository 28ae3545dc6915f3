"""Counting who is there at one time, and what hangs together, beside slow references."""

from __future__ import annotations

import random
from datetime import date, timedelta

import networkx as nx
import polars as pl
import pytest

from finvest.features.at_once import most_at_once, parts

DAY = date(2025, 1, 1)

Span = tuple[str, str, int | None, int | None]


def frame(spans: list[Span]) -> pl.DataFrame:
    rows = [(key, who, *(None if d is None else DAY + timedelta(days=d) for d in days)) for key, who, *days in spans]
    return pl.DataFrame(
        rows, schema={"key": pl.String, "who": pl.String, "first": pl.Date, "until": pl.Date}, orient="row"
    )


def slow(spans: list[Span]) -> list[tuple[str, date, date, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for key in sorted({key for key, *_ in spans}):
        for day in range(-5, 60):
            there = {w for k, w, a, b in spans if k == key and a is not None and b is not None and a <= day <= b}
            if there and len(there) > found.get(key, (0, 0, 0))[0]:
                found[key] = (len(there), day, day)
            elif there and len(there) == found[key][0] and day == found[key][2] + 1:
                found[key] = (*found[key][:2], day)
    return [(k, DAY + timedelta(days=a), DAY + timedelta(days=b), most) for k, (most, a, b) in found.items()]


@pytest.mark.parametrize("seed", range(60))
def test_most_at_once_as_counted_day_by_day(seed: int) -> None:
    rng = random.Random(seed)
    spans: list[Span] = []
    for _ in range(rng.randrange(1, 40)):
        first = rng.choice([None, *range(30)])
        until = None if first is None or rng.random() < 0.1 else first + rng.randrange(-2, 15)
        spans.append((rng.choice("kl"), rng.choice("abcde"), first, until))
    assert most_at_once(frame(spans), ["key"]).rows() == slow(spans)
    rng.shuffle(spans)
    assert most_at_once(frame(spans), ["key"]).rows() == slow(spans)


def test_both_ends_count_and_one_who_is_there_twice_counts_once() -> None:
    spans: list[Span] = [("k", "a", 0, 5), ("k", "b", 5, 9), ("k", "c", 6, 9), ("k", "b", 6, 20)]
    assert most_at_once(frame(spans), ["key"]).rows() == [("k", DAY + timedelta(days=5), DAY + timedelta(days=9), 2)]


def test_the_last_day_of_all_days_does_not_overflow() -> None:
    spans = pl.DataFrame({"key": ["k"], "who": ["a"], "first": [date(9999, 12, 31)], "until": [date(9999, 12, 31)]})
    assert most_at_once(spans, ["key"]).rows() == [("k", date(9999, 12, 31), date(9999, 12, 31), 1)]


@pytest.mark.parametrize("seed", range(40))
def test_parts_are_connected_components(seed: int) -> None:
    rng = random.Random(seed)
    nodes = rng.randrange(1, 60)
    edges = [(rng.randrange(nodes), rng.randrange(nodes)) for _ in range(rng.randrange(nodes))]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges)
    expected = {node: min(part) for part in nx.connected_components(graph) for node in part}
    ends = pl.DataFrame(edges, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    assert parts(nodes, ends["a"], ends["b"]).to_list() == [expected[n] for n in range(nodes)]


def test_a_long_path_and_nothing_at_all() -> None:
    path = pl.Series(range(5_000))
    assert parts(5_000, path.head(-1), path.tail(-1)).unique().to_list() == [0]
    assert parts(0, path.head(0), path.head(0)).to_list() == []
