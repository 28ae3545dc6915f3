"""What a flow picture shows of a finding: its accounts, and what moved between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from finvest.findings.wording import sums
from finvest.model.currencies import DECIMALS
from finvest.model.errors import UsageError
from finvest.model.subjects import mask
from finvest.views import text
from finvest.views.columns import columns
from finvest.views.masking import VICTIM, is_masked
from finvest.views.ring import MOST_IN_RING, ring_of

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence
    from datetime import date

    from finvest.findings.finding import Finding
    from finvest.view import CaseView

MOST_ACCOUNTS = 24
MOST_IN_COLUMN = 14
"""Accounts drawn by themselves, in all and one under another; the rest stand together."""

KINDS = {
    "bank": "bank account",
    "wallet": "wallet",
    "cash": "cash",
    "external": "outside the records",
    "unknown": "unknown account",
    "more": "several accounts",
    "hypothesis": "assumed link",
    "end": "trail ends",
}

DRAWN = {
    **KINDS,
    "subject": "account to review (thick outline)",
    "victim": "may belong to a victim, name withheld",
    "solid": "booked movement",
    "dashed": "not confirmed, inferred",
}
"""What each kind of account, outline and arrow means, for the legend."""


@dataclass(slots=True)
class Account:
    """An account as it is drawn; `several` counts those that stand together as one."""

    key: Hashable
    kind: str
    number: str
    holder: str = ""
    part: str = ""
    subject: bool = False
    possible_victim: bool = False
    several: int = 0

    @property
    def about(self) -> str:
        """What kind of account it is, and its part in the pattern."""
        parts = [KINDS.get(self.kind, self.kind), "possible victim" if self.possible_victim else self.part]
        return " · ".join(p for p in parts if p)


@dataclass(slots=True)
class Stream:
    """All that moved from one account to another, confirmed and inferred movements apart."""

    originator: Hashable
    beneficiary: Hashable
    inferred: bool
    amounts: dict[str, int] = field(default_factory=dict)
    count: int = 0
    start: date | None = None
    end: date | None = None
    size: float = 0.0

    def add(self, row: dict[str, Any], size: float) -> None:
        """Add one movement."""
        self.amounts[row["currency"]] = self.amounts.get(row["currency"], 0) + row["amount"]
        self.count += 1
        self.start = min(self.start or row["day"], row["day"])
        self.end = max(self.end or row["day"], row["day"])
        self.size += size

    def join(self, other: Stream) -> None:
        """Add another stream."""
        for currency, minor in other.amounts.items():
            self.amounts[currency] = self.amounts.get(currency, 0) + minor
        self.count += other.count
        self.size += other.size
        if other.start and other.end:
            self.start, self.end = min(self.start or other.start, other.start), max(self.end or other.end, other.end)

    @property
    def total(self) -> str:
        """The sum per currency, exact."""
        return sums(tuple(sorted(self.amounts.items())))


S = TypeVar("S", bound=Stream)

_MOVED = (
    "n", "originator", "beneficiary", "day", "amount", "currency", "amount_base", "origin", "handling", "evaluation",
)  # fmt: skip


@dataclass(slots=True)
class Content:
    """What is drawn.

    Attributes
    ----------
    accounts : dict
        By key, in the order of their columns' reading.
    streams : list of Stream
        In order of time.
    ring : list
        Accounts that money goes round, or none.
    column : dict
        Column of each account, where there is no ring.
    notes : list of str
        What is not drawn, and how much.
    shown, known : int
        Accounts drawn by themselves, accounts of the finding.
    handling, evaluation : str
        The strictest of the movements.
    comparable : bool
        Widths of arrows compare values; false where currencies are not converted.
    victims : dict of (kind, id) to str
        Accounts that stay unnamed, and what they are known by.
    words : mapping of str to str
        See `DRAWN`.
    """

    accounts: dict[Hashable, Account]
    streams: list[Stream]
    ring: list[Hashable]
    column: dict[Hashable, int]
    notes: list[str]
    shown: int
    known: int
    handling: str
    evaluation: str
    comparable: bool
    victims: dict[tuple[str, str], str]
    words: Mapping[str, str] = field(default_factory=lambda: DRAWN)


def content(view: CaseView, finding: Finding, possible_victims: Collection[str]) -> Content:
    """Gather what a picture of a finding shows."""
    if view.records("transactions", finding.movements) != finding.evidence.get("transactions", ()):
        raise UsageError(f"{finding.id} was found in another state of this case; look for it again, then draw it")
    rows = view.frame("transactions", *_MOVED)[list(finding.movements)].sort("day", "n")
    by_base = bool(len(rows)) and rows["amount_base"].null_count() == 0
    streams: dict[tuple[int, int, bool], Stream] = {}
    for row in rows.iter_rows(named=True):
        key = (row["originator"], row["beneficiary"], row["origin"] == "inferred")
        size = row["amount_base"] if by_base else row["amount"] / 10 ** DECIMALS.get(row["currency"], 0)
        streams.setdefault(key, Stream(*key)).add(row, float(size))
    ordered = list(streams.values())
    victims: dict[tuple[str, str], str] = {}
    accounts = _accounts(view, finding, ordered, possible_victims, victims)
    notes = _within(ordered)
    ordered = [s for s in ordered if s.originator != s.beneficiary]
    links = [(s.originator, s.beneficiary) for s in ordered]
    ring = ring_of(list(accounts), links) if len(accounts) <= 2 * MOST_IN_RING else []
    column = {} if ring else columns(list(accounts), links)
    known = len(accounts)
    if not ring:
        accounts, ordered, column = together(accounts, ordered, column)
        ordered = [s for s in ordered if s.originator != s.beneficiary]
    shown = sum(not a.several for a in accounts.values())
    if shown < known:
        notes.insert(0, f"{shown} of {known:,} accounts are drawn by themselves, those with the largest sums first.")
    return Content(
        accounts,
        ordered,
        ring,
        column,
        notes,
        shown,
        known,
        handling=str(rows["handling"].max() or "H0"),
        evaluation=_worst(rows["evaluation"]),
        comparable=by_base or rows["currency"].n_unique() <= 1,
        victims=victims,
    )


def _accounts(
    view: CaseView,
    finding: Finding,
    streams: list[Stream],
    possible_victims: Collection[str],
    victims: dict[tuple[str, str], str],
) -> dict[Hashable, Account]:
    rows = view.frame("accounts")
    numbers = dict.fromkeys(n for s in streams for n in (s.originator, s.beneficiary))
    subjects = {s.id: s for s in finding.subjects if s.kind == "account"}
    alone = rows.filter(pl.col("account").is_in(list(subjects)))["n"].to_list()
    found: dict[Hashable, Account] = {}
    for n in dict.fromkeys(int(str(n)) for n in [*numbers, *alone]):
        row = rows.row(n, named=True)
        subject = subjects.get(row["account"])
        known = view.label("account", n)
        victim = is_masked(known) or row["account"] in possible_victims or bool(subject and subject.role == VICTIM)
        account = Account(n, row["kind"], mask("account", row["account"]) if victim else "", possible_victim=victim)
        if victim:
            victims["account", row["account"]] = known
        else:
            tail = f" ({row['holder_name']})"
            has_both = bool(row["holder_name"]) and known.endswith(tail)
            account.number = text.label(known.removesuffix(tail) if has_both else known)
            account.holder = text.plain(row["holder_name"]) if has_both else ""
        if subject:
            account.subject, account.part = True, singular(subject.column)
        found[n] = account
    return found


def singular(column: str) -> str:
    """Return the part that one account has, from the name of the detector's column: ``members`` is ``member``."""
    word = column.replace("_", " ")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _within(streams: list[Stream]) -> list[str]:
    own = [s for s in streams if s.originator == s.beneficiary]
    return [
        f"Not drawn: {s.count} {'movement' if s.count == 1 else 'movements'} from an account to itself, {s.total}."
        for s in own
    ]


def together(
    accounts: dict[Hashable, Account], streams: Sequence[S], column: dict[Hashable, int]
) -> tuple[dict[Hashable, Account], list[S], dict[Hashable, int]]:
    """Let the accounts that a picture has no room for stand together, one group a column."""
    size: dict[Hashable, float] = defaultdict(float)
    for s in streams:
        size[s.originator] += s.size
        size[s.beneficiary] += s.size
    many: dict[str, int] = defaultdict(int)
    for a in accounts.values():
        many[a.part] += a.subject
    place = {n: i for i, n in enumerate(accounts)}
    first = sorted(accounts, key=lambda n: (not accounts[n].subject, many[accounts[n].part], -size[n], place[n]))
    kept: set[Hashable] = set()
    per_column: dict[int, int] = defaultdict(int)
    for n in first:
        if len(kept) < MOST_ACCOUNTS and per_column[column[n]] < MOST_IN_COLUMN:
            kept.add(n)
            per_column[column[n]] += 1
    rest: dict[int, list[Hashable]] = defaultdict(list)
    for n in accounts:
        if n not in kept:
            rest[column[n]].append(n)
    moved: dict[Hashable, Hashable] = {}
    drawn: dict[Hashable, Account] = {n: a for n, a in accounts.items() if n in kept}
    for c, group in sorted(rest.items()):
        if len(group) == 1:  # one account takes no more room than a group of one
            drawn[group[0]] = accounts[group[0]]
            continue
        key = ("more", c)
        moved |= dict.fromkeys(group, key)
        drawn[key] = Account(key, "more", f"and {len(group):,} others", several=len(group))
        drawn[key].subject = any(accounts[n].subject for n in group)
    joined: dict[tuple[Hashable, Hashable, bool], S] = {}
    for s in streams:
        sender, receiver = moved.get(s.originator, s.originator), moved.get(s.beneficiary, s.beneficiary)
        joined.setdefault((sender, receiver, s.inferred), type(s)(sender, receiver, s.inferred)).join(s)
    for group_key, account in drawn.items():
        if account.several:
            there = type(streams[0])(group_key, group_key, inferred=False)
            for s in joined.values():
                if group_key in {s.originator, s.beneficiary}:
                    there.join(s)
            account.holder = f"{there.total}, {there.count:,} movements"
    return drawn, list(joined.values()), {n: n[1] if n in set(moved.values()) else column[n] for n in drawn}  # type: ignore[index]


def _worst(codes: pl.Series) -> str:
    """Return the worst of 4×4 codes: the least reliable source, the least certain information."""
    found = codes.drop_nulls().to_list()
    return max(c[:1] for c in found) + max(c[1:] for c in found) if found else "X4"
