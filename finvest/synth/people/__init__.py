"""The story of labour exploitation: crews, payrolls, agencies, adverts, and the lawful lives that look like them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from finvest.synth.people import (
    adverts,
    agencies,
    cast,
    contacts,
    crews,
    directors,
    machine,
    payroll,
    senders,
    wealth,
    write,
)
from finvest.synth.people.world import World

if TYPE_CHECKING:
    from finvest.synth.economy import Economy
    from finvest.synth.people.world import Firm, Person, Told

ROOMS = {
    "crews": crews,
    "machine": machine,
    "senders": senders,
    "payroll": payroll,
    "contacts": contacts,
    "agencies": agencies,
    "directors": directors,
    "adverts": adverts,
    "wealth": wealth,
}


@dataclass(frozen=True, slots=True)
class Story:
    """What the rooms made.

    Attributes
    ----------
    files : dict of str to bytes
        Lists and records by name.
    profiles : dict of str to str
        Profile of each.
    told : list of Told
        What was planted, and what only looks like it.
    money : list of int
        Ordinals of the records of money.
    accounts : int
        Accounts whose records are on file.
    parties : list of Person or Firm
    """

    files: dict[str, bytes]
    profiles: dict[str, str]
    told: list[Told]
    money: list[int]
    accounts: int
    parties: list[Person | Firm]


def play(economy: Economy, seed: int) -> Story:
    """Play every room, each from its own stream, and write the lists."""
    world = World(economy, Random(f"{seed}/people"))
    people = cast.choose(world, Random(f"{seed}/people/cast"))
    told = [p for name, room in ROOMS.items() for p in room.play(world, people, Random(f"{seed}/people/{name}"))]
    files = write.files(world)
    money = sorted(row.record for row in world.rows["account_records"])
    return Story(files, dict(write.PROFILES), told, money, len(world.with_records), [*world.persons, *world.firms])
