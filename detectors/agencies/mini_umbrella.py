"""AGY-03: many tiny short-lived companies employ a few workers each, for one promoter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from finvest.features.company_cohorts import Cohort, cohorts
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.checks import holds
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView


class MiniUmbrella(Detector):
    """Many tiny short-lived companies share workers and a payer."""

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
        innocent=(
            CounterCheck(
                name="franchise, project companies or an agent's clients",
                explanation="Neither do workers move between the companies nor does one account pay most of them.",
                ask="Ask for employments of these companies and for the statements of their accounts.",
                check=holds("neither"),
            ),
            CounterCheck(
                name="group of companies",
                explanation="They openly belong to one group that has a reason for so many.",
                ask="Who owns them, and what for? Ask the register of owners and the tax office.",
            ),
        ),
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
        moves, half = pl.col("moved").list.len().cast(pl.Int64), pl.col("paid") * 2 >= pl.col("size")
        rows = cohorts(view, of).with_columns(
            moves=moves, workers_move=moves * 100 >= pl.col("staff") * self.moved_percent, one_payer=half
        )
        # Who pays a few of them, and who moves now and then, is no part of it.
        part = {"payer": "one_payer", "evidence": "one_payer"}
        part |= {"moved": "workers_move", "evidence_employments": "workers_move"}
        rows = rows.with_columns(pl.when(sign).then(name).alias(name) for name, sign in part.items())
        struck, directed = pl.col("struck_off") * 2 >= pl.col("size"), pl.col("nominees") > 0
        score = pl.lit(0.3)
        for sign, weight in ((pl.col("workers_move"), 0.3), (pl.col("one_payer"), 0.2), (struck, 0.1), (directed, 0.1)):
            score += pl.when(sign).then(weight).otherwise(0.0)
        return rows.with_columns(score=score, neither=~(pl.col("workers_move") | pl.col("one_payer")))

    @staticmethod
    def plant(make: Make) -> None:
        """Found ten companies at one address; two workers pass through them, and one account pays them all."""
        _found(make, moving=True)

    @staticmethod
    def look_alike(make: Make) -> None:
        """Found ten franchises whose staff stays and whose customers differ."""
        _found(make, moving=False)


def _found(make: Make, *, moving: bool) -> None:
    for i in range(10):
        day = date(2025, 1, 6) + timedelta(days=2 * i)
        ended = day + timedelta(days=400)
        name, payer, worker = f"Unit {i}", "promoter" if moving else f"guest {i}", f"Worker {i % 2 if moving else i}"
        make.company(name, name, incorporated=day, dissolved=ended, address="1 High Street", country="XX")
        make.transfer(payer, name, 900_00, 3 * i)
        make.wage(name, worker, 1 + i, 800_00)
