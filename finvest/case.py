"""The door: a case, and what a person does with it. Each verb of the command line is a method here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest import deciding, exchange_rates, loading, lookup, reporting
from finvest.checking import Checks, check
from finvest.followed import Followed
from finvest.model.errors import NotAssessable, UsageError
from finvest.model.subjects import mask
from finvest.scoring import Findings, chosen, score, used_before
from finvest.state import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finvest.evaluate.evaluation import Evaluation
    from finvest.evaluating import LabelledSet
    from finvest.exchange.neo4j.push import Pushed
    from finvest.exchange.neo4j.query import Answer
    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.selection import Selection
    from finvest.views.flow import FlowPicture
    from finvest.views.tables import TableView


class Case(Followed):
    """One investigation: a folder with purpose, legal basis, sources, tables, findings and log.

    Made by `Case.create`, opened by `Case.open`. Every look and every export is written to the log, with actor and
    reason (Directive 2016/680, Art. 25).

    Examples
    --------
    >>> case = Case.create("orchid", title="Orchid", purpose="…", legal_basis="…", actor="…")  # doctest: +SKIP
    >>> case.load("statements/a.csv")  # doctest: +SKIP
    >>> case.score()  # doctest: +SKIP
    """

    def _repr_html_(self) -> str:
        return self.sources()._repr_html_()

    # ---- records in

    def load(
        self,
        path: str | Path,
        *,
        ask: loading.Asker | None = None,
        profile: str | Path | None = None,
        **options: Any,  # noqa: ANN401
    ) -> loading.Loaded:
        """Load one file, all of it or nothing; see `finvest.loading.load`.

        Options say what the file does not (`finvest.reading.layout.OPTIONS`); ``table`` is for files with finvest's
        own columns, ``loader`` where finvest should not choose, ``accept=True`` takes a proposed profile as it is.

        Raises
        ------
        SourceError
            If the file as a whole is refused, or leaves a question open and nobody is there to `ask`.
        """
        done = loading.load(self._store, self.registry, Path(path), self.actor, ask, profile, options)
        return self._loaded(done, "load")

    def _loaded(self, done: loading.Loaded, what: str) -> loading.Loaded:
        if not done.already:
            self._log(f"collection: {what}", [done.source])
            self._state.changed()
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

    # ---- looking

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
        """Return an account's statement: who holds and controls it, movements, counterparties, coverage.

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
        """Run detectors, keep what they found, and rank accounts for review; one that fails is listed.

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
        refused = {} if only else self.registry.refused()
        # What was found before must not colour what is found now.
        view = self._state.view(selection)
        found = score(view, chosen(self.registry, only, parameters), progress, refused)
        self._state.found(found)
        self._log("combination: score", [f.id for f in found.all])
        return found

    @property
    def findings(self) -> Findings:
        """What the detectors found; where none ran yet, with the parameters of what is on file, else their defaults."""
        if self._state.findings is not None:
            return self._state.findings
        return self.score(parameters=used_before(self._store.frame("findings"), self.registry))

    def evaluate(
        self,
        *only: str | Detector,
        parameters: dict[str, dict[str, Any]] | None = None,
        dated: bool = False,
        **how: Any,  # noqa: ANN401 - handed through
    ) -> Evaluation:
        """Measure detectors against the answers of this case, see `finvest.evaluate.evaluation.evaluate`.

        Parameters
        ----------
        *only, parameters
            As `score` takes them.
        dated : bool
            Cut times to dates first.
        """
        from finvest.evaluate.evaluation import evaluate

        of = self.labelled(dated=dated)
        detectors = chosen(self.registry, only, parameters, whole=True)
        return evaluate(of.name, of.view, of.answers, detectors, dated=dated, **how)

    def labelled(self, *, dated: bool = False) -> LabelledSet:
        """Return what detectors see of this case beside its answers (the table `labels`).

        Raises
        ------
        DataError
            If there are no answers, none that is positive, or answers for what the case does not have.
        """
        from finvest.evaluating import case_set

        self._log("combination: answers")
        labels = self._store.frame("labels")
        tables = self._state.tables | ({"labels": labels} if len(labels) else {})
        return case_set(self.about.title, self.matched, tables, dated=dated)

    def explain(self, finding: str | Finding, *, moved: bool = True) -> reporting.Explanation:
        """Return a finding's facts, evidence rows, counter-checks done and to ask, and what would change the score.

        Parameters
        ----------
        finding : str or Finding
        moved : bool
            Run its detector again with each parameter a fifth lower and higher; that takes as many times as long.
        """
        found = self.findings.named(finding) if isinstance(finding, str) else finding
        self._log("consultation: explain", [found.id])
        victims = self.findings.possible_victims
        view, names = self.findings.view, lookup.files(self._store)
        detector = self.findings.detectors.get(found.indicator) if moved else None
        return reporting.explain(found, view, self.matched, names, victims, detector)

    def unmask(self, finding: str | Finding, *, reason: str) -> TableView:
        """Say who the possible victims in a finding are: this once, for a reason that is kept with who asked.

        Nothing else is unmasked: reports, exports and every other look stay as they are.

        Returns
        -------
        TableView
            ``called`` (what it is called here), ``known_as``, ``decision`` (id of what was kept).

        Raises
        ------
        UsageError
            If there is no reason.
        """
        from finvest.views.tables import TableView

        found = self.findings.named(finding) if isinstance(finding, str) else finding
        hidden = reporting.masked(found, self.findings.view)
        kept = deciding.unmask(self._state, [id_ for _, id_ in hidden], reason, self.actor)
        self._log("consultation: unmask", [found.id, *(id_ for _, id_ in hidden)], reason)
        rows = [(mask(*who), known, made) for (who, known), made in zip(hidden.items(), kept, strict=True)]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(("called", "known_as", "decision"), pl.String), orient="row")
        return TableView(frame, title="Who is masked here")

    def picture(self, finding: str | Finding) -> FlowPicture:
        """Return the flow picture of a finding.

        Raises
        ------
        NotAssessable
            If it is about no account.
        """
        picture = self.explain(finding, moved=False).picture
        if picture is None:
            raise NotAssessable("this finding is about no account; there is nothing to draw")
        return picture

    # ---- out

    def ask_neo4j(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        uri: str | None = None,
        database: str | None = None,
        ask: Callable[[str, bool], str] | None = None,
        **how: Any,  # noqa: ANN401 - handed through
    ) -> Answer:
        """Ask a graph server in Cypher; it only reads, see `finvest.exchange.neo4j.query.ask`.

        Parameters
        ----------
        text : str
        parameters : mapping, optional
        uri, database, ask
            See `finvest.exchange.neo4j.connect.Server.of`.
        **how
            ``allowed``: procedures that may be called; ``longest``: seconds.
        """
        from finvest.exchange.neo4j import query
        from finvest.exchange.neo4j.connect import Server, connected

        server = Server.of(uri, database, ask)
        with connected(server) as driver:
            answer = query.ask(driver, text, parameters, database=server.database or None, **how)
        allowed = "".join(f", allowed {name}" for name in how.get("allowed", ()))
        self._log(f"consultation: neo4j query{allowed}", answer.about())
        return answer

    def report(self, path: str | Path) -> Path:
        """Write the report: one self-contained HTML file that opens offline.

        Returns
        -------
        pathlib.Path
            Where it lies.
        """
        findings = self.findings
        target = reporting.write(
            self._store, self.registry, self.check(), findings, self.matched, self.actor, Path(path)
        )
        self._log("disclosure: report", [f.id for f in findings.all])
        return target

    def export(self, frame: pl.DataFrame, path: str | Path) -> Path:
        """Write any table as CSV or Excel that a spreadsheet can open safely."""
        from finvest.views.export import write

        target = write(frame, Path(path))
        self._log(f"disclosure: export {target.suffix[1:]}", reporting.about(frame))
        return target

    def to_neo4j(
        self,
        uri: str | None = None,
        *,
        database: str | None = None,
        finding: str | None = None,
        account: str | None = None,
        overwrite: bool = False,
        victims: str | None = None,
        ask: Callable[[str, bool], str] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Pushed:
        """Push the case onto a Neo4j server (5.7 or later); user and password come from the environment or `ask`.

        Findings are those on file: `score` first. Possible victims are masked. What was pushed before is compared with
        what the server holds, and only what differs is written.

        Parameters
        ----------
        uri, database : str, optional
            ``NEO4J_URI`` and ``NEO4J_DATABASE`` where left out.
        finding, account : str, optional
            Only what lies around one: id of a finding; id, number or holder of an account.
        overwrite : bool
            Set right what somebody changed on the server; it is listed in any case.
        victims : str, optional
            Reason to show possible victims by name; kept in the log.
        ask : callable, optional
            Asked for user and password where the environment has none, see `finvest.exchange.neo4j.connect.Server.of`.
        progress : callable, optional
            Told what is being written.

        Raises
        ------
        UsageError
            If the server, user or password is not known, or the finding or account.
        ServerError
            If the server does not answer, refuses, or goes away for good; pushing again goes on where it was.
        """
        from finvest import sharing
        from finvest.exchange.neo4j import connect, push

        if victims is not None and not victims.strip():
            raise UsageError("showing possible victims by name needs a reason; it is kept in the log")
        server = connect.Server.of(uri, database, ask)
        within = sharing.scope(self._state, finding, account)
        planned = sharing.plan(self._state, sharing.parts(self._state, within, named=victims is not None))
        what = "victims by name, " if victims is not None else ""
        self._log(f"disclosure: neo4j, {what}{within.name}", [], victims or "")
        return push.push(server, planned, within, overwrite=overwrite, progress=progress)
