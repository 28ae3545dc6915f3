"""GRF-09: within days an account deals with many others for the only time."""

import polars as pl

from finvest.features.relations import new_relations
from finvest.features.scores import surprising
from finvest.findings.checks import listed_company
from finvest.findings.detector import Card, CaseView, Detector, Make, param


class NewRelations(Detector):
    card = Card(
        id="GRF-09",
        title="Burst of new relations",
        what="Within days an account pays, or is paid by, many accounts that it deals with at no other time, far more "
        "than its own history leads one to expect; money that comes in and goes on makes it stand out more.",
        strength="weak",
        roles={"account": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{account} had {came} transfers in and {went} out with accounts that it dealt with at no other "
        "time, within {reach} days around {period}, {amounts} in all. Its own history explains few of them.",
        innocent={
            "business that sells to the public": "A company that is on the company list deals with new customers and "
            "suppliers. Is the holder in business? Ask the register, and the bank for the account's declared purpose.",
            "a move, a wedding, a journey": "An event in life brings many payments to and from people met once. Ask "
            "the holder what happened in these days, and two of the others what was paid for.",
        },
        checks={"business that sells to the public": listed_company("account", keeps=0.5)},
        sources=("measured on the labelled sets, see docs/ranking.md",),
    )
    reach: int = param("days around its centre that a burst covers", default=3, low=1, high=30)
    fortnight: float = param("new relations in 14 days, each way, that need no explanation", default=2.0, low=0.01)
    dealings: int = param("transfers in a burst", default=3, low=1)
    least: float = param("surprise, nats", default=5.0, low=0.1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a burst."""
        rows = new_relations(view, self.reach, self.fortnight, self.least)
        rows = rows.filter(pl.col("came") + pl.col("went") >= self.dealings)
        return rows.with_columns(score=surprising(pl.col("surprise")))

    def plant(self, make: Make) -> None:
        """Let an account with a quiet history be paid by six and pay six within two days."""
        for month in range(6):
            make.transfer("employer", "account", 2_000_00, 30 * month)
            make.transfer("account", "landlord", 800_00, 30 * month + 1)
        for i in range(6):
            make.transfer(f"payer {i}", "account", 500_00, 70 + i / 6)
            make.transfer("account", f"receiver {i}", 480_00, 71 + i / 6)

    def look_alike(self, make: Make) -> None:
        """Let a shop have a new customer every other day, all year."""
        for i in range(120):
            make.transfer(f"customer {i}", "shop", 50_00 + i, 2 * i)
            if i % 15 == 0:
                make.transfer("shop", "supplier", 600_00, 2 * i + 0.5)
