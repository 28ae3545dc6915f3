"""Chains of payments by which claimed money possibly came to an account: made when asked for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail


def paths(trail: Trail, account: str, most: int) -> list[list[int]]:
    """Return chains of movements from a claim to an account, shortest first; see `Trail.paths`."""
    steps, _ = trail.ledger.ledger()
    place = {int(step): i for i, step in enumerate(steps.steps)}
    moved = trail.movements.unique("n", keep="first", maintain_order=True).select(
        "n", "hop", "originator", "beneficiary"
    )
    onward: dict[str, list[tuple[int, str]]] = {}
    for n, _, payer, payee in moved.filter(pl.col("hop") > 0).iter_rows():
        onward.setdefault(payer, []).append((n, payee))
    todo = deque([([n], payee) for n, _, _, payee in moved.filter(pl.col("hop") == 0).sort("n").iter_rows()])
    found: list[list[int]] = []
    while todo and len(found) < most:
        chain, at = todo.popleft()
        if at == account:
            found.append(chain)
            continue
        arrived = place[2 * chain[-1] + 1]
        todo.extend(
            ([*chain, n], payee) for n, payee in onward.get(at, ()) if n not in chain and place[2 * n] > arrived
        )
    return found
