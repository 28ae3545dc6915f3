"""The load list beside a synthetic case: every file with what must be said to read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finvest.synth.key import Key

NAME = "load.toml"

_HEAD = """# Every file of the case, with what it does not say; read by `finvest load --list` and `Case.load_list`.
"""


def text(key: Key) -> str:
    """Return the load list of the case that the key belongs to; the key itself is never loaded."""
    entries = [{"path": name, **file.options} for name, file in key.files.items()]
    entries += [{"path": name, "profile": profile} for name, profile in key.registers.items()]
    # A JSON string is a TOML basic string.
    tables = ["".join(f"{option} = {json.dumps(value)}\n" for option, value in entry.items()) for entry in entries]
    return _HEAD + "".join(f"\n[[file]]\n{table}" for table in tables)
