"""What was proposed elsewhere: kept beside the case with who said it and when, and nothing until a person decides.

A proposal is never changed. It is open until a decision that stands was made of it, or refused it; whoever takes that
decision back opens it again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest import deciding, naming, sharing
from finvest.model.decisions import details, standing
from finvest.model.errors import UsageError
from finvest.model.identifiers import opaque
from finvest.model.subjects import CATEGORY, LINK
from finvest.model.tables import TEXT
from finvest.store.manifest import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finvest.exchange.neo4j.pull import Said
    from finvest.state import State

PROPOSAL, NOTE = "proposal", "note"
"""Kinds of decisions: a proposal that was rejected, a note that was accepted."""

OPEN, ACCEPTED, REJECTED = "open", "accepted", "rejected"

COLUMNS = (
    "proposal", "kind", "about", "says", "by", "at", "source", "status", "decision", "pulled_by", "pulled_at",
    "subject",
)  # fmt: skip
"""Columns of `listed`; all are text."""

_KINDS = {"Party": "parties", "Account": "accounts"}
"""Label of an end of a link to the table that its kind names."""


# ---- in


def keep(state: State, said: Iterable[Said], source: str, actor: str) -> tuple[list[str], int, int]:
    """Keep what was said elsewhere about elements of this case.

    Returns
    -------
    subjects : list of str
        What the proposals are about, each once.
    new : int
        How many were not kept before.
    unknown : int
        How many are about something that this case does not have; these are left out.
    """
    said = list(said)
    known = _pushed(state) if said else {}
    rows, about, unknown, at = [], set(), 0, now()
    for one in said:
        other = one.details.get("to_id")
        if one.subject not in known[one.of] or (other is not None and other not in known[one.details["to"]]):
            unknown += 1
            continue
        about.add(one.subject)
        told = json.dumps(dict(one.details), sort_keys=True, ensure_ascii=False)
        rows.append(
            {
                "proposal": opaque("q", source, one.kind, one.subject, told, one.by or "", one.at or ""),
                "kind": one.kind,
                "subject": one.subject,
                "source": source,
                "said_by": one.by,
                "said_at": one.at,
                "details": told,
                "pulled_by": actor,
                "pulled_at": at,
            }
        )
    new = state.store.manifest.add_proposals(rows)
    return sorted(about), new, unknown


def _pushed(state: State) -> dict[str, set[str]]:
    """Return the ids of a case's elements by label, as they are pushed."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in sharing.parts(state):
        if not part.ends:
            found[part.element.name].update(part.frame["id"])
    return found


# ---- deciding


def accepted(
    state: State, start: str, reason: str, actor: str, second: str | None = None, since: date | None = None
) -> list[dict[str, Any]]:
    """Return the decisions that an open proposal becomes.

    Parameters
    ----------
    state : State
    start : str
        Id of the proposal, or how it begins.
    reason, actor : str
    second : str, optional
        Another person, where a possible victim becomes a suspect.
    since : datetime.date, optional
        First day of control, where the proposal does not say it.

    Raises
    ------
    UsageError
        If there is no such open proposal, or what it says cannot be decided so.
    """
    row = _open(state, start)
    said, subject = json.loads(row["details"]), row["subject"]
    if since is not None and said.get("type") != "CONTROLS":
        raise UsageError("--from is for a proposal that somebody controls an account or a party")
    if row["kind"] == CATEGORY:
        made = deciding.marks(state, subject, said["outcome"], reason, actor, second)
    elif row["kind"] == LINK:
        made = [_link(state, subject, said, reason, actor, since)]
    elif row["kind"] == NOTE:
        made = [deciding.decision(NOTE, subject, "accept", reason, actor, text=said["text"])]
    else:
        made = [deciding.other(state, row["kind"], subject, said["outcome"], reason, actor, None)]
    return [_of(row, decision) for decision in made]


def rejected(state: State, start: str, reason: str, actor: str) -> dict[str, Any]:
    """Return the decision that an open proposal is not taken.

    Raises
    ------
    UsageError
        If there is no such open proposal, or no reason.
    """
    row = _open(state, start)
    return _of(row, deciding.decision(PROPOSAL, row["subject"], "reject", reason, actor))


def _open(state: State, start: str) -> Mapping[str, Any]:
    found = [row for row in state.store.manifest.proposals() if start and row["proposal"].startswith(start)]
    if len(found) != 1:
        raise UsageError(f"{len(found)} proposals begin with {start!r}; `finvest neo4j proposals list` lists them")
    row = found[0]
    status, decision = _decided(state.decisions).get(row["proposal"], (OPEN, None))
    if decision is not None:
        raise UsageError(
            f"{row['proposal']} is {status} already; `finvest decisions --revoke {decision} --reason WHY` takes that "
            "back"
        )
    return row


def _link(
    state: State, party: str, said: Mapping[str, str], reason: str, actor: str, since: date | None
) -> dict[str, Any]:
    """Return the decision that makes a link."""
    start = since.isoformat() if since is not None else said.get("start")
    if said["type"] == "CONTROLS":
        if start is None:
            raise UsageError("the proposal does not say from when; give --from DATE, the first day of control")
        until = date.fromisoformat(said["end"]) if "end" in said else None
        return deciding.controls(state, party, said["to_id"], date.fromisoformat(start), until, reason, actor)
    if said["to_id"] == party:
        raise UsageError("a link from a party to itself says nothing; reject the proposal")
    to_kind = _KINDS[said["to"]]
    more = {name: said.get(name) for name in ("start", "end", "share_low", "share_high")}
    kind = said["type"].lower()
    return deciding.decision(
        LINK, party, "accept", reason, actor, link_kind=kind, to_kind=to_kind, to_id=said["to_id"], **more
    )


def _of(proposal: Mapping[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    """Let a decision say from which proposal it comes, and who made that."""
    told = details(decision) | {"proposal": proposal["proposal"], "source": proposal["source"]}
    told |= {name: proposal[name] for name in ("said_by", "said_at") if proposal[name] is not None}
    return decision | {"details": json.dumps(told, sort_keys=True, ensure_ascii=False)}


def _decided(decisions: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """Return by proposal what became of it, and the decision that says so."""
    found = {}
    for row in standing(decisions).filter(pl.col("details").str.contains('"proposal"')).iter_rows(named=True):
        status = REJECTED if row["kind"] == PROPOSAL else ACCEPTED
        if (proposal := details(row).get("proposal")) is not None:
            found[proposal] = (status, row["decision"])
    return found


# ---- listing


def listed(state: State) -> pl.DataFrame:
    """Return every proposal for a reader, in the order in which they came; possible victims are masked."""
    from finvest.views.masking import Masks

    view, rows, decided = state.shown(), [], _decided(state.decisions)
    masked = Masks(view.hidden)
    for row in state.store.manifest.proposals():
        status, decision = decided.get(row["proposal"], (OPEN, None))
        said = json.loads(row["details"])
        if row["kind"] == LINK:
            says = _link_said(said, naming.known_as(view, said["to_id"])[0])
        else:
            says = masked(": ".join(said[name] for name in ("text", "outcome", "reason") if name in said))
        more = {"about": naming.known_as(view, row["subject"])[0], "says": says, "status": status, "decision": decision}
        rows.append({**row, **more, "by": row["said_by"] and masked(row["said_by"]), "at": row["said_at"]})
    return pl.DataFrame([{c: row[c] for c in COLUMNS} for row in rows], schema=dict.fromkeys(COLUMNS, TEXT))


def _link_said(said: Mapping[str, str], other: str) -> str:
    """Say a link in words."""
    shares = " to ".join(dict.fromkeys(said[name] for name in ("share_low", "share_high") if name in said))
    parts = [said["type"].lower().replace("_", " "), shares and f"{shares} %", other]
    parts += [f"{word} {said[day]}" for word, day in (("from", "start"), ("until", "end")) if day in said]
    return " ".join(part for part in parts if part)
