"""LAB-07: much of a company's staff sends money away at the same moment, payday after payday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.scores import grows
from finvest.features.synchrony import FEW, synchronised_remittances
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector
from finvest.model.identifiers import opaque

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView

EVEN = 0.2
"""Coefficient of variation below which amounts count as even (catalogue, LAB-07)."""


class SynchronisedRemittances(Detector):
    """Staff of one employer sends money away in step."""

    card = Card(
        id="LAB-07",
        title="Synchronised remittances",
        what="Much of one employer's staff sends money away within two hours, from one outlet or to very few "
        "beneficiaries, payday after payday: they may be paying somebody who exploits them rather than family.",
        strength="strong",
        roles={
            "senders": ("account", "possible_victim"),
            "recipients": ("account", "exploiter"),
            "employer": ("party", "undetermined"),
        },
        needs=("transactions", "transactions.time_known", "employments.employer", "employments.worker"),
        sentence="In {periods} pay periods ({period}) at least {workers} workers of {employer} (of up to {known} whose "
        "accounts are known) sent money away within {hours} hours of each other: {senders}; {amounts} in all, in step "
        "by {what}. Beneficiaries: {beneficiaries}. The amounts of one day vary by {even:.0%} of their mean.",
        innocent=(
            CounterCheck(
                name="payday, nearest outlet, works bus",
                explanation="Colleagues send money home on payday from the same place, each to other people.",
                ask="Who received the money? Ask the transfer service for the beneficiaries and where they were paid.",
                check=lambda _, rows: rows["beneficiaries"] > FEW,
            ),
            CounterCheck(
                name="savings club or shared project",
                explanation="Staff who come from one place pay into a club or build a house there together.",
                ask="Ask each worker alone, through a helper who is not from the company, whom the money is for.",
            ),
        ),
        sources=("S20b: banks' alliance, 2014",),
    )
    hours: int = param("time within which they send, hours", default=2, low=1, high=48)
    workers_least: int = param("workers who send", default=5, low=3, high=1000)
    share_percent: int = param("their share of the staff with known accounts, percent", default=50, low=1, high=100)
    periods_least: int = param("pay periods in which they do", default=3, low=2, high=60)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an employer."""
        rows = synchronised_remittances(view, self.hours, self.workers_least, self.share_percent, self.periods_least)
        few = pl.when(pl.col("beneficiaries") <= FEW).then(0.3).otherwise(0.0)
        even = pl.when(pl.col("even") < EVEN).then(0.1).otherwise(0.0)
        return rows.with_columns(
            score=0.3 + few + even + 0.3 * grows(pl.col("periods") + pl.col("workers") - 7, 6),
        )

    @staticmethod
    def plant(make: Make) -> None:
        """Let six workers send the same sum to one account within an hour, on three paydays."""
        for day, worker in _paydays(make):
            make.transfer(worker, "agent", 400_00, day, channel="remittance", terminal="outlet 1")

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let six colleagues send money home from the outlet at the bus stop, each to relatives of their own."""
        for day, worker in _paydays(make):
            make.transfer(worker, f"home of {worker}", 250_00, day, channel="remittance", terminal="outlet 1")


def _paydays(make: Make) -> list[tuple[float, str]]:
    """Put six workers on one payroll; return their turns at the outlet on three paydays."""
    make.company("Harvest Works")
    workers = [f"Worker {letter}" for letter in "ABCDEF"]
    for worker in workers:
        make.row("parties", party=worker, kind="person", name=worker)
        make.row("employments", employer=opaque("p", "name", "HARVEST WORKS"), worker=worker)
        make.holder(worker, worker)
    return [(30 * month + i / 144, worker) for month in range(3) for i, worker in enumerate(workers)]
