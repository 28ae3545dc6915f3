"""Profiles as TOML: read strictly, written so that they read back equal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from finvest.model.errors import UsageError
from finvest.reading.profile_rules import WORDS, Take

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.reading.profile import Profile

_LISTS = ("recognise", "keep", "ignore", "optional", "single")
_SECTIONS: dict[str, dict[str, tuple[str, type]]] = {
    "file": {
        "encoding": ("encoding", str),
        "delimiter": ("delimiter", str),
        "quote": ("quote", str),
        "header_row": ("header_row", int),
        "names": ("names", list),
    },
    "amounts": {
        "decimal": ("decimal", str),
        "thousands": ("thousands", str),
        "decimals": ("decimals", int),
        "positive": ("positive", str),
        "signed_debits": ("signed_debits", bool),
    },
    "dates": {"formats": ("dates", list), "times": ("times", list), "zone": ("zone", str)},
    "account": {"main": ("main", list)},
}
"""Section, key, and the field and type behind it."""


def read(document: dict[str, Any]) -> dict[str, Any]:
    """Turn a parsed document into a profile's fields.

    Raises
    ------
    UsageError
        If a key is not known or a value has the wrong type; the message names the key and what is valid.
    """
    valid = ["name", "title", "table", *_LISTS, *_SECTIONS, "columns", "words"]
    _known("", document, valid)
    if not isinstance(document.get("name"), str) or not document["name"]:
        raise UsageError("name: a profile needs one")
    fields: dict[str, Any] = {}
    for key in ("name", "title", "table"):
        if key in document:
            fields[key] = _typed(key, document[key], str)
    for key in _LISTS:
        if key in document:
            fields[key] = _typed(key, document[key], list)
    for section, keys in _SECTIONS.items():
        table = _typed(section, document.get(section, {}), dict)
        _known(f"{section}.", table, keys)
        for key, value in table.items():
            name, kind = keys[key]
            fields[name] = _typed(f"{section}.{key}", value, kind)
    columns = _typed("columns", document.get("columns", {}), dict)
    fields["columns"] = {name: _take(f"columns.{name}", value) for name, value in columns.items()}
    fields["words"] = _words(_typed("words", document.get("words", {}), dict))
    return fields


def write(profile: Profile) -> str:
    """Return the profile as TOML."""
    lines = [f"{key} = {_value(getattr(profile, key))}" for key in ("name", "title", "table")]
    lines += [f"{key} = {_value(getattr(profile, key))}" for key in _LISTS if getattr(profile, key)]
    for section, keys in _SECTIONS.items():
        pairs = [(key, getattr(profile, name)) for key, (name, _) in keys.items()]
        lines += ["", f"[{section}]", *(f"{k} = {_value(v)}" for k, v in pairs if v is not None)]
    lines += ["", "[columns]", *(f"{name} = {_value(take.written())}" for name, take in profile.columns.items())]
    for column, words in profile.words.items():
        lines += ["", f"[words.{column}]", *(f"{_value(word)} = {_value(ours)}" for word, ours in words.items())]
    return "\n".join(lines) + "\n"


def _known(prefix: str, table: Mapping[str, Any], valid: Any) -> None:  # noqa: ANN401 - any container of names
    for key in table:
        if key not in valid:
            raise UsageError(f"{prefix}{key}: no such key; there are {', '.join(valid)}")


def _typed(key: str, value: Any, kind: type) -> Any:  # noqa: ANN401 - what TOML holds
    words = {str: "text", int: "a whole number", list: "a list of texts", dict: "a table", bool: "true or false"}
    if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
        raise UsageError(f"{key}: must be {words[kind]}")
    if isinstance(value, list):
        if not all(isinstance(v, str) for v in value):
            raise UsageError(f"{key}: must be {words[kind]}")
        return tuple(value)
    return value


def _take(key: str, value: Any) -> Take:  # noqa: ANN401 - what TOML holds
    match value:
        case str():
            return Take((value,))
        case {"value": str(constant), **rest} if not rest:
            return Take(value=constant)
        case {"first": [*several], "value": str(fallback), **rest} if several and not rest:
            return Take(_typed(f"{key}.first", several, list), value=fallback)
        case {**sides} if sides and set(sides) <= {"debit", "credit"}:
            columns: list[Any] = [sides.get("debit", ""), sides.get("credit", "")]
            return Take(_typed(key, columns, list), how="sides")
        case {"first": [str(only)], **rest} | {"join": [str(only)], **rest} if not rest:
            return Take((only,))
        case {"first": [*several], **rest} if several and not rest:
            return Take(_typed(f"{key}.first", several, list))
        case {"join": [*several], **rest} if several and not rest:
            return Take(_typed(f"{key}.join", several, list), how="join")
    raise UsageError(
        f'{key}: must be a source column, {{ first = ["A", "B"] }}, {{ join = ["A", "B"] }}, '
        '{ debit = "A", credit = "B" } or { value = "…" }'
    )


def _words(table: dict[str, Any]) -> dict[str, dict[str, str]]:
    _known("words.", table, (*WORDS, "currency"))
    for column, words in table.items():
        for word, ours in _typed(f"words.{column}", words, dict).items():
            _typed(f"words.{column}.{json.dumps(word)}", ours, str)
    return table


def _value(value: Any) -> str:  # noqa: ANN401 - what TOML holds
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
