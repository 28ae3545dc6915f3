"""Who counts as one person and as one family, beside a slow reference."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import networkx as nx
import polars as pl
import pytest

from finvest.features.families import families, persons, related, relations_on_file
from finvest.findings.make import Make

if TYPE_CHECKING:
    from finvest.view import CaseView

SURNAMES = ("Adler", "Brandt", "Can", "Dahl", "Egger")


def case(names: list[str | None], relations: list[tuple[str, str]] = []) -> CaseView:  # noqa: B006
    make = Make()
    for i, name in enumerate(names):
        make.transfer("works", f"a{i}", 1, i)
        if name is not None:
            make.holder(f"a{i}", name)
    for one, other in relations:
        make.row("links", kind="related_to", from_id=make.person(one), to_id=make.person(other))
    return make.view()


def numbers(of: CaseView, count: int) -> list[int]:
    known = of.frame("accounts")
    return [known.filter(pl.col("account") == Make.id(f"a{i}"))["n"].item() for i in range(count)]


def split(of: CaseView, hubs: list[tuple[int, int]]) -> list[int | None]:
    rows = pl.DataFrame(hubs, schema={"hub": pl.UInt32, "account": pl.UInt32}, orient="row")
    return families(of, rows).to_list()


def same(labels: list[int | None]) -> list[list[bool]]:
    return [[a is not None and a == b for b in labels] for a in labels]


@pytest.mark.parametrize("seed", range(40))
def test_families_are_the_parts_that_surnames_and_relations_make(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"{rng.choice('abcd')}{rng.choice('xy')} {rng.choice(SURNAMES)}" for _ in range(10)]
    held = [None if rng.random() < 0.1 else name for name in names]
    relations = [(rng.choice(names), rng.choice(names)) for _ in range(rng.randrange(4))]
    of = case(held, relations)
    n = numbers(of, 10)
    hubs = sorted({(rng.randrange(3), rng.randrange(10)) for _ in range(18)})
    graph: nx.Graph[tuple[int, str]] = nx.Graph()
    for hub, i in hubs:
        name = held[i]
        if name is None:
            continue
        graph.add_node((hub, name))
        for hub2, j in hubs:
            other = held[j]
            if hub2 != hub or other is None:
                continue
            if name.split()[1] == other.split()[1] or (name, other) in relations or (other, name) in relations:
                graph.add_edge((hub, name), (hub, other))
    part = {node: k for k, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    expected = [part.get((hub, held[i] or "")) for hub, i in hubs]
    assert same(split(of, [(hub, n[i]) for hub, i in hubs])) == same(expected)


def test_a_relation_to_somebody_outside_joins_nobody() -> None:
    of = case(["Ada Adler", "Ben Brandt"], [("Ada Adler", "Gus Gold"), ("Ben Brandt", "Gus Gold")])
    first, second = split(of, [(0, n) for n in numbers(of, 2)])
    assert first != second


def test_surnames() -> None:
    written = ["Ada Adler", "ADLER, Ben", "Adler", "Ada  Müller ", "mueller, x", "***", None, "Firm Adler"]
    make = Make()
    for i, name in enumerate(written):
        make.transfer("works", f"a{i}", 1, i)
        if name is not None:
            make.holder(f"a{i}", name)
    make.company("Firm Adler")
    of = make.view()
    surnames = persons(of)["surname"]
    expected = ["ADLER", "ADLER", "ADLER", "MUELLER", "MUELLER", None, None, None]
    assert [surnames[n] for n in numbers(of, 8)] == expected


def test_relations_go_both_ways_and_other_links_are_none() -> None:
    of = case(["Ada Adler"], [("Ada Adler", "Gus Gold")])
    assert sorted(related(of).rows()) == [("ADA ADLER", "GOLD GUS"), ("GOLD GUS", "ADA ADLER")]
    assert relations_on_file(of)
    make = Make()
    make.transfer("a0", "b", 1, 0)
    assert not relations_on_file(make.view())
    assert related(make.view()).is_empty()
    make.row("links", kind="directs", from_id="x", to_id="y")
    assert not relations_on_file(make.view())
