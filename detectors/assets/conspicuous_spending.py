"""AST-03: spending on luxury and gambling is far above declared means, and cash pays for it."""

from datetime import date

import polars as pl

from finvest.features.luxury import luxury_beside_income, windfall
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


class ConspicuousSpending(Detector):
    card = Card(
        id="AST-03",
        title="Conspicuous spending",
        what="Within half a year somebody spends far more on luxury and gambling than the declared income allows, "
        "while cash goes into the same person's accounts.",
        strength="weak",
        roles={"spender": ("party", "exploiter"), "account": ("account", "undetermined")},
        needs=("transactions", "transactions.mcc", "transactions.channel", "incomes", "parties"),
        sentence="Within {days} days ({since} to {until}) {spender} spent {percent} % of the declared income of that "
        "time on luxury and gambling, {amounts}; cash paid into the accounts meanwhile covers {cash_percent} % of it.",
        innocent={
            "windfall": "A gift, an inheritance, an insurance payment or winnings paid for it. Ask for the will, the "
            "policy or the slip of the winnings.",
            "credit": "It was bought on credit, or for an employer who paid it back. Ask the bank for card and loan "
            "agreements, and the employer for expenses.",
        },
        checks={"windfall": Check(windfall)},
        sources=("S5: luxury spending and gambling", "S1: IND00207, IND03047"),
    )
    days: int = param("length of the period, days", default=182, low=1, high=366)
    percent_least: int = param("spent, percent of declared income, at least", default=50, low=1)
    cash_percent_least: int = param("cash paid in, percent of what was spent, at least", default=50, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a party and currency; not assessable where no declared income is on file."""
        by_cash = pl.col("cash_percent") >= self.cash_percent_least
        above = pl.col("received").is_null() | (pl.col("spent") * 100 > pl.col("received") * self.percent_least)
        rows = luxury_beside_income(view, self.days).filter(by_cash, above)
        return rows.with_columns(score=grows(pl.col("percent"), 200).fill_null(0.0))

    def plant(self, make: Make, inherited: int = 0) -> None:
        """Let somebody with 9,000 in half a year gamble 8,000, and pay in as much in cash."""
        income = {"party": make.person("P-1"), "currency": "EUR", "lawful": True, "start": date(2025, 1, 1)}
        make.holds("P-1", "account")
        make.row("incomes", kind="wage", amount=9_000_00, end=date(2025, 6, 30), declared=True, **income)
        make.row("incomes", kind="inheritance", amount=inherited, end=date(2025, 1, 1), **income)
        for week in range(8):
            make.cash_in("account", 1_000_00, 7 * week)
            make.transfer("account", "betting shop", 1_000_00, 7 * week + 1, channel="card_pos", mcc="7995")

    def look_alike(self, make: Make) -> None:
        """Let the same person have inherited."""
        self.plant(make, inherited=20_000_00)
