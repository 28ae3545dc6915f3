"""What a finding and a case say to a reader: the records behind a finding, and the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

import finvest
from finvest.evidence import other_records
from finvest.findings.changes import moved, otherwise
from finvest.lookup import files, where
from finvest.views.flow import FlowPicture, flow
from finvest.views.masking import Masks
from finvest.views.report_content import MEMBERS, MOST_FINDINGS, ReportContent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finvest.checking import Checks
    from finvest.findings.changes import Moved, Otherwise
    from finvest.findings.detector import Detector
    from finvest.findings.finding import Finding
    from finvest.matching import Matched
    from finvest.registry import Registry
    from finvest.scoring import Findings
    from finvest.store.store import Store
    from finvest.tracing.backward import Origins
    from finvest.tracing.trail import Trail
    from finvest.view import CaseView
    from finvest.views.origin_report import OriginContent
    from finvest.views.trail_report import TrailContent


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finding with the records it rests on.

    Attributes
    ----------
    finding : Finding
    members : polars.DataFrame
        Its movements, see `finvest.views.report_content.MEMBERS`.
    others : dict of str to polars.DataFrame
        Its records in other tables, see `finvest.evidence.other_records`.
    picture : FlowPicture or None
        None where it is about no account.
    otherwise : tuple of Otherwise
        What it would be if the answer on an innocent explanation were the other one.
    moved : tuple of Moved
        What it would be with other parameters; empty where nobody asked.
    """

    finding: Finding
    members: pl.DataFrame
    others: dict[str, pl.DataFrame]
    picture: FlowPicture | None
    otherwise: tuple[Otherwise, ...]
    moved: tuple[Moved, ...]

    def __repr__(self) -> str:
        more = "".join(f", {len(frame)} of {table}" for table, frame in self.others.items())
        return f"<Explanation of {self.finding.id}: {len(self.members)} movements{more}>"

    def changes(self) -> pl.DataFrame:
        """Return what would change the score: ``if``, ``now``, ``then``, ``finding`` (what becomes of it)."""
        said = {"present": "holds", "absent": "does not hold", "to ask": "to be asked"}
        results = {c.name: said[c.result] for c in self.finding.checks}
        rows = [(o.check, results[o.check], "holds" if o.held else "does not hold", str(o)) for o in self.otherwise]
        rows += [(m.parameter.replace("_", " "), f"{m.now:g}", f"{m.then:g}", str(m)) for m in self.moved]
        return pl.DataFrame(rows, schema=dict.fromkeys(("if", "now", "then", "finding"), pl.String), orient="row")

    def to_frame(self) -> pl.DataFrame:
        """Return the movements."""
        return self.members

    def _repr_html_(self) -> str:
        from finvest.views.explanation import explanation

        return explanation(self.finding, self.members, self.picture, self.changes(), self.others)


def explain(
    finding: Finding,
    view: CaseView,
    matched: Matched,
    names: dict[str, str],
    victims: Sequence[str],
    detector: Detector | None = None,
) -> Explanation:
    """Return a finding with the records it rests on; with its detector also what other parameters would change."""
    rows = Masks(view.hidden).texts(members([finding], view, matched, names))
    try:
        tried = moved(finding, detector, view) if detector is not None else ()
    finally:
        view.forget()
    drawn = finding.movements or finding.accounts
    picture = flow(view, finding, possible_victims=victims) if drawn else None
    return Explanation(finding, rows, other_records(finding, view, names), picture, otherwise(finding), tried)


def members(findings: Sequence[Finding], view: CaseView, matched: Matched, names: dict[str, str]) -> pl.DataFrame:
    """Return the movements that findings rest on, one row a movement and finding, in order of time."""
    flat = pl.DataFrame(
        {"finding": [f.id for f in findings], "n": [list(f.movements) for f in findings]},
        schema={"finding": pl.String, "n": pl.List(pl.UInt32)},
    ).explode("n", empty_as_null=False)
    labels = pl.Series(view.labels, dtype=pl.String)
    columns = ("originator", "beneficiary", "amount", "currency", "channel", "reference", "clock", "day", "time_known")
    rows = flat.hstack(view.frame("transactions", "records", *columns)[flat["n"]])
    clock = pl.col("clock").dt.to_string("%Y-%m-%d %H:%M")
    date = pl.when("time_known").then(clock).otherwise(pl.col("day").cast(pl.String))
    return rows.with_columns(
        date=date,
        originator=labels.gather(rows["originator"]),
        beneficiary=labels.gather(rows["beneficiary"]),
        files=where(rows["records"], matched, names),
    ).select(MEMBERS.names())


def masked(finding: Finding, view: CaseView) -> dict[tuple[str, str], str]:
    """Return the possible victims among a finding's subjects and in its movements: kind and id to what is hidden."""
    rows = view.frame("transactions", "originator", "beneficiary")[list(finding.movements)]
    moving = pl.concat([rows["originator"], rows["beneficiary"]]).unique().sort()
    ids = [("account", id_) for id_ in view.frame("accounts")["account"].gather(moving)]
    named = dict.fromkeys([*((s.kind, s.id) for s in finding.subjects), *ids])
    return {who: view.hidden[who] for who in named if who in view.hidden}


def heading(store: Store, actor: str) -> dict[str, Any]:
    """Return what every report begins with: the case, who wrote it and when, and with which version."""
    case = store.casefile
    return {
        "title": case.title,
        "purpose": case.purpose,
        "legal_basis": case.legal_basis,
        "actor": case.actor,
        "created": case.opened_at,
        "written": f"{actor}, {datetime.now(UTC).isoformat(timespec='minutes')}",
        "version": finvest.__version__,
    }


def trail_content(
    store: Store, matched: Matched, view: CaseView, trail: Trail, question: str, actor: str
) -> TrailContent:
    """Return everything a trail's report says."""
    from finvest.views.trail_report import TrailContent

    return TrailContent(
        **_about_money(store, matched, view, actor),
        question=question or "Where did the claimed money go, and where is it now?",
        trail=trail,
    )


def origin_content(
    store: Store, matched: Matched, view: CaseView, found: Origins, question: str, actor: str
) -> OriginContent:
    """Return everything the page about where money came from says."""
    from finvest.views.origin_report import OriginContent

    return OriginContent(
        **_about_money(store, matched, view, actor),
        question=question or "Where did this money come from?",
        origins=found,
    )


def _about_money(store: Store, matched: Matched, view: CaseView, actor: str) -> dict[str, Any]:
    """Return what every page about money says of the case: its handling, its sources, whom it does not name."""
    from finvest.lookup import sources

    return {
        **heading(store, actor),
        "handling": str(matched.transactions.select(pl.col("handling").max()).collect().item() or "H0"),
        "sources": sources(store),
        "victims": view.hidden,
    }


def report_content(
    store: Store, registry: Registry, checks: Checks, findings: Findings, matched: Matched, actor: str
) -> ReportContent:
    """Return everything the report says."""
    from finvest.lookup import sources

    names = files(store)
    titles = {id_: cls.card.title for id_, cls in registry.detectors().items()}
    grouped = matched.transactions.group_by("source").agg(
        start=pl.col("booked_at").min().dt.date(),
        end=pl.col("booked_at").max().dt.date(),
        handling=pl.col("handling").max(),
    )
    spans = grouped.collect()
    return ReportContent(
        **heading(store, actor),
        handling=str(spans["handling"].max() or "H0"),
        sources=sources(store).join(
            spans.drop("handling"), left_on="sha256", right_on="source", how="left", maintain_order="left"
        ),
        statements=checks.statements,
        doubles=checks.doubles,
        quarantine=checks.quarantine,
        view=findings.view,
        findings=findings.all,
        ranking=findings.ranking,
        members=members(findings.all, findings.view, matched, names),
        others={f.id: of for f in findings.standing[:MOST_FINDINGS] if (of := other_records(f, findings.view, names))},
        titles=titles,
        not_assessable=findings.not_assessable
        | {name: f"could not run, so nothing was looked for: {why}" for name, why in findings.failed.items()},
        not_searched=findings.unjudged,
    )


def write(
    store: Store, registry: Registry, checks: Checks, findings: Findings, matched: Matched, actor: str, path: Path
) -> Path:
    """Write the report to a file; return its path."""
    from finvest.views.report import report

    path.write_text(report(report_content(store, registry, checks, findings, matched, actor)), encoding="utf-8")
    return path


def about(frame: pl.DataFrame) -> list[str]:
    """Return whom or what a table is about, for the log: opaque ids, 1,000 at most."""
    ids = [c for c in ("transaction_id", "movement", "account", "finding", "decision") if c in frame.columns]
    return [] if not ids else frame[ids[0]].drop_nulls().cast(pl.String).unique().sort().head(1000).to_list()
