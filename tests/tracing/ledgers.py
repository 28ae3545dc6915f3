"""Small ledgers written as lines: ``+A 100`` comes in from outside, ``+A 60 X`` is claimed, ``A>B 120`` is paid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from finvest.tracing.ledger import BOTTOMLESS, ELASTIC, FIXED, NO_POT, Claims, Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

FOOTINGS = {"none": ELASTIC, "all": BOTTOMLESS}


def plain(
    *lines: str, opening: Mapping[str, int] | None = None, unknown: Mapping[str, str] | None = None
) -> tuple[Ledger, Claims, dict[str, int]]:
    """Return a ledger in the order of its lines, its claims in the order of their names, and pots by name.

    ``unknown`` says of pots without a known opening balance whether ``none`` or ``all`` of it lies in front.
    """
    pots: dict[str, int] = {}
    originator, beneficiary, amount, claimed = [], [], [], []
    for line in lines:
        who, much, *claim = line.split()
        payer, _, payee = who.partition(">") if ">" in who else ("", "", who.lstrip("+"))
        assert re.fullmatch(r"[A-Za-z]*", payer + payee), line
        ends = [pots.setdefault(name, len(pots)) if name else NO_POT for name in (payer, payee)]
        originator.append(ends[0])
        beneficiary.append(ends[1])
        amount.append(int(much))
        claimed.append(claim[0] if claim else "")
    n, names = len(lines), sorted({c for c in claimed if c})
    footing = np.full(len(pots), FIXED, np.int8)
    for name, how in (unknown or {}).items():
        footing[pots[name]] = FOOTINGS[how]
    balances = np.array([(opening or {}).get(name, 0) for name in pots], np.int64)
    ledger = Ledger(
        np.array(originator, np.int32),
        np.array(beneficiary, np.int32),
        np.array(amount, np.int64),
        np.array(amount, np.int64),
        np.ones(n, bool),
        np.arange(2 * n, dtype=np.int32),
        balances,
        footing,
        np.zeros(len(pots), bool),
    )
    claims = Claims.of([{m: amount[m] for m in range(n) if claimed[m] == name} for name in names])
    return ledger, claims, pots
