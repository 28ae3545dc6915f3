"""Look-alikes of CTL-01 and CTL-07: an accountant's telephone and computer, a shared flat, a family, a library."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth.movements import FIRST, on
from finvest.synth.people.world import Told

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Held, World


def play(world: World, _cast: Cast, rng: Random) -> list[Told]:
    """Play people who lawfully share a telephone, an address or a computer."""
    return [*_accountant(world, rng), _flat(world, rng), _family(world, rng), *_library(world, rng)]


def _accounts(world: World, rng: Random, count: int, *, family: bool = False) -> list[Held]:
    people = world.family(count) if family else world.strangers(count)
    return [
        world.account(p, date(FIRST.year, 2, 3) + timedelta(days=rng.randrange(40)), bank="other_2") for p in people
    ]


def _accountant(world: World, rng: Random) -> list[Told]:
    office = world.firm("Ledgerwell Accountants", "69.20", date(2008, 1, 7), staff=4)
    clients, phone, device = _accounts(world, rng, 6), world.phone(), f"F-{rng.randrange(16**6):06x}"
    world.contact(office, "phone", phone, date(2012, 1, 2))
    rows = [world.contact(account, "phone", phone, account.opened) for account in clients]
    sessions = [
        world.session(device, account, "computer", on(80 + 7 * week, 10, rng.randrange(60)), office)
        for account in clients
        for week in range(8)
    ]
    members = [(account, "client") for account in clients]
    return [
        Told(
            name="accountant's telephone",
            indicator="CTL-01",
            kind="look_alike",
            story="Six people gave the bank the telephone number of the accountant who keeps their books.",
            accounts=members,
            rows=rows,
            innocent="It is the contact of a company that the register lists as an accountant's office (69.20).",
        ),
        Told(
            name="accountant",
            indicator="CTL-07",
            kind="look_alike",
            story="An accountant's computer makes most sessions at the accounts of six clients.",
            accounts=members,
            rows=sessions,
            innocent="The bank knows the computer to be the office's, and the register what the office does.",
        ),
    ]


def _flat(world: World, rng: Random) -> Told:
    tenants, address = _accounts(world, rng, 5), world.address()
    rows = [world.contact(account.holder, "address", address, account.opened) for account in tenants]
    for account in tenants:
        world.contact(account, "phone", world.phone(), account.opened)
    return Told(
        name="shared flat",
        indicator="CTL-01",
        kind="look_alike",
        story="Five students moved into one flat and opened accounts.",
        accounts=[(account, "tenant") for account in tenants],
        rows=rows,
        innocent="They share an address and nothing else: each has a telephone of one's own.",
    )


def _family(world: World, rng: Random) -> Told:
    family, phone = _accounts(world, rng, 5, family=True), world.phone()
    return Told(
        name="family telephone",
        indicator="CTL-01",
        kind="look_alike",
        story="Five of one family gave the bank the telephone number of their house.",
        accounts=[(account, "relative") for account in family],
        rows=[world.contact(account, "phone", phone, account.opened) for account in family],
        innocent="All have one surname.",
    )


def _library(world: World, rng: Random) -> list[Told]:
    readers, device = _accounts(world, rng, 5), f"F-{rng.randrange(16**6):06x}"
    rows = [
        world.session(device, account, "public", on(90 + 7 * week, rng.randrange(10, 18), rng.randrange(60)))
        for account in readers
        for week in range(6)
    ]
    return [
        Told(
            name="library",
            indicator=indicator,
            kind="look_alike",
            story="Five people do their banking at a computer of the public library.",
            accounts=[(account, "reader") for account in readers],
            rows=rows,
            innocent="The bank knows the computer to be a public one.",
        )
        for indicator in ("CTL-07", "CTL-01")
    ]
