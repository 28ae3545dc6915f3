"""What analysts add on the server: notes, links between parties, decisions. finvest reads them and never writes them.

::

    CREATE (:Note {text: 'seen on the door', by: 'B 7', at: datetime()})-[:ABOUT]->(party)
    CREATE (:Decision {kind: 'category', outcome: 'witness', reason: '…', by: 'B 7', at: datetime()})-[:ABOUT]->(party)
    CREATE (party)-[:DIRECTS {start: date('2025-01-01'), by: 'B 7', at: datetime()}]->(company)
"""

from __future__ import annotations

from finvest.exchange.neo4j.schema import LINKS, Element

_SAID = {"by": "text", "at": "instant"}
_ELEMENTS = ("Account", "Party", "Address", "Contact", "Finding")

NOTE = Element("Note", "What an analyst wrote about an element", {"text": "text"} | _SAID)
DECISION = Element(
    "Decision",
    "What an analyst decided: `kind` category (of a party) or finding",
    {"kind": "text", "outcome": "text", "reason": "text"} | _SAID,
)
ABOUT = Element(
    "ABOUT",
    "is about an element of the case",
    {},
    tuple((label, element) for label in ("Note", "Decision") for element in _ELEMENTS),
)

BETWEEN = {
    name: ("Party", "Account") if name in {"CONTROLS", "SIGNS"} else ("Party",)
    for name in sorted(LINKS.values())
    if name not in {"HOLDS", "LIVES_AT"}
}
"""Types of links that come back, from a party to what; who holds an account and lives where is for records to say."""

CATEGORY, FINDING = "category", "finding"
"""Values of ``kind`` of a decision."""

OUTCOMES = ("accept", "reject", "dismiss")
"""Outcomes of a decision on a finding."""


def described() -> list[dict[str, str]]:
    """Return for people what comes back: ``name``, ``meaning``, ``ends``, ``properties``."""
    links = Element(
        ", ".join(BETWEEN),
        "links that finvest did not push",
        {"start": "day", "end": "day", "share_low": "text", "share_high": "text"} | _SAID,
        tuple(dict.fromkeys(("Party", label) for labels in BETWEEN.values() for label in labels)),
    )
    return [
        {
            "name": e.name,
            "meaning": e.meaning,
            "ends": ", ".join(f"{a} → {b}" for a, b in e.ends),
            "properties": ", ".join(f"{key} ({kind})" for key, kind in e.own.items()),
        }
        for e in (NOTE, DECISION, ABOUT, links)
    ]
