"""What people decide in a case: who is a victim or suspect, who controls whom, what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finvest import deciding, following
from finvest.opened import Opened

if TYPE_CHECKING:
    from datetime import date

    from finvest.views.tables import TableView


class Decided(Opened):
    """An open case whose decisions can be made and taken back; every one is kept, with actor, reason and time."""

    def mark(self, party: str, category: str, *, reason: str, second: str | None = None) -> tuple[str, ...]:
        """Say what a party is to the case: suspect, convicted, victim, possible_victim, witness, contact, unclassified.

        Parameters
        ----------
        party : str
            Id, number or name of a party; or an account's id, number or holder's name, which means its holders.
        category : str
            It comes before what records say, until a later decision or its revocation.
        reason : str
        second : str, optional
            Another person who says so, too: needed where a (possible) victim becomes a suspect.

        Returns
        -------
        tuple of str
            Ids of the decisions, one a party.

        Raises
        ------
        UsageError
            If the party or category is not known, or a second person is needed.
        """
        return self._keep(deciding.marks(self._state, party, category, reason, self.actor, second))

    def control(self, controller: str, what: str, since: date, until: date | None = None, *, reason: str) -> str:
        """Say that a party controls an account, or another party, from a day on; return the decision's id.

        It stands in the links that views and trails see, beside those that come from records.

        Raises
        ------
        UsageError
            If one of them is not known, both are the same, or the period ends before it begins.
        """
        made = deciding.controls(self._state, controller, what, since, until, reason, self.actor)
        return self._keep([made])[0]

    def revoke(self, decision: str, *, reason: str, second: str | None = None) -> str:
        """Take a decision back (its id, or how it begins) by a further one; return that one's id.

        Raises
        ------
        UsageError
            If none or several begin so, it is taken back already, or a second person is needed.
        """
        return self._keep([deciding.revocation(self._state, decision, reason, self.actor, second)])[0]

    def decide(self, kind: str, subject: str, outcome: str, *, reason: str, revokes: str | None = None) -> str:
        """Keep a decision of any other kind (pair, finding …), with reason and actor; return its id.

        Raises
        ------
        UsageError
            If there is no reason, or the kind has a method of its own.
        """
        return self._keep([deciding.other(self._state, kind, subject, outcome, reason, self.actor, revokes)])[0]

    def _keep(self, rows: list[dict[str, Any]]) -> tuple[str, ...]:
        deciding.keep(self._state, rows)
        for row in rows:
            self._log(f"alteration: {row['kind']} {row['outcome']}", [row["subject"]], row["reason"])
        return tuple(row["decision"] for row in rows)

    def assume(self, debit: str, credit: str, *, reason: str) -> str:
        """Take a debit and a credit to be the same money, where the records do not join them; return the decision's id.

        A trail goes on over such a hypothesis, and every sum behind it says that it rests on one.

        Raises
        ------
        UsageError
            If a transaction is not known so, or the hypothesis is one that the records contradict.
        """
        subject = following.hypothesis(self._state, debit, credit)
        return self.decide("hypothesis", subject, "accept", reason=reason)

    def decisions(self) -> TableView:
        """Return what people decided: who, when, why, and what was taken back."""
        from finvest.views.tables import TableView

        self._log("consultation: decisions")
        return TableView(deciding.listed(self._state.decisions, self.view()), title="Decisions")
