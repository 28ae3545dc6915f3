"""Following ten claims through made-up records under each rule, beside a plain replay with fractions."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.generate import generate
from benchmarks.measure import Meter, timed
from finvest.tracing import reference
from finvest.tracing.backward_kernel import sources_of_lots, sources_of_shares
from finvest.tracing.ledger import FIXED, NO_POT, Claims, Ledger, Limits
from finvest.tracing.replay import books_of, replay
from finvest.tracing.rules import RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.generate import Records
    from finvest.tracing.replay import Replayed

CLAIMS, PAYMENTS = 10, 20
"""How many claims there are, and payments in each."""


def question(records: Records, claims: int = CLAIMS) -> tuple[Ledger, Claims]:
    """Return records as a ledger whose openings are known, and claims on early payments.

    Cash points are outside the books. Every account begins with what it needs never to be overdrawn in all, but may be
    for a while. Amounts count as of one currency.
    """
    bank = records.accounts - records.cash_points
    sender, receiver = (
        np.where(side < bank, side, NO_POT).astype(np.int32) for side in (records.sender, records.receiver)
    )
    net = np.zeros(bank, np.int64)
    for side, sign in ((sender, 1), (receiver, -1)):
        inside = side != NO_POT
        np.add.at(net, side[inside], sign * records.amount[inside])
    movements = len(records)
    ledger = Ledger(
        sender,
        receiver,
        records.amount,
        records.amount,
        np.ones(movements, np.bool_),
        np.arange(2 * movements, dtype=np.int32),
        np.maximum(net, 0) + 100_00,
        np.full(bank, FIXED, np.int8),
        np.zeros(bank, np.bool_),
    )
    early = np.flatnonzero(receiver[: movements // 4] != NO_POT)
    chosen = np.random.default_rng(7).choice(early, (claims, PAYMENTS), replace=False)
    return ledger, Claims.of([{int(m): int(records.amount[m]) for m in part} for part in chosen])


def followed(transactions: int, rounds: int = 3) -> dict[str, Any]:
    """Measure each rule on one core: the median of the rounds after a first one, which compiles."""
    ledger, claims = question(generate(transactions))
    small = question(generate(2_000))
    meter = Meter()
    for rule in RULES:
        replay(*small, rule)
        row = _measured(meter, f"follow, {rule}", partial(replay, ledger, claims, rule), rounds)
        found: Replayed = row.pop("result")
        row["found"] = int(_reached(found).sum())
    books = books_of(ledger, Claims.of([{}]), Limits())
    target, last = _busiest(ledger)
    small_books = books_of(small[0], Claims.of([{}]), Limits())
    for named in (r for r in RULES.values() if r.backward):
        what = f"sources of the largest payment, {named.name}"
        if named.by_lots:
            sources_of_lots(small_books, named.number, 100, 0, NO_POT)
            run = partial(sources_of_lots, books, named.number, last, target, NO_POT)
            row = _measured(meter, what, run, rounds)
            row["found"] = len(np.unique(row.pop("result")[0]))
        else:
            sources_of_shares(small_books, 100, 0, NO_POT)
            run = partial(sources_of_shares, books, last, target, NO_POT)
            row = _measured(meter, what, run, rounds)
            row["found"] = int((row.pop("result")[0].sum(axis=1) > 0).sum())
    return {
        "steps": meter.steps,
        "transactions": transactions,
        "accounts": ledger.pots,
        "claims": claims.number,
    }


def _measured(meter: Meter, name: str, run: Any, rounds: int) -> dict[str, Any]:
    taken = []
    with meter.step(name) as row:
        for _ in range(rounds):
            row.pop("result", None)  # one result at a time in memory
            cpu, wall, row["result"] = timed(run)
            taken.append((cpu, wall))
    row["cpu"], row["wall"] = (float(np.median([t[i] for t in taken])) for i in range(2))
    print(f"  {name}: {row['cpu']:.2f} CPU-s, {row['peak']} MiB", file=sys.stderr)
    return row


def _reached(found: Replayed) -> NDArray[np.bool_]:
    """Return which pots hold traced value at the end, or, under poison, are exposed."""
    reached: NDArray[np.bool_] = np.any(found.poisoned if found.rule == "poison" else found.held > 0, axis=1)
    return reached


def _busiest(ledger: Ledger) -> tuple[int, int]:
    """Return the largest payment of the last tenth from an account on file, and its step."""
    late = ledger.movements * 9 // 10
    amounts = np.where(ledger.originator[late:] == NO_POT, 0, ledger.amount[late:])
    movement = late + int(amounts.argmax())
    return movement, 2 * movement


def beside_fractions(transactions: int, rounds: int = 3) -> dict[str, Any]:
    """Ask kernels and the plain replay with fractions the same; a ratio only where every figure agrees."""
    ledger, claims = question(generate(transactions))
    rows = []
    for rule in RULES:
        found = replay(ledger, claims, rule)
        own = [timed(partial(replay, ledger, claims, rule))[:2] for _ in range(rounds)]
        cpu, wall, precise = timed(partial(reference.replay, ledger, claims, rule, fractions=True))
        same = _agree(found, precise)
        fast = [float(np.median([o[i] for o in own])) for i in range(2)]
        ratios = [cpu / max(o[0], 1e-9) for o in own]
        rows.append(
            {
                "work": f"follow {claims.number} claims, {rule}, {transactions:,} transactions",
                "peer": "plain replay, fractions",
                "cpu": fast[0],
                "wall": fast[1],
                "peer_cpu": cpu,
                "peer_wall": wall,
                "ratio_cpu": cpu / max(fast[0], 1e-9) if same else None,
                "ratio_wall": wall / max(fast[1], 1e-9) if same else None,
                "spread": [min(ratios), max(ratios)],
            }
        )
        print(f"  {rule}: {cpu:.1f} CPU-s with fractions, {fast[0]:.4f} here", file=sys.stderr)
    return {"rows": rows}


def _agree(found: Replayed, precise: reference.Plain) -> bool:
    """Tell whether all that pots hold and payments carried is the same, within the stated rounding."""
    if found.rule == "poison":
        return bool(found.poisoned.tolist() == precise.poisoned and found.left.tolist() == precise.left)
    bound = precise.rounding
    pairs = ((found.held, precise.held), (found.left, precise.left))
    return all(
        abs(Fraction(mine) - exact) <= bound
        for table, rows in pairs
        for row, other in zip(table.tolist(), rows, strict=True)
        for mine, exact in zip(row, other, strict=True)
    )
