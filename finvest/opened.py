"""An open case: its folder, who looks at it and why, and what is worked out of its records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from finvest.model.errors import UsageError
from finvest.model.tables import TABLES
from finvest.registry import Registry
from finvest.state import EVERYTHING, State
from finvest.store.casefile import CaseFile
from finvest.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from finvest.matching import Matched
    from finvest.selection import Selection
    from finvest.view import CaseView


class Opened:
    """A case that somebody opened, with a reason; `finvest.case.Case` is what people work with."""

    def __init__(self, store: Store, *, actor: str, reason: str, plugins: Sequence[Path] = ()) -> None:
        if not actor.strip() or not reason.strip():
            raise UsageError("opening a case needs an actor and a reason; give --actor and --reason")
        self.actor, self.reason = actor, reason
        self.registry = Registry(tuple(plugins))
        self._store = store
        self._state = State(store, self.registry)

    @classmethod
    def create(
        cls, folder: str | Path, *, title: str, purpose: str, legal_basis: str, actor: str, base_currency: str = "EUR"
    ) -> Self:
        """Make a new case in an empty or new folder.

        Raises
        ------
        UsageError
            If purpose, legal basis or actor is empty.
        CaseError
            If the folder holds something already.
        """
        about = CaseFile(
            title=title, purpose=purpose, legal_basis=legal_basis, actor=actor, base_currency=base_currency
        )
        store = Store.create(Path(folder), about)
        store.manifest.add_log("collection: case created", actor, purpose)
        return cls(store, actor=actor, reason=purpose)

    @classmethod
    def open(cls, folder: str | Path, *, actor: str, reason: str, plugins: Sequence[Path] = ()) -> Self:
        """Open a case; who and why is written to its log.

        Raises
        ------
        UsageError
            If actor or reason is empty.
        CaseError
            If the folder is no case, or damaged.
        """
        case = cls(Store(Path(folder)), actor=actor, reason=reason, plugins=plugins)
        case._log("consultation: open")
        return case

    @property
    def about(self) -> CaseFile:
        """Title, purpose, legal basis, and who opened it."""
        return self._store.casefile

    @property
    def folder(self) -> Path:
        """Where the case lies."""
        return self._store.folder

    def __repr__(self) -> str:
        sources = self._store.manifest.sources()
        return (
            f"<Case {self.about.title!r}: {len(sources)} sources, {sum(s['loaded'] or 0 for s in sources):,} records>"
        )

    def _log(self, event: str, subjects: Iterable[str] = (), reason: str = "") -> None:
        self._store.manifest.add_log(event, self.actor, reason or self.reason, sorted(subjects))

    def view(self, selection: Selection = EVERYTHING) -> CaseView:
        """Return what detectors may see: movements of a selection, and the other tables without protected columns.

        Whom the findings on file hold for a possible victim is masked in it.
        """
        return self._state.shown(selection)

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the case, every row with source, record and line.

        Raises
        ------
        UsageError
            If there is no such table; the message lists what there is.
        """
        if name not in TABLES:
            raise UsageError(f"no table {name!r}; there are {', '.join(TABLES)}")
        self._log(f"consultation: table {name}")
        return self._state.table(name)

    @property
    def matched(self) -> Matched:
        """Duplicates, pairs, movements with their amounts in the base currency, and coverage."""
        return self._state.matched

    def log(self) -> pl.DataFrame:
        """Return the log: who looked at, loaded or exported what, when and why."""
        import polars as pl

        return pl.DataFrame(self._store.manifest.log())
