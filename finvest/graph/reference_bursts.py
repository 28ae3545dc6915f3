"""The slow, plain way to find bursts, for tests to compare `finvest.graph.bursts` with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from finvest.graph.bursts import ROUNDED, WHOLE

if TYPE_CHECKING:
    from finvest.graph.arrays import Bool, Int64
    from finvest.graph.bursts import Rules
    from finvest.graph.money_graph import MoneyGraph


def bursts(graph: MoneyGraph, weight: Int64, member: Bool, rules: Rules) -> list[tuple[int, int, float, list[int]]]:
    """Return account, centre, surprise and edges of each burst; see `finvest.graph.bursts.bursts`."""
    found = []
    for account in range(graph.accounts):
        own = [e for e in range(graph.edges) if (graph.originator[e] == account) != (graph.beneficiary[e] == account)]
        own.sort(key=lambda e: (graph.earliest[e], e))
        scores = {e: round(_surprise(e, account, own, graph, weight, rules), ROUNDED) for e in own if member[e]}
        rest = list(scores)
        while rest:
            centre = max(rest, key=lambda e: (scores[e], -own.index(e)))
            if scores[centre] < rules.least:
                break
            since = graph.earliest[centre] - rules.reach
            until = graph.latest[centre] + rules.reach
            near = [e for e in rest if graph.earliest[e] <= until and graph.latest[e] >= since]
            found.append((account, centre, scores[centre], sorted(near)))
            rest = [e for e in rest if e not in near]
    return found


def _surprise(edge: int, account: int, own: list[int], graph: MoneyGraph, weight: Int64, rules: Rules) -> float:
    early, late = int(graph.earliest[edge]), int(graph.latest[edge])
    span = max(max(int(graph.latest[e]) for e in own) - min(int(graph.earliest[e]) for e in own), rules.shortest)

    def within(window: int) -> tuple[float, float]:
        near = [e for e in own if graph.earliest[e] <= late + window and graph.latest[e] >= early - window]
        came = sum(int(weight[e]) for e in near if graph.beneficiary[e] == account)
        return came / WHOLE, sum(int(weight[e]) for e in near) / WHOLE - came / WHOLE

    total = 0.0
    for window in rules.windows.tolist():
        inside = sum(within(window))
        rest = sum(int(weight[e]) for e in own) / WHOLE - inside
        share = min((late - early + 2 * window) / span, 0.5)
        usual = rest * share / (1 - share) + rules.rate * (late - early + 2 * window)
        if inside > usual:
            total += inside * math.log(inside / usual) - (inside - usual)
    came, went = within(rules.through)
    return total + 2 * math.log1p(came * went)
