"""Income that leaves an account at once for one and the same recipient, payday after payday."""

from __future__ import annotations

import polars as pl

from finvest.features.cash import CASH
from finvest.features.holders import holders
from finvest.features.income import income
from finvest.features.living import lived_from
from finvest.features.ties import tied
from finvest.view import CaseView, feature

PAYERS = 5
"""Payers for each account that is swept, at most: whom everybody pays is a shop, a landlord or an office."""

PAID = 3
"""Accounts that a payer pays in one cycle, at least, before a series without a job on file may be wages."""

STAR = 3
"""Origins whose sweeps make their recipient a star (catalogue, CTL-03)."""

MOST = 200
"""Percent of the income: where more than that leaves, it is other money that leaves."""

WORDS = {"wage": "a job on file", "benefit": "a benefit on file", "series": "regular payments from one payer"}
"""What makes a credit income, as a reader knows it."""


@feature
def sweeps(view: CaseView, hours: int, percent: int, least: int) -> pl.DataFrame:
    """Return runs of paydays after each of which most of the income went to the same account or cash machine.

    What leaves counts for the latest income that can have come before it, once; so two paydays never share a payment.
    More than `MOST` percent of the income is no sweep of it. What a listed company receives is no income.
    What nobody but its days makes income (kind ``series``) must come ``least`` times in one cycle. A recipient that is
    the payer is left out: wages that go back to the employer are another indicator (LAB-04).

    Parameters
    ----------
    hours : int
        Time within which the money leaves.
    percent : int
        Share of each income, at least, that goes to the recipient.
    least : int
        Paydays of one payer in a row, at least.

    Returns
    -------
    polars.DataFrame
        One row an origin and recipient, the longest run of one payer: ``origin``, ``recipient`` (number of the account;
        null for cash), ``terminal`` (null for a transfer), ``paydays``, ``smallest_percent`` (of an income, that
        left; rounded down), ``came``, ``left`` (minor units), ``currency``,
        ``kind`` (of the income), ``evidence`` (income and what left), ``order_certain``, ``own`` (one holder has
        origin and recipient), ``kin`` (they seem to be one family); both null where unknown. Sorted.
    """
    keys = ["account", "payer", "currency"]
    regular = (pl.col("kind") != "series") | ((pl.col("in_a_row") >= least) & (pl.col("paid") >= PAID))
    paid = income(view).with_columns(paid=pl.col("account").n_unique().over("payer", "kind", "cycle"))
    paid = paid.filter(regular).drop("paid").sort(*keys, "earliest", "n")
    paid = paid.filter(holders(view)["company"].gather(paid["account"]).ne_missing(True))  # noqa: FBT003 - takings
    paid = paid.filter(pl.len().over(keys) >= least).with_columns(place=pl.int_range(pl.len()).over(keys))
    paid = paid.rename({"n": "credit", "amount": "came", "latest": "credited"})
    left = _left_after(view, paid, hours)
    whole = left.group_by("credit", "recipient", "terminal").agg(
        left=pl.col("amount").sum(), out="n", order_certain=pl.col("certain").all()
    )
    columns = ["credit", "account", "payer", "currency", "place", "came", "kind"]
    swept = whole.join(paid.select(columns), on="credit").filter(
        pl.col("left") * 100 >= pl.col("came") * percent,
        pl.col("left") * 100 <= pl.col("came") * MOST,
        pl.col("recipient").ne_missing(pl.col("payer")),
    )
    to = [*keys, "recipient", "terminal"]
    swept = swept.sort(*to, "place").with_columns(nth=pl.int_range(pl.len()).over(to))
    runs = swept.group_by(*to, run=pl.col("place") - pl.col("nth")).agg(
        pl.col("came", "left").sum(),
        paydays=pl.len().cast(pl.Int64),
        smallest_percent=(pl.col("left") * 100 // pl.col("came")).min().cast(pl.Int64),
        kind=pl.col("kind").sort().first(),
        evidence=pl.concat([pl.col("credit"), pl.col("out").explode(empty_as_null=False)]),
        order_certain=pl.col("order_certain").all(),
    )
    order = ["account", "recipient", "terminal"]
    best = runs.filter(pl.col("paydays") >= least).sort(
        *order, -pl.col("paydays"), -pl.col("left"), "payer", "currency", "run"
    )
    best = best.unique(order, keep="first", maintain_order=True).drop("payer", "run").rename({"account": "origin"})
    return _with_ties(view, best)


def _left_after(view: CaseView, paid: pl.DataFrame, hours: int) -> pl.DataFrame:
    """Return what left within some hours of the income that came last before it."""
    names = ("amount", "currency", "earliest", "latest", "channel", "terminal")
    tx = view.frame("transactions", "n", "originator", "beneficiary", *names).rename({"originator": "account"})
    tx = tx.join(paid.select("account").unique(), on="account", how="semi", maintain_order="left")
    cash = pl.col("channel").is_in(list(CASH)).fill_null(value=False)
    # Cash without its machine may have left anywhere: nothing says that it was the same one each time.
    tx = tx.filter(~cash | pl.col("terminal").is_not_null(), pl.col("account") != pl.col("beneficiary"))
    tx = tx.with_columns(recipient=pl.when(~cash).then("beneficiary"), terminal=pl.when(cash).then("terminal")).sort(
        "latest", "n"
    )
    came = paid.select("account", "currency", "credit", "credited", at="earliest").sort("at", "credit")
    after = tx.join_asof(
        came, left_on="latest", right_on="at", by=["account", "currency"], strategy="backward", check_sortedness=False
    )
    window = pl.col("credited").dt.offset_by(f"{hours}h")
    soon = after.filter(pl.col("credit").is_not_null(), pl.col("earliest") <= window)
    certain = (pl.col("earliest") >= pl.col("credited")) & (pl.col("latest") <= pl.col("at").dt.offset_by(f"{hours}h"))
    return soon.with_columns(certain=certain)


def _with_ties(view: CaseView, rows: pl.DataFrame) -> pl.DataFrame:
    """Say of each origin and recipient whether one holder has both, and whether they seem to be one family."""
    key, account = holders(view)["holder_key"], rows["recipient"].is_not_null()
    pairs, cash = rows.filter(account), rows.filter(~account)
    pairs = pairs.with_columns(
        own=key.gather(pairs["origin"]) == key.gather(pairs["recipient"]),
        kin=tied(view, pairs["origin"], pairs["recipient"]),
    )
    return pl.concat([pairs, cash], how="diagonal").sort("origin", "recipient", "terminal")


@feature
def swept_to(view: CaseView, hours: int, percent: int, least: int) -> pl.DataFrame:
    """Return who sweeps whose income: stars whole, other sweeps one by one.

    A recipient is a star if it receives sweeps from `STAR` origins that neither have its holder nor seem to be its
    holder's family.

    Returns
    -------
    polars.DataFrame
        ``origins`` (list of accounts), ``recipient`` (list, empty for cash), ``origins_count``, ``star``, ``paydays``
        (the fewest of any origin), ``smallest_percent`` (of an income, that left; rounded down), ``payments`` (incomes
        in all), ``evidence``, ``kind`` (what makes it income, in
        words), ``amounts`` (what left, by currency), ``order_certain``, ``own``, ``kin``, ``way`` (how it left, in
        words), ``carries`` (a recipient that is no star carries living costs, see
        `finvest.features.living.lived_from`).
    """
    rows = sweeps(view, hours, percent, least).with_columns(
        free=pl.col("own").ne_missing(other=True) & pl.col("kin").ne_missing(other=True)
    )
    count = pl.col("origin").filter("free").n_unique().over("recipient")
    star = pl.col("recipient").is_not_null() & pl.col("free") & (count >= STAR)
    rows = rows.with_columns(star=star).sort("recipient", "origin", "terminal")
    alone = pl.when(~pl.col("star")).then("origin")
    rows = rows.with_columns(group=pl.struct(alone, "recipient", "terminal").rank("dense"))
    grouped = rows.group_by("group", maintain_order=True)
    gone = rows.group_by("group", "currency").agg(amount=pl.col("left").sum()).sort("group", "currency")
    amounts = gone.group_by("group").agg(amounts=pl.struct("currency", "amount"))
    way = pl.format("in cash at machine {}", "terminal").fill_null("to ").first()
    found = grouped.agg(
        origins="origin",
        recipient=pl.col("recipient").drop_nulls().unique(),
        origins_count=pl.col("origin").n_unique().cast(pl.Int64),
        star=pl.col("star").first(),
        paydays=pl.col("paydays").min(),
        smallest_percent=pl.col("smallest_percent").min(),
        payments=pl.col("paydays").sum(),
        evidence=pl.col("evidence").explode(empty_as_null=False),
        kind=pl.col("kind").replace(WORDS).unique().sort().str.join(", "),
        order_certain=pl.col("order_certain").all(),
        own=pl.when(pl.col("own").is_not_null().all()).then(pl.col("own").any()),
        kin=pl.when(pl.col("kin").is_not_null().all()).then(pl.col("kin").any()),
        way=way,
    )
    found = found.join(amounts, on="group", how="left", maintain_order="left").drop("group")
    found = found.filter(~_paid_by_everybody(view, found))
    carries = lived_from(view, found["recipient"].list.first())
    return found.with_columns(carries=pl.when(~pl.col("star")).then(carries))


def _paid_by_everybody(view: CaseView, found: pl.DataFrame) -> pl.Series:
    """Tell of each recipient whether the accounts that are swept are few among those that pay it."""
    asked = found.select(beneficiary=pl.col("recipient").list.first())
    tx = view.frame("transactions", "originator", "beneficiary").join(asked, on="beneficiary", how="semi")
    payers = tx.group_by("beneficiary").agg(payers=pl.col("originator").n_unique().cast(pl.Int64))
    counted = asked.join(payers, on="beneficiary", how="left", maintain_order="left")["payers"].fill_null(0)
    return counted > found["origins_count"] * PAYERS
