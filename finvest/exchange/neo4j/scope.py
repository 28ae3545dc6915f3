"""Which part of a case goes to the server: all of it, what lies around a finding, or what lies around an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.exchange.neo4j.material import ENDS, Part
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a case.

    Attributes
    ----------
    finding, account : str
        Id of the finding or account in the middle; all of the case where both are empty.
    """

    finding: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        """``case``, or what lies in the middle."""
        return f"finding {self.finding}" if self.finding else f"account {self.account}" if self.account else "case"

    @property
    def whole(self) -> bool:
        """Nothing is left out."""
        return not (self.finding or self.account)


def within(parts: Sequence[Part], scope: Scope) -> list[Part]:
    """Return what lies in a scope.

    Of an account: every movement with it, both accounts of each, whoever these accounts' links lead to, and what these
    people live at, use and are reached by. Of a finding: the same of every account that it involves or whose movement
    it rests on, its own subjects, and no other finding.

    Raises
    ------
    UsageError
        If the case has no such finding or account.
    """
    if scope.whole:
        return list(parts)
    middle = _middle(parts, scope)
    moved = [_touching(p, middle) for p in parts if p.element.name == "TRANSFER"]
    accounts = middle | _ends(moved)
    links = [p for p in parts if p.ends and p.element.name not in {"TRANSFER", "INVOLVES"}]
    near = [_touching(p, accounts) for p in links]
    people = accounts | _ends(near)
    further = [_touching(p, people - (accounts - middle)) for p in links]
    about = [_only(p, "from", {scope.finding}) for p in parts if p.element.name == "INVOLVES"]
    edges = [*_together(near, further), *about, *moved]
    kept = people | _ends(edges) | {scope.finding}
    nodes = [_only(p, "id", kept) for p in parts if not p.ends]
    return [p for p in (*nodes, *edges) if len(p.frame)]


def _middle(parts: Sequence[Part], scope: Scope) -> set[str]:
    label, id_ = ("Finding", scope.finding) if scope.finding else ("Account", scope.account)
    known = [p.frame.filter(pl.col("id") == id_) for p in parts if p.element.name == label]
    if not sum(map(len, known)):
        raise UsageError(
            f"this case has no {label.lower()} of this id; finvest {'score' if scope.finding else 'find'} lists them"
        )
    if not scope.finding:
        return {id_}
    movements = {m for frame in known for listed in frame["movements"].drop_nulls() for m in listed}
    about = [_only(p, "from", {id_}) for p in parts if p.element.name == "INVOLVES"]
    resting = [_only(p, "id", movements) for p in parts if p.element.name == "TRANSFER"]
    return (_ends(about) | _ends(resting)) - {id_}


def _together(first: Sequence[Part], second: Sequence[Part]) -> list[Part]:
    return [
        Part(a.element, pl.concat([a.frame, b.frame]).unique("id", keep="first").sort("id"), a.ends)
        for a, b in zip(first, second, strict=True)
    ]


def _touching(part: Part, ids: Iterable[str]) -> Part:
    wanted = pl.Series(sorted(ids), dtype=pl.String).implode()
    return Part(part.element, part.frame.filter(pl.any_horizontal(pl.col(*ENDS).is_in(wanted))), part.ends)


def _only(part: Part, column: str, ids: Iterable[str]) -> Part:
    wanted = pl.Series(sorted(ids), dtype=pl.String).implode()
    return Part(part.element, part.frame.filter(pl.col(column).is_in(wanted)), part.ends, part.label)


def _ends(parts: Iterable[Part]) -> set[str]:
    return {id_ for part in parts for end in ENDS for id_ in part.frame[end]}
