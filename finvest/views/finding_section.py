"""One finding as a section of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finvest.findings.changes import otherwise
from finvest.findings.ranking import CEILINGS, weight
from finvest.findings.wording import names, period, sums
from finvest.model.subjects import mask
from finvest.views import text
from finvest.views.flow import flow
from finvest.views.flow_content import singular
from finvest.views.grid import Grid, grid, listed
from finvest.views.masking import VICTIM
from finvest.views.money_columns import money_columns
from finvest.views.template import markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from finvest.findings.finding import Finding, Subject
    from finvest.views.masking import Masks
    from finvest.views.report_content import ReportContent

MOST_RECORDS = 24
"""Records of one table other than movements that the report lists beside a finding; how many more there are is said."""

MOST_SUBJECTS = 12
"""Accounts listed by themselves beside a finding."""

_RESULTS = {
    "present": "holds: it lowered the score",
    "absent": "does not hold",
    "to ask": "to be asked",
}
_ROLES = {
    "undetermined": "role undetermined",
    VICTIM: "possible victim",
    "exploiter": "role hypothesis: exploiter",
    "facilitator": "role hypothesis: facilitator",
    "buyer": "role hypothesis: buyer",
}


def section(
    finding: Finding, place: int, content: ReportContent, masks: Masks, members: pl.DataFrame
) -> dict[str, Any]:
    """Return what the template of a finding shows."""

    def say(written: str) -> str:
        return text.shorten(masks(text.plain(written)))

    card = finding.card
    picture = flow(content.view, finding, possible_victims=masks.accounts) if finding.movements else None
    return {
        "anchor": finding.id,
        "place": place,
        "id": finding.id,
        "title": card.title,
        "who": text.clip(_short(_names(finding.subjects[:1], masks, say)), 190, 13),
        "indicator": card.id,
        "strength": card.strength,
        "score": finding.score,
        "sentence": text.label(say(finding.sentence)),
        "facts": [
            ("Accounts" if finding.accounts else "Parties", _subjects(finding, masks, say)),
            ("Period", period(finding.days)),
            ("Sum", sums(finding.amounts, finding.base)),
            *([("Rates", say(names(finding.facts["rate_sources"])))] if finding.base else []),
            *_order(finding),
        ],
        "picture": markup(picture.svg) if picture else None,
        "checks": listed(
            [
                [
                    say(c.name),
                    say(c.explanation),
                    _RESULTS[c.result],
                    f"{'if so' if o.held else 'if not'}: {o}",
                    "" if c.result == "absent" else say(c.ask),
                ]
                for c, o in zip(finding.checks, otherwise(finding), strict=True)
            ],
            ["Explanation", "What it would be", "On this case's records", "Would change", "What to ask for"],
            nothing="None is known for this pattern.",
            classes=["", "", "result", "", ""],
        ),
        "members": grid(
            members,
            {
                "date": "Date",
                "originator": "From",
                "beneficiary": "To",
                "amount": "Amount",
                "channel": "Channel",
                "reference": "Reference as written",
                "files": "File and line",
            },
            say=say,
            nothing="No movement of money is part of this finding.",
            most=content.most_members,
            money=("amount",),
        ),
        "others": [
            (table, _records(frame, content, say)) for table, frame in content.others.get(finding.id, {}).items()
        ],
        "method": [
            ("What it looks for", card.what),
            ("What the score rests on", _score(finding)),
            ("Parameters", ", ".join(f"{k.replace('_', ' ')}: {v}" for k, v in finding.parameters.items()) or "none"),
            ("Detector", f"{card.id}, version {card.version}"),
            ("Known from", "; ".join(card.sources) or "own pattern, without a published source"),
        ],
    }


def _records(frame: pl.DataFrame, content: ReportContent, say: Any) -> Grid:  # noqa: ANN401
    money = tuple(money_columns(frame))
    heads = {c: c.replace("_", " ").capitalize() for c in frame.columns if c != "currency" or not money}
    return grid(frame, heads, say=say, nothing="No record.", most=min(MOST_RECORDS, content.most_members), money=money)


def title_of(indicator: str, content: ReportContent) -> str:
    """Return the title of a detector, where it is known."""
    return content.titles.get(indicator, "")


def _subjects(finding: Finding, masks: Masks, say: Any) -> list[str]:  # noqa: ANN401
    told = [_subject(s, masks, say) for s in finding.subjects]
    if len(told) <= MOST_SUBJECTS + 1:
        return told
    where = "all in the table of movements" if finding.movements else "all in its records"
    return [*told[:MOST_SUBJECTS], f"and {len(told) - MOST_SUBJECTS:,} others, {where}"]


def _subject(subject: Subject, masks: Masks, say: Any) -> str:  # noqa: ANN401
    hidden = subject.id in masks.accounts | masks.parties
    name = _names([subject], masks, say)
    role = _ROLES[VICTIM] if hidden else _ROLES.get(subject.role, subject.role)
    return f"{name}: {singular(subject.column)}, {role}"


def _names(subjects: Sequence[Subject], masks: Masks, say: Any) -> str:  # noqa: ANN401
    hidden = masks.accounts | masks.parties
    return ", ".join(mask(s.kind, s.id) if s.id in hidden else text.label(say(s.label)) for s in subjects)


def _short(name: str) -> str:
    """Return the holder in a label, or the number where no holder is known."""
    number, _, holder = name.partition(" (")
    return holder.removesuffix(")") or number


def _order(finding: Finding) -> list[tuple[str, str]]:
    """Say how certain the order of the movements is, where the detector measured it."""
    told = {
        "order_certain": ("Order of the movements", "certain", "possible; the records do not show it for certain"),
        "window_certain": ("Time between them", "certain", "possible; the records do not show it for certain"),
    }
    return [
        (name, yes if finding.facts[fact] else no)
        for fact, (name, yes, no) in told.items()
        if finding.facts.get(fact) is not None
    ]


def _score(finding: Finding) -> str:
    card, ceiling = finding.card, CEILINGS[finding.card.strength]
    lowered = [c.name for c in finding.checks if c.result == "present"]
    return (
        f"The pattern scores {finding.score:.2f}{' after ' + ', '.join(lowered) if lowered else ''}. "
        f"A {card.strength} indicator counts at most {ceiling:g}, so this finding weighs {weight(finding):.2f} in the "
        f"ranking, unless it shares records with a stronger one."
    )
