"""REG-02: one person directs many companies. Look-alikes: a manager of one group, two people of one name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.people.world import Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Person, Row, World

SECTORS = (
    "01.50", "10.89", "25.11", "41.20", "43.39", "45.20", "46.39", "47.91", "49.41", "56.30", "62.01", "81.22", "96.02",
)  # fmt: skip
PLACES = ("North", "East", "South", "West", "Upper", "Lower", "Inner", "Outer", "Old", "New", "High", "Little", "Great")
MANAGED, NAMESAKE = 12, 6


def play(world: World, _cast: Cast, rng: Random) -> list[Told]:
    """Play the nominee, the manager and the namesakes."""
    nominee, manager, first = world.person(), world.person(), world.person()
    second = world.person(name=first.name)
    while second.born == first.born:
        second = world.person(name=first.name)
    posts = _posts(world, rng, nominee, "Trading", SECTORS)
    managed = _posts(world, rng, manager, "Windmill Power", ("35.11",) * MANAGED)
    same = _posts(world, rng, first, "Gardens", SECTORS[:NAMESAKE])
    same += _posts(world, rng, second, "Garments", SECTORS[NAMESAKE : 2 * NAMESAKE])
    return [
        Told(
            name="nominee",
            indicator="REG-02",
            kind="planted",
            story="One person directs thirteen companies of thirteen sectors at one time.",
            parties=[(nominee, "director")],
            rows=posts,
        ),
        Told(
            name="manager",
            indicator="REG-02",
            kind="look_alike",
            story="A manager directs the twelve companies that run one wind park's mills.",
            parties=[(manager, "director")],
            rows=managed,
            innocent="All companies are of one sector.",
        ),
        Told(
            name="namesakes",
            indicator="REG-02",
            kind="look_alike",
            story="Two people of one name direct six companies each.",
            parties=[(first, "director"), (second, "director")],
            rows=same,
            innocent="The list of persons has two numbers and two years of birth for them.",
        ),
    ]


def _posts(world: World, rng: Random, who: Person, word: str, sectors: tuple[str, ...]) -> list[Row]:
    rows = []
    for place, sector in zip(PLACES, sectors, strict=False):
        founded = date(2015, 1, 1) + timedelta(days=rng.randrange(3000))
        firm = world.firm(f"{place} {word}", sector, founded)
        rows.append(world.link("directs", who, firm, founded + timedelta(days=rng.randrange(300))))
    return rows
