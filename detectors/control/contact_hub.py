"""CTL-01: people who are no family bank through one telephone, e-mail address or device."""

import polars as pl

from finvest.features.hubs import contact_hubs, untold
from finvest.features.operators import public_devices
from finvest.findings.checks import holds
from finvest.findings.detector import Card, CaseView, Check, Detector, Make, grows, param

WEIGHTS = {"phone": 1.0, "device": 1.0, "email": 0.9, "handle": 0.9}
ADDRESS = 0.4
"""How much an identifier says (catalogue, CTL-01). An address alone says too little, and adds to another."""


def _public(view: CaseView, rows: pl.DataFrame) -> pl.Series:
    """Tell whether what they share is a device that anybody may use."""
    if "evidence_devices" not in rows.columns:
        return pl.repeat(False, len(rows), eager=True)  # noqa: FBT003
    of_device = pl.select(pl.when(rows["kind"] == "device").then(rows["evidence_devices"]).otherwise([])).to_series()
    return public_devices(view, of_device)


class ContactHub(Detector):
    card = Card(
        id="CTL-01",
        title="Contact hub",
        what="The accounts of several people who are not known as one family have one telephone, e-mail address or "
        "device, and began to have it within a short time. A common address adds to this, and is not enough.",
        strength="moderate",
        roles={"members": ("account", "possible_victim"), "before": ("account", "undetermined")},
        needs=("accounts.holder_name",),
        sentence="{holders} holders, of {unrelated} families as far as the case tells, share one {kind}: {members}. "
        "Of these families {burst} began to use it within {days} days ({period}). Accounts that had it before: "
        "{earlier} ({before}). Families of these at one address: {one_address}.",
        innocent={
            "institution": "It is the contact of a hostel, home, school, church, interpreter or accountant. Whose "
            "contact is it, and does that body give it to those it looks after?",
            "public device": "Anybody may use the device: it stands in a library, an internet café, a branch. What is "
            "the device, and where is it used? Ask the bank for its class and network addresses.",
            "a company's desk": "It is the contact of a company that is on the company list, for example of an "
            "employer. Why do these people give the company's contact to their bank? Ask them, apart from the company.",
            "family or shared flat": "Most of the holders are relatives, or bear one surname. Are the holders "
            "relatives, or do they share a flat by choice? Ask the population register.",
        },
        checks={
            "institution": holds("carer"),
            "public device": Check(_public),
            "a company's desk": holds("listed", keeps=0.5),
            "family or shared flat": holds("family", keeps=0.3),
        },
        sources=("S1: IND01110, IND01288, IND01863, IND00591", "S4: senders who share addresses and telephones"),
    )
    hub: int = param("unrelated holders who share it", default=4, low=3)
    burst_least: int = param("unrelated holders who began to use it within the period", default=3, low=2)
    days: int = param("length of the period, days", default=90, low=1, high=730)
    most: int = param("unrelated holders beyond which it is a placeholder, or an office's", default=200, low=4)

    def look(self, view: CaseView) -> pl.LazyFrame:
        """Return one row an identifier."""
        weight = pl.col("kind").replace_strict(WEIGHTS, return_dtype=pl.Float64)
        own, place = grows(pl.col("unrelated") - 3, 3), grows(pl.col("one_address") - 3, 3)
        few = (pl.col("unrelated") < self.hub) | (pl.col("burst") < self.burst_least)
        return (
            contact_hubs(view, self.days)
            .lazy()
            .filter(
                pl.col("unrelated") + pl.col("unnamed") >= self.hub,
                pl.col("burst") + pl.col("undated") + pl.col("unnamed") >= self.burst_least,
            )
            .with_columns(
                score=1 - (1 - weight * own) * (1 - ADDRESS * place),
                not_assessable=untold(few, pl.col("unrelated"), self.most),
                earlier=pl.col("before").list.len(),
            )
        )

    def plant(self, make: Make) -> None:
        """Give four people's accounts one telephone number within three weeks."""
        for i, name in enumerate(("Ada Adler", "Ben Brandt", "Cem Can", "Dora Dahl")):
            make.transfer("works", f"account {i}", 900_00, 30 + i)
            make.holder(f"account {i}", name)
            make.contact(f"account {i}", "phone", "+431234567", 7 * i)

    def look_alike(self, make: Make) -> None:
        """Let a students' hall give its telephone number to those who live there."""
        self.plant(make)
        make.company("Students Hall", activity="55.90", number="1")
        make.contact("Students Hall", "phone", "+431234567", 0)
