"""Where money came from, as a reader is told: the answer in sentences, and the tables that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import UsageError
from finvest.model.money import show
from finvest.tracing.backward import KINDS, answering
from finvest.tracing.rules import RULES
from finvest.tracing.sentences import interval
from finvest.views.grid import Grid, listed
from finvest.views.trail_words import resting, span

if TYPE_CHECKING:
    from finvest.tracing.backward import Origins
    from finvest.views.grid import Cell
    from finvest.views.trail_words import Teller

Rows = list[list["Cell"]]

ASK = {
    "outside": "Ask the bank of whoever paid it in for its statements.",
    "fx": "Ask the bank for both legs of the conversion and its rate.",
    "opening": "Ask the bank for earlier statements of this account.",
    "unknown": "Ask the bank for the balance on any day, and for earlier statements.",
    "credit": "Ask what repaid the overdraft: `finvest show` lists what came in after it.",
}
"""How each kind of source can be looked behind."""

_KEY = ("n", "kind", "day", "beneficiary", "paid_currency")
"""What tells sources apart under every rule."""


def subject(found: Origins, teller: Teller) -> str:
    """Return what is asked about: ``33.00 EUR that B paid to the shop on 2025-03-09``."""
    about, sum_ = found.about, show(found.amount, found.currency)
    payee = teller.account(about.beneficiary)
    if not about.records:
        return f"{sum_} that lay in {payee} at the end of {about.day}"
    return f"{sum_} that {teller.account(about.originator)} paid to {payee} on {about.day}"


def answers(found: Origins, teller: Teller) -> list[str]:
    """Return the answer: what most of it came from, a sentence, then what the rest came from."""
    under, rows = f"Under the rule {found.rule.title.lower()}", list(found.kinds.iter_rows(named=True))
    if not rows:
        account = teller.account(found.about.beneficiary)
        return [f"{under}, nothing is to be asked for: {account} held no money at the end of {found.about.day}."]
    told = [f"{under}, {_part(rows[0])} of the {subject(found, teller)} {_came(rows[0], found, teller)}."]
    for row in rows[1:]:
        part = _part(row)
        told.append(f"{part[0].upper()}{part[1:]} {_came(row, found, teller)}.")
    return told


def _part(row: dict[str, Any]) -> str:
    return interval(row["low"], row["high"], row["currency"])


def _came(row: dict[str, Any], found: Origins, teller: Teller) -> str:
    rests = f"; {resting(row)} of it rests on a hypothesis" if row["on_hypothesis"] else ""
    return f"{_opening(found, teller) if row['kind'] == 'opening' else KINDS[row['kind']]}{rests}"


def _opening(found: Origins, teller: Teller) -> str:
    """Say in whose account it lay when the books begin, or in how many."""
    rows = found.to_frame().filter(pl.col("kind") == "opening")
    if (accounts := rows["beneficiary"].n_unique()) > 1:
        return f"lay in {accounts} accounts when their books begin"
    row = rows.row(0, named=True)
    return f"lay in {teller.account(row['beneficiary'], row['beneficiary_label'])} when its books begin"


def sources(found: Origins, teller: Teller, most: int) -> Grid:
    """Return the sources, the largest first, with file and line, and how to look behind each."""
    every = found.to_frame()
    rows: Rows = [
        [
            row["day"].isoformat() if row["day"] else "",
            [*_source(row, teller), *_doubts(row)],
            "not known" if row["paid"] is None else show(int(row["paid"]), row["paid_currency"]),
            span(row["low"], row["high"], row["currency"]),
            resting(row),
            ASK[row["kind"]],
            teller.places(row["where"] or []),
        ]
        for row in every.head(most).iter_rows(named=True)
    ]
    grid = listed(
        rows,
        ["Date", "Source", "All of it", "Part of the sum", "On a hypothesis", "What to ask", "File and line"],
        nothing="There are no sources: nothing was there.",
        classes=["fixed", "", "right", "right", "right", "", "mono"],
    )
    if len(rows) < len(every):
        left_out = f"Showing {len(rows):,} of {len(every):,} sources, the largest first; `--json` lists all."
        grid = Grid(grid.heads, grid.rows, grid.right, grid.classes, grid.nothing, left_out)
    return grid


def _source(row: dict[str, Any], teller: Teller) -> list[str]:
    payee = teller.account(row["beneficiary"], row["beneficiary_label"])
    if row["kind"] in {"opening", "unknown", "credit"}:
        return [f"{payee}: {KINDS[row['kind']]}"]
    payer = teller.account(row["originator"], row["originator_label"])
    return [f"from {payer}", f"to {payee}", *([KINDS["fx"]] if row["kind"] == "fx" else [])]


def _doubts(row: dict[str, Any]) -> list[str]:
    return ["may be the other record of a payment on file"] if row["doubtful"] else []


def by_rule(found: Origins, teller: Teller) -> Grid:
    """Return what the sources of each kind add up to under each rule, and which rules cannot say."""
    rows: Rows = []
    for name, rule in RULES.items():
        title = f"{rule.title} (asked)" if name == found.rule.name else rule.title
        try:
            answering(name)
        except UsageError as error:
            rows.append([title, f"cannot say: {error}"])
            continue
        under = found.under(name)
        told = [f"{_part(row)} {_came(row, under, teller)}" for row in under.kinds.iter_rows(named=True)]
        rows.append([title, told or "nothing was there"])
    return listed(rows, ["Rule", "What the money came from"], nothing="")


def sources_by_rule(found: Origins, teller: Teller, most: int) -> Grid:
    """Return the part of each source under each rule that can say: a row a source, a column a rule."""
    names = [name for name, rule in RULES.items() if rule.backward]
    every = found.compare()
    keys = every.select(_KEY).unique(maintain_order=True)
    shown = every.join(keys.head(most), on=_KEY, how="semi", nulls_equal=True, maintain_order="left")
    parts: dict[tuple[Any, ...], dict[str, str]] = {}
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in shown.iter_rows(named=True):
        key = tuple(row[c] for c in _KEY)
        first.setdefault(key, row)
        parts.setdefault(key, {})[row["rule"]] = span(row["low"], row["high"], row["currency"])
    nothing = show(0, found.currency)
    rows: Rows = [
        [
            row["day"].isoformat() if row["day"] else "",
            _source(row, teller),
            *(parts[key].get(name, nothing) for name in names),
        ]
        for key, row in first.items()
    ]
    heads = ["Date", "Source", *(RULES[name].title for name in names)]
    classes = ["fixed", "", *["right"] * len(names)]
    grid = listed(rows, heads, nothing="Under no rule was anything there.", classes=classes)
    if len(rows) < len(keys):
        left_out = f"Showing {len(rows):,} of {len(keys):,} sources."
        grid = Grid(grid.heads, grid.rows, grid.right, grid.classes, grid.nothing, left_out)
    return grid
