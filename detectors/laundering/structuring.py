"""MLT-01: cash is kept just under a reporting or legal line."""

import polars as pl

from finvest.features.cash import Line, under_line, without_line
from finvest.features.cuts import with_unsearched
from finvest.features.holders import holders
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


def _takings(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether a listed company's cash is of all sizes, at most half of it just under the line."""
    company = holders(view)["company"].gather(rows["account"].list.first())
    return company & rows.select(pl.col("below") * 2 <= pl.col("all")).to_series()


class Structuring(Detector):
    card = Card(
        id="MLT-01",
        title="Structuring",
        what="Several sums of cash within days, each just under a line from which cash is reported or forbidden.",
        strength="weak",
        roles={"account": ("account", "undetermined")},
        needs=("transactions", "transactions.channel"),
        sentence="Cash {direction} {account}: {events} sums of {from_percent} to 100 % of the line ({line_units} "
        "{currency}) within {days} days ({period}), {amounts} together; on one day {most_a_day}, in {cities} cities. "
        "Of all its cash that way {below} sums are that close below the line and {above} that close above it; by "
        "chance alone so many fall below with probability {chance:.3f}.",
        innocent={
            "takings of a shop": "A company that is on the company list pays in cash of all sizes, as it takes it. "
            "What is the holder's business, and what are its takings? Ask for till rolls and cash book.",
            "limit of the machine": "A cash machine, a card or an insurance has a limit just under the line. Ask the "
            "bank for limits of the machine, of the card and of its cash counter.",
        },
        checks={"takings of a shop": Check(_takings)},
        sources=("S1: T0016, IND00381, IND00768, IND01555", "S41: Regulation (EU) 2024/1624, Art. 80"),
    )
    line_eur: int = param(
        "line for euros, whole units; 0: none", default=10_000, low=0, high=10**9, published="S41, from 10 July 2027"
    )
    line_usd: int = param("line for US dollars, whole units; 0: none", default=10_000, low=0, high=10**9)
    line_gbp: int = param("line for pounds sterling, whole units; 0: none", default=10_000, low=0, high=10**9)
    line_chf: int = param("line for Swiss francs, whole units; 0: none", default=15_000, low=0, high=10**9)
    from_percent: int = param("just under: percent of the line, at least", default=70, low=50, high=99)
    days: int = param("length of the period, days", default=10, low=1, high=60)
    events: int = param("sums of cash in the period", default=3, low=2)
    together_percent: int = param("their sum, percent of the line, at least", default=150, low=100, high=1000)
    chance_most: float = param("probability by chance, at most", default=0.2, low=0.0, high=1.0)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account, direction and currency; not assessable where its currency has no line."""
        units = {"EUR": self.line_eur, "USD": self.line_usd, "GBP": self.line_gbp, "CHF": self.line_chf}
        lines = tuple((currency, line * 100) for currency, line in units.items())
        line = Line(lines=lines, from_percent=self.from_percent, days=self.days)
        rows = (
            under_line(view, line)
            .filter(
                pl.col("events") >= self.events,
                pl.col("together") * 100 >= pl.col("line") * self.together_percent,
                pl.col("chance") <= self.chance_most,
            )
            .with_columns(
                line_units=pl.col("line") // 100,
                direction=pl.when(pl.col("direction") == "in").then(pl.lit("into")).otherwise(pl.lit("out of")),
                score=grows(pl.col("events") - 1, 4)
                * (1 - pl.col("chance"))
                * (0.5 + 0.5 * pl.col("below") / pl.col("all")),
            )
        )
        return with_unsearched(rows, without_line(view, line), "account")

    def plant(self, make: Make) -> None:
        """Pay in five times just under ten thousand within eight days."""
        for i in range(5):
            make.cash_in("holder", 9_700_00 - 50_00 * i, 2 * i)

    def look_alike(self, make: Make) -> None:
        """Let a shop pay in what it takes, more before feast days."""
        make.company("Corner Shop", "shop")
        for i, amount in enumerate((3_100, 4_700, 5_200, 2_900, 7_400, 9_100, 8_300, 4_000, 3_600, 5_900)):
            make.cash_in("shop", amount * 100, 4 * i)
