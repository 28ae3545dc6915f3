"""REG-02: one person directs many companies at one time, or many companies have one address and few directors."""

import polars as pl

from finvest.features.directors import busy_addresses, busy_directors, provided
from finvest.findings.checks import holds
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


class Nominees(Detector):
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
        innocent={
            "professional director or business centre": "Somebody with a licence for it lends directors or addresses "
            "to clients. For whom does the director act? Ask the licence register, and the provider for its clients.",
            "office at the address": "A lawyer, accountant or office service has its seat at the address. Is the "
            "address an office that clients use as their seat? Ask the owner of the building.",
            "one group of companies": "The companies own each other, and one management directs them. Who owns the "
            "companies? Ask the register of owners.",
        },
        checks={
            "professional director or business centre": Check(provided),
            "office at the address": holds("offices", keeps=0.5),
            "one group of companies": holds("one_group", keeps=0.3),
        },
        sources=("S1: IND00850, IND00923, IND01051, IND01170", "S28", "S16b: hidden owners of massage parlours"),
    )
    posts: int = param("companies directed at one time", default=10, low=2)
    sectors: int = param("NACE divisions among them", default=3, low=1)
    at_address: int = param("companies at one address", default=50, low=2)
    shared: int = param("persons who direct several of these", default=3, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a director, and one an address."""
        posts = pl.col("posts")
        people = busy_directors(view, self.sectors).filter(posts >= self.posts)
        places = busy_addresses(view).filter(posts >= self.at_address, pl.col("shared") >= self.shared)
        scored = [people.with_columns(score=grows(posts, 10)), places.with_columns(score=grows(posts, 50))]
        return pl.concat(scored, how="diagonal_relaxed")

    def plant(self, make: Make) -> None:
        """Let one person, known by a number, direct ten companies of three branches."""
        make.transfer("Firm 0", "Firm 1", 100_00, 0)
        for i in range(10):
            make.company(f"Firm {i}", activity=f"{41 + i % 3}.10", number=str(i))
            make.director("Dora Dahl", f"Firm {i}", number="P-1")

    def look_alike(self, make: Make) -> None:
        """Let somebody with a licence to lend directors do the same."""
        self.plant(make)
        make.row("licences", party=make.person("Dora Dahl", number="P-1"), kind="corporate director services")
