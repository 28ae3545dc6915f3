"""LAB-02: pay per hour is below the legal or agreed minimum, month after month."""

import polars as pl

from finvest.features.pay_limits import low_pay
from finvest.findings.checks import holds, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class BelowMinimum(Detector):
    card = Card(
        id="LAB-02",
        title="Below the legal minimum",
        what="Net pay and lawful deductions of a worker, by the hours worked, are below the hourly minimum of "
        "law or collective agreement in several months.",
        strength="strong",
        roles={"employer": ("party", "exploiter"), "workers": ("party", "possible_victim")},
        needs=("employments", "wage_rules", "parties"),
        sentence="{employer} paid {workers} less by the hour than allowed ({minimum}) in {months} months of work, all "
        "workers together ({period}), hours from {hours_from}. For these months {amounts} are missing to the minimum; "
        "the lowest pay was {lowest_percent} % of it.",
        innocent={
            "error in the hours": "More than sixteen hours on every day of the period are written down: a slip. Ask "
            "for the time sheets themselves.",
            "lawful deductions": "With all that was deducted, for lodging or food for instance, the minimum is "
            "reached. Ask the labour inspectorate which deductions the law allows.",
            "unpaid leave": "Hours of roster or contract count days on which the worker was on unpaid leave. Ask for "
            "time sheets, access logs and requests for leave.",
            "apprentices": "Apprentices, trainees and the young may lawfully earn less. Ask for the contracts.",
        },
        checks={
            "error in the hours": mostly("implausible", of="months"),
            "lawful deductions": mostly("reached", of="months", keeps=0.5),
            "unpaid leave": holds("leave", keeps=0.5),
        },
        sources=("ILO 2009: wages as a family of indicators", "S1: IND03044"),
    )
    share_percent: int = param("low below this share of the minimum, percent", default=90, low=1, high=100)
    months: int = param("months with low pay, of one worker", default=2, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an employer and currency; reasons where pay cannot be judged."""
        score = grows(pl.col("months"), 3) * (1 - pl.col("lowest_percent") / 200)
        rows = low_pay(view, self.share_percent, self.months)
        return rows.with_columns(score=pl.coalesce(score, "score"))

    def plant(self, make: Make, gross: int = 1_000_00) -> None:
        """Pay a worker 6.25 an hour where the minimum is 12.50, three months long."""
        make.transfer("Farm", "worker", gross, 0)
        make.wage_rule("hourly_minimum", "12.50")
        for month in (1, 2, 3):
            make.wage("Farm", "Worker", month, gross, hours="160")

    def look_alike(self, make: Make) -> None:
        """Pay exactly the minimum for the same hours."""
        self.plant(make, gross=2_000_00)
