"""GRF-05: money goes round and comes back to where it started."""

import polars as pl

from finvest.features.cuts import with_unsearched
from finvest.features.rings import RingSearch, rings
from finvest.features.units import minor_units
from finvest.findings.checks import held_together
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, param
from finvest.findings.wording import order_of_payments

FRIENDS_LARGEST = 500
"""Largest payment of a round of small debts, whole units of its currency."""


def _small_debts(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    paid = view.measure(rows["evidence"], largest=pl.col("amount").max(), currency=pl.col("currency").first())
    small = paid.select(pl.col("largest") <= FRIENDS_LARGEST * minor_units(pl.col("currency"))).to_series()
    return small & (rows["kept_percent"] < 50).fill_null(value=False)  # noqa: PLR2004 - null where there are several


class Cycle(Detector):
    card = Card(
        id="GRF-05",
        title="Cycle",
        what="Money comes back to the account it left, through other accounts, in an order of time that is possible.",
        strength="weak",
        roles={"members": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{length} payments within {days} days ({period}) form a circle through {members}. The "
        "smallest is {kept_percent:.0f} % of the largest. Order of payments: {order}.",
        innocent={
            "treasury pool": "One holder, or companies of one group, move money between their own accounts. Who holds "
            "the accounts, and who owns the holders? Ask the account and company registers.",
            "friends settling up": "Small, unequal payments among people who pay each other back. How do the holders "
            "know each other, and what were the payments for?",
            "trade in both directions": "The accounts belong to businesses that buy from each other. Ask for the "
            "invoices behind each payment of the circle.",
        },
        checks={"treasury pool": held_together("members"), "friends settling up": Check(_small_debts)},
        version=2,
        sources=("S44: cycle of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("time from the first to the last payment, days", default=10, low=1, high=60)
    shortest: int = param("accounts in the circle, at least", default=3, low=2, high=10)
    longest: int = param("accounts in the circle, at most, whatever the amounts", default=5, low=2, high=10)
    longest_kept: int = param("accounts in the circle, at most, where the value is kept", default=6, low=2, high=10)
    keep_low: int = param("value is kept: percent of the payment before, at least", default=80, low=1, high=100)
    keep_high: int = param("value is kept: percent of the payment before, at most", default=102, low=100, high=1000)
    budget: int = param("search steps from one payment", default=100_000, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a circle, and one not assessable for each account from which the search was cut."""
        search = RingSearch(
            days=self.days,
            shortest=self.shortest,
            longest=self.longest,
            longest_kept=self.longest_kept,
            keep=(self.keep_low, self.keep_high),
            budget=self.budget,
        )
        found, cut = rings(view, search)
        share = pl.col("kept_percent").fill_null(50) / 100
        certain = pl.col("order_certain") & pl.col("window_certain")
        circles = found.with_columns(
            score=(0.8 * share * share + 0.1 * certain) * (0.25 + 0.75 * pl.col("new_share")),
            order=order_of_payments(certain),
            searches_cut=pl.lit(len(cut)),
        )
        return with_unsearched(circles, cut, "members")

    def plant(self, make: Make) -> None:
        """Send money round through four accounts."""
        for i in range(4):
            make.transfer(f"account {i}", f"account {(i + 1) % 4}", 9_000_00 - 100_00 * i, i)

    def look_alike(self, make: Make) -> None:
        """Sweep a group's money round its own three accounts."""
        make.company("Holding", "main account", "payroll account", "savings account")
        accounts = ("main account", "payroll account", "savings account")
        for i, account in enumerate(accounts):
            make.transfer(account, accounts[(i + 1) % 3], 9_000_00, i)
