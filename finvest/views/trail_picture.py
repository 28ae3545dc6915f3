"""The flow picture of a trail: which part of each payment is traced, where money lies, and where the trail ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.wording import period
from finvest.model.currencies import DECIMALS
from finvest.model.money import show
from finvest.views import drawing, layers, text
from finvest.views.columns import columns
from finvest.views.flow import FlowPicture
from finvest.views.flow_content import DRAWN, Account, Content, Stream, together
from finvest.views.template import render
from finvest.views.trail_words import Teller, answers, span

if TYPE_CHECKING:
    from collections.abc import Hashable

    from finvest.tracing.trail import Trail

_ENDS = {
    "cash": "trail ends",
    "exchange": "trail ends",
    "fx": "conversion",
    "unpaired": "not matched",
    "gap": "books missing",
    "no_records": "no books on file",
    "depth": "limit of hops",
    "materiality": "limit of amount",
}
_SHAPES = {"cash": "cash", "exchange": "wallet"}
_WORDS = {
    **DRAWN,
    "wallet": "exchange or wallet",
    "subject": "claimed money lies here (thick outline)",
    "victim": "controlled account, name withheld",
    "solid": "payment, its claimed part first",
    "dashed": "rests on a hypothesis",
}


@dataclass(slots=True)
class Traced(Stream):
    """Payments from one account to another, with the claimed part of them."""

    low: dict[str, int] = field(default_factory=dict)
    high: dict[str, int] = field(default_factory=dict)

    def add(self, row: dict[str, Any], size: float) -> None:
        """Add one payment."""
        Stream.add(self, row, size)
        self._part({row["currency"]: row["low"]}, {row["currency"]: row["high"]})

    def join(self, other: Stream) -> None:
        """Add another stream."""
        Stream.join(self, other)
        if isinstance(other, Traced):
            self._part(other.low, other.high)

    def _part(self, low: dict[str, int], high: dict[str, int]) -> None:
        for mine, more in ((self.low, low), (self.high, high)):
            for currency, minor in more.items():
                mine[currency] = mine.get(currency, 0) + minor

    @property
    def total(self) -> str:
        """The claimed part and the whole, per currency: ``30,000.00 of 60,000.00 EUR``."""
        told = []
        for currency, whole in sorted(self.amounts.items()):
            part = span(self.low[currency], self.high[currency], currency).removesuffix(f" {currency}")
            written = show(whole, currency)
            told.append(f"all of {written}" if f"{part} {currency}" == written else f"{part} of {written}")
        return " and ".join(told)


def trail_picture(trail: Trail, teller: Teller | None = None, *, drawn: str = "") -> FlowPicture:
    """Draw a trail.

    Payments between two accounts stand together; a thicker arrow carries more claimed money. Controlled accounts are
    masked and neutral. Ends of the trail are drawn as what they are. Accounts that a picture has no room for stand
    together, counted and summed, as in the picture of a finding.

    Parameters
    ----------
    trail : Trail
    teller : Teller, optional
        Knows who stays unnamed.
    drawn : str
        Who drew it and when, for the caption.

    Returns
    -------
    FlowPicture
        The same for the same trail, byte for byte.
    """
    teller = teller or Teller(trail)
    shown = _content(trail, teller)
    labels = [drawing.label(s, short=len(shown.streams) > drawing.MOST_TWO_LINES) for s in shown.streams]
    box = drawing.box(shown)
    links = [(s.originator, s.beneficiary) for s in shown.streams]
    placed = layers.lay_out(shown.column, links, box, [size for _, size in labels])
    title = f"Trail under the rule {trail.rule.title.lower()}"
    description = text.shorten(f"Flow picture. {title}. {' '.join(answers(trail, teller))}")
    days = trail.movements["day"].sort().to_list()
    when = period((days[0], days[-1]) if days else None)
    count = trail.movements["n"].n_unique()
    svg = render(
        "flow.svg.j2",
        title=title,
        description=description,
        heading=f"Where claimed money went · {trail.rule.title}",
        subheading=f"{when} · {count:,} {'payment' if count == 1 else 'payments'}",
        **drawing.sheet(shown, placed, [lines for lines, _ in labels], _caption(shown, placed, drawn)),
    )
    return FlowPicture(svg, title, description, shown.shown, shown.known)


def _content(trail: Trail, teller: Teller) -> Content:
    accounts: dict[Hashable, Account] = {}
    streams: dict[tuple[Hashable, Hashable, bool], Traced] = {}
    held = set(trail.hops.filter(pl.col("remaining_high") > 0)["account"])
    reached = set(trail.hops["account"])
    rows = _payments(trail)
    on_file = set(trail.ledger.pots["account"].drop_nulls())
    leaving = _leaving(trail)

    def node(account: str | None, kind: str) -> Hashable:
        if account not in accounts:
            victim = teller.hidden(account)
            drawn = Account(account, kind, *_named(teller.account(account)), possible_victim=victim)
            drawn.subject = account in held
            if account not in held:  # of accounts with one part, a picture keeps those on the main way
                drawn.part = "passed on" if account in reached else ""
            accounts[account] = drawn
        return account

    def end(row: dict[str, Any]) -> Hashable:
        key = ("end", row["end"], row["beneficiary"])
        kind = _SHAPES.get(row["end"], "end")
        accounts.setdefault(
            key, Account(key, kind, *_named(teller.account(row["beneficiary"])), part=_ENDS[row["end"]])
        )
        accounts[key].possible_victim = teller.hidden(row["beneficiary"])
        return key

    def assumed(number: int) -> Hashable:
        key = ("hypothesis", number)
        accounts.setdefault(key, Account(key, "hypothesis", f"Hypothesis {number + 1}", part="a person's decision"))
        return key

    for row in rows.iter_rows(named=True):
        crossed, leaves = row["crossed"], row["n"] in leaving
        here = row["originator"]
        sender = assumed(crossed) if crossed is not None and not leaves else node(here, _kind(here, on_file))
        if row["end"] is not None:
            receiver = end(row)
        elif crossed is not None and leaves:
            receiver = assumed(crossed)
        else:
            receiver = node(row["beneficiary"], "bank")
        key = (sender, receiver, crossed is not None or row["on_hypothesis"] > 0)
        streams.setdefault(key, Traced(*key)).add(row, row["high"] / 10 ** DECIMALS.get(row["currency"], 0))
    ordered = list(streams.values())
    notes = [
        f"Not drawn: {s.count:,} payments from an account to itself." for s in ordered if s.originator == s.beneficiary
    ]
    ordered = [s for s in ordered if s.originator != s.beneficiary]
    known = len(accounts)
    column = columns(list(accounts), [(s.originator, s.beneficiary) for s in ordered])
    accounts, ordered, column = together(accounts, ordered, column)
    ordered = [s for s in ordered if s.originator != s.beneficiary]
    shown = sum(not a.several for a in accounts.values())
    if shown < known:
        notes.insert(0, f"{shown} of {known:,} accounts and ends are drawn by themselves, the rest stand together.")
    return Content(
        accounts, list(ordered), [], column, notes, shown, known, handling="", evaluation="",
        comparable=rows["currency"].n_unique() <= 1, victims={}, words=_WORDS,
    )  # fmt: skip


def _payments(trail: Trail) -> pl.DataFrame:
    """Return one row a payment: parts of several claims added, or, where they overlap under poison, the largest."""
    parts = [pl.col(c).sum() if trail.rule.conserves else pl.col(c).max() for c in ("low", "high", "on_hypothesis")]
    same = [pl.col(c).first() for c in ("day", "originator", "beneficiary", "amount", "currency", "end", "crossed")]
    return trail.movements.group_by("n", maintain_order=True).agg(*same, *parts).sort("day", "n")


def _leaving(trail: Trail) -> frozenset[int]:
    """Return the payments that a hypothesis takes on from: those of its debits."""
    debits = [h.debit for h in trail.ledger.hypotheses]
    rows = trail.movements.filter(pl.col("crossed").is_not_null()).explode("records", empty_as_null=False)
    return frozenset(rows.filter(pl.col("records").is_in(debits))["n"])


def _kind(account: str | None, on_file: set[str]) -> str:
    return "bank" if account in on_file else "external"


def _named(label: str) -> tuple[str, str]:
    """Return the number and the holder of a label like ``DE12 … (Name)``."""
    number, bracket, holder = label.partition(" (")
    return (number, holder.removesuffix(")")) if bracket and label.endswith(")") else (label, "")


def _caption(shown: Content, placed: layers.Placed, drawn: str) -> list[str]:
    compared = "" if shown.comparable else " (amounts in different currencies are not converted)"
    return [
        *shown.notes,
        f"Money flows {placed.direction}. A thicker arrow carries more claimed money{compared}; 3 × means three "
        "payments, whose figures are added. Place, size and shape rate nobody.",
        f"What a stated rule makes of the records; another rule gives another picture. {text.plain(drawn)}".rstrip(),
    ]
