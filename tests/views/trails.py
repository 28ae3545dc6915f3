"""Trails of known shape: one hop, a long one with ends, several claims, a hypothesis, a controlled account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.tracing.hypotheses import Hypothesis
from finvest.views.trail_report import TrailContent
from tests.tracing.cases import Books, case, into, out

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail
    from tests.tracing.cases import Case


def one_hop(rule: str = "fifo", opening: int | None = 30_000_00) -> Trail:
    """Return the worked example: 30,000 own, 84,000 claimed, 60,000 paid on to an account without books."""
    made = case(
        Books(
            "mixed",
            [into("payer", 84_000_00, 2, "a"), out("shop", 60_000_00, 5)],
            opening=opening,
        )
    )
    return made.follow(made.claim("mixed", 0), rule=rule)


def _chain() -> Case:
    """Money over eight accounts, at each of which a part leaves another way."""
    names = [f"stage{c}" for c in "abcdefgh"]
    books = []
    for i, name in enumerate(names):
        amount = 84_000_00 - i * 9_000_00
        before = names[i - 1] if i else "payer"
        lines = [into(before, amount, 2 * i + 1, f"hop{i}")]
        if i < len(names) - 1:
            lines.append(out(names[i + 1], amount - 9_000_00, 2 * i + 3, f"hop{i + 1}"))
        if i % 3 == 0:
            lines.append(out(None, 4_000_00, 2 * i + 3, channel="cash_atm"))
        elif i % 3 == 1:
            lines.append(out(f"abroad{i}", 5_000_00, 2 * i + 3))
        else:
            lines.append(out(None, 3_000_00, 2 * i + 3, channel="crypto"))
        books.append(Books(name, lines, opening=None if i == 3 else 2_000_00))
    return case(*books, controlled=["stagec"])


def long(rule: str = "fifo") -> Trail:
    """Return a trail of eight hops with ends of several kinds, an unknown opening balance, a controlled account."""
    made = _chain()
    return made.follow(made.claim("stagea", 0, name="Claimant"), rule=rule)


def several(rule: str = "pro_rata") -> Trail:
    """Return three claims that meet in one account."""
    made = case(
        Books(
            "pool",
            [
                into("first", 20_000_00, 1),
                into("second", 30_000_00, 2),
                into("third", 10_000_01, 3),
                out("spender", 33_000_00, 4, "p"),
                out("shop", 7_000_00, 6),
            ],
            opening=5_000_00,
        ),
        Books("spender", [into("pool", 33_000_00, 4, "p"), out(None, 12_000_00, 7, channel="cash_atm")]),
    )
    claims = [made.claim("pool", i, name=name) for i, name in enumerate(["First", "Second", "Third"])]
    return made.follow(*claims, rule=rule)


def assumed(
    rule: str = "fifo", reason: str = "withdrawn and paid in within the hour", actor: str = "J. Smith"
) -> Trail:
    """Return a trail that goes on over a hypothesis from cash to cash."""
    made = case(
        Books("giver", [into("payer", 9_000_00, 1), out(None, 9_000_00, 3, channel="cash_atm")]),
        Books("taker", [into(None, 8_500_00, 4, channel="cash_branch"), out("shop", 2_000_00, 9)]),
    )
    said = Hypothesis("d1", made.records["giver"][1], made.records["taker"][0], actor, "2025-04-01", reason)
    return made.follow(made.claim("giver", 0), rule=rule, hypotheses=[said])


def unpaired() -> Trail:
    """Return a trail that ends at a transfer of which two records of the payee may be the other side."""
    made = case(
        Books("giver", [into("payer", 9_000_00, 1), out("taker", 9_000_00, 3)]),
        Books("taker", [into("giver", 9_000_00, 3), into("giver", 9_000_00, 4)]),
    )
    return made.follow(made.claim("giver", 0))


def named(name: str) -> Trail:
    """Return the worked example with an account that is known by any text."""
    made = case(Books("mixed", [into("payer", 84_000_00, 2), out("shop", 60_000_00, 5)]))
    made.names = dict.fromkeys(made.names, name)
    return made.follow(made.claim("mixed", 0))


def content_of(trail: Trail, **more: object) -> TrailContent:
    """Return what a report needs."""
    known: dict[str, object] = {
        "title": "Operation Orchid",
        "purpose": "Money behind a suspected case of trafficking in human beings",
        "legal_basis": "Police Act, section 12",
        "actor": "J. Smith",
        "created": "2025-02-01",
        "written": "J. Smith, 2025-04-01",
        "version": "0.1.0",
        "question": "Where did the 84,000.00 EUR go that the claimant paid on 5 March 2025?",
        "handling": "H1",
        "trail": trail,
        "sources": pl.DataFrame(
            {"name": ["bank.csv"], "sha256": ["ab" * 32], "loader": ["delimited"], "records": [17], "loaded": [17],
             "quarantined": [0]}
        ),
    }  # fmt: skip
    return TrailContent(**(known | more))  # type: ignore[arg-type]
