"""Adverts matched with payments, beside plain Python."""

from __future__ import annotations

import math
import random

import pytest

from finvest.features.advert_times import advert_payers, chances, matches, priced_adverts
from finvest.findings.make import Make
from tests.features.conftest import number

MINUTE = 1 / 1440


def test_adverts_without_site_or_instant_are_left_out_and_the_same_counts_once() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.advert("ads", 0, price=1, advert="1")
    make.advert("ADS", 0, price=1, advert="1")
    make.advert("--", 0, price=1)
    make.advert("ads", 0, price=1, posted_at=None)
    make.advert("ads", 0, price=-1, phone=None, handle="star")
    rows = priced_adverts(make.view())
    assert rows["price"].to_list() == [1, None]
    assert rows["contact"].to_list() == ["+490", "star"]


def test_chance_is_that_of_a_poisson_rate() -> None:
    make = Make()
    for i in range(5):
        make.transfer(f"p{i}", "site", 35_00, i, merchant="ads")
    make.advert("ads", 1, price=35_00)
    (row,) = chances(make.view(), 10).to_dicts()
    rate = 5 / (4 * 1440 + 10)
    assert row["payments"] == 5
    assert row["chance"] == pytest.approx(1 - math.exp(-rate * 10))


def test_the_ratio_by_hand() -> None:
    make = Make()
    for i in range(3):
        make.transfer("p", "site", 35_00, i, merchant="ads")
        make.advert("ads", i + MINUTE, price=35_00)
    make.advert("ads", 9, price=35_00)
    (row,) = advert_payers(make.view(), 10, 60).to_dicts()
    chance = 1 - math.exp(-3 * 10 / (2 * 1440 + 10))
    assert row["log_ratio"] == pytest.approx(3 * math.log(0.6 / chance) + math.log(0.4 / (1 - chance)))
    assert (row["matched"], row["adverts"]) == (3, 4)
    assert row["expected"] == pytest.approx(4 * chance)


@pytest.mark.parametrize("seed", range(20))
def test_matches_as_plain_python_finds_them(seed: int) -> None:
    chance = random.Random(seed)
    make = Make()
    paid, posted = [], []
    for _ in range(40):
        payer, minute, price = chance.choice("pq"), chance.randrange(200), chance.choice([35, 50])
        paid.append((payer, minute, price))
        make.transfer(payer, "site", price, minute * MINUTE, merchant="ads")
    for i in range(15):
        minute, price = chance.randrange(200), chance.choice([35, 50])
        posted.append((minute, price, i))
        make.advert("ads", minute * MINUTE, price=price)
    of = make.view(seed)
    found = matches(of, 10)
    for payer in "pq":
        # Which advert a payment stands for does not depend on ties; how many are matched does not either.
        latest: dict[int, int] = {}
        for minute, price, i in sorted(posted):
            fitting = [m for p, m, c in paid if p == payer and c == price and minute - 10 <= m <= minute]
            if fitting:
                latest[i] = max(fitting)
        rows = found.filter(payer=number(of, payer))
        used = {(m, price) for i, m in latest.items() for _, price, j in posted if i == j}
        assert rows["payment"].n_unique() == len(rows) == rows["advert"].n_unique()
        assert len(rows) <= len(latest)
        assert len(rows) >= len(used)
