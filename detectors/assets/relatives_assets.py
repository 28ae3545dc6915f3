"""AST-02: a relative owns what the subject's money paid for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from finvest.features.holdings import bought_with_money_of_relatives
from finvest.features.scores import grows
from finvest.features.wealth import received
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView

_LINKED = ("suspect", "convicted")


def _no_link(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether nothing on file says that the sender is suspected or convicted of an offence."""
    category = view.frame("parties")["subject_category"].gather(rows["sender"].list.first())
    return ~category.is_in(_LINKED).fill_null(value=False)


def _earned(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether the sender's income on file was at least twice what was sent; null where none is on file."""
    sender = view.frame("parties")["party"].gather(rows["sender"].list.first())
    return received(view, rows.with_columns(party=sender))["received"] >= rows["funded"] * 2


class RelativesAssets(Detector):
    """A relative owns what the subject paid for."""

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
        innocent=(
            CounterCheck(
                name="no link to an offence",
                explanation="Family savings and houses built from abroad are normal; nothing ties this money to an "
                "offence.",
                ask="Ask what the sender lives from before anything else is asked.",
                check=_no_link,
            ),
            CounterCheck(
                name="earned by the sender",
                explanation="The sender's income on file is at least twice what was sent.",
                ask="Ask the tax office for the sender's income, and what it left after living costs.",
                check=_earned,
            ),
        ),
        sources=("S7: Europol 2015, real estate and cash sent to countries of origin",),
    )
    months: int = param("time before the purchase, months", default=24, low=1, high=120)
    income_percent_most: int = param("the owner's income, percent of the price, below", default=20, low=1)
    funded_percent_least: int = param("part of the price that came from the subject, percent", default=50, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a relative's asset and sender; not assessable where the owner's income is not on file."""
        bought = bought_with_money_of_relatives(view, self.months)
        rows = bought.hstack(received(view, bought))
        poor = pl.col("received").is_null() | (pl.col("received") * 100 < pl.col("price") * self.income_percent_most)
        number = view.frame("parties").select("party", "n")
        return (
            rows.filter(poor, pl.col("funded") * 100 >= pl.col("price") * self.funded_percent_least)
            .join(number.rename({"n": "owner"}), on="party", maintain_order="left")
            .join(number.rename({"n": "sender", "party": "from"}), on="from", maintain_order="left")
            .with_columns(
                amounts=pl.concat_list(pl.struct("currency", amount="funded")),
                funded_percent=pl.col("funded") * 100 // pl.col("price"),
                income_percent=pl.col("received") * 100 // pl.col("price"),
                not_assessable=pl.when(pl.col("received").is_null()).then(pl.lit("no income of the owner is on file")),
            )
            .with_columns(score=grows(pl.col("funded_percent"), 80))
            .rename({"incomes": "evidence_incomes"})
            .drop("party", "from", "received")
        )

    @staticmethod
    def plant(make: Make) -> None:
        """Let a suspect send 50,000 to a sister without income, who buys a house with it."""
        _house(make, category="suspect")

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let somebody against whom nothing is known do the same."""
        _house(make, category="contact")


def _house(make: Make, category: str) -> None:
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
