"""Posts and addresses, beside a slow reference."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from finvest.features.directors import busy_addresses, busy_directors, companies, nace, posts
from finvest.findings.make import Make

DAY = date(2020, 1, 1)

Post = tuple[int, int, int | None, int | None]


def day(number: int | None) -> date | None:
    return None if number is None else DAY + timedelta(days=number)


def case(held: list[Post], firms: int) -> Make:
    make = Make()
    make.transfer("a", "b", 1, 0)
    for i in range(firms):
        make.company(f"Firm {i}", activity=f"{41 + i % 3}.10", address="High Street 5")
    for person, firm, start, end in held:
        make.director(f"Director {person}", f"Firm {firm}", f"P-{person}", start=day(start), end=day(end))
    return make


def slow(held: list[Post], person: int) -> tuple[int, int]:
    """Most companies at one time, and branches among them on the first such day; a day 99 stands for today."""
    best: tuple[int, int] = (0, 0)
    for at in [*range(40), 99]:
        firms = set()
        for who, firm, start, end in held:
            until = 99 if end is None else end
            first = until if start is None else start
            if who == person and first <= at <= until:
                firms.add(firm)
        if len(firms) > best[0]:
            best = (len(firms), len({f % 3 for f in firms}))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_posts_at_one_time_as_counted_day_by_day(seed: int) -> None:
    rng = random.Random(seed)
    held: list[Post] = []
    for _ in range(rng.randrange(1, 25)):
        start = rng.choice([None, *range(30)])
        end = rng.choice([None, (start or 0) + rng.randrange(8)])
        held.append((rng.randrange(3), rng.randrange(6), start, end))
    found = busy_directors(case(held, 6).view(), 0).select("posts", "sectors").rows()
    expected = [slow(held, person) for person in sorted({p for p, *_ in held})]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("seed", range(10))
def test_shared_directors_are_those_of_two_companies(seed: int) -> None:
    rng = random.Random(seed)
    held: list[Post] = [(rng.randrange(5), rng.randrange(4), None, None) for _ in range(rng.randrange(3, 12))]
    several = {p for p, *_ in held if len({f for q, f, *_ in held if q == p}) > 1}
    found = busy_addresses(case(held, 4).view())
    assert found["shared"].to_list() == ([len(several)] if several else [])
    assert found["posts"].to_list() == ([4] if several else [])


def test_a_post_that_ends_before_it_begins_counts_nothing() -> None:
    of = case([(0, 0, 9, 3)], 1).view()
    assert len(posts(of)) == 1
    assert busy_directors(of, 0).is_empty()


def test_codes_of_branches() -> None:
    written = pl.Series(["I55.90", "55.9", "N", "", None, "7810"])
    assert written.to_frame("a").select(nace(pl.col("a"))).to_series().to_list() == [
        "5590",
        "559",
        "",
        "",
        None,
        "7810",
    ]


def test_of_a_company_listed_twice_the_first_that_says_something_counts() -> None:
    make = case([], 1)
    make.company("Firm 0", activity="56.10", incorporated=DAY)
    make.company("Letter", activity="N")
    rows = companies(make.view()).sort("name_key")
    assert rows["nace"].to_list() == ["4110", None]
    assert rows["division"].to_list() == ["41", None]
    assert rows["incorporated"].to_list() == [DAY, None]
    assert rows["said"].list.len().to_list() == [2, 1]
