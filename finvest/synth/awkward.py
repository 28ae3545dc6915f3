"""What real files have: a payment that comes back, a card hold, a zero, a purchase abroad, exports that overlap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from finvest.synth.books import Line, part
from finvest.synth.movements import CARD, FIRST, on

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.books import Export
    from finvest.synth.economy import Economy
    from finvest.synth.movements import Ledger, Movement

OVERLAPPING = "resident_two"
FIRST_EXPORT_ENDS, SECOND_EXPORT_BEGINS = date(FIRST.year, 4, 15), date(FIRST.year, 4, 1)


@dataclass(frozen=True, slots=True)
class Awkward:
    """What was done on purpose.

    Attributes
    ----------
    lines : list of Line
        Lines without a movement of money.
    notes : list of (str, Movement)
        What it is, and the movement whose lines show it.
    held : Movement
        The card payment that the first of two overlapping exports shows as pending.
    """

    lines: list[Line]
    notes: list[tuple[str, Movement]]
    held: Movement


def add(economy: Economy, ledger: Ledger, rng: Random) -> Awkward:
    """Add the awkward movements to the ledger and return them with the awkward lines."""
    workshop, supplier = economy["workshop"], economy.all("trader")[8]
    sent = ledger.pay(
        workshop, supplier, 1240_50, on(66, 9, 12), "Invoice 2025-3307", end_to_end="E2E3307330733", delay=0
    )
    back = ledger.pay(
        supplier, workshop, 1240_50, on(70, 9), "Invoice 2025-3307", end_to_end="E2E3307330733", delay=0, returned=True
    )
    abroad = ledger.pay(
        economy["friend_three"],
        rng.choice(economy.all("shop")),
        46_37,
        on(95, 15, 31),
        "",
        CARD,
        original=("USD", 50_03, "1.0789"),
    )
    shop, resident = rng.choice(economy.all("shop")), economy["resident_one"]
    bare = Line(
        own=resident, credit=False, cents=0, when=on(31, 12, 4, 9), other=shop, number_shown=False, reference=""
    )
    zero = replace(bare, status="information")
    undone = replace(bare, cents=64_90, when=on(52, 18, 22, 41), status="reverted")
    held = ledger.pay(economy[OVERLAPPING], shop, 38_60, on(FIRST_EXPORT_ENDS.replace(day=16), 8, 3, 17), "", CARD)
    notes = [
        ("paid to a closed account: it comes back", sent),
        ("the payment that comes back", back),
        ("card payment in US dollars, booked in euro", abroad),
    ]
    return Awkward([zero, undone], notes, held)


def exports(whole: Export, awkward: Awkward) -> list[Export]:
    """Cut an account's books into the files that its bank sent: one, or two that overlap."""
    if whole.account.label != OVERLAPPING:
        return [whole]
    early = part(whole, f"{whole.name}_1", whole.first, FIRST_EXPORT_ENDS)
    late = part(whole, f"{whole.name}_2", SECOND_EXPORT_BEGINS, whole.last)
    held = awkward.held
    early.lines.append(
        Line(
            own=whole.account, credit=False, cents=held.cents, when=on(FIRST_EXPORT_ENDS, 21, 40), other=held.payee,
            number_shown=False, reference="", status="pending", movement=None,
        )
    )  # fmt: skip
    return [early, late]
