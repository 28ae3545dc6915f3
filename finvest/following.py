"""From a case and a question to a trail: what is claimed, by which records, and what the case knows besides."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from finvest.lookup import files, where
from finvest.model import subjects
from finvest.model.decisions import standing
from finvest.model.errors import UsageError
from finvest.model.identifiers import opaque
from finvest.model.money import parse_one
from finvest.model.tables import table
from finvest.naming import account_number
from finvest.pairing.decisions import pair_of, pair_subject
from finvest.pairing.twice import open_pairs
from finvest.tracing.case_ledger import case_ledger
from finvest.tracing.claims import Claim
from finvest.tracing.ends import typed
from finvest.tracing.hypotheses import HYPOTHESIS, Hypothesis
from finvest.tracing.ledger import Limits
from finvest.tracing.overdrafts import overdraft_named
from finvest.tracing.people import Names, people
from finvest.tracing.rules import rule_named
from finvest.tracing.trail import Sources, Trail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finvest.state import State
    from finvest.store.store import Store
    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.overdrafts import Overdraft
    from finvest.view import CaseView

_TABLES = ("balances", "accounts", "links", "identifiers", "parties")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How far to follow.

    Attributes
    ----------
    until : datetime.date, optional
        Last day on which money leaves; the end of the records where left out.
    depth : int, optional
        Most hops.
    least : int, optional
        Part of a payment, in minor units, below which it is not followed.
    overdraft : {"dissipation", "backwards"}
        What becomes of claimed money that repays an overdraft, see `finvest.tracing.overdrafts`.
    """

    until: date | None = None
    depth: int | None = None
    least: int | None = None
    overdraft: Overdraft = "dissipation"

    @classmethod
    def of(cls, base: str, until: date | None, depth: int | None, least: str | None, overdraft: str) -> How:
        """Take limits as they are typed; `least` is an amount of the base currency."""
        smallest = None if least is None else parse_one(least, base)
        return cls(until=until, depth=depth, least=smallest, overdraft=overdraft_named(overdraft))

    @property
    def limits(self) -> Limits:
        """As a replay takes them.

        Raises
        ------
        UsageError
            If a limit is negative.
        """
        if min(self.depth or 0, self.least or 0) < 0:
            raise UsageError("limits of hops and amounts are not negative")
        none = Limits()
        return Limits(
            none.depth if self.depth is None else self.depth, none.least if self.least is None else self.least
        )


def follow(state: State, claims: Sequence[Claim], rule: str | None, how: How) -> Trail:
    """Follow claimed money through a case.

    Raises
    ------
    UsageError
        If no rule is named, or a claim or hypothesis is not of this case.
    NotAssessable
        If a claim is on days of which no books are on file.
    """
    named = rule_named(rule)
    ledger = ledger_of(state, how.until)
    trail = Trail(named, tuple(claims), ledger, how.limits, sources(state, ledger), how.overdraft)
    _ = trail.tables
    return trail


def sources(state: State, ledger: CaseLedger) -> Sources:
    """Return what tracing asks of a case beside its ledger: who, why a trail ends, and which line of which file."""
    tables, matched, view = _tables(state), state.matched, state.shown()
    doubtful = open_pairs(
        matched.transactions, matched.duplicates, matched.pairs, tables["accounts"], tables["identifiers"]
    )
    names = Names(
        dict(zip(view.frame("accounts")["account"], view.labels, strict=True)),
        {} if view.lacks(["parties"]) else _parties(view),
    )
    found = subjects.hypotheses(state.store.frame("findings"))
    controlled = frozenset(found.filter(pl.col("kind") == "account")["id"])
    return Sources(
        people=partial(people, tables, names=names, controlled=controlled),
        ends=partial(typed, pots=ledger.pots, accounts=tables["accounts"], open_pairs=doubtful),
        where=partial(where, matched=matched, names=files(state.store)),
        doubtful=frozenset(doubtful["debit"]) | frozenset(doubtful["credit"]),
    )


def ledger_of(state: State, until: date | None = None) -> CaseLedger:
    """Return the ledger of a case, with the hypotheses that stand."""
    return _ledger(state, hypotheses(state.decisions), until)


def _tables(state: State) -> dict[str, pl.DataFrame]:
    known = state.tables
    return {name: known.get(name, table(name).empty()) for name in _TABLES}


def _ledger(state: State, said: Sequence[Hypothesis], until: date | None = None) -> CaseLedger:
    matched = state.matched
    tables = {**_tables(state), "transactions": matched.transactions}
    return case_ledger(matched.movements, tables, matched.coverage, said, until)


def _parties(view: CaseView) -> dict[str, str]:
    parties = view.frame("parties")
    return {party: view.label("party", n) for party, n in parties.select("party", "n").iter_rows()}


def hypotheses(decisions: pl.DataFrame) -> list[Hypothesis]:
    """Return the hypotheses that stand, the oldest first."""
    rows = standing(decisions).filter(pl.col("kind") == HYPOTHESIS, pl.col("outcome") == "accept")
    found = []
    for row in rows.sort("at", "decision").iter_rows(named=True):
        debit, credit = pair_of(row["subject"])
        found.append(Hypothesis(row["decision"], debit, credit, row["actor"], f"{row['at']:%Y-%m-%d}", row["reason"]))
    return found


def hypothesis(state: State, debit: str, credit: str) -> str:
    """Return the subject of a decision that takes a debit and a credit to be the same money.

    Raises
    ------
    UsageError
        If a transaction is not known so, or the records contradict the hypothesis.
    """
    ids = record(state, debit), record(state, credit)
    _ledger(state, [*hypotheses(state.decisions), Hypothesis("", *ids, "", "", "")])
    return pair_subject(*ids)


def record(state: State, text: str) -> str:
    """Return the one transaction that is known so: by its id, or as ``file:line``.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    known = state.matched.transactions.select("transaction_id", "source", "line", "record")
    found = known.filter(pl.col("transaction_id") == text).collect()
    if found.is_empty() and (place := re.fullmatch(r"(.+):(\d+)", text)):
        hashes = [sha for sha, name in files(state.store).items() if name == place[1]]
        there = pl.coalesce("line", "record") == int(place[2])
        found = known.filter(pl.col("source").is_in(hashes), there).collect()
    if found.is_empty():
        raise UsageError(
            "no transaction is known so; give an id, or file:line; `finvest show` and `finvest find` list both"
        )
    if len(found) > 1:
        ids = ", ".join(found["transaction_id"].sort().head(5))
        raise UsageError(f"{len(found)} transactions stand there; give the id of one: {ids}")
    return str(found["transaction_id"][0])


def claims(state: State, given: Sequence[str | Claim]) -> list[Claim]:
    """Return claims, those that are texts as `payments` reads them."""
    texts = [claim for claim in given if isinstance(claim, str)]
    return [*payments(state, texts), *(claim for claim in given if not isinstance(claim, str))]


def payments(state: State, texts: Sequence[str]) -> list[Claim]:
    """Return claims from texts like ``file:line``, ``id``, ``NAME=file:line@1,200.00``; one name is one claim.

    Raises
    ------
    UsageError
        If a text names no transaction, or its amount is not exact.
    """
    parts: dict[str, list[tuple[str, int | None]]] = {}
    for number, text in enumerate(texts, 1):
        name, given, rest = text.partition("=")
        what, _, much = (rest if given else text).partition("@")
        id_ = record(state, what.strip())
        amount = None if not much else parse_one(much.strip(), _currency(state, id_))
        parts.setdefault(name.strip() if given else str(number), []).append((id_, amount))
    return [Claim(name, tuple(listed)) for name, listed in parts.items()]


def deposits(view: CaseView, account: str, since: date | None, until: date | None) -> Claim:
    """Return a claim on all that came into an account in a period."""
    return Claim("deposits", account=view.id_of("account", account_number(view, account)), since=since, until=until)


def _currency(state: State, id_: str) -> str:
    rows = state.matched.transactions.filter(pl.col("transaction_id") == id_).select("currency").collect()
    return str(rows["currency"][0])


def keep(store: Store, trail: Trail) -> None:
    """Keep a trail in the table `trails`, beside earlier ones."""
    asked = json.dumps([[c.name, c.transactions, c.account, str(c.since), str(c.until)] for c in trail.claims])
    how = f"{trail.rule.name} {trail.limits} {[h.decision for h in trail.ledger.hypotheses]}"
    how += f" {trail.overdraft}" * (trail.overdraft != "dissipation")
    rows = trail.hops.with_columns(
        trail=pl.lit(opaque("t", asked, how)),
        rule=pl.lit(trail.rule.name),
        overdraft=pl.lit(trail.overdraft),
        evidence=pl.Series([json.dumps(e) for e in trail.hops["evidence"].to_list()], dtype=pl.String),
    )
    known = table("trails")
    rows = known.complete(rows.select(pl.col(c).cast(t) for c, t in known.schema.items() if c in rows.columns))
    earlier = known.complete(store.frame("trails"))
    store.replace("trails", pl.concat([earlier, rows]).unique(maintain_order=True))
