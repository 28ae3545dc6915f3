"""Queues at a cash machine, sets of cards that come again, and the bound on chance beside real permutations."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations
from math import prod

import pytest

from finvest.features.machines import Queue, any_of, at_least, convoys, occasions, pieces, withdrawals
from finvest.findings.make import Make
from finvest.model.errors import NotAssessable

QUEUE = Queue(gap=5, total=20, cards=3)
MINUTE = 1 / 1440


def drawn(*minutes: float, make: Make | None = None, day: float = 0, terminal: str | None = "M") -> Make:
    make = make or Make()
    for i, at in enumerate(minutes):
        make.transfer(f"card {i}", "cash", 20_00, day + at * MINUTE, channel="cash_atm", terminal=terminal)
    return make


def sizes(make: Make, queue: Queue = QUEUE) -> list[int]:
    return occasions(make.view(), queue)["slots"].to_list()


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((0, 5, 10), [3]),
        ((0, 5, 10.01), []),
        ((0, 5, 10, 15, 20), [5]),
        ((0, 5, 10, 15, 20, 20.01), [5]),
        ((0, 5, 10, 15, 20, 25, 30, 35, 40), [5, 4]),
        ((0, 0, 0), [3]),
        ((0, 1), []),
    ],
)
def test_where_a_queue_ends(minutes: tuple[float, ...], expected: list[int]) -> None:
    assert sizes(drawn(*minutes)) == expected


def test_other_machines_channels_and_cash_paid_in_are_no_part_of_it() -> None:
    make = drawn(0, 2)
    make.transfer("x", "cash", 1, 0, channel="cash_atm", terminal="N")
    make.transfer("x", "shop", 1, 0, channel="card_pos", terminal="M")
    make.cash_in("x", 1, 0, channel="cash_atm", terminal="M")
    assert sizes(make) == []


def test_one_holder_with_three_cards_is_no_queue_of_three() -> None:
    make = drawn(0, 1, 2)
    for i in range(2):
        make.holder(f"card {i}", "Ada North")
    assert occasions(make.view(), QUEUE)["holders"].to_list() == [2]
    assert convoys(make.view(), QUEUE, 60, 1).is_empty()


def test_times_that_are_not_known_to_the_minute_tell_nothing() -> None:
    make = Make()
    make.transfer("a", "cash", 1, 0, channel="cash_atm", terminal="M", dated=True)
    make.transfer("b", "cash", 1, 0, channel="cash_atm", terminal="M", precision="hour")
    make.transfer("c", "cash", 1, 0, channel="cash_atm")
    with pytest.raises(NotAssessable, match="time to the minute"):
        withdrawals(make.view())
    make.transfer("d", "cash", 1, 0, channel="cash_atm", terminal="M", precision="minute")
    assert len(withdrawals(make.view())) == 1


def test_a_piece_across_the_hour_has_the_hour_in_which_it_begins() -> None:
    rows = pieces(drawn(58, 60, 62).view(), QUEUE)
    assert rows["hour"].to_list() == [9, 9, 9]


@pytest.mark.parametrize(("total", "good", "draws"), [(7, 3, 4), (6, 6, 2), (5, 0, 3), (8, 4, 4)])
def test_the_hypergeometric_tail_against_all_draws(total: int, good: int, draws: int) -> None:
    hits = Counter(sum(card < good for card in chosen) for chosen in combinations(range(total), draws))
    for least in range(draws + 2):
        expected = sum(n for k, n in hits.items() if k >= least) / sum(hits.values())
        assert at_least(least, draws, good, total) == pytest.approx(expected)


def test_sums_over_all_choices() -> None:
    likely = [0.1, 0.2, 0.3, 0.4]
    for times in range(6):
        assert any_of(likely, times) == pytest.approx(sum(prod(chosen) for chosen in combinations(likely, times)))


def weeks(strangers: int, *, cards: int = 3, times: int = 3) -> Make:
    make = Make()
    for week in range(times):
        drawn(*range(cards), make=make, day=7 * week)
    for i in range(strangers):
        at = i + 40 * MINUTE
        make.transfer(f"other {i}", "cash", 20_00, at, channel="cash_atm", terminal="M")
    return make


def test_a_set_that_comes_again() -> None:
    (row,) = convoys(weeks(40).view(), QUEUE, 60, 3).to_dicts()
    assert {c: row[c] for c in ("dates", "occasions", "machines", "strangers")} == {
        "dates": 3,
        "occasions": 3,
        "machines": 1,
        "strangers": 40,
    }
    assert len(row["cards"]) == 3
    assert len(row["evidence"]) == 9


def test_who_came_once_is_no_part_of_the_set() -> None:
    make = weeks(40, cards=5)
    make.transfer("once", "cash", 20_00, 4.5 * MINUTE, channel="cash_atm", terminal="M")
    (row,) = convoys(make.view(), QUEUE, 60, 3).to_dicts()
    assert len(row["cards"]) == 5
    assert len(row["evidence"]) == 15


@pytest.mark.parametrize(("days", "expected"), [(15, 1), (14, 0)])
def test_it_comes_again_within_the_period(days: int, expected: int) -> None:
    assert len(convoys(weeks(40).view(), QUEUE, days, 3)) == expected


def test_more_strangers_make_chance_smaller_and_none_make_it_certain() -> None:
    chances = [convoys(weeks(n).view(), QUEUE, 60, 3)["chance"].item() for n in (0, 5, 20, 80)]
    assert chances[0] == 1
    assert chances == sorted(chances, reverse=True)
    assert chances[3] < 1e-3 < chances[1]


def alike_by_hand(sets: list[set[int]]) -> int:
    """Most occasions of one day each that are like an earlier one, that one included."""
    counts = [
        1 + sum(5 * len(first & later) >= 3 * len(first | later) and len(later) >= 3 for later in sets[i + 1 :])
        for i, first in enumerate(sets)
        if len(first) >= 3
    ]
    return max(counts, default=0)


@pytest.mark.parametrize("strangers", [1, 2, 3])
def test_the_bound_is_not_below_what_permutations_give(strangers: int) -> None:
    bound = convoys(weeks(strangers).view(), QUEUE, 60, 3)["chance"].item()
    labels = [0, 1, 2] * 3 + list(range(3, 3 + strangers))
    chosen = random.Random(1)
    seen = 0
    for _ in range(20_000):
        chosen.shuffle(labels)
        seen += alike_by_hand([set(labels[3 * week : 3 * week + 3]) for week in range(3)]) >= 3
    assert seen
    assert seen / 20_000 <= bound
