"""GRF-08: a group of accounts pays a group, which pays a third one."""

import polars as pl

from finvest.features.cuts import with_unsearched
from finvest.features.groups import GroupSearch, stacked
from finvest.findings.checks import held_together, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param
from finvest.findings.wording import order_of_payments


class Stack(Detector):
    card = Card(
        id="GRF-08",
        title="Stack",
        what="Several accounts pay the same several others, and these pay the same several others in turn, within a "
        "short time.",
        strength="moderate",
        roles={
            "sources": ("account", "undetermined"),
            "middles": ("account", "undetermined"),
            "targets": ("account", "undetermined"),
        },
        needs=("transactions",),
        sentence="{first} accounts ({sources}) paid {second} others ({middles}), and these paid {third} more "
        "({targets}), all within {days} days ({period}). {recurring} of the {pairs} pairs deal with each other in "
        "other periods too. The middle passed on {keep_low} to {keep_high} % of what it got: {passed_on}. Order of "
        "payments: {order}.",
        innocent={
            "regular payments": "Firms, their subcontractors and those who work for them deal in other periods too. "
            "Ask two accounts in each layer for contracts, invoices and payroll.",
            "one holder or group in the middle": "One holder, or companies of one group, have all accounts in the "
            "middle. Who holds the accounts in the middle, and who owns the holders? Ask the registers.",
            "shared costs": "Families or friends pay each other back after something bought together. Ask two of the "
            "accounts in the middle what they got the money for.",
        },
        checks={
            "regular payments": mostly("recurring", of="pairs"),
            "one holder or group in the middle": held_together("middles"),
        },
        sources=("S44: stack of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("length of the period, days", default=10, low=1, high=60)
    accounts: int = param("accounts in each layer", default=3, low=2)
    percent: int = param("share of the next layer that each account deals with, percent", default=50, low=1, high=100)
    keep_low: int = param("value is kept: percent of what came in, at least", default=80, low=1, high=100)
    keep_high: int = param("value is kept: percent of what came in, at most", default=102, low=100, high=1000)
    busiest: int = param("accounts with more others on one side are left out", default=200, low=3)
    budget: int = param("search steps from one account", default=200_000, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a stack; not assessable for accounts that were cut or left out."""
        search = GroupSearch(
            days=self.days,
            sources=self.accounts,
            targets=self.accounts,
            percent=self.percent,
            busiest=self.busiest,
            budget=self.budget,
        )
        found, cut = stacked(view, search, (self.keep_low, self.keep_high))
        new = 1 - pl.col("recurring") / pl.col("pairs")
        rows = found.with_columns(
            first=pl.col("sources").list.len(),
            second=pl.col("middles").list.len(),
            third=pl.col("targets").list.len(),
            passed_on=pl.when("kept").then(pl.lit("yes")).otherwise(pl.lit("no")),
            order=order_of_payments(pl.col("order_certain")),
            score=grows(pl.col("pairs") - 8, 12)
            * (0.3 + 0.4 * new + 0.2 * pl.col("kept") + 0.1 * pl.col("order_certain")),
            accounts_not_searched=pl.lit(len(cut)),
        )
        return with_unsearched(rows, cut, "sources")

    def plant(self, make: Make) -> None:
        """Let four accounts pay four, and these pay four more within days, all but the diagonals."""
        for i in range(4):
            for j in range(4):
                if i != j:
                    make.transfer(f"client {i}", f"shell {j}", 1_000_00 + i, (i + j) / 4)
                    make.transfer(f"shell {i}", f"worker {j}", 950_00 + j, 3 + (i + j) / 4)

    def look_alike(self, make: Make) -> None:
        """Let three builders pay three subcontractors each month, who pay the same three crews."""
        for month in range(4):
            for i in range(3):
                for j in range(3):
                    make.transfer(f"builder {i}", f"firm {j}", 5_000_00, 30 * month + i / 4)
                    make.transfer(f"firm {i}", f"crew {j}", 4_000_00, 30 * month + 3 + j / 4)
