"""The report: one HTML file, complete in itself, that opens offline, runs nothing, and prints well."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.findings.wording import period, sums
from finvest.model.errors import UsageError
from finvest.model.subjects import mask
from finvest.views import text
from finvest.views.finding_section import section, title_of
from finvest.views.glossary import HANDLING, WORDS
from finvest.views.grid import Grid, grid, listed
from finvest.views.masking import VICTIM, Masks
from finvest.views.template import markup, render

if TYPE_CHECKING:
    from finvest.findings.finding import Finding
    from finvest.findings.ranking import Ranked
    from finvest.views.report_content import ReportContent

_PROOF = {
    "reconciled": "adds up",
    "failed": "does not add up",
    "declared": "declared by the bank",
    "assumed": "first to last entry, proof of nothing",
}


def report(content: ReportContent) -> str:
    """Write the report.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    str
        HTML. It refers to nothing outside of itself and holds no script; its content policy forbids both.

    Raises
    ------
    UsageError
        If the handling code is unknown.
    """
    if content.handling not in HANDLING:
        raise UsageError(f"handling code must be one of {', '.join(HANDLING)}, not {content.handling}")
    masks = Masks.of(content.findings, content.view)

    def say(written: str) -> str:
        return text.shorten(masks(text.plain(written)))

    standing = [f for f in content.findings if not f.withdrawn]
    withdrawn = [f for f in content.findings if f.withdrawn]
    full, further = standing[: content.most_findings], standing[content.most_findings :]
    members = content.members.partition_by("finding", as_dict=True)
    ranked = [r for r in content.ranking if r.id not in masks.accounts | masks.parties]
    style = render("report.css.j2", handling=content.handling)
    return render(
        "report.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=say(content.title),
        handling=content.handling,
        version=content.version,
        written=say(content.written),
        summary=_summary(standing, withdrawn, ranked),
        figures=_figures(content, standing, withdrawn, ranked),
        head=[
            ("Purpose", say(content.purpose)),
            ("Legal basis", say(content.legal_basis)),
            ("Case opened", say(f"{content.created}, {content.actor}")),
            ("Report written", say(content.written)),
            ("Handling code", f"{content.handling}: {HANDLING[content.handling]}"),
        ],
        ranked=[_ranked(r, standing, full, say) for r in ranked[: content.most_rows]],
        ranked_left_out=f"Showing {content.most_rows:,} of {len(ranked):,}." if len(ranked) > content.most_rows else "",
        victims=_victims(content, masks),
        findings=[
            section(f, place, content, masks, members.get((f.id,), content.members.head(0)))
            for place, f in enumerate(full, 1)
        ],
        further=_short(further, say) if further else None,
        withdrawn=_withdrawn(withdrawn, say),
        not_assessable=listed(
            [[i, title_of(i, content), say(why)] for i, why in sorted(content.not_assessable.items())],
            ["Indicator", "Pattern", "Why"],
            nothing="Every detector could be asked.",
            classes=["fixed", "", ""],
        ),
        not_searched=listed(
            [[i, title_of(i, content), [say(w) for w in why]] for i, why in sorted(content.not_searched.items())],
            ["Indicator", "Pattern", "What"],
            nothing="Every search ran to its end, and every account could be judged.",
            classes=["fixed", "", ""],
        ),
        words=WORDS,
        **_records(content, say),
    )


def _records(content: ReportContent, say: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what became of the records, and what was checked."""
    most = content.most_rows
    heads = {
        "file": "File and SHA-256", "loader": "Loader", "profile": "Profile", "start": "First day",
        "end": "Last day", "records": "Records", "loaded": "Loaded", "quarantined": "Quarantine", "headers": "Headers",
        "blanks": "Blank",
    }  # fmt: skip
    sources = content.sources
    if {"name", "sha256"} <= set(sources.columns):
        sources = sources.with_columns(file=pl.concat_list("name", "sha256"))
    statements = content.statements
    if "proof" in statements.columns:
        statements = statements.with_columns(pl.col("proof").replace(_PROOF))
    quarantine = content.quarantine
    if len(quarantine):
        quarantine = quarantine.group_by("reason", "meaning", "file").agg(count=pl.len()).sort("reason", "file")
    totals = {c: _total(content.sources, c) for c in ("records", "loaded", "quarantined", "headers", "blanks")}
    return {
        "sum": f"{totals['records']:,} records = {totals['loaded']:,} loaded + {totals['quarantined']:,} in quarantine "
        f"+ {totals['headers']:,} headers + {totals['blanks']:,} blank lines.",
        "sources": grid(sources, heads, say=say, nothing="No source was loaded.", most=most),
        "statements": grid(
            statements,
            {
                "account": "Account", "start": "From", "end": "To", "opening": "Opening", "movements": "Movements",
                "closing": "Closing", "difference": "Difference", "proof": "Result", "gap_days": "Gap, days",
            },
            say=say,
            nothing="No statement states its balances.",
            most=most,
            money=("opening", "movements", "closing", "difference"),
        ),
        "doubles": grid(
            content.doubles,
            {"originator": "Originator", "beneficiary": "Beneficiary", "count": "Movements", "amount": "Sum"},
            say=say,
            nothing="Nothing that we know of.",
            most=most,
            money=("amount",),
        ),
        "quarantine": grid(
            quarantine,
            {"reason": "Reason", "meaning": "What it means", "file": "File", "count": "Records"},
            say=say,
            nothing="Every record was loaded.",
            most=most,
        ),
    }  # fmt: skip


def _total(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum()) if column in frame.columns else 0


def _summary(standing: list[Finding], withdrawn: list[Finding], ranked: list[Ranked]) -> str:
    families = len({f.card.family for f in standing})
    days = [d for f in standing for d in f.days or ()]
    between = f" between {period((min(days), max(days)))}".replace(" to ", " and ", 1) if days else ""
    stand = "stands" if len(standing) == 1 else "stand"
    return (
        f"{_count(len(standing), 'finding')} of {_count(families, 'family', 'families')} {stand}{between}; "
        f"{_withdrawn_count(len(withdrawn))} withdrawn because an innocent explanation holds. "
        f"{_count(len(ranked), 'account is', 'accounts are')} to be reviewed."
    )


def _figures(
    content: ReportContent, standing: list[Finding], withdrawn: list[Finding], ranked: list[Ranked]
) -> list[dict[str, str]]:
    proof = content.statements["proof"] if "proof" in content.statements.columns else pl.Series([], dtype=pl.String)
    doubles = _total(content.doubles, "count")
    told = [
        (f"{len(ranked):,}", "accounts to review"),
        (f"{len(standing):,}", "findings that stand"),
        (f"{len(withdrawn):,}", "findings withdrawn"),
        (f"{len(content.sources):,}", f"sources, {_total(content.sources, 'records'):,} records"),
        (f"{_total(content.sources, 'quarantined'):,}", "records not loaded (quarantine)"),
        (f"{(proof == 'reconciled').sum():,} of {len(proof):,}", "statements whose balances add up"),
        (f"{doubles:,}", "movements that may be counted twice"),
        (f"{len(content.not_assessable):,}", "detectors that lack records"),
    ]
    return [{"value": value, "what": what} for value, what in told]


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _withdrawn_count(number: int) -> str:
    return f"{number:,} were" if number > 1 else "one was" if number else "none was"


def _ranked(ranked: Ranked, standing: list[Finding], full: list[Finding], say: Any) -> dict[str, Any]:  # noqa: ANN401
    described = {f.id for f in full}
    places = {f.id: i for i, f in enumerate(standing, 1)}
    contributions = []
    for c in ranked.contributions:
        counts = f"weight {c.weight:.2f}" if c.share > 0 else "shares records with a stronger finding: not counted"
        contributions.append(
            {
                "anchor": c.finding.id if c.finding.id in described else "",
                "title": f"{places.get(c.finding.id, '')}. {c.finding.card.title}",
                "says": f"{c.finding.indicator}, {counts}",
            }
        )
    return {
        "rank": ranked.rank,
        "label": text.label(say(ranked.label)),
        "score": ranked.score,
        "families": ranked.families,
        "contributions": contributions,
    }


def _victims(content: ReportContent, masks: Masks) -> Grid | None:
    """List possible victims by their masks, in alphabetical order: nothing here is a rank."""
    found: dict[str, list[str]] = {}
    for f in content.findings:
        for s in f.subjects:
            if s.id in masks.accounts | masks.parties and (s.role == VICTIM or f.card.roles):
                found.setdefault(mask(s.kind, s.id), []).append(f"{f.card.title} ({f.indicator})")
    if not found:
        return None
    rows: list[list[str | list[str]]] = [[name, sorted(set(where))] for name, where in sorted(found.items())]
    return listed(rows, ["Called here", "Part of"], nothing="")


def _short(findings: list[Finding], say: Any) -> Grid:  # noqa: ANN401
    rows: list[list[str | list[str]]] = [
        [f.id, f"{f.card.title} ({f.indicator})", f"{f.score:.2f}", period(f.days), text.label(say(f.sentence))]
        for f in findings
    ]
    return listed(
        rows,
        ["Finding", "Pattern", "Score", "Period", "What"],
        nothing="",
        classes=["fixed", "", "right", "", ""],
    )


def _withdrawn(findings: list[Finding], say: Any) -> Grid:  # noqa: ANN401
    rows: list[list[str | list[str]]] = [
        [
            f"{f.card.title} ({f.indicator})",
            text.label(say(f.sentence)),
            f"{period(f.days)}, {sums(f.amounts, f.base)}",
            [say(f"{c.name}: {c.explanation}") for c in f.checks if c.result == "present"],
        ]
        for f in findings
    ]
    return listed(rows, ["Pattern", "What was seen", "Period and sum", "Withdrawn because"], nothing="None.")
