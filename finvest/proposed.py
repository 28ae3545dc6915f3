"""What analysts proposed on a server: pulled beside the case, and made decisions of it or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest import proposing
from finvest.decided import Decided

if TYPE_CHECKING:
    from datetime import date

    from finvest.views.tables import TableView


class Proposed(Decided):
    """An open case with what was proposed elsewhere. See `finvest.case.Case`."""

    def proposals(self) -> TableView:
        """Return what was proposed elsewhere: who, when, what, and what became of it."""
        from finvest.views.tables import TableView

        self._log("consultation: proposals")
        return TableView(proposing.listed(self._state), title="Proposals")

    def accept(
        self, proposal: str, *, reason: str, second: str | None = None, since: date | None = None
    ) -> tuple[str, ...]:
        """Make a proposal (its id, or how it begins) a decision of this case; `revoke` takes it back.

        Parameters
        ----------
        proposal : str
        reason : str
        second : str, optional
            Another person who says so, too: needed where a (possible) victim becomes a suspect.
        since : datetime.date, optional
            First day of control, where the proposal does not say it.

        Returns
        -------
        tuple of str
            Ids of the decisions.

        Raises
        ------
        UsageError
            If there is no such open proposal, or what it says cannot be decided so.
        """
        return self._keep(proposing.accepted(self._state, proposal, reason, self.actor, second, since))

    def reject(self, proposal: str, *, reason: str) -> str:
        """Refuse a proposal, for a reason; return the decision's id, which `revoke` takes back.

        Raises
        ------
        UsageError
            If there is no such open proposal, or no reason.
        """
        return self._keep([proposing.rejected(self._state, proposal, reason, self.actor)])[0]
