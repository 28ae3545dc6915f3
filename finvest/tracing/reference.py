"""The replay in plain Python: slow, and the definition that the kernels are compared with.

With ``fractions=True`` it divides without rounding. Every figure of the rounding replay then lies within `rounding` of
it. A replay moves value by maps that neither create nor stretch differences (pro rata, the lowest balance and claimed
money first are 1-Lipschitz in what a pot holds; cutting a sequence of lots moves no boundary), so the errors of single
divisions only add up. Dividing among ``n`` labels errs by less than one unit in each figure; dividing a sequence of
``n`` lots moves each of its boundaries by less than ``n``, so less than ``n²`` units of it get another label. The sum
of these squares is the bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from finvest.tracing.ledger import BOTTOMLESS, FIXED, NO_POT, Limits
from finvest.tracing.rules import FIFO, LIBR, LIFO, POISON, PRO_RATA, rule_named
from finvest.tracing.shares import MILLION, exact, largest_remainder

if TYPE_CHECKING:
    from finvest.tracing.ledger import Claims, Ledger
    from finvest.tracing.shares import Number

Lots = list[tuple[int, Any]]
"""(label, amount), oldest first; the label after the last claim's is own money. Neighbours differ in label."""

NOWHERE, FOLLOWED, ENDED, TOO_DEEP, TOO_SMALL = range(5)
"""What became of the traced value of a movement: there was none; it went on; the trail ends there; a limit cut it."""


BEFORE = -1
"""In the place of a movement: the account was overdrawn before the first one on file."""


@dataclass(slots=True)
class Plain:
    """What a replay found.

    `left`, `arrived`, `dissipated` by movement and label, `held` and `poisoned` by pot and label, in millionths of a
    minor unit; `fate`, `hop` by movement; `injected` by claim. `credit` lists what money of a claim repaid: (movement
    that repaid, movement that had overdrawn, label, amount).
    """

    left: list[list[Number]]
    arrived: list[list[Number]]
    dissipated: list[list[Number]]
    held: list[list[Number]]
    poisoned: list[list[bool]]
    hop: list[int]
    fate: list[int]
    injected: list[Number]
    rounding: int = 0
    credit: list[tuple[int, int, int, Number]] = field(default_factory=list)


@dataclass(slots=True)
class _Pot:
    """Money of an account; `lots` add up to its balance where that is above zero."""

    lots: Lots
    balance: Any
    footing: int
    hop: int = -1
    owed: list[list[Any]] = field(default_factory=list)  # movement that overdrew, amount not yet repaid


def labels_of(claims: Claims, ledger: Ledger) -> int:
    """Return how many labels a replay needs: two a claim where hypotheses are crossed, else one."""
    return claims.number * (2 if ledger.hypothesis.any() else 1)


def replay(
    ledger: Ledger, claims: Claims, rule: str, limits: Limits | None = None, *, fractions: bool = False
) -> Plain:
    """Replay a ledger under a rule.

    Parameters
    ----------
    ledger : Ledger
    claims : Claims
        Labels of claim ``c`` are ``c``, and, where the ledger has hypotheses, ``claims.number + c`` for what rests on
        one.
    rule : str
        Name of a rule.
    limits : Limits, optional
    fractions : bool
        Divide exactly instead of in millionths of a minor unit.

    Returns
    -------
    Plain

    Raises
    ------
    UsageError
        If there is no such rule.
    """
    return _Replay(ledger, claims, rule_named(rule).number, limits or Limits(), fractions=fractions).run()


class _Replay:
    def __init__(self, ledger: Ledger, claims: Claims, rule: int, limits: Limits, *, fractions: bool) -> None:
        self.rule, self.limits, self.fractions = rule, limits, fractions
        self.labels = self.own = labels_of(claims, ledger)
        self.claims = claims.number
        self.ledger = ledger
        self.claimed: dict[int, list[tuple[int, int]]] = {}
        for m, c, amount in zip(claims.movement.tolist(), claims.claim.tolist(), claims.amount.tolist(), strict=True):
            self.claimed.setdefault(m, []).append((c, amount))
        one = Fraction(1) if fractions else 1
        self.zero, self.unit = 0 * one, one * MILLION
        self.pots = [
            _Pot(
                [(self.own, b * self.unit)] if b > 0 and f == FIXED else [],
                b * self.unit,
                f,
                owed=[[BEFORE, -b * self.unit]] if b < 0 else [],
            )
            for b, f in zip(ledger.opening.tolist(), ledger.footing.tolist(), strict=True)
        ]
        self.moving: dict[int, Lots] = {}
        self.poison: list[set[int]] = [set() for _ in self.pots]
        n = ledger.movements
        left, arrived, dissipated = ([[self.zero] * self.labels for _ in range(n)] for _ in range(3))
        self.found = Plain(left, arrived, dissipated, [], [], [-1] * n, [NOWHERE] * n, [self.zero] * self.claims)

    def run(self) -> Plain:
        amount, received = self.ledger.amount.tolist(), self.ledger.received.tolist()
        for step in self.ledger.steps.tolist():
            movement = step // 2
            if step % 2 == 0:
                self.depart(movement, amount[movement] * self.unit)
            else:
                self.arrive(movement, amount[movement] * self.unit, received[movement] * self.unit)
        found = self.found
        for pot, poisoned in zip(self.pots, self.poison, strict=True):
            sums = [self.zero] * (self.labels + 1)
            for label, amount in pot.lots:
                sums[label] += amount
            found.held.append(sums[: self.labels])
            found.poisoned.append([label in poisoned for label in range(self.labels)])
        return found

    # ---- departure

    def depart(self, movement: int, amount: Number) -> None:
        pot_number = int(self.ledger.originator[movement])
        hop = 0
        if pot_number == NO_POT:
            lots: Lots = [(self.own, amount)]
        else:
            pot = self.pots[pot_number]
            hop = pot.hop + 1 if pot.hop >= 0 else 0
            lots = self.taken(pot, amount, movement)
            if self.ledger.hypothesis[pot_number]:
                lots = self.tidied([(self.resting(label), part) for label, part in lots])
        marks = set() if pot_number == NO_POT or self.rule != POISON else self.poison[pot_number]
        if pot_number != NO_POT and self.ledger.hypothesis[pot_number]:
            marks = {self.resting(label) for label in marks}
        for claim, wanted in self.claimed.get(movement, ()):
            lots, injected = self.relabelled(lots, claim, wanted * self.unit)
            self.found.injected[claim] += injected
            hop = 0
        left = self.found.left[movement]
        for label, part in lots:
            if label != self.own:
                left[label] += part
        for label in marks:
            left[label] = amount
        total = max(left, default=self.zero) if self.rule == POISON else sum(left, self.zero)
        self.moving[movement] = lots
        if not total:
            return
        self.found.hop[movement] = hop
        target = int(self.ledger.beneficiary[movement])
        if target == NO_POT or not self.ledger.passes[movement]:
            self.found.fate[movement] = ENDED
        elif hop > self.limits.depth:
            self.found.fate[movement] = TOO_DEEP
        elif total < self.limits.least * self.unit:
            self.found.fate[movement] = TOO_SMALL
        else:
            self.found.fate[movement] = FOLLOWED

    def resting(self, label: int) -> int:
        """Return the label of the same claim for what rests on a hypothesis."""
        return label + self.claims if label < self.claims else label

    def relabelled(self, lots: Lots, claim: int, wanted: Number) -> tuple[Lots, Number]:
        """Claim own money of a sequence, oldest first; what another claim has already is not claimed twice."""
        given: Lots = []
        left = wanted
        for label, part in lots:
            taken = min(part, left) if label == self.own else self.zero
            given += [(claim, taken), (label, part - taken)]
            left -= taken
        return self.tidied(given), wanted - left

    def taken(self, pot: _Pot, amount: Number, movement: int) -> Lots:
        """Take an amount out of a pot; what it does not hold is own money: credit, or the past before its records."""
        if self.rule == POISON:
            return [(self.own, amount)]
        if pot.footing == BOTTOMLESS:
            return self.from_bottomless(pot, amount)
        held = min(max(pot.balance, self.zero), amount)
        lots = self.held_out(pot, held)
        missing = amount - held
        pot.balance -= amount if pot.footing == FIXED else held
        if missing:
            lots = self.tidied([*lots, (self.own, missing)])
            if pot.footing == FIXED:
                pot.owed.append([movement, missing])
        return lots

    def from_bottomless(self, pot: _Pot, amount: Number) -> Lots:
        """Take from a pot with any amount of own money in front: only the last money in, or the claimed, moves."""
        if self.rule in {FIFO, PRO_RATA, LIBR}:
            return [(self.own, amount)]
        known = sum((part for label, part in pot.lots if self.rule == LIFO or label != self.own), self.zero)
        held = min(known, amount)
        lots = self.held_out(pot, held)
        missing = amount - held
        if self.rule == LIFO:
            return self.tidied([(self.own, missing), *lots])
        return self.tidied([*lots, (self.own, missing)])

    def held_out(self, pot: _Pot, amount: Number) -> Lots:
        """Take out of a pot what it holds."""
        if not amount:
            return []
        if self.rule in {FIFO, LIFO}:
            return self.cut(pot, amount, newest=self.rule == LIFO)
        sums = [self.zero] * (self.labels + 1)
        for label, part in pot.lots:
            sums[label] += part
        claimed = sum(sums[:-1], self.zero)
        if self.rule == PRO_RATA:
            out = self.divide(amount, sums)
        else:
            traced = max(self.zero, amount - sums[-1]) if self.rule == LIBR else min(claimed, amount)
            out = [*self.divide(traced, sums[:-1]), amount - traced]
        pot.lots = [(label, part - out[label]) for label, part in enumerate(sums) if part > out[label]]
        return [(label, part) for label, part in enumerate(out) if part]

    def cut(self, pot: _Pot, amount: Number, *, newest: bool) -> Lots:
        taken: Lots = []
        left = amount
        while left:
            label, part = pot.lots.pop(-1 if newest else 0)
            used = min(part, left)
            left -= used
            taken.append((label, used))
            if part > used:
                pot.lots.insert(len(pot.lots) if newest else 0, (label, part - used))
        return taken[::-1] if newest else taken

    # ---- arrival

    def arrive(self, movement: int, amount: Number, received: Number) -> None:
        lots = self.moving.pop(movement)
        number = int(self.ledger.beneficiary[movement])
        if number == NO_POT:
            return
        followed = self.found.fate[movement] == FOLLOWED
        if not followed:
            lots = [(self.own, received)]
        elif amount != received:
            lots = self.scaled(lots, received)
        pot = self.pots[number]
        if followed:
            pot.hop = self.found.hop[movement] if pot.hop < 0 else min(pot.hop, self.found.hop[movement])
            self.note_arrival(movement, number, lots, received)
        if self.rule == POISON:
            return
        debt = max(self.zero, -pot.balance) if pot.footing == FIXED else self.zero
        pot.balance += received
        if debt:
            lots = self.repaid(movement, pot, lots, min(debt, received))
        pot.lots = self.tidied([*pot.lots, *lots])

    def note_arrival(self, movement: int, number: int, lots: Lots, received: Number) -> None:
        arrived = self.found.arrived[movement]
        if self.rule == POISON:
            for label, part in enumerate(self.found.left[movement]):
                if part:
                    arrived[label] = received
                    self.poison[number].add(label)
            return
        for label, part in lots:
            if label != self.own:
                arrived[label] += part

    def scaled(self, lots: Lots, total: Number) -> Lots:
        """Divide what arrives as what left was made of: a fee or a conversion lies between."""
        parts = self.divide(total, [part for _, part in lots], [label for label, _ in lots])
        return self.tidied([(label, part) for (label, _), part in zip(lots, parts, strict=True)])

    def repaid(self, movement: int, pot: _Pot, lots: Lots, debt: Number) -> Lots:
        """Let what arrives repay an overdraft first: that part of every lot is gone."""
        gone = self.divide(debt, [part for _, part in lots], [label for label, _ in lots])
        for (label, _), part in zip(lots, gone, strict=True):
            if label != self.own:
                self.found.dissipated[movement][label] += part
        self.attribute(movement, pot, debt)
        return self.tidied([(label, part - lost) for (label, part), lost in zip(lots, gone, strict=True)])

    def attribute(self, movement: int, pot: _Pot, debt: Number) -> None:
        """Say which payments the repaid credit had made, oldest first: backwards tracing, where it is allowed."""
        gone = self.found.dissipated[movement]
        bought = []
        left = debt
        while left:
            used = min(left, pot.owed[0][1])
            bought.append((pot.owed[0][0], used))
            left -= used
            pot.owed[0][1] -= used
            if not pot.owed[0][1]:
                pot.owed.pop(0)
        for label, part in enumerate(gone):
            if part:
                shares = self.divide(part, [used for _, used in bought])
                self.found.credit += [
                    (movement, overdrew, label, share) for (overdrew, _), share in zip(bought, shares, strict=True)
                ]

    # ---- arithmetic

    def divide(self, total: Number, weights: list[Number], labels: list[int] | None = None) -> list[Number]:
        """Divide by the rule for remainders: ties by label, own money last, then by place."""
        self.found.rounding += len(weights) ** 2
        if self.fractions:
            return list(exact(Fraction(total), [Fraction(weight) for weight in weights]))
        if labels is None:
            return list(largest_remainder(int(total), [int(weight) for weight in weights]))
        order = sorted(range(len(labels)), key=lambda i: (labels[i], i))
        parts = largest_remainder(int(total), [int(weights[i]) for i in order])
        given: list[Number] = [self.zero] * len(labels)
        for place, part in zip(order, parts, strict=True):
            given[place] = part
        return given

    def tidied(self, lots: Lots) -> Lots:
        """Join what is one lot: neighbours of a label, and where order does not count, all of a label."""
        if self.rule not in {FIFO, LIFO}:
            lots = sorted(lots, key=lambda lot: lot[0])
        given: Lots = []
        for label, part in lots:
            if not part:
                continue
            if given and given[-1][0] == label:
                given[-1] = (label, given[-1][1] + part)
            else:
                given.append((label, part))
        return given
