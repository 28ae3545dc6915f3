"""The door: a case, and what a person does with it. Each verb of the command line is a method here."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest import exchange_rates, loading, lookup, reporting
from finvest.checking import Checks, check
from finvest.model.errors import UsageError
from finvest.model.tables import HIDDEN, TABLES
from finvest.registry import Registry
from finvest.scoring import Findings, chosen, score
from finvest.selection import Selection
from finvest.store.casefile import CaseFile
from finvest.store.store import Store
from finvest.trails import MoneyTrails
from finvest.view import CaseView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from finvest.evaluate.evaluation import Evaluation
    from finvest.evaluating import LabelledSet
    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.matching import Matched
    from finvest.views.flow import FlowPicture
    from finvest.views.tables import TableView

EVERYTHING = Selection()


class Case(MoneyTrails):
    """One investigation: a folder with purpose, legal basis, sources, tables, findings and log.

    Made by `Case.create`, opened by `Case.open`. Every look and every export is written to the log, with actor and
    reason (Directive 2016/680, Art. 25).

    Examples
    --------
    >>> case = Case.create("orchid", title="Orchid", purpose="…", legal_basis="…", actor="…")  # doctest: +SKIP
    >>> case.load("statements/a.csv")  # doctest: +SKIP
    >>> case.score()  # doctest: +SKIP
    """

    def __init__(self, store: Store, *, actor: str, reason: str, plugins: Sequence[Path] = ()) -> None:
        if not actor.strip() or not reason.strip():
            raise UsageError("opening a case needs an actor and a reason; give --actor and --reason")
        self.actor, self.reason = actor, reason
        self.registry = Registry(tuple(plugins))
        self._store = store
        self._matched: Matched | None = None
        self._views: dict[Selection, CaseView] = {}
        self._findings: Findings | None = None

    @classmethod
    def create(
        cls, folder: str | Path, *, title: str, purpose: str, legal_basis: str, actor: str, base_currency: str = "EUR"
    ) -> Case:
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
    def open(cls, folder: str | Path, *, actor: str, reason: str, plugins: Sequence[Path] = ()) -> Case:
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

    def _repr_html_(self) -> str:
        return self.sources()._repr_html_()

    def _log(self, event: str, subjects: Iterable[str] = (), reason: str = "") -> None:
        self._store.manifest.add_log(event, self.actor, reason or self.reason, sorted(subjects))

    # ---- records in

    def load(
        self,
        path: str | Path,
        *,
        ask: loading.Asker | None = None,
        profile: str | Path | None = None,
        **options: Any,  # noqa: ANN401
    ) -> loading.Loaded:
        """Load one file.

        Parameters
        ----------
        path : str or pathlib.Path
        ask : Asker, optional
            Answers what the file does not say; without it a file that leaves a question open is refused.
        profile : str or pathlib.Path, optional
            Name of a shipped profile, or a profile of your own.
        **options
            What the file does not say, see `finvest.reading.layout.OPTIONS`; ``table`` for files with finvest's own
            columns; ``loader`` where finvest should not choose; ``accept=True`` takes a proposed profile as it is.

        Returns
        -------
        Loaded
            What became of the records.

        Raises
        ------
        SourceError
            If the file as a whole is refused; nothing of it was loaded then.
        """
        done = loading.load(self._store, self.registry, Path(path), self.actor, ask, profile, options)
        return self._loaded(done, "load")

    def _loaded(self, done: loading.Loaded, what: str) -> loading.Loaded:
        if not done.already:
            self._log(f"collection: {what}", [done.source])
            self._matched, self._findings = None, None
            self._views.clear()
        return done

    def rates(self, path: str | Path | None = None, *, ecb: bool = False) -> loading.Loaded:
        """Load rates of exchange: a table (CSV: date, currency, rate for one euro, source), or the ECB's history."""
        given = None if path is None else Path(path)
        return self._loaded(exchange_rates.load(self._store, given, self.actor, ecb=ecb), "rates")

    def load_list(self, path: str | Path, progress: Callable[[str], None] | None = None) -> list[loading.Loaded]:
        """Load every file of a load list, each with the options it needs; see `finvest.loading.read_list`."""
        done = []
        for file, options in loading.read_list(Path(path)):
            if progress is not None:
                progress(f"reading {file.name}")
            done.append(self.load(file, **options))
        return done

    def sources(self) -> TableView:
        """Return the sources with what became of their records."""
        from finvest.views.tables import TableView

        return TableView(lookup.sources(self._store), title="Sources")

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
        return self._frame(name)

    def _frame(self, name: str) -> pl.DataFrame:
        if name == "pairs":
            return self.matched.pairs
        if name == "decisions":
            return pl.DataFrame(self._store.manifest.decisions(), schema_overrides={"at": pl.String})
        return self._store.frame(name)

    @property
    def matched(self) -> Matched:
        """Duplicates, pairs, movements with their amounts in the base currency, and coverage."""
        if self._matched is None:
            self._matched = exchange_rates.match_case(self._store, self.registry)
        return self._matched

    # ---- looking

    def view(self, selection: Selection = EVERYTHING) -> CaseView:
        """Return what detectors may see: movements of a selection, and the other tables without protected columns."""
        if selection not in self._views:
            tables = {n: f for n in TABLES if n not in HIDDEN | {"transactions"} and len(f := self._store.frame(n))}
            movements = selection.apply(self.matched.movements, tables.get("accounts"))
            self._views[selection] = CaseView(movements, tables, self.about.base_currency)
        return self._views[selection]

    def check(self) -> Checks:
        """Check balances, gaps, duplicates, pairs, what may be counted twice, and what was not loaded."""
        self._log("consultation: check")
        return check(self._store, self.matched, self.view())

    def find(self, text: str, selection: Selection = EVERYTHING) -> TableView:
        """Find a name, number, reference or amount."""
        from finvest.views.tables import TableView

        found = lookup.find(self.view(selection), self.matched, text, lookup.files(self._store))
        self._log("consultation: find", found["id"].unique())
        return TableView(found, title="Found")

    def show(self, account: str, selection: Selection = EVERYTHING) -> lookup.Statement:
        """Return an account's statement: movements with running balance, counterparties, coverage.

        Raises
        ------
        UsageError
            If no account, or more than one, is known so.
        """
        statement = lookup.show(self.view(selection), self.matched, lookup.files(self._store), account)
        self._log("consultation: show", [statement.id])
        return statement

    # ---- suspicions

    def detectors(self) -> TableView:
        """Return the detectors, with what this case lacks for each."""
        from finvest.views.tables import TableView

        return TableView(lookup.detectors(self.registry, self.view()), title="Detectors")

    def score(
        self,
        *only: str | Detector,
        selection: Selection = EVERYTHING,
        parameters: dict[str, dict[str, Any]] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Findings:
        """Run detectors, keep what they found, and rank accounts for review.

        Parameters
        ----------
        *only : str or Detector
            Catalogue ids, or detectors of one's own; all where left out.
        selection : Selection
        parameters : dict, optional
            Catalogue id to parameters.
        progress : callable, optional
            Told the id of each detector before it runs.
        """
        self._findings = score(self.view(selection), chosen(self.registry, only, parameters), progress)
        self._store.replace("findings", self._findings.to_frame())
        self._log("combination: score", [f.id for f in self._findings.all])
        return self._findings

    @property
    def findings(self) -> Findings:
        """What the detectors found, with their default parameters where none were run yet."""
        return self._findings or self.score()

    def evaluate(
        self,
        *only: str | Detector,
        parameters: dict[str, dict[str, Any]] | None = None,
        dated: bool = False,
        **how: Any,  # noqa: ANN401 - handed through
    ) -> Evaluation:
        """Measure detectors against the answers of this case (the table `labels`), which no detector sees.

        Parameters
        ----------
        *only : str or Detector
            Catalogue ids, or detectors of one's own; all where left out.
        parameters : dict, optional
            Catalogue id to parameters.
        dated : bool
            Cut times to dates first.
        **how
            See `finvest.evaluate.evaluation.evaluate`.

        Raises
        ------
        DataError
            If there are no answers, none that is positive, or answers for what the case does not have.
        """
        from finvest.evaluate.evaluation import evaluate

        of = self.labelled(dated=dated)
        return evaluate(of.name, of.view, of.answers, chosen(self.registry, only, parameters), dated=dated, **how)

    def labelled(self, *, dated: bool = False) -> LabelledSet:
        """Return what detectors see of this case beside its answers (the table `labels`).

        Raises
        ------
        DataError
            If there are no answers, none that is positive, or answers for what the case does not have.
        """
        from finvest.evaluating import case_set

        tables = {n: self._store.frame(n) for n in TABLES if n not in HIDDEN or n == "labels"}
        self._log("combination: answers")
        return case_set(self.about.title, self.matched, {n: f for n, f in tables.items() if len(f)}, dated=dated)

    def explain(self, finding: str | Finding) -> reporting.Explanation:
        """Return a finding's facts, evidence rows, counter-checks done and to ask."""
        found = self.findings.named(finding) if isinstance(finding, str) else finding
        self._log("consultation: explain", [found.id])
        victims = self.findings.possible_victims
        return reporting.explain(found, self.findings.view, self.matched, lookup.files(self._store), victims)

    def picture(self, finding: str | Finding) -> FlowPicture:
        """Return the flow picture of a finding."""
        return self.explain(finding).picture

    def decide(self, kind: str, subject: str, outcome: str, *, reason: str, revokes: str | None = None) -> str:
        """Keep a decision, with reason and actor; return its id.

        Raises
        ------
        UsageError
            If there is no reason.
        """
        decision = lookup.decision(kind, subject, outcome, reason, self.actor, revokes)
        self._store.manifest.add_decision(decision)
        self._log(f"alteration: {kind} {outcome}", [subject], reason)
        self._matched, self._findings = None, None
        self._views.clear()
        return str(decision["decision"])

    def log(self) -> pl.DataFrame:
        """Return the log: who looked at, loaded or exported what, when and why."""
        return pl.DataFrame(self._store.manifest.log())

    # ---- out

    def report(self, path: str | Path) -> Path:
        """Write the report: one self-contained HTML file that opens offline.

        Returns
        -------
        pathlib.Path
            Where it lies.
        """
        from finvest.views.report import report

        findings = self.findings
        content = reporting.report_content(self._store, self.registry, self.check(), findings, self.matched, self.actor)
        target = Path(path)
        target.write_text(report(content), encoding="utf-8")
        self._log("disclosure: report", [f.id for f in findings.all])
        return target

    def export(self, frame: pl.DataFrame, path: str | Path) -> Path:
        """Write any table as CSV or Excel that a spreadsheet can open safely."""
        from finvest.views.export import write

        target = write(frame, Path(path))
        ids = [c for c in ("transaction_id", "movement", "account", "finding") if c in frame.columns]
        subjects: list[str] = []
        with suppress(IndexError):
            subjects = frame[ids[0]].drop_nulls().cast(pl.String).unique().to_list()
        self._log(f"disclosure: export {target.suffix[1:]}", subjects[:1000])
        return target
