"""`case.toml`: what an investigation is for, on which legal basis, and who opened it (Directive 2016/680, Art. 24)."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from finvest.model.currencies import DECIMALS
from finvest.model.errors import CaseError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "case.toml"
LAYOUT = 1
"""Version of the folder's layout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What `case.toml` says.

    Attributes
    ----------
    title, purpose, legal_basis, actor : str
        None may be empty: no record is read without a purpose and a legal basis.
    base_currency : str
        Currency in which sums of several currencies are ranked.
    opened_at : str
        When the case was opened, ISO 8601, UTC.
    layout : int
        Version of the folder's layout.
    """

    title: str
    purpose: str
    legal_basis: str
    actor: str
    base_currency: str = "EUR"
    opened_at: str = ""
    layout: int = LAYOUT

    def __post_init__(self) -> None:
        for name in ("title", "purpose", "legal_basis", "actor"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text.strip():
                raise UsageError(f"a case needs a {name.replace('_', ' ')}; give --{name.replace('_', '-')}")
            if any("\ud800" <= c <= "\udfff" for c in text):
                raise UsageError(f"the {name.replace('_', ' ')} is no valid Unicode text")
        if self.base_currency not in DECIMALS:
            raise UsageError("the base currency must be an ISO 4217 code, like EUR")

    def write(self, folder: Path) -> CaseFile:
        """Write `case.toml` into a new case folder and return it with the time of opening."""
        opened = CaseFile(**{**asdict(self), "opened_at": datetime.now(UTC).isoformat(timespec="seconds")})
        # A JSON string is a TOML basic string but for DEL, which TOML escapes; a JSON number is a TOML integer.
        entries = {key: json.dumps(value, ensure_ascii=False) for key, value in asdict(opened).items()}
        lines = [f"{key} = {value}".replace("\x7f", "\\u007f") for key, value in entries.items()]
        (folder / FILE).write_text("[case]\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return opened

    @classmethod
    def read(cls, folder: Path) -> CaseFile:
        """Read `case.toml`.

        Raises
        ------
        CaseError
            If there is none, or it lacks what a case needs.
        """
        path = folder / FILE
        if not path.is_file():
            raise CaseError(f"{folder} is no case: it has no {FILE}; make one with `finvest init`")
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
            case = cls(**entries)
        except (ValueError, KeyError, TypeError) as error:  # no TOML, no UTF-8, an entry too few or too many
            wanted = ", ".join(f.name for f in fields(cls))
            raise CaseError(f"{path}: expected a section [case] with {wanted}") from error
        if case.layout != LAYOUT:
            raise CaseError(f"{path}: layout {case.layout} is not one this version reads ({LAYOUT})")
        return case
