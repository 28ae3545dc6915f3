"""Batches of rows for a server: every value of a property as the driver sends it, and a digest of what was sent.

The digest is worked out of the properties alone, so that what a server holds can be held against it: where they
differ, somebody else changed the element.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from finvest.exchange.neo4j import schema
from finvest.exchange.neo4j.material import ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from finvest.exchange.neo4j.material import Part

ROWS = 5_000
"""Nodes or relationships that go into one transaction."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Nodes or relationships of one kind that are written in one transaction.

    Attributes
    ----------
    number : int
        Place among all batches, from 1.
    part : Part
        What they are; its frame holds these rows only.
    rows : list of dict
        ``id``, ``props``, and for relationships ``from`` and ``to``.
    """

    number: int
    part: Part
    rows: list[dict[str, Any]]


class Plan:
    """All that one push writes, in a fixed order.

    Parameters
    ----------
    case : str
        Opaque id of the case.
    parts : sequence of Part
        Nodes before the relationships between them.
    size : int
        Rows a batch.
    """

    def __init__(self, case: str, parts: Sequence[Part], size: int = ROWS) -> None:
        self.case, self.parts, self.size = case, tuple(parts), size

    @property
    def count(self) -> int:
        """How many batches there are."""
        return sum(-(-len(part.frame) // self.size) for part in self.parts)

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return sum(len(part.frame) for part in self.parts if not part.ends)

    @property
    def relationships(self) -> int:
        """How many relationships there are."""
        return sum(len(part.frame) for part in self.parts if part.ends)

    def ids(self, name: str) -> set[str]:
        """Return the ids of all elements of one label or type."""
        return {id_ for part in self.parts if part.element.name == name for id_ in part.frame["id"]}

    @cached_property
    def digest(self) -> str:
        """Hash of everything that is written, and in which batches."""
        whole = hashlib.sha256(f"{self.case} {self.size}".encode())
        for batch in self.batches():
            whole.update(f"{batch.part.name} {batch.part.ends}".encode())
            for row in batch.rows:
                whole.update(f"{row['id']} {row.get('from')} {row.get('to')} {row['props']['digest']}\n".encode())
        return whole.hexdigest()

    def batches(self, done: int = 0) -> Iterator[Batch]:
        """Yield the batches after the first `done`."""
        number = 0
        for part in self.parts:
            for start in range(0, len(part.frame), self.size):
                number += 1
                if number > done:
                    yield Batch(number, part, rows(part, part.frame[start : start + self.size], self.case))


def rows(part: Part, frame: pl.DataFrame, case: str) -> list[dict[str, Any]]:
    """Return rows of a part as parameters of a statement."""
    made = []
    ends = ENDS if part.ends else ()
    for row in frame.iter_rows(named=True):
        props = {key: _sent(value) for key, value in row.items() if value is not None and key not in ENDS}
        props["case"] = case
        between = {end: row[end] for end in ends}
        props["digest"] = digest(props | between)
        made.append({"id": row["id"], "props": props, **between})
    if made:
        schema.check(part.element, made[0]["props"])
    return made


def _sent(value: Any) -> Any:  # noqa: ANN401 - of any type of the schema
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def digest(properties: Mapping[str, Any]) -> str:
    """Return the hash of an element's properties (of a relationship also ``from`` and ``to``) but the digest itself."""
    exact = {key: value for key, value in properties.items() if key != "digest" and value is not None}
    text = json.dumps(exact, sort_keys=True, ensure_ascii=False, default=_written, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _written(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"{type(value).__name__} {value}"


def held(element: schema.Element, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a server holds of the schema's properties, with the driver's times as Python's."""
    return {
        key: value.to_native() if hasattr(value, "to_native") else value
        for key, value in properties.items()
        if key in element.properties
    }


def intact(properties: Mapping[str, Any], ends: Mapping[str, Any] | None = None) -> bool:
    """Tell whether an element is on the server as finvest wrote it.

    Parameters
    ----------
    properties : mapping
        What `held` returns.
    ends : mapping, optional
        Of a relationship: ids of both ends as ``from`` and ``to``.
    """
    return properties.get("digest") == digest(dict(properties) | dict(ends or {}))
