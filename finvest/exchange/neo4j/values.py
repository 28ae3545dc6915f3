"""What a graph server hands over as values that Python, Polars and JSON know: exact, native, flat."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import neo4j

_LARGEST = 2**63


def native(value: Any) -> Any:  # noqa: ANN401 - any value of Cypher
    """Return a value of Cypher without the driver's own types.

    Instants, days and times become Python's (a part of a microsecond is cut off), durations ISO 8601 text, points their
    coordinates; nodes, relationships and paths stay what they are.
    """
    from neo4j.spatial import Point
    from neo4j.time import Date, DateTime, Duration, Time

    if isinstance(value, Date | DateTime | Time):
        try:
            return value.to_native()
        except (ValueError, OverflowError):
            return value.iso_format()  # beyond Python's years
    if isinstance(value, Duration):
        return value.iso_format()
    if isinstance(value, Point):
        return list(value)
    if isinstance(value, list | tuple) and not _is_element(value):
        return [native(one) for one in value]
    if isinstance(value, dict):
        return {str(key): native(one) for key, one in value.items()}
    return value


def _is_element(value: Any) -> bool:  # noqa: ANN401
    from neo4j.graph import Node, Path, Relationship

    return isinstance(value, Node | Relationship | Path)


def name_of(element: neo4j.graph.Entity) -> str:
    """Return the ``id`` that finvest gave an element, else the server's."""
    own = element.get("id")
    return own if isinstance(own, str) else element.element_id


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value for JSON and for attributes: elements as objects, paths as the elements on them in order."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, Node):
        return {":labels": sorted(value.labels), **_properties(value)}
    if isinstance(value, Relationship):
        start, end = (None if one is None else name_of(one) for one in value.nodes)
        return {":type": value.type, ":from": start, ":to": end, **_properties(value)}
    if isinstance(value, Path):
        return [plain(one) for one in _along(value)]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    known = native(value)  # a duration is a tuple to Python, and one text here
    return [plain(one) for one in known] if isinstance(known, list) else known


def _properties(element: neo4j.graph.Entity) -> dict[str, Any]:
    return {key: plain(value) for key, value in sorted(element.items())}


def _along(path: neo4j.graph.Path) -> list[neo4j.graph.Entity]:
    found: list[neo4j.graph.Entity] = [path.nodes[0]]
    for edge, end in zip(path.relationships, path.nodes[1:], strict=True):
        found += [edge, end]
    return found


def as_frame(columns: Sequence[str], records: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Return records as a table whose columns are of one type each.

    Parameters
    ----------
    columns : sequence of str
    records : sequence of sequence
        Values as the driver hands them over.

    Returns
    -------
    polars.DataFrame
        An element takes one column per property; a path is the list of ids along it.
    """
    found: dict[str, pl.Series] = {}
    for place, name in enumerate(columns):
        values = [native(record[place]) for record in records]
        for column, listed in _spread(name, values):
            free = column
            while free in found:
                free += "_"
            found[free] = _series(free, listed)
    return pl.DataFrame(list(found.values()))


def _spread(name: str, values: list[Any]) -> Iterable[tuple[str, list[Any]]]:
    """Give nodes and relationships one column per property; leave anything else as it is."""
    from neo4j.graph import Node, Relationship

    there = [value for value in values if value is not None]
    if not there or not all(isinstance(value, Node | Relationship) for value in there):
        yield name, [_flat(value) for value in values]
        return
    whole = [None if value is None else plain(value) for value in values]
    marks = [m for m in (":labels", ":type", ":from", ":to") if any(one and m in one for one in whole)]
    keys = sorted({key for value in there for key in value})
    first = ["id"] if "id" in keys else []
    for mark in marks:
        yield name + mark, [None if one is None else one.get(mark) for one in whole]
    for key in [*first, *(k for k in keys if k not in first)]:
        yield f"{name}.{key}", [None if value is None else _flat(native(value.get(key))) for value in values]


def _flat(value: Any) -> Any:  # noqa: ANN401
    """Write elements inside a cell as their ids."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, Path):
        return [name_of(one) for one in _along(value)]
    if isinstance(value, Node | Relationship):
        return name_of(value)
    if isinstance(value, list):
        return [_flat(one) for one in value]
    if isinstance(value, dict):
        return {key: _flat(one) for key, one in value.items()}
    return value


def _series(name: str, values: list[Any]) -> pl.Series:
    dtype = _type_of(values)
    if dtype is None:
        return pl.Series(name, [None if v is None else _text(v) for v in values], pl.String)
    return pl.Series(name, values, dtype)


def _type_of(values: Iterable[Any]) -> pl.DataType | None:
    """Return the one type that holds all values exactly, or None where only text does."""
    there = [value for value in values if value is not None]
    kinds = {type(value) for value in there}
    if kinds == {datetime}:
        zoned = {value.tzinfo is not None for value in there}
        return None if len(zoned) > 1 else pl.Datetime("us", "UTC" if zoned.pop() else None)
    if kinds == {time}:
        return None if any(value.tzinfo for value in there) else pl.Time()
    if kinds == {list}:
        inner = _type_of(one for value in there for one in value)
        return None if inner is None else pl.List(inner)
    if kinds == {int}:
        return pl.Int64() if all(-_LARGEST <= value < _LARGEST for value in there) else None
    simple: dict[type, pl.DataType] = {
        str: pl.String(),
        bool: pl.Boolean(),
        float: pl.Float64(),
        date: pl.Date(),
        bytes: pl.Binary(),
    }
    return simple.get(kinds.pop()) if len(kinds) == 1 else pl.String() if not kinds else None


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str | date | time | bytes):
        return _told(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_told)


def _told(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
