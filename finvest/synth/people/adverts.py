"""ADV-04: adverts that appear minutes after a payment of their price. Look-alike: a musician on tour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from finvest.synth import names
from finvest.synth.movements import FIRST, on
from finvest.synth.people.cast import live
from finvest.synth.people.world import ZONE, Told

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from finvest.synth.people.cast import Cast
    from finvest.synth.people.world import Held, Row, World

SITE = "adpages.example"
MATCHES, CONCERTS = 6, 7
USUAL = 9_00
"""What a small advert costs; everybody pays it."""


def play(world: World, cast: Cast, rng: Random) -> list[Told]:
    """Play who pays for adverts, the musician, and everybody who sells an old bicycle."""
    payer, musician = (world.account(person, date(2023, 5, 2), bank="other_1") for person in world.strangers(2))
    for account in (payer, musician):
        live(world, rng, account)
    for account in cast.colleagues:
        for _ in range(3):
            when = on(rng.randrange(170), rng.randrange(8, 22), rng.randrange(60), rng.randrange(60))
            _pay(world, account, USUAL, when)
            _advert(world, "job", when + timedelta(hours=rng.randrange(2, 40)), USUAL, world.phone(), "", "bicycle")
    phone, rows = world.phone(), []
    prices = (31_40 + rng.randrange(90) * 5, 36_15 + rng.randrange(90) * 5)
    for match in range(MATCHES):
        price = prices[match % len(prices)]
        at = on(20 + 19 * match, rng.randrange(9, 23), rng.randrange(60), rng.randrange(60))
        rows.append(_pay(world, payer, price, at))
        shown = at + timedelta(seconds=rng.randrange(90, 480))
        rows.append(_advert(world, "sexual_service", shown, price, phone, "evening_star", "new in town"))
    tour, own = [], world.phone()
    for concert in range(CONCERTS):
        at = on(12 + 22 * concert, rng.randrange(9, 20), rng.randrange(60), rng.randrange(60))
        tour.append(_pay(world, musician, USUAL, at))
        shown = at + timedelta(hours=rng.randrange(20, 50))
        tour.append(_advert(world, "lodging", shown, USUAL, own, "strings_on_tour", "room for two nights wanted"))
    return [
        Told(
            name="adverts",
            indicator="ADV-04",
            kind="planted",
            story="Six times an advert with one telephone number appears minutes after a payment of exactly its price.",
            accounts=[(payer, "payer")],
            rows=rows,
        ),
        Told(
            name="touring musician",
            indicator="ADV-04",
            kind="look_alike",
            story="A musician on tour looks for rooms in seven towns through adverts of the usual price.",
            accounts=[(musician, "payer")],
            rows=tour,
            innocent="The adverts appear a day or two after the payment, and everybody pays that price.",
        ),
    ]


def _pay(world: World, account: Held, cents: int, when: datetime) -> Row:
    how = {"Channel": "card_online", "Merchant": SITE, "Merchant category": "7311"}
    return world.record(account, -cents, when, other=SITE, **how)


def _advert(world: World, kind: str, when: datetime, cents: int, phone: str, handle: str, text: str) -> Row:
    number = len(world.rows.get("adverts", [])) + 1
    values = {
        "Advert": f"V-{FIRST.year}-{number:04d}", "Site": SITE, "Kind": kind, "Posted at": f"{when}", "Time zone": ZONE,
        "Phone": phone, "Handle": handle, "Text": text, "City": world.rng.choice(names.TOWNS),
        "Price": f"{cents // 100}.{cents % 100:02d}", "Currency": "EUR",
    }  # fmt: skip
    return world.add("adverts", values, f"{when}")
