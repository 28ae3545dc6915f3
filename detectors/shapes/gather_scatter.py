"""GRF-03: several pay one account, and it pays several others soon after, unlike what it is used to."""

import polars as pl

from finvest.features.gathering import gatherings
from finvest.findings.checks import listed_company
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param

FEW = 10
"""So many accounts of a case are rare, whatever their share."""


def _regular(_view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether on either side most deal with the account in other periods too."""
    payers = pl.col("recurring_in") * 2 >= pl.col("senders")
    payees = pl.col("recurring_out") * 2 >= pl.col("receivers")
    return rows.select(payers | payees).to_series()


class GatherScatter(Detector):
    card = Card(
        id="GRF-03",
        title="Gather-scatter",
        what="Several accounts pay one, and it pays several others within days, unlike what it is used to.",
        strength="weak",
        roles={"hub": ("account", "undetermined")},
        needs=("transactions",),
        sentence="{senders} accounts paid {hub} within {days} days, and it paid {receivers} others within {days} days "
        "after that ({period}). {passing_in} of the first and {passing_out} of the second deal with it in no other "
        "period; in an average period {usual_in} pay it and it pays {usual_out}. Paid out of what came in: "
        "{forwarded_percent} %. Of {certain} on either side the order is certain.",
        innocent={
            "takings and wages": "A business or a household with the same customers, tenants or workers each month. "
            "What are the payments for? Ask the holder for contracts, payroll and accounts.",
            "business that handles other people's money": "A company that is on the company list collects and pays "
            "out: marketplace, agent, escrow. What is the holder's business? Ask the register for its activity, and "
            "the holder for contracts.",
            "treasurer of a club or a trip": "Somebody collects from members and pays what was bought together. Ask "
            "the holder and two of the payers what was collected for, and to whom it went.",
        },
        checks={
            "takings and wages": Check(_regular),
            "business that handles other people's money": listed_company("hub", keeps=0.5),
        },
        sources=("S44: gather-scatter of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("length of either part, days", default=5, low=1, high=30)
    others: int = param("different accounts on either side", default=4, low=2)
    times_usual: int = param("accounts as a multiple of those in an average period, both sides", default=2, low=1)
    rare_percent: float = param(
        "accounts that do as much, percent of all that pay and are paid, at most", default=1.0, low=0.0, high=100.0
    )
    keep_low: int = param("value is kept: percent of what came in, at least", default=80, low=1, high=100)
    keep_high: int = param("value is kept: percent of what came in, at most", default=102, low=100, high=1000)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account: its best split."""
        rows = gatherings(view, self.days, self.others, (self.keep_low, self.keep_high))
        many_in = pl.col("senders") >= pl.col("usual_in").fill_null(0) * self.times_usual
        many_out = pl.col("receivers") >= pl.col("usual_out").fill_null(0) * self.times_usual
        rare = (pl.col("peers_percent") <= self.rare_percent) | (pl.col("peers") <= FEW)
        smaller = pl.min_horizontal("senders", "receivers")
        passing = pl.min_horizontal(
            pl.col("passing_in") / pl.col("senders"), pl.col("passing_out") / pl.col("receivers")
        )
        score = grows(smaller - 1, 6) * (0.2 + 0.5 * passing + 0.2 * pl.col("kept") + 0.1 * pl.col("certain") / smaller)
        known = pl.col("usual_in").is_not_null() & pl.col("usual_out").is_not_null()
        score = score.clip(0, 1) * pl.when(known).then(1.0).otherwise(0.6)
        return rows.filter(rare, many_in, many_out).with_columns(score=score).rename({"account": "hub"})

    def plant(self, make: Make) -> None:
        """Let six people pay an account, which pays six others the days after."""
        for i in range(6):
            make.transfer(f"payer {i}", "organiser", 1_000_00 + i, i / 3)
            make.transfer("organiser", f"receiver {i}", 950_00 + i, 3 + i / 3)
        make.transfer("organiser", "shop", 20_00, 60)

    def look_alike(self, make: Make) -> None:
        """Let six customers pay a small firm each month, which pays its six workers."""
        for month in range(4):
            for i in range(6):
                make.transfer(f"customer {i}", "firm", 2_500_00, 30 * month + i / 4)
                make.transfer("firm", f"worker {i}", 2_100_00, 30 * month + 3)
