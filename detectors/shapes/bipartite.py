"""GRF-07: a group of accounts pays another group, most of the one paying most of the other."""

import polars as pl

from finvest.features.cuts import with_unsearched
from finvest.features.groups import GroupSearch, bipartite
from finvest.findings.checks import held_together, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class Bipartite(Detector):
    card = Card(
        id="GRF-07",
        title="Bipartite",
        what="Several accounts pay the same several others within a short time, and none on either side pays another "
        "one on its own side.",
        strength="weak",
        roles={"sources": ("account", "undetermined"), "targets": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{payers_count} accounts ({sources}) paid {payees_count} others ({targets}) within {days} days "
        "({period}), {amounts} in all: {pairs} of the {possible} pairs there can be. {recurring} of these pairs deal "
        "with each other in other periods too; {payers} accounts paid the others in that time.",
        innocent={
            "regular payments": "Tenants, members or firms that pay the same accounts in other periods too. What are "
            "the payments for? Ask two on either side for contracts or invoices.",
            "one holder or group pays": "One holder, or companies of one group, pay the same suppliers or workers. Who "
            "holds the accounts that pay, and who owns the holders? Ask the registers.",
            "shared costs": "Friends on a trip, or a household, each pay the same shops and people. Ask two of those "
            "who paid what was bought, and whether they know each other.",
        },
        checks={
            "regular payments": mostly("recurring", of="pairs"),
            "one holder or group pays": held_together("sources"),
        },
        sources=("S44: bipartite of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("length of the period, days", default=10, low=1, high=60)
    payers_least: int = param("accounts that pay", default=3, low=2)
    payees_least: int = param("accounts that are paid", default=3, low=2)
    percent: int = param("share of the other side that each account deals with, percent", default=50, low=1, high=100)
    busiest: int = param("accounts with more others on one side are left out", default=200, low=3)
    budget: int = param("search steps from one account", default=200_000, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a pair of groups; not assessable for accounts that were cut or left out."""
        search = GroupSearch(
            days=self.days,
            sources=self.payers_least,
            targets=self.payees_least,
            percent=self.percent,
            busiest=self.busiest,
            budget=self.budget,
        )
        found, cut = bipartite(view, search)
        payers, payees = pl.col("sources").list.len(), pl.col("targets").list.len()
        new = 1 - pl.col("recurring") / pl.col("pairs")
        alone = payers / pl.col("payers")
        rows = found.with_columns(
            payers_count=payers,
            payees_count=payees,
            possible=payers * payees,
            score=grows(pl.col("pairs") - 4, 12) * (0.4 + 0.3 * new + 0.3 * alone),
            accounts_not_searched=pl.lit(len(cut)),
        )
        return with_unsearched(rows, cut, "sources")

    def plant(self, make: Make) -> None:
        """Let four accounts pay four others once each, all but the diagonal."""
        for i in range(4):
            for j in range(4):
                if i != j:
                    make.transfer(f"agency {i}", f"account {j}", 900_00 + 10_00 * i + j, i + j / 4)

    def look_alike(self, make: Make) -> None:
        """Let four flatmates pay landlord, electricity and club each month."""
        for month in range(4):
            for i in range(4):
                for payee, amount in (("landlord", 400_00), ("electricity", 30_00), ("club", 20_00)):
                    make.transfer(f"flatmate {i}", payee, amount, 30 * month + i / 4)
