"""AST-02: a relative owns what the subject's money paid for."""

from datetime import date

import polars as pl

from finvest.features.holdings import bought_beside_income, earned, unlinked
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


class RelativesAssets(Detector):
    card = Card(
        id="AST-02",
        title="Assets with relatives",
        what="A relative with little income buys a house or vehicle, and by first in, first out the money came from "
        "the subject within two years. Only where the subject is suspected or convicted.",
        strength="moderate",
        roles={"sender": ("party", "exploiter"), "owner": ("party", "undetermined")},
        needs=("transactions", "assets", "links", "incomes", "parties"),
        sentence="{owner} acquired {kind} on {acquired}; of its price {funded_percent} % came, first in, first out, "
        "from {sender}, a relative, within {months} months before. The owner's income on file in that time is "
        "{income_percent} % of the price. What {sender} sent: {amounts}.",
        innocent={
            "no link to an offence": "Family savings and houses built from abroad are normal; nothing ties this money "
            "to an offence. Ask what the sender lives from before anything else is asked.",
            "earned by the sender": "The sender's income on file is at least twice what was sent. Ask the tax office "
            "for the sender's income, and what it left after living costs.",
        },
        checks={"no link to an offence": Check(unlinked), "earned by the sender": Check(earned)},
        sources=("S7: Europol 2015, real estate and cash sent to countries of origin",),
    )
    months: int = param("time before the purchase, months", default=24, low=1, high=120)
    income_percent_most: int = param("the owner's income, percent of the price, below", default=20, low=1)
    funded_percent_least: int = param("part of the price that came from the subject, percent", default=50, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a relative's asset and sender; not assessable where the owner's income is not on file."""
        poor = pl.col("received").is_null() | (pl.col("received") * 100 < pl.col("price") * self.income_percent_most)
        rows = bought_beside_income(view, self.months)
        rows = rows.filter(poor, pl.col("funded") * 100 >= pl.col("price") * self.funded_percent_least)
        return rows.with_columns(score=grows(pl.col("funded_percent"), 80)).drop("received")

    def plant(self, make: Make, category: str = "suspect") -> None:
        """Let a suspect send 50,000 to a sister without income, who buys a house with it."""
        sender, owner = make.person("P-1", subject_category=category), make.person("P-2")
        make.holds("P-1", "sender")
        make.holds("P-2", "sister")
        make.row("links", kind="related_to", from_kind="parties", from_id=sender, to_kind="parties", to_id=owner)
        wage = {"start": date(2025, 1, 1), "end": date(2025, 12, 31), "currency": "EUR"}
        make.row("incomes", party=owner, kind="wage", amount=4_000_00, **wage)
        for month in range(5):
            make.transfer("sender", "sister", 10_000_00, 30 * month)
        make.transfer("sister", "notary", 50_000_00, 160)
        bought = {"began": date(2025, 6, 15), "amount": 50_000_00, "currency": "EUR", "paid_from": make.id("sister")}
        make.row("assets", party=owner, asset="house", kind="property", **bought)

    def look_alike(self, make: Make) -> None:
        """Let somebody against whom nothing is known do the same."""
        self.plant(make, category="contact")
