"""Detectors made of a frame, and findings made by hand, to hold the contract to what any detector may return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.card import Card, Role, Strength
from finvest.findings.detector import Detector
from finvest.findings.finding import Finding, Subject
from finvest.findings.make import Make
from finvest.findings.parameters import param

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.view import CaseView

CARD: dict[str, Any] = {
    "id": "TST-01",
    "title": "Test",
    "what": "Anything.",
    "strength": "weak",
    "roles": {"who": ("account", "undetermined")},
    "needs": ("transactions",),
    "sentence": "{who}: {amounts} from {start} to {end}.",
    "innocent": {},
    "sources": ("none",),
}


def detector(returned: Callable[[CaseView], Any] | Any, **card: Any) -> Detector:
    """A detector that returns a frame, or what a function makes of the view."""
    about = Card(**{**CARD, **card})

    class Made(Detector):
        card = about
        days: int = param("days", default=10, low=1, high=60)
        share: float = param("share", default=0.5, low=0.0, high=1.0)

        def look(self, view: CaseView) -> pl.DataFrame:
            frame: pl.DataFrame = returned(view) if callable(returned) else returned
            return frame

    return Made()


def row(**columns: Any) -> pl.DataFrame:
    """One suspicion about account 0, proved by transaction 0."""
    return pl.DataFrame([{"who": 0, "score": 0.5, "evidence": [0], **columns}])


def view(payments: int = 4, *, seed: int | None = None, holder: str | None = None) -> CaseView:
    """Payments of 1.00, 2.00 … EUR from x to y, a day apart."""
    make = Make()
    for i in range(payments):
        make.transfer("x", "y", 100 * (i + 1), i)
    if holder is not None:
        make.holder("x", holder)
        make.holder("y", holder)
    return make.view(seed)


def finding(
    id_: str,
    *subjects: str,
    score: float = 1.0,
    evidence: tuple[str, ...] = (),
    family: str = "TST",
    strength: Strength = "weak",
    role: Role = "undetermined",
    withdrawn: bool = False,
) -> Finding:
    """A finding made by hand."""
    return Finding(
        id=id_,
        card=Card(**{**CARD, "id": f"{family}-01", "strength": strength}),
        parameters={},
        subjects=tuple(Subject("who", "account", s, role, s) for s in subjects),
        start=None,
        end=None,
        days=None,
        amounts=(),
        score=score,
        withdrawn=withdrawn,
        evidence={"transactions": evidence or (id_,)},
        movements=(),
        facts={},
        checks=(),
        sentence="",
    )
