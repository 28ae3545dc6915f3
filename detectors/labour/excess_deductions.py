"""LAB-03: housing, transport, tools, fines or fees eat the wage."""

import polars as pl

from finvest.features.pay_limits import kept_back
from finvest.findings.checks import mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class ExcessDeductions(Detector):
    card = Card(
        id="LAB-03",
        title="Excess deductions",
        what="An employer keeps back more of the wage, for lodging, transport, tools, food, fines or fees, than the "
        "cap on file allows.",
        strength="strong",
        roles={"employer": ("party", "exploiter"), "workers": ("party", "possible_victim")},
        needs=("employments", "employments.deductions", "wage_rules", "parties"),
        sentence="{employer} kept back more of the gross pay of {workers} than allowed ({cap}) in {months} months "
        "of work ({period}): {amounts} too much in all, at most {highest_percent} % of a month's gross pay. In "
        "{severe} of these months more than {severe_percent} % was kept back or less than subsistence was left.",
        innocent={
            "court order, advance or agreed saving": "What a court orders, an advance repaid or salary that the worker "
            "put into a scheme make the excess. Ask for the court's order, proof of the advance, the worker's request.",
            "lawful scheme": "A law or collective agreement that is not on file allows these deductions. Ask the "
            "labour inspectorate which deductions are allowed, up to what.",
        },
        checks={"court order, advance or agreed saving": mostly("agreed_months", of="months")},
        sources=("S21: deductions that leave a small part of the pay", "S1: IND03001", "S22, S23", "S24"),
    )
    severe_percent: int = param("severe from this share of gross pay, percent", default=50, low=1, high=100)
    months: int = param("months over the cap, of one worker", default=1, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an employer and currency; reasons where deductions cannot be judged."""
        score = grows(pl.col("months"), 2) * pl.when(pl.col("severe") > 0).then(1.0).otherwise(0.6)
        rows = kept_back(view, self.severe_percent, self.months)
        return rows.with_columns(score=pl.coalesce(score, "score"))

    def plant(self, make: Make, kept: str = '"housing": "700.00", "transport": "300.00"') -> None:
        """Keep back most of a wage for lodging and transport, three months long."""
        make.transfer("Farm", "worker", 500_00, 0)
        make.wage_rule("deduction_cap", "25")
        for month in (1, 2, 3):
            make.wage("Farm", "Worker", month, 1_600_00, net=500_00, deductions=f'{{{kept}, "tax": "100.00"}}')

    def look_alike(self, make: Make) -> None:
        """Keep back what a court ordered, and little for lodging."""
        self.plant(make, kept='"garnishment": "600.00", "housing": "200.00"')
