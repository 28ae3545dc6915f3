"""AGY-01: a labour supplier bills less per hour than lawful wages and contributions cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.labour_price import below_cost
from finvest.features.scores import grows
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.checks import holds
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView


class PriceBelowCost(Detector):
    """A labour supplier bills less than labour lawfully costs."""

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
        innocent=(
            CounterCheck(
                name="partial invoice",
                explanation="The rest was billed apart: bills without hours to the same customers make up for it.",
                ask="Ask both sides for contract, price list and all bills of the job.",
                check=holds("made_up"),
                keeps=0.4,
            ),
            CounterCheck(
                name="wrong hours",
                explanation="The hours on the bills are not hours of work, or count breaks and travel.",
                ask="Ask for the signed time sheets behind the bills.",
            ),
            CounterCheck(
                name="subcontractors abroad or self-employed",
                explanation="The work was done under other rules of pay, by subcontractors or the self-employed.",
                ask="Who did the work? Ask for contracts with subcontractors and social-security certificates.",
            ),
            CounterCheck(
                name="loss leader",
                explanation="The supplier takes a loss to win the customer, and pays the wages out of other means.",
                ask="Ask for payroll and accounts of the supplier.",
            ),
        ),
        sources=("arithmetic; general knowledge, unverified", "S24: posting of workers", "strategy, E4"),
    )
    invoices: int = param("bills below cost of one supplier", default=2, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a supplier and currency; reasons where bills cannot be judged."""
        score = grows(pl.col("invoices"), 2) * (1 - pl.col("lowest_percent") / 200)
        return below_cost(view, self.invoices).with_columns(score=pl.coalesce(score, "score"))

    @staticmethod
    def plant(make: Make) -> None:
        """Bill three times a hundred hours at 12.00, where they cost 15.60."""
        _three_bills(make, 1_200_00)

    @staticmethod
    def look_alike(make: Make) -> None:
        """Bill exactly what they cost."""
        _three_bills(make, 1_560_00)


def _three_bills(make: Make, amount: int) -> None:
    for kind, value in (("hourly_minimum", "12.00"), ("employer_contribution", "20"), ("holiday_accrual", "10")):
        make.wage_rule(kind, value)
    for month in (1, 2, 3):
        make.transfer("Packhouse", "Supplier", amount, 30 * month)
        make.invoice("Supplier", "Packhouse", month, amount, hours="100")
