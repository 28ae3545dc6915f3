"""Possible victims stay unnamed in everything that is handed over: one name for each, the same everywhere."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.subjects import known_by, mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finvest.findings.finding import Finding
    from finvest.view import CaseView

VICTIM = "possible_victim"

WITHHELD = "name withheld"

_CODES = frozenset(
    {
        "source", "loader", "evaluation", "handling", "kind", "scheme", "subject_kind", "subject_category", "from_kind",
        "to_kind", "currency", "country", "hours", "deductions", "share_low", "share_high", "activity", "channel",
        "status", "proof", "origin", "finding", "indicator", "basis",
    }
)  # fmt: skip
"""Columns of texts that say nothing of who somebody is."""


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
                self._called |= {_key(part): mask(kind, id_) for part in known_by(label)}
        # Thousands of names in one pattern take forever: only those whose beginning a text holds are looked for.
        folded = {key: _folded(key) for key in self._called}
        self._start = min((len(f) for f in folded.values()), default=1)
        self._begins: dict[str, list[tuple[str, str]]] = {}
        for key, fold in folded.items():
            self._begins.setdefault(fold[: self._start], []).append((fold, key))

    @classmethod
    def of(cls, findings: Iterable[Finding], view: CaseView) -> Masks:
        """Mask everybody who is a possible victim in one of the findings or in the case that they were found in."""
        subjects = [s for f in findings for s in f.subjects]
        found = {(s.kind, s.id): s.label for s in subjects if s.role == VICTIM or is_masked(s.label)}
        return cls(found | view.hidden)

    def __call__(self, text: str) -> str:
        """Return a text with every possible victim's number and name replaced."""
        folded, n = _folded(text), self._start
        held = {
            key
            for place in range(len(folded) - n + 1)
            for fold, key in self._begins.get(folded[place : place + n], ())
            if folded.startswith(fold, place)
        }
        if not held:
            return text
        return _seen(frozenset(held)).sub(lambda m: self._called.get(_key(m[0]), WITHHELD), text)

    def texts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with every possible victim's number and name replaced in its texts, lists of texts too."""
        if not self._called:
            return frame
        columns = []
        for name, dtype in frame.schema.items():
            if dtype in (pl.String, pl.List(pl.String)):
                flat = frame[name].explode() if dtype == pl.List(pl.String) else frame[name]
                told = {value: self(value) for value in flat.drop_nulls().unique()}
                changed = {value: said for value, said in told.items() if said != value}
                one = pl.element() if dtype == pl.List(pl.String) else pl.col(name)
                said = one.replace(changed) if changed else one
                columns.append(pl.col(name).list.eval(said).alias(name) if dtype == pl.List(pl.String) else said)
        return frame.with_columns(columns)

    def records(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows of a table of the case without what possible victims are known by.

        Their names and numbers are replaced in every text. In a row that is about one of them (an id of it stands in
        the row, and the row is no transaction) every other text that is no code goes, too: it may be a telephone, an
        address, a spelling of the name that nobody knows.
        """
        frame = self.texts(frame)
        texts = [c for c, t in frame.schema.items() if t == pl.String and c not in _CODES]
        hidden = pl.Series(sorted(self.accounts | self.parties), dtype=pl.String)
        if "transaction_id" in frame.columns:
            about = {f"{side}_name": pl.col(side) for side in ("originator", "beneficiary")}
            about = {name: side for name, side in about.items() if name in frame.columns}
            return frame.with_columns(
                pl.when(side.is_in(hidden.implode())).then(None).otherwise(pl.col(name)).alias(name)
                for name, side in about.items()
            )
        one = pl.any_horizontal(*(pl.col(c).is_in(hidden.implode()) for c in texts), pl.lit(value=False))
        opaque = {c: pl.col(c).str.contains("^[a-z][0-9a-f]{16}$") for c in texts}
        return frame.with_columns(
            pl.when(one.fill_null(value=False) & ~is_id).then(pl.lit(WITHHELD)).otherwise(pl.col(c)).alias(c)
            for c, is_id in opaque.items()
        )

    def names(self, text: str) -> bool:
        """Tell whether a text, such as a file's name, holds a possible victim's name or number in any spelling."""
        squeezed = _squeezed(text)
        return any(_squeezed(key) in squeezed for key in self._called)


@lru_cache(maxsize=1024)
def _seen(keys: frozenset[str]) -> re.Pattern[str]:
    """Match these however they are spaced: `DE89 3704 …` in a reference is the number of the label."""
    longest_first = sorted(keys, key=lambda t: (-len(t), t))
    spaced = (r"\s*".join(re.escape(c) for c in key) for key in longest_first)
    return re.compile("|".join(rf"(?<!\w){s}(?!\w)" for s in spaced), re.IGNORECASE)


def _folded(text: str) -> str:
    """Write a text so that whatever `re.IGNORECASE` takes for equal is equal, without spaces."""
    return re.sub(r"\s", "", text).casefold().replace("\u0131", "i").replace("i\u0307", "i")


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _key(part: str) -> str:
    return re.sub(r"\s", "", part).lower()
