"""What a case says of money and wealth: where money went, where it came from, and what is not explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from finvest import following, origins, proving, reporting
from finvest.exchanged import Exchanged

if TYPE_CHECKING:
    from datetime import date

    from finvest.indirect import Proof
    from finvest.tracing.backward import Origins
    from finvest.tracing.claims import Claim
    from finvest.tracing.trail import Trail


class Followed(Exchanged):
    """A case, and what is followed through it. See `finvest.case.Case`."""

    # ---- following the money

    def follow(
        self,
        *claims: str | Claim,
        rule: str | None = None,
        at: date | None = None,
        depth: int | None = None,
        least: str | None = None,
        overdraft: str = "dissipation",
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
        overdraft : {"dissipation", "backwards"}
            Claimed money that repays an overdraft is gone, or stands in what the overdraft had paid for.

        Raises
        ------
        UsageError
            If no rule is named, a claim names no payment of the case, or is larger than it.
        NotAssessable
            If a claim is on days of which no books are on file.
        """
        asked = following.claims(self._state, claims)
        how = following.How.of(self.about.base_currency, at, depth, least, overdraft)
        trail = following.follow(self._state, asked, rule, how)
        following.keep(self._store, trail)
        self._log(f"combination: follow, {trail.rule.name}", trail.hops["account"].unique())
        return trail

    def deposits(self, account: str, since: date | None = None, until: date | None = None) -> Claim:
        """Return a claim on all that came into an account in a period."""
        return following.deposits(self.view(), account, since, until)

    def origins(
        self,
        *,
        payment: str | None = None,
        account: str | None = None,
        day: date | None = None,
        currency: str | None = None,
        rule: str | None = None,
    ) -> Origins:
        """Say where a payment came from, or what an account held at the end of a day.

        Parameters
        ----------
        payment : str, optional
            ``file:line`` or transaction id.
        account, day, currency : optional
            In its place: an account at the end of a day, in one currency where it has several.
        rule : str
            ``fifo``, ``lifo`` or ``pro_rata``; there is no default. The others are defined by what is claimed.

        Raises
        ------
        UsageError
            If no rule is named or it cannot answer, or the question names nothing that is known.
        NotAssessable
            If the account has no books on file that day, or its balance is not known.
        """
        found = origins.origins(self._state, origins.target(self._state, payment, account, day, currency), rule)
        self._log(f"combination: origins, {found.rule.name}", found.accounts)
        return found

    # ---- indirect proof

    def prove(
        self,
        method: str,
        *,
        party: str | None = None,
        since: date | None = None,
        until: date | None = None,
        lines: str | Path | None = None,
        currency: str | None = None,
    ) -> Proof:
        """Work out an indirect method of proof: net worth of a party from the case's tables, any from a file of lines.

        Parameters
        ----------
        method : str
            Key of `finvest.indirect.PARTS`.
        party, since, until
            Whom and which days ``net_worth`` is about, see `finvest.proving.net_worth_of`.
        lines : str or pathlib.Path
            In their place: lines, see `finvest.indirect.from_file`.
        currency : str, optional
            Of the lines; the base currency where left out.

        Raises
        ------
        UsageError
            If it is neither, or both.
        NotAssessable
            If the method lacks a part that it needs.
        """
        proof = proving.prove(
            self._state, method, (party, since, until), None if lines is None else Path(lines), currency
        )
        self._log(f"combination: indirect, {proof.method.name}")
        return proof

    # ---- pages to print

    def trail_report(self, trail: Trail, folder: str | Path, *, question: str = "") -> Path:
        """Write the judge's page of a trail: one self-contained HTML file, made to be printed.

        Returns
        -------
        pathlib.Path
            Where it lies, in `folder`.
        """
        from finvest.views.trail_report import trail_report

        content = reporting.trail_content(self._store, self.matched, self._state.shown(), trail, question, self.actor)
        target = Path(folder) / f"trail-{trail.rule.name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(trail_report(content), encoding="utf-8")
        self._log("disclosure: trail report", trail.hops["account"].unique())
        return target

    def origins_report(self, found: Origins, folder: str | Path, *, question: str = "") -> Path:
        """Write the page about where money came from: one self-contained HTML file, made to be printed.

        Returns
        -------
        pathlib.Path
            Where it lies, in `folder`.
        """
        from finvest.views.origin_report import origin_report

        content = reporting.origin_content(self._store, self.matched, self._state.shown(), found, question, self.actor)
        target = Path(folder) / f"origins-{found.rule.name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(origin_report(content), encoding="utf-8")
        self._log("disclosure: origins report", found.accounts)
        return target

    def proof_report(self, proof: Proof, folder: str | Path, *, question: str = "") -> Path:
        """Write the page of an indirect proof: one self-contained HTML file, made to be printed.

        Returns
        -------
        pathlib.Path
            Where it lies, in `folder`.
        """
        target = proving.write(self._state, proof, Path(folder), question, self.actor)
        self._log(f"disclosure: indirect, {proof.method.name}")
        return target
