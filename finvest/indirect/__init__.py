"""Indirect methods of proof: what somebody must have received, worked out from what can be seen."""

from __future__ import annotations

from finvest.indirect.exploitation import Worker, client_receipts, exploitation_benefit
from finvest.indirect.line import Line, assumption, estimate, fact
from finvest.indirect.lines_file import PARTS, from_file
from finvest.indirect.methods import (
    bank_deposits,
    net_worth_from,
    percentage_mark_up,
    source_and_application,
    unit_and_volume,
)
from finvest.indirect.positions import documented_days, net_worth
from finvest.indirect.proof import Method, Part, Proof

__all__ = [
    "PARTS",
    "Line",
    "Method",
    "Part",
    "Proof",
    "Worker",
    "assumption",
    "bank_deposits",
    "client_receipts",
    "documented_days",
    "estimate",
    "exploitation_benefit",
    "fact",
    "from_file",
    "net_worth",
    "net_worth_from",
    "percentage_mark_up",
    "source_and_application",
    "unit_and_volume",
]
