"""Where money came from, in plain Python: slow, and the definition that the kernels are compared with.

Labels of sources are those of `finvest.tracing.backward_kernel`. By lots it replays every pot from the first step on,
where the kernel looks at ancestors only. With ``fractions=True`` weights of pro rata are divided without rounding; else
each division moves less than one of `WHOLE` to another source, and both agree to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT
from finvest.tracing.rules import FIFO, LIFO
from finvest.tracing.shares import MILLION, largest_remainder

if TYPE_CHECKING:
    from finvest.tracing.ledger import Ledger
    from finvest.tracing.shares import Number

WHOLE = 2**60
"""Weights of a target add up to it."""

Lots = list[tuple[int, int]]
"""(label, amount), oldest first; neighbours differ in label. Labels from ``labels`` on rest on a hypothesis."""


@dataclass(slots=True)
class Sources:
    """What a target came from.

    Attributes
    ----------
    parts : dict of (int, bool) to int or Fraction
        By label and whether it rests on a hypothesis: millionths of a minor unit, or weights that add up to `WHOLE`.
    pots : set of int
        Pots that it may have come through.
    divisions : int
        How often weights were divided.
    """

    parts: dict[tuple[int, bool], Number] = field(default_factory=dict)
    pots: set[int] = field(default_factory=set)
    divisions: int = 0

    def add(self, label: int, amount: Number, *, resting: bool) -> None:
        """Add to a source."""
        if amount:
            self.parts[label, resting] = self.parts.get((label, resting), 0) + amount


def sources(
    ledger: Ledger, rule: int, last: int, movement: int, pot: int, *, by_lots: bool, fractions: bool = False
) -> Sources:
    """Say what a target came from.

    Parameters
    ----------
    ledger : Ledger
    rule : int
        Number of a rule.
    last : int
        Place of the step until which the ledger is replayed; -1 for none.
    movement, pot : int
        The target is what leaves with a movement, in that step, or, where `pot` is one, what it holds after it.
    by_lots : bool
        By the identity of lots, or by weights.
    fractions : bool
        Divide weights exactly.
    """
    found = (
        _by_lots(ledger, rule, last, movement, pot) if by_lots else _by_weights(ledger, last, movement, pot, fractions)
    )
    found.pots = _ancestors(ledger, last, movement, pot)
    return found


def _ancestors(ledger: Ledger, last: int, movement: int, pot: int) -> set[int]:
    pots, wanted = (set(), {movement}) if pot == NO_POT else ({pot}, set())
    for step in ledger.steps[: last + 1].tolist()[::-1]:
        m = step // 2
        payer, payee = int(ledger.originator[m]), int(ledger.beneficiary[m])
        if step % 2 == 0 and m in wanted and payer != NO_POT:
            pots.add(payer)
        elif step % 2 == 1 and payee in pots and ledger.passes[m]:
            wanted.add(m)
    return pots


def _before_records(ledger: Ledger, m: int) -> int:
    """Return the label of what a pot did not hold of a payment: credit, its unknown past, or the payment itself."""
    pot = int(ledger.originator[m])
    if ledger.hypothesis[pot]:
        return m
    return ledger.movements + ledger.pots + m if ledger.footing[pot] == FIXED else ledger.movements + pot


# ---- by the identity of lots


def _by_lots(ledger: Ledger, rule: int, last: int, movement: int, pot: int) -> Sources:
    labels = 2 * ledger.movements + ledger.pots
    opening, footing = ledger.opening.tolist(), ledger.footing.tolist()
    amount, received = ledger.amount.tolist(), ledger.received.tolist()
    balance = [b * MILLION if f == FIXED else 0 for b, f in zip(opening, footing, strict=True)]
    held: list[Lots] = [[(ledger.movements + p, b)] if b > 0 else [] for p, b in enumerate(balance)]
    moving: dict[int, Lots] = {}
    for step in ledger.steps[: last + 1].tolist():
        m = step // 2
        if step % 2 == 0:
            payer = int(ledger.originator[m])
            sum_ = amount[m] * MILLION
            if payer == NO_POT:
                moving[m] = [(m, sum_)]
            else:
                moving[m], held[payer] = _taken(ledger, rule, m, held[payer], balance, sum_, labels)
            continue
        payee = int(ledger.beneficiary[m])
        if payee == NO_POT:
            continue
        arriving, sum_ = moving[m], received[m] * MILLION
        if not ledger.passes[m]:
            arriving = [(m, sum_)]
        elif received[m] != amount[m]:
            parts = _divided(sum_, arriving)
            arriving = [(label, part) for (label, _), part in zip(arriving, parts, strict=True)]
        debt = min(max(0, -balance[payee]), sum_) if footing[payee] == FIXED else 0
        balance[payee] += sum_
        gone = _divided(debt, arriving)
        arriving = [(label, part - lost) for (label, part), lost in zip(arriving, gone, strict=True)]
        held[payee] = _joined([*held[payee], *arriving])
    found = Sources()
    for label, part in moving[movement] if pot == NO_POT else held[pot]:
        found.add(label % labels, part, resting=label >= labels)
    return found


def _taken(
    ledger: Ledger, rule: int, m: int, lots: Lots, balance: list[int], amount: int, labels: int
) -> tuple[Lots, Lots]:
    """Return the lots that leave with a movement, and those that stay."""
    pot = int(ledger.originator[m])
    footing = ledger.footing[pot]
    if footing == BOTTOMLESS:
        there = 0 if rule == FIFO else min(amount, sum(part for _, part in lots))
    else:
        there = min(max(balance[pot], 0), amount)
        balance[pot] -= there if footing == ELASTIC else amount
    newest = rule == LIFO
    left, goes, stays = there, [], []
    for label, part in reversed(lots) if newest else lots:
        used = min(part, left)
        left -= used
        goes.append((label, used))
        stays.append((label, part - used))
    if newest:
        goes, stays = goes[::-1], stays[::-1]
    if ledger.hypothesis[pot]:
        goes = [(label + labels if label < labels else label, part) for label, part in goes]
    missing = (_before_records(ledger, m), amount - there)
    goes = [missing, *goes] if footing == BOTTOMLESS else [*goes, missing]
    return _joined(goes), _joined(stays)


def _divided(total: int, lots: Lots) -> list[int]:
    """Divide by largest remainder among lots; ties by label, then by age."""
    order = sorted(range(len(lots)), key=lambda i: (lots[i][0], i))
    given = [0] * len(lots)
    for i, part in zip(order, largest_remainder(total, [lots[i][1] for i in order]), strict=True):
        given[i] = part
    return given


def _joined(lots: Lots) -> Lots:
    """Join neighbours of one label, and leave out what is empty."""
    given: Lots = []
    for label, part in lots:
        if part and given and given[-1][0] == label:
            given[-1] = (label, given[-1][1] + part)
        elif part:
            given.append((label, part))
    return given


# ---- by weights


def _by_weights(ledger: Ledger, last: int, movement: int, pot: int, fractions: bool) -> Sources:  # noqa: FBT001
    found = Sources()
    held, before, stayed = _balances(ledger, last)
    whole: Any = Fraction(WHOLE) if fractions else WHOLE
    inside = [[whole * (p == pot), 0 * whole] for p in range(ledger.pots)]
    moving: dict[int, list[Any]] = {} if pot != NO_POT else {movement: [whole, 0 * whole]}

    def share(weight: Any, part: int, of: int) -> Any:  # noqa: ANN401 - of the kind of `whole`
        if part == of or not weight:
            return weight
        found.divisions += 1
        return weight * part / of if fractions else weight * part // of

    for step in ledger.steps[: last + 1].tolist()[::-1]:
        m = step // 2
        if step % 2 == 0:
            payer = int(ledger.originator[m])
            for resting, weight in enumerate(moving.pop(m, ())):
                if payer == NO_POT:
                    found.add(m, weight, resting=bool(resting))
                    continue
                part = share(weight, held[m], int(ledger.amount[m]) * MILLION)
                inside[payer][1 if ledger.hypothesis[payer] else resting] += part
                found.add(_before_records(ledger, m), weight - part, resting=bool(resting))
        elif (payee := int(ledger.beneficiary[m])) != NO_POT and stayed[m]:
            parts = [share(weight, stayed[m], before[m] + stayed[m]) for weight in inside[payee]]
            inside[payee] = [weight - part for weight, part in zip(inside[payee], parts, strict=True)]
            if ledger.passes[m]:
                moving[m] = parts
            else:
                for resting, part in enumerate(parts):
                    found.add(m, part, resting=bool(resting))
    for p, weights in enumerate(inside):
        for resting, weight in enumerate(weights):
            found.add(ledger.movements + p, weight, resting=bool(resting))
    return found


def _balances(ledger: Ledger, last: int) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Return, by movement, what the payer held of it, what lay in the payee's pot before, and what stayed there."""
    held, before, stayed = ({} for _ in range(3))
    footing = ledger.footing.tolist()
    balance = [b * MILLION if f == FIXED else 0 for b, f in zip(ledger.opening.tolist(), footing, strict=True)]
    for step in ledger.steps[: last + 1].tolist():
        m = step // 2
        pot = int(ledger.originator[m] if step % 2 == 0 else ledger.beneficiary[m])
        if pot == NO_POT:
            continue
        if step % 2 == 0:
            amount = int(ledger.amount[m]) * MILLION
            held[m] = 0 if footing[pot] == BOTTOMLESS else min(max(balance[pot], 0), amount)
            if footing[pot] != BOTTOMLESS:
                balance[pot] -= amount if footing[pot] == FIXED else held[m]
        else:
            amount = int(ledger.received[m]) * MILLION
            before[m] = max(0, balance[pot])
            debt = min(max(0, -balance[pot]), amount) if footing[pot] == FIXED else 0
            stayed[m] = amount - debt
            balance[pot] += amount
    return held, before, stayed
