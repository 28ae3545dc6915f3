"""AST-01: wealth and spending exceed everything lawful that is known."""

from datetime import date

import polars as pl

from finvest.features.wealth import unexplained
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


class UnexplainedWealth(Detector):
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
        innocent={
            "lines in doubt": "With every estimate and assumption in the owner's favour, lawful means cover most of "
            "it. Ask for records in place of estimates; finvest indirect names those on which most depends.",
            "other lawful means": "Gifts, inheritance, loans from friends or work that nobody declared paid for it. "
            "Ask the owner, relatives and the tax office, and record what was followed up.",
        },
        checks={"lines in doubt": Check(lambda _, rows: rows["least_percent"] * 2 < rows["percent"], keeps=0.5)},
        sources=("S27: US Internal Revenue Manual, net worth method", "S45: Directive (EU) 2024/1260"),
    )
    percent_least: int = param("unexplained, percent of lawful means, at least", default=25, low=1)
    units_least: int = param("unexplained, whole units of the currency, at least", default=20_000, low=0)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a party whose opening position is documented."""
        beside = pl.col("central") * 100 > pl.col("lawful") * self.percent_least
        above = pl.col("central") > pl.col("unit") * self.units_least
        rows = unexplained(view).filter(pl.col("not_assessable").is_not_null() | (beside & above))
        rows = rows.rename({"party": "owner"}).with_columns(
            amounts=pl.concat_list(pl.struct("currency", amount="central")),
            score=grows(pl.col("percent"), 100).fill_null(0.0),
        )
        return rows.drop("currency", "low", "central", "high", "lawful", "unit")

    def plant(self, make: Make, inherited: int = 0) -> None:
        """Let somebody with 30,000 a year buy a house for 150,000 without a loan."""
        owner = {"party": make.person("P-1"), "currency": "EUR", "mark": "fact"}
        for day in (date(2023, 12, 31), date(2024, 12, 31)):
            make.row("assets", asset="cash", kind="cash", day=day, amount=500_00, **owner)
        make.row("assets", asset="house", kind="property", began=date(2024, 5, 2), amount=150_000_00, **owner)
        year = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}
        make.row("incomes", kind="wage", lawful=True, amount=30_000_00, **year, **owner)
        make.row("incomes", kind="inheritance", lawful=True, amount=inherited, **year, **owner)
        make.row("outlays", kind="living", amount=18_000_00, **year, **owner)

    def look_alike(self, make: Make) -> None:
        """Let somebody inherit the price of the house."""
        self.plant(make, inherited=140_000_00)
