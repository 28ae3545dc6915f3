"""The judge's page: one question about money, its answer under a stated rule, and everything that it rests on."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finvest.tracing.ledger import Limits
from finvest.tracing.overdrafts import MEANS
from finvest.views import trail_rules, trail_sections
from finvest.views.glossary import TRAIL_WORDS
from finvest.views.template import markup, render
from finvest.views.trail_page import Page, files, head, sources, words
from finvest.views.trail_picture import trail_picture
from finvest.views.trail_words import Teller, answers, fates

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailContent(Page):
    """Everything a trail's report says, as the case knows it: `finvest.views.trail_page.Page`, and the trail.

    Attributes
    ----------
    trail : Trail
    """

    trail: Trail


def trail_report(content: TrailContent) -> str:
    """Write the report of a trail.

    Parameters
    ----------
    content : TrailContent

    Returns
    -------
    str
        HTML. It refers to nothing outside of itself and holds no script; its content policy forbids both.

    Raises
    ------
    UsageError
        If the handling code is unknown.
    """
    content.check()
    trail, most = content.trail, content.most_rows
    teller = Teller(trail, content.victims, files(content.sources))
    say = teller.say
    values: dict[str, Any] = {
        "title": say(content.title),
        "handling": content.handling,
        "version": content.version,
        "written": say(content.written),
        "question": say(content.question),
        "rule": trail.rule,
        "answers": answers(trail, teller),
        "fates": fates(trail, teller),
        "head": head(content, teller),
        "claims": [(f"Claim {say(c.name)}", c.described) for c in trail.claims],
        "picture": markup(trail_picture(trail, teller, drawn=say(content.written)).svg),
        "payments": trail_sections.payments(trail, teller, most),
        "accounts": trail_sections.accounts(trail, teller, most),
        "lies": trail_sections.lies(trail, teller),
        "restitution": trail_sections.restitution(trail, teller),
        "overdrafts": None if trail.overdraft == "dissipation" else trail_rules.overdrafts(trail, teller),
        "recipients": trail_sections.recipients(trail, teller),
        "freeze": trail_sections.freeze(trail, teller),
        "breaks": trail_sections.breaks(trail, teller),
        "hypotheses": trail_sections.hypotheses(trail, teller),
        "by_rule": trail_rules.by_rule(trail, teller),
        "places_by_rule": trail_rules.places_by_rule(trail, teller),
        "notes": [say(note) for note in trail.notes],
        "limits": _limits(trail),
        "coverage": trail_rules.coverage(trail, teller),
        "sources": sources(content, teller),
    }
    style = render(
        "report.css.j2", handling=content.handling, footer="What a stated rule makes of records: no finding of guilt"
    ) + render("trail.css.j2")
    return render(
        "trail_report.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words=words(values, TRAIL_WORDS, _ALWAYS),
        **values,
    )


def _limits(trail: Trail) -> list[tuple[str, str]]:
    none, asked = Limits(), trail.limits
    return [
        ("Hops followed", "all" if asked.depth == none.depth else f"at most {asked.depth:,}"),
        ("Least part followed", "any" if asked.least == none.least else f"{asked.least:,} minor units"),
        ("Overdrafts", MEANS[trail.overdraft]),
    ]


_ALWAYS = frozenset(
    {"claim", "claimed part", "hop", "rule", "trail", "interval", "held", "restitution", "freezing order"}
)
