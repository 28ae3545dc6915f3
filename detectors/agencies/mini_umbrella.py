"""AGY-03: many tiny short-lived companies employ a few workers each, for one promoter."""

import polars as pl

from finvest.features.company_cohorts import Cohort, cohorts, signs
from finvest.findings.checks import holds
from finvest.findings.detector import Card, CaseView, Detector, Make, param


class MiniUmbrella(Detector):
    card = Card(
        id="AGY-03",
        title="Mini-umbrella cluster",
        what="Ten or more companies, founded within a month at one address or by one agent, live for less than "
        "eighteen months with few workers each; workers move between them, or one account pays most of them.",
        strength="strong",
        roles={
            "members": ("party", "undetermined"),
            "payer": ("account", "facilitator"),
            "moved": ("party", "possible_victim"),
        },
        needs=("companies", "companies.incorporated", "companies.address", "parties"),
        sentence="{size} companies were incorporated within {days} days ({period}) at one address or by one agent; "
        "none is known to have lived longer than {life_days} days, {struck_off} are dissolved: {members}. Workers on "
        "file: {staff}, at two of them within half a year: {moves}. Companies that one account pays: {paid}. Directors "
        "with five posts or more in it and none elsewhere: {nominees}.",
        innocent={
            "franchise, project companies or an agent's clients": "Neither do workers move between the companies nor "
            "does one account pay most of them. Ask for their employments and for the statements of their accounts.",
            "group of companies": "They openly belong to one group that has a reason for so many. Who owns them, and "
            "what for? Ask the register of owners and the tax office.",
        },
        checks={"franchise, project companies or an agent's clients": holds("neither")},
        sources=("S28, S28b: mini-umbrella companies", "S1: IND02819, IND00850"),
    )
    companies: int = param("companies", default=10, low=3)
    days: int = param("days within which all were incorporated", default=30, low=1, high=366)
    life_days: int = param("longest life, days", default=548, low=30, published="S28b: 18 months")
    workers: int = param("workers of each company, at most", default=20, low=1)
    moved_percent: int = param("workers at two members, percent of all, at least", default=20, low=1, high=100)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a cohort of companies."""
        of = Cohort(companies=self.companies, days=self.days, life_days=self.life_days, workers=self.workers)
        rows = signs(cohorts(view, of), self.moved_percent)
        weights = {"workers_move": 0.3, "one_payer": 0.2, "struck": 0.1, "directed": 0.1}
        score = 0.3 + pl.sum_horizontal(pl.col(sign).fill_null(value=False) * w for sign, w in weights.items())
        neither = ~(pl.col("workers_move") | pl.col("one_payer"))
        return rows.with_columns(score=score, neither=neither).drop("struck", "directed")

    def plant(self, make: Make, workers: int = 2, payers: int = 1) -> None:
        """Found ten companies at one address; two workers pass through them, and one account pays them all."""
        for i in range(10):
            unit = f"Unit {i}"
            make.company(unit, unit, life=(2 * i, 2 * i + 400), address="1 High Street", country="XX")
            make.transfer(f"payer {i % payers}", unit, 900_00, 3 * i)
            make.wage(unit, f"Worker {i % workers}", 1 + i, 800_00)

    def look_alike(self, make: Make) -> None:
        """Found ten franchises whose staff stays and whose customers differ."""
        self.plant(make, workers=10, payers=10)
