"""The same question under each other rule, and on which records an answer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model.money import show
from finvest.tracing.rules import RULES
from finvest.tracing.sentences import PLACES
from finvest.views.grid import Grid, listed
from finvest.views.trail_words import resting, span

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail
    from finvest.views.grid import Cell
    from finvest.views.trail_words import Teller

_UNSAID = "not said"
_GONE = ("dissipated", "fees")


def by_rule(trail: Trail, teller: Teller) -> Grid:
    """Return what became of each claim under each rule."""
    found = trail.compare()
    rows: list[list[Cell]] = []
    for name, rule in RULES.items():
        title = f"{rule.title} (asked)" if name == trail.rule.name else rule.title
        for claim in trail.claims:
            of = found.filter(pl.col("rule") == name, pl.col("claim") == claim.name)
            ended = of.filter(~pl.col("place").is_in(["claimed", "held", *_GONE]))
            rows.append(
                [
                    title if rule.conserves else f"{title}: exposure, not proceeds",
                    teller.say(claim.name),
                    _sums(of, "claimed"),
                    _sums(of, "held") or ("nothing" if rule.conserves else _UNSAID),
                    [
                        f"{span(r['low'], r['high'], r['currency'])} {PLACES[r['place']]}"
                        for r in ended.iter_rows(named=True)
                    ],
                    [*_sums(of, "dissipated"), *(f"{fee} in fees" for fee in _sums(of, "fees"))],
                ]
            )
    heads = ["Rule", "Claim", "Claimed", "Still held", "Ended, and how", "Dissipated"]
    return listed(rows, heads, nothing="", classes=["", "", "right", "right", "", "right"])


def _sums(rows: pl.DataFrame, place: str) -> list[str]:
    there = rows.filter(pl.col("place") == place)
    return [span(r["low"], r["high"], r["currency"]) for r in there.iter_rows(named=True)]


def places_by_rule(trail: Trail, teller: Teller) -> Grid:
    """Return what lies where under each rule: a row an account, currency and claim, a column a rule."""
    found = trail.compare_places()
    keys = found.group_by("account", "currency", "claim").agg(pl.col("hop").min(), pl.col("label").first())
    rows: list[list[Cell]] = []
    for key in keys.sort("hop", "account", "currency", "claim").iter_rows(named=True):
        there = found.filter(*(pl.col(c) == key[c] for c in ("account", "currency", "claim")))
        by = {r["rule"]: span(r["remaining_low"], r["remaining_high"], key["currency"]) for r in there.to_dicts()}
        place = teller.account(key["account"], key["label"])
        named = [place, f"claim {teller.say(key['claim'])}"] if len(trail.claims) > 1 else place
        nothing = show(0, key["currency"])
        told = [by.get(name, nothing if rule.conserves else _UNSAID) for name, rule in RULES.items()]
        rows.append([named, *(figure.replace(" to ", " to\n").split("\n") for figure in told)])
    heads = ["Account", *(rule.title for rule in RULES.values())]
    return listed(
        rows,
        heads,
        nothing="Under no rule does claimed money lie in accounts on file.",
        classes=["", *["right"] * len(RULES)],
    )


def overdrafts(trail: Trail, teller: Teller) -> Grid:
    """Return the payments that claimed money stands in by backwards tracing, with what repaid them."""
    rows: list[list[Cell]] = [
        [
            row["paid_day"].isoformat(),
            [
                f"from {teller.account(row['account'], row['account_label'])}",
                f"to {teller.account(row['payee'], row['payee_label'])}",
                *teller.places(row["paid_where"]),
            ],
            show(row["paid_amount"], row["currency"]),
            [row["repaid_day"].isoformat(), *teller.places(row["repaid_where"])],
            teller.say(row["claim"]),
            span(row["low"], row["high"], row["currency"]),
            resting(row),
        ]
        for row in trail.overdrafts.iter_rows(named=True)
    ]
    return listed(
        rows,
        ["Date", "Payment on credit", "All of it", "Repaid", "Claim", "Claimed money in it", "On a hypothesis"],
        nothing="No claimed money repaid what a payment on file had overdrawn.",
        classes=["fixed", "", "right", "mono", "", "right", "right"],
    )


_PROOFS = {
    "proven": "proven by balances",
    "in part assumed": "in part only first to last entry",
    "assumed": "first to last entry, proof of nothing",
}


def coverage(trail: Trail, teller: Teller) -> Grid:
    """Return the days on file of the accounts that the trail touches."""
    moved = trail.movements
    touched = pl.concat([trail.hops["account"], moved["originator"], moved["beneficiary"]]).unique()
    return books(trail.ledger.pots.filter(pl.col("account").is_in(touched.implode())), teller)


def books(pots: pl.DataFrame, teller: Teller) -> Grid:
    """Return the days on file of pots: rows of `finvest.tracing.case_ledger.CaseLedger.pots`."""
    rows: list[list[Cell]] = []
    for pot in pots.sort("account", "currency", "start").iter_rows(named=True):
        opening = "not known" if pot["opening"] is None else show(int(pot["opening"]), pot["currency"])
        rows.append(
            [
                teller.account(pot["account"]),
                f"{pot['start']} to",
                str(pot["end"]),
                str(_PROOFS.get(pot["proof"], pot["proof"])),
                opening,
                "yes" if pot["reconciles"] else "no: taken as not known",
                "" if pot["last"] else "a gap follows",
            ]
        )
    return listed(
        rows,
        ["Account", "Books from", "to", "That they are complete", "Opening balance", "Adds up", "Then"],
        nothing="No books of these accounts are on file.",
        classes=["", "fixed", "fixed", "", "right", "", ""],
    )
