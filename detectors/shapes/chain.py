"""GRF-06: money is passed on from account to account, and most of it arrives."""

import polars as pl

from finvest.features.chains import ChainSearch, value_chains
from finvest.features.cuts import with_unsearched
from finvest.findings.checks import held_together, listed_companies
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param
from finvest.findings.wording import order_of_payments


class Chain(Detector):
    card = Card(
        id="GRF-06",
        title="Chain",
        what="Money is passed on through several accounts in turn, each of which keeps little of it, along "
        "relations that are mostly new.",
        strength="moderate",
        roles={"members": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{hops} payments within {days} days ({period}) carry money on through {members}, each {keep_low} to "
        "{keep_high} % of the one before; {kept_percent:.0f} % of the first arrive with the last. {new} of them "
        "are between accounts that deal with each other in no other period; {passing} accounts on the way received "
        "most of their money by it. Order of payments: {order}.",
        innocent={
            "one holder or group": "One holder, or companies of one group, move money between their own accounts. Who "
            "holds the accounts, and who owns the holders? Ask the account and company registers.",
            "supply chain": "All accounts belong to companies on the company list: each may pay its supplier. Ask for "
            "the invoices behind each payment of the chain.",
            "coincidence": "Payments of similar size follow each other by chance, as wages and rents do. What was each "
            "payment for? Ask two of the holders in the middle.",
        },
        checks={
            "one holder or group": held_together("members"),
            "supply chain": listed_companies("members", keeps=0.5),
        },
        sources=("S44: random walk of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("from the first to the last payment, days", default=5, low=1, high=60)
    hops: int = param("payments in the chain", default=5, low=3, high=16)
    keep_low: int = param("percent of the payment before, at least", default=80, low=1, high=100)
    keep_high: int = param("percent of the payment before, at most", default=102, low=100, high=1000)
    new_percent: int = param(
        "payments between accounts that deal in this period only, percent", default=60, low=0, high=100
    )
    passing_percent: int = param(
        "accounts on the way that got at least half of their money by the chain, percent", default=50, low=0, high=100
    )
    budget: int = param("search steps from one payment", default=100_000, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a chain; not assessable for accounts from which the search was cut."""
        search = ChainSearch(
            days=self.days,
            hops=self.hops,
            keep=(self.keep_low, self.keep_high),
            new_percent=self.new_percent,
            budget=self.budget,
        )
        found, cut = value_chains(view, search)
        certain = pl.col("order_certain") & pl.col("window_certain")
        passing, new = pl.col("passing") / (pl.col("hops") - 1), pl.col("new") / pl.col("hops")
        most = pl.col("passing") * 100 >= (pl.col("hops") - 1) * self.passing_percent
        rows = found.filter(most).with_columns(
            score=grows(pl.col("hops") - 2, 4) * (0.1 + 0.5 * passing + 0.3 * new + 0.1 * certain),
            order=order_of_payments(certain),
            searches_cut=pl.lit(len(cut)),
        )
        return with_unsearched(rows, cut, "members")

    def plant(self, make: Make) -> None:
        """Pass money on through seven accounts."""
        for i in range(6):
            make.transfer(f"account {i}", f"account {i + 1}", 9_000_00 - 300_00 * i, i / 2)

    def look_alike(self, make: Make) -> None:
        """Move a group's money through its own seven accounts."""
        make.company("Holding", *(f"account {i}" for i in range(7)))
        for i in range(6):
            make.transfer(f"account {i}", f"account {i + 1}", 9_000_00, i / 2)
