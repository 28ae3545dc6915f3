"""CTL-04: cards of several people are used one after another at one cash machine, again and again."""

import polars as pl

from finvest.features.machines import TOO_FEW, Queue, convoys
from finvest.findings.checks import related
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class ConvoyCashOut(Detector):
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
        innocent={
            "family": "Fewer than three of the holders are unrelated: relatives go to the machine together. Are the "
            "holders relatives? Ask each alone.",
            "colleagues on payday": "The same few colleagues stop at the nearest machine on the way home. Ask the bank "
            "for pictures of the machine: does each person hold the card, or one person all?",
        },
        checks={"family": related("cards", most=2)},
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
        rows = convoys(view, Queue(gap=self.gap, total=self.total, cards=self.cards_least), self.days, self.dates_least)
        rare, few = pl.col("chance") <= self.chance_most, pl.col("strangers") < pl.col("evidence").list.len()
        return rows.filter(rare | few).with_columns(
            score=0.4 + 0.6 * grows(pl.col("dates") + pl.col("cards").list.len() - 5, 5),
            not_assessable=pl.when(~rare).then(pl.lit(TOO_FEW)),
        )

    def plant(self, make: Make) -> None:
        """Use four cards one after another on four evenings, at a machine that others use in that hour, too."""
        for week in range(4):
            for i in range(4):
                make.transfer(f"worker {i}", "cash", 200_00, 7 * week + i / 720, channel="cash_atm", terminal="M1")
        for i in range(24):
            make.transfer(f"passer-by {i}", "cash", 50_00, i + 0.03, channel="cash_atm", terminal="M1")

    def look_alike(self, make: Make) -> None:
        """Let a market draw others to the machine each week, a few of them one after another."""
        for week in range(4):
            for i, who in enumerate((5 * week + 3 * i) % 17 for i in range(6)):
                make.transfer(f"visitor {who}", "cash", 50_00, 7 * week + i / 720, channel="cash_atm", terminal="M1")
