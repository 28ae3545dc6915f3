"""AST-01: wealth and spending exceed everything lawful that is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from finvest.features.scores import grows
from finvest.features.wealth import unexplained
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView


class UnexplainedWealth(Detector):
    """Wealth and spending exceed lawful means."""

    card = Card(
        id="AST-01",
        title="Unexplained wealth",
        what="Between two days for which a party's cash on hand is on record, it acquired and spent far more than all "
        "its lawful means on file: the net worth method. Strong for confiscation, weak for trafficking.",
        strength="weak",
        roles={"owner": ("party", "exploiter")},
        needs=("assets", "incomes", "parties"),
        sentence="From {start} to {end} {owner} acquired and spent {amounts} more than all lawful means on file: "
        "{percent} % of these. With every line that is not exact in the owner's favour it is {least_percent} %.",
        innocent=(
            CounterCheck(
                name="lines in doubt",
                explanation="With every estimate and assumption in the owner's favour, lawful means cover most of it.",
                ask="Ask for records in place of estimates; finvest indirect names those on which most depends.",
                check=lambda _, rows: rows["least_percent"] * 2 < rows["percent"],
                keeps=0.5,
            ),
            CounterCheck(
                name="other lawful means",
                explanation="Gifts, inheritance, loans from friends or work that nobody declared paid for it.",
                ask="Ask the owner, relatives and the tax office, and record what was followed up.",
            ),
        ),
        sources=("S27: US Internal Revenue Manual, net worth method", "S45: Directive (EU) 2024/1260"),
    )
    percent_least: int = param("unexplained, percent of lawful means, at least", default=25, low=1)
    units_least: int = param("unexplained, whole units of the currency, at least", default=20_000, low=0)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a party whose opening position is documented."""
        share = [pl.col(c) * 100 // pl.col("lawful").clip(lower_bound=1) for c in ("central", "low")]
        enough = (pl.col("central") * 100 > pl.col("lawful") * self.percent_least) & (
            pl.col("central") > pl.col("unit") * self.units_least
        )
        return (
            unexplained(view)
            .filter(pl.col("not_assessable").is_not_null() | enough)
            .with_columns(
                amounts=pl.concat_list(pl.struct("currency", amount="central")),
                percent=share[0],
                least_percent=share[1],
                score=grows(share[0], 100).fill_null(0.0),
            )
            .rename({"party": "owner"})
            .with_columns(start=pl.col("first_day").cast(pl.Datetime("us", "UTC")))
            .with_columns(end=pl.col("last_day").cast(pl.Datetime("us", "UTC")))
            .drop("currency", "low", "central", "high", "lawful", "unit")
        )

    @staticmethod
    def plant(make: Make) -> None:
        """Let somebody with 30,000 a year buy a house for 150,000 without a loan."""
        _wealth(make, income=30_000_00)

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let somebody inherit the price of the house."""
        _wealth(make, income=30_000_00, inherited=140_000_00)


def _wealth(make: Make, income: int, inherited: int = 0) -> None:
    owner = make.person("P-1")
    firm = {"party": owner, "currency": "EUR", "mark": "fact"}
    for day in (date(2023, 12, 31), date(2024, 12, 31)):
        make.row("assets", asset="cash", kind="cash", day=day, amount=500_00, **firm)
    make.row("assets", asset="house", kind="property", began=date(2024, 5, 2), amount=150_000_00, **firm)
    year = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}
    make.row("incomes", kind="wage", lawful=True, amount=income, **year, **firm)
    make.row("incomes", kind="inheritance", lawful=True, amount=inherited, **year, **firm)
    make.row("outlays", kind="living", amount=18_000_00, **year, **firm)
