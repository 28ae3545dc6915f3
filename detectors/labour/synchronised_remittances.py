"""LAB-07: much of a company's staff sends money away at the same moment, payday after payday."""

import polars as pl

from finvest.features.synchrony import EVEN, FEW, synchronised_remittances
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


class SynchronisedRemittances(Detector):
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
        innocent={
            "payday, nearest outlet, works bus": "Colleagues send money home on payday from the same place, each to "
            "other people. Who received the money? Ask the transfer service for the beneficiaries and where they were "
            "paid.",
            "savings club or shared project": "Staff who come from one place pay into a club or build a house there "
            "together. Ask each worker alone, through a helper who is not from the company, whom the money is for.",
        },
        checks={"payday, nearest outlet, works bus": Check(lambda _, rows: rows["beneficiaries"] > FEW)},
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
        return rows.with_columns(score=0.3 + few + even + 0.3 * grows(pl.col("periods") + pl.col("workers") - 7, 6))

    def plant(self, make: Make, to: str = "agent", amount: int = 400_00) -> None:
        """Let six workers send the same sum to one account within an hour, on three paydays."""
        for i, worker in enumerate(f"Worker {letter}" for letter in "ABCDEF"):
            make.employment("Harvest Works", worker)
            make.holder(worker, worker)
            for day in (0, 30, 60):
                make.transfer(worker, to.format(worker), amount, day + i / 144, channel="remittance", terminal="outlet")

    def look_alike(self, make: Make) -> None:
        """Let six colleagues send money home from the outlet at the bus stop, each to relatives of their own."""
        self.plant(make, to="home of {}", amount=250_00)
