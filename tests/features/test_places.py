"""Stays in cities and the moves between them, beside plain Python."""

from __future__ import annotations

import random
from itertools import groupby

import pytest

from finvest.features.places import hops, present, stays
from finvest.findings.make import Make
from tests.features.conftest import number


def test_only_cards_that_are_there_count_and_cities_are_compared_by_letters() -> None:
    make = Make()
    for day, (city, channel) in enumerate(
        [("Graz", "card_pos"), ("GRÄZ", "card_online"), ("GRAZ ", "cash_atm"), (None, "card_pos"), ("---", "card_pos")]
    ):
        make.transfer("x", "shop", 1, day, channel=channel, city=city)
    make.cash_in("x", 1, 9, city="Linz", channel="cash_atm")
    of = make.view()
    assert present(of)["city"].to_list() == ["GRAZ", "GRAZ"]
    assert stays(of).select("stay", "city", "nights", "evidence").rows() == [(0, "GRAZ", 2, [0, 2])]
    assert hops(of, 60).is_empty()


def test_on_one_day_of_unknown_times_nobody_moves_to_and_fro() -> None:
    make = Make()
    for i in range(6):
        make.transfer("x", "shop", i + 1, 0, dated=True, channel="card_pos", city="AB"[i % 2])
    assert stays(make.view())["city"].to_list() == ["A", "B"]


@pytest.mark.parametrize("seed", range(20))
def test_hops_as_plain_python_counts_them(seed: int) -> None:
    chance = random.Random(seed)
    make = Make()
    visits: dict[str, list[tuple[int, str]]] = {"x": [], "y": []}
    for _ in range(30):
        account, day, city = chance.choice("xy"), chance.randrange(100), chance.choice("ABC")
        if day not in {d for d, _ in visits[account]}:
            visits[account].append((day, city))
            make.transfer(account, "shop", 1, day, channel="card_pos", city=city)
    of = make.view(seed)
    found = {row["account"]: row for row in hops(of, 30).to_dicts()}
    for account, days in visits.items():
        runs = [list(run) for _, run in groupby(sorted(days), key=lambda visit: visit[1])]
        begins = [(run[0][0], run[0][1]) for run in runs]
        windows = [[b for b in begins if end - 30 < b[0] <= end] for end, _ in begins]
        best = max((len(w) - 1, len({c for _, c in w})) for w in windows)
        if best[0] > 0:
            row = found[number(of, account)]
            assert (row["hops"], row["cities"]) == best
