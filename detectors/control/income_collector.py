"""CTL-02: wages or benefits of several people arrive in one account."""

import polars as pl

from finvest.features.collectors import collectors
from finvest.findings.checks import holds, listed_company
from finvest.findings.detector import Card, CaseView, Detector, Make, grows, param


class IncomeCollector(Detector):
    card = Card(
        id="CTL-02",
        title="Income collector account",
        what="Wages, benefits or other regular income addressed to several people, none of them its holder, arrive in "
        "one account, payday after payday.",
        strength="strong",
        roles={"collector": ("account", "exploiter"), "named": ("party", "possible_victim")},
        needs=("transactions", "transactions.beneficiary_name", "accounts.holder_name"),
        sentence="Into {collector} came regular income addressed to {names} other people (initials: {initials}): "
        "{credits} payments (payers: {payers}) within {days} days ({period}), {amounts} in all. Names "
        "with the holder's surname or a relation to the holder on file: {family}.",
        innocent={
            "family account": "Relatives, or people whom the holder cares for, have their income paid into one "
            "account. Are the people named relatives of the holder? Ask each of them alone, not through the holder.",
            "payroll card programme or bureau": "A company that is on the company list receives wages to pay them out. "
            "Does the holder pay the sums on to those named, each to an account or card of their own?",
            "guardian or hardship fund": "A court appointed the holder, or a fund was agreed with those named. Ask for "
            "the court's order or the fund's rules, and for what each person received.",
        },
        checks={
            "family account": holds("one_family"),
            "payroll card programme or bureau": listed_company("collector", keeps=0.5),
        },
        sources=("S6: pay cheques of several people", "S1: IND03002, IND02818, IND01868", "S7: custodian of benefits"),
    )
    names: int = param("names other than the holder's", default=3, low=2)
    periods: int = param("paydays of each name in a row", default=2, low=2, high=60)
    days: int = param("length of the period, days", default=90, low=14, high=400)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account; not assessable where the holder's name is not known."""
        rows = collectors(view, self.days, self.periods, self.names).with_columns(
            score=0.4 + 0.6 * grows(pl.col("names") - pl.col("family") - 1, 3),
            not_assessable=pl.when(~pl.col("holder_known")).then(pl.lit("the holder's name is not on file")),
        )
        return rows.rename({"account": "collector", "parties": "named"}).drop("holder_known")

    def plant(self, make: Make) -> None:
        """Pay the wages of three people into a fourth one's account, two months running."""
        make.holder("account", "Vera Stone")
        for month in range(2):
            for name in ("Ilja Brook", "Tomas Field", "Sona Marsh"):
                make.transfer("employer", "account", 1_400_00, 30 * month, other_name=name)

    def look_alike(self, make: Make) -> None:
        """Pay the wages of a couple and their son into the mother's account; one name has a typing error."""
        make.holder("account", "Vera Stone")
        for month in range(3):
            for name in ("Vera Stone", "Ilja Stone", "Stone, Tomas", "Sona Stone" if month else "Sona Stome"):
                make.transfer("employer", "account", 1_400_00, 30 * month, other_name=name)
