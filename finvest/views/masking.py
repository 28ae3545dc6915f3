"""Possible victims stay unnamed in everything that is handed over: one name for each, the same everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finvest.model.subjects import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finvest.findings.finding import Finding
    from finvest.view import CaseView

VICTIM = "possible_victim"

WITHHELD = "name withheld"

_SHORTEST = 4
"""Letters and digits of a name or number that is looked for inside other texts; shorter ones would hit words."""


def is_masked(label: str) -> bool:
    """Tell whether a label is a mask already."""
    return re.fullmatch(r"(?:controlled account|person) [0-9a-f]{6}", label) is not None


class Masks:
    """Replaces what possible victims are known by in any text.

    Parameters
    ----------
    victims : mapping of (kind, id) to str
        Accounts and parties, and what each is known by.
    """

    def __init__(self, victims: Mapping[tuple[str, str], str]) -> None:
        self.accounts = frozenset(id_ for kind, id_ in victims if kind == "account")
        self.parties = frozenset(id_ for kind, id_ in victims if kind == "party")
        self._called: dict[str, str] = {}
        for (kind, id_), label in victims.items():
            if not is_masked(label):
                self._called |= {_key(part): mask(kind, id_) for part in _known_by(label)}
        # However it is spaced: `DE89 3704 …` in a reference is the number of the label.
        longest_first = sorted(self._called, key=lambda t: (-len(t), t))
        spaced = (r"\s*".join(re.escape(c) for c in key) for key in longest_first)
        self._seen = re.compile("|".join(rf"(?<!\w){s}(?!\w)" for s in spaced) or r"(?!)", re.IGNORECASE)

    @classmethod
    def of(cls, findings: Iterable[Finding], view: CaseView) -> Masks:
        """Mask everybody who is a possible victim in one of the findings or in the case that they were found in."""
        subjects = [s for f in findings for s in f.subjects]
        found = {(s.kind, s.id): s.label for s in subjects if s.role == VICTIM or is_masked(s.label)}
        return cls(found | view.hidden)

    def __call__(self, text: str) -> str:
        """Return a text with every possible victim's number and name replaced."""
        return self._seen.sub(lambda m: self._called.get(_key(m[0]), WITHHELD), text)

    def names(self, text: str) -> bool:
        """Tell whether a text, such as a file's name, holds a possible victim's name or number in any spelling."""
        squeezed = _squeezed(text)
        return any(_squeezed(key) in squeezed for key in self._called)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _key(part: str) -> str:
    return re.sub(r"\s", "", part).lower()


def _known_by(label: str) -> list[str]:
    """Return the label, and the number and the name in it: ``DE12… (Name)``."""
    number, _, name = label.partition(" (")
    parts = {label, number, name.removesuffix(")")}
    return [p for p in parts if p == label or sum(c.isalnum() for c in p) >= _SHORTEST]
