"""MLT-02: cash goes into an account in places far from home and leaves it elsewhere soon after."""

import polars as pl

from finvest.features.cash import FOLLOWED_WITHIN, funnels
from finvest.features.flow import pass_through_of_banks
from finvest.findings.checks import listed_company, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class Funnel(Detector):
    card = Card(
        id="MLT-02",
        title="Funnel account",
        what="Cash is paid into an account in several cities other than the one its holder lives in, and leaves it "
        "elsewhere within two days.",
        strength="moderate",
        roles={"funnel": ("account", "undetermined")},
        needs=("transactions", "transactions.channel", "transactions.city", "accounts.books_on_file"),
        sentence="Within {days} days ({period}) cash went into {funnel} {rounds} times, in {cities} cities other than "
        "the one where it mostly pays by card ({home}), each time followed by money out elsewhere within 48 hours. Of "
        "all it ever received {passed_percent:.0f} % left within 48 hours, first in, first out. In {travelled} of the "
        "cities it paid by card within two days.",
        innocent={
            "travelling trader": "The holder was in those cities, pays by card there, and pays in what was earned. "
            "What did the holder do in those cities? Ask for tickets, stall permits, invoices.",
            "business with branches": "A company that is on the company list pays in the takings of its shops. Where "
            "does the holder have shops? Ask the register and the bank.",
            "student or relative with donors": "Relatives in several cities pay in for somebody who lives from it. Who "
            "paid in? Ask the banks for slips and names; the holder may be made to lend the account.",
        },
        checks={
            "travelling trader": mostly("travelled", of="cities"),
            "business with branches": listed_company("funnel", keeps=0.5),
        },
        version=2,
        sources=("S2: funnel accounts, victims made to hold them", "S4", "S1: T0083, IND01858", "S42"),
    )
    days: int = param("length of the period, days", default=30, low=1, high=365)
    cities: int = param("cities other than the holder's", default=3, low=2)
    rounds: int = param("sums of cash that leave again elsewhere", default=3, low=2)
    passed_percent_least: int = param(
        "share of all it received that left in 48 hours, percent", default=80, low=1, high=100
    )

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account whose own books are on file."""
        passed = pass_through_of_banks(view, FOLLOWED_WITHIN)
        passed = passed.filter(pl.col("passed") * 100 >= pl.col("credited") * self.passed_percent_least)
        rows = funnels(view, self.days).filter(pl.col("cities") >= self.cities, pl.col("rounds") >= self.rounds)
        weight = pl.when(pl.col("home").is_null()).then(0.7).otherwise(0.9)
        return (
            rows.join(passed.select("account", "code", "passed_percent", "order_certain"), on=["account", "code"])
            .with_columns(
                score=grows(pl.col("cities") + pl.col("rounds") - 2, 6) * weight + 0.1 * pl.col("order_certain")
            )
            .rename({"account": "funnel"})
            .drop("code")
        )

    def plant(self, make: Make) -> None:
        """Pay cash in at five cities; each time it is taken out in another the next day."""
        make.transfer("holder", "grocer", 30_00, 0, channel="card_pos", city="Home")
        for i in range(5):
            make.cash_in("holder", 900_00, 5 * i + 1, city=f"City {i}")
            make.transfer("holder", "machine", 880_00, 5 * i + 2, channel="cash_atm", city="Elsewhere")

    def look_alike(self, make: Make) -> None:
        """Let a trader sell at five markets, sleep there, and pay the supplier the next day."""
        make.transfer("trader", "grocer", 30_00, 0, channel="card_pos", city="Home")
        make.transfer("trader", "grocer", 30_00, 60, channel="card_pos", city="Home")
        for i in range(5):
            make.cash_in("trader", 900_00, 5 * i + 1, city=f"City {i}")
            make.transfer("trader", "hotel", 80_00, 5 * i + 1.5, channel="card_pos", city=f"City {i}")
            make.transfer("trader", "supplier", 800_00, 5 * i + 2)
