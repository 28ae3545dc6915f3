"""What analysts added on the server, read and checked; nothing is written on either side."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from finvest.exchange.neo4j.annotations import BETWEEN, CATEGORY, FINDING, OUTCOMES
from finvest.exchange.neo4j.connect import connected
from finvest.model.subjects import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import LiteralString

    from neo4j import ManagedTransaction, Session

    from finvest.exchange.neo4j.connect import Server

SOURCE = "Neo4j"

LONGEST = 10_000
"""Characters of a text that are taken; a longer one is cut."""

_LONGEST_NAME = 200
WHOLE = 100
"""Percent."""

_NOTES = """
MATCH (n:`Note`)-[:`ABOUT`]->(e) WHERE e.`case` = $case
RETURN labels(e) AS labels, e.`id` AS id, n.`text` AS text, n.`by` AS by, n.`at` AS at
"""

_DECISIONS = """
MATCH (n:`Decision`)-[:`ABOUT`]->(e) WHERE e.`case` = $case
RETURN labels(e) AS labels, e.`id` AS id, n.`kind` AS kind, n.`outcome` AS outcome, n.`reason` AS reason,
       n.`by` AS by, n.`at` AS at
"""

_LINKS = """
MATCH (a)-[r]->(b)
WHERE a.`case` = $case AND b.`case` = $case AND (r.`digest` IS NULL OR r.`id` IS NULL)
RETURN type(r) AS type, labels(a) AS labels, a.`id` AS id, labels(b) AS to_labels, b.`id` AS to_id,
       r.`kind` AS kind, r.`start` AS start, r.`end` AS end, r.`share_low` AS share_low, r.`share_high` AS share_high,
       r.`by` AS by, r.`at` AS at
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody said on the server about an element of the case.

    Attributes
    ----------
    kind : {"note", "link", "category", "finding"}
    of : str
        Label of the element.
    subject : str
        Its id.
    details : dict
        What was said, plain texts.
    by, at : str or None
        User and time (ISO 8601), as the server has them.
    """

    kind: str
    of: str
    subject: str
    details: Mapping[str, str]
    by: str | None
    at: str | None


@dataclass(slots=True)
class Additions:
    """What the server holds beside the case.

    Attributes
    ----------
    said : list of Said
        In a fixed order.
    set_aside : dict of str to int
        Why something was not taken, and how often.
    """

    said: list[Said] = field(default_factory=list)
    set_aside: dict[str, int] = field(default_factory=dict)

    def aside(self, why: str) -> None:
        """Count something that was not taken."""
        self.set_aside[why] = self.set_aside.get(why, 0) + 1


def pull(server: Server, case: str) -> Additions:
    """Read what analysts added, see `additions`.

    Raises
    ------
    ServerError
        In one line, with what to do.
    """
    with connected(server) as driver, driver.session(database=server.database or None) as session:
        return additions(session, case)


def additions(session: Session, case: str) -> Additions:
    """Read notes, decisions and links that finvest did not push.

    Parameters
    ----------
    session : neo4j.Session
    case : str
        What stands as ``case`` on each element that finvest pushed.
    """
    found = Additions()
    readers: tuple[tuple[LiteralString, Callable[[Mapping[str, Any]], Said | str]], ...]
    readers = ((_NOTES, _note), (_DECISIONS, _decision), (_LINKS, _link))
    for query, read in readers:
        for row in session.execute_read(_rows, query, case):
            said = read(row)
            if isinstance(said, Said):
                found.said.append(said)
            else:
                found.aside(said)
    found.said.sort(key=lambda s: (s.kind, s.subject, sorted(s.details.items()), s.by or "", s.at or ""))
    found.set_aside = dict(sorted(found.set_aside.items()))
    return found


def _rows(transaction: ManagedTransaction, query: LiteralString, case: str) -> list[dict[str, Any]]:
    return [record.data() for record in transaction.run(query, case=case)]


def _note(row: Mapping[str, Any]) -> Said | str:
    text = _text(row["text"])
    return _said("note", row, {"text": text}) if text else "notes without a text"


def _decision(row: Mapping[str, Any]) -> Said | str:
    details = {"outcome": _text(row["outcome"]), "reason": _text(row["reason"])}
    kind, label = row["kind"], _label(row["labels"])
    if kind == CATEGORY and label == "Party" and details["outcome"] in CATEGORIES:
        return _said(CATEGORY, row, details)
    if kind == FINDING and label == "Finding" and details["outcome"] in OUTCOMES:
        return _said(FINDING, row, details)
    return "decisions of another form (`finvest neo4j schema` has it)"


def _link(row: Mapping[str, Any]) -> Said | str:
    label = _label(row["to_labels"])
    if _label(row["labels"]) != "Party" or label not in BETWEEN.get(row["type"], ()):
        return "relationships that are no links between parties"
    if not isinstance(row["to_id"], str):
        return "relationships to something that has no id of finvest"
    start, end = _day(row["start"]), _day(row["end"])
    if start is not None and end is not None and end < start:
        return "links that end before they begin"
    details = {
        "type": row["type"],
        "to": label,
        "to_id": row["to_id"],
        "kind": _text(row["kind"]),
        "start": start,
        "end": end,
        "share_low": _share(row["share_low"]),
        "share_high": _share(row["share_high"]),
    }
    return _said("link", row, details)


def _said(kind: str, row: Mapping[str, Any], details: Mapping[str, str | None]) -> Said | str:
    label = _label(row["labels"])
    if label is None or not isinstance(row["id"], str):
        return "annotations of something that has no id of finvest"
    told = {name: text for name, text in details.items() if text is not None}
    return Said(kind, label, row["id"], told, _text(row["by"], _LONGEST_NAME), _instant(row["at"]))


def _label(labels: list[str]) -> str | None:
    known = ("Account", "Party", "Address", "Contact", "Finding")
    return next((label for label in known if label in labels), None)


def _text(value: Any, longest: int = LONGEST) -> str | None:  # noqa: ANN401 - whatever an analyst wrote
    """Return a text as it stands, numbers and the like as text; nothing for what is empty."""
    if value is None or isinstance(value, list | dict):
        return None
    text = str(value).replace("\x00", "").strip()
    return text[:longest] or None


def _native(value: Any) -> Any:  # noqa: ANN401
    return value.to_native() if hasattr(value, "to_native") else value


def _day(value: Any) -> str | None:  # noqa: ANN401
    """Return a day, however it was written; nothing where that is no day."""
    native = _native(value)
    if isinstance(native, datetime):
        return native.date().isoformat()
    if isinstance(native, date):
        return native.isoformat()
    try:
        return date.fromisoformat(native).isoformat() if isinstance(native, str) else None
    except ValueError:
        return None


def _instant(value: Any) -> str | None:  # noqa: ANN401
    """Return a time in UTC, or a day; nothing where it is neither. A time without a zone counts as UTC."""
    native = _native(value)
    if isinstance(native, str):
        if (day := _day(native)) is not None:
            return day
        try:
            native = datetime.fromisoformat(native)
        except ValueError:
            return None
    if isinstance(native, datetime):
        zoned = native if native.tzinfo else native.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).isoformat(timespec="seconds")
    return _day(native)


def _share(value: Any) -> str | None:  # noqa: ANN401
    """Return a percentage as exact decimal text, or nothing."""
    text = _text(repr(value) if isinstance(value, float) else value)
    if text is None or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,12})?", text, re.ASCII):
        return None
    return text if Decimal(text) <= WHOLE else None
