"""CTL-07: one person or device operates the accounts of several others."""

import polars as pl

from finvest.features.hubs import untold
from finvest.features.operators import operators
from finvest.findings.checks import holds
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class ProxyOperator(Detector):
    card = Card(
        id="CTL-07",
        title="Proxy operator",
        what="Within a month one device, or one person at the counter, acts on the accounts of several people who are "
        "not known as one family, and for some of them does most of it.",
        strength="strong",
        roles={
            "held": ("account", "possible_victim"),
            "operator": ("party", "facilitator"),
            "own": ("account", "facilitator"),
        },
        needs=("accounts.holder_name",),
        sentence="Within {days} days ({period}) one {kind} acted {acts} times on the accounts of {holders} holders who "
        "are not known as one family ({held}); for {mainly} of them it did more than {share_percent} % of all that is "
        "on file. Operator: {nobody}{operator}.",
        innocent={
            "public device": "Anybody may use the device: it stands in a library, an internet café, a branch. What is "
            "the device, and where is it used? Ask the bank for its class and network addresses.",
            "accountant or payroll office": "The operator is on the company list as an accountant, a home or the like. "
            "Who gave it the power to act, and for what? Ask the bank for the mandates.",
            "carer or family telephone": "The operator acts for relatives or for people in lawful care. Is the "
            "operator a relative, carer or guardian? Ask the register, and the holders apart from it.",
        },
        checks={
            "public device": holds("public"),
            "accountant or payroll office": holds("office"),
            "carer or family telephone": holds("family", keeps=0.3),
        },
        sources=("S1: IND00018, IND00094, IND02910, IND03069", "S4: somebody led to the counter by another"),
    )
    holders: int = param("unrelated holders acted for", default=3, low=2)
    mainly_least: int = param("of these, holders for whom it does most", default=2, low=1)
    share_percent: int = param("share of an account's acts that is most, percent", default=50, low=1, high=99)
    days: int = param("length of the period, days", default=30, low=1, high=365)
    most: int = param("unrelated holders beyond which no single person acts", default=200, low=3)

    def look(self, view: CaseView) -> pl.LazyFrame:
        """Return one row an operator."""
        few, nobody = pl.col("holders") < self.holders, pl.col("operator").is_null()
        return (
            operators(view, self.days, self.share_percent)
            .lazy()
            .filter(
                pl.col("holders") + pl.col("unnamed") + pl.col("undated") >= self.holders,
                few | (pl.col("mainly") >= self.mainly_least),
            )
            .with_columns(
                not_assessable=untold(few, pl.col("holders"), self.most),
                nobody=pl.when(nobody).then(pl.lit("not known")).otherwise(pl.lit("")),
                score=grows(pl.col("holders") + pl.col("mainly") - 2, 3),
            )
        )

    def plant(self, make: Make, device: str = "telephone", kind: str = "mobile") -> None:
        """Let one telephone do all the banking of three people within a week."""
        for i, name in enumerate(("Ada Adler", "Ben Brandt", "Cem Can")):
            make.transfer("works", f"account {i}", 900_00, i)
            make.holder(f"account {i}", name)
            make.session(device, f"account {i}", i + 0.5)
            make.session(device, f"account {i}", i + 2, kind=kind)

    def look_alike(self, make: Make) -> None:
        """Let the three use the computer of a library."""
        self.plant(make, device="computer", kind="library computer")
