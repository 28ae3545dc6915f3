"""GRF-01: many pay one account within a short time, unlike what the account is used to."""

import polars as pl

from finvest.features.fans import unusual_fans
from finvest.findings.checks import listed_company, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, param


class FanIn(Detector):
    card = Card(
        id="GRF-01",
        title="Fan-in",
        what="Many different accounts pay one account within a short time, unlike what that account is used to.",
        strength="weak",
        roles={"collector": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{collector} was paid by {senders} different accounts within {days} days ({period}), {amounts} "
        "in all. {passing} of them paid it in no other period; in an average period of that length {usual} others do.",
        innocent={
            "regular dues": "Rent, membership fees or school money: the same payers pay in other periods too. What are "
            "the payments for? Ask the holder for the contract, the list of members or of tenants.",
            "business that sells to the public": "A company that is on the company list takes payments from customers. "
            "Is the holder in business? Ask the register, and the bank for the account's declared purpose.",
            "collection for an occasion": "A collection for a gift, a funeral, a trip or a charity. Ask the holder and "
            "two of the payers what was collected for.",
        },
        checks={
            "regular dues": mostly("recurring", of="senders"),
            "business that sells to the public": listed_company("collector", keeps=0.5),
        },
        sources=("S44: fan-in of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("length of the period, days", default=10, low=1, high=60)
    senders: int = param("different payers in the period", default=5, low=3)
    times_usual: int = param("payers as a multiple of those in an average period", default=3, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account: its largest window."""
        rows = unusual_fans(view, "in", self.days, self.senders, self.times_usual)
        return rows.rename({"account": "collector", "distinct": "senders"})

    def plant(self, make: Make) -> None:
        """Let eight people pay a new collector within four days."""
        for i in range(8):
            make.transfer(f"payer {i}", "collector", 300_00 + i, i / 2)
        make.transfer("collector", "landlord", 700_00, 60)

    def look_alike(self, make: Make) -> None:
        """Let eight tenants pay their landlord each month."""
        for month in range(6):
            for i in range(8):
                make.transfer(f"tenant {i}", "landlord", 600_00, 30 * month + i / 4)
