"""AST-03: spending on luxury and gambling is far above declared means, and cash pays for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from finvest.features.luxury import luxury_spending
from finvest.features.scores import grows
from finvest.features.wealth import received
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView


def _windfall(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether gifts, inheritance or winnings of the two years before cover half of what was spent."""
    asked = rows.select(
        "currency",
        party=view.frame("parties")["party"].gather(rows["spender"].list.first()),
        since=pl.col("since").dt.offset_by("-2y"),
        until="until",
    )
    return received(view, asked, windfalls=True)["received"].fill_null(0) * 2 >= rows["spent"]


class ConspicuousSpending(Detector):
    """Luxury and gambling far above declared means."""

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
        innocent=(
            CounterCheck(
                name="windfall",
                explanation="A gift, an inheritance, an insurance payment or winnings paid for it.",
                ask="Ask for the will, the policy or the slip of the winnings.",
                check=_windfall,
            ),
            CounterCheck(
                name="credit",
                explanation="It was bought on credit, or for an employer who paid it back.",
                ask="Ask the bank for card and loan agreements, and the employer for expenses.",
            ),
        ),
        sources=("S5: luxury spending and gambling", "S1: IND00207, IND03047"),
    )
    days: int = param("length of the period, days", default=182, low=1, high=366)
    percent_least: int = param("spent, percent of declared income, at least", default=50, low=1)
    cash_percent_least: int = param("cash paid in, percent of what was spent, at least", default=50, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a party and currency; not assessable where no declared income is on file."""
        spent = luxury_spending(view, self.days)
        rows = spent.hstack(received(view, spent, declared=True))
        parties = view.frame("parties").select("party", spender="n")
        by_cash = pl.col("cash_in") * 100 >= pl.col("spent") * self.cash_percent_least
        above = pl.col("received").is_null() | (pl.col("spent") * 100 > pl.col("received") * self.percent_least)
        return (
            rows.join(parties, on="party", maintain_order="left")
            .filter(by_cash, above)
            .with_columns(
                percent=pl.col("spent") * 100 // pl.col("received").clip(lower_bound=1),
                cash_percent=pl.col("cash_in") * 100 // pl.col("spent"),
                not_assessable=pl.when(pl.col("received").is_null()).then(pl.lit("no declared income is on file")),
                evidence=pl.concat_list("evidence", "cash"),
                amounts=pl.concat_list(pl.struct("currency", amount="spent")),
            )
            .with_columns(score=grows(pl.col("percent"), 200).fill_null(0.0))
            .rename({"accounts": "account", "incomes": "evidence_incomes"})
            .drop("party", "cash")
        )

    @staticmethod
    def plant(make: Make) -> None:
        """Let somebody with 9,000 in half a year gamble 8,000, and pay in as much in cash."""
        _gambler(make)

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let the same person have inherited."""
        person = _gambler(make)
        inherited = {"party": person, "kind": "inheritance", "amount": 20_000_00, "currency": "EUR"}
        make.row("incomes", start=date(2024, 11, 4), end=date(2024, 11, 4), **inherited)


def _gambler(make: Make) -> str:
    person = make.person("P-1")
    make.holds("P-1", "account")
    year = {"start": date(2025, 1, 1), "end": date(2025, 6, 30), "declared": True, "lawful": True}
    make.row("incomes", party=person, kind="wage", amount=9_000_00, currency="EUR", **year)
    for week in range(8):
        make.cash_in("account", 1_000_00, 7 * week)
        make.transfer("account", "betting shop", 1_000_00, 7 * week + 1, channel="card_pos", mcc="7995")
    return person
