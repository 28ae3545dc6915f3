"""What a case is on the server: the closed set of labels, relationship types and property keys, and its constraints.

A statement names nothing that does not stand here; every name it uses is checked and back-ticked, every value is a
parameter. One database holds one case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "whole": int,
    "number": float,
    "truth": bool,
    "day": date,
    "instant": datetime,
    "texts": list,
}
"""Types of properties by name; ``instant`` is zoned (UTC), ``texts`` a list of text."""

LONGEST_ID = 1_000
"""Characters of an id: the server's index takes no key beyond some 8,000 bytes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LARGEST = 2**63

_CARRIED = {"id": "text", "case": "text", "source": "text", "record": "whole", "handling": "text", "digest": "text"}
"""On each element: its id, the case, hash and record of the source, handling code, hash of its other properties."""


@dataclass(frozen=True, slots=True)
class Element:
    """A kind of node or relationship.

    Attributes
    ----------
    name : str
        The label, or the type of a relationship.
    meaning : str
    own : dict of str to str
        Property keys of its own with their types, see `TYPES`.
    ends : tuple of (str, str)
        Labels that a relationship may run from and to; empty for a node.
    more : dict of str to str
        Value of ``kind`` to the second label of such a node.
    """

    name: str
    meaning: str
    own: Mapping[str, str]
    ends: tuple[tuple[str, str], ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def properties(self) -> dict[str, str]:
        """Every property key with its type."""
        return _CARRIED | dict(self.own)


def _pairs(first: str, second: str) -> tuple[tuple[str, str], ...]:
    return tuple((a, b) for a in first.split() for b in second.split())


_PERIOD = {"kind": "text", "start": "day", "end": "day"}
_ANY = "Account Party Address Contact"

NODES = (
    Element(
        "Account",
        "A bank account, wallet or till",
        {
            "kind": "text",
            "bank": "text",
            "currency": "text",
            "opened": "day",
            "closed": "day",
            "label": "text",
            "books_on_file": "truth",
        },
    ),
    Element(
        "Party",
        "A person, company, public body or unknown holder",
        {
            "kind": "text",
            "name": "text",
            "category": "text",
            "country": "text",
            "number": "text",
            "register": "text",
            "legal_form": "text",
            "activity": "text",
            "incorporated": "day",
            "dissolved": "day",
            "status": "text",
            "declared_staff": "whole",
        },
        more={"person": "Person", "company": "Company", "public": "Public"},
    ),
    Element(
        "Address",
        "A place as written",
        {"text": "text", "city": "text", "postcode": "text", "country": "text"},
    ),
    Element("Contact", "A telephone, e-mail or other contact", {"kind": "text", "value": "text"}),
    Element(
        "Finding",
        "What a detector reports",
        {
            "indicator": "text",
            "title": "text",
            "score": "number",
            "status": "text",
            "sentence": "text",
            "strength": "text",
            "start": "instant",
            "end": "instant",
            "first_day": "day",
            "last_day": "day",
            "movements": "texts",
        },
    ),
)

RELATIONSHIPS = (
    Element(
        "TRANSFER",
        "A movement of money, once: paired records of both books are one; `counted` is false of a reversal and of what "
        "it takes back, which no pattern is made of",
        {
            "amount_minor": "whole",
            "currency": "text",
            "received_minor": "whole",
            "received_currency": "text",
            "earliest": "instant",
            "latest": "instant",
            "precision": "text",
            "booked_on": "day",
            "channel": "text",
            "reference": "text",
            "counted": "truth",
            "records": "texts",
        },
        _pairs("Account", "Account"),
    ),
    Element("HOLDS", "holds an account", _PERIOD, _pairs("Party", "Account")),
    Element("SIGNS", "may sign for", _PERIOD, _pairs("Party", "Account Party")),
    Element("DIRECTS", "directs a company", _PERIOD, _pairs("Party", "Party")),
    Element(
        "OWNS",
        "owns shares of; percentages as exact decimal text",
        _PERIOD | {"share_low": "text", "share_high": "text"},
        _pairs("Party", "Party Account Address"),
    ),
    Element("EMPLOYS", "employs", _PERIOD, _pairs("Party", "Party")),
    Element("CONTROLS", "controls an account or a party", _PERIOD, _pairs("Party Account", "Account Party")),
    Element("LIVES_AT", "lives or sits at", _PERIOD, _pairs("Party", "Address")),
    Element("USES", "uses", _PERIOD, _pairs("Party Account", _ANY)),
    Element("RELATED_TO", "any other relation, named by `kind`", _PERIOD, _pairs(_ANY, _ANY)),
    Element("HAS_CONTACT", "has this contact", _PERIOD, _pairs("Party Account", "Contact")),
    Element("INVOLVES", "is about, in a role", {"role": "text"}, _pairs("Finding", "Account Party")),
)

WATERMARK = Element(
    "FinvestPush",
    "How far the push of a case has come; no part of the case",
    {"scope": "text", "plan": "text", "done": "whole", "batches": "whole", "finished": "truth"},
)

LINKS = {r.name.lower(): r.name for r in RELATIONSHIPS if r.name not in {"TRANSFER", "INVOLVES", "HAS_CONTACT"}}
"""Kind of a row of the table `links` to its relationship; any other kind is ``RELATED_TO``."""

TABLES = {
    "accounts": "Account",
    "parties": "Party",
    "companies": "Party",
    "addresses": "Address",
    "contacts": "Contact",
}
"""Table of the case to the label of its rows."""

_NODE = {n.name: n for n in (*NODES, WATERMARK)}
_RELATIONSHIP = {r.name: r for r in RELATIONSHIPS}
_LABELS = {*_NODE, *(label for n in NODES for label in n.more.values())}


def node(label: str) -> Element:
    """Return the node of this label.

    Raises
    ------
    ValueError
        If the schema has none.
    """
    return _known(_NODE, label, "label")


def relationship(name: str) -> Element:
    """Return the relationship of this type.

    Raises
    ------
    ValueError
        If the schema has none.
    """
    return _known(_RELATIONSHIP, name, "relationship type")


def _known(among: Mapping[str, Element], name: str, what: str) -> Element:
    if name not in among:
        raise ValueError(f"the schema has no such {what}; it has {', '.join(among)}")
    return among[name]


def quoted(name: str, *, of: Element | None = None) -> str:
    """Return a label, type, or property key (of an element) for a statement, in back-ticks.

    Raises
    ------
    ValueError
        If it is not in the closed set.
    """
    allowed = _LABELS | _RELATIONSHIP.keys() if of is None else of.properties.keys()
    if name not in allowed or not _NAME.fullmatch(name):
        raise ValueError("a name outside the schema; statements are made of its names only")
    return f"`{name}`"


def check(element: Element, properties: Mapping[str, object]) -> None:
    """Check names and types of an element's properties.

    Raises
    ------
    ValueError
        If a key is not in the closed set, or its value is of another type.
    """
    known = element.properties
    for key, value in properties.items():
        if key not in known:
            raise ValueError(f"{element.name} has no property of this name; it has {', '.join(known)}")
        if value is not None and not _fits(known[key], value):
            raise ValueError(f"{element.name}.{key} is {known[key]}, and was given something else")


def _fits(kind: str, value: object) -> bool:
    if kind == "instant":
        return isinstance(value, datetime) and value.tzinfo is not None
    if kind == "day":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, TYPES[kind])


def constraints() -> list[str]:
    """Return the statements that make every id unique, of nodes and of relationships, and the index on time."""
    found = [
        f"CREATE CONSTRAINT `finvest_{n.name.lower()}_id` IF NOT EXISTS "
        f"FOR (n:{quoted(n.name)}) REQUIRE n.`id` IS UNIQUE"
        for n in (*NODES, WATERMARK)
    ]
    found += [
        f"CREATE CONSTRAINT `finvest_{r.name.lower()}_id` IF NOT EXISTS "
        f"FOR ()-[r:{quoted(r.name)}]-() REQUIRE r.`id` IS UNIQUE"
        for r in RELATIONSHIPS
    ]
    time = "CREATE INDEX `finvest_transfer_earliest` IF NOT EXISTS FOR ()-[r:`TRANSFER`]-() ON (r.`earliest`)"
    return [*found, time]


def described(elements: Iterable[Element]) -> list[dict[str, str]]:
    """Return elements as rows for people: ``name``, ``meaning``, ``ends``, ``properties``."""
    return [
        {
            "name": e.name,
            "meaning": e.meaning,
            "ends": ", ".join(f"{a} → {b}" for a, b in e.ends),
            "properties": ", ".join(f"{key} ({kind})" for key, kind in e.properties.items()),
        }
        for e in elements
    ]
