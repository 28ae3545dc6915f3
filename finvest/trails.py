"""Following money: the verbs of a case that trace it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from finvest import reporting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from finvest.matching import Matched
    from finvest.store.store import Store
    from finvest.tracing.claims import Claim
    from finvest.tracing.trail import Trail
    from finvest.view import CaseView


class MoneyTrails:
    """What a case can say of where money went; a part of `finvest.case.Case`."""

    actor: str
    _store: Store

    if TYPE_CHECKING:  # what the case brings

        @property
        def matched(self) -> Matched:
            """See `finvest.case.Case`."""
            ...

        def view(self) -> CaseView:
            """See `finvest.case.Case`."""
            ...

        def decide(self, kind: str, subject: str, outcome: str, *, reason: str) -> str:
            """See `finvest.case.Case`."""
            ...

        def _log(self, event: str, subjects: Iterable[str] = (), reason: str = "") -> None: ...

    def follow(
        self,
        *claims: str | Claim,
        rule: str | None = None,
        at: date | None = None,
        depth: int | None = None,
        least: str | None = None,
    ) -> Trail:
        """Follow claimed money: where it went, where it lies, and where the records lose sight of it.

        Parameters
        ----------
        *claims : str or Claim
            Payments as ``file:line`` or transaction id, with name and amount where wanted (``NAME=file:line@1,200.00``;
            payments of one name are one claim), or `Claim`, see `deposits`.
        rule : str
            ``fifo``, ``lifo``, ``pro_rata``, ``libr``, ``taint_first`` or ``poison``; there is no default.
        at : datetime.date, optional
            Last day on which money leaves; the end of the records where left out.
        depth : int, optional
            Most hops.
        least : str, optional
            Part of a payment, an amount of the base currency, below which it is not followed.

        Raises
        ------
        UsageError
            If no rule is named, a claim names no payment of the case, or is larger than it.
        NotAssessable
            If a claim is on days of which no books are on file.
        """
        from finvest import following

        asked = following.claims(self.matched, self._store, claims)
        how = following.How.of(self._store.casefile.base_currency, at, depth, least)
        trail = following.follow(self._store, self.matched, self.view(), asked, rule, how)
        rows = following.kept(trail)
        self._store.replace("trails", pl.concat([self._store.frame("trails"), rows]).unique(maintain_order=True))
        self._log(f"combination: follow, {trail.rule.name}", trail.hops["account"].unique())
        return trail

    def deposits(self, account: str, since: date | None = None, until: date | None = None) -> Claim:
        """Return a claim on all that came into an account in a period."""
        from finvest import following

        return following.deposits(self.view(), account, since, until)

    def assume(self, debit: str, credit: str, *, reason: str) -> str:
        """Take a debit and a credit to be the same money, where the records do not join them; return the decision's id.

        A trail goes on over such a hypothesis, and every sum behind it says that it rests on one.

        Raises
        ------
        UsageError
            If a transaction is not known so, or the records contradict the hypothesis.
        """
        from finvest import following

        subject = following.hypothesis(self.matched, self._store, debit, credit)
        return self.decide("hypothesis", subject, "accept", reason=reason)

    def trail_report(self, trail: Trail, folder: str | Path, *, question: str = "") -> Path:
        """Write the judge's page of a trail: one self-contained HTML file, made to be printed.

        Returns
        -------
        pathlib.Path
            Where it lies, in `folder`.
        """
        from finvest.views.trail_report import trail_report

        content = reporting.trail_content(self._store, self.matched, self.view(), trail, question, self.actor)
        target = Path(folder) / f"trail-{trail.rule.name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(trail_report(content), encoding="utf-8")
        self._log("disclosure: trail report", trail.hops["account"].unique())
        return target
