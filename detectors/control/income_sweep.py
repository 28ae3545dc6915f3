"""CTL-03: soon after each payday almost all income leaves for the same third party or cash machine."""

import polars as pl

from finvest.features.sweeps import swept_to
from finvest.findings.checks import holds, listed_company
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class IncomeSweep(Detector):
    card = Card(
        id="CTL-03",
        title="Income sweep",
        what="Within two days of each payday almost all of the income leaves for the same third party or is taken out "
        "at the same cash machine, payday after payday. Several origins with one recipient make a star.",
        strength="strong",
        roles={"origins": ("account", "possible_victim"), "recipient": ("account", "exploiter")},
        needs=("transactions", "accounts.books_on_file"),
        sentence="On {paydays} paydays in a row or more ({period}) {smallest_percent} % or more of each income of "
        "{origins} left within {hours} hours, each time {way}{recipient} (accounts: {origins_count}, incomes: "
        "{payments}; looked for: {percent} %). What left: {amounts}. What makes it income: {kind}.",
        innocent={
            "own account elsewhere": "The recipient's account has the same holder. Who holds the recipient's account? "
            "Ask its bank.",
            "shared household": "A spouse or relative keeps the household's money. Are they one family? Ask each "
            "alone; a relative may be the one who controls.",
            "living costs are paid from there": "The recipient's account carries food, rent and other living costs of "
            "one household. Whose living costs does the recipient's account carry? Ask its bank for twelve months.",
            "landlord, lender or shop": "The recipient is on the company list and is paid what is owed. What is owed "
            "to the company, and under which contract?",
            "prefers cash": "Somebody, often a pensioner, lives from cash and takes it out near home. Who takes the "
            "cash out? Ask the bank for pictures of the machine.",
        },
        checks={
            "own account elsewhere": holds("own"),
            "shared household": holds("kin"),
            "living costs are paid from there": holds("carries", keeps=0.5),
            "landlord, lender or shop": listed_company("recipient", keeps=0.3),
        },
        sources=("S1: IND03003, IND02530", "S6: deposits quickly moved on", "S8: Operation Fort"),
    )
    paydays: int = param("paydays in a row", default=3, low=2, high=100)
    percent: int = param("share of each income that leaves, percent", default=80, low=10, high=100)
    hours: int = param("time within which it leaves, hours", default=48, low=1, high=240)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row a star, and one an origin and recipient that belong to none."""
        certain = pl.when("order_certain").then(0.0).otherwise(0.1)
        alone = 0.2 + 0.2 * grows(pl.col("paydays") - self.paydays, 6)
        star = 0.5 + 0.5 * grows(pl.col("origins_count") - 2, 3)
        return swept_to(view, self.hours, self.percent, self.paydays).with_columns(
            score=pl.when("star").then(star).otherwise(alone) - certain,
            recipient_role=pl.when("star").then(pl.lit("exploiter")).otherwise(pl.lit("undetermined")),
        )

    def plant(self, make: Make) -> None:
        """Let three workers' wages leave for one account the morning after each of three paydays."""
        for month in range(3):
            for worker in ("ana", "bo", "cem"):
                make.transfer("employer", worker, 1_500_00, 30 * month)
                make.transfer(worker, "keeper", 1_350_00, 30 * month + 0.8)

    def look_alike(self, make: Make) -> None:
        """Let three people each send their wages on to an account of their own at another bank."""
        for worker in ("ana", "bo", "cem"):
            make.holder(worker, f"{worker} North")
            make.holder(f"{worker} savings", f"{worker} North")
            for month in range(3):
                make.transfer("employer", worker, 1_500_00, 30 * month)
                make.transfer(worker, f"{worker} savings", 1_350_00, 30 * month + 0.8)
