"""MLT-03: what comes in leaves at once, and next to nothing stays."""

import polars as pl

from finvest.features.balances import retention
from finvest.features.flow import onward, pass_through_of_banks, passed_on
from finvest.findings.checks import listed_company
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param


def _own_account(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether at least half of what passed on went to accounts of the same holder."""
    share = onward(view, rows["pipe"].list.first(), rows["evidence"])
    return share.select(pl.col("own") * 2 >= pl.col("all")).to_series()


class RapidPassThrough(Detector):
    card = Card(
        id="MLT-03",
        title="Rapid pass-through",
        what="Nearly all the money an account receives leaves it again within hours, and next to nothing stays in it.",
        strength="weak",
        roles={"pipe": ("account", "undetermined")},
        needs=("transactions", "accounts.books_on_file"),
        sentence="Of the {credits} sums that {pipe} received ({period}), {passed_credits} left again within "
        "{hours} hours: {passed_percent:.0f} % of the value, counted first in, first out. Mean balance over value "
        "received: {retained_percent}.",
        innocent={
            "own other account": "The holder moves money on to another account in the same name. Who holds the "
            "accounts that the money went to? Ask the bank or the account register.",
            "business that handles other people's money": "A notary, escrow agent, payment service or marketplace "
            "seller passes on what others pay. What is the holder's business? Ask the register for its activity, and "
            "the holder for contracts.",
            "income that explains it": "The holder's declared income is of the size of the sums received. Ask the tax "
            "office for the declared income; five times as much received raises the suspicion.",
        },
        checks={
            "own other account": Check(_own_account),
            "business that handles other people's money": listed_company("pipe", keeps=0.4),
        },
        sources=("S1: T0070, IND00015, IND01859", "S43: small end-of-day balance despite volume"),
    )
    hours: int = param("time within which the money leaves, hours", default=24, low=1, high=240)
    passed_percent_least: int = param("share of the value that leaves, percent", default=90, low=1, high=100)
    retained_percent_most: int = param("mean balance over value received, percent", default=2, low=0, high=100)
    events: int = param("sums received that passed on", default=5, low=2)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account whose own books are on file."""
        passing = pass_through_of_banks(view, self.hours).filter(
            pl.col("passed") * 100 >= pl.col("credited") * self.passed_percent_least,
            pl.col("passed_credits") >= self.events,
        )
        accounts = tuple(passing["account"].unique().sort())
        kept = retention(view, accounts).select("account", "retained", code="currency")
        rows = passing.join(passed_on(view, self.hours, accounts), on=["account", "currency"])
        rows = rows.join(kept, on=["account", "code"], how="left").rename({"account": "pipe"})
        retained = pl.col("retained") * 100
        return (
            rows.filter(retained.is_null() | (retained <= self.retained_percent_most))
            .with_columns(
                retained_percent=pl.when(retained.is_not_null()).then(retained.round(1).cast(pl.String) + " %"),
                score=grows(pl.col("passed_credits"), 8) * pl.when(retained.is_null()).then(0.6).otherwise(1.0),
            )
            .drop("currency", "code", "retained")
        )

    def plant(self, make: Make) -> None:
        """Six sums come in and leave within hours."""
        make.opening("pipe", 5_00)
        for i in range(6):
            make.transfer(f"payer {i}", "pipe", 1_000_00, 5 * i)
            make.transfer("pipe", "far away", 995_00, 5 * i + 0.3)

    def look_alike(self, make: Make) -> None:
        """Let a holder sweep what comes in to the savings account in the same name."""
        make.opening("current", 5_00)
        for account in ("current", "savings"):
            make.holder(account, "Ada Example")
        for i in range(6):
            make.transfer(f"customer {i}", "current", 1_000_00, 5 * i)
            make.transfer("current", "savings", 995_00, 5 * i + 0.3)
