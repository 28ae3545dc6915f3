"""CTL-04: cards of several people are used one after another at one cash machine, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.machines import Queue, convoys
from finvest.features.scores import grows
from finvest.features.ties import families_among
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView

FEW = "too few other cards on file at that machine in that hour to tell a set that comes again from chance"


def _family(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether fewer than three of the holders are unrelated."""
    ties = families_among(view, rows["cards"])
    return ties.select(pl.when(pl.col("families") <= 2).then(True).when("told").then(False)).to_series()  # noqa: FBT003, PLR2004


class ConvoyCashOut(Detector):
    """The same set of cards is used one after another at one machine on several days."""

    card = Card(
        id="CTL-04",
        title="Convoy cash-out",
        what="Cards of different people are used one after another at one cash machine; the same set of cards comes "
        "again on other days, far more often than those who use the machine in that hour would by chance.",
        strength="strong",
        roles={"cards": ("account", "possible_victim")},
        needs=("transactions", "transactions.channel", "transactions.terminal", "transactions.time_known"),
        sentence="The cards of {cards} were used within {total} minutes at one machine, never more than {gap} minutes "
        "apart, on {dates} days within {days} ({period}; machines: {machines}), for {amounts}. Were the cards of all "
        "who used these machines in these hours mixed at random, such a set would come again so often with a "
        "probability of at most {chance:.1g}.",
        innocent=(
            CounterCheck(
                name="family",
                explanation="Fewer than three of the holders are unrelated: relatives go to the machine together.",
                ask="Are the holders relatives? Ask each alone.",
                check=_family,
            ),
            CounterCheck(
                name="colleagues on payday",
                explanation="The same few colleagues stop at the nearest machine on the way home.",
                ask="Ask the bank for pictures of the machine: does each person hold the card, or one person all?",
            ),
        ),
        sources=("general knowledge, unverified", "consistent with S8: Operation Fort"),
    )
    cards_least: int = param("cards of different holders", default=3, low=3, high=20)
    gap: int = param("time between two withdrawals, minutes, at most", default=5, low=1, high=60)
    total: int = param("time from the first to the last, minutes, at most", default=20, low=2, high=240)
    dates_least: int = param("days on which the set is seen", default=3, low=2, high=60)
    days: int = param("length of the period, days", default=60, low=2, high=400)
    chance_most: float = param("probability by chance, at most", default=0.001, low=0.0, high=1.0)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a set of cards; not assessable where too few others used the machine."""
        queue = Queue(gap=self.gap, total=self.total, cards=self.cards_least)
        rows = convoys(view, queue, self.days, self.dates_least)
        rare = pl.col("chance") <= self.chance_most
        few = pl.col("strangers") < pl.col("evidence").list.len()
        return rows.filter(rare | few).with_columns(
            score=0.4 + 0.6 * grows(pl.col("dates") + pl.col("cards").list.len() - 5, 5),
            not_assessable=pl.when(~rare).then(pl.lit(FEW)),
        )

    @staticmethod
    def plant(make: Make) -> None:
        """Use four cards one after another on four evenings, at a machine that others use in that hour, too."""
        for week in range(4):
            for i in range(4):
                make.transfer(f"worker {i}", "cash", 200_00, 7 * week + i / 720, channel="cash_atm", terminal="M1")
        for i in range(24):
            make.transfer(f"passer-by {i}", "cash", 50_00, i + 0.03, channel="cash_atm", terminal="M1")

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let a market draw others to the machine each week, a few of them one after another."""
        for week in range(4):
            for i in range(6):
                card = f"visitor {(5 * week + 3 * i) % 17}"
                make.transfer(card, "cash", 50_00, 7 * week + i / 720, channel="cash_atm", terminal="M1")
