"""GRF-04: one account pays several, and these pay one account, within a short time."""

import polars as pl

from finvest.features.cuts import with_unsearched
from finvest.features.paths import PathSearch, parallel_paths
from finvest.findings.checks import held_together, listed_company
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


def _everyday(_view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether most do the same in other periods, and fewer than three in four pass on what they got."""
    usual = pl.col("recurring") * 2 >= pl.col("distinct")
    return rows.select(usual & (pl.col("keeping") * 4 < pl.col("distinct") * 3)).to_series()


class ScatterGather(Detector):
    card = Card(
        id="GRF-04",
        title="Scatter-gather",
        what="One account pays several others, and these pay one and the same account afterwards, all within a short "
        "time.",
        strength="moderate",
        roles={
            "source": ("account", "undetermined"),
            "sink": ("account", "undetermined"),
            "middles": ("account", "undetermined"),
        },
        needs=("transactions",),
        sentence="{source} paid {distinct} accounts ({middles}), and they paid {sink} afterwards, all within {days} "
        "days ({period}). {keeping} of them passed on {keep_low} to {keep_high} % of what they got; of {certain} the "
        "order is certain; {recurring} do the same in other periods. In that time {source} paid {payees} accounts in "
        "all, and {payers} paid {sink}.",
        innocent={
            "treasury pool": "One holder, or companies of one group, move money between their own accounts. Who holds "
            "the accounts, and who owns the holders? Ask the account and company registers.",
            "wages spent in the same place": "Workers of one employer pay the same landlord or supplier, period after "
            "period. What does the first account pay for, and what does the last one sell? Ask both for contracts.",
            "business that sells to the public": "The account that collects belongs to a company on the company list, "
            "which has customers. Is the holder in business? Ask the register, and the bank for the account's declared "
            "purpose.",
            "shared purchase": "Somebody lent or returned money to friends, who pay together for a trip or a gift. Ask "
            "two of the accounts in the middle what they got the money for, and what they paid for.",
        },
        checks={
            "treasury pool": held_together("source", "middles", "sink"),
            "wages spent in the same place": Check(_everyday),
            "business that sells to the public": listed_company("sink", keeps=0.5),
        },
        sources=("S44: scatter-gather of the AMLSim patterns", "catalogue, section 2.13"),
    )
    days: int = param("from the first to the last payment, days", default=20, low=1, high=60, published="S44: 10 to 20")
    middles: int = param("accounts between the two", default=3, low=2)
    alike_percent: int = param(
        "likeness of those the first pays and those who pay the last", default=15, low=0, high=100
    )
    keep_low: int = param("value is kept: percent of what was got, at least", default=80, low=1, high=100)
    keep_high: int = param("value is kept: percent of what was got, at most", default=102, low=100, high=1000)
    budget: int = param("search steps from one account", default=1_000_000, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a pair of accounts: its largest window; not assessable for accounts whose search was cut."""
        search = PathSearch(
            days=self.days,
            middles=self.middles,
            alike_percent=self.alike_percent,
            keep=(self.keep_low, self.keep_high),
            budget=self.budget,
        )
        found, cut = parallel_paths(view, search)
        distinct = pl.col("distinct")
        keeping, certain, recurring = (pl.col(c) / distinct for c in ("keeping", "certain", "recurring"))
        alone = distinct / pl.col("payers")
        rows = found.with_columns(
            score=grows(distinct - 1, 4) * (0.4 + 0.3 * keeping + 0.1 * certain + 0.2 * alone) * (1 - 0.5 * recurring),
            searches_cut=pl.lit(len(cut)),
        )
        return with_unsearched(rows, cut, "source")

    def plant(self, make: Make) -> None:
        """Let five people pass on within days what one account paid them."""
        for i in range(5):
            make.transfer("payer", f"account {i}", 1_000_00 + i, i / 3)
            make.transfer(f"account {i}", "owner", 950_00 + i, 2 + i / 2)

    def look_alike(self, make: Make) -> None:
        """Let five workers of one bakery pay rent to one landlord each month."""
        for month in range(4):
            for i in range(5):
                make.transfer("bakery", f"worker {i}", 2_100_00, 30 * month)
                make.transfer(f"worker {i}", "landlord", 600_00, 30 * month + 2 + i / 4)
