"""Peers of companies, beside plain Python."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from finvest.features.peers import FEW, LEAST, among_peers, peer_groups
from finvest.findings.make import Make


def firms(count: int, make: Make | None = None, **columns: Any) -> Make:
    make = make or Make()
    make.transfer("a", "b", 1, 0)
    for i in range(count):
        make.company(f"Firm {i}", **{"activity": "I55.10", "country": "XX", "declared_staff": 5, **columns})
    return make


@pytest.mark.parametrize(("staff", "size"), [(0, 0), (9, 0), (10, 1), (49, 1), (50, 2), (250, 3)])
def test_size(staff: int, size: int) -> None:
    assert peer_groups(firms(1, declared_staff=staff).view())["size"].to_list() == [size]


def test_staff_may_come_from_filings() -> None:
    make = firms(1, declared_staff=None)
    assert peer_groups(make.view())["peers"].to_list() == [None]
    party = make.tables()["companies"]["party"][0]
    make.row("filings", party=party, staff=60)
    assert peer_groups(make.view())["size"].to_list() == [2]


@pytest.mark.parametrize("columns", [{"activity": "55"}, {"activity": None}, {"country": None}])
def test_what_is_not_on_file_makes_no_peer(columns: dict[str, Any]) -> None:
    view = firms(40, **columns).view()
    assert peer_groups(view)["peers"].null_count() == 40
    said = among_peers(view, peer_groups(view).select("party", value=1), "value")
    assert set(said["not_assessable"]) == {"branch, size or country of the company is not on file"}


def test_the_first_four_digits_count() -> None:
    make = firms(2)
    make.company("Else", activity="5510.9", country="XX", declared_staff=1)
    make.company("Other", activity="5520", country="XX", declared_staff=1)
    assert sorted(peer_groups(make.view())["peers"]) == [1, 3, 3, 3]


def test_fewer_than_thirty_say_nothing() -> None:
    for count in (LEAST - 1, LEAST):
        view = firms(count).view()
        said = among_peers(view, peer_groups(view).select("party", value=1), "value")
        enough = count == LEAST
        assert set(said["not_assessable"]) == {None if enough else FEW}
        assert said["below"].null_count() == (0 if enough else count)


@pytest.mark.parametrize("seed", range(5))
def test_places_among_peers_as_plain_python_counts_them(seed: int) -> None:
    chance = random.Random(seed)
    view = firms(50).view(seed)
    parties = peer_groups(view)["party"]
    values = [chance.randrange(20) for _ in parties]
    rows = among_peers(view, pl.DataFrame({"party": parties, "value": values}), "value")
    ordered = sorted(values)
    for row in rows.iter_rows(named=True):
        assert row["below"] == sum(v < row["value"] for v in values)
        assert row["above"] == sum(v > row["value"] for v in values)
        assert [row[f"p{p}"] for p in (5, 25, 95)] == [ordered[int(p * 49 / 100)] for p in (5, 25, 95)]
