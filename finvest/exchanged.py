"""A case and a graph server: files for it, and back what analysts said there, to be decided upon."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finvest import proposing
from finvest.decided import Decided
from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from finvest.exchange.neo4j.bulk import Bulk
    from finvest.views.tables import TableView


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought.

    Attributes
    ----------
    new, known : int
        Proposals that are new, and those that an earlier pull had brought.
    set_aside : mapping of str to int
        What was not taken: why, and how often.
    """

    new: int
    known: int
    set_aside: Mapping[str, int]

    def lines(self) -> Iterator[str]:
        """Say it, a line each."""
        yield f"new proposals: {self.new:,}; already here: {self.known:,}"
        for why, count in self.set_aside.items():
            yield f"{count:,} set aside: {why}"

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"new": self.new, "known": self.known, "set_aside": dict(self.set_aside)}

    def __repr__(self) -> str:
        return f"<Pulled: {'; '.join(self.lines())}>"


class Exchanged(Decided):
    """An open case, what is written for others, and what they proposed. See `finvest.case.Case`."""

    def from_neo4j(
        self,
        uri: str | None = None,
        *,
        database: str | None = None,
        ask: Callable[[str, bool], str] | None = None,
    ) -> Pulled:
        """Bring back what analysts added on a Neo4j server: notes, decisions and links between parties, as proposals.

        Nothing of the case changes until somebody accepts one. Parameters as for `Case.to_neo4j`.

        Raises
        ------
        UsageError
            If the server, user or password is not known.
        ServerError
            If the server does not answer, or refuses.
        """
        from finvest.exchange.neo4j import connect, pull
        from finvest.sharing import case_id

        found = pull.pull(connect.Server.of(uri, database, ask), case_id(self.about))
        subjects, new, unknown = proposing.keep(self._state, found.said, pull.SOURCE, self.actor)
        self._log("collection: neo4j pull", subjects)
        aside = dict(found.set_aside)
        if unknown:
            aside["about something that this case does not have"] = unknown
        return Pulled(new, len(found.said) - unknown - new, aside)

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

    def neo4j_files(
        self,
        folder: str | Path,
        *,
        database: str = "neo4j",
        victims: str | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Bulk:
        """Write the case as files for `neo4j-admin database import full`: what is too large to be pushed.

        Parameters
        ----------
        folder : str or pathlib.Path
            Empty or new.
        database : str
            Database that the command is to fill; it does not run meanwhile.
        victims : str, optional
            Reason to show possible victims by name; kept in the log.
        progress : callable, optional
            Told what is being written.

        Returns
        -------
        Bulk
            How much was written, and the one command to run.

        Raises
        ------
        UsageError
            If the folder holds something, or the database's name is none.
        """
        from finvest import sharing
        from finvest.exchange.neo4j import bulk

        if victims is not None and not victims.strip():
            raise UsageError("showing possible victims by name needs a reason; it is kept in the log")
        target = bulk.empty(Path(folder), database)
        made = sharing.parts(self._state, named=victims is not None)
        what = "victims by name, " if victims is not None else ""
        self._log(f"disclosure: neo4j files, {what}case", [], victims or "")
        return bulk.write(made, sharing.case_id(self.about), target, database=database, progress=progress)
