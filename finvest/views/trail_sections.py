"""The tables of a trail as the judge's page shows them: what became of the money, and every payment behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.money import show
from finvest.tracing.ends import ENDS
from finvest.tracing.sentences import PLACES
from finvest.views.grid import Grid, listed
from finvest.views.trail_words import resting, span

if TYPE_CHECKING:
    from finvest.tracing.backward import Origins
    from finvest.tracing.trail import Trail
    from finvest.views.grid import Cell
    from finvest.views.trail_words import Teller

Rows = list[list["Cell"]]

ASK = {
    "cash": "Ask who took it out: withdrawal slip, camera, card. Look for a cash payment in elsewhere.",
    "exchange": "Ask the exchange for the customer's account and where the coins went.",
    "fx": "Ask the bank for both legs of the conversion and its rate.",
    "unpaired": "Ask either bank for its reference of this payment, or decide on a candidate by a hypothesis.",
    "gap": "Ask the bank for the missing days.",
    "no_records": "Ask the bank of this account for its statements.",
    "depth": "Ask again with more hops.",
    "materiality": "Ask again with a smaller part.",
}
"""How a trail can be taken further from each kind of end."""

_CLAIM = "Claim"
_SHORT = {"depth": "limit of hops that was asked for", "materiality": "smaller than the part that was asked for"}


def payments(trail: Trail, teller: Teller, most: int) -> Grid:
    """Return every payment that carries claimed money, in order of time, with file and line."""
    several = len(trail.claims) > 1
    rows: Rows = []
    for row in trail.movements.sort("day", "n", "claim").head(most).iter_rows(named=True):
        part = span(row["low"], row["high"], row["currency"])
        rows.append(
            [
                str(row["hop"]),
                row["day"].isoformat(),
                [f"from {_side(row, 'originator', teller)}", f"to {_side(row, 'beneficiary', teller)}"],
                show(row["amount"], row["currency"]),
                [part, f"claim {teller.say(row['claim'])}"] if several else part,
                _then(row),
                teller.places(row["where"]),
            ]
        )
    return _cut(
        listed(
            rows,
            ["Hop", "Date", "Payment", "Amount", "Claimed part of it", "What is to be known", "File and line"],
            nothing="No payment carries claimed money.",
            classes=["right", "fixed", "", "right", "right", "", "mono"],
        ),
        len(trail.movements),
    )


def _side(row: dict[str, Any], side: str, teller: Teller) -> str:
    return teller.account(row[side], row[f"{side}_label"])


def _then(row: dict[str, Any]) -> list[str]:
    told = []
    if row["end"] is not None:
        told.append(f"trail ends: {_SHORT.get(row['end']) or ENDS[row['end']]}")
    if row["crossed"] is not None:
        told.append(f"hypothesis {row['crossed'] + 1}")
    if row["on_hypothesis"]:
        told.append(f"rests on a hypothesis, {resting(row)}")
    if row["early"]:
        told.append("booked in before out: taken at the debit")
    if row["possible_only"]:
        told.append("part of a ring within a day: possible only")
    if row["received_currency"] != row["currency"]:
        told.append(f"arrived as {span(row['arrived_low'], row['arrived_high'], row['received_currency'])}")
    return told


def accounts(trail: Trail, teller: Teller, most: int) -> Grid:
    """Return the accounts that claimed money came to, nearest first."""
    rows: Rows = [
        [
            str(row["hop"]),
            teller.account(row["account"], row["label"]),
            teller.say(row["claim"]),
            *(span(row[f"{c}_low"], row[f"{c}_high"], row["currency"]) for c in ("into", "out", "remaining")),
        ]
        for row in trail.hops.head(most).iter_rows(named=True)
    ]
    heads = ["Hop", "Account", _CLAIM, "Came in", "Went out", "Remains"]
    grid = listed(rows, heads, nothing="No account.", classes=["right", "", "", "right", "right", "right"])
    return _cut(grid, len(trail.hops))


def lies(trail: Trail, teller: Teller) -> Grid:
    """Return where claimed money lies at the end of the records."""
    rows: Rows = []
    for row in trail.hops.filter(pl.col("remaining_high") > 0).iter_rows(named=True):
        person = teller.person(row["name"])
        who = f"controlled by {person}" if row["conduit"] and person == teller.say(row["name"]) else person
        left = {**row, "on_hypothesis": min(row["on_hypothesis"], row["remaining_high"])}
        rows.append(
            [
                teller.account(row["account"], row["label"]),
                who,
                teller.say(row["claim"]),
                span(row["remaining_low"], row["remaining_high"], row["currency"]),
                row["as_of"].isoformat() if row["as_of"] else "",
                resting(left),
            ]
        )
    return listed(
        rows,
        ["Account", "Who answers for it", _CLAIM, "Lies there", "Records end", "On a hypothesis"],
        nothing="No claimed money lies in accounts on file.",
        classes=["", "", "", "right", "fixed", "right"],
    )


def restitution(trail: Trail, teller: Teller) -> Grid:
    """Return what became of each claim."""
    held = trail.hops.filter(pl.col("remaining_high") > 0)
    rows: Rows = []
    for row in trail.restitution.iter_rows(named=True):
        there = held.filter(pl.col("claim") == row["claim"], pl.col("currency") == row["currency"])
        where = [
            f"{teller.account(r['account'], r['label'])}: "
            f"{span(r['remaining_low'], r['remaining_high'], r['currency'])}"
            for r in there.iter_rows(named=True)
        ]
        place = "claimed" if row["place"] == "claimed" else PLACES[row["place"]]
        rows.append(
            [
                teller.say(row["claim"]),
                [place, *where] if row["place"] == "held" else place,
                span(row["low"], row["high"], row["currency"]),
                resting(row),
            ]
        )
    heads = [_CLAIM, "What became of it", "Amount", "On a hypothesis"]
    return listed(rows, heads, nothing="Nothing.", classes=["", "", "right", "right"])


def recipients(trail: Trail, teller: Teller) -> Grid:
    """Return persons that claimed money came to; who controls an account carries what came into it."""
    rows: Rows = [
        [
            teller.person(row["name"]),
            teller.say(row["claim"]),
            span(row["received_low"], row["received_high"], row["currency"]),
            span(row["remaining_low"], row["remaining_high"], row["currency"]),
            f"{row['through']:,}" if row["through"] else "",
            resting(row),
        ]
        for row in trail.recipients.iter_rows(named=True)
    ]
    return listed(
        rows,
        ["Person", _CLAIM, "Received", "Still there", "Through controlled accounts", "On a hypothesis"],
        nothing="Nobody whose books are on file received claimed money.",
        classes=["", "", "right", "right", "right", "right"],
    )


def freeze(trail: Trail, teller: Teller) -> Grid:
    """Return accounts that a freezing order could name."""
    rows: Rows = [
        [
            teller.account(row["account"], row["label"]),
            teller.person(row["name"]),
            span(row["low"], row["high"], row["currency"]),
            row["as_of"].isoformat() if row["as_of"] else "",
            resting(row),
        ]
        for row in trail.freeze.iter_rows(named=True)
        if not teller.hidden(row["account"])
    ]
    return listed(
        rows,
        ["Account", "Holder", "Claimed money there", "Records end", "On a hypothesis"],
        nothing="No account on file holds claimed money that a freezing order could name.",
        classes=["", "", "right", "fixed", "right"],
    )


def breaks(trail: Trail, teller: Teller) -> Grid:
    """Return where the trail ends, what would take it further, and the records it may go on with."""
    ending = trail.movements.filter(pl.col("end").is_not_null()).sort("day", "n", "claim")
    at = _places(trail, teller, [id_ for row in ending["candidates"].to_list() for id_ in row])
    rows: Rows = []
    for row in ending.iter_rows(named=True):
        named: list[str] = [f"{id_}, {at[id_]}" for id_ in row["candidates"]]
        rows.append(
            [
                row["day"].isoformat(),
                [f"to {_side(row, 'beneficiary', teller)}", *teller.places(row["where"])],
                span(row["low"], row["high"], row["currency"]),
                [_SHORT.get(row["end"]) or ENDS[row["end"]], ASK[row["end"]]],
                named,
            ]
        )
    return listed(
        rows,
        ["Date", "Payment", "Claimed part", "Why the trail ends, what to ask", "Records it may go on with"],
        nothing="The trail ends nowhere: all claimed money lies in accounts on file or is accounted for above.",
        classes=["fixed", "", "right", "", "mono"],
    )


def hypotheses(trail: Trail | Origins, teller: Teller, where: str = "In this trail") -> Grid:
    """Return the hypotheses that stand, each with who takes it to be so, when and why."""
    used = trail.crossed
    numbers = trail.ledger.movements.filter(pl.col("hypothesis").is_not_null())
    of = dict(numbers.select("records", "hypothesis").explode("records", empty_as_null=False).iter_rows())
    at = _places(trail, teller, [id_ for h in trail.ledger.hypotheses for id_ in (h.debit, h.credit)])
    rows: Rows = []
    for h in sorted(trail.ledger.hypotheses, key=lambda h: (of.get(h.debit, -1), h.at, h.decision)):
        number = of.get(h.debit)
        rows.append(
            [
                str(number + 1) if number is not None else "",
                [f"debit {h.debit}, {at[h.debit]}", f"credit {h.credit}, {at[h.credit]}"],
                [teller.say(h.actor), h.at],
                teller.say(h.reason),
                "yes" if number in used else "no",
            ]
        )
    return listed(
        rows,
        ["Number", "Taken to be the same money", "By whom, when", "Reason", where],
        nothing="None: nothing here rests on a hypothesis.",
        classes=["right", "", "fixed", "", ""],
    )


def _places(trail: Trail | Origins, teller: Teller, ids: list[str]) -> dict[str, str]:
    """Return file and line of each record."""
    known = sorted(set(ids))
    found = where_of(trail, [[id_] for id_ in known])
    return {id_: ", ".join(teller.places(places)) for id_, places in zip(known, found, strict=True)}


def where_of(trail: Trail | Origins, ids: list[list[str]]) -> list[list[str]]:
    """Return files and lines of lists of transaction ids."""
    found: list[list[str]] = trail.sources.where(pl.Series(ids, dtype=pl.List(pl.String))).to_list()
    return found


def _cut(grid: Grid, of: int) -> Grid:
    if len(grid.rows) < of:
        grid = Grid(
            grid.heads, grid.rows, grid.right, grid.classes, grid.nothing,
            f"Showing {len(grid.rows):,} of {of:,} rows; the table `trails` of the case holds every account.",
        )  # fmt: skip
    return grid
