"""AGY-01: a labour supplier bills less per hour than lawful wages and contributions cost."""

import polars as pl

from finvest.features.labour_price import below_cost
from finvest.findings.checks import holds
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class PriceBelowCost(Detector):
    card = Card(
        id="AGY-01",
        title="Price below legal labour cost",
        what="A supplier bills hours of work for less than the hourly minimum with contributions and holiday, time and "
        "again. The customer could know.",
        strength="strong",
        roles={"supplier": ("party", "facilitator"), "customers": ("party", "undetermined")},
        needs=("invoices", "invoices.hours", "wage_rules", "parties"),
        sentence="{supplier} billed {customers} for hours of work below what they lawfully cost ({cost}) on "
        "{invoices} of {all_invoices} invoices ({period}), {amounts} below it in all; the lowest price was "
        "{lowest_percent} % of the cost. The prices put the customers on notice; who underpaid whom they do not say.",
        innocent={
            "partial invoice": "The rest was billed apart: bills without hours to the same customers make up for it. "
            "Ask both sides for contract, price list and all bills of the job.",
            "wrong hours": "The hours on the bills are not hours of work, or count breaks and travel. Ask for the "
            "signed time sheets behind the bills.",
            "subcontractors abroad or self-employed": "The work was done under other rules of pay, by subcontractors "
            "or the self-employed. Who did the work? Ask for contracts with subcontractors and social-security "
            "certificates.",
            "loss leader": "The supplier takes a loss to win the customer, and pays the wages out of other means. Ask "
            "for payroll and accounts of the supplier.",
        },
        checks={"partial invoice": holds("made_up", keeps=0.4)},
        sources=("arithmetic; general knowledge, unverified", "S24: posting of workers", "strategy, E4"),
    )
    invoices: int = param("bills below cost of one supplier", default=2, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a supplier and currency; reasons where bills cannot be judged."""
        score = grows(pl.col("invoices"), 2) * (1 - pl.col("lowest_percent") / 200)
        return below_cost(view, self.invoices).with_columns(score=pl.coalesce(score, "score"))

    def plant(self, make: Make, amount: int = 1_200_00) -> None:
        """Bill three times a hundred hours at 12.00, where they cost 15.60."""
        for kind, value in (("hourly_minimum", "12.00"), ("employer_contribution", "20"), ("holiday_accrual", "10")):
            make.wage_rule(kind, value)
        for month in (1, 2, 3):
            make.transfer("Packhouse", "Supplier", amount, 30 * month)
            make.invoice("Supplier", "Packhouse", month, amount, hours="100")

    def look_alike(self, make: Make) -> None:
        """Bill exactly what they cost."""
        self.plant(make, amount=1_560_00)
