"""What is worked out of a case's records: each once, until records or decisions change."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from finvest import exchange_rates
from finvest.model import subjects
from finvest.model.decisions import as_table
from finvest.model.tables import HIDDEN, TABLES
from finvest.selection import Selection
from finvest.view import CaseView

if TYPE_CHECKING:
    import polars as pl

    from finvest.matching import Matched
    from finvest.registry import Registry
    from finvest.scoring import Findings
    from finvest.store.store import Store

EVERYTHING = Selection()


class State:
    """What is known of a case now.

    Parameters
    ----------
    store : Store
    registry : Registry

    Attributes
    ----------
    findings : Findings or None
        What the detectors found last.
    """

    def __init__(self, store: Store, registry: Registry) -> None:
        self.store, self.registry = store, registry
        self.findings: Findings | None = None
        self._views: dict[Selection, CaseView] = {}
        self._shown: dict[Selection, CaseView] = {}

    def changed(self, *, matched: bool = True) -> None:
        """Forget what rests on records or decisions; movements only where these are of pairs."""
        self.findings = None
        self._views.clear()
        self._shown.clear()
        for name in ("decisions", *(("matched",) if matched else ())):
            self.__dict__.pop(name, None)

    @cached_property
    def decisions(self) -> pl.DataFrame:
        """Every decision, rows of the table `decisions`."""
        return as_table(self.store.manifest.decisions())

    @cached_property
    def matched(self) -> Matched:
        """Duplicates, pairs, movements with their amounts in the base currency, and coverage."""
        return exchange_rates.match_case(self.store, self.registry)

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables that a view may contain and that have rows, after decisions; transactions stand in `matched`."""
        read = {n: f for n in TABLES if n not in HIDDEN | {"transactions"} and len(f := self.store.frame(n))}
        return {n: f for n, f in subjects.decided(read, self.decisions).items() if len(f)}

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the case as records and people made it."""
        if name == "pairs":
            return self.matched.pairs
        if name == "decisions":
            return self.decisions
        return self.store.frame(name)

    def view(self, selection: Selection = EVERYTHING) -> CaseView:
        """Return what detectors may see: movements of a selection, and the other tables without protected columns."""
        if selection not in self._views:
            movements = selection.apply(self.matched.movements, self.tables.get("accounts"))
            self._views[selection] = CaseView(movements, self.tables, self.store.casefile.base_currency)
        return self._views[selection]

    def shown(self, selection: Selection = EVERYTHING) -> CaseView:
        """Return the view as it is shown: whom findings on file hold for a possible victim is masked in it, too."""
        if selection not in self._shown:
            found = subjects.hypotheses(self.store.frame("findings"))
            self._shown[selection] = self.view(selection).presuming(found)
        return self._shown[selection]

    def found(self, findings: Findings) -> None:
        """Keep what the detectors found."""
        self.findings = findings
        self.store.replace("findings", findings.to_frame())
        self._shown.clear()
