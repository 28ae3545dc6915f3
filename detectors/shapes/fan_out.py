"""GRF-02: one account pays many within a short time, unlike what it is used to."""

import polars as pl

from finvest.features.fans import unusual_fans
from finvest.findings.checks import listed_company, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, param


class FanOut(Detector):
    card = Card(
        id="GRF-02",
        title="Fan-out",
        what="One account pays many different accounts within a short time, unlike what that account is used to.",
        strength="weak",
        roles={"distributor": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{distributor} paid {receivers} different accounts within {days} days ({period}), {amounts} "
        "in all. {passing} of them it paid in no other period; in an average period of that length it pays {usual}.",
        innocent={
            "payroll or standing orders": "Wages, rents or subscriptions: the same accounts are paid in other periods "
            "too. Ask the holder for the payroll, and the bank for the standing orders on the account.",
            "business that pays suppliers": "A company that is on the company list pays suppliers or returns money to "
            "customers. Is the holder in business? Ask the register, and the bank for the account's declared purpose.",
            "shared costs paid back": "The holder pays friends or family back after a shared expense. Ask the holder "
            "and two of the receivers what was paid for.",
        },
        checks={
            "payroll or standing orders": mostly("recurring", of="receivers"),
            "business that pays suppliers": listed_company("distributor", keeps=0.5),
        },
        sources=("S44: fan-out of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("length of the period, days", default=10, low=1, high=60)
    receivers: int = param("different receivers in the period", default=5, low=3)
    times_usual: int = param("receivers as a multiple of those in an average period", default=3, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account: its largest window."""
        rows = unusual_fans(view, "out", self.days, self.receivers, self.times_usual)
        return rows.rename({"account": "distributor", "distinct": "receivers"})

    def plant(self, make: Make) -> None:
        """Let an account that was paid once pay eight people within four days."""
        make.transfer("source", "distributor", 3_000_00, 0)
        for i in range(8):
            make.transfer("distributor", f"receiver {i}", 350_00 + i, 1 + i / 2)
        make.transfer("distributor", "shop", 20_00, 60)

    def look_alike(self, make: Make) -> None:
        """Let a company pay eight workers each month."""
        make.company("Bakery", "firm")
        for month in range(6):
            for i in range(8):
                make.transfer("firm", f"worker {i}", 2_100_00, 30 * month + i / 24)
