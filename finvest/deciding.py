"""What people decide: kept with actor, reason and time, never changed, and taken back only by a further decision."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest import naming
from finvest.model import subjects
from finvest.model.decisions import REVOKE, as_table, details, revoked
from finvest.model.errors import UsageError
from finvest.model.identifiers import name_key, opaque, text_key
from finvest.model.subjects import CATEGORIES, CATEGORY, CONTROLS, LINK, SUSPECTS, VICTIMS
from finvest.model.tables import INSTANT, TEXT, table
from finvest.store.manifest import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from finvest.state import State
    from finvest.view import CaseView

UNMASK = "unmask"
"""Kind of the decision that somebody was shown who a possible victim is."""

OWN_VERBS = {CATEGORY: "mark", CONTROLS: "control", UNMASK: "unmask", LINK: "neo4j proposals accept"}
"""Kinds of decisions that have a verb of their own, which checks what must hold."""

LISTED = {
    "decision": TEXT,
    "at": INSTANT,
    "actor": TEXT,
    "second": TEXT,
    "kind": TEXT,
    "subject": TEXT,
    "about": TEXT,
    "outcome": TEXT,
    "reason": TEXT,
    "revokes": TEXT,
    "revoked_by": TEXT,
}
"""Columns of `listed`."""


def decision(
    kind: str, subject: str, outcome: str, reason: str, actor: str, revokes: str | None = None, **said: str | None
) -> dict[str, Any]:
    """Return a decision as a row, with an id of its own.

    Raises
    ------
    UsageError
        If there is no reason.
    """
    if not reason.strip():
        raise UsageError("a decision needs a reason")
    at, details = now(), {name: value for name, value in said.items() if value is not None}
    return {
        "decision": opaque("d", kind, subject, outcome, actor, at),
        "kind": kind,
        "subject": subject,
        "outcome": outcome,
        "reason": reason,
        "actor": actor,
        "at": at,
        "revokes": revokes,
        "details": json.dumps(details, sort_keys=True, ensure_ascii=False) if details else None,
    }


def other(
    state: State, kind: str, subject: str, outcome: str, reason: str, actor: str, revokes: str | None
) -> dict[str, Any]:
    """Return a decision of a kind that has no verb of its own.

    Raises
    ------
    UsageError
        If it has one, takes back one that has, or there is no reason.
    """
    taken = state.decisions.filter(pl.col("decision").is_in([revokes]))["kind"]
    for one in (kind, *taken):
        if one in OWN_VERBS:
            raise UsageError(f"decisions of kind {one!r} are made with `{OWN_VERBS[one]}` and taken back with `revoke`")
    return decision(kind, subject, outcome, reason, actor, revokes)


# ---- categories


def marks(state: State, party: str, category: str, reason: str, actor: str, second: str | None) -> list[dict[str, Any]]:
    """Return the decisions that give a party, or every holder of an account, a category.

    Raises
    ------
    UsageError
        If there is no such party or category, more than one party is known so, or a second person is needed.
    """
    if category not in CATEGORIES:
        near = get_close_matches(category, CATEGORIES, 1)
        raise UsageError(
            f"no category {category!r}; there are {', '.join(CATEGORIES)}"
            + (f"; did you mean {near[0]}?" if near else "")
        )
    second = _second(second, actor)
    rows = [
        decision(CATEGORY, found.id, category, reason, actor, second=second, holder_of=found.holder_of)
        for found in naming.parties(state.view(), party)
    ]
    _two_people(state, rows, second)
    return rows


def _second(second: str | None, actor: str) -> str | None:
    """Return the second person's name.

    Raises
    ------
    UsageError
        If it is no name, or the actor's own.
    """
    if second is None:
        return None
    if not name_key(second):
        raise UsageError("the second person needs a name")
    if name_key(second) == name_key(actor) or text_key(second) == text_key(actor):
        raise UsageError("the second person is the one who decides; two different people are needed")
    return second.strip()


def _two_people(state: State, rows: Sequence[Mapping[str, Any]], second: str | None) -> None:
    """Refuse that one person alone makes a suspect of whom anything ever called a (possible) victim."""
    if second is not None:
        return
    parties, decisions = state.store.frame("parties"), state.decisions
    before, after = (
        dict(subjects.categories(parties, said).select("party", "subject_category").iter_rows())
        for said in (decisions, pl.concat([decisions, as_table(rows)]))
    )
    accused = {row["subject"] for row in rows if after.get(row["subject"]) in SUSPECTS}
    accused -= {party for party in accused if before.get(party) in SUSPECTS}
    if accused & _ever_victims(state, parties, decisions):
        raise UsageError(
            "from possible victim to suspect only by two named people: who is controlled often looks like who "
            "controls; give the second one with --second NAME"
        )


def _ever_victims(state: State, parties: pl.DataFrame, decisions: pl.DataFrame) -> frozenset[str]:
    """Return the parties that a record, a decision (taken back or not) or a finding ever held for a victim."""
    recorded = parties.filter(pl.col("subject_category").is_in(VICTIMS))["party"]
    decided = decisions.filter(pl.col("kind") == CATEGORY, pl.col("outcome").is_in(VICTIMS))["subject"]
    tables = _people(state)
    protected = pl.concat([subjects.victims(**tables), subjects.hypotheses(state.store.frame("findings"))])
    accounts = protected.filter(pl.col("kind") == "account")["id"].unique()
    held = subjects.holders(tables["accounts"], tables["links"])
    holding = held.filter(pl.col("account").is_in(accounts.implode()))["party"]
    alone = [subjects.holder_of(account) for account in accounts]
    people = protected.filter(pl.col("kind") == "party")["id"]
    return frozenset([*recorded, *decided, *holding, *alone, *people])


# ---- control


def controls(
    state: State, controller: str, what: str, since: date, until: date | None, reason: str, actor: str
) -> dict[str, Any]:
    """Return the decision that a party controls an account or another party.

    Raises
    ------
    UsageError
        If one of them is not known so, the period ends before it begins, or both are the same.
    """
    if until is not None and until < since:
        raise UsageError("the period ends before it begins; give --from a day before --until")
    view = state.view()
    found = naming.parties(view, controller)
    if len(found) > 1:
        ids = ", ".join(party.id for party in found)
        raise UsageError(f"the account of the controller has {len(found)} holders; give the id of one: {ids}")
    who, (kind, id_) = found[0], naming.controlled(view, what)
    if id_ in {who.id, who.holder_of}:
        raise UsageError("who holds an account controls it without a decision; name somebody else")
    return decision(
        CONTROLS,
        id_,
        "accept",
        reason,
        actor,
        controller=who.id,
        holder_of=who.holder_of,
        of=kind,
        since=since.isoformat(),
        until=None if until is None else until.isoformat(),
    )


# ---- taking back, keeping, listing


def revocation(state: State, start: str, reason: str, actor: str, second: str | None) -> dict[str, Any]:
    """Return the decision that takes back the one whose id begins so.

    Raises
    ------
    UsageError
        If none or several begin so, it is taken back already, or a second person is needed.
    """
    decisions = state.decisions
    found = decisions.filter(pl.col("decision").str.starts_with(start)) if start else decisions.clear()
    if len(found) != 1:
        raise UsageError(f"{len(found)} decisions begin with {start!r}; `finvest decisions` lists them")
    row = found.row(0, named=True)
    if (by := revoked(decisions).get(row["decision"])) is not None:
        raise UsageError(f"{row['decision']} is taken back already, by {by}")
    second = _second(second, actor)
    taken = decision(row["kind"], row["subject"], REVOKE, reason, actor, row["decision"], second=second)
    if row["kind"] == CATEGORY:
        _two_people(state, [taken], second)
    return taken


def keep(state: State, rows: Sequence[dict[str, Any]]) -> None:
    """Keep decisions, all of them or none, and let the case follow them.

    Findings that name a new victim are taken out of the case; scoring finds them again, masked.
    """
    before = _protected(state)
    state.store.manifest.add_decisions(rows)
    state.changed(matched=any(row["kind"] not in OWN_VERBS for row in rows))
    new = _protected(state) - before
    findings = state.store.frame("findings")
    named = [bool(new & {s["id"] for s in json.loads(row or "[]")}) for row in findings["subjects"]]
    if any(named):
        state.store.replace("findings", findings.filter(~pl.Series(named)))


def unmask(state: State, ids: Sequence[str], reason: str, actor: str) -> tuple[str, ...]:
    """Keep that somebody was shown who these parties and accounts are; return the decisions' ids. It changes nothing.

    Raises
    ------
    UsageError
        If there is no reason.
    """
    rows = [decision(UNMASK, id_, "accept", reason, actor) for id_ in ids]
    state.store.manifest.add_decisions(rows)
    state.__dict__.pop("decisions", None)
    return tuple(row["decision"] for row in rows)


def _protected(state: State) -> frozenset[str]:
    return frozenset(subjects.victims(**_people(state))["id"])


def _people(state: State) -> dict[str, pl.DataFrame]:
    tables = state.tables
    return {name: tables.get(name, table(name).empty()) for name in ("parties", "accounts", "identifiers", "links")}


def listed(decisions: pl.DataFrame, view: CaseView) -> pl.DataFrame:
    """Return decisions for a reader, the oldest first: who, when, why, and by what each was taken back."""
    gone = revoked(decisions)
    rows = []
    for row in decisions.sort("at", "decision").iter_rows(named=True):
        said, outcome = details(row), row["outcome"]
        if row["kind"] == CONTROLS and outcome != REVOKE:
            until = f" to {said['until']}" if "until" in said else ""
            outcome = f"controlled by {naming.known_as(view, said['controller'])[0]} from {said['since']}{until}"
        if row["kind"] == LINK and outcome != REVOKE:
            outcome = f"{said['link_kind'].replace('_', ' ')} {naming.known_as(view, said['to_id'])[0]}"
        if "proposal" in said:
            outcome += f" ({said['source']}, proposal {said['proposal']})"
        more = {"about": naming.known_as(view, row["subject"])[0], "outcome": outcome, "second": said.get("second")}
        rows.append({**row, **more, "revoked_by": gone.get(row["decision"])})
    return pl.DataFrame([{c: row[c] for c in LISTED} for row in rows], schema=LISTED)
