"""What people and banks do, and what has misled a rule: each takes the world, payer, payee, an amount and a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.pairing.world import business_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pairing.world import Account, World


def plainly(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    w.pay(a, b, amount, day)


def standing_order(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """One reference each month, week or day."""
    reference = w.chance.choice(["SO-1", "DAUERAUFTRAG", "RENT2025", f"E2E{w.chance.randrange(10**10):010d}"])
    step = w.chance.choice([30, 30, 7, 1])
    for k in range(w.chance.randrange(3, 7)):
        w.pay(a, b, amount, day + k * step, reference=reference, text="standing order rent")


def split(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Equal payments on one day."""
    for _ in range(w.chance.randrange(2, 4)):
        w.pay(a, b, amount, day)


def with_decoys(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Outsiders pay and are paid the same sum in those days."""
    outsider = w.chance.choice(w.outsiders)
    w.pay(a, b, amount, day)
    w.pay(outsider, b, amount, day + w.chance.randrange(-1, 3))
    if w.chance.random() < 0.5:
        w.pay(a, outsider, amount, day + w.chance.randrange(-1, 2))


def with_fee(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    if w.chance.random() < 0.7:
        w.pay(a, b, amount, day, fee=w.chance.choice([100, 250, 500, max(1, amount // 100)]))
    else:
        w.pay(a, b, amount, day, charge=w.chance.choice([100, 500]))


def fees_in_a_row(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """101 arrives as 100, and 100 as 99."""
    w.pay(a, b, amount + 100, day, fee=100)
    w.pay(a, b, amount, day + w.chance.randrange(2), fee=100)


def fee_and_outsider(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """What arrives lacks a fee, and an outsider pays the full sum."""
    w.pay(a, b, amount, day, fee=150)
    w.pay(w.chance.choice(w.outsiders), b, amount, day + w.chance.randrange(2))


def failed(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """The bank gives the money back; perhaps the payment is tried again, from here or elsewhere."""
    out, _, reference, text = w.pay(a, b, amount, day, shown="debit")
    back = out + w.chance.randrange(1, 4)
    w.pay(b, a, amount, back, reference=reference, text=f"RETURN {text}", is_return=True, shown="credit")
    then = w.chance.random()
    if then < 0.4:
        w.pay(a, b, amount, out + w.chance.randrange(1, 5), reference=reference, text=text)
    elif then < 0.6 and a.number in {0, 1, 7, 8}:
        twin = w.accounts[{0: 1, 1: 0, 7: 8, 8: 7}[a.number]]
        if twin.number != b.number:
            w.pay(twin, b, amount, out + 1, reference=reference, text=text)
    elif then < 0.8:
        w.pay(w.chance.choice(w.outsiders), b, amount, out + 1)


def returned(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Arrived, then sent back: two movements."""
    _, arrival, reference, text = w.pay(a, b, amount, day)
    back = arrival + w.chance.randrange(3)
    w.pay(b, a, amount, back, reference=reference, text=f"RETURN {text}", is_return=True)


def same_reference(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    """Two payments that only share amount, day and a reference that anybody could write."""
    reference = f"INV-{w.chance.randrange(1, 60):04d}"
    w.pay(a, w.chance.choice(w.outsiders), amount, day, reference=reference, delay=0)
    w.pay(w.chance.choice(w.outsiders), b, amount, day, reference=reference, delay=0)


def salaries(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    """One debit for many credits; sometimes one of the payees is not on file."""
    payees = [p for p in w.accounts if p.number != a.number and p.currency == "EUR"]
    if a.currency != "EUR":
        return
    reference, total = f"SALARY{day}", 0
    equal = w.chance.random() < 0.5
    for payee in w.chance.sample(payees, 4):
        each = amount if equal else w.amount()
        w.pay(a, payee, each, day, reference=reference, text="salary", shown="credit")
        total += each
    if w.chance.random() < 0.5:
        total += w.amount()
    w.movements += 1
    items = 4 if w.chance.random() < 0.5 else None
    w.book(a, None, total, business_day(day), "SAMMLER salary", reference, None, None, credit=False, items=items)


def daily(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    """One reference every day, around the days on which statements begin and end."""
    start = w.chance.choice([w.days // 2, w.days // 3, 2 * w.days // 3]) - 2
    for k in range(4):
        w.pay(a, b, amount, start + k, reference="DAILY77", text="daily till")


def own_accounts(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    one, two = w.chance.choice([(0, 1), (1, 0), (7, 8)])
    w.pay(w.accounts[one], w.accounts[two], amount, day)


def twice(w: World, a: Account, b: Account, amount: int, day: int) -> None:
    w.pay(a, b, amount, day)
    w.pay(a, b, amount, day + 2)


def outside(w: World, a: Account, b: Account, amount: int, day: int) -> None:  # noqa: ARG001
    outsider = replace(w.chance.choice(w.outsiders), currency=a.currency)
    if w.chance.random() < 0.5:
        w.pay(a, outsider, amount, day)
    else:
        w.pay(outsider, a, amount, day)


HABITS: list[tuple[int, Callable[[World, Account, Account, int, int], None]]] = [
    (500, plainly),
    (15, standing_order),
    (30, split),
    (80, with_decoys),
    (70, with_fee),
    (15, fees_in_a_row),
    (15, fee_and_outsider),
    (50, failed),
    (30, returned),
    (30, same_reference),
    (15, salaries),
    (10, daily),
    (70, own_accounts),
    (25, twice),
    (900, outside),
]
