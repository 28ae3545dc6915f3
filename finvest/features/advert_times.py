"""Adverts that appear just after somebody paid their exact price to the site: matches, and how likely by chance."""

from __future__ import annotations

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.model.identifiers import text_keys
from finvest.view import CaseView, feature

RESELLER = 4
"""Contacts for whose adverts one account pays, from which it looks like a reseller's."""

_SECOND = 1_000_000


@feature
def priced_adverts(view: CaseView) -> pl.DataFrame:
    """Return adverts whose site and instant are known.

    Returns
    -------
    polars.DataFrame
        ``advert`` (row), ``site`` (`text_keys`), ``contact`` (telephone, else e-mail, else handle; an advert without
        any stands for itself), ``posted`` (microseconds), ``day``, ``price`` (minor units, null where not known),
        ``currency``.
    """
    price = pl.col("price").cast(pl.Int64, strict=False)
    rows = view.frame("adverts").select(
        advert="n",
        site=text_keys(pl.col("site")),
        contact=pl.coalesce("phone", "email", "handle", pl.format("advert {}", "n")),
        posted=pl.col("posted_at").dt.epoch("us"),
        same=pl.coalesce("advert", pl.format("row {}", "n")),
        price=pl.when(price > 0).then(price),
        currency="currency",
    )
    rows = rows.unique(["site", "same"], keep="first", maintain_order=True).drop("same")
    return rows.filter(pl.col("site") != "", pl.col("posted").is_not_null())


@feature
def site_payments(view: CaseView) -> pl.DataFrame:
    """Return payments at a known time whose merchant or beneficiary bears the name of a site of an advert.

    Returns
    -------
    polars.DataFrame
        ``payment`` (transaction), ``payer`` (account), ``site``, ``price``, ``currency``, ``paid`` (microseconds, the
        earliest instant).
    """
    sites = priced_adverts(view)["site"].unique().implode()
    rows = view.frame("transactions", "n", "originator", "amount", "currency", "earliest", "time_known")
    rows = rows.hstack(view.frame("transactions", "merchant", "beneficiary_name")).filter("time_known")
    for name in ("merchant", "beneficiary_name"):
        known = rows[name].drop_nulls().unique().to_frame()
        keys = known.select(name, **{f"{name}_key": text_keys(pl.col(name))}).filter(pl.col(f"{name}_key").is_in(sites))
        rows = rows.join(keys, on=name, how="left", maintain_order="left")
    return rows.select(
        payment="n",
        payer="originator",
        site=pl.coalesce("merchant_key", "beneficiary_name_key"),
        price="amount",
        currency="currency",
        paid=pl.col("earliest").dt.epoch("us"),
    ).drop_nulls("site")


def chances(view: CaseView, minutes: int) -> pl.DataFrame:
    """Return for each site and price how likely a payment falls into the minutes before an advert by chance.

    Returns
    -------
    polars.DataFrame
        ``site``, ``price``, ``currency``, ``payments`` on file, ``chance``: 1 − exp(−λΔ), λ the payments over the
        time that they span, lengthened by Δ.
    """
    window = minutes * 60 * _SECOND
    span = (pl.col("paid").max() - pl.col("paid").min() + window).cast(pl.Float64)
    rates = site_payments(view).group_by("site", "price", "currency").agg(payments=pl.len().cast(pl.Float64), span=span)
    chance = 1 - (-(pl.col("payments") * window / pl.col("span"))).exp()
    return rates.select("site", "price", "currency", pl.col("payments").cast(pl.Int64), chance=chance)


@feature
def matches(view: CaseView, minutes: int) -> pl.DataFrame:
    """Return adverts matched with payments of their exact price to the site in the minutes before they appeared.

    Returns
    -------
    polars.DataFrame
        ``payer``, ``contact``, ``advert``, ``payment``, ``wait`` (from payment to advert, microseconds), ``chance``;
        of one payer an advert is matched with the latest payment, and a payment with one advert.
    """
    window = minutes * 60 * _SECOND
    adverts = priced_adverts(view).drop_nulls("price")
    # Payments in [t − Δ, t] lie in the slot of t or in the one before.
    slots = pl.concat_list(pl.col("posted") // window, pl.col("posted") // window - 1)
    asked = adverts.with_columns(slot=slots).explode("slot", empty_as_null=False)
    paid = site_payments(view).with_columns(slot=pl.col("paid") // window)
    found = asked.join(paid, on=["site", "price", "currency", "slot"]).filter(
        pl.col("paid").is_between(pl.col("posted") - window, pl.col("posted"))
    )
    found = found.sort("payer", "posted", "advert", "paid", "payment")
    found = found.unique(["payer", "advert"], keep="last", maintain_order=True)
    found = found.unique(["payer", "payment"], keep="first", maintain_order=True)
    rates = chances(view, minutes).drop("payments")
    found = found.join(rates, on=["site", "price", "currency"], how="left", maintain_order="left")
    return found.select("payer", "contact", "advert", "payment", "chance", wait=pl.col("posted") - pl.col("paid"))


@feature
def advert_payers(view: CaseView, minutes: int, hit_percent: int) -> pl.DataFrame:
    """Return how likely an account paid for the adverts of one contact, beside chance.

    Parameters
    ----------
    minutes : int
        A payment comes so many minutes before its advert, at most.
    hit_percent : int
        How often whoever places an advert is seen to pay for it, percent; an advert without a payment counts against.

    Returns
    -------
    polars.DataFrame
        One row an account and contact with a match: ``payer``, ``contact``, ``evidence`` (payments),
        ``evidence_adverts``, ``matched``, ``longest_minutes`` (from a payment to its advert, begun minutes
        count), ``adverts`` of the contact with a price, ``unpriced`` (without),
        ``expected`` (matches by chance), ``contacts`` (that the account matches), ``reseller`` (of `RESELLER` or
        more), ``log_ratio`` (natural logarithm of the likelihood ratio).

    Raises
    ------
    NotAssessable
        If no advert has site, instant and price.

    Notes
    -----
    A match counts hit / chance, an advert without one (1 − hit) / (1 − chance). The chance rests on all payments of
    the price to the site on file, whoever paid.
    """
    adverts = priced_adverts(view)
    if not adverts["price"].count():
        raise NotAssessable("no advert has site, instant and price")
    hit = hit_percent / 100
    found = matches(view, minutes)
    found = found.with_columns(contacts=pl.col("contact").n_unique().over("payer").cast(pl.Int64))
    rates = chances(view, minutes).drop("payments")
    # A site that nobody on file pays at this price is no evidence against an account of this case.
    usual = (
        adverts.drop_nulls("price")
        .join(rates, on=["site", "price", "currency"])
        .sort("contact", "advert")
        .group_by("contact")
        .agg(
            adverts=pl.len().cast(pl.Int64),
            expected=pl.col("chance").sum(),
            missed=((1 - hit) / (1 - pl.col("chance"))).log().sum(),
        )
    )
    bare = adverts.filter(pl.col("price").is_null()).group_by("contact").agg(unpriced=pl.len().cast(pl.Int64))
    # What the matched adverts would have counted as missed is taken back.
    gain = (hit / pl.col("chance")).log() - ((1 - hit) / (1 - pl.col("chance"))).log()
    rows = (
        found.sort("payer", "contact", "advert")
        .group_by("payer", "contact", maintain_order=True)
        .agg(
            pl.col("contacts").first(),
            evidence="payment",
            evidence_adverts="advert",
            matched=pl.len().cast(pl.Int64),
            longest_minutes=-(-pl.col("wait").max() // (60 * _SECOND)),
            gain=gain.sum(),
        )
    )
    rows = rows.join(usual, on="contact", how="left", maintain_order="left")
    rows = rows.join(bare, on="contact", how="left", maintain_order="left")
    ratio = pl.col("gain") + pl.col("missed")
    reseller = pl.col("contacts") >= RESELLER
    rows = rows.with_columns(pl.col("unpriced").fill_null(0), log_ratio=ratio, reseller=reseller)
    return rows.drop("gain", "missed")
