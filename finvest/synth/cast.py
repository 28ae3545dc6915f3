"""Who plays which part: private people drawn for the scenarios, without overlap, so that no story disturbs another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.economy import Account, Economy

EMPLOYED = ("resident_one", "friend_one", "saver", "ring_five_a")
TENANTS = ("resident_one", "collector", "friend_three", "ring_three_b", "disburser", "ring_five_c")
MEMBERS = ("resident_two", "friend_one", "saver", "ring_four_a", "ring_five_d", "friend_three")
NEWCOMERS = ("resident_two", "ring_five_d")

RESIDENTS = (
    "collector", "disburser", "friend_one", "friend_three", "resident_one", "resident_two", "ring_five_a",
    "ring_five_c", "ring_five_d", "ring_four_a", "ring_four_c", "ring_three_a", "ring_three_b", "saver",
)  # fmt: skip
"""On file, and living an ordinary life besides whatever else they do."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Accounts by part.

    Attributes
    ----------
    staff : list of Account
        Employees of the workshop.
    tenants : list of Account
        Tenants of the housing company.
    members : list of Account
        Members of the sports club.
    newcomers : list of Account
        Those who pay the collector, and never did before.
    receivers : list of Account
        Those whom the disburser pays, and never did before.
    friends : list of Account
        Four who settle up among themselves.
    acquaintances : list of Account
        Everybody else: small transfers among private people.
    """

    staff: list[Account]
    tenants: list[Account]
    members: list[Account]
    newcomers: list[Account]
    receivers: list[Account]
    friends: list[Account]
    acquaintances: list[Account]


def choose(economy: Economy, rng: Random) -> Cast:
    """Deal out the parts."""
    pool = economy.all("private")
    rng.shuffle(pool)

    def deal(count: int, *labels: str) -> list[Account]:
        people = [economy[label] for label in labels]
        people += [pool.pop() for _ in range(count)]
        return people

    two, four = deal(2)
    return Cast(
        staff=deal(10, *EMPLOYED),
        tenants=deal(16, *TENANTS),
        members=deal(31, *MEMBERS),
        newcomers=deal(11, *NEWCOMERS),
        receivers=deal(16),
        friends=[economy["friend_one"], two, economy["friend_three"], four],
        acquaintances=pool,
    )
