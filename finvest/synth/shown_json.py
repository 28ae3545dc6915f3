"""JSON for a reader: what fits on a line stands on one line."""

from __future__ import annotations

import json
from typing import Any


def show(value: Any, indent: str = "") -> str:  # noqa: ANN401 - any JSON
    """Return a value as JSON text.

    Parameters
    ----------
    value : Any
        What JSON can hold.
    indent : str
        What the lines after the first begin with.
    """
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + len(indent) <= 118 or not isinstance(value, dict | list):  # noqa: PLR2004 - width of a line
        return flat
    inner = indent + " "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + show(item, inner) for item in value) + f"\n{indent}]"
    items = [f"{inner}{json.dumps(name)}: {show(item, inner)}" for name, item in value.items()]
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"
