"""ADV-04: adverts of one contact appear right after an account paid their exact price to the site."""

from datetime import timedelta
from math import log

import polars as pl

from finvest.features.advert_times import advert_payers
from finvest.findings.checks import holds, mostly
from finvest.findings.detector import Card, CaseView, Detector, Make, param


class PaymentMatch(Detector):
    card = Card(
        id="ADV-04",
        title="Advert and payment at one time",
        what="Adverts with one contact appear within minutes after an account paid their exact price to the site, more "
        "often than chance explains. It ties account and adverts; who placed them it does not say.",
        strength="moderate",
        roles={"payer": ("account", "undetermined")},
        needs=("adverts", "adverts.posted_at", "adverts.price", "transactions"),
        sentence="{payer} paid a site the exact price of {matched} of {adverts} adverts with one contact shortly "
        "before they appeared ({period}), {amounts} in all; the longest wait was {longest_minutes} minutes, and up to "
        "{minutes} count. By chance {expected:.1e} such payments are to be expected. Adverts of the contact without a "
        "price, not compared: {unpriced}. Whoever paid may have been made to: the holder may be a possible victim.",
        innocent={
            "busy site": "So many pay this price to the site that such matches come about by chance. Ask the site for "
            "its own log of payments and adverts.",
            "reseller of credits": "The account pays for adverts of many contacts, as an agency or a seller of credits "
            "does. Ask the holder and the site for whom the adverts were placed.",
            "independent advertiser": "The holder places adverts of their own, for lawful work. Is the contact the "
            "holder's own? Compare it with what the bank has on file.",
        },
        checks={"busy site": mostly("expected", of="matched"), "reseller of credits": holds("reseller", keeps=0.5)},
        sources=("S17: payment times linked with appearance times",),
    )
    minutes: int = param("payment before the advert, minutes at most", default=10, low=1, high=1440, published="S17")
    hit_percent: int = param("share of adverts whose payment would be seen, percent", default=50, low=1, high=99)
    prior_per_million: int = param("odds before looking, one in a million", default=1_000, low=1, high=1_000_000)
    odds_least: int = param("odds after looking, at least, to one", default=100, low=1)

    def look(self, view: CaseView) -> pl.DataFrame:
        """Return one row an account and contact."""
        rows = advert_payers(view, self.minutes, self.hit_percent)
        odds = pl.col("log_ratio") + log(self.prior_per_million / 1e6)
        above = odds - log(self.odds_least)
        certain = 1 - (-above / 10).exp() / 2  # half at the line
        rows = rows.with_columns(odds_log10=odds / log(10)).filter(above >= 0)
        return rows.with_columns(score=certain * (1 - 0.5 ** pl.col("matched"))).drop("contact", "log_ratio")

    def plant(self, make: Make, minutes: int = 5) -> None:
        """Let three adverts appear five minutes after payments of their price, days apart."""
        for i in range(3):
            make.transfer("holder", "site", 35_00, 4 * i, channel="card_online", merchant="Ads.example")
            make.advert("ads.example", 4 * i + timedelta(minutes=minutes) / timedelta(days=1), price=35_00)

    def look_alike(self, make: Make) -> None:
        """Let the adverts appear an hour after these payments."""
        self.plant(make, minutes=60)
