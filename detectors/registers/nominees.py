"""REG-02: one person directs many companies at one time, or many companies have one address and few directors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.directors import busy_addresses, busy_directors, provided
from finvest.features.scores import grows
from finvest.findings.card import Card, CounterCheck, param
from finvest.findings.detector import Detector

if TYPE_CHECKING:
    from finvest.findings.make import Make
    from finvest.view import CaseView


class Nominees(Detector):
    """Few names and addresses stand behind many companies."""

    card = Card(
        id="REG-02",
        title="Nominee and mass-address cluster",
        what="One person directs many companies of unrelated branches at one time, or many companies have one "
        "registered address and share directors. Who directs on paper may have been made to.",
        strength="moderate",
        roles={"directors": ("party", "undetermined"), "companies": ("party", "undetermined")},
        needs=("links", "companies", "parties"),
        sentence="{posts} companies {how} at one time ({period}), in {sectors} branches (NACE divisions) as far as "
        "known: {companies}. Directors: {directors}. That posts are one person's rests on {rests}.",
        innocent=(
            CounterCheck(
                name="professional director or business centre",
                explanation="Somebody with a licence for it lends directors or addresses to clients.",
                ask="For whom does the director act? Ask the licence register, and the provider for its clients.",
                check=provided,
            ),
            CounterCheck(
                name="office at the address",
                explanation="A lawyer, accountant or office service has its seat at the address.",
                ask="Is the address an office that clients use as their seat? Ask the owner of the building.",
                check=lambda _, rows: rows["offices"],
                keeps=0.5,
            ),
            CounterCheck(
                name="one group of companies",
                explanation="The companies own each other, and one management directs them.",
                ask="Who owns the companies? Ask the register of owners.",
                check=lambda _, rows: rows["one_group"],
                keeps=0.3,
            ),
        ),
        sources=("S1: IND00850, IND00923, IND01051, IND01170", "S28", "S16b: hidden owners of massage parlours"),
    )
    posts: int = param("companies directed at one time", default=10, low=2)
    sectors: int = param("NACE divisions among them", default=3, low=1)
    at_address: int = param("companies at one address", default=50, low=2)
    shared: int = param("persons who direct several of these", default=3, low=1)

    def look(self, view: CaseView) -> pl.LazyFrame:
        """Return one row a director, and one an address."""
        name_only = pl.when(pl.col("rests").is_null()).then(pl.lit("that the posts are one person's, only a name says"))
        branch = pl.when(pl.col("sectors") < self.sectors).then(
            pl.format("the branches of {} of the companies are not known", "unknown_sectors")
        )
        people = (
            busy_directors(view)
            .filter(pl.col("posts") >= self.posts, pl.col("sectors") + pl.col("unknown_sectors") >= self.sectors)
            .with_columns(
                how=pl.lit("have one director"),
                not_assessable=pl.coalesce(name_only, branch),
                score=grows(pl.col("posts"), 10),
            )
        )
        places = (
            busy_addresses(view)
            .filter(pl.col("posts") >= self.at_address, pl.col("shared") >= self.shared)
            .with_columns(how=pl.lit("have one address and shared directors"), score=grows(pl.col("posts"), 50))
        )
        return pl.concat([people, places], how="diagonal_relaxed").lazy()

    @staticmethod
    def plant(make: Make) -> None:
        """Let one person, known by a number, direct ten companies of three branches."""
        make.transfer("Firm 0", "Firm 1", 100_00, 0)
        for i in range(10):
            make.company(f"Firm {i}", activity=f"{41 + i % 3}.10", number=str(i))
            make.director("Dora Dahl", f"Firm {i}", number="P-1")

    @staticmethod
    def look_alike(make: Make) -> None:
        """Let somebody with a licence to lend directors do the same."""
        Nominees.plant(make)
        make.row("licences", party=make.person("Dora Dahl", number="P-1"), kind="corporate director services")
